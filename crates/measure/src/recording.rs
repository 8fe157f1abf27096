//! Recording: traced runs of one model, in turns with untraced ones, so that it
//! is known what the tracing costs.

use crate::failure::{Cause, Failure};
use crate::process::Process;
use crate::protocol::Traced;
use crate::statistics::median;
use lanes_core::trace::monotonic;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Row};
use serde_json::json;
use std::time::Duration;

/// The recorded runs of one model.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The traced run whose duration is the median of all traced ones.
    pub traced: Traced,
    /// The duration of each untraced run, in nanoseconds.
    pub plain: Vec<f64>,
    /// The duration of each traced run, in nanoseconds; a pair with the
    /// untraced one of the same place.
    pub with_trace: Vec<f64>,
}

impl Recording {
    /// The median duration of the untraced runs.
    pub fn time(&self) -> Duration {
        let nanos = median(&mut self.plain.clone()).unwrap_or_default();
        Duration::from_nanos(nanos as u64)
    }

    /// The time of each traced run over that of the untraced one beside it.
    pub fn ratios(&self) -> Vec<f64> {
        let pairs = self.with_trace.iter().zip(&self.plain);
        pairs.map(|(traced, plain)| traced / plain).collect()
    }
}

/// The work that is recorded.
#[derive(Clone, Copy)]
pub enum Work<'a> {
    /// A row, the same all the time.
    Row(&'a dyn Row),
    /// `subtasks`, its unit calibrated anew for each pair of runs, since a
    /// machine is not as fast in one second as in another.
    Subtasks {
        /// The unit.
        unit: Duration,
        /// Whether Rust computes; see [`subtasks`].
        rust: bool,
    },
}

/// Makes `runs` runs without a trace and as many with one, in turns, in a model
/// that has said hello.
///
/// # Errors
/// Those of the worker, a wrong answer among them.
pub fn record(
    process: &mut Process,
    work: Work<'_>,
    seed: u64,
    runs: usize,
) -> Result<Recording, Failure> {
    let (mut plain, mut traces) = (Vec::new(), Vec::new());
    let mut digest = 0;
    for run in 0..runs.max(1) {
        match work {
            Work::Row(row) if run == 0 => digest = stage(process, row, seed)?,
            Work::Row(_) => {}
            Work::Subtasks { unit, rust } => {
                let row = subtasks(process, unit, rust)?;
                digest = stage(process, &*row, seed)?;
            }
        }
        // They take turns at being first, so that neither profits from it.
        for traced in [run % 2 == 0, run % 2 == 1] {
            if traced {
                let traced = process.trace(monotonic(), digest);
                traces.push(traced.map_err(without_spans)?);
            } else {
                let sample = process.sample(1, false, Some(digest))?;
                plain.push(sample.wall_ns as f64);
            }
        }
    }
    let took = |traced: &Traced| traced.end - traced.begin;
    let with_trace = traces.iter().map(|traced| took(traced) as f64).collect();
    traces.sort_by_key(took);
    let traced = traces.swap_remove(traces.len() / 2);
    Ok(Recording { traced, plain, with_trace })
}

/// A worker that does not trace says why; what it does not do is said before.
fn without_spans(failure: Failure) -> Failure {
    match failure.cause {
        Cause::Unsupported => {
            let why = failure.message;
            let what = format!("it records no timelines ({why})");
            Failure::new(Cause::Unsupported, what)
        }
        _ => failure,
    }
}

/// Has the input made and run to warm up; the digest of the answer.
fn stage(
    process: &mut Process,
    row: &dyn Row,
    seed: u64,
) -> Result<u64, Failure> {
    let digest = row.digest(seed)?;
    process.prepare(row.workload(), &row.size(), seed)?;
    process.prepared(digest)?;
    process.sample(1, false, Some(digest))?;
    Ok(digest)
}

/// `subtasks` with a unit that takes so long in the language of this worker:
/// Rust's own calibration, or that of a worker with the exhibit `calibrate`.
///
/// # Errors
/// Those of the worker, and of a unit that cannot be.
pub fn subtasks(
    process: &mut Process,
    unit: Duration,
    own: bool,
) -> Result<Box<dyn Row>, Failure> {
    const UNITS: f64 = 3.0;
    let subtasks = Subtasks { unit, rounds: None };
    if own {
        return Ok(Row::pinned(&subtasks)?);
    }
    let nanos = u64::try_from(unit.as_nanos()).unwrap_or(u64::MAX);
    let first = |numbers: Vec<f64>| {
        let first = numbers.first().copied().filter(|number| *number >= 1.0);
        let what = format!("a calibration of {numbers:?}");
        first.ok_or(Error::Protocol(what))
    };
    let rounds = json!({"unit_ns": nanos});
    let rounds = first(process.exhibit("calibrate", &rounds)?)?;
    // The best of a few short tries is not what an interpreter keeps up.
    let work = UNITS * rounds;
    let how = json!({"with": "threads", "workers": 1, "rounds": work as u64});
    let wall = first(process.exhibit("cpu", &how)?)?;
    let rounds = work * nanos as f64 / wall;
    Ok(Box::new(Subtasks { rounds: Some(rounds as u64), ..subtasks }))
}
