//! Files in Rust, cut into parts.

use super::file::{File, children, each, is_plain, lines_of_code, rows};
use super::{Excerpt, Piece};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use tree_sitter::Node;

/// What the model's siblings share, as the title of an excerpt.
pub(super) const SHARED: &str = "shared by its siblings";

/// A part of a file: its name and its lines.
struct Part {
    key: String,
    rows: Range<usize>,
}

/// The parts of a sibling: each line that is not blank is in one of them.
pub(super) fn pieces(file: &File) -> Vec<Piece> {
    let Some(tree) = &file.tree else { return plain(file) };
    let mut parts = header(file);
    let below = parts.last().map_or(0, |part| part.rows.end);
    let mut is_run = true;
    for item in items(file, tree.root_node(), below) {
        if is_run && runs(file, item.node) {
            is_run = false;
            parts.extend(methods(file, &item));
            continue;
        }
        match parts.last_mut() {
            // Imports follow each other, and are one part.
            Some(last) if item.key == "imports" && last.key == "imports" => {
                last.rows.end = item.rows.end;
            }
            _ => parts.push(Part { key: item.key, rows: item.rows }),
        }
    }
    named_apart(file, parts)
}

/// A file that is not cut, as its only part.
pub(super) fn plain(file: &File) -> Vec<Piece> {
    let rows = file.trimmed(0..usize::MAX);
    let part = Part { key: "source".into(), rows };
    named_apart(file, vec![part])
}

/// The pieces of some parts; the second of a name is told so.
fn named_apart(file: &File, parts: Vec<Part>) -> Vec<Piece> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut pieces = Vec::new();
    for Part { key, rows } in parts {
        let rows = file.trimmed(rows);
        if rows.is_empty() {
            continue;
        }
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        let key = if *count > 1 { format!("{key} {count}") } else { key };
        pieces.push(Piece {
            key,
            first: rows.start + 1,
            lines: file.html(rows),
        });
    }
    pieces
}

/// The `//!` lines: what stands before the list, then each entry of it.
fn header(file: &File) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let lines = file.lines();
    let first = lines.iter().take_while(|line| line.trim().is_empty()).count();
    for (row, line) in lines.iter().enumerate().skip(first) {
        let Some(text) = line.strip_prefix("//!") else { break };
        match (entry(text), parts.last_mut()) {
            (Some(key), _) => {
                parts.push(Part { key: key.into(), rows: row..row + 1 });
            }
            (None, Some(last)) => last.rows.end = row + 1,
            (None, None) => {
                parts.push(Part { key: "title".into(), rows: row..row + 1 });
            }
        }
    }
    parts
}

/// The key of an entry of a header, as in `- share: nothing`.
pub(super) fn entry(text: &str) -> Option<&str> {
    let (key, _) = text.trim_start().strip_prefix("- ")?.split_once(':')?;
    is_plain(key).then_some(key)
}

/// An item, with the comments and attributes above it.
struct Item<'tree> {
    key: String,
    rows: Range<usize>,
    node: Node<'tree>,
}

/// The items of a file, or of an `impl`, that begin at a row or below. Each row
/// is of one item at most: what begins on the last row of another belongs to
/// that one.
fn items<'tree>(
    file: &File,
    list: Node<'tree>,
    below: usize,
) -> Vec<Item<'tree>> {
    let mut items: Vec<Item<'tree>> = Vec::new();
    let mut above = None;
    for node in children(list) {
        let rows = rows(node);
        let kind = node.kind();
        if rows.end <= below || !node.is_named() {
            continue;
        }
        if let Some(last) = items.last_mut()
            && rows.start < last.rows.end
        {
            last.rows.end = last.rows.end.max(rows.end);
            continue;
        }
        if kind.ends_with("comment") || kind.ends_with("attribute_item") {
            above.get_or_insert((rows.start, node));
            continue;
        }
        let start = above.take().map_or(rows.start, |(row, _)| row);
        let rows = start.max(below)..rows.end;
        items.push(Item { key: key(file, node), rows, node });
    }
    // Comments that nothing follows are of what stands above them.
    match (items.last_mut(), above) {
        (Some(last), Some(_)) => last.rows.end = rows(list).end,
        (None, Some((row, node))) => {
            let rows = row.max(below)..rows(list).end;
            items.push(Item { key: "comment".into(), rows, node });
        }
        _ => {}
    }
    items
}

