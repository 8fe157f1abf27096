//! The performance targets: ratios with bounds, measured in pairs.
//!
//! - `kernel`: our kernel against the best plain form known;
//! - `bare`: each sibling against the shortest idiomatic code of its library;
//! - `look`: the looks at the cancel flag, against the same code without them;
//! - `scaling`: one worker of a model against two, and what the memory of the
//!   machine gives two threads over what it gives one;
//! - `fork`: fork-join against half of the plain loop's time;
//! - `memory`: `max` and `double` by the tuned kernels against threads that do
//!   nothing but stream, and `kernel-tuned`: those against the plain ones;
//! - `limit`: waiting workloads against what no model can beat;
//! - `trace`: a span against 100 ns, and a traced run against an untraced one.
//!
//! Each line has the median of 9 to 201 paired ratios, a 95 % interval for it,
//! and the bound. A median beyond its bound is marked `MISSED`. That fails
//! nothing: machines are noisy, and the reader decides.
//!
//! ```sh
//! cargo bench --bench ratios -- bare/rayon  # names with this text
//! cargo bench --bench ratios -- --json published/ratios.json
//! ```
//!
//! `--json` also writes what was measured into a file. Its path starts at the
//! folder of this crate, where cargo runs a bench.

mod bare;
mod forms;
mod looks;
mod memory;
mod session;

use lanes_benches::{SEED, timed};
use lanes_core::trace::{State, Trace};
use lanes_core::workload::{
    Double, Fetch, Fib, Mandelbrot, Matmul, Max, Nqueens, Primes, Skynet, Sort,
    Subtasks, Uts,
};
use lanes_core::{
    Context, Entry, Fit, Job, Size, Started, Watch, Workload, kernel, seed,
};
use lanes_measure::statistics::Bound;
use lanes_suite::MODELS;
use session::{Session, WORKERS, job, runtimes, start};
use std::env;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return Ok(());
    }
    let session = Session::new(arguments)?;
    let begin = Instant::now();
    kernels(&session);
    forms::measure(&session);
    looks::measure(&session);
    scaling(&session);
    forks(&session);
    limits(&session);
    memory::memory(&session);
    traces(&session);
    session.save(begin.elapsed())
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    black_box(work());
    begin.elapsed()
}

fn kernels(session: &Session) {
    for (size, len) in [("64KiB", 1 << 13), ("32MiB", 1 << 22)] {
        let list = seed::numbers(SEED).take(len).map(|number| number >> 1);
        let list: Vec<u64> = list.collect();
        let name = format!("kernel/max/{size}");
        if session.wants(&name) {
            let ours = || time(|| kernel::max(black_box(&list)));
            let best = || time(|| black_box(&list).iter().copied().max());
            session.print(&name, Bound::at_most(1.1), ours, best);
        }
        let name = format!("kernel/double/{size}");
        if session.wants(&name) {
            let (mut warm, mut plain) = (vec![0; len], vec![0; len]);
            let ours = || time(|| kernel::double(black_box(&list), &mut warm));
            let best = || {
                time(|| {
                    let twice = black_box(&list).iter().map(|n| n * 2);
                    plain.iter_mut().zip(twice).for_each(|(to, n)| *to = n);
                })
            };
            session.print(&name, Bound::at_most(1.1), ours, best);
        }
    }
}

fn scaling(session: &Session) {
    let len = if session.test { 1 << 12 } else { 1 << 24 };
    let grain = 1 << 16;
    let max = job(&Max::plain(len, grain));
    let double = job(&Double::plain(len, grain));
    scale_limit(session, &max);
    scale_limit(session, &double);
    for entry in runtimes().iter().filter(|e| e.name != "sequential") {
        scale(session, entry, &max, GAIN);
        scale(session, entry, &double, GAIN);
        let name = format!("scaling/{}/fib", entry.name);
        // A thread a fork is refused at any size that is worth splitting.
        if entry.name != "threads" && session.wants(&name) {
            scale(session, entry, &long_fib(session, entry), GAIN);
        }
    }
}

/// What the machine's memory gives two threads over what it gives one: no model
/// can do better.
fn scale_limit<W: Workload>(session: &Session, job: &Job<W>) {
    let name = format!("scaling/limit/{}", W::NAME);
    if session.wants(&name) {
        let with = |workers| {
            let limit =
                W::limit(job, workers).ok().and_then(|limit| limit.time);
            limit.expect("a time")
        };
        session.print(&name, Bound::at_least(1.8), || with(1), || with(2));
    }
}

/// The first Fibonacci number that keeps one worker busy for ten milliseconds,
/// so that waking the second costs little beside it.
fn long_fib(session: &Session, entry: &Entry) -> Job<Fib> {
    let last = if session.test { 6 } else { 30 };
    let model = start(entry, 1);
    let mut jobs = (5..=last).map(|n| job(&Fib { n, cutoff: 0 }));
    let long = |fib: &Job<Fib>| {
        fib.n == last || timed(&model, fib) > Duration::from_millis(10)
    };
    jobs.find(long).expect("the last is long")
}

/// What two workers are to gain over one.
const GAIN: f64 = 1.8;

