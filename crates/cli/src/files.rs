//! Files that are written, and never over others.

use crate::fail::Fail;
use rustix::io::Errno;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Where most commands are given a place for their files.
pub(crate) const OUTPUT: &str = "--output";

/// What helps where a file cannot be written whose place is that of an option.
pub(crate) fn remedy(error: &io::Error, option: &str) -> String {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::MFILE) => "raise `ulimit -n`".into(),
        Some(Errno::NOSPC | Errno::DQUOT) => {
            format!("make room, or choose another place with {option}")
        }
        _ => format!("choose another place with {option}"),
    }
}

/// Writes a file into a folder, which is made if it is not there; nothing that
/// is there already is overwritten: the name then gets a number.
///
/// # Errors
/// The path and the cause.
pub(crate) fn save(
    folder: &Path,
    name: &str,
    ending: &str,
    text: &str,
) -> Result<PathBuf, Fail> {
    let failed = |error: io::Error| {
        let folder = folder.display();
        Fail::Failure(format!("{folder}: {error}; {}", remedy(&error, OUTPUT)))
    };
    let mut file = written(folder, text).map_err(failed)?;
    for number in 1u32.. {
        let path = match number {
            1 => folder.join(format!("{name}.{ending}")),
            _ => folder.join(format!("{name}-{number}.{ending}")),
        };
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(error)
                if error.error.kind() == io::ErrorKind::AlreadyExists =>
            {
                file = error.file;
            }
            Err(error) => return Err(failed(error.error)),
        }
    }
    unreachable!("numbers do not end before the disk does")
}

/// Writes this very file, unless there is one, or a link, of that name.
///
/// # Errors
/// The path and the cause.
pub(crate) fn save_new(
    path: &Path,
    text: &str,
    option: &str,
) -> Result<(), Fail> {
    is_free(path, option)?;
    let file = written(folder_of(path), text)
        .map_err(|why| not_new(path, &why, option))?;
    let done = file.persist_noclobber(path);
    done.map(drop).map_err(|error| not_new(path, &error.error, option))
}

/// Makes sure that there is no file, and no link, of that name.
///
/// # Errors
/// The path and the remedy.
fn is_free(path: &Path, option: &str) -> Result<(), Fail> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(not_new(path, &io::ErrorKind::AlreadyExists.into(), option))
}

/// Makes sure that this very file can be written later: there is none, and no
/// link, of that name, and there is a folder for it, which is made if need be.
///
/// # Errors
/// The path, the cause and the remedy.
pub(crate) fn make_room(path: &Path, option: &str) -> Result<(), Fail> {
    is_free(path, option)?;
    // It is gone when it is dropped.
    let tried = written(folder_of(path), "");
    tried.map(drop).map_err(|why| not_new(path, &why, option))
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn not_new(path: &Path, error: &io::Error, option: &str) -> Fail {
    let name = path.display();
    Fail::Failure(match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{name} is there already; remove it or choose another name")
        }
        _ => format!("{name}: {error}; {}", remedy(error, option)),
    })
}

/// A temporary file in a folder, which is made if it is not there.
///
/// # Errors
/// Those of the file system.
pub(crate) fn written(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })?;
    // By default only the owner can read a temporary file.
    let mut file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}
