//! `mandelbrot` in smol.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each grain on the one global queue, from which workers
//!   take batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, their rows moved

use crate::Smol;
use lanes_core::workload::{Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Smol {
    const FIT: Fit = Fit::Possible(
        "grains spread in batches; compute blocks a worker meanwhile",
    );

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job, |job, executor| async move {
            let start = |grain| {
                let job = job.clone();
                executor.spawn(async move { job.rows(job.grain_part(grain)) })
            };
            let tasks: Vec<_> = job.grains().map(start).collect();
            let mut bands = Vec::with_capacity(tasks.len());
            for task in tasks {
                bands.push(task.await?);
            }
            job.image(bands)
        })
    }
}
