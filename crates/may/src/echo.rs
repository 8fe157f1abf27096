//! `echo` in may.
//!
//! - share: every coroutine owns a counted handle to the job, and its
//!   connection
//! - start: a coroutine for each connection that is accepted, on the queues of
//!   the workers in turn
//! - wait: a coroutine gives its worker back until its connection is ready;
//!   the worker that it is registered with, by its number, asks the system
//! - join: the coroutine that accepts is cancelled, by a panic where it waits;
//!   the others end by themselves, once the client has hung up

use crate::{May, cancel, join, spawn};
use futures_lite::future;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run, caught};
use may::net::{TcpListener, TcpStream};
use std::io::{Read, Write};
use std::net;
use std::os::fd::{FromRawFd, IntoRawFd};

impl Run<Echo> for May {
    const FIT: Fit =
        Fit::Natural("plain code that blocks, with a coroutine for each");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(job, |job| {
            let visit = job.visit()?;
            let listener = visit.listener()?;
            let task = spawn(move || {
                let accepted = accept(&job, listener);
                job.context().note(accepted)
            })?;
            let answer = future::block_on(visit.during(future::pending()));
            cancel(task.coroutine());
            // That it was cancelled, or why it has failed: the run knows.
            drop(join(Ok(task)));
            answer
        })
    }
}

fn accept(job: &Job<Echo>, listener: net::TcpListener) -> Result<(), Error> {
    let listener = taken(listener)?;
    for number in 0.. {
        let (stream, _) = listener.accept()?;
        let job = job.clone();
        drop(spawn(move || echo(&job, stream, number))?);
    }
    Ok(())
}

#[expect(unsafe_code, reason = "a listener is taken by its number only")]
fn taken(listener: net::TcpListener) -> Result<TcpListener, Error> {
    let listener = listener.into_raw_fd();
    // SAFETY: It was owned, and is given away. A poller that does not take it
    // is a panic.
    caught(|| Ok(unsafe { TcpListener::from_raw_fd(listener) }))
}

fn echo(
    job: &Job<Echo>,
    mut stream: TcpStream,
    number: usize,
) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut bytes = vec![0; job.bytes()];
    // A client that is gone is no matter of the others.
    while stream.read_exact(&mut bytes).is_ok() {
        job.request(number)?;
        if stream.write_all(&bytes).is_err() {
            break;
        }
    }
    Ok(())
}
