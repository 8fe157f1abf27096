//! What a process costs.

use crate::claim::{By, Claim, Group};
use crate::lab::Lab;
use crate::timed::{middle, took};
use crate::work::{Churn, Echo};
use lanes_core::Error;
use lanes_measure::statistics::Bound;
use lanes_processes::{Carrier, List, Pool};
use serde_json::json;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

/// So many bytes are large.
const LARGE: usize = 16 << 20;

const CLAIM: &str = "a process costs more than a thread";

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Costs,
        name: CLAIM,
        ratio: "starting a process / a thread",
        bound: Bound::at_least(5.0),
        by: &[
            By::rust("processes", start),
            By::python("python-process-pool, fork", |lab| {
                start_in_python(lab, "fork")
            }),
            By::python("python-process-pool, spawn", |lab| {
                start_in_python(lab, "spawn")
            }),
        ],
    },
    Claim {
        group: Group::Costs,
        name: CLAIM,
        ratio: "a task there and back / to a thread",
        bound: Bound::at_least(1.1),
        by: &[
            By::rust("processes", trip),
            By::python("python-process-pool", trip_in_python),
        ],
    },
    Claim {
        group: Group::Costs,
        name: CLAIM,
        ratio: "16 MiB there and back / nothing",
        bound: Bound::at_least(10.0),
        by: &[
            By::rust("processes", large),
            By::python("python-process-pool", large_in_python),
        ],
    },
    Claim {
        group: Group::Costs,
        name: "what is large crosses faster in shared memory",
        ratio: "16 MiB there and back, over a socket / in memory",
        bound: Bound::at_least(1.2),
        by: &[By::rust("processes-shared", over_a_socket)],
    },
];

fn start() -> Result<f64, Error> {
    // The first of either also pays for what later ones find done.
    thread_start();
    process_start()?;
    Ok(process_start()? / thread_start())
}

fn start_in_python(lab: &Lab<'_>, method: &str) -> Result<f64, String> {
    let mut python = lab.python()?;
    let mut second = |method| {
        python.one("start", json!({"method": method}))?;
        python.one("start", json!({"method": method}))
    };
    let process = second(method)?;
    Ok(process / second("thread")?)
}

fn trip() -> Result<f64, Error> {
    let (thread, process) = round_trips(&Pool::start(1)?, 100)?;
    Ok(process / thread)
}

fn trip_in_python(lab: &Lab<'_>) -> Result<f64, String> {
    let mut python = lab.python()?;
    let mut trip = |with| {
        let how = json!({"with": with, "count": 100});
        let mut nanos = python.exhibit("roundtrip", how)?;
        Ok::<_, String>(middle(&mut nanos))
    };
    Ok(trip("process")? / trip("thread")?)
}

fn large() -> Result<f64, Error> {
    let pool = Pool::start(1)?;
    // The first finds pages that have not been touched lately.
    bytes(&pool, LARGE)?;
    let (_, empty) = round_trips(&pool, 20)?;
    Ok(bytes(&pool, LARGE)? / empty)
}

fn large_in_python(lab: &Lab<'_>) -> Result<f64, String> {
    let mut python = lab.python()?;
    python.one("bytes", json!({"len": LARGE}))?;
    let how = json!({"with": "process", "count": 20});
    let mut empty = python.exhibit("roundtrip", how)?;
    let full = python.one("bytes", json!({"len": LARGE}))?;
    Ok(full / middle(&mut empty))
}

fn over_a_socket() -> Result<f64, Error> {
    let socket = Pool::start(1)?;
    let memory = Pool::start_with(1, Carrier::Memory)?;
    // The first pair finds pages that have not been touched lately: the median
    // of five leaves it out.
    let pair = |_| -> Result<f64, Error> {
        let socket = bytes(&socket, LARGE)?;
        Ok(socket / bytes(&memory, LARGE)?)
    };
    let ratios: Result<Vec<f64>, Error> = (0..5).map(pair).collect();
    ratios.map(|mut ratios| middle(&mut ratios))
}

/// The time to start a thread, up to its first line.
fn thread_start() -> f64 {
    let begin = Instant::now();
    let thread = thread::spawn(move || begin.elapsed());
    thread.join().map_or(f64::NAN, |time| time.as_secs_f64())
}

/// The time to start a worker process, up to its first answer.
fn process_start() -> Result<f64, Error> {
    let begin = Instant::now();
    let pool = Pool::start(1)?;
    pool.submit::<Churn>((0, 0))?.result()?;
    let time = begin.elapsed().as_secs_f64();
    pool.shutdown();
    Ok(time)
}

/// Median times of an empty task there and back: to a thread that waits for it,
/// and to a process.
fn round_trips(pool: &Pool, count: usize) -> Result<(f64, f64), Error> {
    let (ask, asked) = channel::<u64>();
    let (answer, answers) = channel();
    let thread = thread::spawn(move || {
        asked.iter().try_for_each(|number| answer.send(number)).ok();
    });
    let mut there = Vec::with_capacity(count);
    let mut across = Vec::with_capacity(count);
    for task in 0..count as u64 {
        there.push(took(|| {
            ask.send(task).ok();
            answers.recv().ok();
        }));
        let begin = Instant::now();
        pool.submit::<Churn>((task, 0))?.result()?;
        across.push(begin.elapsed().as_secs_f64());
    }
    drop(ask);
    thread.join().ok();
    Ok((middle(&mut there), middle(&mut across)))
}

/// The time of so many bytes to a process and back.
fn bytes(pool: &Pool, len: usize) -> Result<f64, Error> {
    let numbers = vec![7u64; len / size_of::<u64>()];
    let begin = Instant::now();
    let back = pool.submit::<Echo>(List::from(numbers))?.result()?.into_vec();
    let time = begin.elapsed().as_secs_f64();
    let bytes = back.len() * size_of::<u64>();
    if bytes != len {
        return Err(Error::Protocol(format!("{bytes} bytes of {len}")));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_bytes_come_back_from_a_process() {
        let pool = Pool::start(2).unwrap();
        assert!(bytes(&pool, 1 << 20).unwrap() > 0.0);
        let (thread, process) = round_trips(&pool, 10).unwrap();
        assert!(thread > 0.0 && process > 0.0);
        assert!(process_start().unwrap() > 0.0 && thread_start() > 0.0);
    }
}
