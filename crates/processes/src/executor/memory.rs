//! Memory that the pool and one worker both map: a file without a name.
//!
//! One side at a time uses it. The one that sends writes a body and then says
//! on the socket how long it is; the other reads it before it sends anything
//! itself, and there is one request in flight.

use super::error::{broken, lost};
use lanes_core::Error;
use memmap2::{MmapMut, MmapOptions};
use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals,
    fcntl_get_seals, memfd_create,
};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, RawFd};

/// Room is made in steps of this many bytes.
const STEP: usize = 1 << 20;

/// The most that is made between two looks: a few milliseconds.
const AT_ONCE: u64 = 16 << 20;

/// A process that reads a page which another one has cut off is killed: a file
/// with these seals cannot be cut, and keeps them.
const SEALS: SealFlags = SealFlags::SHRINK.union(SealFlags::SEAL);

/// Memory that the pool and one worker both map. It keeps the size of the
/// largest body that has crossed, so that later ones find warm pages.
pub(super) struct Memory {
    file: File,
    map: Option<MmapMut>,
}

impl Memory {
    /// No memory yet, that a worker can map as well.
    pub(super) fn new() -> io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("lanes-processes", flags)?;
        fcntl_add_seals(&file, SEALS)?;
        Ok(Self { file: file.into(), map: None })
    }

    /// The memory that this descriptor of that process stands for.
    pub(super) fn of(process: u32, descriptor: &str) -> io::Result<Self> {
        // A number, so that the path cannot lead elsewhere.
        let descriptor: RawFd = descriptor.parse().map_err(io::Error::other)?;
        let path = format!("/proc/{process}/fd/{descriptor}");
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Self { file, map: None })
    }

    /// The number of its descriptor in this process.
    pub(super) fn descriptor(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    /// Room for a body of this length. `look` says in between whether it is
    /// still wanted.
    pub(super) fn room(
        &mut self,
        length: usize,
        look: impl Fn() -> io::Result<()>,
    ) -> Result<&mut [u8], Error> {
        if self.mapped() < length {
            let whole = length.next_multiple_of(STEP) as u64;
            let mut made = self.mapped() as u64;
            while made < whole {
                look().map_err(lost)?;
                let more = AT_ONCE.min(whole - made);
                // Memory that is only promised would kill the process that
                // touches it when there is none left.
                fallocate(&self.file, FallocateFlags::empty(), made, more)
                    .map_err(io::Error::from)?;
                made += more;
            }
            self.remap()?;
        }
        let map = self.map.as_mut().and_then(|map| map.get_mut(..length));
        map.ok_or_else(Error::memory)
    }

    /// The body of this length that the other side has written.
    pub(super) fn view(&mut self, length: usize) -> Result<&[u8], Error> {
        if self.mapped() < length {
            self.remap()?;
        }
        let body = self.map.as_ref().and_then(|map| map.get(..length));
        body.ok_or_else(|| broken("a body beyond the memory"))
    }

    fn mapped(&self) -> usize {
        self.map.as_ref().map_or(0, |map| map.len())
    }

    /// Maps all of the file, however long the other side has made it.
    ///
    /// # Errors
    /// [`Error::Protocol`] for a file that could be cut while it is mapped:
    /// this process looks at the seals itself.
    #[expect(unsafe_code, reason = "mapping what another process maps")]
    fn remap(&mut self) -> Result<(), Error> {
        self.map = None;
        // A file that can have no seals has none.
        let seals = fcntl_get_seals(&self.file).unwrap_or(SealFlags::empty());
        if !seals.contains(SEALS) {
            return Err(broken("shared memory that is not sealed"));
        }
        let length = self.file.metadata()?.len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > 0 {
            let options = MmapOptions::new().len(length).to_owned();
            // SAFETY: the file was just seen to be sealed against shrinking,
            // for good, so that every page stays. It is open in this process
            // and one worker only, which take turns: neither touches it while
            // the other has it. A worker that was killed is gone before the
            // next one maps it.
            self.map = Some(unsafe { options.map_mut(&self.file)? });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_see_what_is_written_and_it_grows() {
        let mut here = Memory::new().unwrap();
        let descriptor = here.descriptor().to_string();
        let mut there = Memory::of(std::process::id(), &descriptor).unwrap();
        for length in [3, STEP, 3 * STEP + 1, 5] {
            here.room(length, || Ok(())).unwrap().fill(length as u8);
            let view = there.view(length).unwrap();
            assert!(view.iter().all(|byte| *byte == length as u8));
        }
        let beyond = there.view(5 * STEP).map(<[u8]>::len);
        assert!(matches!(beyond, Err(Error::Protocol(_))), "{beyond:?}");
        assert!(here.file.set_len(1).is_err(), "it cannot be cut");
    }
    /// The same memory, as another process with this file would have it.
    fn of(file: &File) -> Memory {
        let descriptor = file.as_raw_fd().to_string();
        Memory::of(std::process::id(), &descriptor).unwrap()
    }

    #[test]
    fn a_file_that_could_be_cut_is_not_mapped() {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let sealed_with = |seals| {
            let file = File::from(memfd_create("test", flags).unwrap());
            file.set_len(STEP as u64).unwrap();
            fcntl_add_seals(&file, seals).unwrap();
            file
        };
        let refused = |file: &File| {
            let mut memory = of(file);
            let viewed = memory.view(1).map(<[u8]>::len);
            assert!(matches!(viewed, Err(Error::Protocol(_))), "{viewed:?}");
            assert!(memory.map.is_none());
            let room = memory.room(2 * STEP, || Ok(()));
            let room = room.map(|room| room.len());
            assert!(matches!(room, Err(Error::Protocol(_))), "{room:?}");
        };
        // Not sealed, sealed against something else, and sealed in a way that
        // leaves the seals themselves open.
        refused(&sealed_with(SealFlags::empty()));
        refused(&sealed_with(SealFlags::FUTURE_WRITE | SealFlags::SEAL));
        refused(&sealed_with(SealFlags::SHRINK));
        // A file of the file system takes no seals at all.
        let plain = tempfile::tempfile().unwrap();
        plain.set_len(STEP as u64).unwrap();
        refused(&plain);
        let mut sealed = of(&sealed_with(SEALS));
        assert_eq!(sealed.view(STEP).map(<[u8]>::len), Ok(STEP));
    }

    #[test]
    fn a_body_beyond_a_file_that_was_cut_before_is_refused() {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = File::from(memfd_create("test", flags).unwrap());
        file.set_len(STEP as u64).unwrap();
        file.set_len(10).unwrap();
        fcntl_add_seals(&file, SEALS).unwrap();
        let mut memory = of(&file);
        assert_eq!(memory.view(10).map(<[u8]>::len), Ok(10));
        let beyond = memory.view(11).map(<[u8]>::len);
        assert!(matches!(beyond, Err(Error::Protocol(_))), "{beyond:?}");
    }
}
