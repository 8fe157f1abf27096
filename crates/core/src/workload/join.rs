//! `join`: two independent parts at once, brought back into one result.

use super::{Double, Max, bound, power, sixteenth};
use crate::numbers::{Numbers, Pieces};
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Workload};
use serde::{Deserialize, Serialize};

/// Two independent parts at once: the largest number of a list, and the list
/// doubled; both brought back into one result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// How many numbers.
    pub len: usize,
    /// How many numbers are worked on between two looks at the cancel flag.
    pub grain: usize,
}

impl Workload for Join {
    const NAME: &'static str = "join";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "two different tasks at once, whose results come back as one";
    const OMITS: &'static str =
        "more than two workers: there is nothing for a third";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Numbers;
    type Output = (Option<u64>, Pieces);

    fn sizes(size: Size) -> Vec<Self> {
        let len = match size {
            Size::Quick => 1 << 22,
            Size::Full => 1 << 23,
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
        Numbers::new(self.len, self.grain, 3, seed)
    }

    fn reference(input: &Numbers) -> (Option<u64>, Pieces) {
        (Max::reference(input), Double::reference(input))
    }

    fn digest((most, twice): &(Option<u64>, Pieces)) -> u64 {
        seed::digest(most.iter().copied().chain(twice.iter()))
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let half = |worker| match worker {
            0 => drop(job.double(job.whole(1))),
            _ => drop(job.max(job.whole(0))),
        };
        let time = bound::shared(workers, |workers| match workers {
            1 => bound::together(1, |_| (0..2).for_each(half)),
            _ => bound::together(2, half),
        })?;
        job.finish(Limit::of("the longer part", time))
    }
}
