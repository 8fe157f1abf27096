//! `wordcount` in worker processes.
//!
//! - share: nothing; every worker is sent the text of its part
//! - start: a task in the queue of the pool for each part
//! - wait: only the caller, until the results are there
//! - join: the tables cross back, each is put into the one so far

use crate::{Function, Processes, Transport, function};
use lanes_core::workload::{Counts, Text, Wordcount};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Wordcount> for Processes<T> {
    const FIT: Fit = Fit::Possible(
        "moving a text costs less than counting it; tables cross back",
    );

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        self.drive(job.context(), |tasks| {
            let futures = job
                .parts(self.workers)
                .map(|part| {
                    let text = job.of(part.range).to_owned();
                    let grain = job.grain_bytes();
                    tasks.submit::<Words>((part.task, grain, text))
                })
                .collect::<Result<_, _>>()?;
            let counts = tasks.join_all(futures)?.into_iter();
            job.finish(counts.fold(Counts::default(), Counts::and))
        })
    }
}

/// What the worker does: the number of its task, the grain, and the text.
struct Words;

function!(Words);

impl Function for Words {
    const NAME: &'static str = "wordcount";
    type Argument = (usize, usize, String);
    type Output = Counts;

    fn call(
        (task, grain, text): (usize, usize, String),
        context: &Context,
    ) -> Result<Counts, Error> {
        let text = Text::new(text.into_bytes(), grain)?;
        let job = Job::<Wordcount>::with(text, context);
        job.count(job.whole(task), Counts::default())
    }
}
