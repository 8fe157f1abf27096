//! `echo` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job, and its connection
//! - start: a task for each connection that is accepted, dealt to the cores in
//!   turn, where the connection stays
//! - wait: a task gives its core back until its connection is ready; each core
//!   asks the system for its own
//! - join: the handles abort their tasks, once the client has hung up

use crate::TokioPerCore;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run};
use std::net;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

impl Run<Echo> for TokioPerCore {
    const FIT: Fit =
        Fit::Natural("as servers do it: a connection stays on its core");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(job, |job, cores| async move {
            let visit = job.visit()?;
            let listener = TcpListener::from_std(visit.listener()?)?;
            let mut tasks = Vec::new();
            let accepts = async {
                for number in 0.. {
                    let (stream, _) = listener.accept().await?;
                    let task = echo(job.clone(), stream.into_std()?, number);
                    tasks.push(cores.spawn(task));
                }
                Ok(())
            };
            let answer = visit.during(accepts).await;
            tasks.iter().for_each(JoinHandle::abort);
            answer
        })
    }
}

async fn echo(
    job: Job<Echo>,
    stream: net::TcpStream,
    number: usize,
) -> Result<(), Error> {
    // Here it is registered with the core that runs the task.
    let mut stream = TcpStream::from_std(stream)?;
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
