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
    // A thread that has ended has no status any more. The workers of a pool of
    // processes are children of the process that was started.
    let foreign = |thread: &&u32| {
        let status = i32::try_from(**thread).ok().and_then(|thread| {
            procfs::process::Process::new(thread).ok()?.status().ok()
        });
        let own = |id: i32| u32::try_from(id) == Ok(process);
        status.is_some_and(|s| !own(s.tgid) && !own(s.ppid))
    };
    match threads.iter().find(foreign) {
        Some(thread) => Err(format!("thread {thread} is of another process")),
        None => Ok(()),
    }
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
