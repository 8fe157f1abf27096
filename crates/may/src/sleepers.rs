//! `sleepers` in may.
//!
//! - share: every coroutine owns a counted handle to the hall
//! - start: a coroutine for each, on the queues of the workers in turn
//! - wait: a coroutine gives its worker back and keeps its stack, until the
//!   thread of the timers wakes it, and goes on with it
//! - join: one coroutine joins the handles in order, their numbers are added; a
//!   stop cancels those that sleep, by a panic where they do

use crate::{May, cancel, join, join_all, spawn};
use futures_channel::oneshot;
use futures_lite::future;
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run, preflight};
use may::coroutine;
use std::fs;
use std::sync::Arc;

impl Run<Sleepers> for May {
    const FIT: Fit =
        Fit::Possible("each keeps a stack: two pages, and two mappings");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        affordable(job.tasks)?;
        self.drive(job, |job| {
            let hall = Arc::new(job.hall()?);
            let start = |task| {
                let hall = Arc::clone(&hall);
                job.context().note(spawn(move || sleeper(&hall, task)))
            };
            let tasks: Vec<_> = job.sleepers().map(start).collect();
            let here = tasks.iter().flatten();
            let here: Vec<_> = here.map(|t| t.coroutine().clone()).collect();
            let (ended, over) = oneshot::channel::<()>();
            let sum = spawn(move || {
                let numbers = join_all(tasks);
                drop(ended);
                Ok(numbers?.into_iter().sum())
            });
            // It ends with an error, since nothing is ever sent.
            let ended = async { Ok(over.await.is_err()) };
            let ended = job.context().unless_stopped(ended);
            let ended = future::block_on(ended);
            if ended.is_err() {
                here.iter().for_each(cancel);
            }
            let sum = join(sum);
            ended?;
            hall.answer(sum?)
        })
    }
}

fn sleeper(hall: &Hall, task: u32) -> Result<u64, Error> {
    hall.enter(task)?;
    loop {
        coroutine::sleep(hall.wait());
        if let Some(number) = hall.leave(task) {
            return Ok(number);
        }
    }
}

/// What a stack takes of the memory, and of the mappings of its process.
const STACK: usize = 8 << 10;
const MAPPINGS: usize = 2;

/// Makes sure that the system gives a process the stacks of so many, and leaves
/// as many mappings for all else: without one an allocation fails anywhere.
fn affordable(coroutines: usize) -> Result<(), Error> {
    preflight::memory(coroutines, STACK)?;
    let most = fs::read_to_string("/proc/sys/vm/max_map_count")?;
    let most = most.trim().parse().unwrap_or(usize::MAX);
    if coroutines.saturating_mul(MAPPINGS) > most / 2 {
        return Err(Error::Unsupported(format!(
            "{coroutines} stacks of {MAPPINGS} mappings each; a process has \
             {most}"
        )));
    }
    Ok(())
}
