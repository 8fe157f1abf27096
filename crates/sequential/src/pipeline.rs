//! `pipeline` on the caller's thread.
//!
//! - share: all stages on one stack
//! - start: nothing to start
//! - wait: never, since an item goes through all stages before the next
//! - join: nothing to join

use crate::Sequential;
use lanes_core::workload::{Flowed, Pipeline, Stage};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Pipeline> for Sequential {
    const FIT: Fit =
        Fit::Natural("one loop, no queue, and never more than one item");

    fn run(&self, job: &Job<Pipeline>) -> Result<Flowed, Error> {
        self.drive(|| {
            let line = job.line();
            let (mut source, mut sink) = (line.source(), line.sink());
            let mut between: Vec<Stage> = line.between().collect();
            while let Some(mut item) = source.make()? {
                for stage in &mut between {
                    item = stage.pass(item)?;
                }
                sink.take(item)?;
            }
            job.flowed(source, sink)
        })
    }
}
