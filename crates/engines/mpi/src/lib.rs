//! MPI: ranks that run one program, and meet in its collectives.
//!
//! The ranks are processes that `mpirun` starts, one for each node, and that
//! reach each other by TCP only. They stay from run to run. The process that
//! has the model is none of them: it tells each rank what to run, and rank 0
//! sends it the answer.
//!
//! MPI has no way to go on without a rank: where one dies the job ends, and so
//! it does where one does not hear that a run is stopped. The next run starts
//! another.

lanes_core::cells! { for Mpi:
    max::Max,
    uts::Uts,
    sort::Sort,
    wordcount::Wordcount,
    primes::Primes,
}

mod begin;
mod guard;
mod names;
mod program;
mod ranges;
mod rank;
mod ranks;
mod team;
mod wire;

pub(crate) use ranks::{Given, Parted, Program, Ranks};

use lanes_core::{
    Config, Context, Error, Exempt, Input, Job, Model, Network, caught,
};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use team::Team;
use wire::Order;

/// How many ranks are started on one machine: each has a connection to each
/// other one, and looks whether something has come as long as it waits.
const MOST: usize = 64;

/// An input that rank 0 has, or of which each rank has made its part.
const ANY: &[Input] = &[Input::Shipped, Input::Local];

/// A job of MPI, with a rank for each worker.
pub struct Mpi {
    network: Network,
    /// Whether each rank makes its inputs.
    local: bool,
    /// None after one that has ended.
    team: Mutex<Option<Team>>,
}

impl Model for Mpi {
    fn start(config: &Config) -> Result<Self, Error> {
        let ranks = config.workers();
        if ranks > MOST {
            let what = "ranks that all know each other, on one machine";
            let what = format!("{ranks} {what}; at most {MOST}");
            return Err(Error::Unsupported(what));
        }
        let network = config.network();
        network.look()?;
        let team = Team::start(&network, &Context::new())?;
        let local = config.input() == Some(Input::Local);
        Ok(Self { network, local, team: Mutex::new(Some(team)) })
    }

    fn exemptions() -> &'static [Exempt] {
        &[Exempt {
            case: "hundred_runs",
            why: "mpirun takes a third of a second to start a job, so that the \
                  130 jobs of the case take about as long as it may; \
                  tests/many.rs starts 23",
            issue: "",
        }]
    }

    fn name(&self) -> &'static str {
        "mpi"
    }

    fn workers(&self) -> usize {
        self.network.nodes.len()
    }
}

impl Mpi {
    /// Has all ranks run the program of a workload, and returns the answer of
    /// rank 0. The caller is no rank, and waits.
    fn drive<W: Program>(&self, job: &Job<W>) -> Result<W::Answer, Error> {
        let context = job.context();
        let run = || {
            let order = self.order(job)?;
            let answer = self.run(context, order)?;
            wire::message(&answer)
        };
        let answer = context.note(caught(run));
        // What has failed first has stopped the others.
        answer.map_err(|error| context.cause().unwrap_or(error))
    }

    fn order<W: Program>(&self, job: &Job<W>) -> Result<Order, Error> {
        let what = "only an input from a seed is made in a rank";
        let origin = job.origin();
        let (size, seed) =
            origin.ok_or_else(|| Error::Unsupported(what.into()))?;
        let context = job.context();
        Ok(Order {
            run: 0,
            workload: W::NAME.into(),
            size: serde_json::to_string(size).map_err(wire::broken)?,
            seed: *seed,
            local: self.local,
            greeted: false,
            probed: context.is_probed(),
            origin: context.trace().map(|trace| trace.origin()),
        })
    }

    fn run(&self, context: &Context, order: Order) -> Result<Vec<u8>, Error> {
        if team::stands_for_a_rank() {
            let what = "a run within a task of MPI would wait for the rank \
                        that its task holds";
            return Err(Error::Unsupported(what.into()));
        }
        let mut place = self.place(context)?;
        let mut again = false;
        loop {
            if place.as_mut().is_some_and(|team| team.broken().is_some()) {
                *place = None;
            }
            let team = match &mut *place {
                Some(team) => team,
                none => none.insert(Team::start(&self.network, context)?),
            };
            match team.run(context, order.clone()) {
                Ok(Some(answer)) => return Ok(answer),
                // The others had begun in vain.
                Ok(None) if !again => again = true,
                Ok(None) => {
                    let what = "ranks die before they begin".to_owned();
                    return Err(Error::WorkerDied(what));
                }
                Err(error) => {
                    if team.broken().is_some() {
                        *place = None;
                    }
                    return Err(error);
                }
            }
        }
    }

    /// The job, once no other run has it: a rank takes part in one at a time.
    fn place(
        &self,
        context: &Context,
    ) -> Result<MutexGuard<'_, Option<Team>>, Error> {
        loop {
            context.finish(())?;
            match self.team.try_lock() {
                Ok(place) => return Ok(place),
                Err(TryLockError::Poisoned(place)) => {
                    return Ok(place.into_inner());
                }
                Err(TryLockError::WouldBlock) => {
                    thread::sleep(Context::SLICE / 10);
                }
            }
        }
    }
}
