//! `lanes duel`: two builds in one session.

use crate::args::{Conditions, Duel, Format, Peers, Selection};
use crate::changes::{self, visible};
use crate::fail::Fail;
use crate::models::{Known, Origin};
use crate::run::{self, limits, session, sized};
use crate::say::{line, note};
use crate::select::Cells;
use crate::show::print;
use crate::side::Side;
use crate::stamp;
use crate::temporary;
use lanes_core::{Row, workload};
use lanes_measure::change::{Change, Compared, Limits, Outcome};
use lanes_measure::duel::{duelled, names};
use lanes_measure::process;
use lanes_measure::protocol::Described;
use lanes_measure::results::{Results, State};
use lanes_measure::session::{Contender, Plan};
use lanes_measure::words::percent;
use std::path::PathBuf;
use std::time::Duration;

/// By default, a duel takes at least so long.
const LEAST_BUDGET: Duration = Duration::from_secs(60);

/// Measures two builds in one session, and prints what changed.
///
/// # Errors
/// [`Fail::Usage`] for what is no build, those of a revision that does not
/// build, of the selection and of the results folder;
/// [`Fail::Regression`] for a certain one under `--fail-on`,
/// [`Fail::Failure`] if a cell of the newer build failed, and
/// [`Fail::Interrupted`] after Ctrl-C.
pub(crate) fn duel(options: &Duel) -> Result<(), Fail> {
    let Conditions { deadline, memory, .. } = options.conditions;
    let limits = limits(deadline, memory);
    let folder = temporary::folder()?;
    let side = |title, argument, place| {
        let place = folder.path().join(place);
        Side::of(title, argument, &place, &limits.stop)
    };
    let sides = [
        side("BEFORE", &options.before, "1")?,
        side("AFTER", &options.after, "2")?,
    ];
    let selection = Selection {
        filters: options.filters.clone(),
        models: options.models.clone(),
        peers: Peers::default(),
    };
    let rows = sized(options.full, options.items);
    let cells = Cells::among(&selection, rows, &known(&sides))?;
    let mut changes = apart(&cells, options, &sides);
    let measured = measured(cells, options, &sides, limits)?;
    if let Some((results, _)) = &measured {
        let limits = Limits {
            level: results.level,
            margin: options.margin,
            most: options.fail_on.unwrap_or(0.0),
        };
        changes.append(&mut duelled(results, &limits));
    }
    show(&changes, options, measured.as_ref())?;
    end(&changes, options, measured)
}

/// The models that one build or the other has, those of the newer one first.
fn known(sides: &[Side; 2]) -> Vec<Known> {
    let [before, after] = sides;
    let mut known: Vec<Described> = after.models.clone();
    for model in &before.models {
        let same = |other: &&mut Described| other.model == model.model;
        let Some(other) = known.iter_mut().find(same) else {
            known.push(model.clone());
            continue;
        };
        let gone = model.cells.iter().filter(|cell| {
            let name = &cell.workload;
            other.cells.iter().all(|other| other.workload != *name)
        });
        let gone: Vec<_> = gone.cloned().collect();
        other.cells.extend(gone);
    }
    let known = known.into_iter().map(|described| Known {
        name: described.model.clone(),
        origin: Origin::Builds(described),
    });
    known.collect()
}

/// The chosen cells that only one build has, which are not measured.
fn apart(cells: &Cells, options: &Duel, sides: &[Side; 2]) -> Vec<Change> {
    let contenders = run::contenders(cells, &options.workers, &[]);
    let mut apart = Vec::new();
    let mut add = |workload: &str, size: String, contender: &Contender| {
        let model = &contender.model;
        let outcome = match [0, 1].map(|at| sides[at].has(workload, model)) {
            [true, false] => Outcome::Gone,
            [false, true] => Outcome::New,
            _ => return,
        };
        apart.push(Change {
            workload: workload.into(),
            size,
            name: contender.name.clone(),
            workers: contender.workers,
            seconds: [None; 2],
            visits: [0; 2],
            compared: Compared::WithinVisits,
            ratio: None,
            visible: None,
            outcome,
        });
    };
    for row in &cells.rows {
        for contender in &contenders {
            if cells.wants(&**row, &contender.model) {
                add(row.workload(), row.label(), contender);
            }
        }
    }
    if options.filters.is_empty() {
        for workload in strange(sides) {
            for contender in &contenders {
                add(&workload, "any".into(), contender);
            }
        }
    }
    apart
}

