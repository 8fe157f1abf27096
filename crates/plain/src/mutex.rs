//! The standard library's mutex, shared by threads, as its documentation uses
//! it.

use crate::measure::{self, Done, answer, failure, starving};
use crate::observed::Observed;
use crate::work::{self, Accounts, TASKS};
use std::sync::{Arc, Mutex};
use std::thread;

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "one_task_panics",
        "most users unwrap, so that the panic goes on to other threads; \
         https://doc.rust-lang.org/std/sync/struct.Mutex.html#poisoning",
    ),
    (
        "panic_holding_lock",
        "a mutex is poisoned by a panic while it is held; \
         https://doc.rust-lang.org/std/sync/struct.Mutex.html#poisoning",
    ),
    (
        "nested_run",
        "a second lock in one thread does not return: it may panic or wait; \
         https://doc.rust-lang.org/std/sync/struct.Mutex.html#method.lock",
    ),
];

/// Every task computes while it holds the lock.
fn all(task: work::Task) -> Done {
    let lock = Mutex::new(());
    thread::scope(|scope| {
        for index in 0..TASKS {
            let lock = &lock;
            scope.spawn(move || {
                let _held = lock.lock().unwrap();
                task(index)
            });
        }
    });
    Ok(())
}

pub(crate) fn one_task_panics() -> Observed {
    failure(|| all(work::one_panics))
}

pub(crate) fn blocking_in_task() -> Observed {
    let lock = Arc::new(Mutex::new(()));
    let held = Arc::clone(&lock);
    thread::spawn(move || {
        let _held = held.lock().unwrap();
        work::block();
    });
    work::await_begun(1);
    starving(|| {
        let lock = Arc::clone(&lock);
        thread::spawn(move || {
            let _held = lock.lock().unwrap();
            measure::neighbour();
        });
    })
}

pub(crate) fn panic_holding_lock() -> Observed {
    let accounts = Arc::new(Mutex::new(Accounts::new()));
    let theirs = Arc::clone(&accounts);
    let task = move || theirs.lock().unwrap().panic_halfway();
    let _ = thread::spawn(task).join();
    match accounts.lock() {
        Ok(accounts) => measure::seen(accounts.total(), false),
        Err(poisoned) => measure::seen(poisoned.get_ref().total(), true),
    }
}

pub(crate) fn nested_run() -> Observed {
    let lock = Mutex::new(());
    answer(|| {
        let _held = lock.lock().unwrap();
        let _again = lock.lock().unwrap();
        Ok(())
    })
}
