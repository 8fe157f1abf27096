//! The turns in every order in which threads can be interleaved.
//!
//! `cargo test -p lanes-mutex --features loom --test loom`. The file of the
//! turns is built a second time here, of loom's mutex and conditions.

#[path = "../src/turns.rs"]
mod turns;

/// What the turns are made of here.
mod sync {
    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
}

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use std::sync::Arc;
use turns::Turns;

/// Every interleaving with at most three preemptions.
fn explored(run: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(run);
}

/// What a turn guards: no other thread is inside, and no addition is lost.
#[derive(Default)]
struct Guarded {
    inside: AtomicUsize,
    count: AtomicUsize,
}

impl Guarded {
    fn enter(&self, turns: &Turns) {
        let _turn = turns.take();
        assert_eq!(self.inside.fetch_add(1, Ordering::Relaxed), 0, "two");
        let before = self.count.load(Ordering::Relaxed);
        self.count.store(before + 1, Ordering::Relaxed);
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A wake-up that is lost is a deadlock, which the model finds.
#[test]
fn one_at_a_time_and_each_that_waits_is_woken() {
    for (threads, rounds) in [(2, 2), (3, 1)] {
        explored(move || {
            let both = Arc::new((Turns::default(), Guarded::default()));
            let other = || {
                let both = Arc::clone(&both);
                thread::spawn(move || {
                    (0..rounds).for_each(|_| both.1.enter(&both.0));
                })
            };
            let others: Vec<_> = (1..threads).map(|_| other()).collect();
            (0..rounds).for_each(|_| both.1.enter(&both.0));
            others.into_iter().for_each(|other| other.join().unwrap());
            let count = both.1.count.load(Ordering::Relaxed);
            assert_eq!(count, threads * rounds, "a lost addition");
        });
    }
}
