//! Ratios that distinguish a global interpreter lock from other locks: those of
//! this lock, those of CPython, and the bounds of the tests.
//!
//! `cargo run --release -p lanes-gil --example ratios`; some ten seconds.

use lanes_core::workload::Subtasks;
use lanes_core::{Config, Error, Job, Model, Run, Workload, kernel};
use lanes_gil::{Ended, Gil, GlobalLock, Options, Slice};
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Between two checkpoints: some ten microseconds.
const GRAIN: u64 = 10_000;

fn main() -> Result<(), Error> {
    println!("{:<58} {:>8}  {:<12} bound", "ratio", "here", "CPython");
    // In turns, so that a busy second meets all of them.
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..5 {
        for (times, threads) in times.iter_mut().zip([1, 2, 4]) {
            times.push(split(threads)?);
        }
    }
    let [one, two, four] = times.map(shortest);
    for (threads, time) in [(2, two), (4, four)] {
        let what = format!("CPU work in {threads} threads / in one");
        row(&what, time / one, "0.96 to 1.06", "0.9 to 1.25");
    }
    let (slice, share) = slices()?;
    let what = "median slice / interval, two threads, 5 ms";
    row(what, slice, "1.02", "1.0 to 2");
    let what = "share of the first of two CPU threads";
    row(what, share, "–", "0.4 to 0.6");
    let mut latencies = Vec::new();
    for (micros, wakes) in [(500, 300), (5_000, 100), (50_000, 25)] {
        let interval = Duration::from_micros(micros);
        let latency = latency(interval, wakes)?;
        let what = format!("wake-up beside a CPU thread / {interval:?}");
        let ratio = latency / interval.as_secs_f64();
        row(&what, ratio, "1.04", "1.0 to 1.6");
        latencies.push(latency);
    }
    let what = "wake-up at 50 ms / at 5 ms";
    row(what, latencies[2] / latencies[1], "9.6", "7 to 11");
    for threads in [2, 8] {
        let what = format!("gain of {threads} overlapped sleeps / {threads}");
        row(&what, sleeps(threads)?, "0.8 or more", "0.7 or more");
    }
    for unit in [5, 20].map(Duration::from_millis) {
        let what = format!("subtasks, in units of {unit:?}");
        row(&what, subtasks(unit)?, "6 to 7.3", "6 to 8");
    }
    Ok(())
}

fn row(what: &str, ratio: f64, python: &str, bound: &str) {
    println!("{what:<58} {ratio:>8.3}  {python:<12} {bound}");
}

fn lock(interval: Duration) -> Result<Arc<GlobalLock>, Error> {
    GlobalLock::new(Options { interval, ..Options::default() })
}

/// Not a number, of none.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One grain of work, and a look at the lock.
fn step(lock: &GlobalLock) {
    black_box(kernel::churn(black_box(7), GRAIN));
    lock.checkpoint();
}

/// The shortest of some times: a neighbour only makes them longer.
fn shortest(times: Vec<f64>) -> f64 {
    times.into_iter().fold(f64::INFINITY, f64::min)
}

/// Seconds for the same work in so many threads.
fn split(threads: usize) -> Result<f64, Error> {
    const GRAINS: usize = 24_000;
    let lock = lock(Options::default().interval)?;
    let begin = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let _held = lock.hold();
                (0..GRAINS / threads).for_each(|_| step(&lock));
            });
        }
    });
    Ok(begin.elapsed().as_secs_f64())
}

/// The median slice of two CPU threads, in intervals, and the share of one.
fn slices() -> Result<(f64, f64), Error> {
    let interval = Options::default().interval;
    let lock = lock(interval)?;
    let end = Instant::now() + Duration::from_millis(1200);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _held = lock.hold();
                while Instant::now() < end {
                    step(&lock);
                }
            });
        }
    });
    let slices = lock.statistics().slices;
    let asked = |slice: &&Slice| slice.ended == Ended::ByRequest;
    let lengths = slices.iter().filter(asked);
    let lengths = lengths.map(|slice| slice.length.as_secs_f64());
    let slice = median(lengths.collect()) / interval.as_secs_f64();
    let mut shares = HashMap::new();
    for slice in &slices {
        *shares.entry(slice.thread).or_insert(0.0) +=
            slice.length.as_secs_f64();
    }
    let all: f64 = shares.values().sum();
    let share = slices.first().map_or(0.0, |first| shares[&first.thread]);
    Ok((slice, share / all))
}

/// The median of the seconds from a timer's end until a thread that waited for
/// it has the lock, while another computes.
fn latency(interval: Duration, wakes: usize) -> Result<f64, Error> {
    let lock = lock(interval)?;
    let over = AtomicBool::new(false);
    let latencies = thread::scope(|scope| {
        scope.spawn(|| {
            let _held = lock.hold();
            while !over.load(Ordering::Relaxed) {
                step(&lock);
            }
        });
        let _held = lock.hold();
        let wake = |number: usize| {
            // Not in step with the interval.
            let pause = interval * (7 + number as u32 % 7) / 20;
            let due = Instant::now() + pause;
            let before = lock.statistics().hand_overs;
            lock.allow_threads(|| thread::sleep(pause));
            let latency = due.elapsed().as_secs_f64();
            // On a busy machine the other may be run so late that the lock was
            // still free: not what is asked here.
            let handed = lock.statistics().hand_overs - before;
            (handed == 2).then_some(latency)
        };
        let latencies = (0..wakes).filter_map(wake).collect();
        over.store(true, Ordering::Relaxed);
        latencies
    });
    Ok(median(latencies))
}

/// How much faster so many sleeps are at the same time, by their number.
fn sleeps(threads: u32) -> Result<f64, Error> {
    const NAP: Duration = Duration::from_millis(50);
    let mut gains = Vec::new();
    for _ in 0..3 {
        let lock = lock(Options::default().interval)?;
        let begin = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let _held = lock.hold();
                    lock.allow_threads(|| thread::sleep(NAP));
                });
            }
        });
        gains.push(NAP.as_secs_f64() / begin.elapsed().as_secs_f64());
    }
    Ok(median(gains))
}

/// The workload of that name, in units of work.
fn subtasks(unit: Duration) -> Result<f64, Error> {
    let gil = Gil::start(&Config::machine())?;
    let job = Job::new(&Subtasks { unit, rounds: None }, 7)?;
    let mut times = Vec::new();
    for _ in 0..9 {
        let begin = Instant::now();
        let answer = gil.run(&job)?;
        let time = begin.elapsed().as_secs_f64();
        if answer != Subtasks::reference(&job) {
            return Err(Error::Task("a wrong answer".into()));
        }
        times.push(time / unit.as_secs_f64());
    }
    Ok(shortest(times))
}
