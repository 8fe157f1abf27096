//! `join` in timely.
//!
//! - share: nothing; both workers are sent the whole list
//! - start: a record for each of the two parts, on a stream of its own
//! - wait: only the caller, until the dataflow has ended
//! - join: both streams are one again, and exchanged to worker 0

use crate::{ANY, Cluster, Flow, Given, Records, Timely, flow, tried};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Join;
use lanes_core::{Context, Error, Fit, Input, Job, Run};
use lanes_processes::{List, Slice};
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::vec::Map;
use timely::dataflow::operators::{Concat, Exchange, OkErr};

impl<C: Cluster> Run<Join> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("the list crosses twice, and its double comes back");
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        let whole = |task| self.given(job, job.whole(task), Slice::of);
        let both = [whole(0)?, whole(1)?];
        let (mut largest, mut twice) = (None, Vec::new());
        for half in self.drive(job.context(), Both, both)? {
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
    type Part = Given<Slice, Join>;
    type Answer = Half;

    fn build(
        self,
        parts: Records<'_, Given<Slice, Join>>,
        context: Context,
    ) -> Records<'_, Half> {
        let second = context.clone();
        let largest = move |given: Given<Slice, Join>| {
            tried(&context, || {
                let shipped = |slice: Slice| Ok(slice.job(&context));
                let (job, part) = given.job(&context, shipped)?;
                job.max(part).map(Half::Largest)
            })
        };
        let twice = move |given: Given<Slice, Join>| {
            tried(&second, || {
                let shipped = |slice: Slice| Ok(slice.job(&second));
                let (job, part) = given.job(&second, shipped)?;
                Ok(Half::Twice(List::of(job.double(part)?)))
            })
        };
        let parts = parts.exchange(Given::task);
        let (first, other) = parts.ok_err(|given| match given.task() {
            0 => Ok(given),
            _ => Err(given),
        });
        first.flat_map(largest).concat(other.flat_map(twice))
    }
}
