//! `mandelbrot`: the Mandelbrot set in rows, some of which cost far more than
//! others.

use super::{bound, sixteenth};
use crate::parts::{self, Part, Todo};
use crate::trace::State;
use crate::{
    Error, Job, Limit, Point, Size, Together, Workload, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::{array, fmt};

/// The upper half of the Mandelbrot set: the number of steps after which each
/// pixel's point has escaped. The lower half is its mirror image.
///
/// Pixel x of row y is the point c = 2.5 x / width - 2 + 1.25 y / height i,
/// and a step is z = z² + c, from z = 0, as long as |z|² is at most 4. Rows get
/// cheaper from the first to the last: on the real axis nearly every point
/// stays, and has all its iterations made, while of the last rows none does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mandelbrot {
    /// How many pixels a row has.
    pub width: usize,
    /// How many rows there are.
    pub height: usize,
    /// How many steps are made for a point that does not escape.
    pub iterations: u32,
    /// How many rows are computed between two looks at the cancel flag.
    pub grain: usize,
}

/// A row has no more steps: all of them lie between two looks at the cancel
/// flag.
const MOST_STEPS: u64 = 1 << 30;

/// What the catalogue has.
const ITERATIONS: u32 = 256;

impl Workload for Mandelbrot {
    const NAME: &'static str = "mandelbrot";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "sharing out rows of which some cost a hundred times what others cost";
    const OMITS: &'static str =
        "memory: of a row two numbers are left, and nothing is read";
    const UNIT: &'static str = "row";
    const POINT: Point = Point::Work;

    type Input = Self;
    type Output = Image;

    fn sizes(size: Size) -> Vec<Self> {
        let side = match size {
            Size::Quick => 384,
            Size::Full => 1024,
        };
        vec![Self {
            width: side,
            height: side,
            iterations: ITERATIONS,
            grain: 8,
        }]
    }

    /// So many rows, which are short.
    fn with_items(&self, items: usize) -> Self {
        let grain = sixteenth(items);
        Self { width: 30, height: items, grain, ..self.clone() }
    }

    fn items(&self) -> usize {
        self.height
    }

    fn label(&self) -> String {
        let Self { width, height, iterations, .. } = self;
        match *iterations {
            ITERATIONS => format!("{width}x{height}"),
            other => format!("{width}x{height}-{other}"),
        }
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        if self.width == 0 {
            return Err(Error::Invalid("rows without a pixel".into()));
        }
        let steps = (self.width as u64).checked_mul(self.iterations.into());
        if steps.is_none_or(|steps| steps > MOST_STEPS) {
            let Self { width, iterations, .. } = self;
            let what = format!("rows of {width} times {iterations} steps");
            return Err(Error::Invalid(what));
        }
        // The numbers of the rows, and a task for each grain.
        preflight::memory(self.height, 64)?;
        preflight::memory(self.height.div_ceil(self.grain), 512)?;
        Ok(self.clone())
    }

    /// Pixel by pixel.
    fn reference(input: &Self) -> Image {
        let mut image = Image::default();
        for y in 0..input.height {
            let count = |x| {
                let (real, imaginary) = (input.real(x), input.imaginary(y));
                escape(real, imaginary, input.iterations)
            };
            let counts: Vec<u64> = (0..input.width).map(count).collect();
            image.iterations += counts.iter().sum::<u64>();
            image.rows.push(counts.iter().fold(y as u64, mixed));
        }
        image
    }

    fn digest(output: &Image) -> u64 {
        let rows = output.rows.iter().copied();
        seed::digest([output.iterations].into_iter().chain(rows))
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        // A stopped run has no limit to measure; its cause is below.
        let rows = |part| drop(job.rows(part));
        let (whole, first) = (job.whole(0), job.grain_part(0));
        let limit = bound::cut(
            "all rows / workers, or the grain that costs the most",
            workers,
            || rows(whole.clone()),
            || rows(first.clone()),
        )?;
        job.finish(limit)
    }
}

impl Mandelbrot {
    /// The rows in at most `count` parts; see [`parts::split`].
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.height, self.grain, count)
    }

    /// All rows as one part.
    pub fn whole(&self, task: usize) -> Part {
        Part { task, range: 0..self.height }
    }

    /// One grain of rows as a part of its own, whose task has the same number.
    pub fn grain_part(&self, grain: usize) -> Part {
        parts::grain(self.height, self.grain, grain)
    }

    /// The grains, for tasks that take one after the other.
    pub fn todo(&self) -> Todo {
        Todo::new(self.height, self.grain)
    }

    #[inline]
    fn real(&self, x: usize) -> f64 {
        x as f64 * 2.5 / self.width as f64 - 2.0
    }

    #[inline]
    fn imaginary(&self, y: usize) -> f64 {
        y as f64 * 1.25 / self.height as f64
    }
}

