//! crossfire: channels whose queues have no lock, of a type for each number of
//! ends; threads that wait at an end that many have are listed under one. Tasks
//! are OS threads, as in the standard library's model.
//!
//! Tests of its async half, which is not used here, hung now and then before
//! release 3 (<https://github.com/frostyplanet/crossfire-rs/issues/22>).

lanes_core::cells! { for Crossfire:
    max::Max,
    ring::Ring,
    channel::Channel,
    pipeline::Pipeline,
}

use lanes_core::scoped::{affordable, join_all, joined, scoped, spawn_scoped};
use lanes_core::{Config, Context, Error, Model};
use std::thread::Scope;

/// Scoped OS threads, started anew for every run, with channels of crossfire.
pub struct Crossfire {
    workers: usize,
}

impl Model for Crossfire {
    /// No thread is kept: runs start and join their own. How long a thread that
    /// waits spins is asked for once, as the library's documentation says: on
    /// a machine with one processor it does not.
    fn start(config: &Config) -> Result<Self, Error> {
        crossfire::detect_backoff_cfg();
        Ok(Self { workers: config.workers() })
    }

    fn name(&self) -> &'static str {
        "crossfire"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Crossfire {
    /// Every thread of the scope is joined when this returns; a failure stops
    /// those that still run.
    fn drive<'env, T>(
        &self,
        context: &Context,
        run: impl for<'scope> FnOnce(
            &'scope Scope<'scope, 'env>,
        ) -> Result<T, Error>,
    ) -> Result<T, Error> {
        scoped(context, run)
    }
}
