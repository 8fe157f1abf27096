//! `burst`: nothing to do, and then many tasks at once, again and again.

use super::{short, speed};
pub use crate::feed::{Done, Fed, Feed, Log};
use crate::{Error, Job, Limit, Point, Size, Steps, Together, Workload};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A model that is idle until a burst of tasks comes from outside, again and
/// again: how long it takes until the first task of a burst begins, and in the
/// CPU time what the model burns while it has nothing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// How many tasks, in all bursts together.
    pub tasks: usize,
    /// How many tasks a burst has; the last one may have fewer.
    pub at_once: usize,
    /// How long after the start of a burst the next one comes; the first comes
    /// so long after the start of the run.
    pub gap: Duration,
    /// How long a task computes.
    pub compute: Duration,
    /// How many rounds of [`crate::kernel::churn`] that is, where it was found
    /// out before; otherwise every input finds it out anew.
    #[serde(default)]
    pub rounds: Option<u64>,
}

impl Workload for Burst {
    const NAME: &'static str = "burst";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "waking idle workers, and what they burn until then";
    const OMITS: &'static str =
        "a burst that comes while the workers are at work";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Paced;

    type Input = Feed;
    type Output = Fed;

    fn sizes(size: Size) -> Vec<Self> {
        let bursts = match size {
            Size::Quick => 20,
            Size::Full => 200,
        };
        let at_once = 64;
        vec![Self {
            tasks: bursts * at_once,
            at_once,
            gap: Duration::from_millis(10),
            compute: Duration::from_micros(10),
            rounds: None,
        }]
    }

    /// Small bursts, one soon after the other.
    fn with_items(&self, items: usize) -> Self {
        let at_once = self.at_once.min(8);
        let gap = self.gap.min(Duration::from_micros(500));
        let rounds = None;
        Self { tasks: items, at_once, gap, rounds, ..self.clone() }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    /// A run is mostly gaps: it is taken by name.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let Self { tasks, at_once, gap, compute, .. } = self;
        let bursts = tasks.div_ceil((*at_once).max(1));
        let (gap, compute) = (short(*gap), short(*compute));
        format!("{bursts}x{at_once}x{compute}-{gap}")
    }

    fn input(&self, seed: u64) -> Result<Feed, Error> {
        let Self { tasks, at_once, gap, .. } = *self;
        Feed::new(seed, tasks, at_once, gap, self.count_rounds()?)
    }

    /// The compute, calibrated: every process then does the same.
    fn pinned(&self) -> Result<Self, Error> {
        Ok(Self { rounds: Some(self.count_rounds()?), ..self.clone() })
    }

    fn reference(input: &Feed) -> Fed {
        input.reference()
    }

    fn digest(output: &Fed) -> u64 {
        output.digest()
    }

    fn limit(job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        let what = "the gaps: the last burst comes after all of them";
        Ok(Limit::paced(what, job.lasts(), job.takes()))
    }

    /// How long it took from the time of each burst until its first task began.
    fn steps(output: &Fed) -> Steps<'_> {
        output.steps()
    }
}

impl Burst {
    fn count_rounds(&self) -> Result<u64, Error> {
        speed::rounds(self.rounds, self.compute, "a task")
    }
}

impl Job<Burst> {
    /// The tasks of each burst, in order: those of one are handed in, then
    /// joined, and then comes the next. There are no more once the run was
    /// stopped.
    pub fn bursts(&self) -> impl Iterator<Item = Together> + use<> {
        self.groups()
    }
}
