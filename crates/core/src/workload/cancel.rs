//! `cancel`: tasks that run or wait without end, until they are stopped.

use crate::trace::{State, monotonic};
use crate::{
    Context, Error, Job, Latencies, Limit, Point, Size, Steps, Together,
    Workload, kernel, preflight, seed,
};
use event_listener::{Event, Listener, listener};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Tasks without an end, which are stopped once they are under way, in the way
/// that the model's library has for it: how long it takes until each is gone,
/// and how much is still computed in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// How many tasks.
    pub tasks: usize,
    /// What they do until then.
    pub form: Doing,
}

/// What a task does until it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Doing {
    /// It waits.
    Waiting,
    /// It computes in grains of some tens of microseconds; a task of an async
    /// runtime lets others go on after each.
    Computing,
}

/// So many rounds of [`kernel::churn`] are a grain: some tens of microseconds.
const GRAIN: u64 = 1 << 15;

/// More tasks that compute would take each other's time only.
const MOST_COMPUTING: usize = 64;

/// How long a task waits that nobody stops.
const HOUR: Duration = Duration::from_secs(3600);

/// What became of the tasks.
#[derive(Debug)]
pub struct Stopped {
    /// How many tasks are gone.
    pub gone: usize,
    /// How many are left, and run or wait on.
    pub left: usize,
    /// How long after the stop each was gone.
    pub latencies: Latencies,
    /// How many grains were begun after the stop.
    pub vain: usize,
}

/// What is measured is not answered: it is not compared.
impl PartialEq for Stopped {
    fn eq(&self, other: &Self) -> bool {
        (self.gone, self.left) == (other.gone, other.left)
    }
}

impl Workload for Cancel {
    const NAME: &'static str = "cancel";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "stopping very many tasks, and knowing that they are gone";
    const OMITS: &'static str =
        "what a task has to tidy up: it holds nothing but its number";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = Stopped;

    fn sizes(size: Size) -> Vec<Self> {
        let computing = match size {
            Size::Quick => MOST_COMPUTING,
            Size::Full => 256,
        };
        vec![
            Self { tasks: 1_000, form: Doing::Waiting },
            Self { tasks: computing, form: Doing::Computing },
        ]
    }

    /// Few of them compute.
    fn with_items(&self, items: usize) -> Self {
        let tasks = match self.form {
            Doing::Waiting => items,
            Doing::Computing => items.min(MOST_COMPUTING),
        };
        Self { tasks, ..*self }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    /// Its figure is no time of a run: it is taken by name.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let form = match self.form {
            Doing::Waiting => "waiting",
            Doing::Computing => "computing",
        };
        format!("{}-{form}", self.tasks)
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        preflight::memory(self.tasks, 1024)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Stopped {
        let latencies = Latencies::default();
        Stopped { gone: input.tasks, left: 0, latencies, vain: 0 }
    }

    fn digest(output: &Stopped) -> u64 {
        seed::digest([output.gone as u64, output.left as u64])
    }

    fn limit(_job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        let what = "none: the start and the end of a task are the model's";
        Ok(Limit::untimed(what))
    }

    /// How long after the stop each task was gone.
    fn steps(output: &Stopped) -> Steps<'_> {
        Steps::Timed(&output.latencies)
    }

    fn vain(output: &Stopped) -> Option<u64> {
        Some(output.vain as u64)
    }
}

/// The tasks of one run, as the one that stops them sees them; a counted
/// handle.
#[derive(Clone)]
pub struct Crowd(Arc<Shared>);

struct Shared {
    job: Job<Cancel>,
    /// So many tasks are to be under way before they are stopped.
    expected: usize,
    /// How many were, or have ended before that.
    begun: AtomicUsize,
    /// How many members there were, and when each was gone: zero for one that
    /// is not.
    members: AtomicUsize,
    gone: Vec<AtomicU64>,
    left: AtomicUsize,
    changed: Event,
    /// When the tasks were stopped, by the monotonic clock; zero before.
    stopped: AtomicU64,
    vain: AtomicUsize,
}

/// What a task owns as long as it is there: it is gone once this is dropped.
pub struct Presence {
    crowd: Crowd,
    task: usize,
    begun: bool,
}

