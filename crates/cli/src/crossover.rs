//! `lanes crossover`: from which length on parallel is faster than the plain
//! loop.

pub(crate) mod printed;

use crate::args::{Crossover as Options, Format};
use crate::fail::Fail;
use crate::interrupt;
use crate::kept::{Growing, Kept};
use crate::run::output;
use crate::say::{line, progress};
use crate::select::matching;
use crate::show::print;
use crate::studied::{self, Chosen};
use crate::temporary;
use lanes_core::{Definition, Size, WORKLOADS};
use lanes_measure::crossover::{Asked, Crossover, Progress, lengths, measure};
use lanes_measure::results::State;
use serde_json::Value;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// By default, the time for each model.
const EACH: Duration = Duration::from_secs(30);

/// The model that all are compared with.
const YARDSTICK: &str = "sequential";

/// Searches the crossovers, saves them, and prints them.
///
/// # Errors
/// [`Fail::Failure`] if a model failed, [`Fail::Interrupted`] after Ctrl-C, and
/// those of the selection and of the places for files.
pub(crate) fn crossover(options: &Options) -> Result<(), Fail> {
    let asked = asked(options)?;
    let (crossover, path) = measured(&asked, options)?;
    let format = options.printing.format();
    let done = print(&printed::text(&crossover, format)?);
    if format == Format::Table || done.is_err() {
        line!("crossover: {}", path.display());
    }
    done?;
    if crossover.state == State::Interrupted {
        return Err(interrupt::interrupted());
    }
    let failures = crossover.models.iter().filter_map(|m| m.failure.as_ref());
    studied::failed(failures)
}

/// What was asked for, with the models that are here.
fn asked(options: &Options) -> Result<Asked, Fail> {
    let workload = workload(&options.workload)?;
    let (shortest, longest) = (options.shortest, options.longest);
    let lengths = lengths(shortest, longest).map_err(Fail::Usage)?;
    let chosen = Chosen {
        workload: workload.name,
        models: &options.models,
        peers: &options.peers,
        workers: options.workers,
        beside: Some(YARDSTICK),
    };
    let mut plan = studied::plan(&chosen, &options.conditions)?;
    let default = EACH.saturating_mul(studied::count(&plan));
    plan.budget = options.budget.unwrap_or(default);
    let (yardstick, grains) = (YARDSTICK.to_owned(), options.grains.clone());
    let asked = Asked { plan, workload, yardstick, lengths, grains };
    // What is too long is no failure of a model.
    let longest = asked.lengths[asked.lengths.len() - 1];
    let made = asked.row(longest, 1).and_then(|row| row.job(asked.plan.seed));
    made.map_err(|why| {
        let name = workload.name;
        Fail::Usage(format!(
            "{name} of {longest}: {why}; choose a smaller --longest"
        ))
    })?;
    Ok(asked)
}

/// The workload of this name, if its size is a length and a grain.
fn workload(name: &str) -> Result<&'static Definition, Fail> {
    let fits = |workload: &&Definition| {
        // The first one is in the form that programs have.
        let rows = workload.sizes(Size::Quick);
        let size = rows.first().map(|row| row.size());
        let fields = size.as_ref().and_then(Value::as_object);
        fields.is_some_and(|fields| {
            fields.len() == 2
                && ["len", "grain"].iter().all(|f| fields.contains_key(*f))
        })
    };
    let long: Vec<&Definition> = WORKLOADS.iter().filter(fits).collect();
    let names: Vec<&str> = long.iter().map(|workload| workload.name).collect();
    if let Some(other) = WORKLOADS.iter().find(|other| other.name == name)
        && !names.contains(&name)
    {
        let (name, names) = (other.name, names.join(", "));
        return Err(Fail::Usage(format!(
            "the size of {name} is no length and grain; those of {names} are"
        )));
    }
    let found = matching("workload", &[name.to_owned()], &names)?;
    let found = found.first().copied().unwrap_or_default();
    let found = WORKLOADS.iter().find(|workload| workload.name == found);
    found.ok_or_else(|| Fail::Usage(format!("no workload {name:?}")))
}

impl Growing for Crossover {
    fn interrupted(self) -> Self {
        self.interrupted()
    }
}

/// Measures, and saves what was found after each sweep in the file that is
/// returned.
fn measured(
    asked: &Asked,
    options: &Options,
) -> Result<(Crossover, PathBuf), Fail> {
    // Every sweep needs it: no model is to blame.
    drop(temporary::folder()?);
    let begun = jiff::Timestamp::now();
    let output = output(&options.place.output, "crossover-", &begun)?;
    let kept = Kept::new(output);
    studied::warn();
    let mut watch = |found: &Crossover, at: &Progress| -> io::Result<()> {
        kept.save(found)?;
        let (points, models) = at.next;
        let (spent, budget) = (at.spent.as_secs(), asked.plan.budget.as_secs());
        progress!("{spent} of {budget} s: {points} points, {models} models");
        Ok(())
    };
    let begun = begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let found = measure(asked, begun, &mut watch);
    interrupt::seen();
    let found = found.map_err(Fail::of)?;
    let path = kept.end(&found)?;
    Ok((found, path))
}
