//! `join` in worker processes.
//!
//! - share: nothing; both workers are sent the whole list
//! - start: a task in the queue of the pool for each of the two parts
//! - wait: only the caller, until the results are there
//! - join: one result after the other crosses back, into a pair

use crate::double::Twice;
use crate::max::Largest;
use crate::{Processes, Slice, Transport};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl<T: Transport> Run<Join> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("the list crosses twice, and its double comes back");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job.context(), |tasks| {
            let most = tasks.submit::<Largest>(Slice::of(job, job.whole(0)))?;
            let twice = tasks.submit::<Twice>(Slice::of(job, job.whole(1)))?;
            let (most, twice) = (tasks.join(most), tasks.join(twice));
            let twice = Piece::from(twice?.into_vec());
            job.finish((most?, [twice].into_iter().collect()))
        })
    }
}
