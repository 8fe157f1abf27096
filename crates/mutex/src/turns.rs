//! A lock that is handed over in order of arrival.

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

/// A lock that is handed over in order of arrival: a thread that comes draws a
/// ticket, and gets the lock when its number is called.
///
/// A plain mutex promises no order: a thread that lets go of it and comes back
/// at once often has it again before those that sleep have woken.
///
/// The tickets are those of the ticket lock (D. P. Reed and R. K. Kanodia,
/// "Synchronization with Eventcounts and Sequencers", 1979). Each waiting
/// thread sleeps on a condition of its own, so that a call wakes one, and not a
/// crowd of which all but one go back to sleep.
#[derive(Default)]
pub(crate) struct Turns {
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    /// The number that the next to come will draw.
    next: u64,
    /// The number whose turn it is, or will be when it is drawn.
    called: u64,
    /// Those that were not called yet, in order.
    waiting: VecDeque<Arc<Condvar>>,
}

/// A turn, which ends when this is dropped, also by a panic.
pub(crate) struct Turn<'a>(&'a Turns);

impl Turns {
    /// Waits for a turn. A thread that has one and waits for another waits for
    /// ever.
    pub(crate) fn take(&self) -> Turn<'_> {
        let mut line = self.line();
        let ticket = line.next;
        line.next += 1;
        if ticket != line.called {
            let call = Arc::new(Condvar::new());
            line.waiting.push_back(Arc::clone(&call));
            while ticket != line.called {
                line = call.wait(line).unwrap_or_else(PoisonError::into_inner);
            }
        }
        Turn(self)
    }

    /// No work is done under this mutex, so that it is never poisoned by any.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut line = self.0.line();
        line.called += 1;
        let next = line.waiting.pop_front();
        drop(line);
        if let Some(call) = next {
            call.notify_one();
        }
    }
}

#[cfg(test)]
#[cfg(not(feature = "loom"))]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    #[test]
    fn turns_come_in_order_of_arrival() {
        let (turns, order) = (Turns::default(), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            let first = turns.take();
            for number in 0..20 {
                let (turns, order) = (&turns, &order);
                scope.spawn(move || {
                    let _turn = turns.take();
                    order.lock().unwrap().push(number);
                });
                // The next comes when this one stands in line.
                while turns.line().waiting.len() <= number {
                    thread::yield_now();
                }
            }
            drop(first);
        });
        assert!(order.into_inner().unwrap().into_iter().eq(0..20));
    }

    #[test]
    fn a_thread_that_lets_go_and_comes_back_stands_last() {
        let (turns, order) = (Turns::default(), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            let first = turns.take();
            scope.spawn(|| {
                let _turn = turns.take();
                order.lock().unwrap().push("other");
            });
            while turns.line().waiting.is_empty() {
                thread::yield_now();
            }
            drop(first);
            let _again = turns.take();
            order.lock().unwrap().push("again");
        });
        assert_eq!(order.into_inner().unwrap(), ["other", "again"]);
    }

    #[test]
    fn a_panic_ends_a_turn() {
        let turns = Turns::default();
        let panics = AssertUnwindSafe(|| {
            let _turn = turns.take();
            panic!("in a turn");
        });
        assert!(catch_unwind(panics).is_err());
        drop(turns.take());
        let line = turns.line();
        assert_eq!((line.next, line.called, line.waiting.len()), (2, 2, 0));
    }

    #[test]
    fn one_at_a_time() {
        let (turns, inside) = (Turns::default(), Mutex::new(()));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let _turn = turns.take();
                        let alone = inside.try_lock();
                        assert!(alone.is_ok(), "two have a turn");
                        thread::yield_now();
                    }
                });
            }
        });
    }
}
