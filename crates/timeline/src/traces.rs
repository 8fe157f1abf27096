//! Traces of several workloads and models, as a file: a page draws its
//! timelines from it.

use crate::timeline::Timeline;
use lanes_measure::document::{Document, Unreadable};
use lanes_measure::foreign;
use lanes_measure::machine::Machine;
use lanes_measure::protocol::Traced;
use lanes_measure::results::Build;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// The schema that a file of traces names.
pub const SCHEMA: &str = "lanes-traces";
/// The version of its format.
const VERSION: u32 = 1;

/// No task has a greater number.
const MOST_TASKS: usize = u32::MAX as usize;
/// No time is later, in nanoseconds: what every reader of JSON keeps.
const LATEST: u64 = 1 << 53;

/// Traces of several workloads and models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Traces {
    /// `lanes-traces`.
    pub schema: String,
    /// The version of the format.
    pub version: u32,
    /// When recording began, in UTC as RFC 3339 writes it.
    #[serde(deserialize_with = "foreign::text")]
    pub begun: String,
    /// The machine it was recorded on.
    pub machine: Machine,
    /// What it was recorded with.
    pub build: Build,
    /// The workloads, in the order of the catalogue.
    #[serde(rename = "scenes")]
    pub workloads: Vec<TracedWorkload>,
}

/// A workload, as recorded in several models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedWorkload {
    /// The workload.
    #[serde(deserialize_with = "foreign::text")]
    pub workload: String,
    /// The size, as commands spell it.
    #[serde(deserialize_with = "foreign::text")]
    pub size: String,
    /// How many workers each model had, unless it always has one.
    pub workers: usize,
    /// Each model shows the median one of so many runs.
    pub runs: u64,
    /// The unit in which times are also written, if there is one.
    pub unit: Option<Duration>,
    /// The names of the tasks, where they have names.
    #[serde(deserialize_with = "foreign::texts")]
    pub tasks: Vec<String>,
    /// The models, each with one run.
    pub models: Vec<TracedModel>,
    /// The models that could not be recorded, each with the cause.
    pub failed: Vec<(String, String)>,
}

/// A traced run of a model; files of older versions have no CPU times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedModel {
    /// The model.
    #[serde(deserialize_with = "foreign::text")]
    pub name: String,
    /// How much the tracing slowed the run down.
    #[serde(default, deserialize_with = "foreign::maybe_text")]
    pub note: Option<String>,
    /// The run.
    pub run: Traced,
}

impl Traces {
    /// Traces recorded on this machine with this build.
    pub fn new(
        begun: String,
        machine: Machine,
        build: Build,
        workloads: Vec<TracedWorkload>,
    ) -> Self {
        Self {
            schema: SCHEMA.into(),
            version: VERSION,
            begun,
            machine,
            build,
            workloads,
        }
    }

    /// Reads a file of traces.
    ///
    /// # Errors
    /// [`Unreadable`], with what to do about it.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::of(&Document::read(path)?)
    }

    /// The traces in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.possible(SCHEMA, VERSION, |traces: &Self| {
            let mut models = traces.workloads.iter().flat_map(|of| &of.models);
            match models.find(|model| !model.is_possible()) {
                Some(model) => {
                    Err(format!("a run of {} that cannot be", model.name))
                }
                None => Ok(()),
            }
        })
    }
}

impl TracedWorkload {
    /// The timelines, in the order in which they were recorded.
    pub fn timelines(&self) -> impl Iterator<Item = Timeline> {
        self.models.iter().map(|model| model.timeline(&self.tasks))
    }
}

impl TracedModel {
    /// Whether its spans are of workers that are there, end after they begin,
    /// and have no more CPU time than they are long.
    fn is_possible(&self) -> bool {
        let Traced { begin, end, workers, spans, .. } = &self.run;
        let mut spans = spans.iter();
        begin <= end
            && self.run.has_possible_cpu()
            && spans.all(|&(task, worker, _, begin, end)| {
                let known = worker.is_none_or(|worker| worker < workers.len());
                let times = begin <= end && end <= LATEST;
                known && times && task <= MOST_TASKS
            })
    }

    /// The run, with the names of its tasks.
    pub fn timeline(&self, tasks: &[String]) -> Timeline {
        let Self { name, note, run } = self;
        Timeline {
            name: name.clone(),
            spans: run.spans(),
            workers: run.workers.clone(),
            tasks: tasks.to_vec(),
            begin: run.begin,
            end: run.end,
            note: note.clone(),
            ..Timeline::default()
        }
    }
}
