//! `lanes faults --nodes`: a node is lost in the middle of a run.
//!
//! A run is begun, and at a moment that a seed draws something happens to one
//! of its nodes. What comes back is an answer that is right, if late; an error;
//! at the deadline the end of a job that was asked to end; a wrong answer; or a
//! job that does not even end then. Then another run must be answered rightly,
//! and in the end no process may be left.

use crate::args::{Faults as Options, Selection};
use crate::fail::Fail;
use crate::interrupt;
use crate::models::{Model, Origin, known};
use crate::namespaces::Apart;
use crate::nodes::{NONE, namespaces};
use crate::run::limits;
use crate::say::{note, progress};
use crate::select::matching;
use crate::show::{Sheet, json, print};
use lanes_core::seed::numbers;
use lanes_core::{Row, Workload, workload};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::Process;
use lanes_measure::protocol::{Request, VERSION};
use lanes_measure::statistics::median;
use lanes_measure::words::{counted, time};
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};
use tempfile::TempDir;

/// The seed of the input.
const INPUT: u64 = 7;
/// How many runs make a job: so that a fault comes in the middle of work, of
/// messages, or between the two.
const RUNS: u32 = 20;
/// How long a node that is only paused rests.
const PAUSE: Duration = Duration::from_millis(500);
/// How long processes may take to end after the worker.
const PARTING: Duration = Duration::from_secs(2);

/// What happens to a node.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Fault {
    Killed,
    Terminated,
    Stopped,
    Paused,
    Cut,
}

impl Fault {
    const ALL: [Self; 5] = [
        Self::Killed,
        Self::Terminated,
        Self::Stopped,
        Self::Paused,
        Self::Cut,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::Killed => "killed (SIGKILL)",
            Self::Terminated => "terminated (SIGTERM)",
            Self::Stopped => "stopped (SIGSTOP)",
            Self::Paused => "paused (SIGSTOP, and SIGCONT after 500 ms)",
            Self::Cut => "cut off (its link is down)",
        }
    }

    /// `apart` has the link of the node with this number.
    fn happens(
        self,
        (number, to): (usize, Pid),
        apart: Option<&Apart>,
    ) -> io::Result<()> {
        let send = |signal| kill_process(to, signal).map_err(io::Error::from);
        match self {
            Self::Killed => send(Signal::KILL),
            Self::Terminated => send(Signal::TERM),
            Self::Stopped => send(Signal::STOP),
            Self::Paused => {
                send(Signal::STOP)?;
                thread::sleep(PAUSE);
                send(Signal::CONT)
            }
            Self::Cut => apart.map_or(Ok(()), |a| a.connect(number, false)),
        }
    }
}

/// What came of one kind of fault in one model.
#[derive(Serialize)]
struct Found {
    model: String,
    nodes: usize,
    fault: Fault,
    /// How many times it happened.
    times: usize,
    /// How often the answer was right all the same.
    right: usize,
    /// How often it was an error.
    errors: usize,
    /// How often it was wrong.
    wrong: usize,
    /// How often it ended at the deadline only, as it was asked to.
    at_deadline: usize,
    /// How often it did not end then either.
    hangs: usize,
    /// The median, and the most, from the fault to what came, in seconds.
    seconds: Option<f64>,
    most_seconds: Option<f64>,
    /// How often the next run was answered rightly.
    right_again: usize,
    /// How many processes were left.
    left: usize,
    /// The first error, in one line.
    error: Option<String>,
}

impl Found {
    /// Nothing has happened yet.
    fn none(model: &str, nodes: usize, fault: Fault) -> Self {
        Self {
            model: model.to_owned(),
            nodes,
            fault,
            times: 0,
            right: 0,
            errors: 0,
            wrong: 0,
            at_deadline: 0,
            hangs: 0,
            seconds: None,
            most_seconds: None,
            right_again: 0,
            left: 0,
            error: None,
        }
    }
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 13] = [
    "model",
    "fault",
    "nodes",
    "times",
    "right",
    "errors",
    "at_deadline",
    "wrong",
    "hangs",
    "seconds",
    "most_seconds",
    "right_again",
    "left",
];

/// Has each fault happen so many times to each model that has nodes, and prints
/// what came.
///
/// # Errors
/// [`Fail::Failure`] for a wrong answer, a hang, or a process that is left;
/// [`Fail::Usage`] for a model without nodes; [`Fail::Interrupted`] after
/// Ctrl-C.
pub(super) fn faults(options: &Options, nodes: usize) -> Result<(), Fail> {
    let models = models(options)?;
    let namespaces = namespaces(&options.links)?;
    let mut all = Vec::new();
    for model in &models {
        let apart = namespaces.as_ref().map(|all| all.apart(nodes));
        let apart = apart.transpose().map_err(Fail::of)?;
        for fault in Fault::ALL {
            // Addresses of one machine have no links.
            if matches!(fault, Fault::Cut) && apart.is_none() {
                continue;
            }
            progress!("{}: {}", model.name, fault.words());
            all.push(found((model, nodes), apart.as_ref(), fault, options)?);
        }
    }
    let format = options.printing.format();
    if format == crate::args::Format::Json {
        print(&json(&all)?)?;
    } else {
        print(&sheet(&all, format.is_for_people()).text(format)?)?;
    }
    for Found { model, fault, error, .. } in &all {
        if let Some(error) = error.as_ref().filter(|_| format.is_for_people()) {
            note!("{model}, {}: {error}", fault.words());
        }
    }
    let broken = |found: &&Found| found.wrong + found.hangs + found.left > 0;
    match all.iter().filter(broken).count() {
        0 => Ok(()),
        count => {
            let rows = counted(count, "row");
            let what = "has a wrong answer, a hang or a process that is left";
            Err(Fail::Failure(format!("{rows}: {what}, see above")))
        }
    }
}

