//! The cases of the suite, for a model with any cells. A case about a workload
//! that the model has no cell for passes.

use crate::cell::{self, WORKERS};
use crate::failure::{Failure, Outcome};
use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::{Fetch, Subtasks};
use lanes_core::{
    AnyJob, Cells, Config, Context, Error, Fit, Job, Probe, Size, Started,
    Watch, Workload, census, rows,
};
use socket2::{Domain, Socket, Type};
use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// A case that asks the same of every cell of a model, in its quick sizes.
macro_rules! every_cell {
    ($($(#[$doc:meta])* $case:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Those of the function of the same name in [`cell`].
        pub fn $case<M: Cells>() -> Outcome {
            let mut rows = rows(Size::Quick);
            rows.retain(|row| has::<M>(row.workload()));
            let start = &Started::start::<M>;
            rows.iter().try_for_each(|row| cell::$case(start, &**row))
        }
    )*};
}

/// Whether a model has a cell for a workload.
fn has<M: Cells>(workload: &str) -> bool {
    M::CELLS.iter().any(|cell| cell.workload == workload)
}

every_cell! {
    /// Reference answers on random inputs.
    matches_reference;
    /// No item, one, one fewer and one more than workers, and many.
    lengths;
    /// The sizes of a quick session.
    full_size;
    /// A panic in the first, a middle and the last task.
    one_task_panics;
    /// A panic in every task.
    all_tasks_panic;
    /// An error in the first, a middle and the last task.
    one_task_errors;
    /// A run that was cancelled before it began.
    cancel_before_start;
    /// A cancel while tasks work.
    cancel_midway;
    /// A deadline that passes while tasks work.
    deadline;
    /// A run from within a task.
    nested_run;
}

/// The model has as many workers as it says, and as it was asked for unless it
/// has but one.
///
/// # Errors
/// Another number of threads that compute at the same time.
pub fn workers_are_real<M: Cells>() -> Outcome {
    for workers in WORKERS {
        let model = Started::start::<M>(&Config::new(workers)?)?;
        let (claimed, found) = (model.workers(), census(&model)?.len());
        if found != claimed || (claimed != workers && claimed != 1) {
            return Err(Failure::new(format!(
                "{}: {workers} workers asked for, {claimed} claimed, \
                 {found} found",
                model.name()
            )));
        }
    }
    Ok(())
}

fn fetch(server: Option<SocketAddr>) -> Fetch {
    let delay = Duration::from_secs(3600);
    Fetch { requests: 8, delay, count: 16, in_flight: 4, server }
}

/// What a run answers to requests that are never answered, or not well.
fn fetched<M: Cells>(
    fetch: &Fetch,
    context: &Context,
) -> Result<Error, Failure> {
    let model = Started::start::<M>(&Config::new(2)?)?;
    match model.run(&Job::new(fetch, 7)?.under(context)) {
        Err(error) => Ok(error),
        Ok(answer) => Err(Failure::new(format!("an answer: {answer:?}"))),
    }
}

fn expect(error: &Error, fits: bool) -> Outcome {
    if fits {
        return Ok(());
    }
    Err(Failure::new(format!("{error:?} is not the cause")))
}

/// A cancel ends waits that would last an hour.
///
/// # Errors
/// Any other result; the watchdog finds a hang.
pub fn cancel_while_waiting<M: Cells>() -> Outcome {
    if !has::<M>(Fetch::NAME) {
        return Ok(());
    }
    let context = Context::new();
    let canceller = context.clone();
    let thread = thread::spawn(move || {
        thread::sleep(Duration::from_millis(30));
        canceller.cancel();
    });
    let error = fetched::<M>(&fetch(None), &context)?;
    thread.join().map_err(|_| Failure::new("the canceller panicked"))?;
    expect(&error, error == Error::Cancelled)
}

/// A deadline ends waits for a server that takes clients and never answers.
///
/// # Errors
/// Any other result; the watchdog finds a hang.
pub fn silent_server<M: Cells>() -> Outcome {
    if !has::<M>(Fetch::NAME) {
        return Ok(());
    }
    let listener = listener()?;
    let address = listener.local_addr().map_err(Error::from)?;
    let deadline = Some(Duration::from_millis(30));
    let context = Context::watching(Watch { deadline, ..Watch::default() })?;
    let error = fetched::<M>(&fetch(Some(address)), &context)?;
    expect(&error, error == Error::Timeout)
}

/// A server that is not there is an error of the task.
///
/// # Errors
/// Any other result.
pub fn server_refuses<M: Cells>() -> Outcome {
    if !has::<M>(Fetch::NAME) {
        return Ok(());
    }
    // Bound, so that no other process takes the port, and not listening.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None);
    let socket = socket.map_err(Error::from)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&address.into()).map_err(Error::from)?;
    let address = socket.local_addr().map_err(Error::from)?.as_socket();
    let error = fetched::<M>(&fetch(address), &Context::new())?;
    let refused = |why: &String| why.contains("refused");
    expect(&error, matches!(&error, Error::Task(why) if refused(why)))
}

