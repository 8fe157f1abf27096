//! Files of a source tree: read with care, parsed, and as lines of HTML.

use super::highlight::Highlighters;
use std::fs::File as Handle;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use tree_sitter::{Node, Parser, Tree};

/// Longer files are not source that anybody reads.
const MOST_BYTES: u64 = 1 << 20;

/// How deep source may nest that is cut into parts.
const MOST_DEPTH: u32 = 500;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    Python,
}

impl Language {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
        }
    }

    pub(super) fn grammar(self) -> tree_sitter::Language {
        match self {
            Self::Rust => tree_sitter_rust::LANGUAGE.into(),
            Self::Python => tree_sitter_python::LANGUAGE.into(),
        }
    }
}

/// A file of the tree.
pub(super) struct File {
    /// Below the root of the tree, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// None if the text is not of the language, or nests beyond reason.
    pub(super) tree: Option<Tree>,
    /// Its lines as HTML.
    html: Vec<String>,
}

/// Whether a name can be that of a file: it leads nowhere else.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= 64 && name.chars().all(plain)
}

impl File {
    /// Reads a file below the folder `crates` of a tree; none if there is none
    /// that can be shown.
    pub(super) fn read(
        root: &Path,
        path: String,
        language: Language,
        highlighters: &mut Highlighters,
    ) -> Option<Self> {
        let text = text(root, &path)?;
        let mut parser = Parser::new();
        parser.set_language(&language.grammar()).ok()?;
        let tree = parser.parse(&text, None);
        let tree = tree.filter(|tree| {
            !tree.root_node().has_error() && !is_deep(tree.root_node())
        });
        let html = highlighters.html(tree.as_ref().map(|_| language), &text);
        Some(Self { path, text, tree, html })
    }

    /// The lines without their ends.
    pub(super) fn lines(&self) -> Vec<&str> {
        lines(&self.text).collect()
    }

    /// Some lines as HTML.
    pub(super) fn html(&self, rows: Range<usize>) -> Vec<String> {
        let end = rows.end.min(self.html.len());
        self.html[rows.start.min(end)..end].to_vec()
    }

    /// The same without the blank lines at both ends.
    pub(super) fn trimmed(&self, rows: Range<usize>) -> Range<usize> {
        let lines = &self.html;
        let Range { mut start, end } = rows;
        let mut end = end.min(lines.len());
        let blank = |row: usize| lines[row].trim().is_empty();
        while start < end && blank(start) {
            start += 1;
        }
        while start < end && blank(end - 1) {
            end -= 1;
        }
        start..end
    }

    /// The text of a node.
    pub(super) fn of(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a part of a node.
    pub(super) fn field(&self, node: Node<'_>, name: &str) -> Option<&str> {
        Some(self.of(node.child_by_field_name(name)?))
    }
}

/// Lines as the grammars count them; what follows the last line feed is none if
/// it is empty.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_terminator('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// The text of a regular file below `crates`, links followed.
fn text(root: &Path, path: &str) -> Option<String> {
    let crates = root.join("crates").canonicalize().ok()?;
    let file = root.join(path).canonicalize().ok()?;
    if !file.starts_with(crates) || !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    let handle = Handle::open(file).ok()?;
    handle.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > MOST_BYTES {
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// The rows of a node. Doc comments end at the begin of the next line.
pub(super) fn rows(node: Node<'_>) -> Range<usize> {
    let (start, end) = (node.start_position(), node.end_position());
    let behind = end.column > 0 || end.row == start.row;
    start.row..end.row + usize::from(behind)
}

/// Visits a node and what it contains in the order of the text. Where `visit`
/// answers false, what the node contains is passed over. A loop: how deep a
/// file nests is not for this program's stack to decide.
pub(super) fn each<'tree>(
    node: Node<'tree>,
    mut visit: impl FnMut(Node<'tree>) -> bool,
) {
    let mut cursor = node.walk();
    loop {
        if visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Whether something nests so deeply that looking for things in it, up and
/// down, would take for ever.
fn is_deep(root: Node<'_>) -> bool {
    let mut cursor = root.walk();
    loop {
        if cursor.depth() > MOST_DEPTH {
            return true;
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}

/// What a node contains directly.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

/// How many lines of some nodes have code, which is whatever is neither blank
/// nor a comment.
pub(super) fn lines_of_code<'tree>(
    nodes: impl IntoIterator<Item = Node<'tree>>,
    left_out: impl Fn(Node<'tree>) -> bool,
) -> usize {
    let mut rows_of_code = std::collections::BTreeSet::new();
    for node in nodes {
        each(node, |node| {
            if node.kind().ends_with("comment") || left_out(node) {
                return false;
            }
            if node.child_count() == 0 && !node.byte_range().is_empty() {
                rows_of_code.extend(rows(node));
            }
            true
        });
    }
    rows_of_code.len()
}
