//! `cancel` with crossbeam's channels.
//!
//! - share: a channel on which nothing is ever sent
//! - start: a boxed closure for each task in the queue of the whole pool
//! - wait: a worker that waits receives, one that computes tries to receive
//!   after each grain; those in the queue have not begun
//! - join: the channel's sender is dropped, which ends every receive; the tasks
//!   are joined in order

use crate::{Crossbeam, executor};
use crossbeam::channel::{self, Receiver, TryRecvError};
use lanes_core::workload::{Cancel, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Cancel> for Crossbeam {
    const FIT: Fit = Fit::Possible(
        "a closed channel tells them; those in the queue still take a turn",
    );

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        if executor::on_worker() {
            // It would wait for tasks that only it can run.
            let why = "a run inside a task of the pool";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            let crowd = job.crowd(self.workers);
            let (running, over) = channel::bounded(0);
            let start = |member| {
                let over = over.clone();
                self.pool.spawn(move || stay(member, &over))
            };
            let tasks: Vec<_> = crowd.members().map(start).collect();
            crowd.gathered();
            crowd.stop();
            drop(running);
            for task in tasks {
                task.join()?;
            }
            crowd.answer()
        })
    }
}

fn stay(mut member: Presence, over: &Receiver<()>) -> Result<(), Error> {
    member.begin()?;
    while over.try_recv() != Err(TryRecvError::Disconnected) {
        match member.computes() {
            true => member.grain()?,
            // It ends with an error, since nothing is ever sent.
            false => drop(over.recv()),
        }
    }
    Ok(())
}
