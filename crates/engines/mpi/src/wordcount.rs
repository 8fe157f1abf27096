//! `wordcount` in MPI.
//!
//! - share: nothing; `MPI_Scatterv` sends each rank the text of its part, or
//!   each has made it
//! - start: never; every rank runs the same program
//! - wait: in a collective, for the ranks that it takes something from
//! - join: `MPI_Gatherv` brings the tables to rank 0, which puts them into one

use crate::{ANY, Given, Mpi, Parted, Program, Ranks};
use lanes_core::workload::{Counts, Text, Wordcount};
use lanes_core::{Error, Fit, Input, Job, Run};

impl Run<Wordcount> for Mpi {
    const FIT: Fit = Fit::Possible(
        "MPI moves numbers: a table crosses as bytes that it knows nothing of",
    );
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let counts = self.drive(job)?;
        job.finish(counts)
    }
}

impl Program for Wordcount {
    type Answer = Counts;

    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<Counts> {
        let table = ranks.on_part(given, |job| {
            let counts =
                job.count(job.whole(ranks.own()), Counts::default())?;
            postcard::to_stdvec(&counts).map_err(crate::wire::broken)
        });
        let tables = ranks.gather(&table)?;
        Some(ranks.tried(|| {
            let (mut all, mut rest) = (Counts::default(), &tables[..]);
            while !rest.is_empty() {
                let table = postcard::take_from_bytes(rest);
                let (counts, behind) = table.map_err(crate::wire::broken)?;
                (all, rest) = (all.and(counts), behind);
            }
            Ok(all)
        }))
    }
}

impl Parted for Wordcount {
    type Item = u8;

    fn list(input: &Text) -> &[u8] {
        input.text().as_bytes()
    }

    fn lengths(input: &Text, count: usize) -> Vec<usize> {
        input.parts(count).map(|part| input.of(part.range).len()).collect()
    }

    fn part(size: &Self, _: usize, text: Vec<u8>) -> Result<Text, Error> {
        Text::new(text, size.grain)
    }
}
