//! `sleepers` in rayon.
//!
//! - share: every job borrows the hall, and a place for its number
//! - start: `Scope::spawn` puts a boxed closure on the worker's deque
//! - wait: a worker sleeps and takes no other job meanwhile
//! - join: the scope ends when all jobs have, the numbers are added

use crate::Rayon;
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Sleepers> for Rayon {
    const FIT: Fit =
        Fit::Unsuitable("a wait holds a worker: no more wait than there are");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        if job.tasks > self.workers || rayon::current_thread_index().is_some() {
            // Those that wait would wait for one that no worker is left for.
            let why = "jobs that wait at the same time need a worker each";
            return Err(Error::Unsupported(why.into()));
        }
        let hall = &job.hall()?;
        let mut numbers = vec![Ok(0); job.tasks];
        self.drive(|| {
            rayon::scope(|scope| {
                for (task, number) in job.sleepers().zip(&mut numbers) {
                    scope.spawn(move |_| *number = sleeper(hall, task));
                }
            });
            let sum = numbers.into_iter().sum::<Result<_, _>>()?;
            hall.answer(sum)
        })
    }
}

fn sleeper(hall: &Hall, task: u32) -> Result<u64, Error> {
    hall.enter(task)?;
    loop {
        hall.sleep(task)?;
        if let Some(number) = hall.leave(task) {
            return Ok(number);
        }
    }
}
