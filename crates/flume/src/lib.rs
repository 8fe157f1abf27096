//! flume: a channel that is a queue under one lock, without unsafe code. Tasks
//! are OS threads, as in the standard library's model.
//!
//! A receive of its async half, which is not used here, may lose a wake-up if
//! it is dropped (<https://github.com/n0-computer/iroh/pull/2536>).

lanes_core::cells! { for Flume:
    max::Max,
    ring::Ring,
    channel::Channel,
    pipeline::Pipeline,
}

use lanes_core::scoped::{affordable, join_all, joined, scoped, spawn_scoped};
use lanes_core::{Config, Context, Error, Model};
use std::thread::Scope;

/// Scoped OS threads, started anew for every run, with channels of flume.
pub struct Flume {
    workers: usize,
}

impl Model for Flume {
    /// No thread is kept: runs start and join their own.
    fn start(config: &Config) -> Result<Self, Error> {
        Ok(Self { workers: config.workers() })
    }

    fn name(&self) -> &'static str {
        "flume"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Flume {
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
