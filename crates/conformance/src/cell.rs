//! What is asked of one cell: one model running one workload.
//!
//! A model is given as a function that starts it with so many workers. Faults
//! are injected by probes, which the kernels call before each grain: no model
//! and no workload has a line for them.

use crate::bounds::{STOP, in_time};
use crate::outcome::{Checked, Failure};
use lanes_core::workload::Fetch;
use lanes_core::{
    AnyJob, Config, Context, Error, Job, Probe, Row, Started, Watch,
};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// Starts a model with so many workers.
pub type Start<'a> = &'a dyn Fn(&Config) -> Result<Started, Error>;

/// The worker counts that a model is tested with.
pub const WORKERS: [usize; 4] = [1, 2, 3, 8];

pub(crate) const SEED: u64 = 7;

pub(crate) fn start(
    start: Start<'_>,
    workers: usize,
) -> Result<Started, Failure> {
    Ok(start(&Config::new(workers)?)?)
}

/// Runs a job and compares its answer; a refusal is an answer.
pub(crate) fn compare(model: &Started, job: &dyn AnyJob) -> Checked {
    let (name, workers) = (model.name(), model.workers());
    match job.run(model) {
        Ok(answer) if job.accepts(&*answer) => Ok(()),
        Ok(answer) => Err(Failure::new(format!(
            "{}/{name}/{workers}: {answer:?} is wrong",
            job.workload()
        ))),
        Err(Error::Unsupported(why)) if !why.is_empty() => Ok(()),
        Err(error) => Err(Failure::new(format!(
            "{}/{name}/{workers}: {error}",
            job.workload()
        ))),
    }
}

/// Reference answers on random inputs.
///
/// # Errors
/// The smallest input found with a wrong answer.
pub fn matches_reference(model: Start<'_>, row: &dyn Row) -> Checked {
    let cases = Cases {
        cases: 12,
        // Where a failing case would be kept: nowhere, it is printed.
        failure_persistence: None,
        ..Cases::default()
    };
    let workers = prop::sample::select(WORKERS.to_vec());
    let strategy = (0..48usize, workers, any::<u64>());
    let check = |(items, workers, seed)| {
        let passed = || -> Checked {
            let job = row.with_items(items).job(seed)?;
            compare(&start(model, workers)?, &*job)
        };
        passed().map_err(|why| TestCaseError::fail(why.to_string()))
    };
    TestRunner::new(cases)
        .run(&strategy, check)
        .map_err(|error| Failure::new(error.to_string()))
}

/// No item at all, and one.
///
/// # Errors
/// The first wrong answer.
pub fn empty_and_one(model: Start<'_>, row: &dyn Row) -> Checked {
    sizes(model, row, |_| vec![0, 1])
}

/// One item fewer than workers, as many, one more, and many.
///
/// # Errors
/// The first wrong answer.
pub fn more_workers_than_items(model: Start<'_>, row: &dyn Row) -> Checked {
    sizes(model, row, |workers| vec![workers - 1, workers, workers + 1, 500])
}

fn sizes(
    model: Start<'_>,
    row: &dyn Row,
    sizes: impl Fn(usize) -> Vec<usize>,
) -> Checked {
    for workers in WORKERS {
        let model = start(model, workers)?;
        for items in sizes(workers) {
            compare(&model, &*row.with_items(items).job(SEED)?)?;
        }
    }
    Ok(())
}

/// The workload at its own size.
///
/// # Errors
/// A wrong answer.
pub fn full_size(model: Start<'_>, row: &dyn Row) -> Checked {
    compare(&start(model, 2)?, &*row.job(SEED)?)
}

pub(crate) fn probed(
    probe: impl Fn(usize) -> Result<(), Error> + Send + Sync + 'static,
) -> Watch {
    let probe: Probe = Arc::new(probe);
    Watch { probe: Some(probe), ..Watch::default() }
}

