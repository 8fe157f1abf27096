//! What the machine still gives, asked before anything large is started.

use crate::Error;
use crate::limits::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::mpsc;
use std::thread;

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

/// Makes sure that `count` more files and sockets can be opened; raises this
/// process's own limit where the system allows it.
///
/// # Errors
/// [`Error::Resource`] where it does not.
pub fn descriptors(count: usize) -> Result<(), Error> {
    let limit = getrlimit(Resource::Nofile);
    let needed = (count as u64).saturating_add(64);
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

/// Makes sure that `count` more threads can run at once, by running them.
///
/// # Errors
/// [`Error::Resource`] if the system refuses one of them.
pub fn threads(count: usize) -> Result<(), Error> {
    let mut started = Vec::with_capacity(count);
    let result = (0..count).try_for_each(|_| {
        let (end, wait) = mpsc::channel::<()>();
        let thread = thread::Builder::new().stack_size(64 * 1024);
        let handle = thread.spawn(move || wait.recv().is_err())?;
        started.push((end, handle));
        Ok(())
    });
    for (end, handle) in started {
        drop(end);
        // A thread that only waited has nothing to report.
        let _ = handle.join();
    }
    result
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
