//! The contract between a workload and a model.

use crate::limits::Limits;
use crate::{Error, Input, Job, Network, Workload, preflight};
use std::any::Any;

/// How many descriptors a library's own reactor opens, and a few more.
const REACTOR: usize = 16;

/// How a model is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    workers: usize,
    input: Option<Input>,
    network: Option<Network>,
}

impl Config {
    /// More workers than this are refused: a machine runs out of threads
    /// somewhere above, and then aborts the process.
    pub const MOST_WORKERS: usize = 1024;

    /// A model with this many workers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no worker at all or more than
    /// [`Config::MOST_WORKERS`].
    pub fn new(workers: usize) -> Result<Self, Error> {
        match workers {
            0 => Err(Error::Invalid("zero workers".into())),
            1..=Self::MOST_WORKERS => Ok(Self::of(workers)),
            _ => Err(Error::Invalid(format!(
                "{workers} workers; at most {}",
                Self::MOST_WORKERS
            ))),
        }
    }

    fn of(workers: usize) -> Self {
        Self { workers, input: None, network: None }
    }

    /// The same, with inputs that are only where this says.
    pub fn with_input(self, input: Input) -> Self {
        Self { input: Some(input), ..self }
    }

    /// The same, with its workers at these places.
    ///
    /// # Errors
    /// [`Error::Invalid`] if they are not as many.
    pub fn within(self, network: Network) -> Result<Self, Error> {
        let (nodes, workers) = (network.nodes.len(), self.workers);
        if nodes != workers {
            let what = format!("{nodes} places for {workers} nodes");
            return Err(Error::Invalid(what));
        }
        Ok(Self { network: Some(network), ..self })
    }

    /// Where inputs are to be. A model without nodes need not ask; one with
    /// nodes takes the first that a cell has, where this is left open.
    pub fn input(&self) -> Option<Input> {
        self.input
    }

    /// The place of each worker, for a model whose workers are nodes: addresses
    /// of this machine, where nothing else is asked for.
    pub fn network(&self) -> Network {
        let given = self.network.clone();
        given.unwrap_or_else(|| Network::loopback(self.workers))
    }

    /// How many threads or processes work on the tasks.
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// As many workers as this process can run at once, on the processors and
    /// in the control groups that it has.
    pub fn machine() -> Self {
        Self::of(Limits::here().cores().min(Self::MOST_WORKERS))
    }

    /// Makes sure that the system still gives this many threads and a few
    /// more, and the descriptors of a reactor, for libraries that panic, abort
    /// or hang where it does not.
    ///
    /// # Errors
    /// [`Error::Resource`] where it does not.
    pub fn preflight(&self) -> Result<(), Error> {
        preflight::descriptors(REACTOR)?;
        preflight::threads(self.workers * 2 + 4)
    }
}

/// A way to run jobs at the same time.
///
/// Dropping a model stops it: when the drop returns, its threads have ended.
/// The caller of a model waits outside its workers.
pub trait Model: Any + Send + Sync {
    /// Starts the model's workers.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system refuses the threads,
    /// [`Error::Unsupported`] if the model cannot have so many workers.
    fn start(config: &Config) -> Result<Self, Error>
    where
        Self: Sized;

    /// The cases of the failure contract that it is exempt from: none, unless
    /// its library leaves no way to keep them.
    fn exemptions() -> &'static [Exempt]
    where
        Self: Sized,
    {
        &[]
    }

    /// The model's name, as benchmarks and commands spell it.
    fn name(&self) -> &'static str;

    /// How many workers the model really has.
    fn workers(&self) -> usize;

    /// How many of its workers compute at the same time: all of them, unless
    /// they take turns.
    fn at_once(&self) -> usize {
        self.workers()
    }
}

/// A case of the failure contract that a model is not asked, by name: its
/// library cannot keep it, and the model cannot in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exempt {
    /// The name of the case in the conformance suite.
    pub case: &'static str,
    /// What happens instead, in one sentence.
    pub why: &'static str,
    /// A public report of it, as an address; empty if there is none.
    pub issue: &'static str,
}

/// One cell of the matrix: how a model runs a workload.
pub trait Run<W: Workload>: Model {
    /// How well the model's own idiom suits the workload.
    const FIT: Fit;

    /// Where the input may be when a run begins, for a model with nodes: the
    /// first where nothing else is asked for.
    const INPUTS: &[Input] = &[Input::Shipped];

    /// Runs the job and returns its answer.
    ///
    /// When it returns, no task of the run is left.
    ///
    /// # Errors
    /// The cause, if there is no right answer; see [`Error`].
    fn run(&self, job: &Job<W>) -> Result<W::Output, Error>;
}

/// How well a model suits a workload, with the reason in one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The model was made for it.
    Natural(&'static str),
    /// It works, but the model was made for something else.
    Possible(&'static str),
    /// Shown to teach what happens, or refused with [`Error::Unsupported`].
    Unsuitable(&'static str),
}

impl Fit {
    /// `natural`, `possible` or `unsuitable`.
    pub const fn grade(&self) -> &'static str {
        match self {
            Self::Natural(_) => "natural",
            Self::Possible(_) => "possible",
            Self::Unsuitable(_) => "unsuitable",
        }
    }

    /// The reason, in one sentence.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Natural(why)
            | Self::Possible(why)
            | Self::Unsuitable(why) => why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_has_workers_and_not_too_many() {
        let invalid =
            |workers| matches!(Config::new(workers), Err(Error::Invalid(_)));
        assert!(invalid(0));
        assert!(invalid(Config::MOST_WORKERS + 1));
        assert!(invalid(usize::MAX));
        let config = Config::new(3).unwrap();
        assert_eq!((config.workers(), config.input()), (3, None));
        assert_eq!(config.network(), Network::loopback(3));
        assert!(Config::machine().workers() >= 1);
        let few = Config::new(3).unwrap().within(Network::loopback(2));
        assert!(matches!(few, Err(Error::Invalid(_))));
    }
}
