//! Syntax trees: their nodes, and where those stand.

use std::collections::BTreeSet;
use std::ops::Range;
use tree_sitter::Node;

/// Source that nests deeper is not cut into parts.
const MOST_DEPTH: u32 = 500;

/// The rows of a node. Doc comments end at the begin of the next line.
pub(crate) fn rows(node: Node<'_>) -> Range<usize> {
    let (start, end) = (node.start_position(), node.end_position());
    let behind = end.column > 0 || end.row == start.row;
    start.row..end.row + usize::from(behind)
}

/// Visits a node and the nodes in it in the order of the text. Where `visit`
/// answers false, the nodes in that node are passed over. It is a loop, so that
/// no depth of a file overflows the stack.
pub(crate) fn each<'tree>(
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

/// Whether a tree nests so deeply that walking up and down in it would take
/// forever.
pub(crate) fn is_deep(root: Node<'_>) -> bool {
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

/// The nodes directly in a node.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

/// How many lines of some nodes have code: they are neither blank nor a
/// comment, nor in a node that is left out.
pub(crate) fn lines_of_code<'tree>(
    nodes: impl IntoIterator<Item = Node<'tree>>,
    left_out: impl Fn(Node<'tree>) -> bool,
) -> usize {
    let mut rows_of_code = BTreeSet::new();
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
