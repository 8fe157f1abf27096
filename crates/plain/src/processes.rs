//! Child processes of the standard library, as its documentation uses them. A
//! task is a process: the running executable, started once more.

use crate::child::command;
use crate::limits;
use crate::measure::{self, Done, answer, millis, starving};
use crate::observed::{Observed, Outcome, Tasks};
use crate::work::{self, TASKS};
use rustix::process::{WaitOptions, set_parent_process_death_signal, wait};
use std::io::{self, BufRead, BufReader, Read};
use std::panic;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "cancel_midway",
        "kill forces the child to end; \
         https://doc.rust-lang.org/std/process/struct.Child.html#method.kill",
    ),
    (
        "drop_while_running",
        "there is no Drop: a child goes on when its handle is dropped; \
         https://doc.rust-lang.org/std/process/struct.Child.html",
    ),
    (
        "oversize_input",
        "an allocation that fails aborts the process; \
         https://doc.rust-lang.org/std/alloc/fn.handle_alloc_error.html",
    ),
    (
        "hundred_runs",
        "a child that nobody waits for stays a zombie; status waits; \
         https://doc.rust-lang.org/std/process/struct.Child.html#warning",
    ),
];

/// In place of a library's name: the process is a task.
pub(crate) const TASK: &str = "task";

/// How long the child of a worker goes on that was killed.
const ORPHAN: Duration = Duration::from_secs(2);

/// What a task's process does, and how it ends.
pub(crate) fn run(name: &str) -> ! {
    let left = panic::catch_unwind(|| match name {
        "panics" => work::all_panic(0),
        "errs" => work::all_err(0),
        "instant" => work::instant(0),
        "long" => {
            work::long();
            println!("done");
            Ok(())
        }
        "orphan" => {
            // It does not end with the worker that started it.
            let _ = set_parent_process_death_signal(None);
            println!("begun");
            thread::sleep(ORPHAN);
            Ok(())
        }
        "endless" => {
            work::endless();
            Ok(())
        }
        "silent" => {
            thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        "oversize" => {
            work::oversize();
            Ok(())
        }
        "nested" => match task("short").status() {
            Ok(status) if status.success() => Ok(()),
            _ => work::all_err(0),
        },
        "parent" => {
            let child = task("orphan").spawn();
            let left = child.and_then(|mut child| child.wait());
            left.map_or_else(|_| work::all_err(0), |_| Ok(()))
        }
        _ => work::short(0),
    });
    process::exit(match left {
        Ok(Ok(())) => 0,
        Ok(Err(_)) => 1,
        // What a main that panics ends with.
        Err(_) => 101,
    });
}

fn task(name: &str) -> Command {
    command(TASK, name)
}

/// Every task is started, and then waited for in turn: how the first fault
/// shows, and how many of the others had ended then.
fn all(faulty: &str, is_faulty: fn(usize) -> bool) -> Observed {
    let begin = Instant::now();
    let name = |index| if is_faulty(index) { faulty } else { "short" };
    let children = (0..TASKS).map(|index| task(name(index)).spawn());
    let mut children: Vec<Child> = children.map(Result::unwrap).collect();
    let mut seen: Option<(ExitStatus, f64)> = None;
    let right_ones = (0..TASKS).filter(|index| !is_faulty(*index)).count();
    let mut tasks = Tasks { ended: 0, later: 0, of: right_ones };
    for index in 0..TASKS {
        let status = children[index].wait().unwrap();
        if !status.success() && seen.is_none() {
            seen = Some((status, millis(begin.elapsed())));
            let ended = |child: &mut Child| {
                child.try_wait().unwrap().filter(ExitStatus::success)
            };
            tasks.ended = children.iter_mut().filter_map(ended).count();
        }
    }
    let right = children.iter_mut().filter_map(|child| {
        Some(child.wait().unwrap()).filter(ExitStatus::success)
    });
    tasks.later = right.count() - tasks.ended;
    let Some((status, took)) = seen else {
        return Observed::new(Outcome::Loses, "every task ends well");
    };
    let detail = format!("{status}, after {took:.0} ms; {tasks}");
    Observed::new(Outcome::Errs, detail).millis(took).tasks(tasks)
}

/// A task that is waited for.
fn run_to_its_end(name: &str) -> Done {
    let output = task(name).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(output.status.to_string().into())
}

pub(crate) fn one_task_panics() -> Observed {
    all("panics", |index| index == work::FAULTY)
}

pub(crate) fn all_tasks_panic() -> Observed {
    all("panics", |_| true)
}

pub(crate) fn one_task_errors() -> Observed {
    all("errs", |index| index == work::FAULTY)
}

pub(crate) fn cancel_midway() -> Observed {
    let mut child = task("endless").spawn().unwrap();
    thread::sleep(Duration::from_millis(100));
    let begin = Instant::now();
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let took = millis(begin.elapsed());
    let ended = status.success();
    let outcome = if ended { Outcome::Waits } else { Outcome::Stops };
    Observed::new(
        outcome,
        format!("kill and wait: {status}, after {took:.0} ms"),
    )
    .millis(took)
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    Observed::absent("the wait for a child has no timeout")
}

pub(crate) fn deadline_io_bound() -> Observed {
    answer(|| {
        let mut child = task("silent").stdout(Stdio::piped()).spawn()?;
        let mut reply = [0; 1];
        // A pipe has no timeout to set.
        child.stdout.as_mut().unwrap().read_exact(&mut reply)?;
        Ok(())
    })
}

pub(crate) fn drop_while_running() -> Observed {
    let mut child = task("long").stdout(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let begin = Instant::now();
    drop(child);
    let took = millis(begin.elapsed());
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    let ran_on = said == "done\n";
    let outcome = if ran_on { Outcome::RunsOn } else { Outcome::Stops };
    let detail = format!(
        "the handle is dropped, after {took:.0} ms; the child's last word is \
         {said:?}"
    );
    Observed::new(outcome, detail).millis(took)
}

pub(crate) fn blocking_in_task() -> Observed {
    let mut children = [0, 1].map(|_| task("silent").spawn().unwrap());
    let observed = starving(|| {
        task("instant").status().unwrap();
        measure::neighbour();
    });
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    observed
}

pub(crate) fn nested_run() -> Observed {
    answer(|| run_to_its_end("nested"))
}

pub(crate) fn fd_limit() -> Observed {
    run_to_its_end("instant").expect("descriptors for a first child");
    let _used = limits::descriptors();
    answer(|| run_to_its_end("instant"))
}

pub(crate) fn oversize_input() -> Observed {
    answer(|| run_to_its_end("oversize"))
}

/// The worker has a child of its own, which has the pipe too.
pub(crate) fn worker_sigkill() -> Observed {
    let mut child = task("parent").stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    let begin = Instant::now();
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let waited = millis(begin.elapsed());
    io::copy(&mut output, &mut io::sink()).unwrap();
    let took = millis(begin.elapsed());
    let late = took > millis(ORPHAN) / 10.0;
    let outcome = if late { Outcome::Waits } else { Outcome::Errs };
    let detail = format!(
        "wait says {status} after {waited:.0} ms; its pipe ends after \
         {took:.0} ms, with its grandchild"
    );
    Observed::new(outcome, detail).millis(took)
}

pub(crate) fn hundred_runs() -> Observed {
    for _ in 0..100 {
        task("instant").status().unwrap();
    }
    // A process that was not waited for is a child still.
    let left = |_: &()| wait(WaitOptions::NOHANG).is_ok();
    let left = std::iter::repeat(()).take_while(left).take(100).count();
    measure::left_over("children", left, left)
}
