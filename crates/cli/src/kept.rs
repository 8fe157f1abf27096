//! A document that is saved as it grows. A command that must be ended from
//! outside leaves it as it was saved last.

use crate::fail::Fail;
use crate::interrupt;
use crate::run::save;
use lanes_measure::document::Output;
use serde::Serialize;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is found bit by bit.
pub(crate) trait Growing: Serialize + Clone + Send + 'static {
    /// As it is if nothing more is found: it says that it was interrupted.
    fn interrupted(self) -> Self;
}

/// The file of a document.
pub(crate) struct Kept<T>(Arc<Mutex<Option<File<T>>>>);

/// The file with what was saved in it last. There is none once the command is
/// being ended, or all is found.
struct File<T> {
    output: Output,
    saved: Option<T>,
}

impl<T: Growing> Kept<T> {
    /// A document that goes to this file, of which nothing is known yet.
    pub(crate) fn new(output: Output) -> Self {
        let file: File<T> = File { output, saved: None };
        let file = Arc::new(Mutex::new(Some(file)));
        interrupt::keep({
            let file = Arc::clone(&file);
            move || {
                let File { mut output, saved } = lock(&file).take()?;
                // If this fails, the file is valid, and says that it grows.
                let _ = output.save(&saved?.interrupted());
                Some(output.path().display().to_string())
            }
        });
        Self(file)
    }

    /// Saves what was found so far.
    ///
    /// # Errors
    /// Those of the file system, with the remedy.
    pub(crate) fn save(&self, document: &T) -> io::Result<()> {
        let mut file = lock(&self.0);
        // Without one the command is being ended.
        let Some(file) = &mut *file else { return Ok(()) };
        save(&mut file.output, document)?;
        file.saved = Some(document.clone());
        Ok(())
    }

    /// Saves what was found in all, and returns where.
    ///
    /// # Errors
    /// [`Fail::Interrupted`] if the command is being ended, and those of the
    /// file system.
    pub(crate) fn end(self, document: &T) -> Result<PathBuf, Fail> {
        let file = lock(&self.0).take();
        let File { mut output, .. } =
            file.ok_or_else(interrupt::interrupted)?;
        save(&mut output, document).map_err(Fail::of)?;
        Ok(output.path().to_owned())
    }
}

fn lock<T>(file: &Mutex<Option<File<T>>>) -> MutexGuard<'_, Option<File<T>>> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}
