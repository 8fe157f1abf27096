//! `pool`: an executor, and a client that submits tasks to it.

use super::{short, skew, speed};
use crate::compute::churned;
use crate::trace::{State, monotonic};
use crate::{
    Context, Error, Job, Latencies, Limit, Point, Size, Steps, Together,
    Workload, kernel, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// Tasks of very different lengths that one client submits, all at once, as to
/// an executor of Python's `concurrent.futures`; it takes their results as the
/// form says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// How many tasks.
    pub tasks: usize,
    /// How long a task computes in the mean.
    pub compute: Duration,
    /// The exponent of the Pareto distribution, above 1, from which the compute
    /// of each task is drawn: the closer to 1, the longer are the few long
    /// ones. The draws come from the seed and are scaled so that their sum is
    /// exactly that of equal tasks.
    pub skew: f64,
    /// How the client takes the results.
    pub form: Taking,
    /// How many rounds of [`kernel::churn`] make the mean compute, where that
    /// was found out before; otherwise every input finds it out anew.
    #[serde(default)]
    pub rounds: Option<u64>,
}

/// How a client takes the results of the tasks that it has submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Taking {
    /// In the order in which it submitted them: `Executor.map`.
    Ordered,
    /// Each as soon as it is there: `as_completed`.
    Completed,
    /// As soon as they are there; but first it cancels every second task, which
    /// helps for those that have not begun: `Future.cancel`.
    Cancelled,
}

/// The tasks, with their compute calibrated on this machine.
#[derive(Debug, Clone)]
pub struct Orders {
    seed: u64,
    /// How many rounds each task computes.
    each: Vec<u64>,
    form: Taking,
}

/// One task: all that it computes from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    task: usize,
    seed: u64,
    rounds: u64,
}

/// The result of a task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ready {
    task: usize,
    answer: u64,
    /// When it was there, by the monotonic clock, which all processes share.
    at: u64,
}

/// What the client has of its tasks.
#[derive(Debug)]
pub struct Served {
    /// How many tasks it has a result of, or knows to be cancelled.
    pub tasks: usize,
    /// The sum of the answers of those that it did not cancel, each of which
    /// depends on the number of its task and on every round of its compute.
    pub sum: u64,
    /// How many results came before that of an earlier task, where they come in
    /// order.
    pub disorder: usize,
    /// How long after its end each result was with the client.
    pub latencies: Latencies,
    /// How many tasks began although they were cancelled; none where the client
    /// cancels none.
    pub vain: Option<usize>,
}

/// What is measured is not answered: it is not compared.
impl PartialEq for Served {
    fn eq(&self, other: &Self) -> bool {
        let of = |served: &Self| (served.tasks, served.sum, served.disorder);
        of(self) == of(other)
    }
}

/// What a task costs beside its state in a model: its rounds, and whether it
/// has begun.
const TASK_BYTES: usize = 512;

impl Workload for Pool {
    const NAME: &'static str = "pool";
    const FAMILY: &'static str = "tasks";
    const STRESSES: &'static str =
        "an executor: unequal tasks, whose results a client takes or cancels";
    const OMITS: &'static str = "several clients, and tasks that wait";
    const UNIT: &'static str = "task";
    const POINT: Point = Point::Work;

    type Input = Orders;
    type Output = Served;

    fn sizes(size: Size) -> Vec<Self> {
        let (tasks, micros) = match size {
            Size::Quick => (200, 20),
            Size::Full => (2_000, 50),
        };
        let compute = Duration::from_micros(micros);
        let of = |form| Self { tasks, compute, skew: 1.5, form, rounds: None };
        [Taking::Ordered, Taking::Completed, Taking::Cancelled].map(of).into()
    }

    /// Short tasks.
    fn with_items(&self, items: usize) -> Self {
        let compute = self.compute.min(Duration::from_micros(10));
        Self { tasks: items, compute, rounds: None, ..*self }
    }

