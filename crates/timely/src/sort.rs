//! `sort` in timely.
//!
//! - share: nothing; every worker is sent the numbers that it sorts or merges
//! - start: a record for each part, which its number sends to a worker
//! - wait: a worker merges what lies in its range once its input has ended
//! - join: the ranges are exchanged to worker 0 and put one behind the other

use crate::ranges::{Ranges, shipped, unsorted};
use crate::{ANY, Cluster, Flow, Given, Records, Timely, flow, folded, tried};
use lanes_core::parts::Part;
use lanes_core::workload::{Sort, Sorted, Stretch, Unsorted};
use lanes_core::{Context, Error, Fit, Input, Job, Run};
use lanes_processes::List;
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Sort> for Timely<C> {
    const FIT: Fit = Fit::Unsuitable(
        "each number crosses three times: to its part, its range, and back",
    );
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        let parts = job.parts(self.workers).enumerate();
        let parts = parts.map(|(task, Part { range, .. })| {
            self.given(job, Part { task, range }, shipped)
        });
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let (size, ranges) =
            (job.size().clone(), Ranges::of(job, self.workers));
        let flow = InRanges { size, ranges };
        let mut ranges: Vec<_> =
            self.drive(job.context(), flow, parts)?.collect();
        ranges.sort_unstable_by_key(|(range, _)| *range);
        let lists = ranges.into_iter().flat_map(|(_, list)| list);
        job.finish(lists.collect::<Vec<_>>().into())
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct InRanges {
    size: Sort,
    ranges: Ranges,
}

flow!(InRanges);

impl Flow for InRanges {
    const NAME: &'static str = "timely, sort";
    type Part = Given<(usize, List), Sort>;
    type Answer = (usize, Vec<u64>);

    fn build(
        self,
        parts: Records<'_, Given<(usize, List), Sort>>,
        context: Context,
    ) -> Records<'_, (usize, Vec<u64>)> {
        let (size, second) = (self.size.clone(), context.clone());
        let sorted = move |given: Given<(usize, List), Sort>| {
            let sorted = tried(&context, || {
                let list = unsorted(given, &self.size, &context)?;
                let job = Job::with(list, &context);
                Ok(self.ranges.cut(sort(&job, job.whole()?)?.as_ref()))
            });
            sorted.into_iter().flatten()
        };
        let nothing = Unsorted::of(size, 0, Vec::new());
        let job = Job::<Sort>::with(nothing, &second);
        let merge = move |so_far: Option<(usize, Vec<u64>)>, list| {
            let Some((range, left)) = so_far else { return Some(list) };
            let right: (usize, Vec<u64>) = list;
            tried(&second, || {
                let mut merged = vec![0; left.len() + right.1.len()];
                job.merge_lists(range, &left, &right.1, &mut merged)?;
                Ok((range, merged))
            })
        };
        let parts = parts.exchange(Given::task);
        let cut = parts.flat_map(sorted).exchange(|(range, _)| *range as u64);
        folded(cut, merge)
    }
}

fn sort(job: &Job<Sort>, stretch: Stretch) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let (left, right) = stretch.halves();
    let left = sort(job, left)?;
    let right = sort(job, right)?;
    job.merge(left, right)
}
