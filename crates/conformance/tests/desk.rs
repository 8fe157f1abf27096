//! The model that the README works through, asked as any other.

use lanes_conformance::{Outcome, cell};
use lanes_core::workload::Max;
use lanes_core::{Config, Error, Fit, Job, Model, Run, caught, census};
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

type Work = Box<dyn FnOnce() + Send>;

struct Desk {
    queue: Option<Sender<Work>>,
    clerk: Option<JoinHandle<()>>,
}

impl Model for Desk {
    fn start(_config: &Config) -> Result<Self, Error> {
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

impl Run<Max> for Desk {
    fn fit(&self) -> Fit {
        Fit::Possible("one clerk: the caller hands over and waits")
    }
    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
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

fn pass() -> Outcome {
    let max = Max { len: 0, grain: 1 };
    let start = |config: &Config| Ok(Box::new(Desk::start(config)?));
    cell::matches_reference(&start, &max)?;
    cell::lengths(&start, &max)?;
    cell::one_task_panics(&start, &max)?;
    cell::all_tasks_panic(&start, &max)?;
    cell::one_task_errors(&start, &max)?;
    cell::cancel_before_start(&start, &max)?;
    cell::cancel_midway(&start, &max)?;
    cell::deadline(&start, &max)
}

#[test]
fn the_model_of_the_readme_passes() {
    if let Err(failure) = pass() {
        panic!("{failure}");
    }
    let desk = Desk::start(&Config::new(1).unwrap()).unwrap();
    assert_eq!(census(&desk).map(|found| found.len()), Ok(1));
}
