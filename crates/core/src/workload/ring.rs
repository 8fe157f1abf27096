//! `ring`: a token that goes round a ring of tasks.

use super::relay::{Arrivals, Relay, Token};
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Steps, Workload, preflight};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::iter::StepBy;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// A ring of tasks, round which one token goes: each task waits for it and
/// hands it to the next.
///
/// It is the thread ring of the Savina suite (Imam and Sarkar, "Savina: an
/// actor benchmark suite", 2014). All tasks but one wait at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// How many tasks the ring has.
    pub tasks: usize,
    /// How often the token changes hands.
    pub hops: usize,
}

/// One task of the ring: takes the token from the task before it, and hands it
/// to the one after it.
pub struct Member {
    job: Job<Ring>,
    seat: usize,
    arrivals: Arrivals,
}

/// A ring whose tasks are not there while they wait: what they keep, each
/// behind a lock that nobody waits for. A task is started for each hop.
pub struct Seats {
    job: Job<Ring>,
    members: Vec<Mutex<Member>>,
}

impl Workload for Ring {
    const NAME: &'static str = "ring";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str =
        "handing a message to the next of many tasks that wait";
    const OMITS: &'static str =
        "two tasks that are ready at once, and queues with more than one place";
    const UNIT: &'static str = "hop";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = Relay;

    fn sizes(size: Size) -> Vec<Self> {
        let hops = match size {
            Size::Quick => 10_000,
            Size::Full => 100_000,
        };
        vec![Self { tasks: 100, hops }]
    }

    /// The ring is small then, so that the token goes round it.
    fn with_items(&self, items: usize) -> Self {
        Self { tasks: self.tasks.min(5), hops: items }
    }

    fn items(&self) -> usize {
        self.hops
    }

    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        format!("{}x{}", self.tasks, self.hops)
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.tasks == 0 {
            return Err(Error::Invalid("a ring without tasks".into()));
        }
        preflight::memory(self.hops, 2 * size_of::<u32>())?;
        preflight::memory(self.tasks, 1024)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Relay {
        Relay::of(input.hops)
    }

    fn steps(output: &Relay) -> Steps<'_> {
        Steps::Timed(&output.latencies)
    }

    fn digest(output: &Relay) -> u64 {
        seed::digest([output.hops as u64, output.sum])
    }

    /// The hops of all tasks in one loop: they cannot overlap.
    fn limit(job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        let begin = Instant::now();
        let mut members = job.members()?;
        let mut sent = job.begin()?;
        while let Some(token) = sent {
            sent = members[job.seat(token)].pass(black_box(token))?;
        }
        let what = "all hops in one loop, without a queue";
        Ok(Limit::of(what, begin.elapsed()))
    }
}

impl Job<Ring> {
    /// All tasks of the ring, in order; each hands the token to the one after
    /// it, the last to the first.
    ///
    /// # Errors
    /// [`Error::Resource`] without memory for their latencies.
    pub fn members(&self) -> Result<Vec<Member>, Error> {
        let member = |seat| {
            let arrivals = Arrivals::room(self.hops / self.tasks + 1)?;
            Ok(Member { job: self.clone(), seat, arrivals })
        };
        (0..self.tasks).map(member).collect()
    }

    /// The token, as the first task hands it to the second; `None` without
    /// hops.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn begin(&self) -> Result<Option<Token>, Error> {
        self.context().finish(())?;
        Ok((self.hops > 0).then(|| Token::sent(0)))
    }

    /// The ring, for models that start a task for each hop.
    ///
    /// # Errors
    /// Those of [`Job::members`].
    pub fn seats(&self) -> Result<Seats, Error> {
        let members = self.members()?.into_iter().map(Mutex::new).collect();
        Ok(Seats { job: self.clone(), members })
    }

    /// The place, among [`Job::members`], of the task that a token is for.
    pub fn seat(&self, token: Token) -> usize {
        (token.hop() + 1) % self.tasks
    }

    /// What all tasks saw, as one answer.
    pub fn round(&self, members: &[Member]) -> Relay {
        Relay::all(members.iter().map(|member| &member.arrivals))
    }
}

impl Seats {
    /// What the task does that a token is for: [`Member::pass`].
    ///
    /// # Errors
    /// Those of [`Member::pass`].
    pub fn pass(&self, token: Token) -> Result<Option<Token>, Error> {
        lock(&self.members[self.job.seat(token)]).pass(token)
    }

    /// What all tasks saw, as one answer.
    pub fn round(&self) -> Relay {
        let members: Vec<_> = self.members.iter().map(lock).collect();
        Relay::all(members.iter().map(|member| &member.arrivals))
    }
}

