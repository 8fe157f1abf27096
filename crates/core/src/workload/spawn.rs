//! `spawn`: many empty tasks started and joined.

use crate::seed;
use crate::{Error, Job, Limit, Point, Size, StopToken, Workload, preflight};
use serde::{Deserialize, Serialize};

/// Many empty tasks started and joined: the cost of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spawn {
    /// How many tasks.
    pub tasks: usize,
}

impl Workload for Spawn {
    const NAME: &'static str = "spawn";
    const FAMILY: &'static str = "tasks";
    const STRESSES: &'static str = "starting and joining a task";
    const OMITS: &'static str = "work: every task is empty";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let tasks = match size {
            Size::Quick => 1_000,
            Size::Full => 10_000,
        };
        vec![Self { tasks }]
    }

    fn with_items(&self, items: usize) -> Self {
        Self { tasks: items }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    fn label(&self) -> String {
        self.tasks.to_string()
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        preflight::memory(self.tasks, 512)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> u64 {
        (0..input.tasks as u64).sum()
    }

    fn digest(output: &u64) -> u64 {
        seed::digest([*output])
    }

    fn limit(_job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        Ok(Limit {
            what: "none: the cost of a task is the model's",
            time: None,
        })
    }
}

/// What every task carries; free to copy.
#[derive(Clone, Copy)]
pub struct Empty(StopToken);

impl Job<Spawn> {
    /// What every task carries.
    pub fn empty(&self) -> Empty {
        Empty(self.context().token())
    }
}

impl Empty {
    /// One empty task: its own number, so that the sum shows whether every
    /// task ran exactly once. When the run was stopped the sum means nothing,
    /// and [`Job::finish`] says so.
    #[inline]
    pub fn task(self, task: usize) -> u64 {
        let number = task as u64;
        if self.0.is_quiet() {
            return number;
        }
        self.0.watched(task, || number).unwrap_or(0)
    }
}
