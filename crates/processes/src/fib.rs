//! `fib` in worker processes.
//!
//! - share: nothing
//! - start: never; a fork would be a task that a task gives to its own pool
//! - wait: it would wait for the worker that it holds
//! - join: never

use crate::{Processes, Transport};
use lanes_core::workload::Fib;
use lanes_core::{Error, Fit, Job, Run};

impl<T: Transport> Run<Fib> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("a task that forks into its own pool waits for itself");

    fn run(&self, _job: &Job<Fib>) -> Result<u64, Error> {
        let what = "a task that hands its forks to the pool that it runs in \
                    waits for the worker that it holds";
        Err(Error::Unsupported(what.into()))
    }
}
