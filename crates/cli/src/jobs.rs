//! Jobs as sessions: what measuring a map and one job have in common.

use crate::args::{Among, Selection};
use crate::fail::Fail;
use crate::models::known;
use crate::run::contenders;
use crate::select::Cells;
use crate::stamp;
use lanes_core::workload::Shape;
use lanes_core::{Config, Family, Row};
use lanes_measure::process::Limits;
use lanes_measure::session::Plan;
use lanes_measure::words::{counted, time};
use lanes_suite::find;
use std::time::Duration;

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
    limits: Limits,
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
    let contenders = contenders(&cells, &workers, &[]);
    let (rows, wants) = cells.into_parts();
    Ok(Plan {
        rows,
        wants,
        ..Plan::new(contenders, limits, stamp::machine(), stamp::build())
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
