//! `pipeline` in tokio.
//!
//! - share: a bounded channel between each two stages
//! - start: a task for each stage; the newest lies in a slot that nobody steals
//!   from, the others on the worker's queue
//! - wait: a task gives its worker back until there is an item or a place
//! - join: the handles are awaited in order

use crate::{Tokio, joined};
use lanes_core::workload::{Flowed, Item, Pipeline, Sink, Source, Stage};
use lanes_core::{Error, Fit, Job, Run};
use std::mem;
use tokio::sync::mpsc::{Receiver, Sender, channel};

impl Run<Pipeline> for Tokio {
    const FIT: Fit =
        Fit::Natural("a full queue gives the worker to another stage");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        self.drive(job, |job| async move {
            let line = job.line();
            let (to, mut from) = channel(job.places);
            let first = tokio::spawn(make(line.source(), to));
            let mut between = Vec::new();
            for stage in line.between() {
                let (to, next) = channel(job.places);
                let from = mem::replace(&mut from, next);
                between.push(tokio::spawn(pass(stage, from, to)));
            }
            let last = tokio::spawn(take(line.sink(), from));
            let source = joined(first.await)?;
            for stage in between {
                joined(stage.await)?;
            }
            job.flowed(source, joined(last.await)?)
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
    mut from: Receiver<Item>,
    to: Sender<Item>,
) -> Result<(), Error> {
    while let Some(item) = from.recv().await {
        let item = stage.pass(item)?;
        to.send(item).await.map_err(|_| stage.alone())?;
    }
    Ok(())
}

async fn take(mut sink: Sink, mut from: Receiver<Item>) -> Result<Sink, Error> {
    while let Some(item) = from.recv().await {
        sink.take(item)?;
    }
    Ok(sink)
}
