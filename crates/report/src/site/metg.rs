//! The page of the smallest tasks worth starting, and of crossovers.

use super::frame::Frame;
use crate::content::Content;
use crate::plots::{curves, efficiency};
use askama::Template;
use lanes_measure::crossover::{self, Crossover, power};
use lanes_measure::machine::Machine;
use lanes_measure::metg::{self, Metg};
use lanes_measure::results::{Build, State};
use lanes_measure::tables::Table;
use lanes_measure::words::{counted, percent};

#[derive(Template)]
#[template(path = "metg.html")]
pub(super) struct MetgPage<'a> {
    frame: Frame<'a>,
    metgs: Vec<Study>,
    crossovers: Vec<Study>,
}

/// One file, of either kind.
struct Study {
    title: String,
    warning: Option<&'static str>,
    /// The curves of efficiency; empty for a crossover.
    plot: String,
    table: Table,
    /// Why models have no figures, or no more of them.
    failures: Vec<String>,
    /// With which probability what holds.
    level: String,
    on: String,
    begun: String,
}

impl<'a> MetgPage<'a> {
    pub(super) fn of(content: &Content, frame: Frame<'a>) -> Self {
        Self {
            frame,
            metgs: content.metgs.iter().map(granularity).collect(),
            crossovers: content.crossovers.iter().map(crossing).collect(),
        }
    }
}

fn granularity(of: &Metg) -> Study {
    let failed = of.curves.iter().filter_map(|curve| {
        Some(format!("{}: {}", curve.name, curve.failure.as_ref()?))
    });
    Study {
        title: format!(
            "{}, {} a step",
            of.pattern.name(),
            counted(of.width, "task")
        ),
        warning: warning(of.state),
        plot: efficiency(&curves(of)),
        table: metg::table(of),
        failures: failed.collect(),
        level: format!(
            "Each interval holds the true value with {} probability",
            percent(of.level)
        ),
        on: on(&of.machine, &of.build, of.seconds),
        begun: of.begun.clone(),
    }
}

fn crossing(of: &Crossover) -> Study {
    let Crossover { workload, yardstick, shortest, longest, .. } = of;
    let failed = of.models.iter().filter_map(|model| {
        Some(format!("{}: {}", model.name, model.failure.as_ref()?))
    });
    Study {
        title: format!(
            "{workload}: faster than {yardstick}, between {} and {} items",
            power(*shortest),
            power(*longest)
        ),
        warning: warning(of.state),
        plot: String::new(),
        table: crossover::table(of),
        failures: failed.collect(),
        level: format!(
            "All findings hold at once with {} probability",
            percent(of.level)
        ),
        on: on(&of.machine, &of.build, of.seconds),
        begun: of.begun.clone(),
    }
}

fn on(machine: &Machine, build: &Build, seconds: f64) -> String {
    format!("{machine}; {build}; {seconds:.0} s")
}

fn warning(state: State) -> Option<&'static str> {
    match state {
        State::Complete => None,
        State::Running => Some(
            "It did not end: it still ran when these pages were made, or was \
             killed. The figures are those until then.",
        ),
        State::Interrupted => {
            Some("It was interrupted: the figures are those until then.")
        }
    }
}
