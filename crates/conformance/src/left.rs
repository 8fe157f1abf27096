//! What a process has open, and whether a model has left something behind.

use crate::outcome::{Checked, Failure};
use lanes_core::Error;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// Blocking threads of some libraries end after half a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// What this process has open: the names of its threads, and how many files,
/// sockets and children.
#[derive(Debug)]
pub(crate) struct Left {
    threads: Vec<String>,
    descriptors: usize,
    children: usize,
}

impl Left {
    pub(crate) fn now() -> Result<Self, Error> {
        let mut threads = Vec::new();
        for thread in fs::read_dir("/proc/self/task")? {
            // A thread may end between the listing and the look.
            if let Ok(name) = fs::read_to_string(thread?.path().join("comm")) {
                threads.push(name.trim().to_owned());
            }
        }
        threads.sort_unstable();
        let descriptors = fs::read_dir("/proc/self/fd")?.count();
        let children = children(std::process::id())?.len();
        Ok(Self { threads, descriptors, children })
    }

    /// Waits until no more is open than was open then.
    ///
    /// # Errors
    /// What is still open after 20 s.
    pub(crate) fn back(&self) -> Checked {
        let begin = Instant::now();
        loop {
            let now = Self::now()?;
            if now.threads.len() <= self.threads.len()
                && now.descriptors <= self.descriptors
                && now.children <= self.children
            {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                return Err(Failure::new(format!("{now:?}, before {self:?}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The processes whose parent is this one, also those that have ended and were
/// not waited for.
pub(crate) fn children(parent: u32) -> Result<Vec<u32>, Error> {
    let mut children = Vec::new();
    for process in fs::read_dir("/proc")? {
        let name = process?.file_name();
        let Some(number) = name.to_str().and_then(|name| name.parse().ok())
        else {
            continue;
        };
        if status(number).is_some_and(|(_, found)| found == parent) {
            children.push(number);
        }
    }
    Ok(children)
}

/// Whether a process runs no more; it may wait to be waited for.
pub(crate) fn is_gone(process: u32) -> bool {
    status(process).is_none_or(|(state, _)| matches!(state, 'Z' | 'X'))
}

/// The state of a process, and the number of its parent.
fn status(process: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name may have blanks and brackets of its own.
    let (_, rest) = text.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    let state = words.next()?.chars().next()?;
    Some((state, words.next()?.parse().ok()?))
}