/// What an item is called.
fn key(file: &File, node: Node<'_>) -> String {
    let named = |what: &str| {
        format!("{what} {}", file.field(node, "name").unwrap_or("_"))
    };
    match node.kind() {
        "use_declaration" | "extern_crate_declaration" => "imports".into(),
        "function_item" | "function_signature_item" => named("fn"),
        "struct_item" => named("struct"),
        "enum_item" => named("enum"),
        "union_item" => named("union"),
        "trait_item" => named("trait"),
        "type_item" | "associated_type" => named("type"),
        "const_item" => named("const"),
        "static_item" => named("static"),
        "mod_item" => named("mod"),
        "macro_definition" => named("macro"),
        "impl_item" => {
            let of = |field| {
                let node = node.child_by_field_name(field)?;
                Some(without_arguments(file, node))
            };
            let own = of("type").unwrap_or("_");
            match of("trait") {
                Some(of) => format!("impl {of} for {own}"),
                None => format!("impl {own}"),
            }
        }
        "expression_statement" | "macro_invocation" => {
            let mut name = None;
            each(node, |node| {
                name = name.or_else(|| file.field(node, "macro"));
                node.kind() == "expression_statement"
            });
            name.map_or("expression".into(), |name| format!("{name}!(…)"))
        }
        other => other.replace('_', " "),
    }
}

/// A type without its arguments.
fn without_arguments<'a>(file: &'a File, node: Node<'_>) -> &'a str {
    match node.child_by_field_name("type") {
        Some(own) if node.kind() == "generic_type" => file.of(own),
        _ => file.of(node),
    }
}

/// Whether an item is the `impl Run` of the file.
fn runs(file: &File, node: Node<'_>) -> bool {
    implements(file, node, "Run")
}

fn implements(file: &File, node: Node<'_>, what: &str) -> bool {
    node.kind() == "impl_item"
        && node.child_by_field_name("trait").is_some_and(|of| {
            let name = without_arguments(file, of);
            name.rsplit("::").next() == Some(what)
        })
}

/// The methods of the `impl Run`: its first line is of the first, its closing
/// brace of the last.
fn methods(file: &File, item: &Item<'_>) -> Vec<Part> {
    let body = item.node.child_by_field_name("body");
    let body = body.map_or(Vec::new(), |body| items(file, body, 0));
    let mut parts: Vec<Part> = Vec::new();
    let mut start = item.rows.start;
    for item in body {
        let key = match item.key.strip_prefix("fn ") {
            Some(name @ ("fit" | "run")) => name.into(),
            _ => item.key,
        };
        if item.rows.end <= start {
            continue;
        }
        parts.push(Part { key, rows: start..item.rows.end });
        start = item.rows.end;
    }
    match parts.last_mut() {
        Some(last) => last.rows.end = item.rows.end,
        None => {
            let (key, rows) = (item.key.clone(), item.rows.clone());
            parts.push(Part { key, rows });
        }
    }
    parts
}

/// How many lines of code a file has.
pub(super) fn code(file: &File) -> usize {
    match &file.tree {
        Some(tree) => lines_of_code([tree.root_node()], |_| false),
        None => {
            let code = |line: &&str| {
                let line = line.trim();
                !line.is_empty() && !line.starts_with("//")
            };
            file.lines().into_iter().filter(code).count()
        }
    }
}

/// The first paragraph of a crate's documentation, on one line.
pub(super) fn about(file: &File) -> String {
    let lines = file.lines();
    let docs = lines.iter().map_while(|line| line.strip_prefix("//!"));
    let paragraph = docs.map(str::trim).take_while(|line| !line.is_empty());
    paragraph.collect::<Vec<_>>().join(" ")
}

