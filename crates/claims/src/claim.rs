//! What a claim is, and who measures it.

use crate::lab::{Lab, PythonHere};
use lanes_core::Error;
use lanes_measure::statistics::Bound;

/// Claims that belong together. Each group has a file of this name with its
/// claims and its measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// CPU work in threads and in processes.
    Computing,
    /// Sleeping and fetching, in threads and on an event loop.
    Waiting,
    /// How long the GIL is held, and waited for.
    Turns,
    /// Updates that are lost.
    Updates,
    /// What a process costs.
    Costs,
    /// Blocking calls in an event loop.
    Loops,
    /// The article's drawings.
    Subtasks,
    /// Tasks that wait, come now and then, or are stopped.
    Tasks,
    /// Queues and maps that tasks share.
    Sharing,
}

impl Group {
    /// All of them, in the order in which they are measured.
    pub const ALL: [Self; 9] = [
        Self::Computing,
        Self::Waiting,
        Self::Turns,
        Self::Updates,
        Self::Costs,
        Self::Loops,
        Self::Subtasks,
        Self::Tasks,
        Self::Sharing,
    ];

    /// How often each ratio of the group is measured. An interval of 95 %
    /// leaves out the largest and the smallest of 9, and three at each end of
    /// 15, and holds the true median with 96 %.
    pub(crate) const fn repetitions(self) -> usize {
        match self {
            // Where both cores compute, other work on the machine disturbs
            // most.
            Self::Computing | Self::Subtasks | Self::Sharing => 15,
            _ => 9,
        }
    }
}

/// A claim about one ratio.
pub struct Claim {
    /// Where it belongs.
    pub group: Group,
    /// The claim, in a sentence. Claims with the same sentence stand together.
    pub name: &'static str,
    /// What is divided by what.
    pub ratio: &'static str,
    /// For which values the claim holds.
    pub bound: Bound,
    /// Who measures it, one after the other.
    pub by: &'static [By],
}

/// A measurement of a claim's ratio.
pub struct By {
    /// Who is measured: a model, or a part of one.
    pub who: &'static str,
    pub(crate) measure: Measure,
}

/// How one repetition of a ratio is made. Each starts in new processes.
#[derive(Clone, Copy)]
pub(crate) enum Measure {
    /// In this program: the function is called in a new worker of it.
    Rust(fn() -> Result<f64, Error>),
    /// In models of this program, by new workers of it that run rows of the
    /// catalogue.
    Models(fn(&Lab<'_>) -> Result<f64, String>),
    /// In the first Python, by new workers.
    Python(fn(&Lab<'_>) -> Result<f64, String>),
    /// In each Python that is here and that the first function accepts; the
    /// name then says in which one.
    EachPython(
        fn(&PythonHere) -> bool,
        fn(&Lab<'_>, &PythonHere) -> Result<f64, String>,
    ),
}

impl By {
    pub(crate) const fn rust(
        who: &'static str,
        once: fn() -> Result<f64, Error>,
    ) -> Self {
        Self { who, measure: Measure::Rust(once) }
    }

    pub(crate) const fn models(
        who: &'static str,
        once: fn(&Lab<'_>) -> Result<f64, String>,
    ) -> Self {
        Self { who, measure: Measure::Models(once) }
    }

    pub(crate) const fn python(
        who: &'static str,
        once: fn(&Lab<'_>) -> Result<f64, String>,
    ) -> Self {
        Self { who, measure: Measure::Python(once) }
    }

    pub(crate) const fn each_python(
        accept: fn(&PythonHere) -> bool,
        once: fn(&Lab<'_>, &PythonHere) -> Result<f64, String>,
    ) -> Self {
        let measure = Measure::EachPython(accept, once);
        Self { who: "python-threads", measure }
    }
}
