//! `lanes map`: which model is best where, over two parameters of a job.

pub(crate) mod printed;

use crate::args::{Among, Asked, Format, Map as Options, Selection};
use crate::fail::Fail;
use crate::files;
use crate::models::known;
use crate::run::{contenders, end, limits, session};
use crate::say::line;
use crate::select::Cells;
use crate::show::print;
use crate::stamp;
use lanes_core::workload::Shape;
use lanes_core::{Config, Family, Row};
use lanes_measure::map::{Axes, Axis, Map, grid};
use lanes_measure::session::Plan;
use lanes_measure::words::{counted, time};
use lanes_suite::find;
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

/// A job as a row.
pub(crate) fn row(job: Shape) -> Box<dyn Row> {
    Box::new(job)
}

/// Makes sure that one run of a job can end before a worker must have answered:
/// its answer is computed on one core before anything is measured, and nobody
/// should wait for that without end.
///
/// # Errors
/// [`Fail::Usage`] with the time that it takes, and what helps.
pub(crate) fn ends_in_time(job: &Shape, most: Duration) -> Result<(), Fail> {
    let tasks = job.tasks as f64;
    let turns = (tasks / job.at_once.max(1) as f64).ceil();
    let compute = job.compute.as_secs_f64() * tasks;
    let wait = job.wait.as_secs_f64() * turns;
    let arrival = job.rate.map_or(0.0, |rate| tasks / rate);
    for (what, seconds) in
        [("compute", compute), ("wait", wait), ("arrive", arrival)]
    {
        if seconds > most.as_secs_f64() {
            return Err(Fail::Usage(format!(
                "{} that {what} for {} are too much for one run: shorten \
                 them, or raise --deadline, which is {}",
                counted(job.tasks, "task"),
                time(seconds),
                time(most.as_secs_f64())
            )));
        }
    }
    Ok(())
}

/// How many workers the models have.
pub(crate) fn workers(among: &Among) -> usize {
    among.workers.unwrap_or_else(|| Config::machine().workers())
}

/// A session of these rows and the chosen models; by default the runtimes and
/// the bridges between them, without the plain loop.
///
/// # Errors
/// Those of the selection.
pub(crate) fn plan(
    among: &Among,
    rows: Vec<Box<dyn Row>>,
    limits: lanes_measure::process::Limits,
) -> Result<Plan, Fail> {
    let models = match among.models.is_empty() {
        true => usual()?,
        false => among.models.clone(),
    };
    let peers = among.peers.clone();
    let selection = Selection { filters: Vec::new(), models, peers };
    let workers = [workers(among)];
    let mut cells = Cells::choose(&selection, rows)?.here()?;
    cells.find_serial(&workers, &limits);
    let contenders = contenders(&cells, &workers);
    let (rows, wants) = cells.into_parts();
    Ok(Plan {
        rows,
        contenders,
        wants,
        control: false,
        even: false,
        rounds: None,
        budget: Duration::ZERO,
        until: None,
        seed: 7,
        level: 0.95,
        margin: lanes_measure::session::MARGIN,
        limits,
        machine: stamp::machine(),
        build: stamp::build(),
        map: None,
    })
}

/// The runtimes and the bridges, without the plain loop.
fn usual() -> Result<Vec<String>, Fail> {
    let all = known(&Selection::default())?.into_iter();
    let takes_part = |name: &str| {
        find(name).is_some_and(|entry| {
            matches!(entry.family, Family::Runtime | Family::Bridge)
                && !entry.serial
        })
    };
    let names = all.map(|known| known.name);
    Ok(names.filter(|name| takes_part(name)).collect())
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
