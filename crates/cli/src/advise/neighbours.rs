//! The neighbours of a job: each of its numbers halved, and doubled.

use crate::args::Job;
use lanes_core::workload::Shape;
use lanes_measure::map::Parameter;

/// A job beside the one that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Neighbour {
    /// What differs.
    pub(super) parameter: Parameter,
    /// The job.
    pub(super) job: Shape,
}

impl Neighbour {
    /// What differs, in words: `a compute per task of 25 µs`.
    pub(super) fn words(&self) -> String {
        let value = self.parameter.shown(self.parameter.of(&self.job));
        match self.parameter {
            Parameter::Tasks => format!("{value} tasks"),
            Parameter::AtOnce => format!("{value} tasks at once"),
            Parameter::Rate => value,
            parameter => format!("{} {value}", parameter.title()),
        }
    }
}

/// The neighbours in all parameters that the job has: its compute, its wait and
/// the number of its tasks, and of the others those that were given.
pub(super) fn of(job: &Shape, given: &Job) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    for parameter in Parameter::ALL {
        let asked = match parameter {
            Parameter::Compute => !job.compute.is_zero(),
            Parameter::Wait => !job.wait.is_zero(),
            Parameter::Tasks => job.rate.is_none(),
            Parameter::AtOnce => {
                given.at_once.is_some() && job.at_once < job.tasks
            }
            Parameter::Skew => job.skew.is_some(),
            Parameter::Share => job.lock > 0.0,
            Parameter::Rate => job.rate.is_some(),
        };
        if !asked {
            continue;
        }
        for factor in [0.5, 2.0] {
            let value = match parameter {
                // What is above 1 makes the difference.
                Parameter::Skew => 1.0 + (parameter.of(job) - 1.0) * factor,
                Parameter::Share => (parameter.of(job) * factor).min(1.0),
                _ => parameter.of(job) * factor,
            };
            let near = parameter.set(job, value);
            if near != *job && found.iter().all(|other| other.job != near) {
                found.push(Neighbour { parameter, job: near });
            }
        }
    }
    found
}