/// The answer: the steps of all pixels, and a number for each row.
#[derive(Default, PartialEq, Eq)]
pub struct Image {
    /// How many steps were made for all pixels together.
    pub iterations: u64,
    /// Of each row a number in which each of its pixels counts, its place, and
    /// the number of the row: rows that were swapped are wrong.
    pub rows: Vec<u64>,
}

/// How many rows, and their steps: an answer can have millions.
impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows of {} steps", self.rows.len(), self.iterations)
    }
}

/// Some rows that were computed, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    first: usize,
    iterations: u64,
    rows: Vec<u64>,
}

impl Job<Mandelbrot> {
    /// The numbers of the grains, in order; no more once the run was stopped.
    pub fn grains(&self) -> Together {
        let count = self.height.div_ceil(self.grain);
        Together::new(self.context().token(), 0..count)
    }

    /// The rows of a part.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn rows(&self, part: Part) -> Result<Band, Error> {
        let _span = self.context().span(part.task, State::Compute);
        let first = part.range.start;
        let rows = Vec::with_capacity(part.range.len());
        let mut band = Band { first, iterations: 0, rows };
        for rows in parts::pieces(part.range, self.grain) {
            self.context().grain(part.task)?;
            for y in rows {
                let (iterations, row) = row(self, y);
                band.iterations += iterations;
                band.rows.push(row);
            }
        }
        Ok(band)
    }

    /// The image of all bands, in whatever order they come.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn image(
        &self,
        bands: impl IntoIterator<Item = Band>,
    ) -> Result<Image, Error> {
        let mut bands: Vec<Band> = bands.into_iter().collect();
        bands.sort_by_key(|band| band.first);
        let iterations = bands.iter().map(|band| band.iterations).sum();
        let rows = bands.into_iter().flat_map(|band| band.rows).collect();
        self.finish(Image { iterations, rows })
    }
}

/// So many pixels of a row are iterated together, in vectors of the processor:
/// each waits for its own last step, and no pixel for another.
const LANES: usize = 8;

/// So many steps are made between two looks whether all of them have escaped.
const STEPS: u32 = 4;

/// The steps of a row, and its number.
#[inline(never)]
fn row(size: &Mandelbrot, y: usize) -> (u64, u64) {
    let imaginary = size.imaginary(y);
    let (mut iterations, mut number) = (0, y as u64);
    for first in (0..size.width).step_by(LANES) {
        // Beyond the end of the row there are points, too.
        let real = array::from_fn(|lane| size.real(first + lane));
        let counts = escape_together(&real, imaginary, size.iterations);
        let pixels = LANES.min(size.width - first);
        iterations += counts[..pixels].iter().sum::<u64>();
        number = counts[..pixels].iter().fold(number, mixed);
    }
    (iterations, number)
}

/// [`escape`] for some points at once, with the same results: each number is
/// computed by the same operations in the same order.
#[inline]
fn escape_together(
    real: &[f64; LANES],
    imaginary: f64,
    most: u32,
) -> [u64; LANES] {
    let (mut x, mut y) = ([0.0; LANES], [0.0; LANES]);
    // One as long as a point is inside, and then zero for ever.
    let mut inside = [1.0; LANES];
    let mut counts = [0.0; LANES];
    let mut left = most;
    while left > 0 {
        let steps = left.min(STEPS);
        for _ in 0..steps {
            for lane in 0..LANES {
                let (xx, yy) = (x[lane] * x[lane], y[lane] * y[lane]);
                let was_inside = inside[lane];
                inside[lane] = if xx + yy <= 4.0 { was_inside } else { 0.0 };
                counts[lane] += inside[lane];
                y[lane] = 2.0 * x[lane] * y[lane] + imaginary;
                x[lane] = xx - yy + real[lane];
            }
        }
        if inside == [0.0; LANES] {
            break;
        }
        left -= steps;
    }
    counts.map(|count| count as u64)
}

/// After how many steps a point has escaped: `most` if it has not.
fn escape(real: f64, imaginary: f64, most: u32) -> u64 {
    let (mut x, mut y) = (0.0, 0.0);
    let mut count = 0;
    while count < most && x * x + y * y <= 4.0 {
        (x, y) = (x * x - y * y + real, 2.0 * x * y + imaginary);
        count += 1;
    }
    count.into()
}

