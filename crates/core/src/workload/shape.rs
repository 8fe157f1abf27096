//! `shape`: tasks that compute, wait and compute, with the shape of a job as
//! parameters.

mod bound;
mod queue;
#[cfg(test)]
mod tests;

pub use queue::{Queue, Shaped, Tally};

use super::{short, skew, speed};
use crate::{
    Error, Job, Limit, Point, Size, Steps, Workload, kernel, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Tasks that compute, wait for a timer, and compute: a job as a person
/// describes it, with the numbers as parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// How many tasks.
    pub tasks: usize,
    /// How long a task computes: one half before its wait, the other after it.
    /// With a skew it is the mean.
    pub compute: Duration,
    /// How long a task waits, by the model's own timer. With zero no timer is
    /// started.
    pub wait: Duration,
    /// How many tasks may be under way at the same time: there are so many
    /// lanes, each of which takes the next task until none is left. With as
    /// many as there are tasks, or more, each task has a lane of its own.
    pub at_once: usize,
    /// The exponent of a Pareto distribution, above 1, from which the compute
    /// of each task is drawn: the closer to 1, the longer are the few long
    /// ones. The draws come from the seed and are scaled so that their sum is
    /// exactly that of equal tasks. None for equal tasks.
    pub skew: Option<f64>,
    /// The share of each half of a task's compute, at its end, that is done
    /// under one lock for all tasks: 0 for none, where no lock is touched, to 1
    /// for all.
    pub lock: f64,
    /// How many tasks arrive in a second: task i comes i / rate seconds after
    /// the start, whether or not a lane is free, and its latency counts from
    /// then. None for all at the start, and no latencies.
    pub rate: Option<f64>,
    /// How many rounds of [`kernel::churn`] make the mean compute, where that
    /// was found out before; otherwise every input finds it out anew.
    #[serde(default)]
    pub rounds: Option<u64>,
}

/// The tasks, with their compute calibrated on this machine. It may also be
/// those of one lane only, as they are sent to another process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tasks {
    seed: u64,
    /// How many there are.
    count: usize,
    /// The number of the first, and how far it is to that of the next.
    first: usize,
    step: usize,
    at_once: usize,
    compute: Duration,
    /// The compute of a mean task, and of each where they differ, in rounds.
    rounds: u64,
    each: Option<Vec<u64>>,
    wait: Duration,
    lock: f64,
    rate: Option<f64>,
    /// When the run began, by the monotonic clock, where that was elsewhere.
    begin: Option<u64>,
}

/// What a task costs at most where all are under way: its state, its place in
/// queues, and the handle by which it is joined.
const TASK_BYTES: usize = 512;

impl Workload for Shape {
    const NAME: &'static str = "shape";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "a job by its numbers: tasks that compute, wait and compute";
    const OMITS: &'static str =
        "memory and I/O: it computes in registers and waits for a timer";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Work;

    type Input = Tasks;
    type Output = Shaped;

    fn sizes(size: Size) -> Vec<Self> {
        let of = |tasks, micros, millis| {
            let compute = Duration::from_micros(micros);
            Self::equal(tasks, compute, Duration::from_millis(millis))
        };
        match size {
            Size::Quick => vec![of(2_000, 10, 0), of(256, 50, 5)],
            Size::Full => {
                let skewed = Self { skew: Some(1.5), ..of(2_000, 10, 0) };
                vec![of(20_000, 10, 0), skewed, of(1_000, 50, 10)]
            }
        }
    }

    /// Short tasks, all at once.
    fn with_items(&self, items: usize) -> Self {
        let compute = self.compute.min(Duration::from_micros(10));
        let wait = self.wait.min(Duration::from_millis(1));
        let (tasks, at_once) = (items, items.max(1));
        Self { tasks, compute, wait, at_once, rounds: None, ..*self }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    fn label(&self) -> String {
        let (compute, wait) = (short(self.compute), short(self.wait));
        let mut label = format!("{}x{compute}+{wait}", self.tasks);
        if self.at_once < self.tasks {
            label += &format!("-{}", self.at_once);
        }
        if let Some(skew) = self.skew {
            label += &format!("-skew{skew}");
        }
        if self.lock > 0.0 {
            // A share has few digits; its product with 100 may have many.
            let percent = (self.lock * 1e10).round() / 1e8;
            label += &format!("-lock{percent}%");
        }
        if let Some(rate) = self.rate {
            label += &format!("-{rate}/s");
        }
        label
    }

    fn input(&self, seed: u64) -> Result<Tasks, Error> {
        self.checked()?;
        let count = self.tasks;
        preflight::memory(self.at_once.min(count), TASK_BYTES)?;
        preflight::memory(count, size_of::<u64>())?;
        let rounds = self.count_rounds()?;
        if rounds.checked_mul(count as u64).is_none() {
            let what = format!("{count} tasks of {rounds} rounds overflow");
            return Err(Error::Invalid(what));
        }
        let each = match self.skew {
            Some(skew) => Some(skew::drawn(seed, count, rounds, skew)?),
            None => None,
        };
        let Self { at_once, compute, wait, .. } = *self;
        let (lock, rate) = (self.lock, self.rate);
        let (first, step, begin) = (0, 1, None);
        let tasks = Tasks {
            seed,
            count,
            first,
            step,
            at_once,
            compute,
            rounds,
            each,
            wait,
            lock,
            rate,
            begin,
        };
        tasks.end()?;
        Ok(tasks)
    }

    /// The compute, calibrated: every process then does the same.
    fn pinned(&self) -> Result<Self, Error> {
        Ok(Self { rounds: Some(self.count_rounds()?), ..self.clone() })
    }

    fn reference(input: &Tasks) -> Shaped {
        let answer =
            |task| kernel::churn(input.seed_of(task), input.rounds_of(task));
        let sum = input.numbers().map(answer).fold(0, u64::wrapping_add);
        Shaped::of(input.count, sum)
    }

    fn digest(output: &Shaped) -> u64 {
        seed::digest([output.tasks as u64, output.sum])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        Ok(bound::limit(job, workers, speed::per_nano()))
    }

    fn steps(output: &Shaped) -> Steps<'_> {
        match &output.latencies {
            _ if output.saturated => Steps::Saturated,
            Some(latencies) => Steps::Timed(latencies),
            None => Steps::Untimed,
        }
    }
}

