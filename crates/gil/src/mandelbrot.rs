//! `mandelbrot` in OS threads under a global lock.
//!
//! - share: every thread borrows the number of the next grain, an atomic one
//! - start: a scoped thread for each worker, which takes grain after grain
//! - wait: a thread sleeps until it has the lock, and passes it on when asked
//! - join: the threads are joined in order, their rows put in order

use crate::{Gil, join_all};
use lanes_core::parts::Todo;
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("compute under one lock: many threads, one core");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        let todo = &job.todo();
        gil.drive(|scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| {
                    gil.spawn_scoped(scope, part.task, || rows(job, todo))
                })
                .collect::<Result<_, _>>()?;
            job.image(join_all(threads)?.into_iter().flatten())
        })
    }
}

fn rows(job: &Job<Mandelbrot>, todo: &Todo) -> Result<Vec<Band>, Error> {
    todo.map(|part| job.rows(part)).collect()
}
