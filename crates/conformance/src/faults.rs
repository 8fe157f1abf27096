//! Faults that are injected into one cell, beside plain panics and errors.

use crate::bounds::{STOP, in_time};
use crate::cell::{
    SEED, Start, compare, fails_with, faulty, probed, start, tasks,
    works_afterwards,
};
use crate::outcome::{Checked, Failure};
use lanes_core::{AnyJob, Context, Error, Row};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a task blocks its worker without a look at the cancel flag.
const BLOCK: Duration = Duration::from_millis(150);

/// What a task panics with: it panics again when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a payload that panics when it is dropped");
    }
}

/// A panic whose payload panics when it is dropped is an error of the run, and
/// the model works afterwards.
///
/// # Errors
/// The first other result, and a panic into the caller.
pub fn panic_in_drop(model: Start<'_>, row: &dyn Row) -> Checked {
    faulty(model, row, |model, job, faulty| {
        let context = Context::watching(probed(move |task| {
            if task == faulty {
                panic_any(Bomb);
            }
            Ok(())
        }))?;
        let run = || job.under(&context).run(model);
        let what = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Err(Error::Panicked(_))) => {
                return works_afterwards(model, job);
            }
            Ok(other) => format!("{other:?} instead of a panic"),
            Err(payload) => {
                mem::forget(payload);
                "it panics into its caller".to_owned()
            }
        };
        let (workload, model) = (job.workload(), model.name());
        Err(Failure::new(format!("{workload}/{model}: {what}")))
    })
}

/// After a panic the same model answers, as often as it is asked.
///
/// # Errors
/// A wrong answer.
pub fn reuse_after_panic(model: Start<'_>, row: &dyn Row) -> Checked {
    for workers in [1, 3] {
        let model = start(model, workers)?;
        let job = row.with_items(24).job(SEED)?;
        if tasks(&model, &*job)?.is_none() {
            return Ok(());
        }
        for _ in 0..3 {
            let context = Context::watching(probed(|_| panic!("again")))?;
            let result = job.under(&context).run(&model);
            if !matches!(result, Err(Error::Panicked(_))) {
                let workload = job.workload();
                let what = format!("{workload}: {result:?}, and a task panics");
                return Err(Failure::new(what));
            }
            works_afterwards(&model, &*job)?;
            works_afterwards(&model, &*job)?;
        }
    }
    Ok(())
}

/// A task that panics while it holds a lock which all others want is an error
/// of the run, and the model works afterwards.
///
/// # Errors
/// The first other result.
pub fn panic_holding_lock(model: Start<'_>, row: &dyn Row) -> Checked {
    faulty(model, row, |model, job, faulty| {
        let message = format!("task {faulty} holds the lock");
        let expected = Error::Panicked(message.clone());
        let lock = Mutex::new(0_usize);
        fails_with(model, job, &expected, move |task| {
            let mut held = lock.lock().unwrap_or_else(PoisonError::into_inner);
            *held += 1;
            assert!(task != faulty, "{message}");
            Ok(())
        })
    })
}

/// A task that blocks its worker changes no answer; a cancel meanwhile ends the
/// run once the task no longer blocks.
///
/// # Errors
/// A wrong answer, another error, and a late return.
pub fn blocking_in_task(model: Start<'_>, row: &dyn Row) -> Checked {
    let model = start(model, 2)?;
    let job = row.with_items(8).job(SEED)?;
    if tasks(&model, &*job)?.is_none() {
        return Ok(());
    }
    let once = AtomicBool::new(false);
    let context = Context::watching(probed(move |_| {
        if !once.swap(true, Ordering::SeqCst) {
            thread::sleep(BLOCK);
        }
        Ok(())
    }))?;
    compare(&model, &*job.under(&context))?;
    let slot = Arc::new(OnceLock::<Context>::new());
    let own = Arc::clone(&slot);
    let context = Context::watching(probed(move |_| {
        own.wait().cancel();
        thread::sleep(BLOCK);
        Ok(())
    }))?;
    slot.set(context.clone()).ok();
    let begin = Instant::now();
    let result = job.under(&context).run(&model);
    // Two workers may block one after the other: the second had begun.
    in_time(begin, 2 * BLOCK + STOP)?;
    match result {
        Err(Error::Cancelled) => works_afterwards(&model, &*job),
        other => Err(Failure::new(format!(
            "{}/{}: {other:?} instead of a cancelled run",
            job.workload(),
            model.name()
        ))),
    }
}

/// A model that is given up while it runs: the run is cancelled, and the drop
/// of the model behind it returns within [`STOP`].
///
/// # Errors
/// Another result, and a late return.
pub fn drop_while_running(model: Start<'_>, row: &dyn Row) -> Checked {
    let model = start(model, 2)?;
    let job: Arc<dyn AnyJob> = row.with_items(24).job(SEED)?.into();
    if tasks(&model, &*job)?.is_none() {
        return Ok(());
    }
    let begun = Arc::new(AtomicBool::new(false));
    let slot = Arc::new(OnceLock::<Context>::new());
    let (own, at_work) = (Arc::clone(&slot), Arc::clone(&begun));
    let context = Context::watching(probed(move |_| {
        at_work.store(true, Ordering::SeqCst);
        let begin = Instant::now();
        while own.wait().cause().is_none() {
            if begin.elapsed() > Duration::from_secs(30) {
                return Err(Error::Task("the cancel never came".into()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }))?;
    slot.set(context.clone()).ok();
    let running = job.under(&context);
    let thread = thread::spawn(move || {
        let result = running.run(&model).err();
        drop(model);
        result
    });
    while !begun.load(Ordering::SeqCst) && !thread.is_finished() {
        thread::sleep(Duration::from_millis(1));
    }
    let begin = Instant::now();
    context.cancel();
    let result = thread.join();
    in_time(begin, STOP)?;
    match result {
        Ok(Some(Error::Cancelled)) => Ok(()),
        Ok(other) => Err(Failure::new(format!(
            "{}: {other:?} instead of a cancelled run",
            job.workload()
        ))),
        Err(payload) => {
            mem::forget(payload);
            Err(Failure::new("the run, or the drop, panics"))
        }
    }
}