impl Shape {
    /// Equal tasks, all at once.
    pub fn equal(tasks: usize, compute: Duration, wait: Duration) -> Self {
        let at_once = tasks.max(1);
        let (skew, lock, rate, rounds) = (None, 0.0, None, None);
        Self { tasks, compute, wait, at_once, skew, lock, rate, rounds }
    }

    fn count_rounds(&self) -> Result<u64, Error> {
        speed::rounds(self.rounds, self.compute, "a compute")
    }

    /// # Errors
    /// [`Error::Invalid`] for the first parameter that no run can be made of.
    fn checked(&self) -> Result<(), Error> {
        let refuse = |what| Err(Error::Invalid(what));
        if self.at_once == 0 {
            return refuse(
                "no task may be under way; at_once is at least 1".into(),
            );
        }
        if !(0.0..=1.0).contains(&self.lock) {
            let lock = self.lock;
            return refuse(format!("a lock of {lock}; it is a share, 0 to 1"));
        }
        if let Some(rate) = self.rate
            && !(rate > 0.0 && rate.is_finite())
        {
            return refuse(format!(
                "a rate of {rate}; it is tasks a second, above 0"
            ));
        }
        let alone = self.compute.checked_add(self.wait);
        let tasks = u128::try_from(self.tasks).unwrap_or(u128::MAX);
        let all = alone.and_then(|one| one.as_nanos().checked_mul(tasks));
        if all.is_none_or(|all| all > u128::from(LONGEST)) {
            let Self { tasks, compute, wait, .. } = self;
            return refuse(format!(
                "{tasks} tasks of {compute:?} and {wait:?} take more than a \
                 century"
            ));
        }
        // They are counted in 32 bits.
        let most = Duration::from_secs(4);
        if self.rate.is_some() && alone.is_none_or(|alone| alone > most) {
            return refuse(format!(
                "a rate of tasks that take longer than {most:?}: no longer \
                 latency is recorded"
            ));
        }
        Ok(())
    }
}

/// A century, in nanoseconds: no sum of times overflows.
const LONGEST: u64 = 36_525 * 86_400 * 1_000_000_000;

impl Tasks {
    /// How many tasks there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many lanes there are: tasks that may be under way at the same time,
    /// and are wanted.
    pub fn at_once(&self) -> usize {
        self.at_once.min(self.count)
    }

    /// How long a task waits between its halves; none for no wait.
    pub fn wait(&self) -> Option<Duration> {
        (!self.wait.is_zero()).then_some(self.wait)
    }

    /// Whether a part of the compute is done under a lock.
    pub fn has_lock(&self) -> bool {
        self.lock > 0.0
    }

    /// The tasks of one of `lanes` lanes that cannot ask for the next task:
    /// every `lanes`-th one. `queue` is that of the run.
    pub fn lane(&self, queue: &Queue, lane: usize, lanes: usize) -> Self {
        let numbers = self.numbers().skip(lane).step_by(lanes);
        let each = self.each.as_ref();
        let of = |_| numbers.clone().map(|task| self.rounds_of(task)).collect();
        Self {
            count: numbers.len(),
            first: self.first + lane * self.step,
            step: self.step * lanes,
            at_once: 1,
            each: each.map(of),
            begin: Some(queue.begin()),
            ..*self
        }
    }

    /// The numbers of the tasks, in order.
    fn numbers(&self) -> impl ExactSizeIterator<Item = usize> + Clone + use<> {
        let (first, step) = (self.first, self.step);
        (0..self.count).map(move |index| first + index * step)
    }

    fn rounds_of(&self, task: usize) -> u64 {
        match &self.each {
            Some(each) => each[(task - self.first) / self.step],
            None => self.rounds,
        }
    }

    /// The rounds of one half of a task that are made under the lock.
    fn under_lock(&self, half: u64) -> u64 {
        ((half as f64 * self.lock) as u64).min(half)
    }

    fn seed_of(&self, task: usize) -> u64 {
        seed::part(self.seed, task as u64)
    }

    /// How long the longest task takes, its wait included.
    fn longest(&self) -> Duration {
        let longest = self.numbers().map(|task| self.rounds_of(task)).max();
        let ratio = longest.unwrap_or(0) as f64 / self.rounds.max(1) as f64;
        self.compute.mul_f64(ratio) + self.wait
    }

    /// When a task arrives, in nanoseconds after the start.
    fn arrival(&self, task: usize) -> u64 {
        self.rate.map_or(0, |rate| (task as f64 / rate * 1e9) as u64)
    }

    /// When the last task arrives.
    ///
    /// # Errors
    /// [`Error::Invalid`] where that is without end.
    fn end(&self) -> Result<u64, Error> {
        let last = self.arrival(self.count.saturating_sub(1));
        if last > LONGEST {
            let rate = self.rate.unwrap_or_default();
            return Err(Error::Invalid(format!(
                "at {rate} tasks a second the last of {} arrives after more \
                 than a century",
                self.count
            )));
        }
        Ok(last)
    }
}
