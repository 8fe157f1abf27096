//! A crawler of 10,000 pages: a page takes 100 ms to come and 1 ms to read, and
//! at most 100 are fetched at once. Here there are 200 pages.
//!
//! `lanes advise --tasks 10000 --compute 1ms --wait 100ms --at-once 100`

use crate::Job;
use crate::work::Work;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

pub(crate) const JOB: Job = Job {
    name: "crawler",
    words: "200 of 10,000 pages: wait 100 ms, compute 1 ms, 100 at once",
    advise: "lanes advise --tasks 10000 --compute 1ms --wait 100ms \
             --at-once 100",
    time: "for all pages",
    programs: [("threads", threads), ("rayon", rayon), ("tokio", tokio)],
};

const PAGES: usize = 200;
const AT_ONCE: usize = 100;
const FETCH: Duration = Duration::from_millis(100);
const READ: Duration = Duration::from_millis(1);

/// A hundred threads, each of which takes the next page until none is left.
fn threads(work: Work) -> Duration {
    let begin = Instant::now();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < PAGES {
                    thread::sleep(FETCH);
                    work.compute(READ);
                }
            });
        }
    });
    begin.elapsed()
}

/// A parallel iterator over the pages, in the pool that is there.
fn rayon(work: Work) -> Duration {
    let begin = Instant::now();
    (0..PAGES).into_par_iter().for_each(|_| {
        thread::sleep(FETCH);
        work.compute(READ);
    });
    begin.elapsed()
}

/// A task for each page, and a semaphore that lets a hundred through.
fn tokio(work: Work) -> Duration {
    let runtime = Runtime::new().expect("a runtime");
    let begin = Instant::now();
    runtime.block_on(async {
        let free = Arc::new(Semaphore::new(AT_ONCE));
        let page = |_| {
            let free = Arc::clone(&free);
            tokio::spawn(async move {
                let _permit = free.acquire().await.expect("never closed");
                tokio::time::sleep(FETCH).await;
                work.compute(READ);
            })
        };
        let pages: Vec<_> = (0..PAGES).map(page).collect();
        for page in pages {
            page.await.expect("no page panics");
        }
    });
    begin.elapsed()
}
