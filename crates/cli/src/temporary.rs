//! The folder for the temporary files of workers and of inputs.
//!
//! All of them lie in one folder of this process, which goes when it ends. A
//! process that was killed leaves its folder behind, and the next one removes
//! it: a folder has an owner as long as somebody holds the lock in it.

use crate::fail::Fail;
use lanes_core::Error;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// What the names of these folders begin with.
const PREFIX: &str = "lanes-";
/// The file in such a folder that its process has locked.
const OWNER: &str = "owner-of-this-folder";
/// An empty folder of this age is of a process that was killed before it could
/// lock it.
const FORGOTTEN: Duration = Duration::from_secs(60);

static PLACE: OnceLock<PathBuf> = OnceLock::new();

/// The folder of this process, until this is dropped.
pub(crate) struct Home {
    _owner: File,
}

impl Drop for Home {
    fn drop(&mut self) {
        remove();
    }
}

/// Makes the folder of this process where `TMPDIR` says, and removes those of
/// processes that were killed. `None` where there can be no folder: the first
/// what needs one gets that error.
pub(crate) fn open() -> Option<Home> {
    let place = env::temp_dir();
    sweep(&place);
    let (folder, owner) = claim(&place).ok()?;
    // From now on every temporary file of this process lies there.
    let moved = tempfile::env::override_temp_dir(&folder).is_ok();
    let kept = moved && PLACE.set(folder.clone()).is_ok();
    if !kept {
        let _ = fs::remove_dir_all(folder);
        return None;
    }
    Some(Home { _owner: owner })
}

/// Removes the folder of this process, if there is one.
pub(crate) fn remove() {
    if let Some(folder) = PLACE.get() {
        remove_used(folder);
    }
}

/// Removes a folder in which files are still being made. Under another name
/// they are not made there any more: an input of thousands of files would
/// otherwise always be one ahead.
fn remove_used(folder: &Path) {
    let aside = folder.with_extension("removed");
    let moved = fs::rename(folder, &aside).is_ok();
    let folder = if moved { &aside } else { folder };
    // One may be on its way.
    for _ in 0..100 {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {}
            _ => return,
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A new folder in that of this process; it goes when it is dropped.
///
/// # Errors
/// That there can be none, and why.
pub(crate) fn folder() -> Result<TempDir, Fail> {
    tempfile::tempdir().map_err(|error| Fail::of(Error::temporary(&error)))
}

/// A new folder with its lock. Where the file system has no locks it has none,
/// and stays if this process is killed.
fn claim(place: &Path) -> io::Result<(PathBuf, File)> {
    loop {
        let folder =
            tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        let path = folder.path().join(OWNER);
        let owner = File::create_new(&path)?;
        let locked = flock(&owner, FlockOperation::NonBlockingLockExclusive);
        // Another process may have seen the lock before it was held, and have
        // removed the folder.
        if locked != Err(Errno::WOULDBLOCK) && path.exists() {
            return Ok((folder.keep(), owner));
        }
    }
}

/// Removes this user's folders whose processes are gone.
fn sweep(place: &Path) {
    let own = rustix::process::getuid().as_raw();
    for entry in place.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|n| n.starts_with(PREFIX));
        // What a link points to is not looked at.
        let data = is_ours.then(|| entry.metadata().ok()).flatten();
        let Some(data) = data else { continue };
        if data.is_dir() && data.uid() == own {
            abandon(&entry.path(), &data);
        }
    }
}

/// Removes a folder, unless it has an owner or is none of these folders.
fn abandon(folder: &Path, data: &fs::Metadata) {
    let path = folder.join(OWNER);
    if !path.symlink_metadata().is_ok_and(|data| data.is_file()) {
        let age = data.modified().ok().and_then(|time| time.elapsed().ok());
        if age.is_some_and(|age| age > FORGOTTEN) {
            // Only if it is empty.
            let _ = fs::remove_dir(folder);
        }
        return;
    }
    let Ok(owner) = File::open(&path) else { return };
    if flock(&owner, FlockOperation::NonBlockingLockExclusive).is_ok() {
        // It stays where it cannot be removed; nothing depends on it.
        let _ = fs::remove_dir_all(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_while_files_are_made_in_it() {
        let place = tempfile::tempdir().unwrap();
        let (folder, _owner) = claim(place.path()).unwrap();
        let input = folder.join("input");
        fs::create_dir(&input).unwrap();
        std::thread::scope(|scope| {
            // More of them than there are attempts to remove it.
            let files = (0..1_000_000).map(|file| input.join(file.to_string()));
            let mut files = files.map(|file| fs::write(file, ""));
            files.next().unwrap().unwrap();
            scope.spawn(move || files.all(|made| made.is_ok()));
            remove_used(&folder);
        });
        assert_eq!(place.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn only_folders_without_an_owner_are_removed() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        let (mine, lock) = claim(place).unwrap();
        let (gone, killed) = claim(place).unwrap();
        drop(killed);
        fs::write(gone.join("input"), "x").unwrap();
        let others = ["lanes-of-another", "other"].map(|n| place.join(n));
        for other in &others {
            fs::create_dir(other).unwrap();
            fs::write(other.join("file"), "precious").unwrap();
        }
        fs::write(others[1].join(OWNER), "").unwrap();
        let link = place.join("lanes-link");
        std::os::unix::fs::symlink(&others[1], &link).unwrap();
        let file = place.join("lanes-file");
        fs::write(&file, "precious").unwrap();
        let fresh = place.join("lanes-fresh");
        fs::create_dir(&fresh).unwrap();
        sweep(place);
        assert!(!gone.exists());
        for kept in [&mine, &others[0], &others[1], &file, &fresh] {
            assert!(kept.exists(), "{kept:?}");
        }
        assert!(others[1].join("file").exists());
        drop(lock);
        sweep(place);
        assert!(!mine.exists());
    }
}
