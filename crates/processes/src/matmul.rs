//! `matmul` in worker processes.
//!
//! - share: nothing; every worker is sent a band of rows of the first matrix,
//!   and the whole second one
//! - start: a task in the queue of the pool for each band
//! - wait: only the caller, until the results are there
//! - join: the bands of the product cross back, one below the other

use crate::{Function, Processes, Transport, function};
use lanes_core::parts::Part;
use lanes_core::workload::{Matmul, Matrices, Product, Tile};
use lanes_core::{Context, Error, Fit, Job, Run};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl<T: Transport> Run<Matmul> for Processes<T> {
    const FIT: Fit = Fit::Possible(
        "a number is used so often that it repays the way to a worker",
    );

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(job.context(), |tasks| {
            let futures = job
                .parts(self.workers)
                .map(|part| tasks.submit::<Rows>(Band(job.clone(), part)))
                .collect::<Result<_, _>>()?;
            let bands: Vec<Vec<f32>> = tasks.join_all(futures)?;
            job.finish(Product::of(job.columns(), bands.concat()))
        })
    }
}

/// What the worker does. A fork would be a task that waits for its own pool:
/// within a band there is none.
struct Rows;

function!(Rows);

impl Function for Rows {
    const NAME: &'static str = "matmul";
    type Argument = Band;
    type Output = Vec<f32>;

    fn call(band: Band, context: &Context) -> Result<Vec<f32>, Error> {
        let job = band.0.under(context);
        let tile = multiply(&job, job.whole()?)?;
        Ok(job.answer(tile).rows())
    }
}

fn multiply(job: &Job<Matmul>, tile: Tile) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let (left, right) = tile.halves();
    let left = multiply(job, left)?;
    let right = multiply(job, right)?;
    Ok(left.joined(right))
}

/// Some rows of the first matrix, written from where they lie, and the second
/// one: all there is in the worker.
struct Band(Job<Matmul>, Part);

impl Serialize for Band {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.band(&self.1).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Band {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let matrices = Matrices::deserialize(from)?;
        let part = Part { task: 0, range: 0..matrices.rows() };
        Ok(Self(Job::with(matrices, &Context::new()), part))
    }
}
