//! `pool` in smol.
//!
//! - share: every task owns a counted handle to the desk
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: only the client, which gives its worker back
//! - join: in order by the handles; else each task sends its result through a
//!   channel. One that is cancelled before it began is dropped by a worker, for
//!   which the client waits

use crate::Smol;
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use smol::channel::{self, Sender};
use std::sync::Arc;

impl Run<Pool> for Smol {
    const FIT: Fit =
        Fit::Possible("all that a client asks; compute holds a worker");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        self.drive(job, |job, executor| async move {
            let desk = &Arc::new(job.desk());
            let mut inbox = desk.inbox();
            let start = |task| executor.spawn(work(Arc::clone(desk), task));
            if job.form() == Taking::Ordered {
                let tasks: Vec<_> = desk.tasks().map(start).collect();
                for task in tasks {
                    inbox.take(task.await?);
                }
                return inbox.answer();
            }
            let (to, from) = channel::unbounded();
            let (mut kept, mut cancelled) = (Vec::new(), Vec::new());
            for task in desk.tasks() {
                if job.cancels(task) {
                    cancelled.push(start(task));
                } else {
                    let send = send(Arc::clone(desk), task, to.clone());
                    kept.push(executor.spawn(send));
                }
            }
            drop(to);
            for task in cancelled {
                match task.cancel().await {
                    Some(ready) => inbox.take(ready?),
                    None => inbox.gone(),
                }
            }
            while let Ok(ready) = from.recv().await {
                inbox.take(ready);
            }
            for task in kept {
                task.await?;
            }
            inbox.answer()
        })
    }
}

async fn work(desk: Arc<Desk>, task: usize) -> Result<Ready, Error> {
    desk.work(task)
}

async fn send(
    desk: Arc<Desk>,
    task: usize,
    to: Sender<Ready>,
) -> Result<(), Error> {
    // The client receives as long as there are senders.
    let _ = to.send(desk.work(task)?).await;
    Ok(())
}
