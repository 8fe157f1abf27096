//! `spawn`: many empty tasks started and joined.

use crate::seed;
use crate::{
    Error, Job, Limit, Point, Size, StopToken, Together, Workload, preflight,
};
use serde::{Deserialize, Serialize};

/// Many empty tasks started and joined: the cost of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spawn {
    /// How many tasks.
    pub tasks: usize,
    /// How they are started.
    #[serde(default)]
    pub form: Starting,
}

/// How tasks are started.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Starting {
    /// Each by a call of its own.
    #[default]
    Each,
    /// All by the one call that the library has for many tasks alike, where it
    /// has one. Each is still a task: another worker may take it alone.
    Many,
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
        let of = |form| Self { tasks, form };
        [Starting::Each, Starting::Many].map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        Self { tasks: items, ..*self }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    /// Few libraries start many at once.
    fn is_usual(&self) -> bool {
        self.form == Starting::Each
    }

    fn label(&self) -> String {
        match self.form {
            Starting::Each => self.tasks.to_string(),
            Starting::Many => format!("{}-many", self.tasks),
        }
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
        Ok(Limit::untimed("none: the cost of a task is the model's"))
    }
}

/// How many tasks are started before they are joined: when the run is stopped,
/// as many are left to end. No size of a session has more.
const ROUND: usize = 10_000;

/// What every task carries; free to copy.
#[derive(Clone, Copy)]
pub struct Empty(StopToken);

impl Job<Spawn> {
    /// Refuses to start many tasks at once.
    ///
    /// # Errors
    /// [`Error::Unsupported`], if that is asked for.
    pub fn one_by_one(&self) -> Result<(), Error> {
        match self.form {
            Starting::Each => Ok(()),
            Starting::Many => {
                let why = "one call for many tasks: it starts each by itself";
                Err(Error::Unsupported(why.into()))
            }
        }
    }

    /// The tasks in rounds: those of one are started, then joined, and then
    /// comes the next. There are no more once the run was stopped.
    pub fn rounds(&self) -> impl Iterator<Item = Together> + use<> {
        self.rounds_of(ROUND)
    }

    /// The same in rounds of at most so many tasks, one at least.
    pub fn rounds_of(
        &self,
        most: usize,
    ) -> impl Iterator<Item = Together> + use<> {
        let (token, tasks) = (self.context().token(), self.tasks);
        let most = most.max(1);
        let rounds = (0..tasks).step_by(most);
        rounds.take_while(move |_| !token.is_stopped()).map(move |first| {
            let tasks = first..tasks.min(first.saturating_add(most));
            Together::new(token, tasks)
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn spawn(tasks: usize) -> Spawn {
        Spawn { tasks, form: Starting::Each }
    }

    #[test]
    fn a_size_without_a_form_starts_each_by_itself() {
        let old: Spawn = serde_json::from_str(r#"{"tasks":3}"#).unwrap();
        assert_eq!(old, spawn(3));
        let many = Spawn { form: Starting::Many, ..old };
        let refused = Job::new(&many, 7).unwrap().one_by_one().err();
        assert!(matches!(refused, Some(Error::Unsupported(_))));
    }

    #[test]
    fn rounds_have_every_task_once_and_end_with_the_run() {
        for tasks in [0, 1, ROUND - 1, ROUND, ROUND + 1, 3 * ROUND] {
            let job = Job::new(&spawn(tasks), 7).unwrap();
            assert!(job.rounds().flatten().eq(0..tasks));
            assert!(job.rounds_of(7).flatten().eq(0..tasks));
            for (most, rounds) in [
                (ROUND, job.rounds().collect::<Vec<_>>()),
                (7, job.rounds_of(7).collect()),
            ] {
                assert!(rounds.iter().all(|round| round.size() <= most));
            }
        }
        let job = Job::new(&spawn(3 * ROUND), 7).unwrap();
        let mut rounds = job.rounds();
        let mut first = rounds.next().unwrap();
        assert_eq!(first.next(), Some(0));
        job.context().cancel();
        assert_eq!((first.next(), rounds.count()), (None, 0));
    }
}
