//! The locks and wake-ups of the core in every order in which threads can be
//! interleaved.
//!
//! `cargo test -p lanes-core --features loom --test loom`. Their files are
//! built a second time here, of loom's mutexes, conditions and atomics. A
//! wake-up that is lost is a deadlock, which the model finds.

#[path = "../src/settle.rs"]
mod settle;
#[expect(unreachable_pub, reason = "it is public in its own crate")]
#[path = "../src/slot.rs"]
mod slot;
#[expect(dead_code, unreachable_pub, reason = "only a part of it is needed")]
#[path = "../src/stop.rs"]
mod stop;
#[expect(dead_code, unreachable_pub, reason = "only a part of it is needed")]
#[path = "../src/trace.rs"]
mod trace;

/// What they are made of here.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU8, AtomicU32};
    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
    pub(crate) use loom::thread::{Thread, current, park};

    macro_rules! shared {
        ($name:ident: $type:ty = $value:expr) => {
            loom::lazy_static! {
                static ref $name: $type = $value;
            }
        };
    }
    pub(crate) use shared;

    /// Loom's own knows no constant values.
    macro_rules! local {
        ($(#[$doc:meta])* static $name:ident: $type:ty =
            const { $value:expr };) => {
            loom::thread_local! {
                $(#[$doc])* static $name: $type = $value;
            }
        };
    }
    pub(crate) use local as thread_local;
}

use lanes_core::{Context, Error, caught};
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use settle::settling;
use slot::Slot;
use std::sync::{Arc, Weak};
use stop::{Claim, Stop, WATCHED};
use trace::{SpanGuard, State, Trace};

/// Every interleaving with at most three preemptions.
fn explored(run: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(run);
}

#[test]
fn a_settled_wait_ends_and_sees_what_was_done() {
    explored(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let (last, settling) = settling();
        let last = Arc::new(last);
        let task = || {
            let (last, done) = (Arc::clone(&last), Arc::clone(&done));
            thread::spawn(move || {
                done.fetch_add(1, Ordering::Relaxed);
                drop(last);
            })
        };
        let tasks = [task(), task()];
        drop(last);
        settling.wait();
        assert_eq!(done.load(Ordering::Relaxed), 2, "a task is left");
        for task in tasks {
            task.join().unwrap();
        }
    });
}

#[test]
fn a_wake_up_for_something_else_does_not_end_a_settled_wait() {
    explored(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let (last, settling) = settling();
        let (theirs, waiter) = (Arc::clone(&done), thread::current());
        let task = thread::spawn(move || {
            waiter.unpark();
            theirs.store(1, Ordering::Relaxed);
            drop(last);
        });
        settling.wait();
        assert_eq!(done.load(Ordering::Relaxed), 1, "it has not settled");
        task.join().unwrap();
    });
}

#[test]
fn values_cross_a_slot_one_by_one() {
    explored(|| {
        let slots = Arc::new((Slot::default(), Slot::default()));
        let theirs = Arc::clone(&slots);
        let other = thread::spawn(move || {
            let context = Context::new();
            for _ in 0..2 {
                let number: usize = theirs.0.take(&context).unwrap();
                theirs.1.fill(number + 1);
            }
        });
        let context = Context::new();
        for number in [1, 5] {
            slots.0.fill(number);
            assert_eq!(slots.1.take(&context), Ok(number + 1));
        }
        other.join().unwrap();
    });
}

#[test]
fn threads_record_beside_each_other_and_a_reader() {
    explored(|| {
        let trace = Trace::new();
        let record = |task| {
            let trace = trace.clone();
            thread::spawn(move || drop(trace.span(task, State::Compute)))
        };
        let threads = [record(1), record(2)];
        // Whatever is there already is whole.
        let early = trace.spans();
        assert!(early.iter().all(|span| span.begin <= span.end));
        for thread in threads {
            thread.join().unwrap();
        }
        let spans = trace.spans();
        let all = |of: fn(&trace::Span) -> usize| {
            let mut all: Vec<usize> = spans.iter().map(of).collect();
            all.sort_unstable();
            all
        };
        assert_eq!(all(|span| span.task), [1, 2]);
        assert_eq!(all(|span| span.worker.unwrap()), [0, 1]);
        assert_eq!(trace.workers().len(), 2);
    });
}

/// A run that counts how often it is asked.
#[derive(Default)]
struct Counted(AtomicUsize);

impl Stop for Counted {
    fn stop(&self, _: Error) {}

    fn look(&self, _: usize) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn span(&self, _: usize) -> Option<SpanGuard<'_>> {
        None
    }
}

/// A run under a claim of its own.
fn claimed(state: u8) -> (Arc<Counted>, Claim) {
    let run = Arc::new(Counted::default());
    let weak: Weak<Counted> = Arc::downgrade(&run);
    (run, Claim::new(state, weak))
}

#[test]
fn claims_at_the_same_time_never_share_a_slot() {
    explored(|| {
        let watch = || {
            let (run, claim) = claimed(WATCHED);
            let token = claim.token();
            assert!(!token.is_quiet(), "a watch that is not seen");
            assert_eq!(token.watched(0, || 7), Some(7), "another's run");
            assert_eq!(run.0.load(Ordering::Relaxed), 1, "another's run");
            claim.stop();
            drop(claim);
            // The slot is used again, by this thread or by the other.
            let (_, claim) = claimed(0);
            assert!(claim.token().is_quiet(), "another's state");
        };
        let other = thread::spawn(watch);
        watch();
        other.join().unwrap();
    });
}

#[test]
fn a_token_sees_a_stop_that_came_before() {
    explored(|| {
        let (_run, claim) = claimed(0);
        let token = claim.token();
        let told = Arc::new(loom::sync::atomic::AtomicBool::new(false));
        let theirs = Arc::clone(&told);
        let worker = thread::spawn(move || {
            let quiet = token.is_quiet();
            if theirs.load(Ordering::Acquire) {
                assert!(!token.is_quiet(), "a stop that is not seen");
            }
            quiet
        });
        claim.stop();
        told.store(true, Ordering::Release);
        worker.join().unwrap();
        assert!(!token.is_quiet());
    });
}

#[test]
fn a_run_that_was_stopped_while_it_set_its_size_forks_no_more() {
    explored(|| {
        let (_run, claim) = claimed(0);
        let token = claim.token();
        let begins = thread::spawn(move || {
            let _ = token.forking_from(3).forks(3);
        });
        claim.stop();
        begins.join().unwrap();
        assert!(!token.forks(3) && token.is_stopped());
    });
}