/// Fork-join rows, and those with uneven parts: their time over half of the
/// plain loop's, and what two workers gain. Models that the row does not suit
/// take seconds, and are left out.
fn forks(session: &Session) {
    let sequential = MODELS.iter().find(|entry| entry.name == "sequential");
    let sequential = start(sequential.expect("the yardstick"), 1);
    for entry in runtimes().iter().filter(|e| e.name != "sequential") {
        let own = (session, entry, &sequential);
        fork::<Fib>(own, Some(2.5), None);
        fork::<Skynet>(own, Some(3.5), None);
        fork::<Nqueens>(own, Some(1.05), Some(GAIN));
        fork::<Matmul>(own, Some(1.05), Some(GAIN));
        fork::<Uts>(own, None, Some(1.7));
        fork::<Mandelbrot>(own, None, Some(1.7));
        fork::<Sort>(own, None, Some(GAIN));
        fork::<Primes>(own, None, Some(GAIN));
    }
}

/// The first full size of a workload, where it suits a model: with `most` its
/// time over half of the plain loop's, with `least` the gain of two workers.
fn fork<W: Workload>(
    (session, entry, sequential): (&Session, &Entry, &Started),
    most: Option<f64>,
    least: Option<f64>,
) {
    let name = format!("fork/{}/{}", entry.name, W::NAME);
    let gain = format!("scaling/{}/{}", entry.name, W::NAME);
    if !session.wants(&name) && !session.wants(&gain) {
        return;
    }
    let model = start(entry, WORKERS);
    let cell = model.cell(W::NAME).expect("runtimes have every cell");
    if matches!(cell.fit, Fit::Unsuitable(_)) {
        return;
    }
    let size = if session.test { Size::Quick } else { Size::Full };
    let size = W::sizes(size).into_iter().next().expect("a size");
    let small = || size.with_items(64);
    let job = job(&if session.test { small() } else { size.clone() });
    if let Some(most) = most.filter(|_| session.wants(&name)) {
        let half = || timed(sequential, &job) / WORKERS as u32;
        let bound = Bound::at_most(most);
        session.print(&name, bound, || timed(&model, &job), half);
    }
    drop(model);
    if let Some(least) = least {
        scale(session, entry, &job, least);
    }
}

/// The time of one worker over that of two.
fn scale<W: Workload>(
    session: &Session,
    entry: &Entry,
    job: &Job<W>,
    least: f64,
) {
    let name = format!("scaling/{}/{}", entry.name, W::NAME);
    if !session.wants(&name) {
        return;
    }
    // async-std has one executor in a process, so that its two models take
    // turns; all others are there all the time, and asleep in between.
    let alone = entry.name == "async-std";
    let with = |workers| {
        let kept = (!alone).then(|| start(entry, workers));
        move || {
            let fresh = alone.then(|| start(entry, workers));
            let model = kept.as_ref().or(fresh.as_ref()).expect("one of both");
            // The first run wakes the workers, each on a core of its own.
            timed(model, job);
            timed(model, job)
        }
    };
    session.print(&name, Bound::at_least(least), with(1), with(2));
}

fn limits(session: &Session) {
    let (unit, delay, requests) =
        if session.test { (100, 1, 8) } else { (5000, 20, 256) };
    let (unit, delay) =
        (Duration::from_micros(unit), Duration::from_millis(delay));
    let fetch =
        Fetch { requests, delay, count: 512, in_flight: 64, server: None };
    let (fetch, subtasks) =
        (job(&fetch), job(&Subtasks { unit, rounds: None }));
    for entry in runtimes() {
        let model = start(&entry, WORKERS);
        let cell = model.cell(Fetch::NAME).expect("runtimes have every cell");
        let natural = matches!(cell.fit, Fit::Natural(_));
        let name = format!("limit/{}/fetch", entry.name);
        if natural && session.wants(&name) {
            let limit = Fetch::limit(&fetch, WORKERS).ok();
            let limit = limit.and_then(|limit| limit.time).expect("a time");
            let ours = || timed(&model, &fetch);
            session.print(&name, Bound::at_most(1.15), ours, || limit);
        }
        let name = format!("limit/{}/subtasks", entry.name);
        if session.wants(&name) {
            // The compute is measured as it is now; the waits do not change.
            let (compute, waits, bound) = match entry.name {
                "sequential" => (6, 4, 1.05),
                _ => (2, 3, 1.1),
            };
            let ours = || timed(&model, &subtasks);
            let limit = || subtasks.unit_now() * compute + unit * waits;
            session.print(&name, Bound::at_most(bound), ours, limit);
        }
    }
}

fn traces(session: &Session) {
    const SPANS: u32 = 10_000;
    if session.wants("trace/span") {
        let spans = || {
            let trace = Trace::new();
            time(|| {
                for task in 0..SPANS as usize {
                    drop(trace.span(task, State::Compute));
                }
            })
        };
        let most = Duration::from_nanos(100) * SPANS;
        session.print("trace/span", Bound::at_most(1.0), spans, || most);
    }
    let unit = Duration::from_micros(if session.test { 100 } else { 5000 });
    let subtasks = job(&Subtasks { unit, rounds: None });
    for entry in &MODELS {
        let name = format!("trace/{}/subtasks", entry.name);
        if session.wants(&name) {
            let model = start(entry, WORKERS);
            let traced = || {
                let trace = Some(Trace::new());
                let watch = Watch { trace, ..Watch::default() };
                let context = Context::watching(watch).expect("no deadline");
                timed(&model, &subtasks.under(&context))
            };
            let plain = || timed(&model, &subtasks);
            session.print(&name, Bound::at_most(1.02), traced, plain);
        }
    }
}
