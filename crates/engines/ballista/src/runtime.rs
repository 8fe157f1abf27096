//! The runtime of a process of the cluster.

use std::io;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// A runtime with so many threads, or as many as the machine has processors.
///
/// # Errors
/// Those of the system.
pub(crate) fn runtime(threads: Option<usize>) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads);
    }
    let runtime = builder.enable_all().build()?;
    let entered = runtime.enter();
    // A broken connection is an error, and no signal that ends the process: the
    // standard library sees to that, but later than where this is called.
    drop(signal(SignalKind::pipe())?);
    drop(entered);
    Ok(runtime)
}
