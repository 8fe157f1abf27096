//! Text between two markers of a file: a table that a program makes, in a page
//! that a person writes.
//!
//! The markers are comments of Markdown and HTML, each on a line of its own:
//!
//! ```text
//! <!-- claims:begin -->
//! | claim | … |
//! <!-- claims:end -->
//! ```
//!
//! An example or a script writes the text with [`update`], and a test of the
//! same crate fails with [`verify`] when the file is older than what it was
//! made of:
//!
//! ```no_run
//! # let table = String::new();
//! use lanes_measure::between;
//! use std::path::Path;
//!
//! let page = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/CLAIMS.md"));
//! between::update(page, "claims", &table)?;
//! between::verify(page, "claims", &table)?;
//! # Ok::<(), between::Error>(())
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why the text between two markers was not found, not written, or not as it
/// should be.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The markers are not there, there several times, or in the wrong order.
    #[error("{}: not one {begin} and behind it one {end}", path.display())]
    Markers {
        /// The file.
        path: PathBuf,
        /// The first marker.
        begin: String,
        /// The second marker.
        end: String,
    },
    /// The text is another one.
    #[error("{}: the text behind {begin} is out of date", path.display())]
    Stale {
        /// The file.
        path: PathBuf,
        /// The first marker.
        begin: String,
    },
}

/// Puts `text` between the markers `name:begin` and `name:end` of a file, and
/// returns whether that has changed the file.
///
/// # Errors
/// [`Error::Io`] and [`Error::Markers`]; the file is as it was then.
pub fn update(path: &Path, name: &str, text: &str) -> Result<bool, Error> {
    let (before, after) = read(path, name, text)?;
    if before == after {
        return Ok(false);
    }
    let failed = |error| Error::Io { path: path.to_owned(), error };
    fs::write(path, after).map_err(failed)?;
    Ok(true)
}

/// Makes sure that `text` stands between the markers of a file.
///
/// # Errors
/// [`Error::Stale`] if another text does, [`Error::Io`] and [`Error::Markers`].
pub fn verify(path: &Path, name: &str, text: &str) -> Result<(), Error> {
    let (before, after) = read(path, name, text)?;
    if before == after {
        return Ok(());
    }
    Err(Error::Stale { path: path.to_owned(), begin: markers(name).0 })
}

/// A file as it is, and as it is with the text.
fn read(
    path: &Path,
    name: &str,
    text: &str,
) -> Result<(String, String), Error> {
    let failed = |error| Error::Io { path: path.to_owned(), error };
    let before = fs::read_to_string(path).map_err(failed)?;
    let after = replaced(&before, name, text);
    let after = after.ok_or_else(|| {
        let (begin, end) = markers(name);
        Error::Markers { path: path.to_owned(), begin, end }
    })?;
    Ok((before, after))
}

fn markers(name: &str) -> (String, String) {
    let marker = |side| format!("<!-- {name}:{side} -->");
    (marker("begin"), marker("end"))
}

/// The page with `text`, which gets a line's end if it has none, between its
/// markers; `None` unless each marker is there once, in this order.
fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (begin, end) = markers(name);
    let begin = format!("{begin}\n");
    let (head, rest) = page.split_once(&begin)?;
    let (_, tail) = rest.split_once(&end)?;
    let again = |part: &str| part.contains(&*begin) || part.contains(&end);
    if again(head) || again(tail) {
        return None;
    }
    let text = text.trim_end_matches('\n');
    let line = if text.is_empty() { "" } else { "\n" };
    Some(format!("{head}{begin}{text}{line}{end}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "a\n<!-- t:begin -->\nold\n<!-- t:end -->\nz\n";

    #[test]
    fn only_the_text_between_the_markers_changes() {
        let new = "a\n<!-- t:begin -->\n| 1 |\n| 2 |\n<!-- t:end -->\nz\n";
        for text in ["| 1 |\n| 2 |", "| 1 |\n| 2 |\n"] {
            assert_eq!(replaced(PAGE, "t", text).as_deref(), Some(new));
            assert_eq!(replaced(new, "t", text).as_deref(), Some(new));
        }
        let none = "a\n<!-- t:begin -->\n<!-- t:end -->\nz\n";
        assert_eq!(replaced(PAGE, "t", "").as_deref(), Some(none));
    }

    #[test]
    fn a_page_without_both_markers_once_is_left_alone() {
        assert_eq!(replaced(PAGE, "other", "new"), None);
        assert_eq!(replaced("<!-- t:begin -->\n", "t", "new"), None);
        let turned = "<!-- t:end -->\n<!-- t:begin -->\n";
        assert_eq!(replaced(turned, "t", "new"), None);
        assert_eq!(replaced(&PAGE.repeat(2), "t", "new"), None);
    }

    #[test]
    fn a_stale_file_is_found_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.md");
        fs::write(&path, PAGE).unwrap();
        verify(&path, "t", "old").unwrap();
        let stale = verify(&path, "t", "new").unwrap_err();
        assert!(matches!(stale, Error::Stale { .. }), "{stale}");
        assert!(update(&path, "t", "new").unwrap());
        assert!(!update(&path, "t", "new").unwrap());
        verify(&path, "t", "new").unwrap();
        let lost = update(&path, "u", "new").unwrap_err();
        assert!(matches!(lost, Error::Markers { .. }), "{lost}");
        let gone = verify(&folder.path().join("gone"), "t", "").unwrap_err();
        assert!(matches!(gone, Error::Io { .. }), "{gone}");
    }
}
