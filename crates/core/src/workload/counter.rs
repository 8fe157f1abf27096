//! `counter`: tasks that add to one number.

use super::bound;
use crate::seed;
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Tasks that add to one number, one at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// How many tasks.
    pub tasks: usize,
    /// How often each adds one.
    pub adds: usize,
    /// How the number is shared.
    pub form: Form,
    /// How many additions come between two looks at the cancel flag.
    pub grain: usize,
}

/// How tasks share the number they add to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Under one lock, taken for each addition.
    Lock,
    /// One atomic number.
    Atomic,
    /// One atomic number for every few tasks, added up at the end.
    Sharded,
    /// One number that is read and written without a lock, as `c += 1` does it:
    /// additions get lost where two tasks read the same. Never measured, since
    /// its answer is wrong; shown by what it loses.
    Unlocked,
    /// The same with a step between the read and the write, as in
    /// `t = c; f(); c = t + 1`: a place where threads that take turns may
    /// change.
    Apart,
}

/// The number that tasks add to, in one of its forms.
///
/// The lock is the standard library's in every model: none is held across an
/// await, and then tokio's documentation prefers it to a lock of its own.
pub enum Total {
    /// Under one lock.
    Lock(Mutex<u64>),
    /// One atomic number.
    Atomic(AtomicU64),
    /// Sixteen atomic numbers.
    Sharded(Box<[Shard; SHARDS]>),
    /// One number that is read and then written. The number is atomic, so that
    /// this is defined; the addition is not.
    Unlocked(AtomicU64),
    /// The same with a look at the context in between.
    Apart(AtomicU64),
}

const SHARDS: usize = 16;

/// An atomic number that shares its cache lines with no other.
#[derive(Default)]
#[repr(align(128))]
pub struct Shard(AtomicU64);

impl Workload for Counter {
    const NAME: &'static str = "counter";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str = "one number that every task writes";
    const OMITS: &'static str =
        "work under the lock: it is held for one addition";
    const UNIT: &'static str = "addition";
    const POINT: Point = Point::Work;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let tasks = match size {
            Size::Quick => 16,
            Size::Full => 64,
        };
        let forms = [Form::Lock, Form::Atomic, Form::Sharded];
        let of = |form| Self { tasks, adds: 10_000, form, grain: 1000 };
        forms.map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        Self { tasks: items, adds: 100, grain: 10, form: self.form }
    }

    fn items(&self) -> usize {
        self.tasks.saturating_mul(self.adds)
    }

    /// The lock is what programs ask about; the other forms are its remedies.
    fn is_usual(&self) -> bool {
        self.form == Form::Lock
    }

    fn label(&self) -> String {
        let form = match self.form {
            Form::Lock => "lock",
            Form::Atomic => "atomic",
            Form::Sharded => "sharded",
            Form::Unlocked => "unlocked",
            Form::Apart => "apart",
        };
        format!("{form}-{}x{}", self.tasks, self.adds)
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        if self.tasks.checked_mul(self.adds).is_none() {
            let Self { tasks, adds, .. } = self;
            let what = format!("{tasks} times {adds} additions overflow");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.tasks, 256)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> u64 {
        input.items() as u64
    }

    fn digest(output: &u64) -> u64 {
        seed::digest([*output])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = bound::together(1, |_| {
            let mut total = 0u64;
            for _ in 0..job.items() {
                total = black_box(total) + 1;
            }
            black_box(total);
        })?;
        let (what, time) = match job.form {
            // Workers that share no cache line do not wait for each other.
            Form::Sharded => (
                "one thread, no lock / workers",
                time / u32::try_from(workers).unwrap_or(u32::MAX),
            ),
            _ => ("one thread, no lock", time),
        };
        Ok(Limit::of(what, time))
    }
}

impl Counter {
    /// A number to add to, zero.
    pub fn total(&self) -> Total {
        match self.form {
            Form::Lock => Total::Lock(Mutex::default()),
            Form::Atomic => Total::Atomic(AtomicU64::default()),
            Form::Sharded => Total::Sharded(Box::default()),
            Form::Unlocked => Total::Unlocked(AtomicU64::default()),
            Form::Apart => Total::Apart(AtomicU64::default()),
        }
    }
}

impl Job<Counter> {
    /// All additions of one task, each on its own.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn add(&self, task: usize, total: &Total) -> Result<(), Error> {
        let _span = self.context().span(task, State::Compute);
        let mut left = self.adds;
        while left > 0 {
            self.context().grain(task)?;
            let adds = left.min(self.grain);
            match total {
                Total::Apart(total) => self.add_apart(task, total, adds)?,
                total => add(task, total, adds),
            }
            left -= adds;
        }
        Ok(())
    }

    fn add_apart(
        &self,
        task: usize,
        total: &AtomicU64,
        adds: usize,
    ) -> Result<(), Error> {
        for _ in 0..adds {
            let before = total.load(Ordering::Relaxed);
            self.context().grain(task)?;
            total.store(before + 1, Ordering::Relaxed);
        }
        Ok(())
    }
}

#[inline(never)]
fn add(task: usize, total: &Total, adds: usize) {
    match total {
        Total::Lock(total) => {
            for _ in 0..adds {
                *total.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            }
        }
        Total::Atomic(total) => add_each(total, adds),
        Total::Sharded(shards) => add_each(&shards[task % SHARDS].0, adds),
        Total::Unlocked(total) | Total::Apart(total) => {
            for _ in 0..adds {
                let before = total.load(Ordering::Relaxed);
                total.store(black_box(before + 1), Ordering::Relaxed);
            }
        }
    }
}

fn add_each(total: &AtomicU64, adds: usize) {
    for _ in 0..adds {
        total.fetch_add(1, Ordering::Relaxed);
    }
}

impl Total {
    /// What was added, once all tasks are joined.
    pub fn sum(&self) -> u64 {
        match self {
            Self::Lock(total) => {
                *total.lock().unwrap_or_else(PoisonError::into_inner)
            }
            Self::Atomic(total)
            | Self::Unlocked(total)
            | Self::Apart(total) => total.load(Ordering::Relaxed),
            Self::Sharded(shards) => {
                shards.iter().map(|shard| shard.0.load(Ordering::Relaxed)).sum()
            }
        }
    }
}
