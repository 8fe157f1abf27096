//! The command under random use and random kills, for as long as wanted.
//!
//! `scripts/soak [MINUTES] [SEED] [FIRST]`. Each command is made from the seed
//! and its number alone, so that FIRST begins again with the one that went
//! wrong. After each: it has ended in time, with a documented exit code; no
//! process of it is left, and no temporary folder; its file is valid.

mod plan;
mod processes;

use lanes_measure::results::Results;
use plan::{Aim, Fault, Plan};
use processes::Processes;
use rustix::process::Signal;
use signal_hook::consts::SIGHUP;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// What the README documents.
const EXIT_CODES: &[i32] = &[0, 1, 2, 3, 4, 130];
/// Many times what any of the commands takes, also where the disk is busy: only
/// a hang reaches it.
const BOUND: Duration = Duration::from_secs(600);
/// How long the system may take to end what was killed.
const GRACE: Duration = Duration::from_secs(5);
/// How often the processes are looked at.
const TICK: Duration = Duration::from_millis(20);

/// What a soak has seen.
#[derive(Default)]
struct Seen {
    commands: u64,
    descendants: usize,
    /// Processes that outlived their command, and were killed here.
    left: usize,
    /// Temporary folders of commands that were killed, and so could not remove
    /// them.
    folders_of_the_killed: usize,
    /// How often each fault, and each exit code, was seen.
    faults: BTreeMap<String, u64>,
    ends: BTreeMap<String, u64>,
    findings: Vec<String>,
}

fn main() -> ExitCode {
    match soak() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing was found.
fn soak() -> Result<bool, Box<dyn Error>> {
    let usage = "soak LANES MINUTES SEED [FIRST]: an executable, a time above \
                 zero, whole numbers";
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lanes, minutes, seed, first @ ..] = &arguments[..] else {
        return Err(usage.into());
    };
    let minutes: f64 = minutes.parse().map_err(|_| usage)?;
    let time = Duration::try_from_secs_f64(minutes * 60.0);
    let (time, seed) = (time.map_err(|_| usage)?, seed.parse()?);
    let first: u64 = first.first().map_or(Ok(0), |first| first.parse())?;
    // A command that is started by `nohup` keeps SIGHUP ignored. What is caught
    // here is as usual in a command.
    signal_hook::flag::register(SIGHUP, Arc::default())?;
    let (begin, mut seen) = (Instant::now(), Seen::default());
    let kept = tempfile::tempdir()?;
    for number in first.. {
        if begin.elapsed() >= time && number > first {
            break;
        }
        let plan = Plan::new(seed, number);
        let before = seen.findings.len();
        one(Path::new(lanes), &plan, kept.path(), &mut seen)?;
        for what in &seen.findings[before..] {
            println!("{number}: {what}\n    {plan}");
        }
    }
    summary(&seen, seed, begin.elapsed());
    Ok(seen.findings.is_empty())
}

fn summary(seen: &Seen, seed: u64, time: Duration) {
    let list = |all: &BTreeMap<String, u64>| {
        let each = all.iter().map(|(what, count)| format!("{what} {count}"));
        each.collect::<Vec<_>>().join(", ")
    };
    println!("seed {seed}, {:.0} s", time.as_secs_f64());
    println!("commands: {}", seen.commands);
    println!("faults: {}", list(&seen.faults));
    println!("ends: {}", list(&seen.ends));
    println!("descendants seen: {}", seen.descendants);
    println!("processes left behind: {}", seen.left);
    println!(
        "temporary folders left by commands that SIGKILL ended: {}",
        seen.folders_of_the_killed
    );
    println!("findings: {}", seen.findings.len());
}

