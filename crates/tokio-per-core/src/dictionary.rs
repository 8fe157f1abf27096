//! `dictionary` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job and to the map
//! - start: a task for each, dealt to the cores in turn
//! - wait: for a lock that another has, the system puts a core's thread to
//!   sleep
//! - join: the handles are awaited in order, the map is read last

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Dictionary> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("runtimes of their own are there to share nothing");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(job, |job, cores| async move {
            let map = Arc::new(job.map());
            let start = |task| {
                let (job, map) = (job.clone(), Arc::clone(&map));
                cores.spawn(async move { job.look(task, &map) })
            };
            let tasks: Vec<_> = (0..job.tasks()).map(start).collect();
            let mut found = Vec::with_capacity(tasks.len());
            for task in tasks {
                found.push(joined(task.await)?);
            }
            job.looked(found, &map)
        })
    }
}
