//! `pool` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the desk
//! - start: a blocking task for each, in the one queue of the blocking threads
//! - wait: only the client, which gives its worker back
//! - join: in order by the handles; else a `JoinSet` has the next that is done.
//!   A thread that takes an aborted task from the queue drops it

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Pool, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::task::{self, JoinSet};

impl Run<Pool> for TokioBlocking {
    const FIT: Fit = Fit::Natural("a queue in order, and threads to compute");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        self.drive(job, |job| async move {
            let desk = &Arc::new(job.desk());
            let mut inbox = desk.inbox();
            let work = |task| {
                let desk = Arc::clone(desk);
                move || desk.work(task)
            };
            if job.form() == Taking::Ordered {
                let tasks = desk.tasks().map(work).map(task::spawn_blocking);
                for task in tasks.collect::<Vec<_>>() {
                    inbox.take(joined(task.await)?);
                }
                return inbox.answer();
            }
            let mut tasks = JoinSet::new();
            let start = |task| tasks.spawn_blocking(work(task));
            let handles: Vec<_> = desk.tasks().map(start).collect();
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
