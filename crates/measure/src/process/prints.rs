//! What a worker prints, which is kept for when it fails.

use crate::foreign;
use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How much is kept of what a worker prints.
const TAIL: usize = 2048;
/// How much of its last line is shown, in characters.
const MOST_SHOWN: usize = 200;

/// The end of what a worker prints.
pub(super) struct Prints {
    tail: Arc<Mutex<VecDeque<u8>>>,
    /// Ends when nobody can print any more.
    reader: JoinHandle<()>,
}

impl Prints {
    /// The thread that reads, and where a worker is to print. The thread is
    /// there before the worker: without it there is none.
    ///
    /// # Errors
    /// Which call the system refused, and why.
    pub(super) fn start()
    -> Result<(Self, PipeWriter), (&'static str, io::Error)> {
        let (output, prints) = io::pipe().map_err(|error| ("pipe2", error))?;
        let tail = Arc::default();
        let reader = keep(output, Arc::clone(&tail));
        let reader = reader.map_err(|error| ("a thread for prints", error))?;
        Ok((Self { tail, reader }, prints))
    }

    /// Waits until nobody can print any more, at most so long.
    pub(super) fn wait(&self, most: Duration) {
        let until = Instant::now() + most;
        while !self.reader.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The last line that has something in it, if there is one.
    pub(super) fn last(&self) -> Option<String> {
        let tail = self.tail.lock();
        let mut tail = tail.unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(tail.make_contiguous());
        let last = text.lines().rfind(|line| !line.trim().is_empty())?;
        Some(foreign::shortened(last.trim(), MOST_SHOWN))
    }
}

/// Reads what a worker prints, so that it never waits for a reader, and keeps
/// the end of it.
fn keep(
    mut output: PipeReader,
    kept: Arc<Mutex<VecDeque<u8>>>,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("prints".into()).spawn(move || {
        let mut chunk = [0; 4096];
        loop {
            let count = match output.read(&mut chunk) {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    continue;
                }
                Err(_) => return,
            };
            let mut tail = kept.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(&chunk[..count]);
            let surplus = tail.len().saturating_sub(TAIL);
            tail.drain(..surplus);
        }
    })
}