impl Job<Cancel> {
    /// The tasks of this run, which are stopped once `expected` of them are
    /// under way, or all: a pool begins no more than it has workers.
    pub fn crowd(&self, expected: usize) -> Crowd {
        let zero = |_| AtomicU64::new(0);
        Crowd(Arc::new(Shared {
            job: self.clone(),
            expected: expected.min(self.tasks),
            begun: AtomicUsize::new(0),
            members: AtomicUsize::new(0),
            gone: (0..self.tasks).map(zero).collect(),
            left: AtomicUsize::new(0),
            changed: Event::new(),
            stopped: AtomicU64::new(0),
            vain: AtomicUsize::new(0),
        }))
    }
}

impl Crowd {
    /// The members, to start a task for each that owns it. There are no more
    /// once the run was stopped.
    pub fn members(&self) -> impl Iterator<Item = Presence> {
        let token = self.context().token();
        Together::new(token, 0..self.0.job.tasks).map(|task| {
            self.0.members.fetch_add(1, Ordering::Relaxed);
            self.0.left.fetch_add(1, Ordering::Relaxed);
            Presence { crowd: self.clone(), task, begun: false }
        })
    }

    fn context(&self) -> &Context {
        self.0.job.context()
    }

    fn is_under_way(&self) -> bool {
        self.0.begun.load(Ordering::Acquire) >= self.0.expected
    }

    /// Waits, on a thread, until the tasks are under way, or the run is stopped
    /// from elsewhere.
    pub fn gathered(&self) {
        loop {
            listener!(self.0.changed => changed);
            if self.is_under_way() || self.context().cause().is_some() {
                return;
            }
            changed.wait_timeout(Context::SLICE);
        }
    }

    /// Waits until the tasks are under way.
    ///
    /// # Errors
    /// The cause, if the run is stopped from elsewhere.
    pub async fn under_way(&self) -> Result<(), Error> {
        let begun = async {
            loop {
                listener!(self.0.changed => changed);
                if self.is_under_way() {
                    return Ok(());
                }
                changed.await;
            }
        };
        self.context().unless_stopped(begun).await
    }

    /// Notes that the tasks are told to stop now: the clock starts.
    pub fn stop(&self) {
        self.0.stopped.store(monotonic(), Ordering::Release);
    }

    /// Waits until every task is gone.
    pub async fn emptied(&self) {
        loop {
            listener!(self.0.changed => changed);
            if self.0.left.load(Ordering::Acquire) == 0 {
                return;
            }
            changed.await;
        }
    }

    /// What became of the tasks.
    ///
    /// # Errors
    /// The cause, if the run was stopped from elsewhere.
    pub fn answer(&self) -> Result<Stopped, Error> {
        let Shared { job, members, gone, left, stopped, vain, .. } = &*self.0;
        let stopped = stopped.load(Ordering::Acquire);
        let left = left.load(Ordering::Acquire);
        let ends = gone.iter().map(|gone| gone.load(Ordering::Relaxed));
        let took = ends.filter(|end| *end > 0).map(|end| {
            u32::try_from(end.saturating_sub(stopped)).unwrap_or(u32::MAX)
        });
        let latencies: Latencies = took.collect();
        let gone = members.load(Ordering::Relaxed) - left;
        let vain = vain.load(Ordering::Relaxed);
        job.finish(Stopped { gone, left, latencies, vain })
    }
}

impl Presence {
    /// The task is under way.
    ///
    /// # Errors
    /// The cause, if the run was stopped; the fault of this task stops it.
    pub fn begin(&mut self) -> Result<(), Error> {
        let context = self.crowd.context();
        context.note(context.grain(self.task))?;
        self.count();
        Ok(())
    }

    /// Whether it computes until it is stopped; otherwise it waits.
    pub fn computes(&self) -> bool {
        self.crowd.0.job.form == Doing::Computing
    }

    /// How long it waits, should nobody stop it.
    pub fn wait(&self) -> Duration {
        HOUR
    }

