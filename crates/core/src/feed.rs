//! Work that is handed to a model from outside, at times that are known before:
//! what `burst` and `trickle` share.

use crate::compute::churned;
use crate::trace::{State, monotonic};
use crate::{
    Error, Job, Latencies, Steps, Together, Workload, kernel, preflight, seed,
};
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

/// Short tasks that come in groups, one group after each gap. The thread that
/// waits for a model hands them in, and sleeps in between.
#[derive(Debug, Clone)]
pub struct Feed {
    seed: u64,
    /// How many tasks, and how many come together.
    count: usize,
    at_once: usize,
    gap: Duration,
    /// How many rounds of [`kernel::churn`] a task makes.
    rounds: u64,
}

/// A task that was done: when, by the monotonic clock, and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    began: u64,
    ended: u64,
    answer: u64,
}

/// What all tasks did.
#[derive(Debug)]
pub struct Fed {
    /// How many tasks were done.
    pub tasks: usize,
    /// The sum of their answers, each of which depends on the number of its
    /// task and on every round of its compute.
    pub sum: u64,
    /// The latencies of the tasks that were timed; none where the run was
    /// saturated.
    pub latencies: Option<Latencies>,
    /// Whether tasks came faster than they were done.
    pub saturated: bool,
}

/// Latencies are measured, not answered: they are not compared.
impl PartialEq for Fed {
    fn eq(&self, other: &Self) -> bool {
        (self.tasks, self.sum) == (other.tasks, other.sum)
    }
}

/// A run is saturated whose last task ends later than this after it was due, or
/// than this part of the time until then.
const SLACK: u64 = 10_000_000;
const PART: u64 = 10;

/// No run lasts longer: a century, in nanoseconds.
const LONGEST: u64 = 36_525 * 86_400 * 1_000_000_000;

impl Feed {
    /// So many tasks, `at_once` of them after each gap, of so many rounds.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a feed without end, or of groups without tasks;
    /// [`Error::Resource`] without memory for the tasks of a group.
    pub(crate) fn new(
        seed: u64,
        count: usize,
        at_once: usize,
        gap: Duration,
        rounds: u64,
    ) -> Result<Self, Error> {
        if at_once == 0 {
            return Err(Error::Invalid("no task comes at once".into()));
        }
        preflight::memory(count.min(at_once), 512)?;
        preflight::memory(count.div_ceil(at_once), size_of::<u32>())?;
        let feed = Self { seed, count, at_once, gap, rounds };
        let nanos = gap.as_nanos().checked_mul(feed.groups() as u128);
        let endless = nanos.is_none_or(|nanos| nanos > u128::from(LONGEST));
        if endless || rounds.checked_mul(count as u64).is_none() {
            return Err(Error::Invalid(format!(
                "{count} tasks of {rounds} rounds, {at_once} after each \
                 {gap:?}, take more than a century"
            )));
        }
        Ok(feed)
    }

    /// How many groups there are.
    fn groups(&self) -> usize {
        self.count.div_ceil(self.at_once)
    }

    /// How long it takes until the last group comes: no run is shorter.
    pub(crate) fn lasts(&self) -> Duration {
        let groups = u32::try_from(self.groups()).unwrap_or(u32::MAX);
        self.gap.saturating_mul(groups)
    }

    /// How long all tasks compute, one after the other on this thread: that of
    /// one, the best of some tries, since a neighbour can only make it slower.
    pub(crate) fn takes(&self) -> Duration {
        let tries = (0..9).map(|task| {
            let begin = Instant::now();
            let seed = black_box(self.seed_of(task));
            black_box(kernel::churn(seed, self.rounds));
            begin.elapsed()
        });
        let best = tries.min().unwrap_or_default();
        best.saturating_mul(u32::try_from(self.count).unwrap_or(u32::MAX))
    }

    /// How many tasks come together, at most.
    pub fn at_once(&self) -> usize {
        self.at_once.min(self.count)
    }

    fn seed_of(&self, task: usize) -> u64 {
        seed::part(self.seed, task as u64)
    }

