//! A study: claims, measured one after the other.

use crate::catalogue::claims;
use crate::claim::{Claim, Group, Measure};
use crate::exhibits::repetition;
use crate::lab::{Lab, Samples, pythons, words};
use lanes_measure::foreign;
use lanes_measure::process::{Launch, Limits};
use lanes_measure::statistics::{Bound, Interval, LEVEL, Outcome};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One claim as one model or library showed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The claim, in a sentence.
    #[serde(deserialize_with = "foreign::text")]
    pub claim: String,
    /// What was divided by what.
    #[serde(deserialize_with = "foreign::text")]
    pub ratio: String,
    /// Who was measured.
    #[serde(deserialize_with = "foreign::text")]
    pub who: String,
    /// For which values the claim holds.
    pub bound: Bound,
    /// What came out.
    pub found: Found,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// A ratio.
    Measured {
        /// Each repetition.
        samples: Vec<f64>,
        /// Their median and its interval.
        estimate: Interval,
        /// What that says of the claim.
        verdict: Outcome,
    },
    /// Nothing, for this reason.
    Missing(#[serde(deserialize_with = "foreign::text")] String),
}

impl Found {
    fn of(samples: Samples, bound: &Bound) -> Self {
        let samples = match samples {
            Ok(samples) => samples,
            Err(why) => return Self::Missing(why),
        };
        match Interval::of(&samples, LEVEL) {
            Some(estimate) => {
                let verdict = bound.outcome(&estimate);
                Self::Measured { samples, estimate, verdict }
            }
            None => Self::Missing(format!("measured {samples:?}")),
        }
    }
}

/// What a study works with.
pub struct Study<'a> {
    /// What is measured.
    pub groups: &'a [Group],
    /// What workers may use.
    pub limits: &'a Limits,
    /// Where their temporary files go.
    pub folder: &'a Path,
    /// How the workers of this program are started: they have [`exhibit`].
    ///
    /// [`exhibit`]: crate::exhibit
    pub own: Launch,
    /// Called with each finding as it comes.
    pub watch: &'a mut dyn FnMut(&Finding),
}

/// Measures the claims; all of them in less than four minutes. What cannot be
/// measured here is part of the findings, with the reason. If the study is
/// stopped, what was being measured is not.
pub fn study(study: Study<'_>) -> Vec<Finding> {
    let Study { groups, limits, folder, own, watch } = study;
    let lab = Lab { limits, folder, own: &own };
    let mut findings = Vec::new();
    for group in groups {
        for claim in claims().filter(|claim| claim.group == *group) {
            for (who, once) in measurements(claim) {
                let samples = lab.repeat(group.repetitions(), &*once);
                if lab.is_stopped() {
                    return findings;
                }
                let finding = Finding {
                    claim: claim.name.into(),
                    ratio: claim.ratio.into(),
                    who: who.into(),
                    bound: claim.bound,
                    found: Found::of(samples, &claim.bound),
                };
                watch(&finding);
                findings.push(finding);
            }
        }
    }
    findings
}

/// Makes one repetition.
type Once = Box<dyn Fn(&Lab<'_>) -> Result<f64, String>>;

/// All who measure a claim, and how.
fn measurements(claim: &'static Claim) -> Vec<(&'static str, Once)> {
    let mut all: Vec<(&'static str, Once)> = Vec::new();
    for by in claim.by {
        match by.measure {
            Measure::Rust(_) => {
                all.push((
                    by.who,
                    Box::new(|lab| repetition(lab, claim, by).map_err(words)),
                ));
            }
            Measure::Models(once) | Measure::Python(once) => {
                all.push((by.who, Box::new(once)));
            }
            Measure::EachPython(accept, once) => {
                let here = pythons().into_iter().filter(accept);
                all.extend(here.map(|python| -> (&'static str, Once) {
                    let who = python.who;
                    (who, Box::new(move |lab| once(lab, &python)))
                }));
            }
        }
    }
    all
}
