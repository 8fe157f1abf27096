//! Checks that a worker is the one that was asked for.

use crate::protocol::{self, Hello};

/// Checks that a worker is the one that was asked for.
pub(crate) fn attest(
    hello: &Hello,
    process: u32,
    model: &str,
    workers: usize,
) -> Result<(), String> {
    if hello.protocol != protocol::VERSION {
        return Err(format!("it speaks protocol {}", hello.protocol));
    }
    if hello.model != model {
        return Err(format!("{model} was asked for, {} came", hello.model));
    }
    let mut threads = hello.threads.clone();
    threads.sort_unstable();
    threads.dedup();
    if hello.workers != workers || threads.len() != workers {
        return Err(format!(
            "{workers} workers were asked for, it says {} and shows {}",
            hello.workers,
            threads.len()
        ));
    }
    match threads.iter().find(|thread| is_foreign(**thread, process)) {
        Some(thread) => Err(format!("thread {thread} is of another process")),
        None => Ok(()),
    }
}

/// Whether a thread belongs neither to this process nor to one that descends
/// from it, as the workers of a pool do. A thread that has ended has no status
/// any more, and is nobody's.
fn is_foreign(thread: u32, process: u32) -> bool {
    let status =
        |id: i32| procfs::process::Process::new(id).ok()?.status().ok();
    let mut at = i32::try_from(thread).ok().and_then(status);
    while let Some(seen) = at {
        let own = |id: i32| u32::try_from(id) == Ok(process);
        if own(seen.tgid) || own(seen.ppid) {
            return false;
        }
        if seen.ppid <= 1 {
            return true;
        }
        at = status(seen.ppid);
    }
    false
}

/// Checks that a worker is of the build that measures, where it is known.
pub(crate) fn same(
    hello: &Hello,
    build: &Option<String>,
) -> Result<(), String> {
    let [own, found] = [build, &hello.build]
        .map(|build| build.as_deref().unwrap_or("that is not named"));
    if hello.build == *build {
        return Ok(());
    }
    Err(format!(
        "it is the build {found}, not the build {own}, which measures; start \
         `lanes` again"
    ))
}
