//! `pool` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the desk, which knows the
//!   cancelled tasks
//! - start: a boxed closure for each task in the queue of the whole pool
//! - wait: only the client, for the next task or for a message
//! - join: in order by the tasks' places; else each task sends its result
//!   through a channel

use crate::{Crossbeam, executor};
use crossbeam::channel::{self, Sender};
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Pool> for Crossbeam {
    const FIT: Fit =
        Fit::Possible("no task is taken out of the queue: it looks at a flag");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        if executor::on_worker() {
            // It would wait for tasks that only it can run.
            let why = "a run inside a task of the pool";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            let desk = &Arc::new(job.desk());
            let mut inbox = desk.inbox();
            if job.form() == Taking::Ordered {
                let start = |task| {
                    let desk = Arc::clone(desk);
                    self.pool.spawn(move || desk.work(task))
                };
                let tasks: Vec<_> = desk.tasks().map(start).collect();
                for task in tasks {
                    inbox.take(task.join()?);
                }
                return inbox.answer();
            }
            let (to, from) = channel::unbounded();
            let start = |task| {
                let (desk, to) = (Arc::clone(desk), to.clone());
                self.pool.spawn(move || send(&desk, task, &to))
            };
            let tasks: Vec<_> = desk.tasks().map(start).collect();
            drop(to);
            let cancelled = desk.cancelled().filter(|task| desk.cancel(*task));
            cancelled.for_each(|_| inbox.gone());
            for ready in from {
                inbox.take(ready);
            }
            for task in tasks {
                task.join()?;
            }
            inbox.answer()
        })
    }
}

fn send(desk: &Desk, task: usize, to: &Sender<Ready>) -> Result<(), Error> {
    if desk.begin(task) {
        // The client receives as long as there are senders.
        let _ = to.send(desk.work(task)?);
    }
    Ok(())
}
