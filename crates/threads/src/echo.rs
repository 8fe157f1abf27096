//! `echo` in OS threads.
//!
//! - share: every thread borrows the job, and owns its connection
//! - start: a scoped thread for each connection that is accepted
//! - wait: a thread waits for its next request, and the system runs the others
//! - join: the threads are joined in order, once the client has hung up

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run};
use std::io::Write;
use std::net::TcpStream;

impl Run<Echo> for Threads {
    const FIT: Fit = Fit::Possible(
        "a stack for each connection, a wake-up for each request",
    );

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        affordable(job.connections())?;
        let visit = job.visit()?;
        self.drive(job.context(), |scope| {
            let mut threads = Vec::new();
            while let Some(stream) = visit.accept()? {
                let number = threads.len();
                let work = move || echo(job, stream, number);
                threads.push(spawn_scoped(scope, work)?);
            }
            join_all(threads)?;
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
