//! `pipeline`: items that go through stages, with bounded queues between them.

use super::bound;
use crate::trace::State;
use crate::{
    Error, Job, Limit, Point, Size, Workload, kernel, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Items that go through stages, one after the other, with a bounded queue
/// between each two.
///
/// A stage keeps a state, which each item changes: so it takes the items in
/// their order, and two of them never at once. A slow stage holds back those
/// before it, since the queues between them are full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// How many stages: the first makes the items, the last keeps none.
    pub stages: usize,
    /// How many items each queue holds.
    pub places: usize,
    /// How many items.
    pub items: usize,
    /// How many rounds of [`kernel::churn`] a stage computes for an item.
    pub rounds: u64,
}

/// The stages of one run.
pub struct Line {
    job: Job<Pipeline>,
    in_flight: Arc<AtomicUsize>,
}

/// What goes from stage to stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item(u64);

/// The first stage: makes the items.
pub struct Source {
    stage: Stage,
    numbers: Range<usize>,
    in_flight: Arc<AtomicUsize>,
    most: usize,
}

/// A stage between two others.
pub struct Stage {
    job: Job<Pipeline>,
    number: usize,
    state: u64,
}

/// The last stage: takes the items out.
pub struct Sink {
    stage: Stage,
    in_flight: Arc<AtomicUsize>,
    items: usize,
}

/// What came out at the end.
#[derive(Debug)]
pub struct Flowed {
    /// How many items.
    pub items: usize,
    /// The state of the last stage, which depends on every item in every stage
    /// and on their order.
    pub state: u64,
    /// How many items were on their way at once, at most.
    pub in_flight: usize,
}

/// How many items were on their way is measured, not answered: it is bounded,
/// and not compared.
impl PartialEq for Flowed {
    fn eq(&self, other: &Self) -> bool {
        (self.items, self.state) == (other.items, other.state)
    }
}

impl Workload for Pipeline {
    const NAME: &'static str = "pipeline";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str =
        "stages that wait for each other, and queues that are soon full";
    const OMITS: &'static str =
        "stages of different lengths, and waits for I/O";
    const UNIT: &'static str = "item";
    const POINT: Point = Point::Work;

    type Input = Self;
    type Output = Flowed;

    fn sizes(size: Size) -> Vec<Self> {
        let items = match size {
            Size::Quick => 10_000,
            Size::Full => 100_000,
        };
        let of = |places| Self { stages: 4, places, items, rounds: 256 };
        [1, 16].map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        Self { items, ..self.clone() }
    }

    fn items(&self) -> usize {
        self.items
    }

    /// `channel` says first what a queue costs.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        format!("{}x{}-{}", self.stages, self.places, self.items)
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.stages < 2 {
            let what = format!("{} stages, at least 2", self.stages);
            return Err(Error::Invalid(what));
        }
        if self.places == 0 {
            return Err(Error::Invalid("queues without a place".into()));
        }
        let places = self.stages.checked_mul(self.places);
        let places = places.and_then(|places| places.checked_add(self.stages));
        preflight::memory(places.unwrap_or(usize::MAX), 1024)?;
        if self.rounds.checked_mul(self.items as u64).is_none_or(|r| r > MOST) {
            let Self { items, rounds, .. } = self;
            let what = format!("{items} items of {rounds} rounds each");
            return Err(Error::Invalid(what));
        }
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Flowed {
        let mut states = vec![0; input.stages];
        for number in 0..input.items as u64 {
            let mut item = number;
            for state in &mut states {
                *state = kernel::churn(*state ^ item, input.rounds);
                item = *state;
            }
        }
        let state = states.last().copied().unwrap_or_default();
        Flowed { items: input.items, state, in_flight: 0 }
    }

    fn digest(output: &Flowed) -> u64 {
        seed::digest([output.items as u64, output.state])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let stage = bound::together(1, |_| {
            let next = |state, number| {
                kernel::churn(state ^ black_box(number) as u64, job.rounds)
            };
            black_box((0..job.items).fold(0, next));
        })?;
        let stages = u32::try_from(job.stages).unwrap_or(u32::MAX);
        let what = "one stage of all items, or all stages / workers";
        Ok(Limit::shared(what, workers, stage * stages, stage))
    }
}

/// No run has more rounds in a stage: that is about a day.
const MOST: u64 = 100_000_000_000_000;

impl Pipeline {
    /// The most items that may be on their way at once: those in the queues,
    /// and one in each stage.
    pub fn bound(&self) -> usize {
        (self.stages - 1) * self.places + self.stages
    }
}

impl Job<Pipeline> {
    /// The stages, none of which has seen an item.
    pub fn line(&self) -> Line {
        Line { job: self.clone(), in_flight: Arc::default() }
    }

    /// What came out at the end.
    ///
    /// # Errors
    /// The cause, if the run was stopped; [`Error::Protocol`] if more items
    /// were on their way at once than [`Pipeline::bound`] allows.
    pub fn flowed(&self, source: Source, sink: Sink) -> Result<Flowed, Error> {
        let (items, state) = (sink.items, sink.stage.state);
        let (in_flight, bound) = (source.most, self.bound());
        self.finish(())?;
        if in_flight > bound {
            let what = format!("{in_flight} items at once, at most {bound}");
            return Err(Error::Protocol(what));
        }
        Ok(Flowed { items, state, in_flight })
    }
}

impl Line {
    /// The first stage.
    pub fn source(&self) -> Source {
        Source {
            stage: self.stage(0),
            numbers: 0..self.job.items,
            in_flight: Arc::clone(&self.in_flight),
            most: 0,
        }
    }

