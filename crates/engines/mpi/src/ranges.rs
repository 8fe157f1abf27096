//! The ranges that ranks sort: which numbers go to which of them.

use crate::Ranks;
use lanes_core::workload::Sort;
use lanes_core::{Error, Job};

/// The first number of each range but the lowest, by as many numbers of each
/// rank as there are ranks.
pub(crate) fn bounds(ranks: &Ranks<'_>, list: &[u64]) -> Vec<u64> {
    let count = ranks.count();
    let at = |index| list.get(index * list.len() / count).copied();
    // A rank without numbers has the largest there are.
    let own: Vec<_> = (0..count).map(|i| at(i).unwrap_or(u64::MAX)).collect();
    let mut sample = ranks.all_gather(&own);
    sample.sort_unstable();
    (1..count).map(|range| sample[range * count]).collect()
}

/// How many numbers of a sorted list lie in each range.
pub(crate) fn lengths(list: &[u64], bounds: &[u64]) -> Vec<usize> {
    let end = |bound| list.partition_point(|number| number < bound);
    let ends = bounds.iter().map(end).chain([list.len()]);
    let mut begin = 0;
    ends.map(|end| end - std::mem::replace(&mut begin, end)).collect()
}

/// Merges lists of these lengths two by two. Returns the lengths that they have
/// then.
pub(crate) fn merge(
    job: &Job<Sort>,
    task: usize,
    mut lists: &[u64],
    lengths: &[usize],
    mut merged: &mut [u64],
) -> Result<Vec<usize>, Error> {
    let mut found = Vec::new();
    for two in lengths.chunks(2) {
        let len = two.iter().sum();
        let (here, rest) = lists.split_at(len);
        let (left, right) = here.split_at(two[0]);
        let (to, behind) = merged.split_at_mut(len);
        job.merge_lists(task, left, right, to)?;
        (lists, merged) = (rest, behind);
        found.push(len);
    }
    Ok(found)
}
