//! `dictionary` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job and to the map
//! - start: a boxed closure for each task on the worker's deque, to be stolen
//! - wait: for a lock that another has, the system puts a worker to sleep
//! - join: the tasks are joined in order, the map is read last

use crate::{Crossbeam, executor};
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Dictionary> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("no more tasks contend at a time than there are workers");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(job, |job| {
            let map = Arc::new(job.map());
            let start = |task| {
                let (job, map) = (job.clone(), Arc::clone(&map));
                executor::spawn(move || job.look(task, &map))
            };
            let tasks: Vec<_> = (0..job.tasks()).map(start).collect();
            let mut found = Vec::with_capacity(tasks.len());
            for task in tasks {
                found.push(task.join()?);
            }
            job.looked(found, &map)
        })
    }
}
