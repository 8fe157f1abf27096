//! `echo` in compio.
//!
//! - share: every task owns a counted handle to the job, and its connection
//! - start: a task for each connection that is accepted, on one queue; the
//!   thread that takes it keeps it
//! - wait: a task gives its worker back until the kernel has filled its buffer
//! - join: a task ends by itself once the client has hung up

use crate::{Compio, Handle, join};
use compio::buf::BufResult;
use compio::io::{AsyncReadExt, AsyncWriteExt};
use compio::net::{TcpListener, TcpStream};
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run};
use std::net;
use std::os::fd::AsFd;

impl Run<Echo> for Compio {
    const FIT: Fit =
        Fit::Natural("what it was made for: a task for each connection");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(job, |job| {
            let handle = self.handle();
            join(self.dispatch(move || serve(job, handle)))
        })
    }
}

async fn serve(job: Job<Echo>, handle: Handle) -> Result<Echoed, Error> {
    let visit = job.visit()?;
    let listener = TcpListener::from_std(visit.listener()?)?;
    let accepts = async {
        for number in 0.. {
            let (stream, _) = listener.accept().await?;
            // A socket stays on its thread; its descriptor need not.
            let stream = stream.as_fd().try_clone_to_owned()?.into();
            let job = job.clone();
            // An answer that nobody waits for stops no task.
            drop(handle.dispatch(move || echo(job, stream, number))?);
        }
        Ok(())
    };
    visit.during(accepts).await
}

async fn echo(
    job: Job<Echo>,
    stream: net::TcpStream,
    number: usize,
) -> Result<(), Error> {
    let mut stream = TcpStream::from_std(stream)?;
    stream.set_nodelay(true)?;
    let mut bytes = Vec::with_capacity(job.bytes());
    loop {
        // The kernel owns the buffer meanwhile.
        let BufResult(read, filled) = stream.read_exact(bytes).await;
        // A client that is gone is no matter of the others.
        if read.is_err() {
            return Ok(());
        }
        job.request(number)?;
        let BufResult(written, sent) = stream.write_all(filled).await;
        if written.is_err() {
            return Ok(());
        }
        bytes = sent;
    }
}
