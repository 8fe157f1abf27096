//! What is asked of a model as a whole, over many runs or by its trace.

use crate::left::Left;
use crate::outcome::{Answered, Checked, Failure, Outcome, not_applicable};
use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::Subtasks;
use lanes_core::{
    AnyJob, Config, Context, Entry, Error, Job, Probe, Size, Started, Watch,
    Workload, rows,
};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// The spans of `subtasks`: each task computes on one worker at a time, and
/// waits for I/O if its plan says so; no worker computes two tasks at once.
/// What holds a worker has the CPU time of its thread, and nothing else has
/// any.
///
/// # Errors
/// Spans that are missing or overlap, and CPU times that cannot be.
pub(crate) fn spans_tell_the_story(entry: &Entry) -> Answered {
    if !entry.has(Subtasks::NAME) {
        return not_applicable("it has no cell for subtasks");
    }
    let model = entry.start(&Config::new(2)?)?;
    let subtasks = Subtasks { unit: Duration::from_millis(1), rounds: None };
    let job = Job::new(&subtasks, 7)?;
    let trace = Trace::new();
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    model.run(&job.under(&Context::watching(watch)?))?;
    let spans = trace.spans();
    for task in job.tasks() {
        let of = |state| {
            let ours = |span: &&Span| span.task == task && span.state == state;
            spans.iter().filter(ours).count()
        };
        let waits = usize::from(job.request(task).is_some());
        if (of(State::Compute), of(State::Io)) != (1 + waits, waits) {
            return Err(Failure::new(format!("task {task}: {spans:?}")));
        }
    }
    for span in &spans {
        let held = span.worker.is_some();
        if span.cpu.is_some() != held || span.cpu > Some(span.length()) {
            return Err(Failure::new(format!("CPU time of {span:?}")));
        }
    }
    // Each unit of compute is a millisecond of it, however long it takes.
    let computes = spans.iter().filter(|span| span.state == State::Compute);
    if computes.filter_map(|span| span.cpu).sum::<u64>() == 0 {
        return Err(Failure::new("it computed in no CPU time".to_owned()));
    }
    let workers = spans.iter().filter_map(|span| span.worker);
    for worker in workers.collect::<HashSet<_>>() {
        let ours = |span: &&Span| span.worker == Some(worker);
        let mut last = 0;
        // A wait for a turn may lie within a stretch of compute.
        let busy = |span: &&Span| ours(span) && span.state != State::Lock;
        for span in spans.iter().filter(busy) {
            if span.begin < last {
                return Err(Failure::new(format!("two at once: {spans:?}")));
            }
            last = span.end;
        }
    }
    Ok(Outcome::Passed)
}

/// One hundred starts, runs of every workload, failures and drops, with threads
/// and descriptors back where they were.
///
/// # Errors
/// A wrong answer, or something left behind.
pub(crate) fn hundred_runs(entry: &Entry) -> Answered {
    // Enough for all that a library starts once in a process and keeps.
    for _ in 0..30 {
        one_of_hundred(entry)?;
    }
    let baseline = Left::now()?;
    for _ in 0..100 {
        one_of_hundred(entry)?;
    }
    baseline.back()?;
    Ok(Outcome::Passed)
}

fn one_of_hundred(entry: &Entry) -> Checked {
    let model = entry.start(&Config::new(2)?)?;
    for row in rows(Size::Quick) {
        if entry.has(row.workload()) {
            let job = row.with_items(5).job(7)?;
            let run = right_then_panicking(&model, &*job);
            run.map_err(|failure| failure.within(row.workload()))?;
        }
    }
    Ok(())
}

fn right_then_panicking(model: &Started, job: &dyn AnyJob) -> Checked {
    match job.run(model) {
        Ok(answer) if job.accepts(&*answer) => {}
        Err(Error::Unsupported(why)) if !why.is_empty() => return Ok(()),
        other => return Err(Failure::new(format!("{other:?}"))),
    }
    let panics: Probe = Arc::new(|_| panic!("one of hundred"));
    let watch = Watch { probe: Some(panics), ..Watch::default() };
    match job.under(&Context::watching(watch)?).run(model) {
        Err(Error::Panicked(_)) => Ok(()),
        other => Err(Failure::new(format!("{other:?}"))),
    }
}
