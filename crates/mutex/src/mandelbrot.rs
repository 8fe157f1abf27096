//! `mandelbrot` in OS threads that take turns.
//!
//! - share: every thread borrows the number of the next grain, an atomic one
//! - start: a scoped thread for each worker, which takes grain after grain
//! - wait: a thread sleeps until its turn, which is one grain
//! - join: the threads are joined in order, their rows put in order

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::parts::Todo;
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("rows that take turns use one core, whatever there is");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let lock = &Lock::of(job.context());
        let todo = &job.todo();
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|_| spawn_scoped(scope, || rows(lock, job, todo)))
                .collect::<Result<_, _>>()?;
            job.image(join_all(threads)?.into_iter().flatten())
        })
    }
}

fn rows(
    lock: &Lock<'_>,
    job: &Job<Mandelbrot>,
    todo: &Todo,
) -> Result<Vec<Band>, Error> {
    todo.map(|part| lock.hold(part.task, || job.rows(part))).collect()
}
