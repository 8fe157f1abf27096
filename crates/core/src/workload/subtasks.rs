//! `subtasks`: three subtasks that compute and wait.

use super::speed;
use crate::request::Request;
use crate::server::Server;
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, kernel, seed};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Three subtasks: compute one unit, wait three, compute one; one, one, one;
/// compute two. The wait is a request to a server that answers after it.
///
/// One after the other they take ten units, at once five: the first is the
/// critical path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subtasks {
    /// The unit of compute and of waiting.
    pub unit: Duration,
    /// How many rounds of [`kernel::churn`] make a unit of compute, where that
    /// was found out before; otherwise every input finds it out anew.
    #[serde(default)]
    pub rounds: Option<u64>,
}

/// Units of compute, of waiting, and of compute, for each subtask.
const PLAN: [[u32; 3]; 3] = [[1, 3, 1], [1, 1, 1], [2, 0, 0]];
/// The longest subtask, in units.
const LONGEST: u32 = 5;
/// All compute, in units.
const COMPUTE: u32 = 6;
/// How many numbers the server answers with.
const COUNT: u64 = 512;
/// How often a unit of compute looks at the cancel flag.
const LOOKS: u64 = 64;

/// The subtasks, with a unit calibrated on this machine. As it is sent to
/// another process it has the server's address only.
#[derive(Serialize, Deserialize)]
pub struct Plan {
    #[serde(skip)]
    server: Option<Server>,
    address: SocketAddr,
    seed: u64,
    unit: Duration,
    rounds: u64,
}

impl Workload for Subtasks {
    const NAME: &'static str = "subtasks";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "keeping the workers busy while some tasks wait";
    const OMITS: &'static str =
        "many tasks: with three, chance decides where each is put";
    const UNIT: &'static str = "subtask";
    const POINT: Point = Point::Work;

    type Input = Plan;
    type Output = Vec<u64>;

    fn sizes(size: Size) -> Vec<Self> {
        let milliseconds = match size {
            Size::Quick => 2,
            Size::Full => 5,
        };
        let unit = Duration::from_millis(milliseconds);
        vec![Self { unit, rounds: None }]
    }

    /// There are always three subtasks; more items make a longer unit.
    fn with_items(&self, items: usize) -> Self {
        let micros = u64::try_from(items).unwrap_or(u64::MAX);
        Self { unit: Duration::from_micros(micros), rounds: None }
    }

    fn items(&self) -> usize {
        PLAN.len()
    }

    fn label(&self) -> String {
        format!("{}us", self.unit.as_micros())
    }

    fn input(&self, seed: u64) -> Result<Plan, Error> {
        let unit = self.unit;
        let rounds = speed::rounds(self.rounds, unit, "a unit")?;
        let server = Server::start()?;
        let address = server.address();
        Ok(Plan { server: Some(server), address, seed, unit, rounds })
    }

    /// The unit of compute, calibrated: every process then does the same.
    fn pinned(&self) -> Result<Self, Error> {
        let rounds = speed::rounds(self.rounds, self.unit, "a unit")?;
        Ok(Self { rounds: Some(rounds), ..self.clone() })
    }

    fn reference(input: &Plan) -> Vec<u64> {
        let answer = |task: usize| {
            let [before, waits, after] = PLAN[task].map(u64::from);
            let state = input.seed_of(task);
            let state = kernel::churn(state, before * input.rounds);
            let reply = seed::numbers(input.seed_of(task)).take(COUNT as usize);
            let largest = if waits > 0 { reply.max() } else { None };
            let state = state ^ largest.unwrap_or(0);
            kernel::churn(state, after * input.rounds)
        };
        input.tasks().map(answer).collect()
    }

    fn digest(output: &Vec<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let workers = u32::try_from(workers).unwrap_or(u32::MAX);
        let compute = job.unit.saturating_mul(COMPUTE) / workers;
        let longest = job.unit.saturating_mul(LONGEST);
        let what = "the critical path, or all compute / workers";
        Ok(Limit::of(what, compute.max(longest)))
    }

    fn explained(input: &Plan, error: Error) -> Error {
        match &input.server {
            Some(server) => server.explained(error),
            None => error,
        }
    }

    fn served(input: &Plan) -> Duration {
        input.server.as_ref().map_or(Duration::ZERO, Server::cpu)
    }
}

impl Plan {
    /// The numbers of the subtasks, in order.
    pub fn tasks(&self) -> std::ops::Range<usize> {
        0..PLAN.len()
    }

    /// What a subtask waits for between its two stretches of compute, if
    /// anything.
    pub fn request(&self, task: usize) -> Option<Request> {
        let [_, waits, _] = PLAN[task];
        (waits > 0).then(|| Request {
            address: self.address,
            delay: self.unit.saturating_mul(waits),
            seed: self.seed_of(task),
            count: COUNT,
        })
    }

    fn seed_of(&self, task: usize) -> u64 {
        seed::part(self.seed, task as u64)
    }
}

impl Job<Subtasks> {
    /// The compute before the wait.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn before(&self, task: usize) -> Result<u64, Error> {
        self.churn(task, self.seed_of(task), PLAN[task][0])
    }

    /// The compute after the wait, with the reply; an empty one without a wait.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn after(
        &self,
        task: usize,
        state: u64,
        reply: &[u8],
    ) -> Result<u64, Error> {
        let state = state ^ kernel::decode_max(reply);
        match PLAN[task][2] {
            0 => Ok(state),
            units => self.churn(task, state, units),
        }
    }

    /// The time that one unit of compute takes now, on this thread alone.
    pub fn unit_now(&self) -> Duration {
        let begin = Instant::now();
        black_box(kernel::churn(black_box(self.seed), self.rounds));
        begin.elapsed()
    }

    fn churn(
        &self,
        task: usize,
        mut state: u64,
        units: u32,
    ) -> Result<u64, Error> {
        let _span = self.context().span(task, State::Compute);
        let mut left = u64::from(units) * self.rounds;
        let grain = (self.rounds / LOOKS).max(1);
        self.context().grain(task)?;
        while left > 0 {
            let rounds = left.min(grain);
            state = kernel::churn(state, rounds);
            left -= rounds;
            self.context().grain(task)?;
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_adds_up() {
        let sum = |units: &[u32; 3]| units.iter().sum::<u32>();
        assert_eq!(PLAN.iter().map(sum).max(), Some(LONGEST));
        assert_eq!(PLAN.iter().map(sum).sum::<u32>(), 10);
        let compute = PLAN.iter().map(|units| units[0] + units[2]);
        assert_eq!(compute.sum::<u32>(), COMPUTE);
    }

    #[test]
    fn a_unit_without_end_is_refused() {
        let endless = Subtasks { unit: Duration::MAX, rounds: None };
        assert!(matches!(endless.input(7), Err(Error::Invalid(_))));
    }
}
