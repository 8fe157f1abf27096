//! One visit to each of some rows, for studies that choose their rows by what
//! earlier visits have shown.

use crate::results::Results;
use crate::session::{self, Plan};
use lanes_core::{Row, seed};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::Ordering;

/// A row, and the models that are measured in it. A contender that is a model
/// for the second time is measured wherever the first is.
pub(crate) type Wanted = (Box<dyn Row>, BTreeSet<String>);

/// Visits each row once, in random order, with inputs that differ from those of
/// a sweep with another number. Of the plan, the rows and the bounds on time
/// mean nothing; it ends early if the plan's flag is set.
///
/// # Errors
/// Those of [`session::run`].
pub(crate) fn sweep(
    plan: &Plan,
    number: u64,
    wanted: Vec<Wanted>,
) -> io::Result<Results> {
    let known =
        |(row, models): &Wanted| (row.workload(), row.size(), models.clone());
    let all: Vec<_> = wanted.iter().map(known).collect();
    let wants = move |row: &dyn Row, model: &str| {
        let (workload, size) = (row.workload(), row.size());
        let same = |(name, known, _): &&(&str, Value, BTreeSet<String>)| {
            *name == workload && *known == size
        };
        let found = all.iter().find(same);
        found.is_some_and(|(.., models)| models.contains(model))
    };
    let plan = Plan {
        rows: wanted.into_iter().map(|(row, _)| row).collect(),
        contenders: plan.contenders.clone(),
        wants: Box::new(wants),
        control: false,
        even: true,
        rounds: Some(1),
        budget: plan.budget,
        until: None,
        map: None,
        seed: seed::part(plan.seed, number),
        level: plan.level,
        margin: plan.margin,
        limits: plan.limits.clone(),
        machine: plan.machine.clone(),
        build: plan.build.clone(),
    };
    session::run(&plan, String::new(), &mut |_, _| Ok(()))
}

/// Whether the command is to end.
pub(crate) fn stopped(plan: &Plan) -> bool {
    plan.limits.stop.load(Ordering::Relaxed)
}
