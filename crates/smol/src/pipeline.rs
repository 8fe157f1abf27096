//! `pipeline` in smol.
//!
//! - share: a bounded channel between each two stages
//! - start: a task for each stage on the one global queue, from which workers
//!   take batches
//! - wait: a task gives its worker back until there is an item or a place
//! - join: the handles are awaited in order

use crate::Smol;
use lanes_core::workload::{Flowed, Item, Pipeline, Sink, Source, Stage};
use lanes_core::{Error, Fit, Job, Run};
use smol::channel::{Receiver, Sender, bounded};
use std::mem;

impl Run<Pipeline> for Smol {
    const FIT: Fit =
        Fit::Natural("a full queue gives the worker to another stage");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        self.drive(job, |job, executor| async move {
            let line = job.line();
            let (to, mut from) = bounded(job.places);
            let first = executor.spawn(make(line.source(), to));
            let mut between = Vec::new();
            for stage in line.between() {
                let (to, next) = bounded(job.places);
                let from = mem::replace(&mut from, next);
                between.push(executor.spawn(pass(stage, from, to)));
            }
            let last = executor.spawn(take(line.sink(), from));
            let source = first.await?;
            for stage in between {
                stage.await?;
            }
            job.flowed(source, last.await?)
        })
    }
}

async fn make(mut source: Source, to: Sender<Item>) -> Result<Source, Error> {
    while let Some(item) = source.make()? {
        // A stage that has failed drops its ends, so the wait has an end.
        to.send(item).await.map_err(|_| source.alone())?;
    }
    Ok(source)
}

async fn pass(
    mut stage: Stage,
    from: Receiver<Item>,
    to: Sender<Item>,
) -> Result<(), Error> {
    while let Ok(item) = from.recv().await {
        let item = stage.pass(item)?;
        to.send(item).await.map_err(|_| stage.alone())?;
    }
    Ok(())
}

async fn take(mut sink: Sink, from: Receiver<Item>) -> Result<Sink, Error> {
    while let Ok(item) = from.recv().await {
        sink.take(item)?;
    }
    Ok(sink)
}
