//! The lock in every order in which two threads can be interleaved.
//!
//! `cargo test -p lanes-gil --features loom --test loom`. The file of the lock
//! is built a second time here, of loom's mutex, conditions and atomics.

#[expect(dead_code, unreachable_pub, reason = "only a part of it is needed")]
#[path = "../src/global_lock.rs"]
mod global_lock;

/// What the lock is made of here.
mod sync {
    use std::cell::Cell;
    use std::time::Duration;

    pub(crate) use loom::sync::atomic::AtomicBool;
    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
    pub(crate) use loom::thread::{ThreadId, current};

    loom::thread_local! {
        /// How many of this thread's waits are over at once. All others last
        /// until they are woken, so that a lost wake-up is a deadlock, which
        /// the model finds.
        pub(crate) static SHORT_WAITS: Cell<u32> = Cell::new(1);
    }

    pub(crate) fn wait_timeout<'a, T>(
        condition: &Condvar,
        mutex: &'a Mutex<T>,
        guard: MutexGuard<'a, T>,
        _limit: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let short = SHORT_WAITS.with(|left| {
            let short = left.get() > 0;
            left.set(left.get().saturating_sub(1));
            short
        });
        if !short {
            return (condition.wait(guard).unwrap(), false);
        }
        drop(guard);
        (mutex.lock().unwrap(), true)
    }
}

use global_lock::{Ended, GlobalLock, Options};
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every interleaving with at most three preemptions.
fn explored(run: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(run);
}

fn lock(forced_switching: bool) -> Arc<GlobalLock> {
    GlobalLock::new(Options { forced_switching, ..Options::default() }).unwrap()
}

/// Two threads under the lock, which both do the same.
fn two(lock: &Arc<GlobalLock>, work: impl Fn(usize) + Send + Sync + 'static) {
    let work = Arc::new(work);
    let (theirs, their_lock) = (Arc::clone(&work), Arc::clone(lock));
    let other = thread::spawn(move || {
        let _held = their_lock.hold();
        theirs(1);
    });
    {
        let _held = lock.hold();
        work(0);
    }
    other.join().unwrap();
}

/// The holder sees no other thread inside, and what the last holder wrote.
fn alone(inside: &AtomicUsize, count: &AtomicUsize) {
    assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0, "two holders");
    let before = count.load(Ordering::Relaxed);
    count.store(before + 1, Ordering::Relaxed);
    inside.fetch_sub(1, Ordering::Relaxed);
}

#[test]
fn never_two_holders() {
    for forced in [true, false] {
        explored(move || {
            let lock = lock(forced);
            let inside = Arc::new(AtomicUsize::new(0));
            let count = Arc::new(AtomicUsize::new(0));
            let (own, their_count) = (Arc::clone(&lock), Arc::clone(&count));
            two(&lock, move |_| {
                alone(&inside, &their_count);
                own.checkpoint();
                alone(&inside, &their_count);
            });
            assert_eq!(count.load(Ordering::Relaxed), 4, "a lost addition");
        });
    }
}

#[test]
fn never_two_holders_around_a_wait() {
    explored(|| {
        let lock = lock(true);
        let inside = Arc::new(AtomicUsize::new(0));
        let count = Arc::new(AtomicUsize::new(0));
        let (own, their_count) = (Arc::clone(&lock), Arc::clone(&count));
        two(&lock, move |_| {
            own.allow_threads(|| assert!(!own.is_mine()));
            alone(&inside, &their_count);
        });
        assert_eq!(count.load(Ordering::Relaxed), 2, "a lost addition");
    });
}

/// How often a thread passed the lock on, and how often it had it again with
/// no other in between, in all interleavings together.
fn passed_on(forced: bool) -> (u64, u64) {
    let all = Arc::new(Mutex::new((0, 0)));
    let counted = Arc::clone(&all);
    explored(move || {
        let lock = lock(forced);
        // Only its holder looks into it, so that it is never waited for.
        let last = Arc::new(Mutex::new(usize::MAX));
        let (own, counted) = (Arc::clone(&lock), Arc::clone(&counted));
        two(&lock, move |thread| {
            for _ in 0..2 {
                *last.lock().unwrap() = thread;
                if own.checkpoint() {
                    let itself = *last.lock().unwrap() == thread;
                    let mut counted = counted.lock().unwrap();
                    counted.0 += 1;
                    counted.1 += u64::from(itself);
                }
                *last.lock().unwrap() = thread;
            }
        });
        let statistics = lock.statistics();
        let mut slices = statistics.slices.iter().peekable();
        let mut asked = 0;
        while let Some(slice) = slices.next() {
            if slice.ended == Ended::ByRequest {
                asked += 1;
                let next = slices
                    .peek()
                    .expect("a thread that passes the lock on comes back");
                assert!(!forced || next.thread != slice.thread);
            }
        }
        assert_eq!(statistics.forced_switches, if forced { asked } else { 0 });
    });
    let all = all.lock().unwrap();
    *all
}

#[test]
fn forced_switching_lets_another_run() {
    let (passed, to_itself) = passed_on(true);
    assert!(passed > 0, "no thread ever asked");
    assert_eq!(to_itself, 0);
}

#[test]
fn without_it_the_same_thread_may_have_the_lock_again() {
    let (passed, to_itself) = passed_on(false);
    assert!(0 < to_itself && to_itself < passed, "{to_itself} of {passed}");
}

/// The one that let go on the request of the other must not wait for it.
#[test]
fn whoever_gives_up_takes_its_request_back() {
    explored(|| {
        let lock = lock(true);
        let theirs = Arc::clone(&lock);
        let impatient = thread::spawn(move || {
            // It asks at the first, and gives up at the second.
            sync::SHORT_WAITS.with(|left| left.set(2));
            if theirs.take_within(Duration::ZERO) {
                theirs.release_for_good();
            }
        });
        lock.take();
        lock.checkpoint();
        lock.release();
        impatient.join().unwrap();
        assert!(!lock.is_wanted(), "a request that no thread made");
    });
}

#[test]
fn a_thread_that_ends_waits_for_nobody() {
    explored(|| {
        let lock = lock(true);
        let theirs = Arc::clone(&lock);
        let other = thread::spawn(move || {
            theirs.take();
            theirs.release_for_good();
        });
        lock.take();
        lock.release_for_good();
        other.join().unwrap();
        assert_eq!(lock.statistics().forced_switches, 0);
    });
}
