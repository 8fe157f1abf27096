//! `sort` in MPI, by regular sampling (Shi and Schaeffer, "Parallel sorting by
//! regular sampling", 1992).
//!
//! - share: nothing; `MPI_Scatterv` sends each rank the numbers of its part, or
//!   each has made them
//! - start: never; every rank runs the same program
//! - wait: in a collective, for the ranks that it takes something from
//! - join: each rank merges the range that `MPI_Alltoallv` brings it, and
//!   `MPI_Gatherv` puts the ranges one behind the other at rank 0

use crate::ranges::{bounds, lengths, merge};
use crate::wire::List;
use crate::{ANY, Given, Mpi, Parted, Program, Ranks};
use lanes_core::workload::{Sort, Sorted, Stretch, Unsorted};
use lanes_core::{Error, Fit, Input, Job, Run};

impl Run<Sort> for Mpi {
    const FIT: Fit = Fit::Possible(
        "the way that MPI's own sorts have; each number crosses three times",
    );
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        let List(sorted) = self.drive(job)?;
        job.finish(sorted.into())
    }
}

impl Program for Sort {
    type Answer = List;

    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<List> {
        let sorted = ranks.on_part(given, |job| {
            let sorted = sort(job, job.whole()?)?;
            Ok(Some(job.answer(sorted)))
        });
        let list = sorted.as_ref().map_or(&[][..], Sorted::numbers);
        let lengths = lengths(list, &bounds(ranks, list));
        let (mut come, mut ends) = ranks.exchange(list, &lengths);
        drop(sorted);
        let nothing = Unsorted::of(given.size.clone(), 0, Vec::new());
        let job = Job::<Self>::with(nothing, &ranks.context);
        let mut merged = vec![0; come.len()];
        ranks.tried(|| {
            while ends.len() > 1 {
                ends = merge(&job, ranks.own(), &come, &ends, &mut merged)?;
                std::mem::swap(&mut come, &mut merged);
            }
            Ok(())
        });
        ranks.gather(&come).map(List)
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

impl Parted for Sort {
    type Item = u64;

    fn list(input: &Unsorted) -> &[u64] {
        input.list()
    }

    fn lengths(input: &Unsorted, count: usize) -> Vec<usize> {
        input.parts(count).map(|part| part.range.len()).collect()
    }

    fn part(
        size: &Self,
        begin: usize,
        list: Vec<u64>,
    ) -> Result<Unsorted, Error> {
        Ok(Unsorted::of(size.clone(), begin / size.cutoff, list))
    }
}
