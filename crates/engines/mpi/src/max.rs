//! `max` in MPI.
//!
//! - share: nothing; `MPI_Scatterv` sends each rank the numbers of its part, or
//!   each has made them
//! - start: never; every rank runs the same program
//! - wait: in a collective, for the ranks that it takes something from
//! - join: `MPI_Reduce` brings the largest of all to rank 0

use crate::{ANY, Given, Mpi, Parted, Program, Ranks};
use lanes_core::numbers::Numbers;
use lanes_core::workload::{Max, Reading};
use lanes_core::{Error, Fit, Input, Job, Run};
use mpi::collective::SystemOperation;

impl Run<Max> for Mpi {
    const FIT: Fit =
        Fit::Unsuitable("moving a number costs more than comparing it");
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let largest = self.drive(job)?;
        job.finish(largest)
    }
}

impl Program for Max {
    type Answer = Option<u64>;

    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<Option<u64>> {
        let largest =
            ranks.on_part(given, |job| job.max(job.whole(ranks.own())));
        // They are below 2^63: one more leaves 0 for no number.
        let own = largest.map_or(0, |largest| largest + 1);
        let largest = ranks.reduce(own, SystemOperation::max())?;
        Some(largest.checked_sub(1))
    }
}

impl Parted for Max {
    type Item = u64;

    fn list(input: &Numbers) -> &[u64] {
        input.list()
    }

    fn lengths(input: &Numbers, count: usize) -> Vec<usize> {
        input.parts(count).map(|part| part.range.len()).collect()
    }

    fn part(size: &Self, _: usize, list: Vec<u64>) -> Result<Numbers, Error> {
        let is_tuned = size.form == Reading::Wide;
        Ok(Numbers::part(list, size.grain).tuned(is_tuned))
    }
}
