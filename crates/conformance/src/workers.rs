//! What is asked of the workers of a model: that they are there, and what
//! happens when one that is a process of its own dies or talks nonsense.

use crate::again::again;
use crate::bounds::{DEATH, in_time};
use crate::cell::{SEED, WORKERS, probed, works_afterwards};
use crate::left::{children, is_gone};
use crate::outcome::{Answered, Checked, Failure, Outcome, not_applicable};
use lanes_core::{
    AnyJob, Config, Context, Entry, Error, Row, Size, Started, census, rows,
};
use rustix::process::{
    Pid, PidfdFlags, PidfdGetfdFlags, Signal, kill_process, pidfd_getfd,
    pidfd_open,
};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::process::{self, Child, ChildStdout, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use std::{env, thread};

/// The model has as many workers as it says, and as it was asked for unless it
/// has but one.
pub(crate) fn workers_are_real(entry: &Entry) -> Answered {
    for workers in WORKERS {
        let model = entry.start(&Config::new(workers)?)?;
        let (claimed, found) = (model.workers(), census(&model)?.len());
        if found != claimed || (claimed != workers && claimed != 1) {
            return Err(Failure::new(format!(
                "{}: {workers} workers asked for, {claimed} claimed, \
                 {found} found",
                model.name()
            )));
        }
    }
    Ok(Outcome::Passed)
}

/// No worker, and more than a machine can have, are refused before anything is
/// started.
pub(crate) fn zero_workers(entry: &Entry) -> Answered {
    for workers in [0, Config::MOST_WORKERS + 1, usize::MAX] {
        let refused = Config::new(workers).and_then(|c| entry.start(&c));
        match refused.map(|model| model.workers()) {
            Err(Error::Invalid(_)) => {}
            other => {
                let what = format!("{workers} workers: {other:?}");
                return Err(Failure::new(what));
            }
        }
    }
    match entry.start(&Config::new(1)?)?.workers() {
        1 => Ok(Outcome::Passed),
        other => Err(Failure::new(format!("{other} workers instead of one"))),
    }
}

fn threads_only() -> Answered {
    not_applicable("its workers are threads of this process")
}

/// A model with two workers that are processes, and their numbers; `None` if
/// they are threads.
fn in_processes(entry: &Entry) -> Result<Option<(Started, Vec<u32>)>, Failure> {
    let before = children(process::id())?;
    let model = entry.start(&Config::new(2)?)?;
    let workers = workers(&before)?;
    Ok((!workers.is_empty()).then_some((model, workers)))
}

/// The children that were not there before.
fn workers(before: &[u32]) -> Result<Vec<u32>, Error> {
    let mut workers = children(process::id())?;
    workers.retain(|child| !before.contains(child));
    Ok(workers)
}

/// The cells of a model with many grains for each worker.
fn cells(entry: &Entry) -> impl Iterator<Item = Box<dyn Row>> {
    let rows = rows(Size::Quick).into_iter();
    let rows = rows.filter(|row| entry.has(row.workload()));
    rows.map(|row| row.with_items(24))
}

fn pid(number: u32) -> Result<Pid, Failure> {
    let number = i32::try_from(number).ok().and_then(Pid::from_raw);
    number.ok_or_else(|| Failure::new("no number of a process"))
}

fn kill(number: u32) -> Checked {
    let killed = kill_process(pid(number)?, Signal::KILL);
    killed.map_err(|error| Error::from(std::io::Error::from(error)).into())
}

/// The worker's ends of its sockets, as this process can have them too.
fn sockets(worker: u32) -> Result<Vec<OwnedFd>, Failure> {
    let own = pidfd_open(pid(worker)?, PidfdFlags::empty());
    let own = own.map_err(std::io::Error::from)?;
    let mut sockets = Vec::new();
    for descriptor in fs::read_dir(format!("/proc/{worker}/fd"))? {
        let path = descriptor?.path();
        // It may be closed between the listing and the look.
        let Ok(link) = fs::read_link(&path) else { continue };
        let name = path.file_name().and_then(|name| name.to_str());
        let number = name.and_then(|name| name.parse().ok());
        if let Some(number) = number
            && link.to_string_lossy().starts_with("socket:")
        {
            let socket = pidfd_getfd(&own, number, PidfdGetfdFlags::empty());
            sockets.push(socket.map_err(std::io::Error::from)?);
        }
    }
    Ok(sockets)
}

/// Why this process cannot have what its workers hold open, if it cannot: the
/// system is too old, or a container does not allow it.
fn unreachable(entry: &Entry) -> Result<Option<String>, Failure> {
    let Some((_model, workers)) = in_processes(entry)? else {
        return Ok(None);
    };
    let reached = workers.into_iter().try_for_each(|w| sockets(w).map(drop));
    Ok(reached.err().map(|why| format!("pidfd_getfd: {why}")))
}

/// Something is done to a worker while a task of each cell works; the run must
/// fail with an error that fits, in time, and the model work afterwards.
fn while_it_works(
    entry: &Entry,
    harm: fn(u32) -> Result<Vec<OwnedFd>, Failure>,
    fits: fn(&Error) -> bool,
) -> Answered {
    for row in cells(entry) {
        let before = children(process::id())?;
        let Some((model, _)) = in_processes(entry)? else {
            return threads_only();
        };
        let harmed = harmed(&model, &*row.job(SEED)?, &before, harm, fits);
        harmed.map_err(|failure| failure.within(row.workload()))?;
    }
    Ok(Outcome::Passed)
}

fn harmed(
    model: &Started,
    job: &dyn AnyJob,
    before: &[u32],
    harm: fn(u32) -> Result<Vec<OwnedFd>, Failure>,
    fits: fn(&Error) -> bool,
) -> Checked {
    let done = Arc::new(OnceLock::new());
    let (first, at) = (AtomicBool::new(true), Arc::clone(&done));
    let held = Arc::new(Mutex::new(Vec::new()));
    let (holds, before) = (Arc::clone(&held), before.to_vec());
    let context = Context::watching(probed(move |_| {
        if !first.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let all = || -> Checked {
            for worker in workers(&before)? {
                let mut held = holds.lock().expect("no probe panics");
                held.extend(harm(worker)?);
            }
            Ok(())
        };
        let harmed = all().map_err(|failure| failure.to_string());
        at.set((Instant::now(), harmed)).ok();
        Ok(())
    }))?;
    let result = job.under(&context).run(model);
    let returned = Instant::now();
    let Some((at, harmed)) = done.get() else {
        // Refused: there was no task that a worker could die of.
        return match result {
            Err(Error::Unsupported(_)) => Ok(()),
            other => Err(Failure::new(format!("{other:?}, and no task ran"))),
        };
    };
    harmed.clone().map_err(Failure::new)?;
    in_time(*at + returned.elapsed(), DEATH)?;
    drop(held);
    match result {
        Err(error) if fits(&error) => works_afterwards(model, job),
        other => Err(Failure::new(format!("{other:?} is not the cause"))),
    }
}

fn has_died(error: &Error) -> bool {
    matches!(error, Error::WorkerDied(_))
}

/// Workers that are killed while they work; also where another process, as a
/// grandchild would, holds the worker's end of the connection open.
pub(crate) fn worker_sigkill(entry: &Entry) -> Answered {
    let killed = |worker| {
        kill(worker)?;
        Ok(Vec::new())
    };
    let killed_and_held = |worker| {
        let held = sockets(worker)?;
        kill(worker)?;
        Ok(held)
    };
    match while_it_works(entry, killed, has_died)? {
        Outcome::Passed if unreachable(entry)?.is_none() => {
            while_it_works(entry, killed_and_held, has_died)
        }
        other => Ok(other),
    }
}

/// Workers that send what is no message.
pub(crate) fn worker_protocol_garbage(entry: &Entry) -> Answered {
    let garbage = |worker| {
        for socket in sockets(worker)? {
            File::from(socket).write_all(&[255; 64])?;
        }
        Ok(Vec::new())
    };
    let fits = |error: &Error| {
        matches!(error, Error::Protocol(_) | Error::WorkerDied(_))
    };
    if let Some(why) = unreachable(entry)? {
        return not_applicable(why);
    }
    while_it_works(entry, garbage, fits)
}

/// Set in the process that is to be killed.
const VICTIM: &str = "LANES_CONFORMANCE_VICTIM";
/// What it prints when its workers are at work.
const AT_WORK: &str = "the workers of the victim are at work";

/// The process of a model is killed while its workers work: none survives. The
/// case starts its own process again, with the same arguments, as the one that
/// is killed.
pub(crate) fn parent_killed(entry: &Entry) -> Answered {
    let Some((model, _)) = in_processes(entry)? else {
        return threads_only();
    };
    if env::var_os(VICTIM).is_some() {
        return work_until_killed(entry, &model);
    }
    drop(model);
    let mut victim = again()
        .args(env::args_os().skip(1))
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .spawn()?;
    let outcome = kills(&mut victim);
    // Whatever was found, nothing of it may stay.
    let _ = victim.kill();
    let _ = victim.wait();
    outcome
}

fn work_until_killed(entry: &Entry, model: &Started) -> Answered {
    // Full sizes, so that it is killed within a run.
    let rows = rows(Size::Full).into_iter();
    let mut rows = rows.filter(|row| entry.has(row.workload()));
    let row = rows.next().ok_or_else(|| Failure::new("it has no cell"))?;
    let job = row.job(SEED)?;
    job.run(model)?;
    println!("{AT_WORK}");
    std::io::stdout().flush()?;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(30) {
        job.run(model)?;
    }
    Err(Failure::new("nothing killed the victim"))
}

fn kills(victim: &mut Child) -> Answered {
    let out: Option<ChildStdout> = victim.stdout.take();
    let out = out.ok_or_else(|| Failure::new("a victim without output"))?;
    let mut lines = BufReader::new(out).lines();
    if !lines.any(|line| line.is_ok_and(|line| line.contains(AT_WORK))) {
        return Err(Failure::new("the victim ended before its time"));
    }
    let workers = children(victim.id())?;
    if workers.is_empty() {
        return Err(Failure::new("the victim has no workers"));
    }
    kill(victim.id())?;
    let begin = Instant::now();
    while !workers.iter().all(|worker| is_gone(*worker)) {
        in_time(begin, DEATH)?;
        thread::sleep(Duration::from_millis(1));
    }
    Ok(Outcome::Passed)
}
