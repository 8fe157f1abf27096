//! `matmul`: the product of two matrices, tile by tile.

mod product;
mod tile;

pub use product::Product;
pub use tile::Tile;

use super::bound;
use crate::parts::{self, Part};
use crate::share::Store;
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// The product of two square matrices of 32-bit floating-point numbers, by
/// divide and conquer.
///
/// The longer side of the product is halved, again and again, down to tiles; so
/// each task has numbers of its own, and none is added to by two. The third
/// side, along which products are added up, is not divided among tasks: within
/// a tile it is walked along in steps of the cut-off. Each tile lies in memory
/// in one piece, in the order in which the recursion comes to it (Chatterjee
/// and others, "Recursive array layouts and fast parallel matrix
/// multiplication", 1999), so that halves of the product are halves of its
/// memory.
///
/// All numbers of the matrices are whole and below 32. So every sum is exact,
/// in whatever order it is added up, and answers are compared exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matmul {
    /// How many rows and how many columns each matrix has; at most
    /// [`Matmul::MOST`].
    pub n: usize,
    /// A tile has at most so many rows and columns, and is computed without
    /// another fork. So many numbers of a row are multiplied between two looks
    /// at the cancel flag.
    pub cutoff: usize,
}

/// The usual side of a tile: three tiles fit the first cache of most machines.
const USUAL: usize = 64;

/// Two matrices: rows of the first one, and the whole second one. In another
/// process, only the rows of its part.
#[derive(Serialize, Deserialize)]
pub struct Matrices {
    size: Matmul,
    /// Which row of the first matrix is the first here.
    above: usize,
    /// Both row by row.
    a: Vec<f32>,
    b: Vec<f32>,
    /// For the products of runs; made anew in another process.
    #[serde(skip)]
    memory: Option<Arc<Store<f32>>>,
}

/// The same, where others have it.
#[derive(Serialize)]
struct Band<'a> {
    size: &'a Matmul,
    above: usize,
    a: &'a [f32],
    b: &'a [f32],
}

impl Matmul {
    /// The longest side with which all sums are exact: below 2^24, each whole
    /// number has a 32-bit floating-point number of its own.
    pub const MOST: usize = 1 << 14;

    /// How many tiles the product has, along one side.
    fn tiles(&self) -> usize {
        self.n.div_ceil(self.cutoff)
    }
}

impl Workload for Matmul {
    const NAME: &'static str = "matmul";
    const FAMILY: &'static str = "fork-join";
    const STRESSES: &'static str =
        "forks with much work each, on data that several tasks read";
    const OMITS: &'static str = "a tuned kernel: real programs call one that \
                                 is made for the processor";
    const UNIT: &'static str = "multiplication";
    const POINT: Point = Point::Work;

    type Input = Matrices;
    type Output = Product;

    fn sizes(size: Size) -> Vec<Self> {
        let n = match size {
            Size::Quick => 384,
            Size::Full => 1024,
        };
        vec![Self { n, cutoff: USUAL }]
    }

    /// The smallest matrices with so many multiplications.
    fn with_items(&self, items: usize) -> Self {
        let of = |n: &usize| Self { n: *n, cutoff: 1 }.items();
        let n = (0..).find(|n| of(n) >= items).unwrap_or(usize::MAX);
        Self { n, cutoff: (n / 4).max(1) }
    }

    fn items(&self) -> usize {
        self.n.saturating_mul(self.n).saturating_mul(self.n)
    }

    /// `nqueens` and `sort` fork as it does, and sooner.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        match self.cutoff {
            USUAL => self.n.to_string(),
            cutoff => format!("{}/{cutoff}", self.n),
        }
    }

    fn input(&self, seed: u64) -> Result<Matrices, Error> {
        let Self { n, cutoff } = *self;
        if cutoff == 0 {
            return Err(Error::Invalid("a cut-off of zero".into()));
        }
        if n > Self::MOST {
            let most = Self::MOST;
            let what = format!("{n} rows; sums of at most {most} are exact");
            return Err(Error::Invalid(what));
        }
        // The matrices, and the product of this run and of the last one.
        let len = n * n;
        preflight::memory(len, size_of::<f32>() * 4)?;
        let mut numbers = seed::numbers(seed).map(|number| {
            // Below 32: the upper five bits.
            (number >> 59) as f32
        });
        let mut matrix = || {
            let mut matrix = Vec::new();
            let room = matrix.try_reserve_exact(len);
            room.map_err(|_| Error::memory())?;
            matrix.extend(numbers.by_ref().take(len));
            Ok::<_, Error>(matrix)
        };
        let (a, b) = (matrix()?, matrix()?);
        let memory = Some(Arc::new(Store::new(len, 2)));
        Ok(Matrices { size: self.clone(), above: 0, a, b, memory })
    }

    /// Three plain loops.
    fn reference(input: &Matrices) -> Product {
        let n = input.size.n;
        let mut product = vec![0.0; input.a.len()];
        for row in 0..input.rows() {
            for inner in 0..n {
                let factor = input.a[row * n + inner];
                for column in 0..n {
                    let term = factor * input.b[inner * n + column];
                    product[row * n + column] += term;
                }
            }
        }
        Product::of(n, product)
    }

    fn digest(output: &Product) -> u64 {
        let numbers = output.rows().into_iter();
        seed::digest(numbers.map(|number| number.to_bits().into()))
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let whole = Mutex::new(Some(job.whole()?));
        let work = bound::together(1, |_| {
            let mut whole =
                whole.lock().unwrap_or_else(PoisonError::into_inner);
            // A stopped run has no limit to measure; its cause is below.
            *whole = whole.take().and_then(|tile| plain(job, tile).ok());
        })?;
        // The largest tile has so large a share of all multiplications.
        let side = job.size.cutoff.min(job.size.n) as f64;
        let side = side / job.size.n.max(1) as f64;
        let span = work.mul_f64(side * side);
        let what = "the same kernel on one worker / workers, or one tile";
        job.finish(Limit::shared(what, workers, work, span))
    }
}

