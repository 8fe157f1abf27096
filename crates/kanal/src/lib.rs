//! kanal: a channel under a lock, which hands a message to a thread that waits
//! without a queue between. Tasks are OS threads, as in the standard library's
//! model.
//!
//! In this release a stream of its async half, which is not used here, may
//! corrupt memory (<https://github.com/fereidani/kanal/issues/63>).

lanes_core::cells! { for Kanal:
    max::Max,
    ring::Ring,
    channel::Channel,
    pipeline::Pipeline,
}

use lanes_core::scoped::{affordable, join_all, joined, scoped, spawn_scoped};
use lanes_core::{Config, Context, Error, Model};
use std::thread::Scope;

/// Scoped OS threads, started anew for every run, with channels of kanal.
pub struct Kanal {
    workers: usize,
}

impl Model for Kanal {
    /// No thread is kept: runs start and join their own.
    fn start(config: &Config) -> Result<Self, Error> {
        Ok(Self { workers: config.workers() })
    }

    fn name(&self) -> &'static str {
        "kanal"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Kanal {
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
