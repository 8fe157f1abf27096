//! `wordcount` in timely.
//!
//! - share: nothing; every worker is sent the text of its part, or has made it
//! - start: a record for each part, which its number sends to a worker
//! - wait: a worker gives its table away once its input has ended
//! - join: each word is exchanged to the worker that its hash names, which adds
//!   its counts; the tables are exchanged to worker 0

use crate::{ANY, Cluster, Flow, Given, Records, Timely, flow, folded, tried};
use lanes_core::parts::Part;
use lanes_core::workload::{Counts, Text, Wordcount};
use lanes_core::{Context, Error, Fit, Input, Job, Run};
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Wordcount> for Timely<C> {
    const FIT: Fit = Fit::Natural(
        "each word has one worker, so that no two tables have the same",
    );
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let text =
            |job: &Job<Wordcount>, part: Part| job.of(part.range).to_owned();
        let given = |part| self.given(job, part, text);
        let parts: Result<Vec<_>, _> =
            job.parts(self.workers).map(given).collect();
        let words = Words { grain: job.grain_bytes() };
        let counts = self.drive(job.context(), words, parts?)?;
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
    type Part = Given<String, Wordcount>;
    type Answer = Counts;

    fn build(
        self,
        parts: Records<'_, Given<String, Wordcount>>,
        context: Context,
    ) -> Records<'_, Counts> {
        let count = move |given: Given<String, Wordcount>| {
            let task = given.task() as usize;
            tried(&context, || {
                let (job, part) = given.job(&context, |text| {
                    let text = Text::new(text.into_bytes(), self.grain)?;
                    let job = Job::<Wordcount>::with(text, &context);
                    let part = job.whole(task);
                    Ok((job, part))
                })?;
                job.count(part, Counts::default())
            })
        };
        let tables = parts.exchange(Given::task).flat_map(count);
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let words = tables.flat_map(Counts::into_iter);
        let words = words.exchange(move |(word, _)| hasher.hash_one(word));
        folded(words, |counts: Option<Counts>, (word, count)| {
            Some(counts.unwrap_or_default().with(word, count))
        })
    }
}
