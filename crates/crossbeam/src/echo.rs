//! `echo` with crossbeam's channels.
//!
//! - share: every thread borrows the job, and owns its connection
//! - start: a thread for each connection that is accepted, beside the pool,
//!   whose few workers are for compute
//! - wait: a thread waits for its next request, and the system runs the others
//! - join: a channel of results, until the last sender is gone

use crate::Crossbeam;
use crossbeam::channel;
use lanes_core::scoped::{affordable, scoped, spawn_scoped};
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run, caught};
use std::io::Write;
use std::net::TcpStream;

impl Run<Echo> for Crossbeam {
    const FIT: Fit = Fit::Unsuitable(
        "its parts have no I/O: a thread for each, none of the pool's",
    );

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        affordable(job.connections())?;
        let visit = job.visit()?;
        let (result, results) = channel::unbounded();
        scoped(job.context(), |scope| {
            let mut number = 0;
            while let Some(stream) = visit.accept()? {
                let result = result.clone();
                spawn_scoped(scope, move || {
                    let served = caught(|| echo(job, stream, number));
                    result.send(job.context().note(served)).ok();
                    Ok(())
                })?;
                number += 1;
            }
            drop(result);
            results.into_iter().collect::<Result<(), _>>()?;
            visit.answer()
        })
    }
}

fn echo(
    job: &Job<Echo>,
    mut stream: TcpStream,
    number: usize,
) -> Result<(), Error> {
    let mut bytes = vec![0; job.bytes()];
    while job.receive(&stream, &mut bytes)? {
        job.request(number)?;
        // A client that is gone is no matter of the others.
        if stream.write_all(&bytes).is_err() {
            break;
        }
    }
    Ok(())
}
