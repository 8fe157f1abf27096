//! `echo` in rayon.
//!
//! - share: every job borrows the run, and owns its connection
//! - start: `Scope::spawn` puts a boxed closure for each connection into the
//!   queue of the whole pool
//! - wait: a worker waits for the next request of its one connection
//! - join: the scope ends when all jobs have, once the client has hung up

use crate::Rayon;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run, caught};
use std::io::Write;
use std::net::TcpStream;

impl Run<Echo> for Rayon {
    const FIT: Fit = Fit::Unsuitable(
        "a connection holds a worker for as long as it is open",
    );

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        if job.connections() > self.workers
            || rayon::current_thread_index().is_some()
        {
            // The client would wait for those that no worker is left for.
            let why = "connections that are open need a worker each";
            return Err(Error::Unsupported(why.into()));
        }
        let pool = self.pool.as_ref().expect("there until it is dropped");
        let visit = job.visit()?;
        let accepts = || {
            pool.in_place_scope(|scope| -> Result<(), Error> {
                let mut number = 0;
                while let Some(stream) = visit.accept()? {
                    // A failure is known to the run.
                    scope.spawn(move |_| drop(echo(job, stream, number)));
                    number += 1;
                }
                Ok(())
            })
        };
        job.context().note(caught(accepts))?;
        visit.answer()
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
