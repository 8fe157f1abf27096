//! What each model does when system calls fail.
//!
//! `scripts/inject [MODEL...]`. strace makes calls of a worker fail, from the
//! nth of a thread on; the worker is asked for each of its workloads all the
//! same. A table has the worst that happened: `ok` (right answers), `error`
//! (one that names the cause), `unclear` (one that does not), `died`, `PANIC`,
//! `ABORT`, `HANG`, `WRONG`, `LEFT` (processes that outlive the worker). The
//! last row of a fault is the whole command, with the fault in all processes.

#[expect(dead_code, reason = "only a part of it is needed")]
#[path = "../soak/processes.rs"]
mod processes;

use lanes_core::Entry;
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::{Launch, Limits, Process};
use processes::Processes;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

/// Many times what any request takes here, under strace too: only a hang
/// reaches it.
const DEADLINE: Duration = Duration::from_secs(20);
/// The same for a whole command.
const BOUND: Duration = Duration::from_secs(90);
/// How long the system may take to end what was killed.
const GRACE: Duration = Duration::from_secs(5);
const WORKERS: usize = 2;
const ITEMS: usize = 64;
const SEED: u64 = 7;

/// A call that fails: what strace is to do, and the words of an error that
/// names the cause.
struct Fault {
    inject: &'static str,
    named: &'static [&'static str],
}

const THREADS: &[&str] =
    &["thread", "process", "temporarily unavailable", "os error 11"];
const DESCRIPTORS: &[&str] =
    &["descriptor", "Too many open files", "os error 24"];
const MEMORY: &[&str] = &["memory", "os error 12"];
const STORAGE: &[&str] = &["No space left", "os error 28"];
const CONNECTION: &[&str] =
    &["reset", "Broken pipe", "os error 32", "os error 104", "connection"];

const FAULTS: &[Fault] = &[
    Fault { inject: "clone3:error=EAGAIN:when=1+", named: THREADS },
    Fault { inject: "clone3:error=EAGAIN:when=3+", named: THREADS },
    Fault { inject: "clone3:error=EAGAIN:when=10+", named: THREADS },
    Fault { inject: "accept4:error=EMFILE:when=1+", named: DESCRIPTORS },
    Fault { inject: "accept4:error=EMFILE:when=3+", named: DESCRIPTORS },
    Fault { inject: "accept4:error=ECONNABORTED:when=1..3", named: CONNECTION },
    Fault { inject: "socket:error=EMFILE:when=1+", named: DESCRIPTORS },
    Fault { inject: "socket:error=EMFILE:when=3+", named: DESCRIPTORS },
    Fault { inject: "epoll_create1:error=EMFILE:when=1+", named: DESCRIPTORS },
    Fault { inject: "eventfd2:error=EMFILE:when=1+", named: DESCRIPTORS },
    Fault {
        inject: "connect:error=EINTR:when=1..2",
        named: &["nterrupted", "os error 4"],
    },
    Fault {
        inject: "connect:error=ECONNREFUSED:when=2+",
        named: &["refused", "os error 111"],
    },
    Fault { inject: "recvfrom:error=ECONNRESET:when=5+", named: CONNECTION },
    Fault { inject: "sendto:error=EPIPE:when=5+", named: CONNECTION },
    Fault {
        inject: "recvfrom:error=EINTR:when=2+3",
        named: &["nterrupted", "os error 4"],
    },
    Fault { inject: "write:error=ENOSPC:when=2+", named: STORAGE },
    Fault {
        inject: "openat:error=EIO:when=12+",
        named: &["nput/output error", "os error 5"],
    },
    Fault {
        inject: "pidfd_open:error=ENOSYS:when=1+",
        named: &["not implemented", "os error 38"],
    },
    Fault {
        inject: "memfd_create:error=ENOSYS:when=1+",
        named: &["not implemented", "os error 38"],
    },
    Fault { inject: "fallocate:error=ENOSPC:when=1+", named: STORAGE },
    Fault { inject: "mmap:error=ENOMEM:when=60+", named: MEMORY },
];

/// The ends, the worst one last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Ok,
    Error,
    Unclear,
    Died,
    Panic,
    Abort,
    Hang,
    Wrong,
    Left,
}

impl End {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Unclear => "unclear",
            Self::Died => "died",
            Self::Panic => "PANIC",
            Self::Abort => "ABORT",
            Self::Hang => "HANG",
            Self::Wrong => "WRONG",
            Self::Left => "LEFT",
        }
    }

    /// What a text says of an end that is an error.
    fn said(text: &str, fault: &Fault) -> Self {
        if text.contains("panicked at") {
            Self::Panic
        } else if text.contains("signal: 6") || text.contains("SIGABRT") {
            Self::Abort
        } else if text.contains("signal: ") {
            Self::Died
        } else if fault.named.iter().any(|word| text.contains(word)) {
            Self::Error
        } else {
            Self::Unclear
        }
    }

    fn of(failure: &Failure, fault: &Fault) -> Self {
        match failure.cause {
            Cause::Hung => Self::Hang,
            Cause::Wrong => Self::Wrong,
            Cause::Unsupported => Self::Ok,
            _ => Self::said(&failure.message, fault),
        }
    }
}

