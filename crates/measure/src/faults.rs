//! What models and libraries do about faults, as a file.

use crate::document::{Document, Unreadable};
use crate::foreign;
use crate::machine::Machine;
use crate::results::{Build, State};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// What such a file says it is.
pub const SCHEMA: &str = "lanes-faults";
/// The version of its format.
const VERSION: u32 = 1;

/// Cases of the failure contract, and what models and libraries did in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Faults {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the format.
    pub version: u32,
    /// Whether all cases were run.
    pub state: State,
    /// When the first case began, in UTC as RFC 3339 writes it.
    #[serde(deserialize_with = "foreign::text")]
    pub begun: String,
    /// How long all cases took, in seconds.
    pub seconds: f64,
    /// The machine they ran on, and the libraries.
    pub machine: Machine,
    /// What they were run with.
    pub build: Build,
    /// The models, in the order of the grid.
    #[serde(deserialize_with = "foreign::texts")]
    pub models: Vec<String>,
    /// The libraries, in the order of the grid.
    #[serde(deserialize_with = "foreign::texts")]
    pub libraries: Vec<String>,
    /// The cases, in the order of the contract.
    pub cases: Vec<Case>,
}

/// A case of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its name.
    #[serde(deserialize_with = "foreign::text")]
    pub name: String,
    /// What is asked, in one sentence.
    #[serde(deserialize_with = "foreign::text")]
    pub asks: String,
    /// What each model did, in the order of [`Faults::models`]; shorter where
    /// the command was interrupted.
    pub here: Vec<Judged>,
    /// What each library does by itself, in the order of
    /// [`Faults::libraries`]; shorter where the command was interrupted.
    pub alone: Vec<Observed>,
}

/// What a model did in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Whether that is what the contract asks for.
    pub verdict: Verdict,
    /// Why: empty for a model that passed.
    #[serde(deserialize_with = "foreign::text")]
    pub why: String,
    /// How long the case took, in seconds, with the start of its process.
    pub seconds: f64,
}

/// Whether a model does what the contract asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It does.
    Passed,
    /// Its library cannot, and the model is exempt by name.
    Exempt,
    /// It has no cell that the case is about, or the machine lacks what the
    /// case needs.
    Inapplicable,
    /// It does something else.
    Broken,
}

impl Verdict {
    /// The verdict as grids show it.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Passed => "ok",
            Self::Exempt => "exempt",
            Self::Inapplicable => "-",
            Self::Broken => "BROKEN",
        }
    }
}

/// What a library does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// What happened, in a few words; empty where the library has no plain use
    /// of this kind.
    #[serde(deserialize_with = "foreign::text")]
    pub what: String,
    /// The measured figures, or what the library printed.
    #[serde(deserialize_with = "foreign::text")]
    pub detail: String,
}

/// The verdict as files and programs have it.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Exempt => "exempt",
            Self::Inapplicable => "inapplicable",
            Self::Broken => "broken",
        })
    }
}

impl Faults {
    /// Cases on this machine with this build, of which none was run yet.
    pub fn new(begun: String, machine: Machine, build: Build) -> Self {
        Self {
            schema: SCHEMA.into(),
            version: VERSION,
            state: State::Running,
            begun,
            seconds: 0.0,
            machine,
            build,
            models: Vec::new(),
            libraries: Vec::new(),
            cases: Vec::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::of(&Document::read(path)?)
    }

    /// The verdicts in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.possible(SCHEMA, VERSION, possible)
    }

    /// How many verdicts are this one.
    pub fn count(&self, verdict: Verdict) -> usize {
        let all = self.cases.iter().flat_map(|case| &case.here);
        all.filter(|judged| judged.verdict == verdict).count()
    }

    /// What is no pass, and why: each reason once for the same models, with all
    /// cases that it is the reason of.
    pub fn remarks(&self, verdict: Verdict) -> Vec<Remark<'_>> {
        let mut remarks: Vec<Remark<'_>> = Vec::new();
        for case in &self.cases {
            for (models, why) in self.reasons(case, verdict) {
                let same =
                    |r: &&mut Remark<'_>| r.why == why && r.models == models;
                let name = &*case.name;
                match remarks.iter_mut().find(same) {
                    Some(remark) => remark.cases.push(name),
                    None => {
                        let (cases, all) = (vec![name], self.cases.len());
                        remarks.push(Remark { cases, all, models, why });
                    }
                }
            }
        }
        remarks
    }

    /// The reasons in one case, each with its models.
    fn reasons<'a>(
        &'a self,
        case: &'a Case,
        verdict: Verdict,
    ) -> Vec<(Vec<&'a str>, &'a str)> {
        let mut reasons: Vec<(Vec<&str>, &str)> = Vec::new();
        for (model, judged) in self.models.iter().zip(&case.here) {
            if judged.verdict != verdict {
                continue;
            }
            match reasons.iter_mut().find(|(_, why)| *why == judged.why) {
                Some((models, _)) => models.push(model),
                None => reasons.push((vec![model], &judged.why)),
            }
        }
        reasons
    }
}

