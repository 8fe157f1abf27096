//! The cases as data: names, the table in the documentation, and exemptions.

use lanes_conformance::Outcome;
use lanes_conformance::cases::{CASES, find, table};
use lanes_core::{
    Cell, Cells, Config, Entry, Error, Exempt, Family, Model, WORKLOADS,
};
use std::collections::HashSet;

/// A model that cannot be started, and is exempt from one case.
struct Closed;

const EXEMPT: Exempt = Exempt {
    case: "thread_limit",
    why: "it has no threads",
    issue: "https://example.org/1",
};

impl Model for Closed {
    fn start(_: &Config) -> Result<Self, Error> {
        Err(Error::Unsupported("it is closed".into()))
    }

    fn exemptions() -> &'static [Exempt] {
        &[EXEMPT]
    }

    fn name(&self) -> &'static str {
        "closed"
    }

    fn workers(&self) -> usize {
        1
    }
}

impl Cells for Closed {
    const CELLS: &'static [Cell] = &[];
}

#[test]
fn every_case_is_found_by_a_name_of_its_own() {
    let names: HashSet<&str> = CASES.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), CASES.len());
    for name in names {
        assert_eq!(find(name).map(|case| case.name), Some(name));
    }
    assert!(find("no_such_case").is_none());
}

#[test]
fn the_documentation_has_the_table() {
    let written = include_str!("../CASES.md");
    assert_eq!(
        written,
        table(),
        "`cargo run -p lanes-conformance --example \
        cases > crates/conformance/CASES.md` writes it anew"
    );
}

#[test]
fn what_a_model_is_exempt_from_is_not_run_and_said() {
    let entry = Entry::of::<Closed>("closed", Family::Exhibit, "");
    let run = |name| find(name).unwrap().run(&entry);
    assert_eq!(run(EXEMPT.case), Outcome::Exempt(EXEMPT));
    let failed = run("hundred_runs");
    assert!(matches!(failed, Outcome::Failed(_)), "{failed:?}");
}

#[test]
fn a_model_without_the_cells_is_not_asked() {
    let entry = Entry::of::<Closed>("closed", Family::Exhibit, "");
    assert!(WORKLOADS.iter().all(|workload| !entry.has(workload.name)));
    for name in ["connect_storm", "spans_tell_the_story"] {
        let outcome = find(name).unwrap().run(&entry);
        assert!(matches!(outcome, Outcome::NotApplicable(_)), "{outcome:?}");
    }
}
