//! The pool by itself.

use lanes_core::Error;
use lanes_crossbeam::executor::{Pool, spawn};
use std::thread;
use std::time::Duration;

fn sum(from: u64, to: u64) -> Result<u64, Error> {
    if to - from < 2 {
        return Ok(from);
    }
    let middle = u64::midpoint(from, to);
    let left = spawn(move || sum(from, middle));
    let right = sum(middle, to);
    Ok(left.join()? + right?)
}

#[test]
fn nested_tasks_are_helped_with_by_any_number_of_workers() {
    for workers in [1, 2, 8] {
        let pool = Pool::start(workers).unwrap();
        for _ in 0..20 {
            let task = pool.spawn(|| sum(0, 1000));
            assert_eq!(task.join(), Ok(499_500));
        }
    }
}

#[test]
fn a_sleeping_pool_wakes_for_every_task() {
    let pool = Pool::start(2).unwrap();
    for number in 0..2000 {
        assert_eq!(pool.spawn(move || Ok(number)).join(), Ok(number));
        if number % 100 == 0 {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn a_panic_is_joined_and_the_pool_goes_on() {
    let pool = Pool::start(1).unwrap();
    let task = pool.spawn(|| -> Result<(), Error> { panic!("seven") });
    assert_eq!(task.join(), Err(Error::Panicked("seven".into())));
    assert_eq!(pool.spawn(|| Ok(7)).join(), Ok(7));
}
