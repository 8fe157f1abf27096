//! What source is cut into.

use crate::file::{File, is_plain};
use std::collections::HashMap;
use std::ops::Range;

/// A part of a sibling: parts with the same key stand beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// `title`, `share`, `start`, `wait`, `join`, `imports`, `fit`, `run`,
    /// `fn fetch`; `source` for all of a file that does not parse. The parts of
    /// a sibling have different keys.
    pub key: String,
    /// The number of its first line in the file.
    pub first: usize,
    /// Its lines as HTML, without line ends: escaped text in which
    /// `<i class=k>` marks a keyword, `c` a comment, `s` a string, `n` a
    /// number, `t` a type, `f` a function and `a` an attribute.
    pub lines: Vec<String>,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What it is: `definition`, `kernel max`, `start`, `stop`, `shared by its
    /// siblings`.
    pub title: String,
    /// The file, below the root of the tree, with forward slashes.
    pub path: String,
    /// The number of its first line in the file.
    pub first: usize,
    /// Its lines as HTML, as those of a [`Piece`].
    pub lines: Vec<String>,
}

/// What the model's siblings share, as the title of an excerpt.
pub(crate) const SHARED: &str = "shared by its siblings";

/// A part of a file: its key and its lines.
pub(crate) struct Part {
    pub(crate) key: String,
    pub(crate) rows: Range<usize>,
}

impl Part {
    pub(crate) fn new(key: impl Into<String>, rows: Range<usize>) -> Self {
        Self { key: key.into(), rows }
    }
}

/// The key of an entry of a header, as in `- share: nothing`.
pub(crate) fn entry(text: &str) -> Option<&str> {
    let (key, _) = text.trim_start().strip_prefix("- ")?.split_once(':')?;
    is_plain(key).then_some(key)
}

/// The pieces of some parts, without the blank ones; a key that comes again
/// gets a number.
pub(crate) fn pieces(file: &File, parts: Vec<Part>) -> Vec<Piece> {
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
        let first = rows.start + 1;
        pieces.push(Piece { key, first, lines: file.html(rows) });
    }
    pieces
}

/// A stretch of a file; none if it is blank.
pub(crate) fn excerpt(
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
