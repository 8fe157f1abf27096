//! A study: claims, measured one after the other.

use crate::claim::{Claim, Group, Measure};
use crate::lab::{Lab, Samples, pythons};
use crate::{computing, costs, loops, subtasks, turns, updates, waiting};
use lanes_measure::process::{Launch, Limits};
use lanes_measure::statistics::{Bound, Interval, LEVEL, Outcome};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// All claims, in the order in which they are measured.
pub fn claims() -> impl Iterator<Item = &'static Claim> {
    [
        computing::CLAIMS,
        waiting::CLAIMS,
        turns::CLAIMS,
        updates::CLAIMS,
        costs::CLAIMS,
        loops::CLAIMS,
        subtasks::CLAIMS,
    ]
    .into_iter()
    .flatten()
}

/// One claim as one model or library showed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The claim, in a sentence.
    pub claim: String,
    /// What was divided by what.
    pub ratio: String,
    /// Who was measured.
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
    Missing(String),
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
    /// How the workers of this program's own models are started.
    pub own: Launch,
    /// Called with each finding as it comes.
    pub watch: &'a mut dyn FnMut(&Finding),
}

/// Measures the claims; all of them in a minute or two. What cannot be measured
/// here is part of the findings, with the reason.
pub fn study(study: Study<'_>) -> Vec<Finding> {
    let Study { groups, limits, folder, own, watch } = study;
    let mut lab = Lab::new(limits, folder, &own);
    let mut findings = Vec::new();
    for group in groups {
        lab.clear();
        for claim in claims().filter(|claim| claim.group == *group) {
            measure(claim, &mut lab, &mut |who, samples| {
                let finding = Finding {
                    claim: claim.name.into(),
                    ratio: claim.ratio.into(),
                    who: who.into(),
                    bound: claim.bound,
                    found: Found::of(samples, &claim.bound),
                };
                watch(&finding);
                findings.push(finding);
            });
        }
    }
    findings
}

/// Measures a claim in all who measure it.
fn measure(
    claim: &Claim,
    lab: &mut Lab<'_>,
    found: &mut dyn FnMut(&str, Samples),
) {
    for by in claim.by {
        match by.measure {
            Measure::Once(measure) => found(by.who, measure(lab)),
            Measure::EachPython(accept, measure) => {
                for python in pythons().iter().filter(|here| accept(here)) {
                    found(python.who, measure(lab, python));
                }
            }
        }
    }
}
