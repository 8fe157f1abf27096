//! What the machine still gives, asked before anything large is started.

use crate::Error;
use crate::limits::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Makes sure that `items` of `size` bytes fit the memory that is available,
/// and returns their bytes.
///
/// # Errors
/// [`Error::Invalid`] if the bytes overflow, [`Error::Resource`] if they do not
/// fit what the system and the limits of this process leave.
pub fn memory(items: usize, size: usize) -> Result<usize, Error> {
    let bytes = items
        .checked_mul(size)
        .filter(|bytes| isize::try_from(*bytes).is_ok())
        .ok_or_else(|| {
            Error::Invalid(format!("{items} items of {size} bytes overflow"))
        })?;
    let available = Limits::here().available;
    let fits = available.is_none_or(|available| bytes as u64 <= available);
    if fits { Ok(bytes) } else { Err(Error::memory()) }
}

/// An empty list with room for `items` numbers.
///
/// # Errors
/// Those of [`memory`], and [`Error::Resource`] if the allocator refuses.
pub fn list(items: usize) -> Result<Vec<u64>, Error> {
    memory(items, size_of::<u64>())?;
    let mut list = Vec::new();
    list.try_reserve_exact(items).map_err(|_| Error::memory())?;
    Ok(list)
}

/// Makes sure that `count` more files and sockets can be opened, beside those
/// that are open; raises this process's own limit where the system allows it.
///
/// # Errors
/// [`Error::Resource`] where it does not.
pub fn descriptors(count: usize) -> Result<(), Error> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none() {
        return Ok(());
    }
    // Without one to list them there are none.
    let open = fs::read_dir("/proc/self/fd")?.count() as u64;
    let needed = (count as u64).saturating_add(open + MORE_DESCRIPTORS);
    if limit.current.is_none_or(|current| needed <= current) {
        return Ok(());
    }
    if limit.maximum.is_some_and(|maximum| needed > maximum) {
        let number = rustix::io::Errno::MFILE.raw_os_error();
        return Err(Error::Resource(number));
    }
    let raised = Rlimit { current: Some(needed), ..limit };
    setrlimit(Resource::Nofile, raised)
        .map_err(|number| Error::Resource(number.raw_os_error()))
}

/// How many descriptors are left over for whatever else a process opens.
const MORE_DESCRIPTORS: u64 = 16;

/// What a library may allocate while it starts: where less is left, it would
/// abort the process.
const HEADROOM: usize = 64 << 20;

/// The stack of a thread that was asked for no other.
pub const STACK: usize = 2 << 20;

/// The address space that the allocator takes for one more thread, at most, and
/// for how many threads on each core it does.
const ARENA: usize = 64 << 20;
const ARENAS: usize = 8;

/// Makes sure that the address space has room for so many more threads with
/// stacks of so many bytes, and for what they allocate. Where it is limited and
/// used up, a thread that starts aborts its process, in the standard library as
/// well: it has a stack, and cannot have one for signals.
///
/// # Errors
/// [`Error::Resource`] if it has not.
pub fn stacks(count: usize, bytes: usize) -> Result<(), Error> {
    let Some(limit) = getrlimit(Resource::As).current else { return Ok(()) };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let arenas = ARENA.saturating_mul(count.min(ARENAS * cores) + 1);
    let needed = count.saturating_mul(bytes).saturating_add(arenas);
    let needed = needed.saturating_add(HEADROOM) as u64;
    let pages = fs::read_to_string("/proc/self/statm")?;
    let pages = pages.split(' ').next().and_then(|word| word.parse().ok());
    let used = rustix::param::page_size() as u64 * pages.unwrap_or(0_u64);
    match used.saturating_add(needed) <= limit {
        true => Ok(()),
        false => Err(Error::memory()),
    }
}

/// How long the system may take to forget threads that have ended.
const FORGOTTEN: Duration = Duration::from_millis(200);

/// Makes sure that `count` more threads can run at once, by running them: with
/// the stacks that threads have unless they are asked for others, and with
/// memory to spare while they are there.
///
/// The memory of a thread that has ended is kept for the next one: what was
/// possible here is possible for the library that is started afterwards.
///
/// # Errors
/// [`Error::Resource`] if the system refuses one of them, or the memory.
pub fn threads(count: usize) -> Result<(), Error> {
    stacks(count, STACK)?;
    let before = running();
    let mut started = Vec::with_capacity(count);
    let result = (0..count).try_for_each(|_| {
        let (end, wait) = mpsc::channel::<()>();
        let thread = thread::Builder::new();
        let handle = thread.spawn(move || wait.recv().is_err())?;
        started.push((end, handle));
        Ok(())
    });
    let mut headroom = Vec::<u8>::new();
    let headroom = headroom.try_reserve_exact(HEADROOM);
    for (end, handle) in started {
        drop(end);
        // A thread that only waited has nothing to report.
        let _ = handle.join();
    }
    // A thread counts against limits a moment longer than its join takes.
    let begin = Instant::now();
    while running() > before && begin.elapsed() < FORGOTTEN {
        thread::yield_now();
    }
    result.and(headroom.map_err(|_| Error::memory()))
}

/// How many threads this process has; none if the system does not say.
fn running() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_cannot_be_are_refused_before_they_are_allocated() {
        let overflow = memory(usize::MAX, 8);
        assert!(matches!(overflow, Err(Error::Invalid(_))), "{overflow:?}");
        let huge = memory(isize::MAX as usize / 8, 8);
        assert_eq!(huge, Err(Error::memory()));
        assert_eq!(list(1 << 58), Err(Error::memory()));
        assert_eq!(memory(1000, 8), Ok(8000));
    }

    #[test]
    fn descriptors_are_counted_against_the_limit() {
        assert_eq!(descriptors(100), Ok(()));
        let refused = descriptors(1 << 40);
        assert!(matches!(refused, Err(Error::Resource(_))), "{refused:?}");
    }

    #[test]
    fn a_few_threads_are_always_there() {
        assert_eq!(threads(8), Ok(()));
    }
}
