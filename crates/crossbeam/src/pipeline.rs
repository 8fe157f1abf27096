//! `pipeline` with crossbeam's channels.
//!
//! - share: a bounded channel between each two stages
//! - start: a thread for each stage, beside the pool, whose few workers never
//!   wait for each other
//! - wait: a thread spins, then sleeps, until there is an item or a place
//! - join: the threads are joined in order

use crate::Crossbeam;
use crossbeam::channel::{Receiver, Sender, bounded};
use lanes_core::scoped::{affordable, join_all, joined, scoped, spawn_scoped};
use lanes_core::workload::{Flowed, Item, Pipeline, Sink, Source, Stage};
use lanes_core::{Error, Fit, Job, Run};
use std::mem;

impl Run<Pipeline> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("threads of its own, which spin before they sleep");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        affordable(job.stages)?;
        let line = job.line();
        scoped(job.context(), |scope| {
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
