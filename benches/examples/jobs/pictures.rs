//! Resizing 2,000 pictures: each takes 20 ms of compute. Here there are 50.
//!
//! `lanes advise --tasks 2000 --compute 20ms`

use crate::Job;
use crate::work::{Work, cores};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;

pub(crate) const JOB: Job = Job {
    name: "pictures",
    words: "50 of 2,000 pictures: compute 20 ms",
    advise: "lanes advise --tasks 2000 --compute 20ms",
    time: "for all pictures",
    programs: [("threads", threads), ("rayon", rayon), ("tokio", tokio)],
};

const PICTURES: usize = 50;
const RESIZE: Duration = Duration::from_millis(20);

/// A thread for each core, each of which takes the next picture.
fn threads(work: Work) -> Duration {
    let begin = Instant::now();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < PICTURES {
                    work.compute(RESIZE);
                }
            });
        }
    });
    begin.elapsed()
}

/// A parallel iterator over the pictures.
fn rayon(work: Work) -> Duration {
    let begin = Instant::now();
    (0..PICTURES).into_par_iter().for_each(|_| work.compute(RESIZE));
    begin.elapsed()
}

/// Each picture in a thread that may block, as the documentation advises for
/// compute.
fn tokio(work: Work) -> Duration {
    let runtime = Runtime::new().expect("a runtime");
    let begin = Instant::now();
    runtime.block_on(async {
        let picture = |_| spawn_blocking(move || work.compute(RESIZE));
        let pictures: Vec<_> = (0..PICTURES).map(picture).collect();
        for picture in pictures {
            picture.await.expect("no picture panics");
        }
    });
    begin.elapsed()
}
