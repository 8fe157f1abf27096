//! `pool` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the desk
//! - start: a task for each, dealt to the cores in turn, where it stays
//! - wait: only the client, which gives its core back
//! - join: in order by the handles; else each task sends its result through a
//!   channel. A core that takes an aborted task from its queue drops it

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedSender};

impl Run<Pool> for TokioPerCore {
    const FIT: Fit = Fit::Unsuitable(
        "a long task holds up those that were dealt to its core",
    );

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        self.drive(job, |job, cores| async move {
            let desk = &Arc::new(job.desk());
            let mut inbox = desk.inbox();
            let start = |task| cores.spawn(work(Arc::clone(desk), task));
            if job.form() == Taking::Ordered {
                let tasks: Vec<_> = desk.tasks().map(start).collect();
                for task in tasks {
                    inbox.take(joined(task.await)?);
                }
                return inbox.answer();
            }
            let (to, mut from) = mpsc::unbounded_channel();
            let (mut kept, mut cancelled) = (Vec::new(), Vec::new());
            for task in desk.tasks() {
                if job.cancels(task) {
                    cancelled.push(start(task));
                } else {
                    let send = send(Arc::clone(desk), task, to.clone());
                    kept.push(cores.spawn(send));
                }
            }
            drop(to);
            for task in &cancelled {
                task.abort();
            }
            for task in cancelled {
                match task.await {
                    Err(error) if error.is_cancelled() => inbox.gone(),
                    left => inbox.take(joined(left)?),
                }
            }
            while let Some(ready) = from.recv().await {
                inbox.take(ready);
            }
            for task in kept {
                joined(task.await)?;
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
    to: UnboundedSender<Ready>,
) -> Result<(), Error> {
    // The client receives as long as there are senders.
    let _ = to.send(desk.work(task)?);
    Ok(())
}
