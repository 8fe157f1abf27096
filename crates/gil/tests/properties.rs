//! What the lock promises, by the clock of a real machine.
//!
//! Lower bounds on time are exact; upper bounds have a lot of room, and are met
//! by one of many tries, since a busy machine runs any thread late.

use lanes_core::{Error, Turn, kernel};
use lanes_gil::{Ended, GlobalLock, Options, Slice};
use std::collections::HashMap;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything here takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(30);

fn lock(interval: Duration) -> Arc<GlobalLock> {
    GlobalLock::new(Options { interval, ..Options::default() }).unwrap()
}

fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// A microsecond or so of work.
fn step() {
    black_box(kernel::churn(black_box(7), 1000));
}

/// Threads that compute under the lock until they have passed it on so often,
/// all together.
fn compute(lock: &GlobalLock, threads: usize, passes: usize) -> Vec<Slice> {
    let (passed, begin) = (AtomicUsize::new(0), Barrier::new(threads));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                begin.wait();
                let _held = lock.hold();
                while passed.load(Ordering::Relaxed) < passes {
                    step();
                    if lock.checkpoint() {
                        passed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    lock.statistics().slices
}

/// A thread that computes under the lock for as long as `other` takes, which is
/// given a function that waits until that thread has the lock.
fn beside<T>(lock: &GlobalLock, other: impl FnOnce(&dyn Fn()) -> T) -> T {
    let (steps, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let _held = lock.hold();
            while !over.load(Ordering::Relaxed) {
                step();
                steps.fetch_add(1, Ordering::SeqCst);
                lock.checkpoint();
            }
        });
        let result = other(&|| {
            let before = steps.load(Ordering::SeqCst);
            while steps.load(Ordering::SeqCst) == before {
                thread::yield_now();
            }
        });
        over.store(true, Ordering::Relaxed);
        result
    })
}

/// Holds the lock until another thread asks for it.
fn until_wanted(lock: &GlobalLock) {
    let begin = Instant::now();
    while !lock.is_wanted() {
        assert!(begin.elapsed() < PATIENCE, "no thread asks");
        thread::yield_now();
    }
}

#[test]
fn p1_never_two_holders() {
    let lock = lock(micros(20));
    let (inside, passed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for thread in 0..4 {
            let (lock, inside, passed) = (&lock, &inside, &passed);
            scope.spawn(move || {
                let alone = || {
                    let others = inside.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(others, 0, "two holders");
                    step();
                    inside.fetch_sub(1, Ordering::SeqCst);
                };
                let _held = lock.hold();
                while passed.load(Ordering::Relaxed) < 300 {
                    alone();
                    if thread == 0 {
                        lock.allow_threads(thread::yield_now);
                    } else if lock.checkpoint() {
                        passed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
}

#[test]
fn p2_a_slice_lasts_an_interval_unless_its_holder_lets_go_by_itself() {
    for interval in [micros(100), micros(2000)] {
        for threads in [2, 4] {
            let slices = compute(&lock(interval), threads, 30);
            let asked = |slice: &&Slice| slice.ended == Ended::ByRequest;
            assert!(slices.iter().filter(asked).count() >= 30);
            for slice in slices.iter().filter(asked) {
                assert!(slice.length >= interval, "{slice:?}");
            }
        }
    }
}

#[test]
fn p3_who_waits_has_the_lock_after_about_an_interval() {
    let interval = micros(5000);
    let lock = lock(interval);
    let latencies = beside(&lock, |other_has_it| {
        let wait = |_| {
            thread::sleep(micros(700));
            other_has_it();
            let begin = Instant::now();
            lock.take();
            let latency = begin.elapsed();
            lock.release();
            latency
        };
        (0..25).map(wait).collect::<Vec<_>>()
    });
    // The other had the lock, and lets go of it on request only. The shortest
    // wait shows what the lock adds, and the others what a busy machine does.
    let shortest = latencies.into_iter().min().unwrap();
    assert!(shortest >= interval, "{shortest:?}");
    assert!(shortest < 2 * interval, "{shortest:?}");
}

/// The pairs of slices of which the first ended by a request.
fn successors(slices: &[Slice]) -> impl Iterator<Item = (&Slice, &Slice)> {
    let pairs = slices.windows(2).map(|pair| (&pair[0], &pair[1]));
    pairs.filter(|(slice, _)| slice.ended == Ended::ByRequest)
}

#[test]
fn p4_after_a_request_another_thread_runs_first() {
    for threads in [2, 3, 8] {
        let slices = compute(&lock(micros(100)), threads, 200);
        assert!(successors(&slices).count() >= 200);
        for (slice, next) in successors(&slices) {
            assert_ne!(slice.thread, next.thread);
        }
    }
}

/// What forced switching is for.
#[test]
fn without_forced_switching_the_same_thread_may_run_again() {
    let interval = micros(100);
    let options = Options { interval, forced_switching: false };
    let again = (0..50).any(|_| {
        let lock = GlobalLock::new(options).unwrap();
        let slices = compute(&lock, 2, 50);
        assert_eq!(lock.statistics().forced_switches, 0);
        successors(&slices).any(|(slice, next)| slice.thread == next.thread)
    });
    assert!(again, "the thread that was asked always came second");
}

#[test]
fn p5_others_run_while_threads_are_allowed() {
    let lock = lock(micros(5000));
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        let _held = lock.hold();
        scope.spawn(|| {
            let _held = lock.hold();
            sender.send(()).unwrap();
        });
        let received = lock.allow_threads(|| {
            assert!(!lock.is_mine());
            receiver.recv_timeout(PATIENCE)
        });
        assert_eq!(received, Ok(()));
        assert!(lock.is_mine());
    });
}

#[test]
fn p6_work_without_a_checkpoint_delays_everybody_by_its_length() {
    let lock = lock(micros(500));
    let long = micros(30_000);
    thread::scope(|scope| {
        lock.take();
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let _held = lock.hold();
                    Instant::now()
                })
            })
            .collect();
        until_wanted(&lock);
        let begin = Instant::now();
        while begin.elapsed() < long {
            step();
        }
        let end = Instant::now();
        lock.release();
        for thread in waiting {
            assert!(thread.join().unwrap() >= end);
        }
    });
    assert!(lock.statistics().waited >= long);
}

