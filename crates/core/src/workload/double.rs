//! `double`: every value times two, into a new list.

use super::{bound, power, sixteenth};
use crate::numbers::{Numbers, Pieces};
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Workload};
use serde::{Deserialize, Serialize};

/// Every value times two, into a new list in pieces.
///
/// The pieces lie in memory that earlier runs have touched: into fresh pages
/// the page faults would be the workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Double {
    /// How many numbers.
    pub len: usize,
    /// How many numbers are worked on between two looks at the cancel flag.
    pub grain: usize,
}

impl Workload for Double {
    const NAME: &'static str = "double";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "reading and writing memory, and giving back a large answer in pieces";
    const OMITS: &'static str =
        "page faults and joining by copying: pieces are recycled and moved";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Numbers;
    type Output = Pieces;

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
        Numbers::new(self.len, self.grain, 3, seed)
    }

    fn reference(input: &Numbers) -> Pieces {
        let twice = input.list().iter().map(|number| number * 2);
        Pieces::from(twice.collect::<Vec<_>>())
    }

    fn digest(output: &Pieces) -> u64 {
        seed::digest(output.iter())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = bound::shared(workers, |workers| {
            let parts: Vec<_> = job.parts(workers).collect();
            bound::together(workers, |worker| {
                if let Some(part) = parts.get(worker) {
                    // A stopped run has no limit to measure; its cause is
                    // below.
                    drop(job.double(part.clone()));
                }
            })
        })?;
        let what = "memory read and write bandwidth";
        job.finish(Limit::of(what, time))
    }
}
