//! A pool that is put to sleep while nobody runs anything. Its threads would
//! spin for the next loop, on cores that others compute on.

use forkunion::ThreadPool;
use lanes_core::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A pool without a run for once to twice this time is put to sleep: far more
/// than lies between two runs of a batch.
const IDLE: Duration = Duration::from_micros(500);

/// How often a thread that sleeps looks for a loop, in microseconds.
const NAP: usize = 1000;

/// A pool, and the thread that puts it to sleep.
pub(crate) struct Resting {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
}

struct Shared {
    pool: Mutex<ThreadPool>,
    /// How many runs have ended.
    runs: AtomicU64,
    asleep: AtomicBool,
    closed: AtomicBool,
}

impl Resting {
    pub(crate) fn new(pool: ThreadPool) -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            pool: Mutex::new(pool),
            runs: AtomicU64::new(0),
            asleep: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        let kept = Arc::clone(&shared);
        let keeper = thread::Builder::new().name("lanes-forkunion".into());
        let keeper = keeper.spawn(move || kept.rest())?;
        Ok(Self { shared, keeper: Some(keeper) })
    }

    /// Lends the pool, which the next loop wakes.
    pub(crate) fn lend<T>(&self, run: impl FnOnce(&mut ThreadPool) -> T) -> T {
        let pool = self.shared.pool.lock();
        let mut pool = pool.unwrap_or_else(PoisonError::into_inner);
        let value = run(&mut pool);
        self.shared.runs.fetch_add(1, Ordering::Relaxed);
        drop(pool);
        if self.shared.asleep.swap(false, Ordering::AcqRel) {
            self.wake();
        }
        value
    }

    fn wake(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.thread().unpark();
        }
    }
}

impl Shared {
    /// Sends the pool to sleep whenever no run has ended for a while and none
    /// goes on.
    fn rest(&self) {
        let mut seen = None;
        while !self.closed.load(Ordering::Acquire) {
            let runs = Some(self.runs.load(Ordering::Relaxed));
            let idle = runs == seen && self.sleep();
            seen = runs;
            if !idle {
                thread::sleep(IDLE);
                continue;
            }
            while self.asleep.load(Ordering::Acquire)
                && !self.closed.load(Ordering::Acquire)
            {
                thread::park();
            }
        }
    }

    /// Sends the pool to sleep, if no run has it.
    fn sleep(&self) -> bool {
        let Ok(mut pool) = self.pool.try_lock() else { return false };
        pool.sleep(NAP);
        // A run that gets the pool from now on takes this back.
        self.asleep.store(true, Ordering::Release);
        true
    }
}

/// The last handle of the pool is dropped here, which joins its threads.
impl Drop for Resting {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
        self.wake();
        if let Some(keeper) = self.keeper.take() {
            // It runs no code of others that could panic.
            let _ = keeper.join();
        }
    }
}
