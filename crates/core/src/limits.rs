//! What the system lets this process have: processors, memory, threads. A
//! control group, an affinity mask or a `ulimit` often gives it less than the
//! machine has, and in a container the least is what counts.

mod groups;

use groups::Groups;
use rustix::param::page_size;
use rustix::process::{Resource, getrlimit, getuid};
use rustix::thread::sched_getaffinity;
use std::fs;
use std::path::Path;
use std::thread;

/// What the system lets this process have. What is not limited, or not known,
/// is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The processors that it may run on, at least 1.
    pub processors: usize,
    /// The processor time that its control groups give it, in processors.
    pub quota: Option<f64>,
    /// The memory of the machine, in bytes.
    pub machine: Option<u64>,
    /// The memory that its control groups and `ulimit -v` let it have, in
    /// bytes, where that is less than the machine has.
    pub memory: Option<u64>,
    /// The memory that it can have now without swapping, in bytes.
    pub available: Option<u64>,
    /// How many threads may run at once in its control groups, of its user and
    /// of the system: the least of them.
    pub threads: Option<u64>,
}

/// The limits of this process that are no files.
struct Own {
    processors: usize,
    /// `ulimit -v`, in bytes.
    address_space: Option<u64>,
    /// `ulimit -u`.
    threads: Option<u64>,
}

impl Own {
    fn here() -> Self {
        let mask = sched_getaffinity(None).map(|mask| mask.count() as usize);
        // The mask of a machine with more than 1024 processors is longer.
        let standard =
            || thread::available_parallelism().map_or(1, usize::from);
        let threads = getrlimit(Resource::Nproc).current;
        Self {
            processors: mask.unwrap_or_else(|_| standard()).max(1),
            address_space: getrlimit(Resource::As).current,
            // The system does not hold root to it.
            threads: threads.filter(|_| !getuid().is_root()),
        }
    }
}

impl Limits {
    /// Those of this process, now.
    pub fn here() -> Self {
        Self::under(Path::new("/"), &Own::here())
    }

    /// Those of a process that sees these files, such as `proc/self/cgroup`.
    fn under(root: &Path, own: &Own) -> Self {
        let groups = Groups::of(root);
        let number = |path: &str| -> Option<u64> {
            fs::read_to_string(root.join(path)).ok()?.trim().parse().ok()
        };
        let information = fs::read_to_string(root.join("proc/meminfo"));
        let information = information.unwrap_or_default();
        let machine = kibibytes(&information, "MemTotal:");
        let free = kibibytes(&information, "MemAvailable:");
        let memory = least([groups.memory(), own.address_space]);
        // A limit above what there is limits nothing.
        let real = |limit: &u64| machine.is_none_or(|all| *limit < all);
        let used = || {
            let text = fs::read_to_string(root.join("proc/self/statm")).ok()?;
            let pages: u64 = text.split_whitespace().next()?.parse().ok()?;
            pages.checked_mul(page_size() as u64)
        };
        let left = |most: u64| most.saturating_sub(used().unwrap_or(0));
        Self {
            processors: own.processors,
            quota: groups.quota(),
            machine,
            memory: memory.filter(real),
            available: least([
                free,
                groups.memory_left(),
                own.address_space.map(left),
            ]),
            threads: least([
                groups.threads(),
                own.threads,
                number("proc/sys/kernel/threads-max"),
                number("proc/sys/kernel/pid_max"),
                // A thread has two mappings: its stack and a guard page.
                number("proc/sys/vm/max_map_count").map(|maps| maps / 2),
            ]),
        }
    }

    /// How many threads run at once: whole processors, at least one.
    pub fn cores(&self) -> usize {
        let quota = self.quota.map_or(usize::MAX, |quota| quota as usize);
        self.processors.min(quota).max(1)
    }

    /// The memory that this process may have, in bytes: the machine's, or what
    /// it is limited to.
    pub fn total(&self) -> Option<u64> {
        least([self.machine, self.memory])
    }
}

/// The smallest of the limits that there are.
fn least<T: PartialOrd>(
    limits: impl IntoIterator<Item = Option<T>>,
) -> Option<T> {
    let less = |a: T, b: T| if b < a { b } else { a };
    limits.into_iter().flatten().reduce(less)
}

/// The bytes on a line of `/proc/meminfo`.
fn kibibytes(information: &str, name: &str) -> Option<u64> {
    let line = information.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = line.split_whitespace().next()?.parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests;