    /// The stages between the first and the last, in order.
    pub fn between(&self) -> impl Iterator<Item = Stage> + '_ {
        (1..self.job.stages - 1).map(|number| self.stage(number))
    }

    /// The last stage.
    pub fn sink(&self) -> Sink {
        Sink {
            stage: self.stage(self.job.stages - 1),
            in_flight: Arc::clone(&self.in_flight),
            items: 0,
        }
    }

    fn stage(&self, number: usize) -> Stage {
        Stage { job: self.job.clone(), number, state: 0 }
    }
}

impl Source {
    /// The next item, as it leaves the first stage; `None` after the last.
    ///
    /// # Errors
    /// Those of [`Stage::pass`].
    pub fn make(&mut self) -> Result<Option<Item>, Error> {
        let Some(number) = self.numbers.next() else { return Ok(None) };
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.most = self.most.max(before + 1);
        self.stage.pass(Item(number as u64)).map(Some)
    }

    /// Why the stage after this one is gone before the last item.
    pub fn alone(&self) -> Error {
        self.stage.alone()
    }
}

impl Stage {
    /// What this stage makes of an item.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn pass(&mut self, item: Item) -> Result<Item, Error> {
        let _span = self.job.context().span(self.number, State::Compute);
        self.job.context().grain(self.number)?;
        self.state = kernel::churn(self.state ^ item.0, self.job.rounds);
        Ok(Item(self.state))
    }

    /// Why the stage after this one is gone before the last item.
    pub fn alone(&self) -> Error {
        let gone = "the next stage left".to_owned();
        self.job.context().cause().unwrap_or(Error::WorkerDied(gone))
    }
}

impl Sink {
    /// Takes an item out.
    ///
    /// # Errors
    /// Those of [`Stage::pass`].
    pub fn take(&mut self, item: Item) -> Result<(), Error> {
        self.stage.pass(item)?;
        self.items += 1;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;
    use std::collections::VecDeque;

    fn job(stages: usize, places: usize, items: usize) -> Job<Pipeline> {
        Job::new(&Pipeline { stages, places, items, rounds: 3 }, 7).unwrap()
    }

    /// What a model does, on one thread: the first stage makes so many items
    /// before the others take them.
    fn run(job: &Job<Pipeline>, ahead: usize) -> Result<Flowed, Error> {
        let line = job.line();
        let (mut source, mut sink) = (line.source(), line.sink());
        let mut between: Vec<Stage> = line.between().collect();
        let mut waiting = VecDeque::new();
        let mut more = true;
        while more || !waiting.is_empty() {
            while more && waiting.len() < ahead {
                let made = source.make()?;
                more = made.is_some();
                waiting.extend(made);
            }
            if let Some(mut item) = waiting.pop_front() {
                for stage in &mut between {
                    item = stage.pass(item)?;
                }
                sink.take(item)?;
            }
        }
        job.flowed(source, sink)
    }

    #[test]
    fn every_item_goes_through_every_stage() {
        for stages in [2, 3, 4, 9] {
            for items in [0, 1, 2, 100] {
                let job = job(stages, 2, items);
                let flowed = run(&job, 2).unwrap();
                assert_eq!(flowed, Pipeline::reference(&job));
                assert_eq!(flowed.in_flight, items.min(2));
            }
        }
    }

    #[test]
    fn more_items_at_once_than_the_bound_are_an_error() {
        let job = job(2, 3, 100);
        assert_eq!(job.bound(), 5);
        assert_eq!(run(&job, 5).unwrap().in_flight, 5);
        let why = run(&job, 6).err();
        assert!(matches!(why, Some(Error::Protocol(_))), "{why:?}");
    }

    #[test]
    fn items_that_are_lost_changed_or_exchanged_are_another_answer() {
        let job = job(3, 2, 4);
        let right = Pipeline::reference(&job);
        let of = |numbers: &[u64]| {
            let line = job.line();
            let (mut source, mut sink) = (line.source(), line.sink());
            let mut between: Vec<Stage> = line.between().collect();
            for number in numbers {
                source.make().unwrap();
                let item = between[0].pass(Item(*number)).unwrap();
                sink.take(item).unwrap();
            }
            job.flowed(source, sink).unwrap()
        };
        let mut first = job.line().source();
        let mut items = Vec::new();
        while let Some(Item(number)) = first.make().unwrap() {
            items.push(number);
        }
        assert_eq!(of(&items), right);
        for (one, other) in [(0, 1), (1, 2), (2, 3)] {
            let mut wrong = items.clone();
            wrong.swap(one, other);
            assert_ne!(of(&wrong), right);
            let mut wrong = items.clone();
            wrong[one] += 1;
            assert_ne!(of(&wrong), right);
        }
        assert_ne!(of(&items[..3]), right);
        let lost = Flowed { items: 3, ..Pipeline::reference(&job) };
        assert_ne!(Pipeline::digest(&lost), Pipeline::digest(&right));
    }

    #[test]
    fn a_stage_that_is_gone_says_why() {
        let job = job(2, 1, 3).under(&Context::new());
        let source = job.line().source();
        assert!(matches!(source.alone(), Error::WorkerDied(_)));
        job.context().cancel();
        assert_eq!(source.alone(), Error::Cancelled);
        let ended = job.flowed(source, job.line().sink()).err();
        assert_eq!(ended, Some(Error::Cancelled));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (stages, places, items) in
            [(1, 1, 1), (4, 0, 1), (4, usize::MAX / 2, 1), (4, 1, usize::MAX)]
        {
            let size = Pipeline { stages, places, items, rounds: 3 };
            assert!(Job::new(&size, 7).is_err(), "{size:?}");
        }
    }
}
