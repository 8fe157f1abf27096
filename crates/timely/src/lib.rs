//! timely: dataflows whose records cross to the worker that a key names, on
//! threads, or on processes over TCP.
//!
//! Every worker builds the same dataflow. One of them, whichever, has the input
//! of a run, and worker 0 gets its answer: what is between them is exchanged. A
//! worker knows that it has seen all records when the frontier of its input is
//! empty, which all workers find out together.
//!
//! An operator that panics would leave the others waiting, so that each catches
//! its own: a task that fails leaves no record, and stops the run.

lanes_core::cells! { impl<C: Cluster> for Timely<C>:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    nqueens::Nqueens,
    uts::Uts,
    sort::Sort,
    wordcount::Wordcount,
    primes::Primes,
}

mod flow;
mod given;
mod member;
mod processes;
mod ranges;
mod threads;

pub use flow::{Flow, Record, Records};
pub use given::Given;
pub use processes::Processes;
pub use threads::Threads;

pub(crate) use flow::folded;
pub(crate) use processes::flow;

use lanes_core::parts::Part;
use lanes_core::{Config, Context, Error, Input, Job, Model, Workload, caught};

/// Worker threads in this process, which hand records over as they are.
pub type InThreads = Timely<Threads>;

/// Worker processes on this machine, with one worker thread each, which write
/// records to the TCP connections between them.
pub type OverTcp = Timely<Processes>;

/// The workers, and how they reach each other: the difference between the two
/// entries.
pub trait Cluster: Sized + Send + Sync + 'static {
    /// The model's name.
    const NAME: &'static str;

    /// Starts so many workers.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system refuses threads, processes or sockets.
    fn start(config: &Config) -> Result<Self, Error>;

    /// Builds a dataflow in every worker, gives one of them the parts, and
    /// returns the answers, in any order. When it returns no task is left.
    ///
    /// # Errors
    /// The cause, if the run was stopped or a task failed.
    fn run<F: Flow>(
        &self,
        context: &Context,
        flow: F,
        parts: Vec<F::Part>,
    ) -> Result<Vec<F::Answer>, Error>;
}

/// A cluster of timely workers.
pub struct Timely<C> {
    cluster: C,
    workers: usize,
    /// Whether each worker makes its inputs.
    local: bool,
}

impl<C: Cluster> Model for Timely<C> {
    fn start(config: &Config) -> Result<Self, Error> {
        let workers = config.workers();
        let local = config.input() == Some(Input::Local);
        Ok(Self { cluster: C::start(config)?, workers, local })
    }

    fn name(&self) -> &'static str {
        C::NAME
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

/// An input that is sent, or made in each worker.
const ANY: &[Input] = &[Input::Shipped, Input::Local];

impl<C: Cluster> Timely<C> {
    /// What a worker is given of a job.
    fn given<S, W: Workload + PartialEq>(
        &self,
        job: &Job<W>,
        part: Part,
        ship: impl FnOnce(&Job<W>, Part) -> S,
    ) -> Result<Given<S, W>, Error> {
        match self.local {
            true => Given::local(job, part),
            false => Ok(Given::shipped(part.task, ship(job, part))),
        }
    }

    /// The caller is no worker, and waits.
    fn drive<F: Flow>(
        &self,
        context: &Context,
        flow: F,
        parts: impl IntoIterator<Item = F::Part>,
    ) -> Result<impl Iterator<Item = F::Answer>, Error> {
        let parts = parts.into_iter();
        let run = || self.cluster.run(context, flow, parts.collect());
        Ok(context.note(caught(run))?.into_iter())
    }
}

/// What a task leaves: no record if it fails, which stops the run.
fn tried<T>(
    context: &Context,
    task: impl FnOnce() -> Result<T, Error>,
) -> Option<T> {
    context.note(caught(task)).ok()
}