impl Matrices {
    /// How many rows the product has: as many as the first matrix has here.
    pub fn rows(&self) -> usize {
        self.a.len().checked_div(self.size.n).unwrap_or(0)
    }

    /// How many columns the product has.
    pub fn columns(&self) -> usize {
        self.size.n
    }

    /// How many forks the recursion makes: one less than there are tiles.
    pub fn forks(&self) -> usize {
        let high = self.rows().div_ceil(self.size.cutoff);
        (high * self.size.tiles()).saturating_sub(1)
    }

    /// The rows of the product in at most `count` parts, each some tiles high.
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.rows(), self.size.cutoff, count)
    }

    /// Some rows of the first matrix, and the second one: what a worker in
    /// another process is sent, which reads it as matrices of its own.
    pub fn band(&self, rows: &Part) -> impl Serialize + '_ {
        let (n, Range { start, end }) = (self.size.n, rows.range.clone());
        Band {
            size: &self.size,
            above: self.above + start,
            a: &self.a[start * n..end * n],
            b: &self.b,
        }
    }
}

impl Job<Matmul> {
    /// The whole product as one tile.
    ///
    /// # Errors
    /// [`Error::Resource`] without memory; the cause, if the run was stopped.
    pub fn whole(&self) -> Result<Tile, Error> {
        self.context().finish(())?;
        let numbers = match &self.memory {
            Some(memory) => memory.take()?,
            None => Store::new(self.a.len(), 0).take()?,
        };
        let (rows, columns) = (self.rows(), self.columns());
        Ok(Tile::whole(rows, columns, self.size.cutoff, numbers))
    }

    /// The number of a tile's first leaf, which is that of the task: tiles are
    /// counted row by row.
    pub fn task(&self, tile: &Tile) -> usize {
        let cutoff = self.size.cutoff;
        let above = (self.above + tile.rows().start) / cutoff;
        above * self.size.tiles() + tile.columns().start / cutoff
    }

    /// Computes a tile that is not halved, in grains of so many products for
    /// each number as the cut-off says.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn leaf(&self, mut tile: Tile) -> Result<Tile, Error> {
        let Matmul { n, cutoff } = self.size;
        let (rows, columns) = (tile.rows(), tile.columns());
        let task = self.task(&tile);
        let _span = self.context().span(task, State::Compute);
        let factors = &self.a[rows.start * n..rows.end * n];
        tile.numbers_mut().fill(0.0);
        for start in (0..n).step_by(cutoff) {
            self.context().grain(task)?;
            let inner = start..start.saturating_add(cutoff).min(n);
            let below = &self.b[inner.start * n..inner.end * n];
            let sums = tile.numbers_mut();
            multiply(n, factors, inner, below, columns.clone(), sums);
        }
        Ok(tile)
    }

    /// The answer, of a tile that is the whole product.
    pub fn answer(&self, tile: Tile) -> Product {
        Product::here(tile, self.memory.clone())
    }
}

/// Adds products to the numbers of a tile, row by row: `factors` are rows of
/// the first matrix, of which `inner` names the columns, and `below` are as
/// many rows of the second, each of `n` numbers.
///
/// The inner loop goes along a row of the second matrix and one of the tile,
/// with the same factor for all, which vectorises on the default x86-64 target.
/// It takes four factors at a time, so that a sum is read and written once for
/// four products.
#[inline(never)]
fn multiply(
    n: usize,
    factors: &[f32],
    inner: Range<usize>,
    below: &[f32],
    columns: Range<usize>,
    sums: &mut [f32],
) {
    let rows = sums.chunks_exact_mut(columns.len());
    for (factors, sums) in factors.chunks_exact(n).zip(rows) {
        let below = below.chunks_exact(n * 4);
        let fours = factors[inner.clone()].chunks_exact(4);
        let (last, rest) = (below.remainder(), fours.remainder());
        for (four, below) in fours.zip(below) {
            let row = |at: usize| &below[at * n..][columns.clone()];
            add_four(four, [row(0), row(1), row(2), row(3)], sums);
        }
        for (factor, below) in rest.iter().zip(last.chunks_exact(n)) {
            let below = &below[columns.clone()];
            for (sum, number) in sums.iter_mut().zip(below) {
                *sum += factor * number;
            }
        }
    }
}

#[inline(always)]
fn add_four(factors: &[f32], below: [&[f32]; 4], sums: &mut [f32]) {
    let [a, b, c, d] = below.map(|row| &row[..sums.len()]);
    for (at, sum) in sums.iter_mut().enumerate() {
        *sum += factors[0] * a[at]
            + factors[1] * b[at]
            + factors[2] * c[at]
            + factors[3] * d[at];
    }
}

/// The recursion that every model forks, without a fork.
fn plain(job: &Job<Matmul>, tile: Tile) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let (left, right) = tile.halves();
    let left = plain(job, left)?;
    Ok(left.joined(plain(job, right)?))
}

#[cfg(test)]
mod tests;
