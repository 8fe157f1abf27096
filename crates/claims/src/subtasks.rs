//! The article's drawings, in units of work.

use crate::claim::{By, Claim, Group};
use crate::lab::{Lab, MORE, Samples, words};
use lanes_core::Workload;
use lanes_core::workload::Subtasks;
use lanes_measure::failure::Failure;
use lanes_measure::process::Process;
use lanes_measure::recording;
use lanes_measure::statistics::Bound;
use std::time::Duration;

/// The unit of `subtasks`: that of the figures, much longer than the 40 ms that
/// Linux may leave new threads on one core.
const UNIT: Duration = Duration::from_millis(20);
/// So many runs of `subtasks` have one calibration.
const FEW: usize = 3;
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
    units(TEN, &[By::once("sequential", |lab| own(lab, "sequential"))]),
    units(FIVE, &[By::once("threads", |lab| own(lab, "threads"))]),
    units(TEN, &[By::once("mutex", |lab| own(lab, "mutex"))]),
    units(TURNS, &[By::once("gil", |lab| own(lab, "gil"))]),
    units(FIVE, &[By::once("processes", |lab| own(lab, "processes"))]),
    units(TEN, &[By::once("python-sequential", in_one_thread)]),
    tenths(
        TURNS,
        &[By::once("python-threads", |lab| in_tenths(lab, "python-threads"))],
    ),
    tenths(
        FIVE,
        &[By::once("python-process-pool", |lab| {
            in_tenths(lab, "python-process-pool")
        })],
    ),
];

/// What runs of a Rust model take, in units.
fn own(lab: &mut Lab<'_>, model: &str) -> Samples {
    let serial = model == "sequential";
    let Lab { own, folder, limits, .. } = lab;
    let process = Process::greeted(own, folder, limits, model, 2, serial);
    in_units(lab, process.map_err(words)?, true)
}

/// What runs of `python-sequential` take, in units.
fn in_one_thread(lab: &mut Lab<'_>) -> Samples {
    let process = lab.start_python("python-sequential", 2)?.process;
    in_units(lab, process, false)
}

/// What runs take, in units. The unit is calibrated anew for every few of them,
/// and the first run of each input is not timed.
fn in_units(lab: &Lab<'_>, mut process: Process, rust: bool) -> Samples {
    let mut left = 0;
    lab.times(MORE, || -> Result<f64, Failure> {
        if left == 0 {
            let row = recording::subtasks(&mut process, UNIT, rust)?;
            let digest = row.digest(SEED)?;
            process.prepare(Subtasks::NAME, &row.size(), SEED)?;
            process.prepared(digest)?;
            left = FEW;
        }
        left -= 1;
        let sample = process.sample(1, false, None)?;
        Ok(sample.wall_ns as f64 / UNIT.as_nanos() as f64)
    })
}

/// What runs of a model in Python take, in tenths of what they take in one
/// thread: each run of it follows one in one thread.
fn in_tenths(lab: &mut Lab<'_>, model: &str) -> Samples {
    let mut one = lab.start_python("python-sequential", 1)?.process;
    let mut model = lab.start_python(model, 2)?.process;
    let mut left = 0;
    lab.times(MORE, || -> Result<f64, Failure> {
        if left == 0 {
            let row = recording::subtasks(&mut one, UNIT, false)?;
            let digest = row.digest(SEED)?;
            for process in [&mut one, &mut model] {
                process.prepare(Subtasks::NAME, &row.size(), SEED)?;
                process.prepared(digest)?;
            }
            left = FEW;
        }
        left -= 1;
        let one = one.sample(1, false, None)?.wall_ns as f64;
        let model = model.sample(1, false, None)?.wall_ns as f64;
        Ok(10.0 * model / one)
    })
}
