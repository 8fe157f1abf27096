//! The content of a page.

use crate::catalogue::Catalogue;
use lanes_measure::faults::Faults;
use lanes_measure::results::Results;
use lanes_source::Source;
use lanes_timeline::Traces;

/// The content of a page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The workloads and the models.
    pub catalogue: Catalogue,
    /// The results of sessions, the most important first.
    pub sessions: Vec<ResultFile>,
    /// The traces; the first one that has a workload is drawn for it.
    pub traces: Vec<Traces>,
    /// What models do about faults; the first file is shown.
    pub faults: Vec<Faults>,
    /// The source tree, or why there is none.
    pub source: Result<Source, String>,
    /// When the page is made, in UTC, as in RFC 3339.
    pub made: String,
    /// Further notes to the reader, in sentences.
    pub notes: Vec<String>,
}

/// A file with the results of a session.
#[derive(Debug, Clone)]
pub struct ResultFile {
    /// Its name.
    pub name: String,
    /// The results in it.
    pub results: Results,
}
