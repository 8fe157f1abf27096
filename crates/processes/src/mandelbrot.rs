//! `mandelbrot` in worker processes.
//!
//! - share: nothing; every worker is sent the size and the number of a grain
//! - start: a task in the queue of the pool for each grain
//! - wait: only the caller, until the results are there
//! - join: the numbers of the rows cross back, in order

use crate::{Function, Processes, Transport, function};
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Mandelbrot> for Processes<T> {
    const FIT: Fit =
        Fit::Natural("a number there, and two back for each row of compute");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job.context(), |tasks| {
            let start = |grain| {
                let size = Mandelbrot::clone(job);
                tasks.submit::<Rows>((grain, size))
            };
            let futures = job.grains().map(start).collect::<Result<_, _>>()?;
            job.image(tasks.join_all(futures)?)
        })
    }
}

/// What the worker does.
struct Rows;

function!(Rows);

impl Function for Rows {
    const NAME: &'static str = "mandelbrot";
    type Argument = (usize, Mandelbrot);
    type Output = Band;

    fn call(
        (grain, size): (usize, Mandelbrot),
        context: &Context,
    ) -> Result<Band, Error> {
        let job = Job::<Mandelbrot>::with(size, context);
        job.rows(job.grain_part(grain))
    }
}
