//! What a library does by itself when a task panics, and when it blocks: as
//! `lanes faults` measured it, with the machine and the day.

use lanes_measure::faults::{Case, Faults};

/// The published faults, which are those of `lanes faults`.
const PUBLISHED: &str = include_str!("../../../report/published/faults.json");

/// What libraries do by themselves.
pub(super) struct Failures(Faults);

impl Failures {
    /// Those that this program was built with; none if they are of another
    /// version.
    pub(super) fn published() -> Option<Self> {
        serde_json::from_str(PUBLISHED).ok().map(Self)
    }

    /// When they were measured: a day in UTC.
    pub(super) fn day(&self) -> &str {
        self.0.begun.get(..10).unwrap_or(&self.0.begun)
    }

    /// What happens if a task of this model panics: a word or two, and what was
    /// seen.
    pub(super) fn panic(&self, model: &str) -> Option<(&str, &str)> {
        self.observed("one_task_panics", model)
    }

    /// What happens if a task blocks its worker.
    pub(super) fn block(&self, model: &str) -> Option<(&str, &str)> {
        self.observed("blocking_in_task", model)
    }

    fn observed(&self, case: &str, model: &str) -> Option<(&str, &str)> {
        let library = library(model);
        let at = self.0.libraries.iter().position(|name| name == library)?;
        let same = |found: &&Case| found.name == case;
        let found = self.0.cases.iter().find(same)?.alone.get(at)?;
        (!found.what.is_empty()).then(|| (&*found.what, &*found.detail))
    }
}

/// The library whose plain use a model's failures are those of.
fn library(model: &str) -> &str {
    match model.strip_prefix("tokio-") {
        Some(_) => "tokio",
        None => model,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_can_be_read_and_names_the_libraries() {
        let failures = Failures::published().unwrap();
        for model in ["threads", "rayon", "tokio", "tokio-rayon", "smol"] {
            assert!(failures.panic(model).is_some(), "{model}");
            assert!(failures.block(model).is_some(), "{model}");
        }
        assert!(failures.panic("nobody").is_none());
        assert_eq!(failures.day().len(), 10);
    }
}