/// The workloads of the builds that this program does not know.
fn strange(sides: &[Side; 2]) -> Vec<String> {
    let models = sides.iter().flat_map(|side| &side.models);
    let cells = models.flat_map(|model| &model.cells);
    let names = cells.map(|cell| cell.workload.clone());
    let mut names: Vec<String> =
        names.filter(|name| workload::find(name).is_none()).collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        note!(
            "this version of Lanes cannot measure {}; run one that has \
             it",
            names.join(", ")
        );
    }
    names
}

/// The session, if the builds have a chosen cell in common.
fn measured(
    cells: Cells,
    options: &Duel,
    sides: &[Side; 2],
    limits: process::Limits,
) -> Result<Option<(Results, PathBuf)>, Fail> {
    let contenders = contenders(&cells, options, sides);
    let (mut rows, chosen) = cells.into_parts();
    let both = sides.clone();
    let wants = move |row: &dyn Row, model: &str| {
        let has = |side: &Side| side.has(row.workload(), model);
        chosen(row, model) && both.iter().all(has)
    };
    rows.retain(|row| contenders.iter().any(|c| wants(&**row, &c.model)));
    if rows.is_empty() {
        return Ok(None);
    }
    let mut build = stamp::build();
    build.compared = Some(sides.each_ref().map(|side| side.what.clone()));
    let mut plan = Plan {
        rows,
        wants: Box::new(wants),
        even: true,
        rounds: options.rounds.map(|rounds| rounds as usize),
        seed: options.conditions.seed,
        margin: options.margin,
        ..Plan::new(contenders, limits, stamp::machine(), build)
    };
    let default = || Plan::default_budget(plan.cells()).max(LEAST_BUDGET);
    plan.budget = options.budget.unwrap_or_else(default);
    session(&mut plan, options.items.is_some(), &options.place.output, "")
        .map(Some)
}

/// Each chosen model of both builds, one after the other.
fn contenders(
    cells: &Cells,
    options: &Duel,
    sides: &[Side; 2],
) -> Vec<Contender> {
    let both = |contender: Contender| {
        let names = names(&contender.name);
        let both = sides.iter().zip(names).filter_map(move |(side, name)| {
            let serial = side.model(&contender.model)?.serial;
            let launch = side.launch.clone();
            Some(Contender { name, serial, launch, ..contender.clone() })
        });
        both.collect::<Vec<_>>()
    };
    let all = run::contenders(cells, &options.workers, &[]).into_iter();
    all.flat_map(both).collect()
}

fn show(
    changes: &[Change],
    options: &Duel,
    measured: Option<&(Results, PathBuf)>,
) -> Result<(), Fail> {
    let format = options.printing.format();
    let mut text = changes::text(changes, options.fail_on, format)?;
    if let Some((results, _)) = measured.filter(|_| format.is_for_people()) {
        text += &foot(changes, results);
    }
    print(&text)?;
    if let Some((_, path)) = measured
        && format == Format::Table
    {
        line!("results: {}", path.display());
    }
    Ok(())
}

/// The machine, the builds, and what the figures mean.
fn foot(changes: &[Change], results: &Results) -> String {
    let state = match results.state {
        State::Interrupted => ", interrupted",
        State::Running | State::Complete => "",
    };
    let builds = results.build.compared.as_ref();
    let builds = builds.map(|[before, after]| {
        format!("before is {before}, after is {after}\n")
    });
    format!(
        "{}; {:.0} s{state}\n{}Intervals hold for all cells at once, with {} \
         probability.\n{}",
        results.machine,
        results.seconds,
        builds.unwrap_or_default(),
        percent(results.level),
        visible(changes),
    )
}

/// How a duel ended, as an exit code.
fn end(
    changes: &[Change],
    options: &Duel,
    measured: Option<(Results, PathBuf)>,
) -> Result<(), Fail> {
    if let Some((results, path)) = measured
        && results.state == State::Interrupted
    {
        let path = path.display();
        let what = "interrupted; what was measured is in";
        return Err(Fail::Interrupted(format!("{what} {path}")));
    }
    changes::end(changes, options.fail_on)
}
