//! `pipeline` with kanal's channels.
//!
//! - share: a bounded channel between each two stages
//! - start: a scoped thread for each stage
//! - wait: a thread yields 256 times, then sleeps, until there is an item or a
//!   place
//! - join: the threads are joined in order

use crate::{Kanal, affordable, join_all, joined, spawn_scoped};
use kanal::{Receiver, Sender, bounded};
use lanes_core::workload::{Flowed, Item, Pipeline, Sink, Source, Stage};
use lanes_core::{Error, Fit, Job, Run};
use std::mem;

impl Run<Pipeline> for Kanal {
    const FIT: Fit =
        Fit::Natural("a thread for each stage; a full queue lets it sleep");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        affordable(job.stages)?;
        let line = job.line();
        self.drive(job.context(), |scope| {
            let (to, mut from) = bounded(job.places);
            let first = line.source();
            let first = spawn_scoped(scope, || make(first, to))?;
            let mut between = Vec::new();
            for stage in line.between() {
                let (to, next) = bounded(job.places);
                let from = mem::replace(&mut from, next);
                between.push(spawn_scoped(scope, || pass(stage, from, to))?);
            }
            let last = line.sink();
            let last = spawn_scoped(scope, || take(last, from))?;
            let (source, passed) = (joined(first.join()), join_all(between));
            let sink = joined(last.join());
            passed?;
            job.flowed(source?, sink?)
        })
    }
}

fn make(mut source: Source, to: Sender<Item>) -> Result<Source, Error> {
    while let Some(item) = source.make()? {
        // A stage that has failed drops its ends, so the wait has an end.
        to.send(item).map_err(|_| source.alone())?;
    }
    Ok(source)
}

fn pass(
    mut stage: Stage,
    from: Receiver<Item>,
    to: Sender<Item>,
) -> Result<(), Error> {
    while let Ok(item) = from.recv() {
        let item = stage.pass(item)?;
        to.send(item).map_err(|_| stage.alone())?;
    }
    Ok(())
}

fn take(mut sink: Sink, from: Receiver<Item>) -> Result<Sink, Error> {
    while let Ok(item) = from.recv() {
        sink.take(item)?;
    }
    Ok(sink)
}
