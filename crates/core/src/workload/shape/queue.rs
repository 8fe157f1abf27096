//! A run of `shape`: what its lanes share, what each of them has done, and the
//! kernels that they call.

use super::{Shape, Tasks};
use crate::compute::churned;
use crate::trace::{State, monotonic};
use crate::{Error, Job, Latencies, Together};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// What the lanes of one run share: which task is next, the lock, and the time
/// of the start.
///
/// The lock is the standard library's in every model: none is held across an
/// await, and then tokio's documentation prefers it to a lock of its own.
pub struct Queue {
    next: AtomicUsize,
    lock: Lock,
    /// By the monotonic clock, which all processes share.
    begin: u64,
}

/// It shares its cache lines with nothing: lanes that wait for it do not slow
/// down those that take a task.
#[derive(Default)]
#[repr(align(128))]
struct Lock(Mutex<()>);

/// What a lane has done.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    tasks: usize,
    sum: u64,
    /// When its last task ended, in nanoseconds after the start, and the
    /// latency of each: only where tasks arrive at a rate.
    end: u64,
    latencies: Vec<u32>,
}

/// What all lanes have done.
#[derive(Debug)]
pub struct Shaped {
    /// How many tasks were done.
    pub tasks: usize,
    /// The sum of their answers, each of which depends on the number of its
    /// task and on every round of its compute.
    pub sum: u64,
    /// How long each task took, from its arrival; none without a rate, and
    /// none where the run was saturated.
    pub latencies: Option<Latencies>,
    /// Whether tasks arrived faster than they were done. Latencies then say
    /// how long the run went on, and are no property of the model.
    pub saturated: bool,
}

/// Latencies are measured, not answered: they are not compared.
impl PartialEq for Shaped {
    fn eq(&self, other: &Self) -> bool {
        (self.tasks, self.sum) == (other.tasks, other.sum)
    }
}

impl Shaped {
    pub(super) fn of(tasks: usize, sum: u64) -> Self {
        Self { tasks, sum, latencies: None, saturated: false }
    }
}

/// A run is saturated that ends later after the last arrival than the longest
/// task and this, or this part of the time until then.
const SLACK: u64 = 10_000_000;
const PART: u64 = 10;

impl Queue {
    /// When the run began, by the monotonic clock.
    pub(super) fn begin(&self) -> u64 {
        self.begin
    }

    fn since_begin(&self) -> u64 {
        monotonic().saturating_sub(self.begin)
    }

    fn is_free(&self) -> Option<MutexGuard<'_, ()>> {
        match self.lock.0.try_lock() {
            Ok(guard) => Some(guard),
            // It guards no value that a panic could leave half-done.
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}

impl Tally {
    #[cfg(test)]
    pub(super) fn ended(
        tasks: usize,
        sum: u64,
        end: u64,
        latencies: Vec<u32>,
    ) -> Self {
        Self { tasks, sum, end, latencies }
    }

    /// What two lanes have done together.
    pub fn and(mut self, other: Self) -> Self {
        self.tasks += other.tasks;
        self.sum = self.sum.wrapping_add(other.sum);
        self.end = self.end.max(other.end);
        self.latencies.extend(other.latencies);
        self
    }
}

impl Job<Shape> {
    /// A queue with all tasks; the clock of the run starts now.
    pub fn queue(&self) -> Queue {
        Queue {
            next: AtomicUsize::new(0),
            lock: Lock::default(),
            begin: self.begin.unwrap_or_else(monotonic),
        }
    }

    /// The numbers of the lanes, to start one for each.
    pub fn lanes(&self) -> Together {
        Together::new(self.context().token(), 0..self.at_once())
    }

    /// The tasks of one lane: the next one, again and again, until none is
    /// left. Where each task has a lane of its own, one.
    pub fn tasks<'a>(
        &'a self,
        queue: &'a Queue,
    ) -> impl Iterator<Item = usize> + 'a {
        let Tasks { first, step, count, at_once, .. } = **self;
        let most = if at_once >= count { 1 } else { count };
        let take = move |_| {
            // Each number is given out once, whatever order lanes see.
            let index = queue.next.fetch_add(1, Ordering::Relaxed);
            (index < count).then(|| first + index * step)
        };
        (0..most).map_while(take)
    }

    /// How long it takes until a task arrives; none if it is there.
    pub fn arrives_in(&self, queue: &Queue, task: usize) -> Option<Duration> {
        self.rate?;
        let left = self.arrival(task).saturating_sub(queue.since_begin());
        (left > 0).then(|| Duration::from_nanos(left))
    }

    /// The compute before the wait.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn before(&self, queue: &Queue, task: usize) -> Result<u64, Error> {
        let half = self.rounds_of(task) / 2;
        self.half(queue, task, self.seed_of(task), half)
    }

    /// The compute after the wait, with which the task is done.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn after(
        &self,
        queue: &Queue,
        task: usize,
        state: u64,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        let rounds = self.rounds_of(task);
        let half = rounds - rounds / 2;
        let answer = self.half(queue, task, state, half)?;
        tally.tasks += 1;
        tally.sum = tally.sum.wrapping_add(answer);
        if self.rate.is_some() {
            tally.end = queue.since_begin();
            let latency = tally.end.saturating_sub(self.arrival(task));
            tally.latencies.push(u32::try_from(latency).unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// What all lanes have done, as one answer.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn answer(
        &self,
        tallies: impl IntoIterator<Item = Tally>,
    ) -> Result<Shaped, Error> {
        let all = tallies.into_iter().reduce(Tally::and).unwrap_or_default();
        let mut answer = Shaped::of(all.tasks, all.sum);
        if self.rate.is_some() {
            // A latency that cannot be counted is none that was measured.
            let beyond = all.latencies.contains(&u32::MAX);
            answer.saturated = beyond || self.is_late(all.end)?;
            let latencies = Latencies::from(all.latencies);
            answer.latencies = (!answer.saturated).then_some(latencies);
        }
        self.finish(answer)
    }

    /// Whether the end of a run shows that tasks arrived faster than they were
    /// done.
    fn is_late(&self, end: u64) -> Result<bool, Error> {
        let last = self.end()?;
        let longest = u64::try_from(self.longest().as_nanos());
        let slack = SLACK.max(last / PART);
        let due = last.saturating_add(longest.unwrap_or(u64::MAX));
        Ok(end > due.saturating_add(slack))
    }

    fn half(
        &self,
        queue: &Queue,
        task: usize,
        mut state: u64,
        half: u64,
    ) -> Result<u64, Error> {
        let locked = self.under_lock(half);
        if locked < half || half == 0 {
            state = self.churn(task, state, half - locked)?;
        }
        if locked > 0 {
            let _held = self.hold(queue, task);
            state = self.churn(task, state, locked)?;
        }
        Ok(state)
    }

    /// The lock, once it is free. A task that has it computes, and looks at the
    /// cancel flag: a wait for it has an end.
    fn hold<'a>(&self, queue: &'a Queue, task: usize) -> MutexGuard<'a, ()> {
        if let Some(held) = queue.is_free() {
            return held;
        }
        let _span = self.context().span(task, State::Lock);
        self.context().blocks(|| {
            queue.lock.0.lock().unwrap_or_else(PoisonError::into_inner)
        })
    }

    fn churn(
        &self,
        task: usize,
        state: u64,
        rounds: u64,
    ) -> Result<u64, Error> {
        let _span = self.context().span(task, State::Compute);
        churned(self.context(), task, state, rounds)
    }
}
