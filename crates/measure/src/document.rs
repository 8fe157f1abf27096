//! The files of Lanes: JSON with a schema and a version.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

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
    /// The file is cut off or not JSON.
    #[error(
        "{}: not a complete file of lanes ({error}); measure again",
        path.display()
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
}

/// What a file says it is, in words.
pub(crate) fn kind(schema: &str, version: u32) -> String {
    format!("{schema} version {version}")
}

/// Reads a file whose `schema` and `version` are these.
///
/// # Errors
/// [`Unreadable`], with the way out.
pub fn load<T: DeserializeOwned>(
    path: &Path,
    schema: &str,
    version: u32,
) -> Result<T, Unreadable> {
    let owned = || path.to_owned();
    let file = File::open(path)
        .map_err(|error| Unreadable::Io { path: owned(), error })?;
    let value: Value =
        serde_json::from_reader(BufReader::new(file)).map_err(|error| {
            match error.io_error_kind() {
                Some(kind) => {
                    Unreadable::Io { path: owned(), error: kind.into() }
                }
                None => Unreadable::Broken { path: owned(), error },
            }
        })?;
    if value["schema"] != schema || value["version"] != version {
        let found = match value["schema"].as_str() {
            Some(schema) => format!("{schema:?} version {}", value["version"]),
            None => "not a file of lanes".into(),
        };
        let wanted = kind(schema, version);
        return Err(Unreadable::Schema { path: owned(), found, wanted });
    }
    serde_json::from_value(value)
        .map_err(|error| Unreadable::Broken { path: owned(), error })
}

/// Writes a file as a whole or not at all: a temporary file in the same folder
/// takes the place of the old one, and of a symbolic link rather than of what
/// that points to.
///
/// # Errors
/// Those of the file system.
pub fn save(path: &Path, document: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // A temporary file is its owner's alone unless it is changed.
    let mut file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(folder)?;
    let mut writer = io::BufWriter::new(&mut file);
    serde_json::to_writer(&mut writer, document)?;
    writer.write_all(b"\n")?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
