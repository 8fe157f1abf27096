//! The article's drawings, in units of work.

use crate::claim::{By, Claim, Group};
use crate::lab::{Lab, model, words};
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Job, Workload};
use lanes_measure::process::Process;
use lanes_measure::recording;
use lanes_measure::statistics::Bound;
use std::time::{Duration, Instant};

/// The unit of `subtasks`: that of the figures, much longer than the 40 ms that
/// Linux may leave new threads on one core.
const UNIT: Duration = Duration::from_millis(20);
const SEED: u64 = 7;

const CLAIM: &str = "the article's drawings, in units of work";
const TEN: Bound = Bound::between(9.0, 11.0);
const FIVE: Bound = Bound::between(4.5, 5.5);
const TURNS: Bound = Bound::between(6.0, 8.0);

const fn units(bound: Bound, by: &'static [By]) -> Claim {
    let (group, ratio) = (Group::Subtasks, "subtasks / 1 U");
    Claim { group, name: CLAIM, ratio, bound, by }
}

/// The speed of CPython changes from one moment to the next: the unit is a
/// tenth of what one thread takes just before.
const fn tenths(bound: Bound, by: &'static [By]) -> Claim {
    let ratio = "subtasks / a tenth of it in one thread";
    Claim { group: Group::Subtasks, name: CLAIM, ratio, bound, by }
}

pub(crate) const CLAIMS: &[Claim] = &[
    units(TEN, &[By::rust("sequential", || own("sequential"))]),
    units(FIVE, &[By::rust("threads", || own("threads"))]),
    units(TEN, &[By::rust("mutex", || own("mutex"))]),
    units(TURNS, &[By::rust("gil", || own("gil"))]),
    units(FIVE, &[By::rust("processes", || own("processes"))]),
    units(TEN, &[By::python("python-sequential", in_one_thread)]),
    tenths(
        TURNS,
        &[By::python("python-threads", |lab| in_tenths(lab, "python-threads"))],
    ),
    tenths(
        FIVE,
        &[By::python("python-process-pool", |lab| {
            in_tenths(lab, "python-process-pool")
        })],
    ),
];

/// What a run of a Rust model takes, in units that are calibrated just before.
fn own(name: &str) -> Result<f64, Error> {
    let model = model(name, 2)?;
    let job = Job::new(&Subtasks { unit: UNIT, rounds: None }, SEED)?;
    // The first run is not timed.
    if model.run(&job)? != Subtasks::reference(&job) {
        return Err(Error::Task("a wrong answer".into()));
    }
    let begin = Instant::now();
    model.run(&job)?;
    Ok(begin.elapsed().as_secs_f64() / UNIT.as_secs_f64())
}

/// What a run of `python-sequential` takes, in units that are calibrated just
/// before.
fn in_one_thread(lab: &Lab<'_>) -> Result<f64, String> {
    let mut process = lab.start_python("python-sequential", 1)?.process;
    calibrated(&mut process, &mut [])?;
    Ok(wall(&mut process)? / UNIT.as_nanos() as f64)
}

/// What a run of a model in Python takes, in tenths of what one takes in one
/// thread just before.
fn in_tenths(lab: &Lab<'_>, model: &str) -> Result<f64, String> {
    let mut one = lab.start_python("python-sequential", 1)?.process;
    let mut model = lab.start_python(model, 2)?.process;
    calibrated(&mut one, &mut [&mut model])?;
    let one = wall(&mut one)?;
    Ok(10.0 * wall(&mut model)? / one)
}

/// Calibrates the unit in a process of Python, and makes the first run, which
/// is not timed, in this and in others.
fn calibrated(
    process: &mut Process,
    others: &mut [&mut Process],
) -> Result<(), String> {
    let row = recording::subtasks(process, UNIT, false).map_err(words)?;
    let digest = row.digest(SEED).map_err(words)?;
    let others = others.iter_mut().map(|other| &mut **other);
    for process in std::iter::once(process).chain(others) {
        process.prepare(Subtasks::NAME, &row.size(), SEED).map_err(words)?;
        process.prepared(digest).map_err(words)?;
    }
    Ok(())
}

/// The time of a run, in nanoseconds.
fn wall(process: &mut Process) -> Result<f64, String> {
    let sample = process.sample(1, false, None).map_err(words)?;
    Ok(sample.wall_ns as f64)
}
