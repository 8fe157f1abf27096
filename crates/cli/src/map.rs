//! `lanes map`: which model is best where, over two parameters of a job.

pub(crate) mod printed;

use crate::args::{Asked, Format, Map as Options};
use crate::fail::Fail;
use crate::files;
use crate::jobs::{ends_in_time, plan, row, workers};
use crate::run::{end, limits, session};
use crate::say::line;
use crate::show::print;
use lanes_measure::map::{Axes, Axis, Map, grid};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A map with less time is a coarser one.
const FINE: Duration = Duration::from_secs(300);
/// The values of an axis with much time, and with little.
const MANY: usize = 5;
const FEW: usize = 3;

/// The compute and the wait of a job that no axis and no option gives.
const COMPUTE: Duration = Duration::from_micros(50);
const WAIT: Duration = Duration::from_millis(1);

/// Measures the points, saves them, draws the map and prints it.
///
/// # Errors
/// [`Fail::Usage`] for a map that cannot be, and those of `lanes run`.
pub(crate) fn map(options: &Options) -> Result<(), Fail> {
    let Options { x, y, margin, .. } = options;
    if x.parameter == y.parameter {
        let name = x.parameter.name();
        return Err(Fail::Usage(format!(
            "--x and --y are both {name}; a map has two parameters"
        )));
    }
    let fine = options.budget >= FINE;
    let count =
        options.points.map_or(if fine { MANY } else { FEW }, usize::from);
    let axis = |asked: &Asked| asked.parameter.values(asked.range, count);
    let (across, upwards) = (axis(x), axis(y));
    let workers = workers(&options.among);
    let job = options.job.shape(1, COMPUTE, WAIT);
    let jobs = grid(&job, (&across, &upwards), options.job.tasks, workers);
    let deadline = options.conditions.deadline;
    jobs.iter().try_for_each(|job| ends_in_time(job, deadline))?;
    let rows = jobs.into_iter().map(row).collect();
    let limits = limits(deadline, options.conditions.memory);
    let mut plan = plan(&options.among, rows, limits)?;
    plan.map = Some(Axes { x: x.parameter, y: y.parameter });
    plan.budget = options.budget;
    plan.until = Some(*margin);
    plan.seed = options.conditions.seed;
    if let Some(path) = known_picture(options) {
        // Ten minutes later it would be a pity.
        files::make_room(&path, "--svg")?;
    }
    let (results, path) =
        session(&mut plan, false, &options.place.output, "map-")?;
    let picture = picture(options, &path);
    let format = options.printing.format();
    match Map::of(&results) {
        Some(map) => {
            files::save_new(&picture, &lanes_report::map(&map), "--svg")?;
            print(&printed::text(&map, &results, format)?)?;
        }
        None => print(&printed::none(&results, format)?)?,
    }
    if format == Format::Table {
        line!("results: {}", path.display());
        line!("picture: {}", picture.display());
    }
    end(&results, &path)
}

/// Where the picture goes, where that is known before the results have a name:
/// it was said, or the results' name was.
fn known_picture(options: &Options) -> Option<PathBuf> {
    let output = &options.place.output;
    let named = output.extension().is_some_and(|end| end == "json");
    let beside = || named.then(|| output.with_extension("svg"));
    options.svg.clone().or_else(beside)
}

/// Where the picture goes.
fn picture(options: &Options, results: &Path) -> PathBuf {
    let beside = || results.with_extension("svg");
    options.svg.clone().unwrap_or_else(beside)
}

/// One axis of a map in a line.
pub(crate) fn axis(axis: &Axis) -> String {
    let parameter = axis.parameter;
    let values = axis.values.iter().map(|value| parameter.shown(*value));
    let values = values.collect::<Vec<_>>().join(", ");
    format!("{}: {values}", parameter.title())
}
