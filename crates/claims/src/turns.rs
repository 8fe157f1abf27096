//! How long the GIL is held, and how long a thread waits for it.

use crate::claim::{By, Claim, Group};
use crate::lab::Lab;
use crate::python::Python;
use crate::timed::middle;
use crate::under_gil;
use lanes_core::Error;
use lanes_gil::Ended;
use lanes_measure::statistics::Bound;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The switch interval of CPython, and of the GIL here.
const INTERVAL: Duration = Duration::from_millis(5);
/// How long two threads compute, to see how long each has the GIL at a time.
const TIME: Duration = Duration::from_millis(150);

const CONVOY: &str = "a thread that wakes up beside it waits for an interval";
const ONE: Bound = Bound::between(1.0, 1.6);

/// A switch interval, and how often a thread wakes up in one repetition.
#[derive(Clone, Copy)]
struct Convoy {
    micros: u64,
    requests: usize,
}

const SHORT: Convoy = Convoy { micros: 500, requests: 12 };
const USUAL: Convoy = Convoy { micros: 5_000, requests: 8 };
const LONG: Convoy = Convoy { micros: 50_000, requests: 4 };

/// The claim that the latency is one interval of some length.
const fn latency(ratio: &'static str, by: &'static [By]) -> Claim {
    Claim { group: Group::Turns, name: CONVOY, ratio, bound: ONE, by }
}

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Turns,
        name: "a thread that computes keeps the GIL for an interval",
        ratio: "median slice / interval of 5 ms",
        bound: Bound::between(1.0, 2.0),
        by: &[
            By::rust("gil", || slices(INTERVAL, TIME).map(in_intervals)),
            By::python("python-threads", slices_in_python),
        ],
    },
    latency(
        "latency / interval of 0.5 ms",
        &[
            By::rust("gil", || relative(SHORT)),
            By::python("python-threads", |lab| relative_in_python(lab, SHORT)),
        ],
    ),
    latency(
        "latency / interval of 5 ms",
        &[
            By::rust("gil", || relative(USUAL)),
            By::python("python-threads", |lab| relative_in_python(lab, USUAL)),
        ],
    ),
    latency(
        "latency / interval of 50 ms",
        &[
            By::rust("gil", || relative(LONG)),
            By::python("python-threads", |lab| relative_in_python(lab, LONG)),
        ],
    ),
    Claim {
        group: Group::Turns,
        name: CONVOY,
        ratio: "latency at 50 ms / at 5 ms",
        bound: Bound::between(7.0, 11.0),
        by: &[
            By::rust("gil", || Ok(wait(LONG)? / wait(USUAL)?)),
            By::python("python-threads", |lab| {
                let mut python = lab.python()?;
                let long = wait_in_python(&mut python, LONG)?;
                Ok(long / wait_in_python(&mut python, USUAL)?)
            }),
        ],
    },
];

impl Convoy {
    /// Seconds, in intervals.
    fn in_intervals(self, seconds: f64) -> f64 {
        seconds / (self.micros as f64 / 1e6)
    }
}

/// The median slice, in intervals.
fn in_intervals(mut slices: Vec<f64>) -> f64 {
    middle(&mut slices) / INTERVAL.as_secs_f64()
}

fn relative(way: Convoy) -> Result<f64, Error> {
    wait(way).map(|seconds| way.in_intervals(seconds))
}

fn relative_in_python(lab: &Lab<'_>, way: Convoy) -> Result<f64, String> {
    wait_in_python(&mut lab.python()?, way)
        .map(|seconds| way.in_intervals(seconds))
}

/// The median wait in seconds under the GIL here.
fn wait(way: Convoy) -> Result<f64, Error> {
    let interval = Duration::from_micros(way.micros);
    let waits = convoy(interval, way.requests);
    waits.map(|mut waits| middle(&mut waits))
}

/// The same in a Python.
fn wait_in_python(python: &mut Python, way: Convoy) -> Result<f64, String> {
    let interval = way.micros as f64 / 1e6;
    let how = json!({"interval": interval, "requests": way.requests});
    let mut nanos = python.exhibit("convoy", how)?;
    Ok(middle(&mut nanos) / 1e9)
}

fn slices_in_python(lab: &Lab<'_>) -> Result<f64, String> {
    let how = json!({
        "threads": 2, "interval": INTERVAL.as_secs_f64(),
        "seconds": TIME.as_secs_f64(),
    });
    let nanos = lab.python()?.exhibit("slices", how)?.into_iter();
    Ok(in_intervals(nanos.map(|nanos| nanos / 1e9).collect()))
}

/// How long two computing threads hold the GIL at a time, in seconds.
fn slices(interval: Duration, time: Duration) -> Result<Vec<f64>, Error> {
    let lock = under_gil::lock(interval)?;
    let end = Instant::now() + time;
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                under_gil::compute(&lock, u64::MAX, || Instant::now() < end);
            });
        }
    });
    let slices = lock.statistics().slices;
    let asked = slices.iter().filter(|s| s.ended == Ended::ByRequest);
    Ok(asked.map(|slice| slice.length.as_secs_f64()).collect())
}

/// How late a thread runs, in seconds, that a timer wakes up beside one that
/// computes.
fn convoy(interval: Duration, requests: usize) -> Result<Vec<f64>, Error> {
    let lock = under_gil::lock(interval)?;
    let (begun, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let pause = interval.max(Duration::from_millis(2));
    Ok(thread::scope(|scope| {
        scope.spawn(|| {
            under_gil::compute(&lock, u64::MAX, || {
                begun.store(true, Ordering::Relaxed);
                !done.load(Ordering::Relaxed)
            });
        });
        let waits = scope.spawn(|| {
            // Until the other thread has the lock, this one would not wait.
            while !begun.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            lock.take();
            let waits = (0..requests).map(|_| {
                let due = Instant::now() + pause;
                lock.allow_threads(|| {
                    thread::sleep(
                        due.saturating_duration_since(Instant::now()),
                    );
                });
                due.elapsed().as_secs_f64()
            });
            let waits = waits.collect();
            lock.release_for_good();
            done.store(true, Ordering::Relaxed);
            waits
        });
        waits.join().expect("a thread that only waits")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_the_gil_for_an_interval_at_least() {
        let interval = Duration::from_millis(3);
        // Two threads that never let go by themselves: the bound is a hard one.
        let slices = slices(interval, Duration::from_millis(30)).unwrap();
        let least = interval.as_secs_f64();
        assert!(slices.iter().all(|slice| *slice >= least), "{slices:?}");
        // On a busy machine the computing thread may still be asleep when the
        // other wakes up, which then waits for nothing.
        let waits = convoy(interval, 5).unwrap();
        assert_eq!(waits.len(), 5);
        assert!(waits.iter().all(|wait| *wait > 0.0), "{waits:?}");
        assert!(convoy(Duration::ZERO, 1).is_err());
    }
}
