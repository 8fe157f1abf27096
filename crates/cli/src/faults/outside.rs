//! The cases that can be put to a worker in another language, by the protocol
//! alone: those of CPython and peers.
//!
//! A task of such a worker cannot be made to fail from outside. What can be:
//! its requests are cancelled, its deadlines pass, its servers behave badly, it
//! is sent sizes that cannot be, its limits are taken away, its processes are
//! killed, and its socket is closed.

mod ends;
mod limits;
mod requests;
mod runs;

use crate::fail::Fail;
use crate::models::{Known, Model, Origin};
use crate::run::limits as allowed;
use lanes_core::workload::Shape;
use lanes_core::{Row, Size, Workload, rows};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::faults::{Judged, Verdict};
use lanes_measure::peer;
use lanes_measure::process::{Limits, Process};
use lanes_measure::protocol::Request;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The seed of all inputs.
const SEED: u64 = 7;
/// So long a run is left alone before something happens to it.
const SOON: Duration = Duration::from_millis(60);
/// How much later than its bound a case may end on a busy machine: only a real
/// fault takes longer.
const SLACK: Duration = Duration::from_secs(1);

/// Why a case is not passed.
enum Not {
    /// The contract is broken, and how.
    Kept(String),
    /// The case cannot be put to this worker.
    Asked(String),
    /// The command is to end.
    Going,
}

type Answered = Result<(), Not>;

/// A question, by the name of its case.
type Question = (&'static str, fn(&Asked<'_>) -> Answered);

const QUESTIONS: &[Question] = &[
    ("matches_reference", runs::matches_reference),
    ("full_size", runs::full_size),
    ("empty_and_one", runs::empty_and_one),
    ("more_workers_than_items", runs::more_workers_than_items),
    ("zero_workers", runs::zero_workers),
    ("workers_are_real", runs::workers_are_real),
    ("cancel_before_start", ends::cancel_before_start),
    ("cancel_midway", ends::cancel_midway),
    ("cancel_while_waiting", requests::cancel_while_waiting),
    ("deadline_cpu_bound", ends::deadline_cpu_bound),
    ("deadline_io_bound", requests::deadline_io_bound),
    ("drop_while_running", ends::drop_while_running),
    ("thread_limit", limits::thread_limit),
    ("fd_limit", limits::fd_limit),
    ("oversize_input", limits::oversize_input),
    ("server_refuses", requests::server_refuses),
    ("full_backlog", requests::full_backlog),
    ("early_close", requests::early_close),
    ("peer_reset", requests::peer_reset),
    ("slow_drip", requests::slow_drip),
    ("connect_storm", requests::connect_storm),
    ("worker_sigkill", ends::worker_sigkill),
    ("parent_killed", ends::parent_killed),
    ("hundred_runs", runs::hundred_runs),
];

/// The worker that is asked.
struct Asked<'a> {
    model: &'a Model,
    folder: &'a Path,
    limits: Limits,
}

/// Whether a model's worker is in another language, and is asked from outside.
pub(super) fn is_outside(known: &Known) -> bool {
    matches!(known.origin, Origin::Python | Origin::Peer(_))
}

/// Puts a case to a worker. `None` if the command is to end.
///
/// # Errors
/// If the machine refuses what the case needs.
pub(super) fn judge(
    model: &Model,
    case: &str,
    most: Duration,
) -> Result<Option<Judged>, Fail> {
    let begin = Instant::now();
    let judged = |verdict, why: &str| {
        let seconds = begin.elapsed().as_secs_f64();
        Ok(Some(Judged { verdict, why: why.to_owned(), seconds }))
    };
    if let Some(why) = model.missing() {
        return judged(Verdict::Inapplicable, why);
    }
    let Some((_, ask)) = QUESTIONS.iter().find(|(name, _)| *name == case)
    else {
        return judged(Verdict::Inapplicable, "the protocol cannot ask it");
    };
    let folder =
        TempDir::new().map_err(|error| Fail::Failure(error.to_string()))?;
    let limits = allowed(most, None);
    match ask(&Asked { model, folder: folder.path(), limits }) {
        Ok(()) => judged(Verdict::Passed, ""),
        Err(Not::Kept(why)) => judged(Verdict::Broken, &why),
        Err(Not::Asked(why)) => judged(Verdict::Inapplicable, &why),
        Err(Not::Going) => Ok(None),
    }
}

