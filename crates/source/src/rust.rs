//! Files in Rust, cut into parts.

use crate::file::{File, is_plain};
use crate::nodes::{children, each, lines_of_code, rows};
use crate::parts::{self, Excerpt, Part, Piece, SHARED, entry, excerpt};
use std::collections::BTreeSet;
use std::ops::Range;
use tree_sitter::Node;

/// The parts of a sibling: each line that is not blank is in one of them.
pub(crate) fn pieces(file: &File) -> Vec<Piece> {
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
            _ => parts.push(Part::new(item.key, item.rows)),
        }
    }
    parts::pieces(file, parts)
}

/// A file that is not cut, as its only part.
fn plain(file: &File) -> Vec<Piece> {
    parts::pieces(file, vec![Part::new("source", 0..usize::MAX)])
}

/// The `//!` lines: those before the list are the title; then each entry of the
/// list.
fn header(file: &File) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let lines = file.lines();
    let first = lines.iter().take_while(|line| line.trim().is_empty()).count();
    for (row, line) in lines.iter().enumerate().skip(first) {
        let Some(text) = line.strip_prefix("//!") else { break };
        match (entry(text), parts.last_mut()) {
            (Some(key), _) => {
                parts.push(Part::new(key, row..row + 1));
            }
            (None, Some(last)) => last.rows.end = row + 1,
            (None, None) => {
                parts.push(Part::new("title", row..row + 1));
            }
        }
    }
    parts
}

/// An item, with the comments and attributes above it.
struct Item<'tree> {
    key: String,
    rows: Range<usize>,
    node: Node<'tree>,
}

/// The items of a file, or of an `impl`, that begin at a row or below. Each row
/// is of one item at most: an item that begins on the last row of another
/// belongs to that one.
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
    // Comments at the end belong to the item above them.
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

/// The name of an item, with its kind.
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

/// The items of the `impl Run`: its first line belongs to the first, its
/// closing brace to the last.
fn methods(file: &File, item: &Item<'_>) -> Vec<Part> {
    let body = item.node.child_by_field_name("body");
    let body = body.map_or(Vec::new(), |body| items(file, body, 0));
    let mut parts: Vec<Part> = Vec::new();
    let mut start = item.rows.start;
    for item in body {
        let key = match item.key.as_str() {
            "const FIT" | "fn fit" => "fit",
            "fn run" => "run",
            other => other,
        };
        if item.rows.end <= start {
            continue;
        }
        parts.push(Part::new(key, start..item.rows.end));
        start = item.rows.end;
    }
    match parts.last_mut() {
        Some(last) => last.rows.end = item.rows.end,
        None => {
            parts.push(Part::new(item.key.clone(), item.rows.clone()));
        }
    }
    parts
}

/// How many lines of code a file has.
pub(crate) fn code(file: &File) -> usize {
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
pub(crate) fn about(file: &File) -> String {
    let lines = file.lines();
    let docs = lines.iter().map_while(|line| line.strip_prefix("//!"));
    let paragraph = docs.map(str::trim).take_while(|line| !line.is_empty());
    paragraph.collect::<Vec<_>>().join(" ")
}

/// The other crates that a file imports from, as its `use` lines name them,
/// without `lanes_core`, which all siblings import from.
pub(crate) fn imports(file: &File) -> Vec<String> {
    let Some(tree) = &file.tree else { return Vec::new() };
    let uses = children(tree.root_node()).into_iter();
    let uses = uses.filter(|node| node.kind() == "use_declaration");
    let paths = uses.filter_map(|node| file.field(node, "argument"));
    let paths = paths.filter(|path| !path.starts_with("lanes_core"));
    let one_line = |path: &str| {
        let words = path.split_whitespace().collect::<Vec<_>>().join(" ");
        words.replace("{ ", "{").replace(", }", "}").replace(" }", "}")
    };
    paths.map(one_line).collect()
}

/// How a model starts and stops, and what else its `lib.rs` has, but for the
/// list of its cells.
pub(crate) fn model(file: &File) -> Vec<Excerpt> {
    let Some(tree) = &file.tree else {
        return excerpt(file, "source", 0..usize::MAX).into_iter().collect();
    };
    let below = header(file).last().map_or(0, |part| part.rows.end);
    let mut parts: Vec<(&str, Range<usize>)> = Vec::new();
    // Whether the last part may go on.
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
            _ if item.key.ends_with("cells!(…)") => None,
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

fn is_test(file: &File, item: &Item<'_>) -> bool {
    let lines = file.lines();
    let above = lines.get(item.rows.start..item.node.start_position().row);
    let above = above.unwrap_or_default();
    above.iter().any(|line| line.trim() == "#[cfg(test)]")
}

/// A definition without its tests.
pub(crate) fn definition(file: &File) -> Vec<Excerpt> {
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
pub(crate) fn imported(file: &File) -> BTreeSet<String> {
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

/// The kernels that a file names; of its functions only those with such a name,
/// if names are given. Tests do not count.
pub(crate) fn kernels(
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
            if node.kind() == "scoped_identifier"
                && let Some(kernel) = file.of(node).strip_prefix("kernel::")
            {
                kernels.insert(kernel.into());
            }
            true
        });
    }
    kernels
}

/// The names of the methods that a file calls.
pub(crate) fn methods_called(file: &File, names: &mut BTreeSet<String>) {
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
pub(crate) fn functions(file: &File, names: &BTreeSet<String>) -> Vec<Excerpt> {
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
