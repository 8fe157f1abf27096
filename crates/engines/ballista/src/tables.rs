//! Inputs as Parquet files: one for each node, written when a run first asks
//! for them, and kept until there is another input.
//!
//! A plan names files, and every executor must find them: on machines of their
//! own, nodes would need a file system or a store that all of them see.
//!
//! The files have no statistics. With them, DataFusion finds the largest number
//! without reading any.

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::{
    EnabledStatistics, WriterProperties,
};
use lanes_core::{Error, Job, Workload};
use rustix::io::Errno;
use std::any::Any;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The input that was written last.
#[derive(Default)]
pub(crate) struct Tables {
    kept: Option<Kept>,
    /// How many were written: each has a folder of its own, since what is known
    /// of files is kept by their names.
    written: usize,
}

struct Kept {
    /// The size and the seed.
    origin: Box<dyn Any + Send>,
    folder: PathBuf,
}

/// One column of numbers or texts.
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is in it.
    pub(crate) kind: DataType,
}

/// The parts of a column: each becomes a file, whose arrays are written one
/// after the other.
pub(crate) type Parts<'a> =
    Vec<Box<dyn Iterator<Item = Result<ArrayRef, Error>> + 'a>>;

impl Tables {
    /// The folder with the files of this input, which has so many bytes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an input that was not made from a seed,
    /// [`Error::Resource`] where the disk has no room, [`Error::Temporary`].
    pub(crate) fn of<'a, W: Workload + PartialEq>(
        &mut self,
        below: &Path,
        job: &'a Job<W>,
        bytes: usize,
        column: &Column,
        parts: impl FnOnce() -> Parts<'a>,
    ) -> Result<PathBuf, Error> {
        let what = "only an input from a seed is known again";
        let origin = job.origin();
        let origin = origin.ok_or_else(|| Error::Unsupported(what.into()))?;
        if let Some(kept) = &self.kept
            && kept.origin.downcast_ref::<(W, u64)>() == Some(origin)
        {
            return Ok(kept.folder.clone());
        }
        if let Some(old) = self.kept.take() {
            let removed = fs::remove_dir_all(old.folder);
            removed.map_err(|error| Error::temporary(&error))?;
        }
        room(below, bytes)?;
        self.written += 1;
        let folder = below.join(format!("input-{}", self.written));
        let written = write(&folder, column, parts());
        if let Err(error) = written {
            let _ = fs::remove_dir_all(&folder);
            return Err(error);
        }
        let origin = Box::new(origin.clone());
        self.kept = Some(Kept { origin, folder: folder.clone() });
        Ok(folder)
    }
}

/// Sees that there is room for an input, its answer, and what is between them.
fn room(folder: &Path, bytes: usize) -> Result<(), Error> {
    let disk = rustix::fs::statvfs(folder);
    let disk = disk.map_err(|error| Error::temporary(&error.into()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    match free >= (bytes as u64).saturating_mul(3) {
        true => Ok(()),
        false => Err(Error::Resource(Errno::NOSPC.raw_os_error())),
    }
}

fn write(
    folder: &Path,
    column: &Column,
    parts: Parts<'_>,
) -> Result<(), Error> {
    let temporary = |error: io::Error| Error::temporary(&error);
    fs::create_dir(folder).map_err(temporary)?;
    let field = Field::new(column.name, column.kind.clone(), false);
    let schema = Arc::new(Schema::new(vec![field]));
    // A table has one file at least, by which its columns are known.
    let empty = || -> Parts<'_> { vec![Box::new(std::iter::empty())] };
    let parts = if parts.is_empty() { empty() } else { parts };
    for (number, part) in parts.into_iter().enumerate() {
        let path = folder.join(format!("part-{number}.parquet"));
        let file = File::create_new(path).map_err(temporary)?;
        let properties = WriterProperties::builder()
            .set_statistics_enabled(EnabledStatistics::None)
            .build();
        let of = || Arc::clone(&schema);
        let writer = ArrowWriter::try_new(file, of(), Some(properties));
        let mut writer = writer.map_err(|error| refused(&error))?;
        for array in part {
            let batch = RecordBatch::try_new(of(), vec![array?]);
            let batch = batch.map_err(|e| Error::Task(e.to_string()))?;
            writer.write(&batch).map_err(|error| refused(&error))?;
        }
        writer.close().map_err(|error| refused(&error))?;
    }
    Ok(())
}

fn refused(error: &ParquetError) -> Error {
    Error::Temporary(error.to_string())
}