/// The numbers of the tasks that a run looks at, without those that it may
/// leave out; `None` if it is refused.
pub(crate) fn tasks(
    model: &Started,
    job: &dyn AnyJob,
) -> Result<Option<Vec<usize>>, Failure> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let looked = Arc::clone(&seen);
    let watch = probed(move |task| {
        looked.lock().expect("no probe panics").insert(task);
        Ok(())
    });
    match job.under(&Context::watching(watch)?).run(model) {
        Err(Error::Unsupported(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    let seen = seen.lock().expect("no probe panics");
    let tasks = seen.iter().copied().filter(|task| !job.may_omit(*task));
    let tasks: Vec<usize> = tasks.collect();
    if tasks.is_empty() {
        let (workload, model) = (job.workload(), model.name());
        return Err(Failure::new(format!(
            "{workload}/{model}: an answer, and no task ran"
        )));
    }
    Ok(Some(tasks))
}

/// The model answers under a fresh context, after one that went wrong.
pub(crate) fn works_afterwards(model: &Started, job: &dyn AnyJob) -> Checked {
    compare(model, &*job.under(&Context::new()))
}

/// Some task fails by a probe; the run must fail with just that.
pub(crate) fn fails_with(
    model: &Started,
    job: &dyn AnyJob,
    expected: &Error,
    probe: impl Fn(usize) -> Result<(), Error> + Send + Sync + 'static,
) -> Checked {
    let context = Context::watching(probed(probe))?;
    let result = job.under(&context).run(model);
    if result.as_ref().err() == Some(expected) {
        return works_afterwards(model, job);
    }
    let (workload, model) = (job.workload(), model.name());
    Err(Failure::new(format!(
        "{workload}/{model}: {result:?} instead of {expected:?}"
    )))
}

/// For a model with three workers: the job, and its first, a middle and its
/// last task.
pub(crate) fn faulty(
    model: Start<'_>,
    row: &dyn Row,
    check: impl Fn(&Started, &dyn AnyJob, usize) -> Checked,
) -> Checked {
    let model = start(model, 3)?;
    let job = row.with_items(24).job(SEED)?;
    let Some(tasks) = tasks(&model, &*job)? else {
        return Ok(());
    };
    let picks = [0, tasks.len() / 2, tasks.len() - 1];
    picks.iter().try_for_each(|pick| check(&model, &*job, tasks[*pick]))
}

/// A panic in the first, a middle and the last task is an error with its
/// message, and the model works afterwards.
///
/// # Errors
/// The first other result.
pub fn one_task_panics(model: Start<'_>, row: &dyn Row) -> Checked {
    faulty(model, row, |model, job, faulty| {
        let message = format!("task {faulty} of {}", job.workload());
        let expected = Error::Panicked(message.clone());
        fails_with(model, job, &expected, move |task| {
            assert!(task != faulty, "{message}");
            Ok(())
        })
    })
}

/// A panic in every task is one error.
///
/// # Errors
/// Any other result.
pub fn all_tasks_panic(model: Start<'_>, row: &dyn Row) -> Checked {
    let model = start(model, 3)?;
    let job = row.with_items(24).job(SEED)?;
    if tasks(&model, &*job)?.is_none() {
        return Ok(());
    }
    let expected = Error::Panicked("each".into());
    fails_with(&model, &*job, &expected, |_| panic!("each"))
}

/// An error in the first, a middle and the last task is the run's error, and
/// the model works afterwards.
///
/// # Errors
/// The first other result.
pub fn one_task_errors(model: Start<'_>, row: &dyn Row) -> Checked {
    faulty(model, row, |model, job, faulty| {
        let expected =
            Error::Task(format!("task {faulty} of {}", job.workload()));
        let error = expected.clone();
        fails_with(model, job, &expected, move |task| {
            if task == faulty { Err(error.clone()) } else { Ok(()) }
        })
    })
}

/// A run that was cancelled before it began does no work.
///
/// # Errors
/// Any other result, and any grain that was worked on.
pub fn cancel_before_start(model: Start<'_>, row: &dyn Row) -> Checked {
    let model = start(model, 2)?;
    let job = row.with_items(24).job(SEED)?;
    if tasks(&model, &*job)?.is_none() {
        return Ok(());
    }
    let context = Context::watching(probed(|task| {
        Err(Error::Task(format!("task {task} ran")))
    }))?;
    context.cancel();
    match job.under(&context).run(&model) {
        Err(Error::Cancelled) => works_afterwards(&model, &*job),
        other => Err(Failure::new(format!(
            "{}/{}: {other:?} instead of a cancelled run",
            job.workload(),
            model.name()
        ))),
    }
}

/// After a cancel no thread begins more than the grain it was about to, and the
/// run returns within [`STOP`].
///
/// # Errors
/// Any result but the cancel, any thread that works on, and a late return.
pub fn cancel_midway(model: Start<'_>, row: &dyn Row) -> Checked {
    let probe_after_cancel = Arc::new(Mutex::new(Vec::new()));
    faulty(model, row, |model, job, midway| {
        let slot = Arc::new(OnceLock::<Context>::new());
        let (own, after) = (Arc::clone(&slot), Arc::clone(&probe_after_cancel));
        after.lock().expect("no probe panics").clear();
        let cancelled = Arc::new(OnceLock::new());
        let at = Arc::clone(&cancelled);
        let context = Context::watching(probed(move |task| {
            if at.get().is_some() {
                let mut after = after.lock().expect("no probe panics");
                after.push(thread::current().id());
            }
            if task == midway {
                own.wait().cancel();
                at.set(Instant::now()).ok();
            }
            Ok(())
        }))?;
        slot.set(context.clone()).ok();
        let result = job.under(&context).run(model);
        let cell = format!("{}/{}", job.workload(), model.name());
        if let Some(at) = cancelled.get() {
            in_time(*at, STOP)?;
        }
        if result.as_ref().err() != Some(&Error::Cancelled) {
            return Err(Failure::new(format!("{cell}: {result:?}")));
        }
        let after = probe_after_cancel.lock().expect("no probe panics");
        let threads: HashSet<_> = after.iter().collect();
        if threads.len() != after.len() {
            let grains = after.len();
            return Err(Failure::new(format!(
                "{cell}: {grains} grains after the cancel, on {} threads",
                threads.len()
            )));
        }
        works_afterwards(model, job)
    })
}

/// A run whose deadline passes while a task works ends with that, within
/// [`STOP`] and a grain.
///
/// # Errors
/// Any other result, and a late one.
pub fn deadline_cpu_bound(model: Start<'_>, row: &dyn Row) -> Checked {
    let model = start(model, 2)?;
    let job = row.with_items(24).job(SEED)?;
    if tasks(&model, &*job)?.is_none() {
        return Ok(());
    }
    let slot = Arc::new(OnceLock::<Context>::new());
    let own = Arc::clone(&slot);
    let deadline = Duration::from_millis(20);
    let due = Instant::now() + deadline;
    let context = Context::watching(Watch {
        deadline: Some(deadline),
        ..probed(move |_| {
            // A grain that lasts until after the deadline.
            let begin = Instant::now();
            while own.wait().cause().is_none() {
                if begin.elapsed() > Duration::from_secs(30) {
                    return Err(Error::Task("the deadline never came".into()));
                }
                thread::sleep(Duration::from_millis(1));
            }
            Ok(())
        })
    })?;
    slot.set(context.clone()).ok();
    let result = job.under(&context).run(&model);
    in_time(due, STOP)?;
    match result {
        Err(Error::Timeout) => works_afterwards(&model, &*job),
        other => Err(Failure::new(format!(
            "{}/{}: {other:?} instead of a timeout",
            job.workload(),
            model.name()
        ))),
    }
}

/// A run from within a task is answered or refused; it never hangs, neither
/// where another worker could help nor where the only worker would wait for
/// itself.
///
/// # Errors
/// A wrong answer, inside or outside.
pub fn nested_run(model: Start<'_>, row: &dyn Row) -> Checked {
    [1, 2].iter().try_for_each(|workers| nested(model, row, *workers))
}

fn nested(model: Start<'_>, row: &dyn Row, workers: usize) -> Checked {
    let model = Arc::new(start(model, workers)?);
    let job: Arc<dyn AnyJob> = row.with_items(24).job(SEED)?.into();
    let (inner, inner_job) = (Arc::clone(&model), Arc::clone(&job));
    let once = AtomicBool::new(false);
    let context = Context::watching(probed(move |_| {
        if once.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        compare(&inner, &*inner_job)
            .map_err(|failure| Error::Task(format!("inside: {failure}")))
    }))?;
    compare(&model, &*job.under(&context))
}

/// `fetch` opens no more connections than requests may be in flight, keeps them
/// from one request to the next, and has no more requests in flight at once:
/// with fewer workers than that, as many, and more.
///
/// # Errors
/// A wrong answer, and any connection or request too many.
pub fn connections_are_kept(model: Start<'_>) -> Checked {
    let in_flight = 3;
    for workers in [1, in_flight, 3 * in_flight] {
        let model = start(model, workers)?;
        let fetch = Fetch {
            requests: 8 * in_flight,
            // Long beside the start of a thread: what a model sends at once is
            // seen at once.
            delay: Duration::from_millis(10),
            count: 16,
            in_flight,
            server: None,
        };
        let job = Job::new(&fetch, SEED)?;
        compare(&model, &job)?;
        let Some(traffic) = job.traffic() else { continue };
        let cell = format!("fetch/{}/{workers}", model.name());
        if traffic.at_once > in_flight {
            return Err(Failure::new(format!(
                "{cell}: {} requests at once, at most {in_flight}",
                traffic.at_once
            )));
        }
        if traffic.connections > in_flight {
            return Err(Failure::new(format!(
                "{cell}: {} connections for {} requests, at most {in_flight} \
                 that are kept",
                traffic.connections, fetch.requests
            )));
        }
    }
    Ok(())
}
