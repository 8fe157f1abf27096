//! A model of one thread and one cell, asked as any other: the example of
//! `lanes_core`'s documentation.

use lanes_core::workload::Max;
use lanes_core::{Cell, Cells, Config, Error, Fit, Job, Model, Run, caught};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, Builder, JoinHandle};

type Work = Box<dyn FnOnce() + Send>;

struct Desk {
    queue: Option<Sender<Work>>,
    clerk: Option<JoinHandle<()>>,
}

impl Model for Desk {
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let (queue, work) = channel::<Work>();
        let clerk = Builder::new()
            .spawn(move || work.iter().for_each(|work| work()))?;
        Ok(Self { queue: Some(queue), clerk: Some(clerk) })
    }
    fn name(&self) -> &'static str {
        "desk"
    }
    fn workers(&self) -> usize {
        1
    }
}

impl Cells for Desk {
    const CELLS: &'static [Cell] = &[Cell::new::<Self, Max>()];
}

impl Run<Max> for Desk {
    const FIT: Fit =
        Fit::Possible("one clerk: the caller hands over and waits");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let clerk = self.clerk.as_ref().map(JoinHandle::thread);
        if clerk.map(|clerk| clerk.id()) == Some(thread::current().id()) {
            // The clerk would wait for itself.
            return Err(Error::Unsupported("a run within a task".into()));
        }
        // Every task of the run owns a clone of the job; this waits for all.
        job.settled(|job| {
            let (result, results) = channel();
            let work = move || {
                let most = caught(|| job.max(job.whole(0)));
                drop(job);
                result.send(most).ok();
            };
            let queue = self.queue.as_ref().expect("open until dropped");
            queue.send(Box::new(work)).ok();
            results.recv().unwrap_or(Err(Error::WorkerDied("desk".into())))
        })
    }
}

/// When a drop returns, the threads of the model have ended.
impl Drop for Desk {
    fn drop(&mut self) {
        self.queue = None;
        self.clerk.take().map(JoinHandle::join);
    }
}

lanes_conformance::conformance!(Desk);
