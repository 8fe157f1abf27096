//! `pool` in tokio.
//!
//! - share: every task owns a counted handle to the desk
//! - start: a task for each; the newest lies in a slot that nobody steals from,
//!   the others on the worker's queue
//! - wait: only the client, which gives its worker back
//! - join: in order by the handles; else a `JoinSet` has the next that is done.
//!   A worker that takes an aborted task from a queue drops it

use crate::{Tokio, joined};
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::task::JoinSet;

impl Run<Pool> for Tokio {
    const FIT: Fit =
        Fit::Possible("all that a client asks; compute holds a worker");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        self.drive(job, |job| async move {
            let desk = &Arc::new(job.desk());
            let mut inbox = desk.inbox();
            let start = |task| work(Arc::clone(desk), task);
            if job.form() == Taking::Ordered {
                let tasks = desk.tasks().map(start).map(tokio::spawn);
                for task in tasks.collect::<Vec<_>>() {
                    inbox.take(joined(task.await)?);
                }
                return inbox.answer();
            }
            let mut tasks = JoinSet::new();
            let handles: Vec<_> =
                desk.tasks().map(|task| tasks.spawn(start(task))).collect();
            for (task, handle) in handles.into_iter().enumerate() {
                if job.cancels(task) {
                    handle.abort();
                }
            }
            while let Some(left) = tasks.join_next().await {
                match left {
                    Err(error) if error.is_cancelled() => inbox.gone(),
                    left => inbox.take(joined(left)?),
                }
            }
            inbox.answer()
        })
    }
}

async fn work(desk: Arc<Desk>, task: usize) -> Result<Ready, Error> {
    desk.work(task)
}
