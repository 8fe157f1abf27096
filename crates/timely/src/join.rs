//! `join` in timely.
//!
//! - share: nothing; both workers are sent the whole list
//! - start: a record for each of the two parts, on a stream of its own
//! - wait: only the caller, until the dataflow has ended
//! - join: both streams are one again, and exchanged to worker 0

use crate::{Cluster, Flow, Records, Timely, flow, tried};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Join;
use lanes_core::{Context, Error, Fit, Job, Run};
use lanes_processes::{List, Slice};
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::vec::Map;
use timely::dataflow::operators::{Concat, Exchange, OkErr};

impl<C: Cluster> Run<Join> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("the list crosses twice, and its double comes back");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        let both = [0, 1].map(|task| Slice::of(job, job.whole(task)));
        let (mut largest, mut twice) = (None, Vec::new());
        for half in self.drive(job.context(), Both, both.into_iter())? {
            match half {
                Half::Largest(number) => largest = number,
                Half::Twice(list) => twice = list.into_vec(),
            }
        }
        job.finish((largest, [Piece::from(twice)].into_iter().collect()))
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Both;

flow!(Both);

/// What one of them has.
#[derive(Serialize, Deserialize)]
enum Half {
    Largest(Option<u64>),
    Twice(List),
}

impl Flow for Both {
    const NAME: &'static str = "timely, join";
    type Part = Slice;
    type Answer = Half;

    fn build(
        self,
        parts: Records<'_, Slice>,
        context: Context,
    ) -> Records<'_, Half> {
        let second = context.clone();
        let largest = move |slice: Slice| {
            tried(&context, || {
                let (job, part) = slice.job::<Join>(&context);
                job.max(part).map(Half::Largest)
            })
        };
        let twice = move |slice: Slice| {
            tried(&second, || {
                let (job, part) = slice.job::<Join>(&second);
                Ok(Half::Twice(List::of(job.double(part)?)))
            })
        };
        let parts = parts.exchange(|slice| slice.task() as u64);
        let (first, other) = parts.ok_err(|slice| match slice.task() {
            0 => Ok(slice),
            _ => Err(slice),
        });
        first.flat_map(largest).concat(other.flat_map(twice))
    }
}