fn lock(member: &Mutex<Member>) -> MutexGuard<'_, Member> {
    member.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    /// The token, if this task has it before the first hop.
    ///
    /// # Errors
    /// Those of [`Job::begin`].
    pub fn first(&self) -> Result<Option<Token>, Error> {
        if self.seat == 0 { self.job.begin() } else { Ok(None) }
    }

    /// The numbers of the hops that arrive at this task, in order.
    pub fn turns(&self) -> StepBy<Range<usize>> {
        let tasks = self.job.tasks;
        let first = (self.seat + tasks - 1) % tasks;
        (first..self.job.hops.max(first)).step_by(tasks)
    }

    /// Takes the token, and hands it on: `None` if this was the last hop. A
    /// failure stops the run.
    ///
    /// # Errors
    /// The cause, if the run was stopped, and [`Error::Protocol`] if it is not
    /// the token that this task waits for.
    pub fn pass(&mut self, token: Token) -> Result<Option<Token>, Error> {
        let passed = self.take(token);
        self.job.context().note(passed)
    }

    fn take(&mut self, token: Token) -> Result<Option<Token>, Error> {
        self.job.context().grain(self.seat)?;
        let tasks = self.job.tasks;
        let before = (self.seat + tasks - 1) % tasks;
        let hop = before + self.arrivals.hops() * tasks;
        self.arrivals.take(hop, token)?;
        let next = hop + 1;
        Ok((next < self.job.hops).then(|| Token::sent(next)))
    }

    /// Why a task beside this one is gone before the last hop.
    pub fn alone(&self) -> Error {
        let gone = "another task of the ring left".to_owned();
        self.job.context().cause().unwrap_or(Error::WorkerDied(gone))
    }
}

/// A task that fails must not leave the others waiting.
impl Drop for Member {
    fn drop(&mut self) {
        if thread::panicking() {
            let what = "a task of the ring panicked".to_owned();
            self.job.context().stop(Error::Panicked(what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;

    fn ring(tasks: usize, hops: usize) -> Job<Ring> {
        Job::new(&Ring { tasks, hops }, 7).unwrap()
    }

    /// What a model does, on one thread.
    fn run(job: &Job<Ring>) -> Result<Relay, Error> {
        let mut members = job.members()?;
        let mut sent = job.begin()?;
        while let Some(token) = sent {
            sent = members[job.seat(token)].pass(token)?;
        }
        Ok(job.round(&members))
    }

    #[test]
    fn a_ring_without_tasks_is_refused() {
        let refused = Job::new(&Ring { tasks: 0, hops: 3 }, 7).err();
        assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
    }

    #[test]
    fn every_hop_arrives_once_in_rings_of_any_size() {
        for tasks in [1, 2, 3, 100] {
            for hops in [0, 1, 2, 3, 99, 100, 101, 1000] {
                let job = ring(tasks, hops);
                let right = Ring::reference(&job);
                assert_eq!(run(&job).unwrap(), right);
                let seats = job.seats().unwrap();
                let mut sent = job.begin().unwrap();
                while let Some(token) = sent {
                    sent = seats.pass(token).unwrap();
                }
                assert_eq!(seats.round(), right);
                let members = job.members().unwrap();
                let turns = members.iter().flat_map(Member::turns);
                let mut turns: Vec<usize> = turns.collect();
                turns.sort_unstable();
                assert!(turns.into_iter().eq(0..hops), "{tasks} {hops}");
                let first = |member: &Member| member.first().unwrap();
                let begins = members.iter().filter_map(first).count();
                assert_eq!(begins, hops.min(1));
            }
        }
    }

    #[test]
    fn a_hop_that_is_left_out_or_counted_twice_is_another_answer() {
        let right = Ring::reference(&ring(5, 100));
        for hops in [99, 101] {
            let other = Ring::reference(&ring(5, hops));
            assert_ne!(other, right);
            assert_ne!(Ring::digest(&other), Ring::digest(&right));
        }
    }

    #[test]
    fn a_token_for_another_task_is_an_error_that_stops_the_run() {
        let job = ring(3, 10).under(&Context::new());
        let mut members = job.members().unwrap();
        let token = job.begin().unwrap().unwrap();
        assert_eq!(job.seat(token), 1);
        assert!(matches!(members[2].pass(token), Err(Error::Protocol(_))));
        let why = members[1].pass(token).err();
        assert!(matches!(why, Some(Error::Protocol(_))), "{why:?}");
        assert_eq!(why, Some(members[0].alone()));
    }

    #[test]
    fn the_same_token_twice_is_an_error() {
        let job = ring(2, 10).under(&Context::new());
        let mut members = job.members().unwrap();
        let token = job.begin().unwrap().unwrap();
        assert!(members[1].pass(token).unwrap().is_some());
        assert!(matches!(members[1].pass(token), Err(Error::Protocol(_))));
    }

    #[test]
    fn the_limit_is_measured_with_any_number_of_hops() {
        for hops in [0, 1, 101] {
            let limit = Ring::limit(&ring(4, hops), 2).unwrap();
            assert!(limit.time.is_some());
        }
    }
}