/// A server that hangs up early is an error of the protocol, or of the task
/// where the connection was reset.
///
/// # Errors
/// Any other result.
pub fn server_closes_early<M: Cells>() -> Outcome {
    if !has::<M>(Fetch::NAME) {
        return Ok(());
    }
    let listener = listener()?;
    let address = listener.local_addr().map_err(Error::from)?;
    thread::spawn(move || listener.incoming().for_each(drop));
    let error = fetched::<M>(&fetch(Some(address)), &Context::new())?;
    expect(&error, matches!(error, Error::Protocol(_) | Error::Task(_)))
}

fn listener() -> Result<TcpListener, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0").map_err(Error::from)?)
}

/// A thousand requests at once, and none fails.
///
/// # Errors
/// The first that fails.
pub fn connect_storm<M: Cells>() -> Outcome {
    if !has::<M>(Fetch::NAME) {
        return Ok(());
    }
    let model = Started::start::<M>(&Config::new(2)?)?;
    let fit = model.cell(Fetch::NAME).map(|cell| cell.fit);
    // One after the other is no storm.
    let unsuitable = matches!(fit, Some(Fit::Unsuitable(_)));
    let delay = Duration::from_millis(if unsuitable { 0 } else { 50 });
    let requests = 1000;
    let storm = Fetch { requests, delay, in_flight: requests, ..fetch(None) };
    let job = Job::new(&storm, 7)?;
    if model.run(&job)? != Fetch::reference(&job) {
        return Err(Failure::new("a wrong answer in the storm"));
    }
    Ok(())
}

/// No more connections than requests may be in flight, kept from one request
/// to the next, however many workers there are.
///
/// # Errors
/// Those of [`cell::connections_are_kept`].
pub fn connections_are_kept<M: Cells>() -> Outcome {
    if !has::<M>(Fetch::NAME) {
        return Ok(());
    }
    cell::connections_are_kept(&Started::start::<M>)
}

/// The spans of `subtasks`: each task computes on one worker at a time, and
/// waits for I/O if its plan says so; no worker computes two tasks at once.
///
/// # Errors
/// Spans that are missing or overlap.
pub fn spans_tell_the_story<M: Cells>() -> Outcome {
    if !has::<M>(Subtasks::NAME) {
        return Ok(());
    }
    let model = Started::start::<M>(&Config::new(2)?)?;
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
    Ok(())
}

/// One hundred starts, runs of every workload, failures and drops, with threads
/// and descriptors back where they were.
///
/// # Errors
/// A wrong answer, or something left behind.
pub fn hundred_runs<M: Cells>() -> Outcome {
    // Enough for all that a library starts once in a process and keeps.
    for _ in 0..30 {
        one_of_hundred::<M>()?;
    }
    let baseline = Left::now()?;
    for _ in 0..100 {
        one_of_hundred::<M>()?;
    }
    let begin = Instant::now();
    loop {
        let left = Left::now()?;
        if left.threads.len() <= baseline.threads.len()
            && left.descriptors <= baseline.descriptors
        {
            return Ok(());
        }
        // Blocking threads of some libraries end after half a second.
        if begin.elapsed() > Duration::from_secs(20) {
            return Err(Failure::new(format!("{left:?}, before {baseline:?}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn one_of_hundred<M: Cells>() -> Outcome {
    let model = Started::start::<M>(&Config::new(2)?)?;
    for row in rows(Size::Quick) {
        if has::<M>(row.workload()) {
            let job = row.with_items(5).job(7)?;
            let run = right_then_panicking(&model, &*job);
            run.map_err(|failure| failure.within(row.workload()))?;
        }
    }
    Ok(())
}

fn right_then_panicking(model: &Started, job: &dyn AnyJob) -> Outcome {
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

/// What this process has open: the names of its threads, and how many files and
/// sockets.
#[derive(Debug)]
struct Left {
    threads: Vec<String>,
    descriptors: usize,
}

impl Left {
    fn now() -> Result<Self, Error> {
        let mut threads = Vec::new();
        for thread in fs::read_dir("/proc/self/task")? {
            // A thread may end between the listing and the look.
            if let Ok(name) = fs::read_to_string(thread?.path().join("comm")) {
                threads.push(name.trim().to_owned());
            }
        }
        threads.sort_unstable();
        let descriptors = fs::read_dir("/proc/self/fd")?.count();
        Ok(Self { threads, descriptors })
    }
}