#[test]
fn p7_two_threads_have_equal_shares() {
    let slices = compute(&lock(micros(2000)), 2, 60);
    let mut shares = HashMap::new();
    for slice in &slices {
        let share =
            shares.entry(slice.thread).or_insert((0u32, Duration::ZERO));
        *share = (share.0 + 1, share.1 + slice.length);
    }
    let shares: Vec<_> = shares.into_values().collect();
    let [(first, busy), (second, other)] = shares[..] else {
        panic!("two threads: {shares:?}");
    };
    // Asked for by the other only, they go by turns.
    assert!(first.abs_diff(second) <= 1, "{first} and {second}");
    let share = busy.as_secs_f64() / (busy + other).as_secs_f64();
    assert!((0.2..0.8).contains(&share), "{share}");
}

#[test]
fn of_many_threads_none_is_left_out() {
    let slices = compute(&lock(micros(100)), 4, 400);
    let mut counts = HashMap::new();
    for (slice, _) in successors(&slices) {
        *counts.entry(slice.thread).or_insert(0) += 1;
    }
    // A quarter each in the long run, and in no fixed order: a condition
    // variable wakes any of its waiters.
    assert_eq!(counts.len(), 4, "{counts:?}");
    assert!(counts.values().all(|count| *count >= 10), "{counts:?}");
}

#[test]
fn an_interval_of_nothing_is_refused() {
    for interval in [Duration::ZERO, Duration::from_nanos(999)] {
        let options = Options { interval, ..Options::default() };
        let refused = GlobalLock::new(options).err();
        assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
    }
    let least = Options::LEAST_INTERVAL;
    assert_eq!(lock(least).options().interval, least);
    assert_eq!(Options::default().interval, micros(5000));
}

#[test]
fn the_longest_interval_is_a_wait_without_end() {
    let lock = lock(Duration::MAX);
    lock.take();
    thread::scope(|scope| {
        let other = scope.spawn(|| drop(lock.hold()));
        // It may come before or after this.
        lock.allow_threads(|| other.join().unwrap());
    });
    assert_eq!(lock.statistics().requests, 0);
    lock.release();
}

/// A request whose maker has gone would let the next one that lets go wait for
/// ever.
#[test]
fn whoever_gives_up_takes_its_request_back() {
    let lock = lock(micros(200));
    let (taken, is_taken) = channel();
    let (gone, is_gone) = channel();
    let (done, is_done) = channel();
    let theirs = Arc::clone(&lock);
    // Not joined: this is the thread that would hang.
    thread::spawn(move || {
        theirs.take();
        taken.send(()).unwrap();
        is_gone.recv().unwrap();
        theirs.checkpoint();
        theirs.release();
        done.send(()).unwrap();
    });
    is_taken.recv().unwrap();
    assert!(!lock.take_within(micros(2000)));
    assert!(!lock.is_wanted());
    assert!(lock.statistics().requests > 0);
    gone.send(()).unwrap();
    assert_eq!(is_done.recv_timeout(PATIENCE), Ok(()));
    let statistics = lock.statistics();
    assert_eq!((statistics.forced_switches, statistics.waits), (0, 1));
    assert!(statistics.waited >= micros(2000));
}

