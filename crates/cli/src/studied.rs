//! What studies of one workload, with rows of their own, have in common: which
//! models take part, and how they fail.

use crate::args::{Conditions, Peers, Selection};
use crate::fail::Fail;
use crate::run::{contenders, limits};
use crate::say::progress;
use crate::select::Cells;
use crate::stamp;
use lanes_core::{Config, Size, rows};
use lanes_measure::failure::Failure;
use lanes_measure::session::Plan;

/// What was chosen on the command line.
pub(crate) struct Chosen<'a> {
    /// The workload.
    pub(crate) workload: &'a str,
    /// The models; without one, the runtimes that have more than one worker.
    pub(crate) models: &'a [String],
    /// Models in programs of the user's own.
    pub(crate) peers: &'a Peers,
    /// How many workers each has; without a number, as many as the machine runs
    /// at once.
    pub(crate) workers: Option<usize>,
    /// A model that takes part whatever is chosen.
    pub(crate) beside: Option<&'a str>,
}

impl Chosen<'_> {
    /// How many workers each model is asked for.
    pub(crate) fn workers(&self) -> usize {
        self.workers.unwrap_or_else(|| Config::machine().workers())
    }
}

/// The plan of a study with the models that are here, without rows and without
/// a budget.
///
/// # Errors
/// Those of the selection.
pub(crate) fn plan(
    chosen: &Chosen<'_>,
    conditions: &Conditions,
) -> Result<Plan, Fail> {
    let mut models = chosen.models.to_vec();
    if let Some(beside) = chosen.beside.filter(|_| !models.is_empty()) {
        models.retain(|model| model != beside);
        models.push(beside.to_owned());
    }
    let selection = Selection {
        filters: vec![chosen.workload.to_owned()],
        models,
        peers: chosen.peers.clone(),
    };
    let mut rows = rows(Size::Quick);
    rows.retain(|row| row.workload() == chosen.workload);
    let mut cells = Cells::choose(&selection, rows)?.here()?;
    let limits = limits(conditions.deadline, conditions.memory);
    let workers = [chosen.workers()];
    cells.find_serial(&workers, &limits);
    if chosen.models.is_empty() {
        // What has one worker starts no task.
        let beside = |name: &str| chosen.beside == Some(name);
        cells.models.retain(|model| !model.serial() || beside(&model.name));
    }
    let others = cells.models.iter();
    let mut others = others.filter(|m| chosen.beside != Some(&*m.name));
    if others.next().is_none() {
        let what = "no model is left to measure; choose one with --models";
        return Err(Fail::Nothing(what.into()));
    }
    Ok(Plan {
        wants: Box::new(|_, _| false),
        even: true,
        seed: conditions.seed,
        ..Plan::new(
            contenders(&cells, &workers, &[]),
            limits,
            stamp::machine(),
            stamp::build(),
        )
    })
}

/// How many models it has.
pub(crate) fn count(plan: &Plan) -> u32 {
    u32::try_from(plan.contenders.len()).unwrap_or(u32::MAX)
}

/// Says where figures are those of a slow build.
pub(crate) fn warn() {
    if cfg!(debug_assertions) {
        progress!("lanes: a debug build; `cargo lanes` makes a release build");
    }
}

/// An error, if a model failed.
///
/// # Errors
/// [`Fail::Failure`] then.
pub(crate) fn failed<'a>(
    failures: impl Iterator<Item = &'a Failure>,
) -> Result<(), Fail> {
    match failures.filter(|failure| failure.is_wrong()).count() {
        0 => Ok(()),
        1 => Err(Fail::Failure("a model failed, see above".into())),
        count => {
            Err(Fail::Failure(format!("{count} models failed, see above")))
        }
    }
}
