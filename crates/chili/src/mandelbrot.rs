//! `mandelbrot` in chili.
//!
//! - share: all closures borrow the size of the image
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: lists of rows are appended where they meet

use crate::Chili;
use chili::Scope;
use lanes_core::parts::Part;
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Mandelbrot> for Chili {
    const FIT: Fit =
        Fit::Natural("halves of halves, whatever each of them costs");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let bands = self.drive(|scope| rows(scope, job, job.whole(0)))?;
        job.image(bands)
    }
}

fn rows(
    scope: &mut Scope<'_>,
    job: &Job<Mandelbrot>,
    part: Part,
) -> Result<Vec<Band>, Error> {
    let Some((left, right)) = part.halves(job.grain) else {
        return caught(|| Ok(vec![job.rows(part)?]));
    };
    let left = |scope: &mut Scope<'_>| rows(scope, job, left);
    let right = |scope: &mut Scope<'_>| rows(scope, job, right);
    let (left, right) = scope.join(left, right);
    let (mut bands, mut last) = (left?, right?);
    bands.append(&mut last);
    Ok(bands)
}
