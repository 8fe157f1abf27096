//! `lanes metg`: from which length on a task is worth starting.

pub(crate) mod printed;

use crate::args::{Format, Metg as Options};
use crate::fail::Fail;
use crate::files;
use crate::interrupt;
use crate::kept::{Growing, Kept};
use crate::run::output;
use crate::say::{line, progress};
use crate::show::print;
use crate::studied::{self, Chosen};
use crate::temporary;
use lanes_core::Workload;
use lanes_core::workload::Phases;
use lanes_measure::metg::{Asked, Metg, Progress, measure};
use lanes_measure::results::State;
use lanes_report::plots;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// By default, the time for each model.
const EACH: Duration = Duration::from_secs(12);
const LEAST_BUDGET: Duration = Duration::from_secs(20);

/// Measures the curves, saves them, and prints the smallest tasks.
///
/// # Errors
/// [`Fail::Failure`] if a model failed, [`Fail::Interrupted`] after Ctrl-C, and
/// those of the selection and of the places for files.
pub(crate) fn metg(options: &Options) -> Result<(), Fail> {
    let asked = asked(options)?;
    if let Some(path) = &options.plot {
        // A minute later it would be a pity.
        files::make_room(path, "--plot")?;
    }
    let (metg, path) = measured(&asked, options)?;
    let format = options.printing.format();
    if let Some(path) = &options.plot {
        let plot = plots::efficiency(&plots::curves(&metg));
        files::save_new(path, &plots::standalone(&plot), "--plot")?;
        line!("plot: {}", path.display());
    }
    let done = print(&printed::text(&metg, format)?);
    if format == Format::Table || done.is_err() {
        line!("metg: {}", path.display());
    }
    done?;
    if metg.state == State::Interrupted {
        return Err(interrupt::interrupted());
    }
    let failures = metg.curves.iter().filter_map(|c| c.failure.as_ref());
    studied::failed(failures)
}

/// What was asked for, with the models that are here.
fn asked(options: &Options) -> Result<Asked, Fail> {
    let chosen = Chosen {
        workload: Phases::NAME,
        models: &options.models,
        peers: &options.peers,
        workers: options.workers,
        beside: None,
    };
    let mut plan = studied::plan(&chosen, &options.conditions)?;
    let default = EACH.saturating_mul(studied::count(&plan));
    plan.budget = options.budget.unwrap_or(default.max(LEAST_BUDGET));
    let width = options.width.unwrap_or_else(|| chosen.workers());
    Ok(Asked { plan, pattern: options.pattern, width })
}

impl Growing for Metg {
    fn interrupted(self) -> Self {
        self.interrupted()
    }
}

/// Measures, and saves what was found after each sweep in the file that is
/// returned.
fn measured(asked: &Asked, options: &Options) -> Result<(Metg, PathBuf), Fail> {
    // Every sweep needs it: no model is to blame.
    drop(temporary::folder()?);
    let begun = jiff::Timestamp::now();
    let kept = Kept::new(output(&options.place.output, "metg-", &begun)?);
    studied::warn();
    let mut watch = |metg: &Metg, at: &Progress| -> io::Result<()> {
        kept.save(metg)?;
        let (rungs, models) = at.next;
        let (spent, budget) = (at.spent.as_secs(), asked.plan.budget.as_secs());
        progress!("{spent} of {budget} s: {rungs} grains, {models} models");
        Ok(())
    };
    let begun = begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let metg = measure(asked, begun, &mut watch);
    interrupt::seen();
    let metg = metg.map_err(Fail::of)?;
    let path = kept.end(&metg)?;
    Ok((metg, path))
}
