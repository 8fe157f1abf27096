//! `mandelbrot` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each grain, dealt to the cores in turn, where it stays
//!   whatever its rows cost
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited in order, their rows moved

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("neighbours cost alike, so that dealing in turn is fair");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job, |job, cores| async move {
            let start = |grain| {
                let job = job.clone();
                cores.spawn(async move { job.rows(job.grain_part(grain)) })
            };
            let tasks: Vec<_> = job.grains().map(start).collect();
            let mut bands = Vec::with_capacity(tasks.len());
            for task in tasks {
                bands.push(joined(task.await)?);
            }
            job.image(bands)
        })
    }
}
