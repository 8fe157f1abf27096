//! `sleepers`: very many tasks that wait at the same time.

use super::short;
use crate::trace::{State, Trace};
use crate::{
    Error, Job, Limit, Point, Size, Together, Workload, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Tasks that do nothing but wait for a timer, all of them at the same time:
/// what a task costs that waits, above all in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sleepers {
    /// How many tasks.
    pub tasks: usize,
    /// How long a task waits, by the model's own timer. It waits so long again
    /// as often as it wakes up before all tasks are there.
    pub wait: Duration,
}

/// What a task takes at most in the models that have the lightest ones: its
/// state, its timer, and the handle by which it is joined.
const TASK_BYTES: usize = 512;

/// What all tasks did.
#[derive(Debug, PartialEq, Eq)]
pub struct Slept {
    /// How many tasks have waited and left.
    pub tasks: usize,
    /// The most that waited at the same time.
    pub at_once: usize,
    /// The sum of the tasks' numbers.
    pub sum: u64,
}

impl Workload for Sleepers {
    const NAME: &'static str = "sleepers";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "what a task costs that waits, while very many others do";
    const OMITS: &'static str =
        "what a task keeps while it waits: it has a number, and nothing else";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Paced;
    const WEIGHED: bool = true;

    type Input = Self;
    type Output = Slept;

    fn sizes(size: Size) -> Vec<Self> {
        let of =
            |tasks, millis| Self { tasks, wait: Duration::from_millis(millis) };
        match size {
            Size::Quick => vec![of(1_000, 50)],
            // So long that most models have started all before the first wakes.
            Size::Full => {
                vec![of(10_000, 200), of(100_000, 500), of(1_000_000, 3_000)]
            }
        }
    }

    fn with_items(&self, items: usize) -> Self {
        let wait = self.wait.min(Duration::from_millis(1));
        Self { tasks: items, wait }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    /// The time of any size is its wait; what is asked of them is memory.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        format!("{}x{}", self.tasks, short(self.wait))
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        let (tasks, most) = (self.tasks, u32::MAX);
        if u32::try_from(tasks).is_err() {
            let what = format!("{tasks} tasks; at most {most}");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.tasks, TASK_BYTES)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Slept {
        let tasks = input.tasks;
        Slept { tasks, at_once: tasks, sum: (0..tasks as u64).sum() }
    }

    fn digest(output: &Slept) -> u64 {
        let Slept { tasks, at_once, sum } = output;
        seed::digest([*tasks as u64, *at_once as u64, *sum])
    }

    fn limit(job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        let time = if job.tasks == 0 { Duration::ZERO } else { job.wait };
        Ok(Limit::paced("the wait, of all at once", time, Duration::ZERO))
    }
}

/// Where the tasks of one run wait. Nobody leaves before all are there.
pub struct Hall {
    job: Job<Sleepers>,
    /// When each task came, by the clock of the trace, where there is one.
    came: Option<(Trace, Vec<AtomicU64>)>,
    count: Count,
}

/// It shares its cache lines with nothing that tasks only read.
#[derive(Default)]
#[repr(align(128))]
struct Count {
    /// How many are there now.
    now: AtomicUsize,
    /// The most that were.
    most: AtomicUsize,
    /// How many have left.
    left: AtomicUsize,
}

/// In place of a time at which a task came.
const NEVER: u64 = u64::MAX;

impl Job<Sleepers> {
    /// Where the tasks of this run wait.
    ///
    /// # Errors
    /// [`Error::Resource`] without memory for the times of a trace.
    pub fn hall(&self) -> Result<Hall, Error> {
        let times = |trace: &Trace| -> Result<_, Error> {
            preflight::memory(self.tasks, size_of::<AtomicU64>())?;
            let never = |_| AtomicU64::new(NEVER);
            Ok((trace.clone(), (0..self.tasks).map(never).collect()))
        };
        let came = self.context().trace().map(times).transpose()?;
        Ok(Hall { job: self.clone(), came, count: Count::default() })
    }

    /// The numbers of the tasks, to start one for each. A number is short, so
    /// that it and the state of a future that waits fill one word.
    pub fn sleepers(&self) -> impl Iterator<Item = u32> + use<> {
        let all = Together::new(self.context().token(), 0..self.tasks);
        all.map(|task| task as u32)
    }
}

impl Hall {
    /// How long a task waits before it asks whether it may leave.
    pub fn wait(&self) -> Duration {
        self.job.wait
    }

