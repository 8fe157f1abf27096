//! `mandelbrot` in ForkUnion.
//!
//! - share: every thread borrows the size of the image
//! - start: a loop over the grains, an equal slice of them for each thread; one
//!   that has none left takes from the slices of others
//! - wait: the caller spins until the last thread is done; each thread that is
//!   done spins until the next loop
//! - join: the rows of each grain are written to their place in a list of all

use crate::{ForkUnion, task};
use forkunion::{Prong, for_each_prong_mut, for_each_prong_mut_dynamic};
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for ForkUnion {
    const FIT: Fit =
        Fit::Natural("a loop whose steps differ, taken as they come");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let rows = |grain| task(job, || job.rows(job.grain_part(grain)));
        let mut bands: Vec<Result<Option<Band>, Error>> =
            job.grains().at_once().map(|_| Ok(None)).collect();
        let compute = |band: &mut _, prong: Prong| {
            *band = rows(prong.task_index).map(Some);
        };
        self.drive(|pool| {
            // A pool of one thread has no slices to take from, and 3.0.2 reads
            // them all the same.
            match self.workers {
                1 => for_each_prong_mut(pool, &mut bands, compute),
                _ => for_each_prong_mut_dynamic(pool, &mut bands, compute),
            }
            Ok(())
        })?;
        let bands = bands.into_iter().collect::<Result<Vec<_>, _>>()?;
        job.image(bands.into_iter().flatten())
    }
}
