//! `echo` in smol.
//!
//! - share: every task owns a counted handle to the job, and its connection
//! - start: a task for each connection that is accepted, on the one global
//!   queue, from which workers take batches
//! - wait: a task gives its worker back until its connection is ready; one
//!   worker asks the system which are
//! - join: the handles are dropped, which cancels their tasks, once the client
//!   has hung up

use crate::Smol;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run};
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::{TcpListener, TcpStream};

impl Run<Echo> for Smol {
    const FIT: Fit =
        Fit::Natural("what it was made for: a task for each connection");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(job, |job, executor| async move {
            let visit = job.visit()?;
            let listener = TcpListener::try_from(visit.listener()?)?;
            let mut tasks = Vec::new();
            let accepts = async {
                for number in 0.. {
                    let (stream, _) = listener.accept().await?;
                    let task = echo(job.clone(), stream, number);
                    tasks.push(executor.spawn(task));
                }
                Ok(())
            };
            visit.during(accepts).await
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