    /// A task comes, and is about to wait.
    ///
    /// # Errors
    /// The cause, if the run was stopped; the fault of this task stops it.
    pub fn enter(&self, task: u32) -> Result<(), Error> {
        let task = task as usize;
        let context = self.job.context();
        context.note(context.grain(task))?;
        if let Some((trace, came)) = &self.came {
            came[task].store(trace.now(), Ordering::Relaxed);
        }
        let Count { now, most, .. } = &self.count;
        let there = now.fetch_add(1, Ordering::Relaxed) + 1;
        most.fetch_max(there, Ordering::Relaxed);
        Ok(())
    }

    /// Waits on the calling thread, which is occupied.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn sleep(&self, task: u32) -> Result<(), Error> {
        let task = task as usize;
        if let Some((_, came)) = &self.came {
            // The thread records its own wait.
            came[task].store(NEVER, Ordering::Relaxed);
        }
        self.job.context().sleep(task, self.job.wait)
    }

    /// A task has waited: its number, with which it leaves. `None` as long as
    /// not all tasks are there; then it waits again.
    #[inline]
    pub fn leave(&self, task: u32) -> Option<u64> {
        let Count { now, most, left } = &self.count;
        if most.load(Ordering::Relaxed) < self.job.tasks {
            return None;
        }
        if let Some((trace, came)) = &self.came {
            let began = came[task as usize].load(Ordering::Relaxed);
            if began != NEVER {
                trace.record_unattached(task as usize, State::Io, began);
            }
        }
        now.fetch_sub(1, Ordering::Relaxed);
        left.fetch_add(1, Ordering::Relaxed);
        Some(task.into())
    }

    /// What all tasks did, with the sum of their numbers; once all are joined.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn answer(&self, sum: u64) -> Result<Slept, Error> {
        let Count { most, left, .. } = &self.count;
        let tasks = left.load(Ordering::Relaxed);
        let at_once = most.load(Ordering::Relaxed);
        self.job.finish(Slept { tasks, at_once, sum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Watch};

    fn job(tasks: usize) -> Job<Sleepers> {
        let wait = Duration::from_micros(10);
        Job::new(&Sleepers { tasks, wait }, 7).unwrap()
    }

    #[test]
    fn nobody_leaves_before_all_are_there() {
        let job = job(3);
        let hall = job.hall().unwrap();
        let mut numbers = job.sleepers();
        hall.enter(numbers.next().unwrap()).unwrap();
        hall.enter(numbers.next().unwrap()).unwrap();
        assert_eq!((hall.leave(0), hall.leave(1)), (None, None));
        hall.enter(numbers.next().unwrap()).unwrap();
        assert_eq!(numbers.next(), None);
        let sum = (0..3).map(|task| hall.leave(task).unwrap()).sum();
        assert_eq!(hall.answer(sum), Ok(Sleepers::reference(&job)));
    }

    #[test]
    fn a_task_has_a_number_of_four_bytes() {
        let of = |tasks| Sleepers { tasks, wait: Duration::ZERO }.input(7);
        assert!(of(1000).is_ok());
        let refused = of(1 << 32);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }

    #[test]
    fn an_answer_shows_who_was_left_out() {
        let job = job(3);
        let hall = job.hall().unwrap();
        (0..3).for_each(|task| hall.enter(task).unwrap());
        assert_eq!(hall.leave(2), Some(2));
        let early = hall.answer(3).unwrap();
        assert_ne!(early, Sleepers::reference(&job));
        assert_eq!((early.tasks, early.at_once), (1, 3));
    }

    #[test]
    fn a_stopped_run_lets_nobody_in_and_wakes_who_sleeps() {
        let job = job(2);
        let hall = job.hall().unwrap();
        hall.enter(0).unwrap();
        job.context().cancel();
        assert_eq!(hall.enter(1), Err(Error::Cancelled));
        assert_eq!(hall.sleep(0), Err(Error::Cancelled));
        assert_eq!(hall.answer(1), Err(Error::Cancelled));
    }

    #[test]
    fn a_trace_has_each_wait_once() {
        let trace = Trace::new();
        let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
        let job = job(2).under(&Context::watching(watch).unwrap());
        let hall = job.hall().unwrap();
        (0..2).for_each(|task| hall.enter(task).unwrap());
        // One on a thread, one as a future, which holds no worker.
        hall.sleep(0).unwrap();
        (0..2).for_each(|task| assert!(hall.leave(task).is_some()));
        let spans = trace.spans();
        let of = |task| spans.iter().filter(move |span| span.task == task);
        assert!(of(0).all(|span| span.worker.is_some()));
        assert!(of(1).all(|span| span.worker.is_none()));
        assert_eq!((of(0).count(), of(1).count()), (1, 1));
    }
}
