//! The claims as they are written down, and the table of them.

use crate::study::{Finding, Found};
use lanes_measure::document::{Document, Unreadable};
use lanes_measure::foreign;
use lanes_measure::machine::Machine;
use lanes_measure::results::Build;
use lanes_measure::words::digits;
use serde::{Deserialize, Serialize};

/// The schema that a file of claims names.
pub const SCHEMA: &str = "lanes-claims";
/// The version of its format.
const VERSION: u32 = 1;

/// What a study found and what it ran on: what `lanes claims --format json`
/// prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// `lanes-claims`.
    pub schema: String,
    /// The version of the format.
    pub version: u32,
    /// The machine, and the libraries.
    pub machine: Machine,
    /// Each Python that was there, with its version.
    #[serde(deserialize_with = "foreign::texts")]
    pub pythons: Vec<String>,
    /// What was measured with.
    pub build: Build,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The probability with which an interval holds the true median, at the
    /// least.
    pub level: f64,
    /// What was found, in the order in which it was measured.
    pub findings: Vec<Finding>,
}

impl Published {
    /// What was found on this machine with this build.
    pub fn new(
        machine: Machine,
        build: Build,
        pythons: Vec<String>,
        seconds: f64,
        level: f64,
        findings: Vec<Finding>,
    ) -> Self {
        let (schema, version) = (SCHEMA.into(), VERSION);
        Self {
            schema,
            version,
            machine,
            pythons,
            build,
            seconds,
            level,
            findings,
        }
    }

    /// The claims in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.content(SCHEMA, VERSION)
    }

    /// The findings as a table in Markdown, and a line with what they were
    /// measured on. A claim is named in the first of its rows.
    pub fn markdown(&self) -> String {
        let mut table = String::from(
            "| claim | ratio | who | bound | median | from to | verdict |\n\
             |---|---|---|---|--:|---|---|\n",
        );
        let mut before = None;
        for finding in &self.findings {
            let again = before == Some(&finding.claim);
            before = Some(&finding.claim);
            let name = if again { "" } else { &finding.claim };
            table.push_str(&row(name, finding));
        }
        let Self { machine, build, pythons, seconds, .. } = self;
        let pythons = pythons.join(", ");
        table + &format!("\n({machine}; {build}; {pythons}; {seconds:.0} s)\n")
    }
}

fn row(name: &str, finding: &Finding) -> String {
    let Finding { ratio, who, bound, found, .. } = finding;
    let (median, ends, verdict) = match found {
        Found::Measured { estimate, verdict, .. } => {
            let [low, median, high] =
                [estimate.low, estimate.median, estimate.high].map(digits);
            (median, format!("{low} to {high}"), verdict.to_string())
        }
        Found::Missing(why) => (String::new(), String::new(), why.clone()),
    };
    format!(
        "| {name} | {ratio} | `{who}` | {bound} | {median} | {ends} | \
         {verdict} |\n"
    )
}
