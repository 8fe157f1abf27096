//! `mandelbrot` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each grain on the worker's deque, to be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks are joined in order, their rows moved

use crate::{Crossbeam, executor};
use lanes_core::workload::{Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a worker that had cheap rows steals others from a deque");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job, |job| {
            let start = |grain| {
                let job = job.clone();
                executor::spawn(move || job.rows(job.grain_part(grain)))
            };
            let tasks: Vec<_> = job.grains().map(start).collect();
            let mut bands = Vec::with_capacity(tasks.len());
            for task in tasks {
                bands.push(task.join()?);
            }
            job.image(bands)
        })
    }
}
