//! `mandelbrot` in tokio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each grain; the newest lies in a slot that nobody steals
//!   from, the others on the worker's queue, which overflows into a global one
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, their rows moved

use crate::{Tokio, joined};
use lanes_core::workload::{Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Tokio {
    const FIT: Fit = Fit::Possible(
        "grains spread by stealing; compute blocks a worker meanwhile",
    );

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job, |job| async move {
            let start = |grain| {
                let job = job.clone();
                tokio::spawn(async move { job.rows(job.grain_part(grain)) })
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
