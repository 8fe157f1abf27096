//! `dictionary` in rayon.
//!
//! - share: every job borrows the map
//! - start: a parallel iterator over the tasks, one a job
//! - wait: for a lock that another has, the system puts a worker to sleep
//! - join: the lookups are added in pairs, the map is read last

use crate::Rayon;
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Dictionary> for Rayon {
    const FIT: Fit =
        Fit::Possible("rayon would rather give each job a map and merge them");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        let map = job.map();
        self.drive(|| {
            let found = (0..job.tasks())
                .into_par_iter()
                .with_max_len(1)
                .map(|task| job.look(task, &map))
                .try_reduce(|| 0, |one, other| Ok(one + other))?;
            job.looked([found], &map)
        })
    }
}