/// # Errors
/// What cannot be.
fn possible(faults: &Faults) -> Result<(), String> {
    let fits = |case: &Case| {
        case.here.len() <= faults.models.len()
            && case.alone.len() <= faults.libraries.len()
    };
    let judged = faults.cases.iter().flat_map(|case| &case.here);
    let mut times = judged.map(|judged| judged.seconds);
    let possible = |seconds: &f64| (0.0..f64::INFINITY).contains(seconds);
    if !faults.cases.iter().all(fits) {
        Err("a case with more verdicts than there are models".into())
    } else if !possible(&faults.seconds) || !times.all(|t| possible(&t)) {
        Err("a time that cannot be".into())
    } else {
        Ok(())
    }
}

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark<'a> {
    /// The cases.
    pub cases: Vec<&'a str>,
    /// How many cases were asked.
    pub all: usize,
    /// The models.
    pub models: Vec<&'a str>,
    /// The reason.
    pub why: &'a str,
}

impl fmt::Display for Remark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cases, all, models, why } = self;
        let cases = match cases.len() {
            count if count > 1 && count == *all => "every case".to_owned(),
            _ => cases.join(", "),
        };
        write!(f, "{cases} in {}: {why}", models.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    fn faults() -> Faults {
        let build = Build::here("rustc 1", None, false);
        let mut faults =
            Faults::new("now".into(), Machine::here(Vec::new()), build);
        faults.models = vec!["a".into(), "b".into()];
        let judged = |verdict, why: &str| Judged {
            verdict,
            why: why.into(),
            seconds: 0.5,
        };
        let here = vec![
            judged(Verdict::Passed, ""),
            judged(Verdict::Broken, "it hangs"),
        ];
        let (name, asks) = ("nested_run".into(), "A run ends.".into());
        faults.cases = vec![Case { name, asks, here, alone: Vec::new() }];
        faults
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.json");
        let mut faults = faults();
        document::save(&path, &faults).unwrap();
        assert_eq!(Faults::load(&path).unwrap(), faults);
        assert_eq!(faults.count(Verdict::Passed), 1);
        let remarks = |faults: &Faults| -> Vec<String> {
            let all = faults.remarks(Verdict::Broken);
            all.iter().map(ToString::to_string).collect()
        };
        assert_eq!(remarks(&faults), ["nested_run in b: it hangs"]);
        faults.cases[0].here[0] = faults.cases[0].here[1].clone();
        assert_eq!(remarks(&faults), ["nested_run in a, b: it hangs"]);
        let mut two = faults.clone();
        two.cases.push(two.cases[0].clone());
        assert_eq!(remarks(&two), ["every case in a, b: it hangs"]);
        two.cases[1].name = "slow_drip".into();
        two.cases.push(two.cases[0].clone());
        two.cases[2].here[1].why = "it aborts".into();
        assert_eq!(
            remarks(&two),
            [
                "nested_run, slow_drip in a, b: it hangs",
                "nested_run in a: it hangs",
                "nested_run in b: it aborts",
            ]
        );
        faults.models.pop();
        let path = folder.path().join("short.json");
        document::save(&path, &faults).unwrap();
        let why = Faults::load(&path).unwrap_err().to_string();
        assert!(why.contains("more verdicts than"), "{why}");
    }

    #[test]
    fn what_a_file_says_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faults.json");
        let mut hostile = faults();
        hostile.models[0] = "a\u{1b}[2J".into();
        hostile.cases[0].here[1].why = "x\n".repeat(1000);
        document::save(&path, &hostile).unwrap();
        let read = Faults::load(&path).unwrap();
        assert_eq!(read.models[0], r"a\x1b[2J");
        let why = &read.cases[0].here[1].why;
        assert!(why.len() < 500 && !why.contains('\n'), "{why}");
        hostile.cases[0].here[1].seconds = -1.0;
        // A file that is there is not written again.
        let path = folder.path().join("time.json");
        document::save(&path, &hostile).unwrap();
        let why = Faults::load(&path).unwrap_err().to_string();
        assert!(why.contains("a time that cannot be"), "{why}");
    }
}