#[test]
fn a_free_lock_is_taken_without_patience() {
    let lock = lock(micros(200));
    assert!(lock.take_within(Duration::ZERO));
    assert!(lock.is_mine());
    lock.release();
}

#[test]
fn a_thread_that_ends_waits_for_nobody() {
    let lock = lock(micros(200));
    thread::scope(|scope| {
        lock.take();
        scope.spawn(|| drop(lock.hold()));
        until_wanted(&lock);
        lock.release_for_good();
    });
    let statistics = lock.statistics();
    assert_eq!(
        (statistics.requests > 0, statistics.forced_switches),
        (true, 0)
    );
}

/// Also before a wait: a thread that has asked gets the lock before the holder
/// goes on.
#[test]
fn a_request_forces_a_switch_before_a_wait_too() {
    let lock = lock(micros(200));
    let taken = AtomicBool::new(false);
    thread::scope(|scope| {
        lock.take();
        scope.spawn(|| {
            let _held = lock.hold();
            taken.store(true, Ordering::SeqCst);
        });
        until_wanted(&lock);
        lock.allow_threads(|| {
            assert_eq!(lock.statistics().hand_overs, 2);
        });
        assert!(taken.load(Ordering::SeqCst));
        lock.release();
    });
    let statistics = lock.statistics();
    assert_eq!(statistics.forced_switches, 1);
    assert_eq!(statistics.slices[0].ended, Ended::ByItself);
}

#[test]
fn after_a_panic_the_lock_is_there_again() {
    let lock = lock(micros(200));
    let held = lock.hold();
    let inside = || lock.allow_threads(|| panic!("without the lock"));
    assert!(catch_unwind(AssertUnwindSafe(inside)).is_err());
    assert!(lock.is_mine());
    drop(held);
    let outside = || {
        let _held = lock.hold();
        panic!("with the lock");
    };
    assert!(catch_unwind(AssertUnwindSafe(outside)).is_err());
    assert!(!lock.is_mine());
    drop(lock.hold());
}

#[test]
fn mistakes_panic_and_leave_the_lock_as_it_was() {
    let lock = lock(micros(200));
    let panics =
        |work: &dyn Fn()| catch_unwind(AssertUnwindSafe(work)).is_err();
    assert!(panics(&|| lock.release()));
    assert!(panics(&|| lock.release_for_good()));
    assert!(panics(&|| lock.allow_threads(|| ())));
    let held = lock.hold();
    let takes_it_back = |and: &dyn Fn()| {
        lock.allow_threads(|| {
            lock.take();
            and();
        });
    };
    assert!(panics(&|| takes_it_back(&|| ())));
    assert!(panics(&|| takes_it_back(&|| panic!("and more"))));
    assert!(panics(&|| lock.take()));
    assert!(panics(&|| drop(lock.hold())));
    assert!(lock.is_mine());
    // Let go of by hand, it is not let go of a second time.
    lock.release();
    drop(held);
    assert_eq!(lock.statistics().holds, 3);
}

#[test]
fn who_does_not_have_the_lock_passes_nothing_on() {
    let lock = lock(micros(200));
    thread::scope(|scope| {
        lock.take();
        scope.spawn(|| drop(lock.hold()));
        until_wanted(&lock);
        let other = scope.spawn(|| (lock.wanted(), lock.checkpoint()));
        assert_eq!(other.join().unwrap(), (false, false));
        assert!(lock.wanted() && lock.is_mine());
        lock.pass();
        assert!(!lock.wanted() && lock.is_mine());
        lock.release();
    });
}

#[test]
fn statistics_add_up() {
    let lock = lock(micros(100));
    let slices = compute(&lock, 3, 100);
    let statistics = lock.statistics();
    assert_eq!(statistics.holds, slices.len() as u64);
    let mut changes = 1;
    for pair in slices.windows(2) {
        changes += u64::from(pair[0].thread != pair[1].thread);
    }
    assert_eq!(statistics.hand_overs, changes);
    let asked = slices.iter().filter(|slice| slice.ended == Ended::ByRequest);
    let asked = asked.count() as u64;
    assert_eq!(statistics.forced_switches, asked);
    assert!(asked <= statistics.requests);
    assert!(statistics.waits <= statistics.holds);
}

#[test]
fn only_the_last_slices_are_kept() {
    let lock = lock(micros(100));
    let most = lanes_gil::Statistics::MOST_SLICES;
    for _ in 0..most + 10 {
        drop(lock.hold());
    }
    let statistics = lock.statistics();
    assert_eq!(statistics.slices.len(), most);
    assert_eq!(statistics.holds, most as u64 + 10);
    assert_eq!(statistics.hand_overs, 1);
}
