//! The cases of the failure contract: what models do, and what libraries do by
//! themselves.

use lanes_measure::faults::{Faults, Verdict};
use lanes_measure::results::State;

/// The view of one file.
pub(super) struct FaultsView<'a> {
    pub(super) faults: &'a Faults,
    pub(super) here: Vec<Line<'a, Mark<'a>>>,
    /// Only cases that some library has a plain use of.
    pub(super) alone: Vec<Line<'a, (&'a str, &'a str)>>,
    pub(super) totals: String,
    /// Every verdict but a pass, with its reason.
    pub(super) remarks: Vec<(&'static str, String)>,
    pub(super) interrupted: bool,
}

/// A case, with a cell for each column.
pub(super) struct Line<'a, C> {
    pub(super) case: &'a str,
    pub(super) asks: &'a str,
    pub(super) cells: Vec<C>,
}

/// What a model did.
pub(super) struct Mark<'a> {
    pub(super) class: &'static str,
    pub(super) text: &'static str,
    pub(super) why: &'a str,
}

impl<'a> FaultsView<'a> {
    pub(super) fn of(faults: &'a Faults) -> Self {
        let mut here = Vec::new();
        let mut alone = Vec::new();
        for case in &faults.cases {
            let (name, asks) = (&*case.name, &*case.asks);
            let marks = (0..faults.models.len()).map(|at| {
                let judged = case.here.get(at);
                judged.map_or(NOT_RUN, |judged| Mark {
                    class: class(judged.verdict),
                    text: judged.verdict.mark(),
                    why: &judged.why,
                })
            });
            here.push(Line { case: name, asks, cells: marks.collect() });
            if case.alone.iter().any(|observed| !observed.what.is_empty()) {
                let cells = (0..faults.libraries.len()).map(|at| {
                    let observed = case.alone.get(at);
                    observed.map_or(("", ""), |o| (&*o.what, &*o.detail))
                });
                alone.push(Line { case: name, asks, cells: cells.collect() });
            }
        }
        let titles = [
            (Verdict::Broken, "broken"),
            (Verdict::Exempt, "exempt"),
            (Verdict::Inapplicable, "not applicable"),
        ];
        let remarks = titles.into_iter().flat_map(|(verdict, title)| {
            let all = faults.remarks(verdict).into_iter();
            all.map(move |remark| (title, remark.to_string()))
        });
        let count = |verdict| faults.count(verdict);
        Self {
            here,
            alone,
            totals: format!(
                "{} passed, {} exempt, {} not applicable, {} broken",
                count(Verdict::Passed),
                count(Verdict::Exempt),
                count(Verdict::Inapplicable),
                count(Verdict::Broken),
            ),
            remarks: remarks.collect(),
            interrupted: faults.state != State::Complete,
            faults,
        }
    }
}

const NOT_RUN: Mark<'static> =
    Mark { class: "missing", text: "", why: "not run" };

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Exempt => "exempt",
        Verdict::Inapplicable => "missing",
        Verdict::Broken => "failed",
    }
}
