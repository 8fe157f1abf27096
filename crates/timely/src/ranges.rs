//! The ranges that workers sort: which numbers go to which of them.

use lanes_core::Job;
use lanes_core::workload::Sort;
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
