//! `pool` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the desk, which knows the
//!   cancelled tasks
//! - start: the client hands each task to the pool, in whose one queue it lies
//! - wait: only the client, which gives its worker back
//! - join: in order by a channel for each task; else all send their results
//!   through one

use crate::{TokioRayon, received};
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedSender};

impl Run<Pool> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("a queue in order, and threads to compute; flags cancel");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        self.drive(job, |job, pool| async move {
            let desk = &Arc::new(job.desk());
            let mut inbox = desk.inbox();
            if job.form() == Taking::Ordered {
                let start = |task| {
                    let desk = Arc::clone(desk);
                    pool.compute(move || desk.work(task))
                };
                let tasks: Vec<_> = desk.tasks().map(start).collect();
                for task in tasks {
                    inbox.take(received(task.await)?);
                }
                return inbox.answer();
            }
            let (to, mut from) = mpsc::unbounded_channel();
            let start = |task| {
                let (desk, to) = (Arc::clone(desk), to.clone());
                pool.compute(move || send(&desk, task, &to))
            };
            let tasks: Vec<_> = desk.tasks().map(start).collect();
            drop(to);
            let cancelled = desk.cancelled().filter(|task| desk.cancel(*task));
            cancelled.for_each(|_| inbox.gone());
            while let Some(ready) = from.recv().await {
                inbox.take(ready);
            }
            for task in tasks {
                received(task.await)?;
            }
            inbox.answer()
        })
    }
}

fn send(
    desk: &Desk,
    task: usize,
    to: &UnboundedSender<Ready>,
) -> Result<(), Error> {
    if desk.begin(task) {
        // The client receives as long as there are senders.
        let _ = to.send(desk.work(task)?);
    }
    Ok(())
}
