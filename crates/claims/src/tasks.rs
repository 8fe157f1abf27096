//! What tasks cost that wait, or come now and then, and when they are gone that
//! are stopped.

use crate::claim::{By, Claim, Group};
use crate::lab::Lab;
use crate::rows::sampled;
use lanes_core::kernel::churn;
use lanes_core::workload::{Sleepers, Trickle};
use lanes_core::{Error, Row};
use lanes_measure::statistics::Bound;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A thread touches at least a page of its stack, 4,096 bytes; a task takes no
/// more than the 512 that `sleepers` asks for each.
const PAGE_TO_TASK: Bound = Bound::at_least(8.0);

/// A worker that finds nothing yields 32 times before it sleeps, each time by a
/// system call of half a microsecond or more (the documentation of rayon-core's
/// `sleep`): about as long as a task of 20 µs.
const LOOKS: Bound = Bound::at_least(1.5);

const MEMORY: &str = "memory of a thread that waits / of a task";
const CPU: &str = "CPU time with a task of 20 µs each ms / of the plain loop";

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Tasks,
        name: "a task that waits takes a small part of a thread's memory",
        ratio: MEMORY,
        bound: PAGE_TO_TASK,
        by: &[
            By::models("tokio", |lab| memory(lab, "tokio")),
            By::models("async-std", |lab| memory(lab, "async-std")),
            By::models("smol", |lab| memory(lab, "smol")),
        ],
    },
    Claim {
        group: Group::Tasks,
        name: "a pool burns CPU time beside a task that comes now and then",
        ratio: CPU,
        bound: LOOKS,
        by: &[
            By::models("crossbeam", |lab| burned(lab, "crossbeam")),
            By::models("rayon", |lab| burned(lab, "rayon")),
            By::models("tokio", |lab| burned(lab, "tokio")),
        ],
    },
    Claim {
        group: Group::Tasks,
        name: "a task that computes goes on after its cancel until it looks",
        ratio: "from the cancel to its end / what it still had to compute",
        bound: Bound::between(0.9, 1.5),
        by: &[
            By::rust("threads", || of_a_thread(Until::Computed)),
            By::rust("tokio", || of_a_task(Until::Computed)),
        ],
    },
    Claim {
        group: Group::Tasks,
        name: "a task that waits is gone at once",
        ratio: "from the cancel to its end / what it still had to wait",
        bound: Bound::at_most(0.5),
        by: &[
            By::rust("threads", || of_a_thread(Until::Waited)),
            By::rust("tokio", || of_a_task(Until::Waited)),
        ],
    },
];

/// How many times the memory of a task of this model a thread takes.
fn memory(lab: &Lab<'_>, model: &str) -> Result<f64, String> {
    let wait = Duration::from_millis(20);
    let each = |model, tasks| {
        let sample = sampled(lab, model, &Sleepers { tasks, wait }, 1)?;
        let grown = sample.grown_bytes.filter(|bytes| *bytes > 0);
        let grown = grown.ok_or("a process that did not grow")?;
        Ok::<_, String>(grown as f64 / tasks as f64)
    };
    // Many tasks, beside which the memory of the runtime itself is little.
    Ok(each("threads", 1_000)? / each(model, 10_000)?)
}

/// How many times the CPU time of the plain loop a model takes for small tasks
/// that come one at a time.
fn burned(lab: &Lab<'_>, model: &str) -> Result<f64, String> {
    let row: &dyn Row = &Trickle {
        tasks: 60,
        gap: Duration::from_millis(1),
        compute: Duration::from_micros(20),
        rounds: None,
    };
    // The same work for both.
    let row = row.pinned().map_err(|error| error.to_string())?;
    let cpu = |model| {
        let sample = sampled(lab, model, &*row, 1)?;
        let times = sample.user_ns.zip(sample.system_ns);
        let (user, system) = times.ok_or("a CPU time that is not known")?;
        Ok::<_, String>((user + system) as f64)
    };
    Ok(cpu(model)? / cpu("sequential")?)
}

/// How long after its start a task is stopped, and would end by itself.
const STOP: Duration = Duration::from_millis(5);
const END: Duration = Duration::from_millis(25);

/// What the task does until its end.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    /// It computes.
    Computed,
    /// It waits.
    Waited,
}

/// Computes until then, and looks at nothing else meanwhile.
fn compute(end: Instant) {
    while Instant::now() < end {
        black_box(churn(black_box(1), 1_000));
    }
}

/// How long after it was stopped a task was gone, over how long it still had
/// to go on. It began at `begin`.
///
/// # Errors
/// [`Error::Task`] if it was stopped too late.
fn ratio(
    begin: Instant,
    stopped: Instant,
    gone: Instant,
) -> Result<f64, Error> {
    let left = (begin + END).saturating_duration_since(stopped);
    if left.is_zero() {
        return Err(Error::Task("it was stopped after its end".into()));
    }
    let after = gone.saturating_duration_since(stopped);
    Ok(after.as_secs_f64() / left.as_secs_f64())
}

/// A thread is told by a flag, and is woken where it waits for that.
fn of_a_thread(until: Until) -> Result<f64, Error> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let begin = Instant::now();
    let body = move || {
        let end = begin + END;
        while Instant::now() < end && !seen.load(Ordering::Acquire) {
            match until {
                Until::Computed => compute(end),
                Until::Waited => {
                    let left = end.saturating_duration_since(Instant::now());
                    thread::park_timeout(left);
                }
            }
        }
        Instant::now()
    };
    let thread = thread::Builder::new().spawn(body)?;
    thread::sleep(STOP);
    let stopped = Instant::now();
    flag.store(true, Ordering::Release);
    thread.thread().unpark();
    let gone = thread.join();
    let gone = gone.map_err(|_| Error::Panicked("a task panicked".into()))?;
    ratio(begin, stopped, gone)
}

/// A task is aborted where it awaits.
fn of_a_task(until: Until) -> Result<f64, Error> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_time().build()?;
    let begin = Instant::now();
    let body = async move {
        match until {
            Until::Computed => compute(begin + END),
            Until::Waited => tokio::time::sleep(END).await,
        }
        // Where it could be stopped.
        tokio::task::yield_now().await;
    };
    let task = runtime.spawn(body);
    // On this thread: while the worker computes, nobody looks at timers.
    thread::sleep(STOP);
    let stopped = Instant::now();
    task.abort();
    // It was aborted, and that is not looked at: it is gone.
    runtime.block_on(task).ok();
    ratio(begin, stopped, Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was found, unless a machine with other work stopped it too late.
    fn found(of: fn(Until) -> Result<f64, Error>, until: Until) -> Option<f64> {
        match of(until) {
            Ok(ratio) => Some(ratio),
            Err(Error::Task(_)) => None,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn who_computes_goes_on_to_its_end() {
        for of in [of_a_thread, of_a_task] {
            let computed = found(of, Until::Computed);
            assert!(computed.is_none_or(|ratio| ratio >= 1.0), "{computed:?}");
            let waited = found(of, Until::Waited);
            assert!(waited.is_none_or(f64::is_finite), "{waited:?}");
        }
    }

    #[test]
    fn a_ratio_is_that_of_what_was_left() {
        let begin = Instant::now();
        let stopped = begin + STOP;
        assert_eq!(ratio(begin, stopped, begin + END), Ok(1.0));
        assert_eq!(ratio(begin, stopped, stopped), Ok(0.0));
        let late = ratio(begin, begin + END, begin + END);
        assert!(matches!(late, Err(Error::Task(_))), "{late:?}");
    }
}
