//! `phases`: a graph of tasks in steps, as Task Bench has them.

use super::{bound, speed};
use crate::{
    Config, Error, Job, Limit, Point, Size, StopToken, Together, Workload,
    kernel, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::ops::Range;
use std::time::Duration;

/// A graph of tasks: steps of some width, in which each task needs the numbers
/// of some tasks of the step before, and computes for a while.
///
/// The method and the patterns are those of Task Bench (Slaughter and others,
/// "Task Bench: a parameterized benchmark for evaluating parallel runtime
/// performance", 2020): the same graph with shorter and shorter tasks shows
/// from which length on a task is worth starting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phases {
    /// How many steps.
    pub steps: usize,
    /// How many tasks a step has; the first ones of a tree have fewer.
    pub width: usize,
    /// Which tasks of the step before a task needs.
    pub pattern: Pattern,
    /// How long a task computes.
    pub grain: Duration,
    /// How many rounds of [`kernel::churn`] that is, where it was found out
    /// before; otherwise every input finds it out anew.
    #[serde(default)]
    pub rounds: Option<u64>,
}

/// Which tasks of the step before a task needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// None: all tasks of all steps could run at once.
    Trivial,
    /// The one at its own place and those beside it.
    Stencil,
    /// Its parent, at half its place: step s has 2^s tasks, until the width is
    /// reached, and from then on each task of the lower half has two that need
    /// it.
    Tree,
    /// All of them.
    AllToAll,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Self; 4] =
        [Self::Trivial, Self::Stencil, Self::Tree, Self::AllToAll];

    /// The name, as sizes and commands spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trivial => "trivial",
            Self::Stencil => "stencil",
            Self::Tree => "tree",
            Self::AllToAll => "all-to-all",
        }
    }
}

/// Of a pattern in which no task needs another, so many are started before they
/// are joined: when the run is stopped, as many are left to end.
const AT_ONCE: usize = 256;

/// So many rounds of compute come between two looks at the cancel flag: a
/// fraction of a millisecond.
const LOOK: u64 = 1 << 20;

/// No task has more rounds: that is far above a day.
const MOST: u64 = 1_000_000_000_000_000;

/// The compute that the limit is measured with, at least.
const MEASURED: Duration = Duration::from_millis(1);

/// A graph whose tasks are calibrated on this machine.
#[derive(Serialize, Deserialize)]
pub struct Graph {
    size: Phases,
    rounds: u64,
    seed: u64,
}

impl Workload for Phases {
    const NAME: &'static str = "phases";
    const FAMILY: &'static str = "tasks";
    const STRESSES: &'static str =
        "starting a few short tasks, again and again, each when others ended";
    const OMITS: &'static str =
        "uneven tasks, and data that is more than a number";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Work;

    type Input = Graph;
    type Output = Vec<u64>;

    /// As wide as the machine has workers, so that each has one task a step.
    fn sizes(size: Size) -> Vec<Self> {
        let steps = match size {
            Size::Quick => 250,
            Size::Full => 1000,
        };
        vec![Self {
            steps,
            width: Config::machine().workers(),
            pattern: Pattern::Stencil,
            grain: Duration::from_micros(20),
            rounds: None,
        }]
    }

    /// At least so many tasks; whole steps.
    fn with_items(&self, items: usize) -> Self {
        let steps = items.div_ceil(self.width.max(1));
        Self { steps, rounds: None, ..self.clone() }
    }

    fn items(&self) -> usize {
        let full = self.steps.saturating_mul(self.width);
        let missing = |step| self.width - self.width_of(step);
        full - self.growing().map(missing).sum::<usize>()
    }

