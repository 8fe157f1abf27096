//! `wordcount` in timely.
//!
//! - share: nothing; every worker is sent the text of its part
//! - start: a record for each part, which its number sends to a worker
//! - wait: a worker gives its table away once its input has ended
//! - join: each word is exchanged to the worker that its hash names, which adds
//!   its counts; the tables are exchanged to worker 0

use crate::{Cluster, Flow, Records, Timely, flow, folded, tried};
use lanes_core::workload::{Counts, Text, Wordcount};
use lanes_core::{Context, Error, Fit, Job, Run};
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Wordcount> for Timely<C> {
    const FIT: Fit = Fit::Natural(
        "each word has one worker, so that no two tables have the same",
    );

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let parts = job.parts(self.workers).map(|part| {
            let text = job.of(part.range).to_owned();
            (part.task, text)
        });
        let words = Words { grain: job.grain_bytes() };
        let counts = self.drive(job.context(), words, parts)?;
        job.finish(counts.fold(Counts::default(), Counts::and))
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Words {
    grain: usize,
}

flow!(Words);

impl Flow for Words {
    const NAME: &'static str = "timely, wordcount";
    type Part = (usize, String);
    type Answer = Counts;

    fn build(
        self,
        parts: Records<'_, (usize, String)>,
        context: Context,
    ) -> Records<'_, Counts> {
        let count = move |(task, text): (usize, String)| {
            tried(&context, || {
                let text = Text::new(text.into_bytes(), self.grain)?;
                let job = Job::<Wordcount>::with(text, &context);
                job.count(job.whole(task), Counts::default())
            })
        };
        let tables = parts.exchange(|(task, _)| *task as u64).flat_map(count);
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let words = tables.flat_map(Counts::into_iter);
        let words = words.exchange(move |(word, _)| hasher.hash_one(word));
        folded(words, |counts: Option<Counts>, (word, count)| {
            Some(counts.unwrap_or_default().with(word, count))
        })
    }
}
