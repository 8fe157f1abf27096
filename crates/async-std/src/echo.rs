//! `echo` in async-std.
//!
//! - share: every task owns a counted handle to the job, and its connection
//! - start: a task for each connection that is accepted, on the one global
//!   queue, from which workers take batches
//! - wait: a task gives its worker back until its connection is ready; one
//!   worker asks the system which are
//! - join: the handles cancel their tasks, once the client has hung up

use crate::AsyncStd;
use async_std::io::ReadExt;
use async_std::io::prelude::WriteExt;
use async_std::net::{TcpListener, TcpStream};
use async_std::task;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run, caught_future};

impl Run<Echo> for AsyncStd {
    const FIT: Fit =
        Fit::Natural("what it was made for: a task for each connection");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(job, |job| async move {
            let visit = job.visit()?;
            let listener = TcpListener::from(visit.listener()?);
            let mut tasks = Vec::new();
            let accepts = async {
                for number in 0.. {
                    let (stream, _) = listener.accept().await?;
                    let serves = echo(job.clone(), stream, number);
                    tasks.push(task::spawn(serves));
                }
                Ok(())
            };
            let answer = visit.during(accepts).await;
            for task in tasks {
                // It rethrows the panic of a task, which is known by now.
                caught_future(async { Ok(task.cancel().await) }).await.ok();
            }
            answer
        })
    }
}

async fn echo(
    job: Job<Echo>,
    mut stream: TcpStream,
    number: usize,
) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut bytes = vec![0; job.bytes()];
    // A client that is gone is no matter of the others.
    while stream.read_exact(&mut bytes).await.is_ok() {
        job.request(number)?;
        if stream.write_all(&bytes).await.is_err() {
            break;
        }
    }
    Ok(())
}