    fn items(&self) -> usize {
        self.tasks
    }

    /// `shape` says first what unequal tasks cost.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let form = match self.form {
            Taking::Ordered => "ordered",
            Taking::Completed => "completed",
            Taking::Cancelled => "cancelled",
        };
        let (tasks, compute) = (self.tasks, short(self.compute));
        format!("{tasks}x{compute}-skew{}-{form}", self.skew)
    }

    fn input(&self, seed: u64) -> Result<Orders, Error> {
        let Self { tasks, skew, form, .. } = *self;
        preflight::memory(tasks, TASK_BYTES)?;
        let rounds = self.count_rounds()?;
        if rounds.checked_mul(tasks as u64).is_none() {
            let what = format!("{tasks} tasks of {rounds} rounds overflow");
            return Err(Error::Invalid(what));
        }
        let each = skew::drawn(seed, tasks, rounds, skew)?;
        Ok(Orders { seed, each, form })
    }

    /// The compute, calibrated: every process then does the same.
    fn pinned(&self) -> Result<Self, Error> {
        Ok(Self { rounds: Some(self.count_rounds()?), ..self.clone() })
    }

    fn reference(input: &Orders) -> Served {
        let kept = (0..input.each.len()).filter(|task| !input.cancels(*task));
        let answer = |task| {
            let Order { seed, rounds, .. } = input.order(task);
            kernel::churn(seed, rounds)
        };
        let sum = kept.map(answer).fold(0, u64::wrapping_add);
        let latencies = Latencies::default();
        let (tasks, vain) = (input.each.len(), None);
        Served { tasks, sum, disorder: 0, latencies, vain }
    }

    fn digest(output: &Served) -> u64 {
        let Served { tasks, sum, disorder, .. } = output;
        seed::digest([*tasks as u64, *sum, *disorder as u64])
    }

    /// That of the tasks which are not cancelled.
    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let kept = || (0..job.each.len()).filter(|task| !job.cancels(*task));
        let per_nano = speed::per_nano();
        let time = |rounds: u64| {
            Duration::from_secs_f64(rounds as f64 / per_nano / 1e9)
        };
        let work = kept().map(|task| job.each[task]).sum();
        let span = kept().map(|task| job.each[task]).max().unwrap_or(0);
        let what = "all compute / workers, or the longest task";
        Ok(Limit::shared(what, workers, time(work), time(span)))
    }

    fn steps(output: &Served) -> Steps<'_> {
        Steps::Timed(&output.latencies)
    }

    /// One that is cancelled.
    fn may_omit(input: &Orders, task: usize) -> bool {
        input.cancels(task)
    }

    fn vain(output: &Served) -> Option<u64> {
        output.vain.map(|tasks| tasks as u64)
    }
}

impl Pool {
    fn count_rounds(&self) -> Result<u64, Error> {
        speed::rounds(self.rounds, self.compute, "a compute")
    }
}

impl Orders {
    /// How the client takes the results.
    pub fn form(&self) -> Taking {
        self.form
    }

    /// How many tasks there are.
    pub fn tasks(&self) -> usize {
        self.each.len()
    }

    /// Whether the client cancels this task, once all are submitted.
    pub fn cancels(&self, task: usize) -> bool {
        self.form == Taking::Cancelled && task % 2 == 1
    }

    fn order(&self, task: usize) -> Order {
        let seed = seed::part(self.seed, task as u64);
        Order { task, seed, rounds: self.each[task] }
    }
}

impl Order {
    /// The compute of the task.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn work(&self, context: &Context) -> Result<Ready, Error> {
        let Self { task, seed, rounds } = *self;
        let _span = context.span(task, State::Compute);
        let answer = churned(context, task, seed, rounds)?;
        Ok(Ready { task, answer, at: monotonic() })
    }
}

/// What the client and its tasks share: which have begun, and which were
/// cancelled before.
pub struct Desk {
    job: Job<Pool>,
    stages: Vec<AtomicU8>,
}