/// What a model is, with the number of workers that it has if it is a peer.
///
/// # Errors
/// Those of [`Known::ask`].
pub(super) fn described(known: &Known) -> Result<Model, Fail> {
    let mut model = known.ask()?;
    if let Origin::Peer(launch) = &known.origin {
        let limits = allowed(Duration::from_secs(10), None);
        model.described.serial = peer::is_serial(launch, &model.model, &limits);
    }
    Ok(model)
}

impl Asked<'_> {
    /// A worker with so many workers, or one if it is serial.
    fn start(&self, workers: usize) -> Result<Process, Not> {
        self.greeted(workers).map(|(process, _)| process)
    }

    /// The same, and the threads that it says compute.
    fn greeted(&self, workers: usize) -> Result<(Process, Vec<u32>), Not> {
        let Model { launch, model, .. } = self.model;
        let mut process = Process::start(launch, self.folder, &self.limits)?;
        process.send(&Request::hello(model, workers))?;
        let one = self.model.serial();
        let hello = process.hello(model, if one { 1 } else { workers })?;
        Ok((process, hello.threads))
    }

    /// A worker that can cancel.
    fn cancellable(&self) -> Result<Process, Not> {
        let mut process = self.start(2)?;
        if process.can_cancel()? {
            return Ok(process);
        }
        Err(Not::Asked("it does not know `cancel`".into()))
    }

    /// The rows of a quick session that the worker has.
    fn rows(&self) -> impl Iterator<Item = Box<dyn Row>> {
        rows(Size::Quick).into_iter().filter(|r| self.model.has(r.workload()))
    }

    /// Whether the worker has a workload.
    fn needs(&self, workload: &str) -> Answered {
        if self.model.has(workload) {
            return Ok(());
        }
        Err(Not::Asked(format!("it has no cell for {workload}")))
    }

    /// Prepares a row, whose answer must be right. The digest of that answer;
    /// `None` if the worker does not have the row at this size.
    fn prepare(
        &self,
        process: &mut Process,
        row: &dyn Row,
    ) -> Result<Option<u64>, Not> {
        // Calibrated once: another time is other work.
        let row = row.pinned().map_err(|error| within(row, &error))?;
        let digest = row.digest(SEED).map_err(|error| within(&*row, &error))?;
        process.prepare(row.workload(), &row.size(), SEED)?;
        match process.prepared(digest) {
            Ok(()) => Ok(Some(digest)),
            Err(no) if no.cause == Cause::Unsupported => Ok(None),
            Err(no) => Err(failed(&*row, no)),
        }
    }

    /// Has what was prepared run once more, with the same answer.
    fn again(
        &self,
        process: &mut Process,
        row: &dyn Row,
        digest: u64,
    ) -> Answered {
        match process.sample(1, false, Some(digest)) {
            Ok(_) => Ok(()),
            Err(no) => Err(failed(row, no)),
        }
    }

    /// Some run of this worker that takes hours if nothing ends it: how it is
    /// prepared, if the worker has it.
    fn long(&self, process: &mut Process) -> Result<(), Not> {
        for row in self.rows().filter(|row| row.workload() != Shape::NAME) {
            if self.prepare(process, &*row)?.is_some() {
                return Ok(());
            }
        }
        Err(Not::Asked("it has no cell of this program's".into()))
    }
}

/// So many runs take hours.
const HOURS: u32 = 1_000_000_000;

/// What is wrong in a row.
fn within(row: &dyn Row, what: &dyn std::fmt::Display) -> Not {
    Not::Kept(format!("{} {}: {what}", row.workload(), row.label()))
}

/// What a worker has failed with in a row.
fn failed(row: &dyn Row, failure: Failure) -> Not {
    match failure.cause {
        Cause::Interrupted => Not::Going,
        _ => within(row, &failure),
    }
}

/// Not more than the bound has passed since `begin`, and the slack that a busy
/// machine is given.
fn in_time(begin: Instant, bound: Duration) -> Answered {
    let took = begin.elapsed();
    if took <= bound + SLACK {
        return Ok(());
    }
    Err(Not::Kept(format!("{took:.1?}, and the bound is {bound:.1?}")))
}

/// The parameters of a size.
fn size(workload: &impl Workload) -> Value {
    serde_json::to_value(workload).expect("sizes are plain data")
}

impl From<Failure> for Not {
    fn from(failure: Failure) -> Self {
        match failure.cause {
            Cause::Interrupted => Self::Going,
            Cause::Unsupported => Self::Asked(failure.message),
            _ => Self::Kept(failure.to_string()),
        }
    }
}

/// The machine refused something that the case itself needs.
impl From<std::io::Error> for Not {
    fn from(error: std::io::Error) -> Self {
        Self::Asked(error.to_string())
    }
}
