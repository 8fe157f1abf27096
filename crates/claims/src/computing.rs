//! CPU work in threads and in processes.

use crate::claim::{By, Claim, Group};
use crate::lab::Lab;
use crate::python::Python;
use crate::timed::took;
use crate::under_gil;
use crate::work::Churn;
use lanes_core::Error;
use lanes_core::kernel::churn;
use lanes_gil::Options;
use lanes_measure::statistics::Bound;
use lanes_processes::Pool;
use serde_json::json;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

/// CPU work that takes so long on one thread: much longer than the 40 ms that
/// Linux may leave new threads on one core.
const WORK: Duration = Duration::from_millis(150);

const NOT: &str = "under a GIL, threads do not make computing faster";
const FREE: &str = "without one they do";
const PROCESSES: &str =
    "processes, each with a GIL of its own, bring the gain back";

const SAME: Bound = Bound::between(0.9, 1.25);
const GAIN: Bound = Bound::at_least(1.4);

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Computing,
        name: NOT,
        ratio: "time in 2 threads / in one",
        bound: SAME,
        by: &[
            By::rust("gil", || of_gil(2)),
            By::python("python-threads", |lab| {
                split(lab.python()?, "threads", 2)
            }),
        ],
    },
    Claim {
        group: Group::Computing,
        name: NOT,
        ratio: "time in 4 threads / in one",
        bound: SAME,
        by: &[
            By::rust("gil", || of_gil(4)),
            By::python("python-threads", |lab| {
                split(lab.python()?, "threads", 4)
            }),
        ],
    },
    Claim {
        group: Group::Computing,
        name: FREE,
        ratio: "time in one / in two",
        bound: GAIN,
        by: &[By::rust("threads", of_threads)],
    },
    Claim {
        group: Group::Computing,
        name: PROCESSES,
        ratio: "time in one / in two",
        bound: GAIN,
        by: &[
            By::rust("processes", of_processes),
            By::python("python-process-pool", |lab| {
                split(lab.python()?, "processes", 2).map(f64::recip)
            }),
            By::python("python-subinterpreters", of_subinterpreters),
        ],
    },
];

fn of_gil(threads: u64) -> Result<f64, Error> {
    let rounds = rounds(WORK);
    let one = gil(1, rounds)?;
    Ok(gil(threads, rounds)? / one)
}

fn of_threads() -> Result<f64, Error> {
    let rounds = rounds(WORK);
    Ok(threads(1, rounds) / threads(2, rounds))
}

fn of_processes() -> Result<f64, Error> {
    let rounds = rounds(WORK);
    let (one, two) = (Pool::start(1)?, Pool::start(2)?);
    Ok(processes(&one, 1, rounds)? / processes(&two, 2, rounds)?)
}

/// Only newer interpreters have them: the first one that does.
fn of_subinterpreters(lab: &Lab<'_>) -> Result<f64, String> {
    let model = "python-subinterpreters";
    let mut peers = lanes_python::peers().iter();
    let peer = peers
        .find(|peer| peer.model == model && lanes_python::has_own_gil(peer))
        .ok_or("no Python of 3.12 or later")?;
    Ok(split(lab.start(peer, 2)?, "subinterpreters", 2)?.recip())
}

/// In a Python, the time of CPU work in so many workers over that in one. As
/// many rounds as take half of [`WORK`] there are made twice in either.
fn split(mut python: Python, with: &str, workers: u64) -> Result<f64, String> {
    let nanos = WORK.as_nanos() as u64 / 2;
    let rounds = python.one("calibrate", json!({"unit_ns": nanos}))?;
    let how = json!({
        "with": with, "workers": workers, "rounds": rounds as u64,
    });
    python.one("gain", how)
}

/// How many rounds of [`churn`] take so long here and now.
fn rounds(time: Duration) -> u64 {
    const ROUNDS: u64 = 1 << 20;
    let tries = (0..5).map(|state| {
        took(|| {
            black_box(churn(state, ROUNDS));
        })
    });
    let best = tries.fold(f64::INFINITY, f64::min).max(1e-9);
    (ROUNDS as f64 * time.as_secs_f64() / best) as u64
}

/// The time of CPU work in so many threads that have no lock between them.
fn threads(threads: u64, rounds: u64) -> f64 {
    took(|| {
        thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || black_box(churn(thread, rounds / threads)));
            }
        });
    })
}

/// The time of CPU work in so many threads under one GIL.
fn gil(threads: u64, rounds: u64) -> Result<f64, Error> {
    let lock = under_gil::lock(Options::default().interval)?;
    Ok(took(|| {
        thread::scope(|scope| {
            let lock = &lock;
            for _ in 0..threads {
                let share = rounds / threads;
                scope.spawn(move || under_gil::compute(lock, share, || true));
            }
        });
    }))
}

/// The time of CPU work in the workers of a pool that are there already.
fn processes(pool: &Pool, tasks: u64, rounds: u64) -> Result<f64, Error> {
    let once = |share: u64| {
        let begin = Instant::now();
        let futures =
            (0..tasks).map(|task| pool.submit::<Churn>((task, share / tasks)));
        for future in futures.collect::<Result<Vec<_>, _>>()? {
            future.result()?;
        }
        Ok(begin.elapsed().as_secs_f64())
    };
    // After a pause Linux leaves all workers on one core for some 40 ms: a part
    // of the work comes first, and is not timed.
    once(rounds / 3)?;
    once(rounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_the_work_is_done_and_timed() {
        let pool = Pool::start(2).unwrap();
        assert!(processes(&pool, 2, 1000).unwrap() > 0.0);
        assert!(threads(2, 1000) > 0.0 && gil(2, 1000).unwrap() > 0.0);
        assert!(rounds(Duration::from_millis(1)) > 0);
    }
}