    /// `lanes metg` says more of it than one size.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let Self { steps, width, grain, .. } = self;
        let (name, nanos) = (self.pattern.name(), grain.as_nanos());
        if nanos.is_multiple_of(1000) {
            format!("{name}-{steps}x{width}-{}us", nanos / 1000)
        } else {
            format!("{name}-{steps}x{width}-{nanos}ns")
        }
    }

    fn input(&self, seed: u64) -> Result<Graph, Error> {
        let Self { steps, width, grain, .. } = self;
        if *width == 0 {
            return Err(Error::Invalid("a width of zero".into()));
        }
        let tasks = steps.checked_mul(*width).ok_or_else(|| {
            let what = format!("{steps} steps of {width} tasks overflow");
            Error::Invalid(what)
        })?;
        preflight::memory(tasks, 64)?;
        preflight::memory(*width, 512)?;
        let rounds = speed::rounds(self.rounds, *grain, "a grain")?;
        if rounds > MOST {
            return Err(Error::Invalid(format!("{rounds} rounds a task")));
        }
        Ok(Graph { size: self.clone(), rounds, seed })
    }

    /// The tasks' compute, calibrated: every process then does the same.
    fn pinned(&self) -> Result<Self, Error> {
        let rounds = speed::rounds(self.rounds, self.grain, "a grain")?;
        Ok(Self { rounds: Some(rounds), ..self.clone() })
    }

    fn reference(input: &Graph) -> Vec<u64> {
        let Phases { pattern, width, .. } = input.size;
        let (mut answer, mut before) = (Vec::new(), Vec::new());
        for step in 0..input.size.steps {
            let number = |column| {
                let task = step * width + column;
                let needed = needed(pattern, width, task);
                let state = fold(input.seed, task, &before[needed]);
                kernel::churn(state, input.rounds)
            };
            before = (0..input.size.width_of(step)).map(number).collect();
            answer.extend(&before);
        }
        answer
    }

    fn digest(output: &Vec<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let (size, rounds) = (&job.size, job.rounds);
        let nanos = size.grain.as_nanos().max(1);
        let tasks = MEASURED.as_nanos().div_ceil(nanos) as u32;
        let time = bound::together(1, |_| {
            for task in 0..tasks {
                black_box(kernel::churn(black_box(task.into()), rounds));
            }
        })?;
        let grains = size.grains(workers) / f64::from(tasks);
        let time = Duration::try_from_secs_f64(time.as_secs_f64() * grains);
        let what = "the longest chain of tasks, or all compute / workers";
        let of = |time| Limit::of(what, time);
        Ok(time.map_or(Limit::untimed(what), of))
    }
}

impl Phases {
    /// In how many grains of time so many workers can be done at best: they
    /// share the tasks, and a task waits for those that it needs.
    pub fn grains(&self, workers: usize) -> f64 {
        let chain = match self.pattern {
            Pattern::Trivial => self.steps.min(1),
            _ => self.steps,
        };
        let share = self.items() as f64 / workers.max(1) as f64;
        share.max(chain as f64)
    }

    /// How many tasks a step has.
    fn width_of(&self, step: usize) -> usize {
        match self.pattern {
            Pattern::Tree => {
                let grown = u32::try_from(step).ok();
                let grown = grown.and_then(|step| 1usize.checked_shl(step));
                self.width.min(grown.unwrap_or(usize::MAX))
            }
            _ => self.width,
        }
    }

    /// The steps of a tree that may not have its full width.
    fn growing(&self) -> Range<usize> {
        match self.pattern {
            Pattern::Tree => 0..self.steps.min(usize::BITS as usize),
            _ => 0..0,
        }
    }
}

/// The places, within the step before, of the tasks that a task needs.
fn needed(pattern: Pattern, width: usize, task: usize) -> Range<usize> {
    if task < width {
        return 0..0;
    }
    let column = task % width;
    match pattern {
        Pattern::Trivial => 0..0,
        Pattern::Stencil => column.saturating_sub(1)..(column + 2).min(width),
        Pattern::Tree => column / 2..column / 2 + 1,
        Pattern::AllToAll => 0..width,
    }
}

