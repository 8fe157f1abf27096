//! The page: one file with everything, that opens anywhere.

use crate::{Catalogue, Source, Traces};
use lanes_measure::results::Results;

/// What a page is made of.
#[derive(Debug, Clone)]
pub struct Page {
    /// What is known of workloads and models.
    pub catalogue: Catalogue,
    /// The results, the most important first.
    pub sessions: Vec<Session>,
    /// The traces; of a workload that several have, the first one's are drawn.
    pub traces: Vec<Traces>,
    /// The source tree, or why there is none.
    pub source: Result<Source, String>,
    /// When the page is made, in UTC as RFC 3339 writes it.
    pub made: String,
    /// What else a reader should know, in sentences.
    pub notes: Vec<String>,
}

/// The results of a session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The file's name.
    pub name: String,
    /// What it holds.
    pub results: Results,
}

/// The page as HTML.
///
/// # Errors
/// What a template cannot be filled with, in words.
pub fn page(page: &Page) -> Result<String, String> {
    Ok(page.made.clone())
}