fn main() -> ExitCode {
    match table() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("inject: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether the worst of all ends is an error that names the cause.
fn table() -> Result<bool, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lanes, names @ ..] = &arguments[..] else {
        return Err("inject LANES [MODEL...]: an executable, models".into());
    };
    let models: Vec<&Entry> = lanes_suite::MODELS
        .iter()
        .filter(|m| names.is_empty() || names.iter().any(|n| n == m.name))
        .collect();
    let folder = tempfile::tempdir()?;
    let mut worst = End::Ok;
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut heads: Vec<&str> = models.iter().map(|m| m.name).collect();
    heads.push("lanes");
    println!("{:38} {}", "", cells(heads.iter().copied()));
    for fault in FAULTS {
        let mut ends = Vec::new();
        let mut note = |name: &str, (end, text): (End, String)| {
            ends.push(end);
            worst = worst.max(end);
            if end > End::Ok {
                let text = format!("{:8} {text}", end.word());
                texts
                    .entry(text)
                    .or_default()
                    .push(format!("{name} {}", fault.inject));
            }
        };
        for model in &models {
            note(model.name, worker(lanes, model, fault, folder.path()));
        }
        note("lanes", command(lanes, fault, folder.path())?);
        println!(
            "{:38} {}",
            fault.inject,
            cells(ends.iter().map(|e| e.word()))
        );
    }
    println!();
    for (text, places) in texts {
        println!("{text}\n         {}", places.join("; "));
    }
    Ok(worst <= End::Error)
}

fn cells<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("{word:>11}")).collect()
}

/// The arguments of strace. It runs beside the worker, not above it, so that
/// the worker is the child of what starts it.
fn strace(fault: &Fault) -> Vec<String> {
    let call = fault.inject.split(':').next().unwrap_or_default();
    let trace = format!("--trace={call}");
    let inject = format!("--inject={}", fault.inject);
    ["-D", "-f", "-qqq", "--output=/dev/null", "--signal=none"]
        .map(str::to_owned)
        .into_iter()
        .chain([trace, inject])
        .collect()
}

/// What happens to a worker for this model, the worst of all its workloads.
fn worker(
    lanes: &str,
    model: &Entry,
    fault: &Fault,
    folder: &Path,
) -> (End, String) {
    let mark =
        format!("{}-{}-{}", std::process::id(), model.name, fault.inject);
    let mut arguments = strace(fault);
    arguments.push(format!("--env={}={mark}", processes::MARK));
    arguments.extend([lanes.to_owned(), "worker".to_owned()]);
    let launch = Launch::named("strace", arguments);
    let mut processes = Processes::of(&mark);
    let mut worst = (End::Ok, String::new());
    let mut running = None;
    for row in lanes_core::rows_with(ITEMS) {
        // Sizes that are measured must be the same on both sides.
        let row = row.pinned().unwrap_or(row);
        if !model.cells.iter().any(|cell| cell.workload == row.workload()) {
            continue;
        }
        let process = match running.take() {
            Some(process) => Ok(process),
            None => started(&launch, model, folder),
        };
        let (end, text) = match process {
            Err(failure) => (End::of(&failure, fault), failure.to_string()),
            Ok(mut process) => {
                let size = row.size();
                // The right answer is not what this is about: the worker's
                // own first one is compared with the others.
                let done = process
                    .prepare(row.workload(), &size, SEED)
                    .and_then(|()| {
                        let digest = row.digest(SEED)?;
                        process.prepared(digest)?;
                        process.sample(2, false, Some(digest))
                    });
                match done {
                    Ok(_) => {
                        running = Some(process);
                        (End::Ok, String::new())
                    }
                    Err(failure) => {
                        let text = format!("{}: {failure}", row.workload());
                        (End::of(&failure, fault), text)
                    }
                }
            }
        };
        if end > worst.0 {
            worst = (end, text);
        }
        if end == End::Hang {
            // The other workloads would wait as long.
            break;
        }
    }
    drop(running);
    let left = processes.left(GRACE);
    processes.kill();
    if left > 0 {
        worst = (End::Left, format!("{left} processes"));
    }
    worst
}

fn started(
    launch: &Launch,
    model: &Entry,
    folder: &Path,
) -> Result<Process, Failure> {
    let limits = Limits {
        deadline: DEADLINE,
        memory: u64::MAX,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let workers = if model.serial { 1 } else { WORKERS };
    Process::greeted(launch, folder, &limits, model.name, workers, model.serial)
}

/// What happens to the whole command.
fn command(
    lanes: &str,
    fault: &Fault,
    folder: &Path,
) -> Result<(End, String), Box<dyn Error>> {
    let mark = format!("{}-lanes-{}", std::process::id(), fault.inject);
    let mut child = Command::new("strace")
        .args(strace(fault))
        .arg(lanes)
        .args(["run", "max", "fetch", "--models", "threads,tokio"])
        .args(["--items", "64", "--rounds", "1", "--workers", "2"])
        .args(["--deadline", "20s", "--output"])
        .arg(folder.join("output"))
        .env("TMPDIR", folder)
        .env(processes::MARK, &mark)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut processes = Processes::of(&mark);
    let begin = Instant::now();
    while child.try_wait()?.is_none() {
        if begin.elapsed() > BOUND {
            processes.kill();
            child.wait()?;
            return Ok((End::Hang, format!("it runs after {BOUND:?}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
    let left = processes.left(GRACE);
    processes.kill();
    if left > 0 {
        return Ok((End::Left, format!("{left} processes")));
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok((End::Ok, String::new()));
    }
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let text = format!("{}\n{said}", output.status);
    let end = End::said(&text, fault);
    let last: Vec<&str> = said.lines().rev().take(2).collect();
    Ok((end, format!("{}: {last:?}", output.status)))
}
