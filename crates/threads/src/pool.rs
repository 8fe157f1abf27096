//! `pool` in OS threads.
//!
//! - share: every thread borrows the desk, which knows the cancelled tasks
//! - start: a scoped thread for each task
//! - wait: only the client, for the next thread or for a message
//! - join: in order by the handles; else each thread sends its result through a
//!   channel, and is joined after that

use crate::{Threads, affordable, join_all, joined, spawn_scoped};
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::mpsc::{self, Sender};

impl Run<Pool> for Threads {
    const FIT: Fit = Fit::Unsuitable(
        "a thread for each task begins at once: little can be cancelled",
    );

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        affordable(job.tasks())?;
        let desk = &job.desk();
        let mut inbox = desk.inbox();
        self.drive(job.context(), |scope| {
            if job.form() == Taking::Ordered {
                let threads = desk
                    .tasks()
                    .map(|task| spawn_scoped(scope, move || desk.work(task)))
                    .collect::<Result<Vec<_>, _>>()?;
                let mut failed = None;
                for thread in threads {
                    // All are joined, also after one has failed.
                    match joined(thread.join()) {
                        Ok(ready) => inbox.take(ready),
                        Err(error) => failed = failed.or(Some(error)),
                    }
                }
                return failed.map_or_else(|| inbox.answer(), Err);
            }
            let (to, from) = mpsc::channel();
            let threads = desk
                .tasks()
                .map(|task| {
                    let to = to.clone();
                    spawn_scoped(scope, move || send(desk, task, &to))
                })
                .collect::<Result<Vec<_>, _>>()?;
            drop(to);
            let cancelled = desk.cancelled().filter(|task| desk.cancel(*task));
            cancelled.for_each(|_| inbox.gone());
            for ready in from {
                inbox.take(ready);
            }
            join_all(threads)?;
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
