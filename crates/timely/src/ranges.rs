//! The numbers that workers sort, and the ranges: which go to which of them.

use crate::Given;
use lanes_core::parts::Part;
use lanes_core::workload::{Sort, Unsorted};
use lanes_core::{Context, Error, Job};
use lanes_processes::{InPlace, List};
use serde::{Deserialize, Serialize};

/// How many numbers of each worker's share the ranges are chosen by.
const SAMPLED: usize = 64;

/// The first number of each range but the lowest.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Ranges(Vec<u64>);

impl Ranges {
    /// One for each worker, by a sample of the numbers.
    pub(crate) fn of(job: &Job<Sort>, workers: usize) -> Self {
        let step = job.list().len() / (SAMPLED * workers) + 1;
        let mut sample: Vec<_> =
            job.list().iter().step_by(step).copied().collect();
        sample.sort_unstable();
        let bound = |range| sample.get(range * sample.len() / workers).copied();
        Self((1..workers).filter_map(bound).collect())
    }

    /// Cuts a sorted list: the number of each range, and what lies in it.
    pub(crate) fn cut(&self, mut list: &[u64]) -> Vec<(usize, Vec<u64>)> {
        let mut ranges = Vec::new();
        for (range, bound) in self.0.iter().enumerate() {
            let end = list.partition_point(|number| number < bound);
            let (here, above) = list.split_at(end);
            ranges.push((range, here.to_vec()));
            list = above;
        }
        ranges.push((self.0.len(), list.to_vec()));
        ranges
    }
}

/// The numbers of a part as they are sent, with the number of its first leaf.
pub(crate) fn shipped(job: &Job<Sort>, part: Part) -> (usize, List) {
    let first = part.range.start / job.size().cutoff;
    (first, List::of(InPlace(job.clone(), part)))
}

/// In the worker: the numbers of a part, to be sorted as `size` says.
pub(crate) fn unsorted(
    given: Given<(usize, List), Sort>,
    size: &Sort,
    context: &Context,
) -> Result<Unsorted, Error> {
    let (first, list) = given.either(
        context,
        |(first, list)| Ok((first, list.into_vec())),
        |job, Part { range, .. }| {
            Ok((range.start / size.cutoff, job.list()[range].to_vec()))
        },
    )?;
    Ok(Unsorted::of(size.clone(), first, list))
}