    /// The right answer.
    pub(crate) fn reference(&self) -> Fed {
        let answer = |task| kernel::churn(self.seed_of(task), self.rounds);
        let sum = (0..self.count).map(answer).fold(0, u64::wrapping_add);
        let (latencies, saturated) = (None, false);
        Fed { tasks: self.count, sum, latencies, saturated }
    }
}

impl Fed {
    pub(crate) fn digest(&self) -> u64 {
        seed::digest([self.tasks as u64, self.sum])
    }

    pub(crate) fn steps(&self) -> Steps<'_> {
        match &self.latencies {
            _ if self.saturated => Steps::Saturated,
            Some(latencies) => Steps::Timed(latencies),
            None => Steps::Untimed,
        }
    }
}

impl<W: Workload<Input = Feed>> Job<W> {
    /// The groups of tasks, in order. There are no more once the run was
    /// stopped.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Together> + use<W> {
        let token = self.context().token();
        let Feed { count, at_once, .. } = **self;
        let firsts = (0..count).step_by(at_once);
        let goes_on = move |_: &usize| !token.is_stopped();
        firsts.take_while(goes_on).map(move |first| {
            let end = count.min(first.saturating_add(at_once));
            Together::new(token, first..end)
        })
    }

    /// Where the run writes down what was done. Its clock starts now.
    pub fn log(&self) -> Log<W> {
        let begin = monotonic();
        let (groups, due, end) = (0, begin, begin);
        let (tasks, sum, latencies) = (0, 0, Vec::new());
        let job = self.clone();
        Log { job, begin, groups, due, end, tasks, sum, latencies }
    }

    /// The compute of one task.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn work(&self, task: usize) -> Result<Done, Error> {
        let began = monotonic();
        let _span = self.context().span(task, State::Compute);
        let (seed, rounds) = (self.seed_of(task), self.rounds);
        let answer = churned(self.context(), task, seed, rounds)?;
        Ok(Done { began, ended: monotonic(), answer })
    }
}

/// What was done so far, as the thread that hands the tasks in writes it down.
pub struct Log<W: Workload<Input = Feed>> {
    job: Job<W>,
    begin: u64,
    /// How many groups have come.
    groups: u64,
    /// From when on the latency of the last group counts.
    due: u64,
    /// When the last task ended.
    end: u64,
    tasks: usize,
    sum: u64,
    latencies: Vec<u32>,
}

