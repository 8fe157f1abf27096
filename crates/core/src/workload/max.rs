//! `max`: the largest number of a list, in parts.

use super::{bound, power, sixteenth};
use crate::numbers::Numbers;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Workload, kernel};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// The largest number of a list, in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Max {
    /// How many numbers.
    pub len: usize,
    /// How many numbers are worked on between two looks at the cancel flag.
    pub grain: usize,
}

impl Workload for Max {
    const NAME: &'static str = "max";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "reading memory, and handing out a few large parts";
    const OMITS: &'static str =
        "uneven parts: every part takes the same time on a free machine";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Numbers;
    type Output = Option<u64>;

    fn sizes(size: Size) -> Vec<Self> {
        let len = match size {
            Size::Quick => 1 << 22,
            Size::Full => 1 << 24,
        };
        vec![Self { len, grain: 1 << 16 }]
    }

    fn with_items(&self, items: usize) -> Self {
        Self { len: items, grain: sixteenth(items) }
    }

    fn items(&self) -> usize {
        self.len
    }

    fn label(&self) -> String {
        power(self.len)
    }

    fn input(&self, seed: u64) -> Result<Numbers, Error> {
        Numbers::new(self.len, self.grain, 1, seed)
    }

    fn reference(input: &Numbers) -> Option<u64> {
        input.list().iter().copied().max()
    }

    fn digest(output: &Option<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = bound::shared(workers, |workers| {
            let parts: Vec<_> = job.parts(workers).collect();
            bound::together(workers, |worker| {
                if let Some(part) = parts.get(worker) {
                    black_box(kernel::max(&job.list()[part.range.clone()]));
                }
            })
        })?;
        Ok(Limit::of("memory read bandwidth", time))
    }
}
