//! Traces of several workloads and models, as a file: what the timelines of a
//! page are drawn from.

use crate::Timeline;
use lanes_measure::document::{self, Unreadable};
use lanes_measure::machine::Machine;
use lanes_measure::protocol::Traced;
use lanes_measure::results::Build;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// What a file of traces says it is.
const SCHEMA: &str = "lanes-traces";
/// The version of its format.
const VERSION: u32 = 1;

/// Traces of several workloads and models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Traces {
    /// `lanes-traces`.
    pub schema: String,
    /// The version of the format.
    pub version: u32,
    /// When recording began, in UTC as RFC 3339 writes it.
    pub begun: String,
    /// The machine it was recorded on.
    pub machine: Machine,
    /// What it was recorded with.
    pub build: Build,
    /// The workloads, in the order of the catalogue.
    pub scenes: Vec<TracedWorkload>,
}

/// A workload, as recorded in several models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedWorkload {
    /// The workload.
    pub workload: String,
    /// The size, as commands spell it.
    pub size: String,
    /// How many workers each model had that has not always one.
    pub workers: usize,
    /// Of how many runs each is the median one.
    pub runs: u64,
    /// What times are multiples of, if there is such a thing.
    pub unit: Option<Duration>,
    /// The names of the tasks, where they have names.
    pub tasks: Vec<String>,
    /// The models, each with one run.
    pub models: Vec<TracedModel>,
    /// The models that could not be recorded, each with the cause.
    pub failed: Vec<(String, String)>,
}

/// A traced run of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedModel {
    /// The model.
    pub name: String,
    /// What the tracing cost.
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
        scenes: Vec<TracedWorkload>,
    ) -> Self {
        Self {
            schema: SCHEMA.into(),
            version: VERSION,
            begun,
            machine,
            build,
            scenes,
        }
    }

    /// Reads a file of traces.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        document::load(path, SCHEMA, VERSION)
    }
}

impl TracedWorkload {
    /// What can be drawn, in the order in which it was recorded.
    pub fn timelines(&self) -> impl Iterator<Item = Timeline> {
        self.models.iter().map(|model| model.timeline(&self.tasks))
    }
}

impl TracedModel {
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
