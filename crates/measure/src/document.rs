//! The files of Lanes: JSON with a schema and a version.

mod reading;

pub use reading::{Document, MOST_BYTES, Unreadable};

use crate::identity::Identity;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file that is written once or, while a session runs, again and again. Each
/// time it is written as a whole or not at all, and it takes the place of no
/// file that was not written here: two sessions that want one name never get
/// both.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    /// Whether a name that is taken gets a number.
    numbered: bool,
    /// What was written here last.
    written: Option<Identity>,
}

impl Output {
    /// A file of this very name.
    pub fn exactly(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), numbered: false, written: None }
    }

    /// A file of this name or, where it is taken, of one with a number.
    pub fn numbered(path: impl Into<PathBuf>) -> Self {
        Self { numbered: true, ..Self::exactly(path) }
    }

    /// Where it was written last, or will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was written.
    pub fn is_written(&self) -> bool {
        self.written.is_some()
    }

    /// Writes the file. If another file or a link has taken its name since it
    /// was last written here, it gets a number.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] for a name that is taken when it is
    /// first written, unless it may have a number; those of the file system.
    pub fn save(&mut self, document: &impl Serialize) -> io::Result<()> {
        let mut file = temporary(&self.path, document)?;
        let identity = Identity::of(&file.as_file().metadata()?);
        let there = self.path.symlink_metadata().ok();
        let own = self.written.is_some()
            && there.map(|data| Identity::of(&data)) == self.written;
        if own {
            file.persist(&self.path)?;
            self.written = Some(identity);
            return Ok(());
        }
        let numbered = self.numbered || self.written.is_some();
        let first = self.path.clone();
        for number in 2u32.. {
            match file.persist_noclobber(&self.path) {
                Ok(_) => break,
                Err(error)
                    if numbered
                        && error.error.kind()
                            == io::ErrorKind::AlreadyExists =>
                {
                    file = error.file;
                    self.path = with_number(&first, number);
                }
                Err(error) => return Err(error.error),
            }
        }
        self.written = Some(identity);
        Ok(())
    }
}

/// Writes a new file; see [`Output::save`].
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if there is one; those of the file system.
pub fn save(path: &Path, document: &impl Serialize) -> io::Result<()> {
    Output::exactly(path).save(document)
}

/// `name-2.json` for `name.json`.
fn with_number(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

/// The document in a temporary file, in the folder of this path.
fn temporary(
    path: &Path,
    document: &impl Serialize,
) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|path| !path.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        // That is said of a folder's name, not of this path.
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })?;
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
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::thread;

    fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn of_many_that_want_one_name_one_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("same.json");
        const MANY: usize = 8;
        let start = Barrier::new(MANY);
        let save = |number: usize| {
            let mut output = Output::exactly(&path);
            start.wait();
            (0..3).map(|_| output.save(&number)).find(Result::is_err).is_none()
        };
        let saved: Vec<bool> = thread::scope(|scope| {
            let save = &save;
            let start = |number| scope.spawn(move || save(number));
            let threads: Vec<_> = (0..MANY).map(start).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let winners: Vec<usize> = (0..MANY).filter(|n| saved[*n]).collect();
        let [winner] = winners[..] else { panic!("{winners:?}") };
        assert_eq!(read(&path), format!("{winner}\n"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_below_a_file_is_not_called_taken() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let below = file.path().join("a.json");
        for output in [Output::exactly(&below), Output::numbered(&below)] {
            let error = { output }.save(&1).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
        }
    }

    #[test]
    fn names_that_may_have_a_number_are_all_different() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.b.json");
        let mut all = [(); 3].map(|()| Output::numbered(&path));
        for round in 0..2 {
            for (number, output) in all.iter_mut().enumerate() {
                output.save(&(10 * round + number)).unwrap();
            }
        }
        let names = ["a.b.json", "a.b-2.json", "a.b-3.json"];
        for (number, (output, name)) in all.iter().zip(names).enumerate() {
            assert!(output.path().ends_with(name), "{:?}", output.path());
            assert_eq!(read(output.path()), format!("{}\n", 10 + number));
        }
    }

    #[test]
    fn what_came_under_its_name_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let mut output = Output::exactly(&path);
        output.save(&1).unwrap();
        output.save(&2).unwrap();
        assert_eq!((read(&path).trim(), output.path()), ("2", &*path));
        // It was moved away: the name is free.
        fs::rename(&path, folder.path().join("moved.json")).unwrap();
        output.save(&3).unwrap();
        assert_eq!((read(&path).trim(), output.path()), ("3", &*path));
        fs::write(&path, "another's").unwrap();
        output.save(&4).unwrap();
        output.save(&5).unwrap();
        assert_eq!(read(&path), "another's");
        let second = folder.path().join("a-2.json");
        assert_eq!((read(&second).trim(), output.path()), ("5", &*second));
    }
}
