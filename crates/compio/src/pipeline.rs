//! `pipeline` in compio.
//!
//! - share: a bounded channel between each two stages
//! - start: a task for each stage, on one queue; the thread that takes it keeps
//!   it
//! - wait: a task gives its worker back until there is an item or a place
//! - join: the caller waits for each in order

use crate::channel::{Receiver, Sender, bounded};
use crate::{Compio, join, join_all};
use lanes_core::workload::{Flowed, Item, Pipeline, Sink, Source, Stage};
use lanes_core::{Error, Fit, Job, Run, caught};
use std::mem;

impl Run<Pipeline> for Compio {
    const FIT: Fit =
        Fit::Possible("a stage stays on its thread, also beside idle ones");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        self.drive(job, |job| {
            let line = job.line();
            let (to, mut from) = bounded(job.places);
            let source = line.source();
            let first = self.dispatch(move || make(source, to));
            let mut between = Vec::new();
            for stage in line.between() {
                let (to, next) = bounded(job.places);
                let from = mem::replace(&mut from, next);
                between.push(self.dispatch(move || pass(stage, from, to)));
            }
            let sink = line.sink();
            let last = self.dispatch(move || take(sink, from));
            let source = join(first)?;
            join_all(between)?;
            job.flowed(source, join(last)?)
        })
    }
}

async fn make(mut source: Source, to: Sender<Item>) -> Result<Source, Error> {
    // Caught before the ends are dropped: a panic that unwinds through one, and
    // so wakes the task of another thread, aborts the process.
    while let Some(item) = caught(|| source.make())? {
        // A stage that has failed drops its ends, so the wait has an end.
        to.send_async(item).await.map_err(|_| source.alone())?;
    }
    Ok(source)
}

async fn pass(
    mut stage: Stage,
    from: Receiver<Item>,
    to: Sender<Item>,
) -> Result<(), Error> {
    while let Ok(item) = from.recv_async().await {
        let item = caught(|| stage.pass(item))?;
        to.send_async(item).await.map_err(|_| stage.alone())?;
    }
    Ok(())
}

async fn take(mut sink: Sink, from: Receiver<Item>) -> Result<Sink, Error> {
    while let Ok(item) = from.recv_async().await {
        caught(|| sink.take(item))?;
    }
    Ok(sink)
}
