//! What a claim is, and who measures it.

use crate::lab::{Lab, PythonHere, Samples};
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
}

impl Group {
    /// All of them, in the order in which they are measured.
    pub const ALL: [Self; 7] = [
        Self::Computing,
        Self::Waiting,
        Self::Turns,
        Self::Updates,
        Self::Costs,
        Self::Loops,
        Self::Subtasks,
    ];
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

/// How the repetitions of a ratio are got.
#[derive(Clone, Copy)]
pub(crate) enum Measure {
    /// Once.
    Once(fn(&mut Lab<'_>) -> Samples),
    /// In each Python that is here and that the first function accepts; the
    /// name then says in which one.
    EachPython(
        fn(&PythonHere) -> bool,
        fn(&mut Lab<'_>, &PythonHere) -> Samples,
    ),
}

impl By {
    pub(crate) const fn once(
        who: &'static str,
        measure: fn(&mut Lab<'_>) -> Samples,
    ) -> Self {
        Self { who, measure: Measure::Once(measure) }
    }

    pub(crate) const fn each_python(
        accept: fn(&PythonHere) -> bool,
        measure: fn(&mut Lab<'_>, &PythonHere) -> Samples,
    ) -> Self {
        let measure = Measure::EachPython(accept, measure);
        Self { who: "python-threads", measure }
    }
}