/// Runs one command under its fault, and looks at what it leaves.
fn one(
    lanes: &Path,
    plan: &Plan,
    kept: &Path,
    seen: &mut Seen,
) -> Result<(), Box<dyn Error>> {
    let room = tempfile::tempdir()?;
    let (temporary, output) =
        (room.path().join("temporary"), room.path().join("output"));
    fs::create_dir(&temporary)?;
    let errors = room.path().join("errors");
    let mut child = Command::new("prlimit")
        .args(&plan.limits)
        .arg(lanes)
        .args(plan.arguments(&output, kept))
        .env("TMPDIR", &temporary)
        .env(processes::MARK, plan.mark())
        .current_dir(room.path())
        .stdin(Stdio::null())
        .stdout(File::create(room.path().join("printed"))?)
        .stderr(File::create(&errors)?)
        .spawn()?;
    seen.commands += 1;
    *seen.faults.entry(plan.fault.to_string()).or_default() += 1;
    let mut processes = Processes::of(&plan.mark());
    let status = ended(&mut child, plan, &mut processes)?;
    let mut found = Vec::new();
    let Some((status, early)) = status else {
        processes.kill();
        child.wait()?;
        found.push(format!("HANG: it runs after {BOUND:?}"));
        seen.descendants += processes.seen();
        seen.findings.append(&mut found);
        return Ok(());
    };
    let left = processes.left(GRACE);
    if left > 0 {
        processes.kill();
        found.push(format!("LEFT: {left} processes outlive it"));
    }
    seen.left += left;
    seen.descendants += processes.seen();
    let end = end(status);
    *seen.ends.entry(end.clone()).or_default() += 1;
    let was_killed = plan.kills_lanes();
    let documented = status.code().is_some_and(|c| EXIT_CODES.contains(&c));
    if !documented && !was_killed && early != status.signal() {
        found.push(format!("END: {end}"));
    }
    let said = String::from_utf8_lossy(&fs::read(&errors)?).into_owned();
    if let Some(line) = said.lines().find(|line| line.contains("panicked at")) {
        found.push(format!("PANIC: {line}"));
    }
    let folders = fs::read_dir(&temporary)?.count();
    if was_killed {
        seen.folders_of_the_killed += folders;
    } else if folders > 0 {
        found.push(format!("FOLDERS: {folders} are left"));
    }
    found.extend(invalid(&output, kept, was_killed)?);
    if !found.is_empty() {
        let last: Vec<&str> = said.lines().rev().take(3).collect();
        for what in &mut found {
            *what = format!("{what} ({end}; it said: {last:?})");
        }
    }
    seen.findings.append(&mut found);
    Ok(())
}

/// How a command has ended, and the number of a signal which came while the
/// system was still loading the program: nobody could catch it.
type Ended = (ExitStatus, Option<i32>);

/// Waits for the end of a command, and does to it what is planned; `None` where
/// it does not end.
fn ended(
    child: &mut Child,
    plan: &Plan,
    processes: &mut Processes,
) -> Result<Option<Ended>, Box<dyn Error>> {
    let begin = Instant::now();
    let mut early = None;
    let mut due = plan.signals().into_iter().peekable();
    while begin.elapsed() < BOUND {
        processes.look();
        if let Some(status) = child.try_wait()? {
            return Ok(Some((status, early)));
        }
        while let Some((at, aim, signal)) =
            due.next_if(|(at, ..)| *at <= begin.elapsed())
        {
            match aim {
                Aim::Lanes => {
                    if !processes::catches(child.id(), signal)? {
                        early = Some(signal.as_raw());
                    }
                    processes::send(child.id(), signal);
                }
                Aim::Worker => processes.send_one(child.id(), at, signal),
            }
        }
        thread::sleep(TICK);
    }
    Ok(None)
}

fn end(status: ExitStatus) -> String {
    status.to_string().replace("exit status: ", "exit ")
}

/// What is wrong with the result files in a folder; those that are right are
/// kept, for the commands that read some. A command that was killed may leave
/// a file that it was writing.
fn invalid(
    folder: &Path,
    kept: &Path,
    was_killed: bool,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path: PathBuf = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            let name = path.file_name().unwrap_or_default();
            if name.to_string_lossy().starts_with('.') && !was_killed {
                found.push(format!("FILE: {name:?} is left"));
            }
            continue;
        }
        let text = fs::read_to_string(&path)?;
        if !text.contains("\"lanes-results\"") {
            if serde_json::from_str::<serde_json::Value>(&text).is_err() {
                found.push("FILE: no valid JSON".into());
            }
            continue;
        }
        match Results::load(&path) {
            Ok(_) => {
                let count = fs::read_dir(kept)?.count();
                fs::rename(&path, kept.join(format!("{}.json", count % 8)))?;
            }
            Err(error) => found.push(format!("FILE: {error}")),
        }
    }
    Ok(found)
}

impl Plan {
    /// Whether the command itself is ended by a signal, at once: one that it
    /// cannot catch, or a second one.
    fn kills_lanes(&self) -> bool {
        matches!(
            self.fault,
            Fault::Signal(Aim::Lanes, Signal::KILL) | Fault::Twice(_)
        )
    }
}
