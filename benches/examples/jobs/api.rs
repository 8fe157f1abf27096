//! An API: a request computes 2 ms, half of them before and half after it has
//! waited 20 ms for a database; 80 requests come in a second. Here there are
//! 120, and what counts is how long a request takes from when it came.
//!
//! `lanes advise --tasks 1000 --compute 2ms --wait 20ms --rate 80/s`

use crate::Job;
use crate::work::Work;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::time::{sleep, sleep_until};

pub(crate) const JOB: Job = Job {
    name: "api",
    words: "120 requests at 80/s: compute 2 ms, wait 20 ms",
    advise: "lanes advise --tasks 1000 --compute 2ms --wait 20ms --rate 80/s",
    time: "for a request, median",
    programs: [("threads", threads), ("rayon", rayon), ("tokio", tokio)],
};

const REQUESTS: u32 = 120;
const BETWEEN: Duration = Duration::from_micros(12_500);
const HALF: Duration = Duration::from_millis(1);
const DATABASE: Duration = Duration::from_millis(20);

fn median(mut latencies: Vec<Duration>) -> Duration {
    latencies.sort();
    latencies[latencies.len() / 2]
}

/// When each request comes, one after the other, as it comes.
fn arrivals() -> impl Iterator<Item = Instant> {
    let begin = Instant::now();
    (0..REQUESTS).map(move |number| {
        let time = begin + BETWEEN * number;
        thread::sleep(time.saturating_duration_since(Instant::now()));
        time
    })
}

fn handle(work: Work) {
    work.compute(HALF);
    thread::sleep(DATABASE);
    work.compute(HALF);
}

/// A thread for each request.
fn threads(work: Work) -> Duration {
    let request = |came: Instant| {
        thread::spawn(move || {
            handle(work);
            came.elapsed()
        })
    };
    let requests: Vec<_> = arrivals().map(request).collect();
    let requests = requests.into_iter();
    let all = requests.map(|request| request.join().expect("no panic"));
    median(all.collect())
}

/// Each request in the pool that is there.
fn rayon(work: Work) -> Duration {
    let (done, all) = mpsc::channel();
    for came in arrivals() {
        let done = done.clone();
        rayon::spawn(move || {
            handle(work);
            done.send(came.elapsed()).expect("somebody reads");
        });
    }
    drop(done);
    median(all.iter().collect())
}

/// A task for each request.
fn tokio(work: Work) -> Duration {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let begin = Instant::now();
        let mut requests = Vec::new();
        for number in 0..REQUESTS {
            let came = begin + BETWEEN * number;
            sleep_until(came.into()).await;
            requests.push(tokio::spawn(async move {
                work.compute(HALF);
                sleep(DATABASE).await;
                work.compute(HALF);
                came.elapsed()
            }));
        }
        let mut all = Vec::new();
        for request in requests {
            all.push(request.await.expect("no panic"));
        }
        median(all)
    })
}