/// How a model starts and stops, and what else its `lib.rs` has.
pub(super) fn model(file: &File) -> Vec<Excerpt> {
    let Some(tree) = &file.tree else {
        return excerpt(file, "source", 0..usize::MAX).into_iter().collect();
    };
    let below = header(file).last().map_or(0, |part| part.rows.end);
    let mut parts: Vec<(&str, Range<usize>)> = Vec::new();
    // Whether the last part may be gone on with.
    let mut goes_on = false;
    for item in items(file, tree.root_node(), below) {
        let title = match item.node.kind() {
            "use_declaration" | "extern_crate_declaration" | "line_comment" => {
                None
            }
            "mod_item" => {
                let inside = item.node.child_by_field_name("body").is_some();
                (inside && !is_test(file, &item)).then_some(SHARED)
            }
            _ if implements(file, item.node, "Model") => Some("start"),
            _ if implements(file, item.node, "Drop") => Some("stop"),
            _ => Some(SHARED),
        };
        match (title, parts.last_mut()) {
            (Some(SHARED), Some((SHARED, last))) if goes_on => {
                last.end = item.rows.end;
            }
            (Some(title), _) => parts.push((title, item.rows)),
            (None, _) => {}
        }
        goes_on = title.is_some();
    }
    let excerpts = parts.into_iter();
    excerpts.filter_map(|(title, rows)| excerpt(file, title, rows)).collect()
}

/// A stretch of a file; none if it is blank.
pub(super) fn excerpt(
    file: &File,
    title: impl Into<String>,
    rows: Range<usize>,
) -> Option<Excerpt> {
    let rows = file.trimmed(rows);
    (!rows.is_empty()).then(|| Excerpt {
        title: title.into(),
        path: file.path.clone(),
        first: rows.start + 1,
        lines: file.html(rows),
    })
}

fn is_test(file: &File, item: &Item<'_>) -> bool {
    let lines = file.lines();
    let above = lines.get(item.rows.start..item.node.start_position().row);
    let above = above.unwrap_or_default();
    above.iter().any(|line| line.trim() == "#[cfg(test)]")
}

/// A definition without its tests.
pub(super) fn definition(file: &File) -> Vec<Excerpt> {
    let mut excerpts = Vec::new();
    let mut start = 0;
    if let Some(tree) = &file.tree {
        for item in items(file, tree.root_node(), 0) {
            if item.node.kind() == "mod_item" && is_test(file, &item) {
                let rows = start..item.rows.start;
                excerpts.extend(excerpt(file, "definition", rows));
                start = item.rows.end;
            }
        }
    }
    excerpts.extend(excerpt(file, "definition", start..usize::MAX));
    excerpts
}

/// The modules of this crate that a file imports from, `numbers` in
/// `use crate::numbers::Numbers`.
pub(super) fn imported(file: &File) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    let Some(tree) = &file.tree else { return modules };
    for node in children(tree.root_node()) {
        let text = file.of(node);
        if node.kind() == "use_declaration"
            && let Some(path) = text.strip_prefix("use crate::")
            && let Some((module, _)) = path.split_once("::")
            && is_plain(module)
        {
            modules.insert(module.into());
        }
    }
    modules
}

/// The kernels that a file calls; of its functions only those with such a name,
/// if names are given. Tests do not count.
pub(super) fn kernels(
    file: &File,
    within: Option<&BTreeSet<String>>,
) -> BTreeSet<String> {
    let mut kernels = BTreeSet::new();
    let Some(tree) = &file.tree else { return kernels };
    for item in items(file, tree.root_node(), 0) {
        if item.node.kind() == "mod_item" {
            continue;
        }
        each(item.node, |node| {
            if node.kind() == "function_item"
                && let Some(within) = within
                && !file
                    .field(node, "name")
                    .is_some_and(|name| within.contains(name))
            {
                return false;
            }
            if node.kind() == "call_expression"
                && let Some(called) = file.field(node, "function")
                && let Some(kernel) = called.strip_prefix("kernel::")
            {
                kernels.insert(kernel.into());
            }
            true
        });
    }
    kernels
}

/// The names of the methods that a file calls.
pub(super) fn methods_called(file: &File, names: &mut BTreeSet<String>) {
    let Some(tree) = &file.tree else { return };
    each(tree.root_node(), |node| {
        if node.kind() == "field_expression"
            && let Some(name) = file.field(node, "field")
        {
            names.insert(name.into());
        }
        true
    });
}

/// Functions of the file of kernels, in its order.
pub(super) fn functions(file: &File, names: &BTreeSet<String>) -> Vec<Excerpt> {
    let Some(tree) = &file.tree else { return Vec::new() };
    let items = items(file, tree.root_node(), 0).into_iter();
    let wanted = items.filter_map(|item| {
        let name = item.key.strip_prefix("fn ")?;
        let title = format!("kernel {name}");
        let rows = item.rows.clone();
        names.contains(name).then(|| excerpt(file, title, rows))?
    });
    wanted.collect()
}
