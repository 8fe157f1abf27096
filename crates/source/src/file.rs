//! Files of a source tree: read with care, parsed, and as lines of HTML.

use crate::highlight::Highlighters;
use crate::language::Language;
use crate::nodes::is_deep;
use std::fs::File as Handle;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use tree_sitter::{Node, Parser, Tree};

/// Longer files are left out.
const MOST_BYTES: u64 = 1 << 20;

/// A file of the tree.
pub(crate) struct File {
    /// Below the root of the tree, with forward slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    /// None if the text is not of the language, or nests beyond reason.
    pub(crate) tree: Option<Tree>,
    /// Its lines as HTML.
    html: Vec<String>,
}

/// Whether a name can be that of a file in a folder, and leads nowhere else.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= 64 && name.chars().all(plain)
}

impl File {
    /// Reads a file of a tree; none if there is no such file below the folder
    /// that its path begins with, or it cannot be shown.
    pub(crate) fn read(
        root: &Path,
        path: String,
        language: Language,
        highlighters: &mut Highlighters,
    ) -> Option<Self> {
        let text = text(root, &path)?;
        let tree = parsed(language, &text);
        let html = highlighters.html(tree.as_ref().map(|_| language), &text);
        Some(Self { path, text, tree, html })
    }

    /// The lines without their ends.
    pub(crate) fn lines(&self) -> Vec<&str> {
        lines(&self.text).collect()
    }

    /// Some lines as HTML.
    pub(crate) fn html(&self, rows: Range<usize>) -> Vec<String> {
        let end = rows.end.min(self.html.len());
        self.html[rows.start.min(end)..end].to_vec()
    }

    /// The same without the blank lines at both ends.
    pub(crate) fn trimmed(&self, rows: Range<usize>) -> Range<usize> {
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
    pub(crate) fn of(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a part of a node.
    pub(crate) fn field(&self, node: Node<'_>, name: &str) -> Option<&str> {
        Some(self.of(node.child_by_field_name(name)?))
    }
}

/// The lines of any text as HTML: escaped, and with short spans for the colours
/// if it is of this language.
///
/// ```
/// use lanes_source::{Language, colored};
///
/// let lines = colored(Language::Rust, "let a = b < c;\n");
/// assert_eq!(lines, ["<i class=k>let</i> a = b &lt; c;"]);
/// ```
pub fn colored(language: Language, text: &str) -> Vec<String> {
    let known = parsed(language, text).map(|_| language);
    Highlighters::new().html(known, text)
}

/// The tree of a text; none if it is not of the language, or nests beyond
/// reason.
fn parsed(language: Language, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&language.grammar()).ok()?;
    let tree = parser.parse(text, None)?;
    let root = tree.root_node();
    (!root.has_error() && !is_deep(root)).then_some(tree)
}

/// Lines as the grammars count them: a line feed at the end begins no line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_terminator('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// The text of a regular file, links followed, but not out of the folder
/// `crates` that the path begins with.
fn text(root: &Path, path: &str) -> Option<String> {
    let (top, _) = path.split_once('/')?;
    let top = root.join(top).canonicalize().ok()?;
    let file = root.join(path).canonicalize().ok()?;
    if !file.starts_with(top) || !file.metadata().ok()?.is_file() {
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