    /// Computes one grain.
    ///
    /// # Errors
    /// The cause, if the run was stopped; the fault of this task stops it.
    pub fn grain(&self) -> Result<(), Error> {
        let Shared { job, stopped, vain, .. } = &*self.crowd.0;
        let context = job.context();
        let _span = context.span(self.task, State::Compute);
        context.note(context.grain(self.task))?;
        if stopped.load(Ordering::Relaxed) > 0 {
            vain.fetch_add(1, Ordering::Relaxed);
        }
        black_box(kernel::churn(black_box(self.task as u64), GRAIN));
        Ok(())
    }

    fn count(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            self.crowd.0.begun.fetch_add(1, Ordering::Release);
            if self.crowd.is_under_way() {
                self.crowd.0.changed.notify(usize::MAX);
            }
        }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if thread::panicking() {
            // Nobody else may be there to tell.
            let what = "a task panicked".to_owned();
            self.crowd.context().stop(Error::Panicked(what));
        }
        // One that has ended is not waited for.
        self.count();
        let Shared { gone, left, changed, .. } = &*self.crowd.0;
        gone[self.task].store(monotonic().max(1), Ordering::Relaxed);
        if left.fetch_sub(1, Ordering::AcqRel) == 1 {
            changed.notify(usize::MAX);
        }
    }
}

/// A flag that threads look at and wait for: how threads are told to stop,
/// since they cannot be made to.
#[derive(Default)]
pub struct Flag {
    /// For those that only look.
    raised: AtomicBool,
    /// For those that wait.
    lock: Mutex<()>,
    changed: Condvar,
}

impl Flag {
    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Raises it, and wakes who waits for that.
    pub fn raise(&self) {
        let held = self.lock();
        self.raised.store(true, Ordering::Release);
        drop(held);
        self.changed.notify_all();
    }

    /// Whether it is raised.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Acquire)
    }

    /// Waits until it is raised.
    pub fn wait(&self) {
        let lowered = |(): &mut ()| !self.is_raised();
        drop(self.changed.wait_while(self.lock(), lowered));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_lite::future;

    fn job(tasks: usize, form: Doing) -> Job<Cancel> {
        Job::new(&Cancel { tasks, form }, 7).unwrap()
    }

    #[test]
    fn who_is_left_is_seen_in_the_answer() {
        let job = job(3, Doing::Computing);
        let crowd = job.crowd(3);
        let mut members: Vec<_> = crowd.members().collect();
        members.iter_mut().for_each(|member| member.begin().unwrap());
        future::block_on(crowd.under_way()).unwrap();
        members[0].grain().unwrap();
        crowd.stop();
        members[1].grain().unwrap();
        members.pop();
        let early = crowd.answer().unwrap();
        assert_eq!((early.gone, early.left, early.vain), (1, 2, 1));
        assert_ne!(early, Cancel::reference(&job));
        members.clear();
        future::block_on(crowd.emptied());
        let answer = crowd.answer().unwrap();
        assert_eq!(answer, Cancel::reference(&job));
        assert_eq!(answer.latencies.nanos().len(), 3);
    }

    #[test]
    fn a_task_that_ends_before_it_began_is_not_waited_for() {
        let job = job(2, Doing::Waiting);
        let crowd = job.crowd(9);
        crowd.members().for_each(drop);
        crowd.gathered();
        assert_eq!(crowd.answer().unwrap(), Cancel::reference(&job));
    }

    #[test]
    fn a_run_that_is_stopped_from_elsewhere_waits_for_nobody() {
        let job = job(2, Doing::Waiting);
        let crowd = job.crowd(2);
        let mut members = crowd.members();
        let mut first = members.next().unwrap();
        job.context().cancel();
        assert!(members.next().is_none());
        assert_eq!(first.begin(), Err(Error::Cancelled));
        crowd.gathered();
        let waited = future::block_on(crowd.under_way());
        assert_eq!(waited, Err(Error::Cancelled));
        assert_eq!(crowd.answer().err(), Some(Error::Cancelled));
    }

    #[test]
    fn a_raised_flag_ends_every_wait() {
        let flag = Flag::default();
        thread::scope(|scope| {
            let waiters = [(); 3].map(|()| scope.spawn(|| flag.wait()));
            assert!(!flag.is_raised());
            flag.raise();
            for waiter in waiters {
                waiter.join().unwrap();
            }
        });
        assert!(flag.is_raised());
        flag.wait();
    }
}
