//! `echo` on the caller's thread.
//!
//! - share: one list of connections
//! - start: nothing to start
//! - wait: the one thread waits until any connection is ready
//! - join: the client says what it saw

use crate::Sequential;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Echo> for Sequential {
    const FIT: Fit =
        Fit::Natural("a bare readiness loop: what a server costs at least");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(|| {
            let visit = job.visit()?;
            job.serve(&visit)?;
            visit.answer()
        })
    }
}
