//! `read`: arrays from files, parsed and reduced.

use super::bound;
use crate::parts::{self, Part};
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Files of decimal numbers, one a line: the largest number of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// How many files.
    pub files: usize,
    /// The size of a file, in bytes.
    pub bytes: usize,
}

/// Real files in a temporary folder, which goes with the input.
pub struct Files {
    written: Option<Written>,
    paths: Vec<PathBuf>,
}

/// What was written, and where.
struct Written {
    _folder: TempDir,
    bytes: usize,
    seed: u64,
}

impl Workload for Read {
    const NAME: &'static str = "read";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "blocking system calls between stretches of compute";
    const OMITS: &'static str =
        "the disk: the files were just written and lie in the page cache";
    const UNIT: &'static str = "file";
    const POINT: Point = Point::Work;

    type Input = Files;
    type Output = Vec<u64>;

    fn sizes(size: Size) -> Vec<Self> {
        let files = match size {
            Size::Quick => 64,
            Size::Full => 256,
        };
        vec![Self { files, bytes: 64 * 1024 }]
    }

    fn with_items(&self, items: usize) -> Self {
        Self { files: items, bytes: 1024 }
    }

    fn items(&self) -> usize {
        self.files
    }

    fn label(&self) -> String {
        format!("{}x{}KiB", self.files, self.bytes / 1024)
    }

    fn input(&self, seed: u64) -> Result<Files, Error> {
        preflight::memory(self.files, self.bytes.max(256))?;
        let failed = |error: io::Error| Error::temporary(&error);
        let folder = tempfile::tempdir().map_err(failed)?;
        let mut paths = Vec::with_capacity(self.files);
        for file in 0..self.files {
            let path = folder.path().join(format!("{file}.txt"));
            let text = text(self.bytes, seed::part(seed, file as u64));
            fs::write(&path, text).map_err(|error| {
                let path = path.display();
                Error::Temporary(format!("{path}: {error}"))
            })?;
            paths.push(path);
        }
        let written = Written { _folder: folder, bytes: self.bytes, seed };
        Ok(Files { written: Some(written), paths })
    }

    /// Of the texts, which are made again, since a file may be gone by now; a
    /// part has none.
    fn reference(input: &Files) -> Vec<u64> {
        let Some(&Written { bytes, seed, .. }) = input.written.as_ref() else {
            return Vec::new();
        };
        let largest = |file| {
            let text = text(bytes, seed::part(seed, file as u64));
            let text = str::from_utf8(&text).expect("digits and lines");
            let numbers = text.lines().map(|line| line.parse::<u64>());
            numbers.map(|number| number.expect("a number")).max().unwrap_or(0)
        };
        input.indices().map(largest).collect()
    }

    fn digest(output: &Vec<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = bound::together(1, |_| {
            for file in 0..job.paths.len() {
                drop(job.load(0, file).and_then(|t| job.largest(0, file, &t)));
            }
        })?;
        let time = time / u32::try_from(workers).unwrap_or(u32::MAX);
        let what = "one pass over the same files / workers";
        job.finish(Limit::of(what, time))
    }
}

/// Lines of decimal numbers that fill `bytes` bytes exactly.
fn text(bytes: usize, seed: u64) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 20);
    for number in seed::numbers(seed) {
        if text.len() >= bytes {
            break;
        }
        writeln!(text, "{}", number >> 1).expect("memory takes every write");
    }
    text.truncate(bytes);
    text
}

impl Files {
    /// Some of the files, as a worker in another process gets them: the folder
    /// stays with the whole input.
    pub fn part(paths: Vec<PathBuf>) -> Self {
        Self { written: None, paths }
    }

    /// The files in at most `count` parts; see [`parts::split`].
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.paths.len(), 1, count)
    }

    /// The numbers of the files, in order.
    pub fn indices(&self) -> std::ops::Range<usize> {
        0..self.paths.len()
    }

    /// Where a file is.
    pub fn path(&self, file: usize) -> &Path {
        &self.paths[file]
    }
}

impl Job<Read> {
    /// Reads a file; the calling thread waits.
    ///
    /// # Errors
    /// Those of the file system, or the cause, if the run was stopped.
    pub fn load(&self, task: usize, file: usize) -> Result<Vec<u8>, Error> {
        self.context().grain(task)?;
        let _span = self.context().span(task, State::Io);
        self.context().note(fs::read(self.path(file)).map_err(Error::from))
    }

    /// The largest number of a file's text.
    ///
    /// # Errors
    /// [`Error::Protocol`] if the text has anything but numbers and lines, or
    /// the cause, if the run was stopped.
    pub fn largest(
        &self,
        task: usize,
        file: usize,
        text: &[u8],
    ) -> Result<u64, Error> {
        let _span = self.context().span(task, State::Compute);
        self.context().grain(task)?;
        self.context().note(parse_max(text).map_err(|offset| {
            Error::Protocol(format!("file {file}: no number at {offset}"))
        }))
    }
}

/// The largest of the decimal numbers in a text, one a line; 0 for none.
///
/// # Errors
/// The offset in bytes of the first character that is neither a digit nor a
/// line feed, or of the digit at which a number no longer fits 64 bits.
#[inline(never)]
pub fn parse_max(text: &[u8]) -> Result<u64, usize> {
    let (mut most, mut number) = (0, 0u64);
    for (offset, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte - b'0');
                let longer = number.checked_mul(10);
                let longer = longer.and_then(|tens| tens.checked_add(digit));
                number = longer.ok_or(offset)?;
            }
            b'\n' => {
                most = most.max(number);
                number = 0;
            }
            _ => return Err(offset),
        }
    }
    Ok(most.max(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn files_have_their_size_and_end_with_the_input() {
        let read = Read { files: 3, bytes: 100 };
        let job = Job::new(&read, 7).unwrap();
        let path = job.path(2).to_owned();
        assert_eq!(fs::read(&path).unwrap().len(), 100);
        drop(job);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_is_gone_or_garbled_is_an_error() {
        let job = Job::new(&Read { files: 2, bytes: 100 }, 7).unwrap();
        assert!(matches!(
            job.largest(0, 0, b"12\nx"),
            Err(Error::Protocol(why)) if why == "file 0: no number at 3"
        ));
        let job = Job::new(&Read { files: 2, bytes: 100 }, 7).unwrap();
        let expected = Read::reference(&job);
        assert_eq!(expected[0], {
            let text = job.load(0, 0).unwrap();
            job.largest(0, 0, &text).unwrap()
        });
        fs::remove_file(job.path(1)).unwrap();
        assert!(matches!(job.load(0, 1), Err(Error::Task(_))));
        assert_eq!(Read::reference(&job), expected);
    }

    #[test]
    fn parse_max_takes_digits_and_line_feeds_only() {
        assert_eq!(parse_max(b""), Ok(0));
        assert_eq!(parse_max(b"12\n7\n"), Ok(12));
        assert_eq!(parse_max(b"7\n12"), Ok(12));
        assert_eq!(parse_max(b"18446744073709551615\n"), Ok(u64::MAX));
        assert_eq!(parse_max(b"18446744073709551616\n"), Err(19));
        assert_eq!(parse_max(b"1\n-2\n"), Err(2));
    }

    #[test]
    fn the_limit_is_divided_by_the_workers() {
        let job = Job::new(&Read { files: 3, bytes: 100 }, 7).unwrap();
        let limit = |workers| Read::limit(&job, workers).unwrap().time.unwrap();
        assert!(limit(1) > Duration::ZERO);
        // More of them than there are nanoseconds have no time left.
        assert_eq!(limit(usize::MAX), Duration::ZERO);
    }
}
