//! `mandelbrot` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a blocking task for each grain, on one queue for all blocking
//!   threads, from which a thread takes the next when it is done
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, their rows moved

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Mandelbrot> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "one queue evens rows out; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job, |job| async move {
            let start = |grain| {
                let job = job.clone();
                task::spawn_blocking(move || job.rows(job.grain_part(grain)))
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