/// Stages of a task.
const SUBMITTED: u8 = 0;
const BEGUN: u8 = 1;
const CANCELLED: u8 = 2;

/// What the client has of its tasks so far.
pub struct Inbox<'a> {
    desk: &'a Desk,
    tasks: usize,
    sum: u64,
    disorder: usize,
    latest: Option<usize>,
    latencies: Vec<u32>,
}

impl Job<Pool> {
    /// What the client and its tasks share.
    pub fn desk(&self) -> Desk {
        let submitted = |_| AtomicU8::new(SUBMITTED);
        let stages = (0..self.each.len()).map(submitted).collect();
        Desk { job: self.clone(), stages }
    }
}

impl Desk {
    /// What the client keeps of its tasks: nothing yet.
    pub fn inbox(&self) -> Inbox<'_> {
        let (tasks, sum, disorder) = (0, 0, 0);
        let (latest, latencies) = (None, Vec::new());
        Inbox { desk: self, tasks, sum, disorder, latest, latencies }
    }

    /// The numbers of the tasks, in the order in which the client submits them.
    /// There are no more once the run was stopped.
    pub fn tasks(&self) -> Together {
        Together::new(self.job.context().token(), 0..self.stages.len())
    }

    /// The tasks that the client cancels.
    pub fn cancelled(&self) -> impl Iterator<Item = usize> {
        self.tasks().filter(|task| self.job.cancels(*task))
    }

    /// Cancels a task, unless it has begun, and returns whether it did: for
    /// models that cannot cancel what they have in a queue.
    pub fn cancel(&self, task: usize) -> bool {
        self.change(task, CANCELLED)
    }

    /// Whether a task is to be done: it was not cancelled. It has begun then.
    pub fn begin(&self, task: usize) -> bool {
        self.change(task, BEGUN)
    }

    fn change(&self, task: usize, to: u8) -> bool {
        let stage = &self.stages[task];
        let order = Ordering::AcqRel;
        stage.compare_exchange(SUBMITTED, to, order, Ordering::Acquire).is_ok()
    }

    /// What is sent to another process, which does the task.
    pub fn order(&self, task: usize) -> Order {
        self.job.order(task)
    }

    /// Does a task.
    ///
    /// # Errors
    /// The cause, if the run was stopped; the fault of this task stops it.
    pub fn work(&self, task: usize) -> Result<Ready, Error> {
        self.begin(task);
        let context = self.job.context();
        context.note(self.job.order(task).work(context))
    }
}

