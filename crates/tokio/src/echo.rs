//! `echo` in tokio.
//!
//! - share: every task owns a counted handle to the job, and its connection
//! - start: a task for each connection that is accepted, in a `JoinSet`
//! - wait: a task gives its worker back until its connection is ready; one
//!   worker asks the system which are
//! - join: the set is shut down, once the client has hung up

use crate::Tokio;
use lanes_core::workload::{Echo, Echoed};
use lanes_core::{Error, Fit, Job, Run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

impl Run<Echo> for Tokio {
    const FIT: Fit =
        Fit::Natural("what it was made for: a task for each connection");

    fn run(&self, job: &Job<Echo>) -> Result<Echoed, Error> {
        self.drive(job, |job| async move {
            let visit = job.visit()?;
            let listener = TcpListener::from_std(visit.listener()?)?;
            let mut tasks = JoinSet::new();
            let accepts = async {
                for number in 0.. {
                    let (stream, _) = listener.accept().await?;
                    tasks.spawn(echo(job.clone(), stream, number));
                }
                Ok(())
            };
            let answer = visit.during(accepts).await;
            tasks.shutdown().await;
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
