//! Limits of the system that are really reached.

use rustix::param::page_size;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::{self, File};

/// The stack of every thread where threads are limited, in bytes, and the
/// variable that gives it to the standard library.
pub(crate) const STACK: (&str, u64) = ("RUST_MIN_STACK", 1 << 30);
/// One arena for all threads: others would take address space of their own.
pub(crate) const ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "1");

/// How many threads still start.
const GRANTED: u64 = 3;
/// What is left beside the stacks: less than one of them, so that no thread
/// starts in it, and enough for all else. (A process that aborts prints a
/// backtrace, for which it reads its own debug information.)
const SPARE: u64 = 900 << 20;

/// From now on the system refuses the fourth thread, also to root: there is
/// address space for three stacks and no more. (`RLIMIT_NPROC` does not bind
/// root, and a pids cgroup cannot be had everywhere.)
pub(crate) fn threads() {
    let room = GRANTED * STACK.1 + SPARE;
    set(Resource::As, address_space() + room);
}

/// From now on the system refuses every new descriptor. Those that were free
/// are open in what this gives.
pub(crate) fn descriptors() -> Vec<File> {
    let open = fs::read_dir("/proc/self/fd").expect("proc is mounted");
    let numbers = open.filter_map(|entry| {
        entry.ok()?.file_name().to_str()?.parse::<u64>().ok()
    });
    let highest = numbers.max().expect("the folder itself is open");
    set(Resource::Nofile, highest + 1);
    let open = || File::open("/dev/null").ok();
    std::iter::from_fn(open).collect()
}

/// A storm needs two descriptors a client.
pub(crate) fn raise_descriptors() {
    if let Some(most) = getrlimit(Resource::Nofile).maximum {
        set(Resource::Nofile, most);
    }
}

fn set(resource: Resource, limit: u64) {
    let maximum = getrlimit(resource).maximum;
    let limit = Rlimit { current: Some(limit), maximum };
    setrlimit(resource, limit).expect("a limit below the hard one");
}

/// The address space of this process, in bytes.
fn address_space() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").expect("proc");
    let pages = pages.split_whitespace().next().and_then(|n| n.parse().ok());
    let pages: u64 = pages.expect("the first number of statm");
    pages * page_size() as u64
}
