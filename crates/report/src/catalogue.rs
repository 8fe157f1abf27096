//! The workloads, the models and the questions, without figures.

use lanes_source::Source;
use serde::Serialize;
use std::path::Path;

/// Every workload, every model and every question, in the order in which they
/// are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The workloads.
    pub workloads: Vec<ListedWorkload>,
    /// The models.
    pub models: Vec<ListedModel>,
    /// Questions that come back.
    pub questions: Vec<ListedQuestion>,
}

/// A workload, and how well each model fits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedWorkload {
    /// The name.
    pub workload: String,
    /// What kind of work it is: `data`, `waiting`, `sharing`,
    /// `tasks` or `fork-join`.
    pub family: String,
    /// What it measures, in one sentence.
    #[serde(rename = "measures")]
    pub stresses: String,
    /// What it does not measure, in one sentence.
    #[serde(rename = "does_not_measure")]
    pub omits: String,
    /// What an item is.
    pub unit: String,
    /// The sizes of a quick session, as commands spell them.
    pub quick: Vec<String>,
    /// The sizes of a full session.
    pub full: Vec<String>,
    /// Those of them that a session takes only where the workload is named.
    pub by_name: Vec<String>,
    /// How well each model fits.
    pub cells: Vec<ListedCell>,
}

/// How well a model fits a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedCell {
    /// The model.
    pub model: String,
    /// `natural`, `possible`, `unsuitable` or `unknown`.
    pub fit: String,
    /// Why, in one sentence.
    pub reason: String,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedModel {
    /// The name.
    pub model: String,
    /// What kind of model it is, as a heading: `Rust runtimes`.
    pub family: String,
    /// The folder below `crates` with its source; none for a program from
    /// elsewhere.
    pub directory: Option<String>,
    /// The library that is compared and its version, or the interpreter.
    pub library: Option<String>,
    /// A warning that goes with the name.
    pub badge: Option<String>,
    /// Why this machine cannot run it, if it cannot.
    pub missing: Option<String>,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// Whether it shows where time goes, and is no choice for a program.
    pub exhibit: bool,
}

/// A question that comes back, and which commands answer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedQuestion {
    /// Its number.
    pub question: usize,
    /// The question, in one sentence.
    pub asks: String,
    /// The commands that answer it; none if it is not answered.
    pub commands: Vec<String>,
    /// What they show, in one sentence; or why there is no answer.
    pub shows: String,
    /// The addresses of public reports.
    pub issues: Vec<String>,
}

impl Catalogue {
    /// A workload by its name.
    pub fn workload(&self, name: &str) -> Option<&ListedWorkload> {
        self.workloads.iter().find(|listed| listed.workload == name)
    }

    /// A model by its name.
    pub fn model(&self, name: &str) -> Option<&ListedModel> {
        self.models.iter().find(|listed| listed.model == name)
    }

    /// How well a model fits a workload, if both are listed.
    pub fn cell(&self, workload: &str, model: &str) -> Option<&ListedCell> {
        let cells = &self.workload(workload)?.cells;
        cells.iter().find(|cell| cell.model == model)
    }

    /// The source of these workloads and models in a tree.
    ///
    /// # Errors
    /// Those of [`Source::read`].
    pub fn source(&self, root: &Path) -> Result<Source, String> {
        let workloads = self.workloads.iter();
        let workloads: Vec<&str> =
            workloads.map(|listed| listed.workload.as_str()).collect();
        let models = self.models.iter().filter_map(|listed| {
            Some((listed.model.as_str(), listed.directory.as_deref()?))
        });
        Source::read(root, &workloads, &models.collect::<Vec<_>>())
    }
}
