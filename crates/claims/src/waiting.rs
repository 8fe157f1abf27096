//! Sleeping and fetching, in threads and on an event loop.

use crate::claim::{By, Claim, Group};
use crate::lab::{Lab, model, words};
use crate::timed::took;
use crate::under_gil;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Job, Size, Started, Workload};
use lanes_gil::Options;
use lanes_measure::process::Process;
use lanes_measure::statistics::Bound;
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

const SLEEPERS: usize = 8;
const DELAY: Duration = Duration::from_millis(20);
const SEED: u64 = 7;

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Waiting,
        name: "threads make waiting faster, GIL or not",
        ratio: "gain of 8 sleeps at once / 8",
        bound: Bound::at_least(0.7),
        by: &[
            By::rust("gil", || sleeps().map(gain)),
            By::python("python-threads", sleeps_in_python),
        ],
    },
    Claim {
        group: Group::Waiting,
        name: "an event loop waits as well as threads do",
        ratio: "time of fetch / in threads",
        bound: Bound::between(0.7, 1.3),
        by: &[
            By::rust("tokio", fetch),
            By::python("python-asyncio", fetch_in_python),
        ],
    },
];

/// The share of the gain that is possible, of sleeps that took so many seconds
/// together.
fn gain(seconds: f64) -> f64 {
    DELAY.as_secs_f64() / seconds
}

/// The time of sleeps at once in threads under one GIL, which they let go.
fn sleeps() -> Result<f64, Error> {
    let lock = under_gil::lock(Options::default().interval)?;
    Ok(took(|| {
        thread::scope(|scope| {
            for _ in 0..SLEEPERS {
                scope.spawn(|| {
                    lock.take();
                    lock.allow_threads(|| thread::sleep(DELAY));
                    lock.release_for_good();
                });
            }
        });
    }))
}

fn sleeps_in_python(lab: &Lab<'_>) -> Result<f64, String> {
    let delay = DELAY.as_secs_f64();
    let how = json!({"threads": SLEEPERS, "delay": delay});
    Ok(gain(lab.python()?.one("sleeps", how)? / 1e9))
}

fn fetch() -> Result<f64, Error> {
    let job = Job::new(&Fetch::sizes(Size::Quick)[0], SEED)?;
    let (tokio, threads) = (model("tokio", 2)?, model("threads", 2)?);
    // The first run of each is not timed.
    for model in [&tokio, &threads] {
        fetched(model, &job)?;
    }
    Ok(fetched(&tokio, &job)? / fetched(&threads, &job)?)
}

fn fetched(model: &Started, job: &Job<Fetch>) -> Result<f64, Error> {
    let begin = Instant::now();
    let found = model.run(job)?;
    let time = begin.elapsed().as_secs_f64();
    if found != Fetch::reference(job) {
        return Err(Error::Task("a wrong answer".into()));
    }
    Ok(time)
}

fn fetch_in_python(lab: &Lab<'_>) -> Result<f64, String> {
    let mut asyncio = lab.start_python("python-asyncio", 2)?.process;
    let mut threads = lab.start_python("python-threads", 2)?.process;
    let rows = lanes_core::rows(Size::Quick);
    let row = rows.iter().find(|row| row.workload() == Fetch::NAME);
    let row = row.ok_or("no row is called fetch")?;
    let digest = row.digest(SEED).map_err(words)?;
    for process in [&mut asyncio, &mut threads] {
        process.prepare(Fetch::NAME, &row.size(), SEED).map_err(words)?;
        process.prepared(digest).map_err(words)?;
    }
    let time = |process: &mut Process| {
        let sample = process.sample(1, false, Some(digest)).map_err(words)?;
        Ok::<_, String>(sample.wall_ns as f64)
    };
    Ok(time(&mut asyncio)? / time(&mut threads)?)
}