/// What a task starts to compute from: its own number and those that it needs,
/// in their order.
fn fold(seed: u64, task: usize, needed: &[u64]) -> u64 {
    let own = seed::part(seed, task as u64);
    let fold = |state: u64, number: &u64| {
        (state ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    };
    needed.iter().fold(own, fold)
}

/// What every task carries; free to copy.
#[derive(Clone, Copy)]
pub struct Node {
    token: StopToken,
    pattern: Pattern,
    width: usize,
    rounds: u64,
    seed: u64,
}

impl Job<Phases> {
    /// The phases, of which each is started, then joined, and then comes the
    /// next: the tasks of one step, or 256 of a graph whose tasks need none.
    /// What they answer, in order, is what the tasks of the next phase need.
    /// There are no more once the run was stopped.
    pub fn phases(&self) -> impl Iterator<Item = Together> + use<> {
        let (token, size) = (self.context().token(), self.size.clone());
        let is_trivial = size.pattern == Pattern::Trivial;
        let all = size.items();
        let count = if is_trivial { all.div_ceil(AT_ONCE) } else { size.steps };
        let phase = move |index: usize| {
            let tasks = if is_trivial {
                let first = index * AT_ONCE;
                first..all.min(first + AT_ONCE)
            } else {
                let first = index * size.width;
                first..first + size.width_of(index)
            };
            Together::new(token, tasks)
        };
        let goes_on = move |_: &usize| !token.is_stopped();
        (0..count).take_while(goes_on).map(phase)
    }

    /// What every task carries.
    pub fn node(&self) -> Node {
        let Phases { pattern, width, .. } = self.size;
        let (rounds, seed) = (self.rounds, self.seed);
        Node { token: self.context().token(), pattern, width, rounds, seed }
    }
}

impl Node {
    /// One task: its number, which follows from those that it needs of the
    /// phase before. When the run was stopped the number means nothing, and
    /// [`Job::finish`] says so.
    #[inline]
    pub fn compute(self, task: usize, before: &[u64]) -> u64 {
        self.of(task, self.needed(task, before))
    }

    /// The numbers that a task needs, of those of the phase before.
    #[inline]
    pub fn needed(self, task: usize, before: &[u64]) -> &[u64] {
        let needed = needed(self.pattern, self.width, task);
        // They are all there, unless the run was stopped.
        before.get(needed).unwrap_or_default()
    }

    /// One task, with the numbers that it needs.
    #[inline]
    pub fn of(self, task: usize, needed: &[u64]) -> u64 {
        if self.token.is_quiet() {
            return self.grain(task, needed);
        }
        let grain = || self.grain(task, needed);
        self.token.watched(task, grain).unwrap_or(0)
    }

    #[inline(never)]
    fn grain(self, task: usize, needed: &[u64]) -> u64 {
        let mut state = fold(self.seed, task, needed);
        let mut left = self.rounds;
        while left > LOOK && !self.token.is_stopped() {
            state = kernel::churn(state, LOOK);
            left -= LOOK;
        }
        kernel::churn(state, left.min(LOOK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Pattern::{AllToAll, Stencil, Tree, Trivial};

    fn graph(pattern: Pattern, steps: usize, width: usize) -> Phases {
        let grain = Duration::ZERO;
        Phases { steps, width, pattern, grain, rounds: Some(3) }
    }

    /// What a model does, on one thread.
    fn run(job: &Job<Phases>) -> Vec<u64> {
        let node = job.node();
        let (mut answer, mut before) = (Vec::new(), Vec::new());
        for phase in job.phases() {
            let tasks = phase.at_once();
            before = tasks.map(|task| node.compute(task, &before)).collect();
            answer.extend(&before);
        }
        answer
    }

    #[test]
    fn tasks_need_those_that_the_pattern_names() {
        let needed = |pattern, width: usize, column: usize| {
            let first = needed(pattern, width, column);
            assert!(first.is_empty(), "the first step needs nothing");
            super::needed(pattern, width, width + column)
        };
        assert_eq!(needed(Trivial, 4, 2), 0..0);
        let stencil = |column| needed(Stencil, 4, column);
        assert_eq!([0, 1, 3].map(stencil), [0..2, 0..3, 2..4]);
        assert_eq!(needed(Stencil, 1, 0), 0..1);
        let tree = |column| needed(Tree, 4, column);
        assert_eq!([0, 1, 2, 3].map(tree), [0..1, 0..1, 1..2, 1..2]);
        assert_eq!(needed(AllToAll, 4, 2), 0..4);
    }

    #[test]
    fn a_tree_grows_to_its_width() {
        let tree = graph(Tree, 6, 5);
        let widths = (0..6).map(|step| tree.width_of(step));
        assert_eq!(widths.collect::<Vec<_>>(), [1, 2, 4, 5, 5, 5]);
        assert_eq!((tree.items(), graph(Stencil, 6, 5).items()), (22, 30));
        assert_eq!(graph(Tree, 1000, 5).items(), 4992);
        assert_eq!(tree.width_of(usize::MAX), 5);
    }

    #[test]
    fn phases_have_every_task_once_and_the_reference_agrees() {
        for pattern in Pattern::ALL {
            for (steps, width) in [(0, 3), (1, 1), (7, 1), (9, 5), (3, 300)] {
                let size = graph(pattern, steps, width);
                let job = Job::new(&size, 7).unwrap();
                let tasks: Vec<usize> = job.phases().flatten().collect();
                assert_eq!(tasks.len(), Workload::items(&size));
                assert!(tasks.is_sorted_by(|a, b| a < b));
                assert_eq!(run(&job), Phases::reference(&job), "{size:?}");
            }
        }
    }

    #[test]
    fn a_task_that_was_early_or_skipped_changes_the_answer() {
        for pattern in [Stencil, Tree, AllToAll] {
            let job = Job::new(&graph(pattern, 4, 4), 7).unwrap();
            let before: Vec<u64> = (1..=4).collect();
            // The last task of the third step, and what it needs of the second.
            let (node, task) = (job.node(), 2 * 4 + 3);
            let right = node.compute(task, &before);
            for needed in needed(pattern, 4, task) {
                let mut early = before.clone();
                early[needed] = 0;
                assert_ne!(node.compute(task, &early), right, "{pattern:?}");
            }
        }
        let job = Job::new(&graph(AllToAll, 4, 4), 7).unwrap();
        let (node, task) = (job.node(), 11);
        let swapped = node.compute(task, &[2, 1, 3, 4]);
        assert_ne!(swapped, node.compute(task, &[1, 2, 3, 4]));
    }

    #[test]
    fn a_stopped_run_ends_within_a_look() {
        let endless = Phases { rounds: Some(MOST), ..graph(Stencil, 9, 2) };
        let job = Job::new(&endless, 7).unwrap();
        let mut phases = job.phases();
        let mut first = phases.next().unwrap();
        assert_eq!(first.next(), Some(0));
        job.context().cancel();
        assert_eq!((first.next(), phases.count()), (None, 0));
        job.node().compute(0, &[]);
        assert!(job.finish(()).is_err());
    }

    #[test]
    fn the_best_time_is_that_of_the_chain_or_of_the_share() {
        let grains = |pattern, workers| graph(pattern, 6, 4).grains(workers);
        assert_eq!(grains(Stencil, 2), 12.0);
        assert_eq!(grains(Stencil, 8), 6.0);
        assert_eq!(grains(Trivial, 8), 3.0);
        assert_eq!(grains(Tree, 1), 19.0);
        assert_eq!(graph(Trivial, 0, 4).grains(2), 0.0);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let whole = graph(Stencil, 3, 3);
        for wrong in [
            Phases { width: 0, ..whole.clone() },
            Phases { steps: usize::MAX, ..whole.clone() },
            Phases { rounds: Some(MOST + 1), ..whole.clone() },
            Phases { grain: Duration::MAX, rounds: None, ..whole },
        ] {
            let refused = wrong.input(7).err();
            assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
            let _ = (Workload::items(&wrong), Workload::label(&wrong));
        }
    }
}
