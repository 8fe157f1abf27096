//! `dictionary` in OS threads.
//!
//! - share: every thread borrows the map
//! - start: a scoped thread for each task
//! - wait: for a lock that another has, the system puts a thread to sleep
//! - join: the threads are joined in order, the map is read last

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Dictionary> for Threads {
    const FIT: Fit =
        Fit::Natural("a lock of the system for threads of the system");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        affordable(job.tasks())?;
        let map = &job.map();
        self.drive(job.context(), |scope| {
            let threads = (0..job.tasks())
                .map(|task| spawn_scoped(scope, move || job.look(task, map)))
                .collect::<Result<_, _>>()?;
            job.looked(join_all(threads)?, map)
        })
    }
}