/// The models that were named, or all that have nodes and are here.
fn models(options: &Options) -> Result<Vec<Model>, Fail> {
    let peers = options.peers.clone();
    let all = known(&Selection { peers, ..Selection::default() })?;
    let names: Vec<&str> = all.iter().map(|known| &*known.name).collect();
    let chosen = matching("model", &options.models, &names)?;
    let (mut models, mut missing) = (Vec::new(), Vec::new());
    for known in &all {
        let is_named = chosen.contains(&&*known.name);
        let can = matches!(known.origin, Origin::Python | Origin::Guest(_));
        if !is_named || !can {
            continue;
        }
        let model = known.ask()?;
        match model.missing() {
            None if !model.described.nodes => {}
            Some(_) if options.models.is_empty() => {}
            Some(why) => missing.push(format!("{}: {why}", model.name)),
            None => models.push(model),
        }
    }
    if models.is_empty() && !missing.is_empty() {
        return Err(Fail::Failure(missing.join("; ")));
    }
    missing.iter().for_each(|line| note!("{line}"));
    if models.is_empty() {
        return Err(Fail::Usage(NONE.into()));
    }
    Ok(models)
}

/// A run of the job: one that the model has, of some ten milliseconds where it
/// takes little to begin.
///
/// # Errors
/// [`Fail::Failure`] for a model that has none of them.
fn job(model: &Model) -> Result<Box<dyn Row>, Fail> {
    let has = |name: &str| {
        model.described.cells.iter().any(|cell| cell.workload == name)
    };
    if has(workload::Primes::NAME) {
        return Ok(Box::new(workload::Primes { below: 200_000, grain: 2_000 }));
    }
    if has(workload::Wordcount::NAME) {
        let (bytes, grain) = (1 << 20, 1 << 15);
        return Ok(Box::new(workload::Wordcount { bytes, grain }));
    }
    let what = "has neither primes nor wordcount, of which the job is made";
    Err(Fail::Failure(format!("{} {what}", model.name)))
}

fn found(
    (model, nodes): (&Model, usize),
    apart: Option<&Apart>,
    fault: Fault,
    options: &Options,
) -> Result<Found, Fail> {
    let folder = TempDir::new().map_err(Fail::of)?;
    let row = job(model)?;
    let digest = row.digest(INPUT).map_err(Fail::of)?;
    let mut found = Found::none(&model.name, nodes, fault);
    let mut seconds = Vec::new();
    let draws = numbers(options.seed ^ (fault as u64) << 32);
    let mut draws = draws.map(|number| number as f64 / u64::MAX as f64);
    for _ in 0..options.times {
        interrupt::look()?;
        let at = draws.next().unwrap_or_default();
        let which = draws.next().unwrap_or_default();
        let trial =
            Trial { model, nodes, apart, row: &*row, digest, at, which };
        let failed =
            |error: Failure| Fail::Failure(format!("{}: {error}", model.name));
        let mut process =
            trial.start(folder.path(), options.deadline).map_err(failed)?;
        let (came, took) =
            trial.happens(&mut process, fault).map_err(failed)?;
        found.times += 1;
        seconds.push(took.as_secs_f64());
        if let Err(error) = &came {
            found.error.get_or_insert(error.to_string());
        }
        let cause = came.err().map(|error| error.cause);
        if cause == Some(Cause::Interrupted) {
            return Err(interrupt::interrupted());
        }
        // Its next answer comes if it goes on.
        let again = process.sample(1, false, Some(digest));
        if let (Err(then), Some(error)) = (&again, &mut found.error) {
            *error += &format!("; and then {then}");
        }
        let again = again.is_ok();
        found.right_again += usize::from(again);
        *match cause {
            None => &mut found.right,
            Some(Cause::Wrong) => &mut found.wrong,
            Some(Cause::Hung) if again => &mut found.at_deadline,
            Some(Cause::Hung) => &mut found.hangs,
            Some(_) => &mut found.errors,
        } += 1;
        found.left += process.left_after(PARTING);
    }
    found.most_seconds = seconds.iter().copied().reduce(f64::max);
    found.seconds = median(&mut seconds);
    Ok(found)
}

