//! `pipeline` in rayon.
//!
//! - share: a bounded channel between each two stages
//! - start: a job for each stage, spawned in a scope
//! - wait: the system puts a worker to sleep until there is an item or a place
//! - join: the scope ends when all jobs have; `join` returns both ends

use crate::Rayon;
use lanes_core::workload::{Flowed, Item, Pipeline, Sink, Source, Stage};
use lanes_core::{Error, Fit, Job, Run};
use std::mem;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

impl Run<Pipeline> for Rayon {
    const FIT: Fit =
        Fit::Unsuitable("jobs that wait for each other need a worker each");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        let on_worker = rayon::current_thread_index().is_some();
        if self.workers < job.stages || on_worker {
            // A stage would wait for another that nobody can run.
            let why = "stages that wait for each other need a worker each";
            return Err(Error::Unsupported(why.into()));
        }
        let line = job.line();
        let (to, mut from) = sync_channel(job.places);
        self.drive(|| {
            let (source, sink) = rayon::scope(|scope| {
                for stage in line.between() {
                    let (to, next) = sync_channel(job.places);
                    let from = mem::replace(&mut from, next);
                    // A failure stops the run, which then ends with its cause.
                    scope.spawn(|_| drop(pass(stage, from, to)));
                }
                rayon::join(
                    || make(line.source(), to),
                    || take(line.sink(), from),
                )
            });
            job.flowed(source?, sink?)
        })
    }
}

fn make(mut source: Source, to: SyncSender<Item>) -> Result<Source, Error> {
    while let Some(item) = source.make()? {
        // A stage that has failed drops its ends, so the wait has an end.
        to.send(item).map_err(|_| source.alone())?;
    }
    Ok(source)
}

fn pass(
    mut stage: Stage,
    from: Receiver<Item>,
    to: SyncSender<Item>,
) -> Result<(), Error> {
    for item in from {
        let item = stage.pass(item)?;
        to.send(item).map_err(|_| stage.alone())?;
    }
    Ok(())
}

fn take(mut sink: Sink, from: Receiver<Item>) -> Result<Sink, Error> {
    for item in from {
        sink.take(item)?;
    }
    Ok(sink)
}
