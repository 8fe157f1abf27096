//! Reading a file of Lanes: once, since a pipe gives its bytes once, and by
//! what it says of itself.

use crate::foreign::line;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No more of a file is read. A session of an hour makes some megabytes.
pub const MOST_BYTES: u64 = 512 << 20;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be opened or read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is larger than any session makes it.
    #[error(
        "{}: more than {} MiB, which no file of lanes has",
        path.display(),
        MOST_BYTES >> 20
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is cut off or not JSON.
    #[error(
        "{}: not a complete file of lanes ({}); measure again",
        path.display(),
        line(&error.to_string())
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where it breaks off.
        error: serde_json::Error,
    },
    /// The file has another schema or another version.
    #[error(
        "{}: {found}, and this reads {wanted}; use the version of lanes that \
         wrote it, or measure again", path.display()
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// What it says it is.
        found: String,
        /// What is read here.
        wanted: String,
    },
    /// The file has the right form, and says what cannot be.
    #[error("{}: {what}; measure again", path.display())]
    Impossible {
        /// The file.
        path: PathBuf,
        /// What cannot be.
        what: String,
    },
}

/// A file that was read, of which only the head is known.
#[derive(Debug)]
pub struct Document {
    path: PathBuf,
    text: Vec<u8>,
    head: Head,
}

/// What a file says of itself, whatever else it has, in any order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Head {
    schema: Value,
    version: Value,
    begun: Value,
    map: Value,
    pattern: Value,
    workload: Value,
}

impl Document {
    /// Reads a file, a pipe or whatever else can be read under this name.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out. What is JSON and no file of Lanes is
    /// read, and has no schema.
    pub fn read(path: &Path) -> Result<Self, Unreadable> {
        let owned = || path.to_owned();
        let failed = |error| Unreadable::Io { path: owned(), error };
        let mut text = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(MOST_BYTES + 1).read_to_end(&mut text).map_err(failed)?;
        if text.len() as u64 > MOST_BYTES {
            return Err(Unreadable::TooLarge { path: owned() });
        }
        let text = utf8(text);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        let head = match serde_json::from_slice::<Head>(&text) {
            // A list can have the fields of a head, in their order.
            Ok(_) if first != Some(&b'{') => Head::default(),
            Ok(head) => head,
            // JSON, and something else.
            Err(error) if error.classify() == Category::Data => Head::default(),
            Err(error) => {
                return Err(Unreadable::Broken { path: owned(), error });
            }
        };
        Ok(Self { path: owned(), text, head })
    }

    /// Where it was read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says it is.
    pub fn schema(&self) -> Option<&str> {
        self.head.schema.as_str()
    }

    /// When it says it began.
    pub fn begun(&self) -> Option<&str> {
        self.head.begun.as_str()
    }

    /// What it says it is of, in a text that two files share only where the
    /// newer takes the place of the older: the schema and, where it has them,
    /// the axes of its map, its pattern and its workload.
    pub fn subject(&self) -> String {
        let Head { schema, map, pattern, workload, .. } = &self.head;
        let parts = [schema, map, pattern, workload];
        parts.map(ToString::to_string).join(" ")
    }

    /// Its content, if its schema and version are these.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn content<T: DeserializeOwned>(
        &self,
        schema: &str,
        version: u32,
    ) -> Result<T, Unreadable> {
        let path = || self.path.clone();
        if self.schema() != Some(schema) || self.head.version != version {
            let found = match self.schema() {
                Some(schema) => line(&kind(schema, &self.head.version)),
                None => "not a file of lanes".into(),
            };
            let wanted = kind(schema, &version.into());
            return Err(Unreadable::Schema { path: path(), found, wanted });
        }
        serde_json::from_slice(&self.text)
            .map_err(|error| Unreadable::Broken { path: path(), error })
    }

    /// As [`Document::content`], if `possible` finds nothing in it that cannot
    /// be.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn possible<T: DeserializeOwned>(
        &self,
        schema: &str,
        version: u32,
        possible: impl FnOnce(&T) -> Result<(), String>,
    ) -> Result<T, Unreadable> {
        let content = self.content(schema, version)?;
        match possible(&content) {
            Ok(()) => Ok(content),
            Err(what) => {
                let path = self.path.clone();
                Err(Unreadable::Impossible { path, what })
            }
        }
    }
}

/// What a file says it is, in words.
fn kind(schema: &str, version: &Value) -> String {
    format!("{schema:?} version {version}")
}

/// The text without the mark that editors put at its beginning, and from UTF-16
/// where that says so: shells of Windows write it. What is no text stays.
fn utf8(mut text: Vec<u8>) -> Vec<u8> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units = text[2..].chunks_exact(2);
        let units = units.map(|pair| of([pair[0], pair[1]]));
        char::decode_utf16(units)
            .map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
            .into_bytes()
    };
    match text[..] {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, ..] => text.split_off(3),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(bytes: &[u8]) -> Result<Document, Unreadable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, bytes).unwrap();
        Document::read(&path)
    }

    #[test]
    fn a_file_is_what_its_content_says_in_any_order_and_encoding() {
        let text = "{\"rows\": [[{}]], \"begun\": \"then\", \n\
                    \"version\": 2, \"schema\": \"x\"}";
        let units = || text.encode_utf16();
        let little = units().flat_map(u16::to_le_bytes);
        let big = units().flat_map(u16::to_be_bytes);
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [0xff, 0xfe].into_iter().chain(little).collect(),
            [0xfe, 0xff].into_iter().chain(big).collect(),
        ] {
            let file = read(&bytes).unwrap();
            assert_eq!(
                (file.schema(), file.begun()),
                (Some("x"), Some("then"))
            );
            let content: Value = file.content("x", 2).unwrap();
            assert_eq!(content["version"], 2);
            for (schema, version) in [("y", 2), ("x", 3)] {
                let wrong = file.content::<Value>(schema, version);
                assert!(matches!(wrong, Err(Unreadable::Schema { .. })));
            }
        }
    }

    #[test]
    fn what_is_no_file_of_lanes_has_no_schema_or_is_broken() {
        for other in ["[]", "5", "{}", "{\"schema\": 7}", "[\"x\", 2]"] {
            let file = read(other.as_bytes()).unwrap();
            assert_eq!(file.schema(), None, "{other}");
            let found = file.content::<Value>("x", 2).unwrap_err();
            let found = found.to_string();
            assert!(found.contains("not a file of lanes"), "{found}");
        }
        let deep = "[".repeat(1_000_000);
        for broken in ["", "{", "{\"schema\"", "\u{0}", "\u{feff}", &deep] {
            let found = read(broken.as_bytes());
            assert!(matches!(found, Err(Unreadable::Broken { .. })));
        }
        let half = read(b"\xff\xfe{").unwrap_err();
        assert!(matches!(half, Unreadable::Broken { .. }), "{half}");
        let folder = tempfile::tempdir().unwrap();
        let found = Document::read(folder.path()).unwrap_err();
        assert!(matches!(found, Unreadable::Io { .. }), "{found}");
    }

    #[test]
    fn a_file_without_an_end_is_not_read_to_it() {
        let found = Document::read(Path::new("/dev/zero")).unwrap_err();
        assert!(matches!(found, Unreadable::TooLarge { .. }), "{found}");
    }
}