impl<W: Workload<Input = Feed>> Log<W> {
    /// Sleeps until the next group is to be handed in, so that the model has
    /// nothing to do. Its latency counts from its time, also where the group
    /// before took longer than the gap; but from when this thread wakes up,
    /// where it slept: the system's timer is no part of the model.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn idle(&mut self) -> Result<(), Error> {
        self.groups += 1;
        let gap = self.job.gap.as_nanos() as u64;
        self.due = self.begin + gap * self.groups;
        let now = monotonic();
        if self.due > now {
            let left = Duration::from_nanos(self.due - now);
            self.job.context().rest(left)?;
            self.due = monotonic();
        } else {
            // A feed without gaps lets others go on.
            thread::yield_now();
        }
        self.job.finish(())
    }

    /// Writes down a group, and how long it took until its first task began.
    pub fn began(&mut self, group: impl IntoIterator<Item = Done>) {
        let mut first = u64::MAX;
        for done in group {
            first = first.min(done.began);
            self.add(done);
        }
        if first < u64::MAX {
            self.time(first);
        }
    }

    /// Writes down a task, and how long it took until it had ended.
    pub fn ended(&mut self, done: Done) {
        self.add(done);
        self.time(done.ended);
    }

    fn add(&mut self, done: Done) {
        self.tasks += 1;
        self.sum = self.sum.wrapping_add(done.answer);
        self.end = self.end.max(done.ended);
    }

    fn time(&mut self, at: u64) {
        let latency = at.saturating_sub(self.due);
        self.latencies.push(u32::try_from(latency).unwrap_or(u32::MAX));
    }

    /// What all tasks did.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn answer(self) -> Result<Fed, Error> {
        let Self { job, begin, groups, end, tasks, sum, latencies, .. } = self;
        let last = job.gap.as_nanos() as u64 * groups;
        let slack = SLACK.max(last / PART);
        // A latency that cannot be counted is none that was measured.
        let saturated = latencies.contains(&u32::MAX)
            || end.saturating_sub(begin) > last.saturating_add(slack);
        let latencies = (!saturated).then(|| Latencies::from(latencies));
        job.finish(Fed { tasks, sum, latencies, saturated })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{Burst, Trickle};

    fn burst(tasks: usize, at_once: usize, micros: u64) -> Job<Burst> {
        let gap = Duration::from_micros(micros);
        let (compute, rounds) = (Duration::ZERO, Some(9));
        Job::new(&Burst { tasks, at_once, gap, compute, rounds }, 7).unwrap()
    }

    fn done(began: u64, ended: u64) -> Done {
        Done { began, ended, answer: 1 }
    }

    #[test]
    fn every_task_comes_once_and_none_after_a_stop() {
        for (tasks, at_once) in [(0, 3), (1, 3), (3, 3), (7, 3), (7, 100)] {
            let job = burst(tasks, at_once, 10);
            assert!(job.groups().flatten().eq(0..tasks), "{tasks} {at_once}");
            let mut log = job.log();
            for group in job.groups() {
                assert!(group.size() <= at_once);
                log.idle().unwrap();
                log.began(group.map(|task| job.work(task).unwrap()));
            }
            // A busy machine may be so late that the run is saturated.
            assert_eq!(log.latencies.len(), tasks.div_ceil(at_once));
            assert_eq!(log.answer().unwrap(), Burst::reference(&job));
        }
        let job = burst(7, 3, 10);
        let mut log = job.log();
        let mut groups = job.groups();
        assert_eq!(groups.next().map(|group| group.size()), Some(3));
        job.context().cancel();
        assert_eq!(groups.count(), 0);
        assert_eq!(log.idle(), Err(Error::Cancelled));
        assert_eq!(log.answer().err(), Some(Error::Cancelled));
    }

    #[test]
    fn latencies_count_from_the_time_at_which_a_group_is_due() {
        let job = burst(4, 2, 1);
        let mut log = job.log();
        log.idle().unwrap();
        let due = log.due;
        // The second of both began first.
        log.began([done(due + 9, due + 12), done(due + 5, due + 8)]);
        // A group that is late since the one before it took so long.
        thread::sleep(Duration::from_micros(50));
        log.idle().unwrap();
        assert_eq!(log.due, log.begin + 2_000);
        log.began([done(log.due + 70, log.due + 80)]);
        let answer = log.answer().unwrap();
        let latencies = answer.latencies.unwrap();
        assert_eq!(latencies.nanos(), [5, 70]);
        assert_eq!((answer.tasks, answer.sum), (3, 3));
    }

    #[test]
    fn tasks_that_come_faster_than_they_are_done_have_no_latencies() {
        let size = Trickle::sizes(crate::Size::Quick).remove(0);
        let job = Job::new(&size.with_items(1), 7).unwrap();
        let mut log = job.log();
        log.idle().unwrap();
        log.ended(done(log.due, log.due + SLACK * 2));
        let late = log.answer().unwrap();
        assert!(late.saturated && late.latencies.is_none(), "{late:?}");
        assert!(matches!(late.steps(), Steps::Saturated));
    }

    #[test]
    fn feeds_that_cannot_be_are_refused() {
        let feed = |count, at_once, gap| {
            let gap = Duration::from_secs(gap);
            Feed::new(7, count, at_once, gap, 9).err()
        };
        assert_eq!(feed(1, 1, 1), None);
        for refused in [
            feed(1, 0, 1),
            feed(usize::MAX, usize::MAX, 1),
            feed(1 << 30, 1, u64::MAX),
        ] {
            assert!(
                matches!(refused, Some(Error::Invalid(_) | Error::Resource(_))),
                "{refused:?}"
            );
        }
    }
}