/// A job to which something happens.
struct Trial<'a> {
    model: &'a Model,
    nodes: usize,
    /// Where the nodes are, if not at addresses of this machine.
    apart: Option<&'a Apart>,
    row: &'a dyn Row,
    digest: u64,
    /// When, and to which of the nodes: from 0 to 1.
    at: f64,
    which: f64,
}

impl Trial<'_> {
    /// A worker that has the input.
    fn start(
        &self,
        folder: &Path,
        deadline: Duration,
    ) -> Result<Process, Failure> {
        let Model { launch, model, .. } = self.model;
        let limits = limits(deadline, None);
        let mut process = Process::start(launch, folder, &limits)?;
        process.send(&Request::Hello {
            protocol: VERSION,
            model: model.clone(),
            workers: self.nodes,
            input: None,
            network: self.apart.map(|apart| apart.network.clone()),
        })?;
        process.hello(model, self.nodes)?;
        let row = self.row;
        process.prepare(row.workload(), &row.size(), INPUT)?;
        process.prepared(self.digest)?;
        Ok(process)
    }

    /// What comes of the job, and how long after the fault.
    fn happens(
        &self,
        process: &mut Process,
        fault: Fault,
    ) -> Result<(Result<(), Failure>, Duration), Failure> {
        let begin = Instant::now();
        process.sample(RUNS, false, Some(self.digest))?;
        let whole = begin.elapsed();
        let nodes = nodes(process.id());
        let index = (self.which * nodes.len() as f64) as usize;
        let Some(node) = nodes.get(index).or(nodes.last()).copied() else {
            let what = "none of its processes is a node";
            return Err(Failure::new(Cause::Mismatch, what));
        };
        let at = whole.mul_f64(self.at);
        let begin = Instant::now();
        let (came, took) = thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(at);
                // A node that has ended by then has nothing happen to it.
                let _ = fault.happens((index, node), self.apart);
            });
            let came = process.sample(RUNS, false, Some(self.digest));
            (came.map(drop), begin.elapsed().saturating_sub(at))
        });
        if let (Fault::Cut, Some(apart)) = (fault, self.apart) {
            let again = apart.connect(index, true);
            again.map_err(|error| {
                Failure::new(Cause::Died, error.to_string())
            })?;
        }
        Ok((came, took))
    }
}

/// The processes below this one that are nodes, in the order of their numbers.
fn nodes(of: u32) -> Vec<Pid> {
    let mut children: Vec<Pid> =
        below(of).into_iter().filter(is_node).collect();
    children.sort_unstable_by_key(|pid| pid.as_raw_nonzero());
    children
}

/// The children of a process, and theirs.
fn below(of: u32) -> Vec<Pid> {
    let path = format!("/proc/{of}/task");
    let mut found = Vec::new();
    for task in fs::read_dir(path).into_iter().flatten().flatten() {
        let path = task.path().join("children");
        let children = fs::read_to_string(path).unwrap_or_default();
        for child in children.split_whitespace() {
            if let Ok(raw) = child.parse::<i32>() {
                found.extend(Pid::from_raw(raw));
                found.extend(below(raw.unsigned_abs()));
            }
        }
    }
    found
}

/// Whether a process has a name that nodes have: that of a worker process, of a
/// worker of Dask, or of a raylet, with which its processes end. That of Ray's
/// head gives no work to any process of its own.
fn is_node(pid: &Pid) -> bool {
    let path = format!("/proc/{}/cmdline", pid.as_raw_nonzero());
    let line = fs::read_to_string(path).unwrap_or_default();
    let mut words = line.split('\0');
    let program = words.next().unwrap_or_default();
    program.starts_with("lanes-processes-worker")
        || words.clone().any(|word| word == "distributed.cli.dask_worker")
        || program.ends_with("/raylet") && !words.any(|word| word == "--head")
}

/// One of each key.
#[cfg(test)]
pub(crate) fn example() -> impl Serialize {
    Found {
        error: Some("why".into()),
        seconds: Some(0.5),
        most_seconds: Some(1.0),
        ..Found::none("a", 3, Fault::Killed)
    }
}

fn sheet(all: &[Found], for_people: bool) -> Sheet {
    let columns = COLUMNS.map(|name| name.replace('_', " "));
    let columns = columns.each_ref().map(|name| name.as_str());
    let mut sheet = Sheet::new(if for_people { &columns } else { &COLUMNS });
    for found in all {
        let took = |seconds: Option<f64>| match seconds {
            None => String::new(),
            Some(seconds) if for_people => time(seconds),
            Some(seconds) => seconds.to_string(),
        };
        let fault = found.fault;
        sheet.row(vec![
            found.model.clone(),
            fault.words().to_owned(),
            found.nodes.to_string(),
            found.times.to_string(),
            found.right.to_string(),
            found.errors.to_string(),
            found.at_deadline.to_string(),
            found.wrong.to_string(),
            found.hangs.to_string(),
            took(found.seconds),
            took(found.most_seconds),
            found.right_again.to_string(),
            found.left.to_string(),
        ]);
    }
    sheet
}