/// The number of a row with one more pixel: a step of FNV, by a sum.
#[inline]
fn mixed(row: u64, count: &u64) -> u64 {
    row.wrapping_mul(0x100_0000_01B3).wrapping_add(*count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: usize, height: usize, iterations: u32) -> Mandelbrot {
        Mandelbrot { width, height, iterations, grain: 2 }
    }

    fn image(job: &Job<Mandelbrot>, count: usize) -> Image {
        let bands = job.parts(count).map(|part| job.rows(part));
        let bands: Result<Vec<_>, _> = bands.collect();
        job.image(bands.unwrap()).unwrap()
    }

    #[test]
    fn pixels_that_are_iterated_together_have_the_same_counts() {
        // Widths around every multiple of the lanes, limits around those of
        // the steps.
        for width in (1..20).chain([63, 64, 65, 127, 128, 129]) {
            for iterations in [0, 1, 2, 3, 4, 5, 7, 8, 100, 256, 1000] {
                let job = Job::new(&size(width, 9, iterations), 7).unwrap();
                let expected = Mandelbrot::reference(&job);
                assert_eq!(image(&job, 3), expected, "{width} {iterations}");
            }
        }
    }

    #[test]
    fn points_that_are_known() {
        // 0 and -1 stay for ever, and so does -2, whose |z| is 2 from then on.
        for (real, imaginary, expected) in [
            (0.0, 0.0, 500),
            (-1.0, 0.0, 500),
            (-2.0, 0.0, 500),
            (0.25, 0.0, 500),
            (0.0, 1.0, 500),
            // 0, 0.5, 0.75, 1.06, 1.63, 3.15: five of them are inside.
            (0.5, 0.0, 5),
            (1.0, 1.0, 2),
            (3.0, 0.0, 1),
        ] {
            assert_eq!(escape(real, imaginary, 500), expected, "{real}");
            let all = escape_together(&[real; LANES], imaginary, 500);
            assert_eq!(all, [expected; LANES], "{real}");
        }
        // The area of the set is known to be about 1.5066.
        let job = Job::new(&size(250, 125, 1000), 7).unwrap();
        let count = |x, y| escape(job.real(x), job.imaginary(y), 1000);
        let all = (0..125).flat_map(|y| (0..250).map(move |x| (x, y)));
        let inside = all.filter(|(x, y)| count(*x, *y) == 1000).count();
        let area = 2.0 * inside as f64 * 2.5 * 1.25 / (250.0 * 125.0);
        assert!((1.45..1.58).contains(&area), "{area}");
    }

    #[test]
    fn the_images_of_the_catalogue_have_always_had_these_steps() {
        for (size, steps) in
            [(Size::Quick, 9_990_998), (Size::Full, 70_829_094)]
        {
            let job = Job::new(&Mandelbrot::sizes(size)[0], 7).unwrap();
            assert_eq!(image(&job, 2).iterations, steps);
        }
    }

    #[test]
    fn a_row_that_is_swapped_or_left_out_is_wrong() {
        let job = Job::new(&size(30, 6, 50), 7).unwrap();
        let bands: Vec<Band> = (0..3)
            .map(|grain| job.rows(job.grain_part(grain)).unwrap())
            .collect();
        let expected = Mandelbrot::reference(&job);
        let right = job.image(bands.iter().rev().cloned()).unwrap();
        assert_eq!(right, expected);
        let missing = job.image(bands[..2].iter().cloned()).unwrap();
        assert_ne!(missing, expected);
        let mut swapped = Mandelbrot::reference(&job);
        swapped.rows.swap(2, 3);
        assert_ne!(swapped, expected);
        assert_ne!(Mandelbrot::digest(&swapped), Mandelbrot::digest(&expected));
        // Two rows without any difference but their place.
        let job = Job::new(&size(30, 4, 1), 7).unwrap();
        let image = Mandelbrot::reference(&job);
        assert_ne!(image.rows[2], image.rows[3]);
    }

    #[test]
    fn rows_get_cheaper() {
        let job = Job::new(&size(64, 64, 256), 7).unwrap();
        let grain = |part| job.rows(part).unwrap().iterations;
        let costs: Vec<u64> = job.parts(8).map(grain).collect();
        assert_eq!(costs.iter().max(), costs.first());
        assert!(costs[0] > 20 * costs[7], "{costs:?}");
    }

    #[test]
    fn a_stopped_run_has_no_image() {
        let job = Job::new(&size(30, 6, 50), 7).unwrap();
        job.context().cancel();
        assert_eq!(job.rows(job.whole(0)).err(), Some(Error::Cancelled));
        assert_eq!(job.grains().count(), 0);
        assert_eq!(job.image([]), Err(Error::Cancelled));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let whole = size(8, 8, 8);
        for wrong in [
            Mandelbrot { grain: 0, ..whole.clone() },
            Mandelbrot { width: 0, ..whole.clone() },
            Mandelbrot { width: usize::MAX, ..whole.clone() },
            Mandelbrot { iterations: u32::MAX, ..whole.clone() },
            Mandelbrot { height: usize::MAX, ..whole.clone() },
        ] {
            let refused = wrong.input(7).err();
            assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
            let _ = (Workload::items(&wrong), Workload::label(&wrong));
        }
        let long = Mandelbrot { height: 1 << 44, ..whole };
        assert_eq!(long.input(7).err(), Some(Error::memory()));
    }
}
