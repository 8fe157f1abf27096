//! `trickle`: one small task every few milliseconds.

use super::{short, speed};
use crate::feed::{Fed, Feed};
use crate::{Error, Job, Limit, Point, Size, Steps, Workload};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A model that is fed one small task at a time, from outside, with a gap in
/// between: how long each takes from its time until it has ended, and in the
/// CPU time what the model burns beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trickle {
    /// How many tasks.
    pub tasks: usize,
    /// How long after one task the next one comes; the first comes so long
    /// after the start of the run.
    pub gap: Duration,
    /// How long a task computes.
    pub compute: Duration,
    /// How many rounds of [`crate::kernel::churn`] that is, where it was found
    /// out before; otherwise every input finds it out anew.
    #[serde(default)]
    pub rounds: Option<u64>,
}

impl Workload for Trickle {
    const NAME: &'static str = "trickle";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "one task for idle workers, and what they burn before the next";
    const OMITS: &'static str = "more than one task at a time";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Paced;

    type Input = Feed;
    type Output = Fed;

    fn sizes(size: Size) -> Vec<Self> {
        let tasks = match size {
            Size::Quick => 60,
            Size::Full => 500,
        };
        vec![Self {
            tasks,
            gap: Duration::from_millis(3),
            compute: Duration::from_micros(50),
            rounds: None,
        }]
    }

    /// Shorter tasks, one soon after the other.
    fn with_items(&self, items: usize) -> Self {
        let gap = self.gap.min(Duration::from_micros(100));
        let compute = self.compute.min(Duration::from_micros(10));
        Self { tasks: items, gap, compute, rounds: None }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    /// A run is mostly gaps: it is taken by name.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let Self { tasks, gap, compute, .. } = self;
        format!("{tasks}x{}-{}", short(*compute), short(*gap))
    }

    fn input(&self, seed: u64) -> Result<Feed, Error> {
        Feed::new(seed, self.tasks, 1, self.gap, self.count_rounds()?)
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
        let what = "the gaps: the last task comes after all of them";
        Ok(Limit::paced(what, job.lasts(), job.takes()))
    }

    /// How long it took from the time of each task until it had ended.
    fn steps(output: &Fed) -> Steps<'_> {
        output.steps()
    }
}

impl Trickle {
    fn count_rounds(&self) -> Result<u64, Error> {
        speed::rounds(self.rounds, self.compute, "a task")
    }
}

impl Job<Trickle> {
    /// The tasks, in order, each of which is handed in by itself. There are no
    /// more once the run was stopped.
    pub fn tasks(&self) -> impl Iterator<Item = usize> + use<> {
        self.groups().flatten()
    }
}