impl Inbox<'_> {
    /// Takes the result of a task.
    pub fn take(&mut self, ready: Ready) {
        let now = monotonic();
        let Ready { task, answer, at } = ready;
        self.tasks += 1;
        let late = now.saturating_sub(at);
        self.latencies.push(u32::try_from(late).unwrap_or(u32::MAX));
        if self.desk.job.cancels(task) {
            // It was done elsewhere, or here.
            self.desk.begin(task);
        } else {
            self.sum = self.sum.wrapping_add(answer);
        }
        let before = self.latest.replace(task);
        let ordered = self.desk.job.form == Taking::Ordered;
        if ordered && before.is_some_and(|before| before > task) {
            self.disorder += 1;
        }
    }

    /// A task was cancelled: it has no result.
    pub fn gone(&mut self) {
        self.tasks += 1;
    }

    /// What the client has of its tasks.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn answer(self) -> Result<Served, Error> {
        let Self { desk, tasks, sum, disorder, latencies, .. } = self;
        let begun =
            |task: &usize| desk.stages[*task].load(Ordering::Acquire) == BEGUN;
        let vain = (desk.job.form == Taking::Cancelled)
            .then(|| desk.cancelled().filter(begun).count());
        let latencies = latencies.into();
        desk.job.finish(Served { tasks, sum, disorder, latencies, vain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(tasks: usize, form: Taking) -> Job<Pool> {
        let (compute, rounds) = (Duration::ZERO, Some(9));
        let pool = Pool { tasks, compute, skew: 1.5, form, rounds };
        Job::new(&pool, 7).unwrap()
    }

    #[test]
    fn results_in_order_are_the_answer() {
        let job = job(5, Taking::Ordered);
        let desk = job.desk();
        assert_eq!(desk.cancelled().count(), 0);
        let mut inbox = desk.inbox();
        desk.tasks().for_each(|task| inbox.take(desk.work(task).unwrap()));
        let served = inbox.answer().unwrap();
        assert_eq!(served, Pool::reference(&job));
        assert_eq!((served.latencies.nanos().len(), served.vain), (5, None));
    }

    #[test]
    fn the_order_counts_in_one_form_only() {
        for (form, disorder) in [(Taking::Ordered, 4), (Taking::Completed, 0)] {
            let job = job(5, form);
            let desk = job.desk();
            let mut inbox = desk.inbox();
            let all: Vec<_> = desk.tasks().collect();
            let back = all.into_iter().rev();
            back.for_each(|task| inbox.take(desk.work(task).unwrap()));
            let served = inbox.answer().unwrap();
            assert_eq!(served.disorder, disorder);
            assert_eq!(served == Pool::reference(&job), disorder == 0);
        }
    }

    #[test]
    fn what_is_cancelled_has_no_result_or_was_in_vain() {
        let job = job(7, Taking::Cancelled);
        let desk = job.desk();
        let mut inbox = desk.inbox();
        assert!(desk.cancelled().eq([1, 3, 5]));
        // The first is done before it can be cancelled.
        let early = desk.work(1).unwrap();
        assert!(!desk.cancel(1) && desk.cancel(3) && !desk.begin(3));
        inbox.take(early);
        inbox.gone();
        // The result of another is lost with its task.
        let _ = desk.work(5).unwrap();
        inbox.gone();
        for task in [6, 4, 2, 0] {
            inbox.take(desk.work(task).unwrap());
        }
        let served = inbox.answer().unwrap();
        assert_eq!(served, Pool::reference(&job));
        assert_eq!(served.vain, Some(2));
    }

    #[test]
    fn a_result_that_is_lost_or_comes_twice_is_another_answer() {
        let job = job(3, Taking::Completed);
        let desk = job.desk();
        let answer = |tasks: &[usize]| {
            let mut inbox = desk.inbox();
            for task in tasks {
                inbox.take(desk.work(*task).unwrap());
            }
            inbox.answer().unwrap()
        };
        let right = Pool::reference(&job);
        assert_eq!(answer(&[2, 0, 1]), right);
        for wrong in [&[0, 1][..], &[0, 1, 1], &[0, 1, 2, 2], &[]] {
            assert_ne!(answer(wrong), right, "{wrong:?}");
            assert_ne!(Pool::digest(&answer(wrong)), Pool::digest(&right));
        }
    }

    #[test]
    fn a_stop_ends_the_tasks_and_what_cannot_be_is_refused() {
        let job = job(3, Taking::Completed).under(&Context::new());
        let desk = job.desk();
        let inbox = desk.inbox();
        job.context().cancel();
        assert_eq!(desk.tasks().count(), 0);
        assert_eq!(desk.work(0).err(), Some(Error::Cancelled));
        assert_eq!(inbox.answer().err(), Some(Error::Cancelled));
        let pool = Pool::sizes(Size::Quick).remove(0);
        for pool in [
            Pool { skew: 1.0, ..pool.clone() },
            Pool { skew: f64::NAN, ..pool.clone() },
            Pool { compute: Duration::MAX, ..pool.clone() },
            Pool { rounds: Some(u64::MAX), ..pool },
        ] {
            assert!(
                matches!(pool.input(7), Err(Error::Invalid(_))),
                "{pool:?}"
            );
        }
    }
}
