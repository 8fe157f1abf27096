//! `mandelbrot` in OS threads.
//!
//! - share: every thread borrows the number of the next grain, an atomic one
//! - start: a scoped thread for each worker, which takes grain after grain
//! - wait: only the caller, until no grain is left and the threads have ended
//! - join: the threads are joined in order, their rows put in order

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::parts::Todo;
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Threads {
    const FIT: Fit =
        Fit::Natural("a thread that had cheap rows takes more of them");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let todo = &job.todo();
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|_| spawn_scoped(scope, || rows(job, todo)))
                .collect::<Result<_, _>>()?;
            job.image(join_all(threads)?.into_iter().flatten())
        })
    }
}

fn rows(job: &Job<Mandelbrot>, todo: &Todo) -> Result<Vec<Band>, Error> {
    todo.map(|part| job.rows(part)).collect()
}
