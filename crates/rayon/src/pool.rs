//! `pool` in rayon.
//!
//! - share: every job borrows the desk, which knows the cancelled tasks
//! - start: in order a parallel iterator, cut down to one task a job; else
//!   `Scope::spawn` puts a boxed closure into the queue of the whole pool
//! - wait: only the client, for the whole or for a message
//! - join: the iterator collects in the order of the tasks, and the client has
//!   nothing before all are there; else each job sends its result through a
//!   channel

use crate::Rayon;
use lanes_core::workload::{Desk, Pool, Ready, Served, Taking};
use lanes_core::{Error, Fit, Job, Run, caught};
use rayon::prelude::*;
use std::sync::mpsc::{self, Sender};

impl Run<Pool> for Rayon {
    const FIT: Fit = Fit::Possible(
        "in order all results come at once; none is taken out of a queue",
    );

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        if rayon::current_thread_index().is_some() {
            // It would wait for jobs that only it can run.
            let why = "a run inside a job of the pool";
            return Err(Error::Unsupported(why.into()));
        }
        let pool = self.pool.as_ref().expect("there until it is dropped");
        let desk = &job.desk();
        let mut inbox = desk.inbox();
        if job.form() == Taking::Ordered {
            let tasks = desk.tasks().at_once().into_par_iter().with_max_len(1);
            let all = self.drive(|| {
                tasks.map(|task| desk.work(task)).collect::<Result<Vec<_>, _>>()
            });
            all?.into_iter().for_each(|ready| inbox.take(ready));
            return inbox.answer();
        }
        caught(|| {
            pool.in_place_scope(|scope| {
                let (to, from) = mpsc::channel();
                for task in desk.tasks() {
                    let to = to.clone();
                    scope.spawn(move |_| send(desk, task, &to));
                }
                drop(to);
                let cancelled =
                    desk.cancelled().filter(|task| desk.cancel(*task));
                cancelled.for_each(|_| inbox.gone());
                for ready in from {
                    inbox.take(ready);
                }
            });
            inbox.answer()
        })
    }
}

fn send(desk: &Desk, task: usize, to: &Sender<Ready>) {
    if desk.begin(task) {
        // A failure is known to the run, and ends it.
        let _ = desk.work(task).map(|ready| to.send(ready));
    }
}
