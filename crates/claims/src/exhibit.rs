//! What is measured in Rust: one function for each exhibit. Times are in seconds.

use crate::work::{Churn, Echo};
use lanes_core::kernel::churn;
use lanes_core::workload::{Counter, Fetch, Form};
use lanes_core::{Config, Error, Job, Size, Started, Workload};
use lanes_gil::{Ended, GlobalLock, Options};
use lanes_processes::{List, Pool};
use lanes_suite::MODELS;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// A slice of work between two checkpoints, in rounds of [`churn`]: some ten
/// microseconds, as between two of an interpreter's.
const SLICE: u64 = 10_000;

/// How many rounds of [`churn`] take so long here and now.
pub(crate) fn rounds(time: Duration) -> u64 {
    const ROUNDS: u64 = 1 << 20;
    let tries = (0..5).map(|state| {
        took(|| {
            black_box(churn(state, ROUNDS));
        })
    });
    let best = tries.fold(f64::INFINITY, f64::min).max(1e-9);
    (ROUNDS as f64 * time.as_secs_f64() / best) as u64
}

fn took(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

fn lock(interval: Duration) -> Result<Arc<GlobalLock>, Error> {
    GlobalLock::new(Options { interval, ..Options::default() })
}

/// CPU work in so many threads that have no lock between them.
pub(crate) fn free_threads(threads: u64, rounds: u64) -> f64 {
    took(|| {
        thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || black_box(churn(thread, rounds / threads)));
            }
        });
    })
}

/// CPU work in so many threads under one GIL.
pub(crate) fn gil_threads(threads: u64, rounds: u64) -> Result<f64, Error> {
    let lock = lock(Options::default().interval)?;
    Ok(took(|| {
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| work_under(&lock, rounds / threads, || true));
            }
        });
    }))
}

/// Works under the lock, a checkpoint after each slice.
fn work_under(lock: &GlobalLock, rounds: u64, go_on: impl Fn() -> bool) {
    lock.take();
    let mut left = rounds;
    while left > 0 && go_on() {
        let slice = left.min(SLICE);
        black_box(churn(left, slice));
        left -= slice;
        lock.checkpoint();
    }
    lock.release_for_good();
}

/// CPU work in the workers of a pool of processes that are there already.
pub(crate) fn processes(
    pool: &Pool,
    tasks: u64,
    rounds: u64,
) -> Result<f64, Error> {
    let once = |share: u64| {
        let begin = Instant::now();
        let futures =
            (0..tasks).map(|task| pool.submit::<Churn>((task, share / tasks)));
        for future in futures.collect::<Result<Vec<_>, _>>()? {
            future.result()?;
        }
        Ok(begin.elapsed().as_secs_f64())
    };
    // After a pause Linux leaves all workers on one core for some 40 ms: a part
    // of the work comes first, and is not timed.
    once(rounds / 3)?;
    once(rounds)
}

/// Overlapped sleeps of threads under one GIL, which let it go meanwhile.
pub(crate) fn gil_sleeps(
    threads: usize,
    delay: Duration,
) -> Result<f64, Error> {
    let lock = lock(Options::default().interval)?;
    Ok(took(|| {
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    lock.take();
                    lock.allow_threads(|| thread::sleep(delay));
                    lock.release_for_good();
                });
            }
        });
    }))
}

/// How long two computing threads hold the GIL at a time, in seconds.
pub(crate) fn slices(
    interval: Duration,
    time: Duration,
) -> Result<Vec<f64>, Error> {
    let lock = lock(interval)?;
    let end = Instant::now() + time;
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                work_under(&lock, u64::MAX, || Instant::now() < end);
            });
        }
    });
    let slices = lock.statistics().slices;
    let asked = slices.iter().filter(|s| s.ended == Ended::ByRequest);
    Ok(asked.map(|slice| slice.length.as_secs_f64()).collect())
}

/// How late a thread runs that wakes up by a timer beside one that computes.
pub(crate) fn convoy(
    interval: Duration,
    requests: usize,
) -> Result<Vec<f64>, Error> {
    let lock = lock(interval)?;
    let (begun, done) = (AtomicBool::new(false), AtomicBool::new(false));
    let pause = interval.max(Duration::from_millis(2));
    Ok(thread::scope(|scope| {
        scope.spawn(|| {
            work_under(&lock, u64::MAX, || {
                begun.store(true, Ordering::Relaxed);
                !done.load(Ordering::Relaxed)
            });
        });
        let waits = scope.spawn(|| {
            // Before the other has the lock there is nobody to wait for.
            while !begun.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            lock.take();
            let waits = (0..requests).map(|_| {
                let due = Instant::now() + pause;
                lock.allow_threads(|| {
                    thread::sleep(
                        due.saturating_duration_since(Instant::now()),
                    );
                });
                due.elapsed().as_secs_f64()
            });
            let waits = waits.collect();
            lock.release_for_good();
            done.store(true, Ordering::Relaxed);
            waits
        });
        waits.join().expect("a thread that only waits")
    }))
}

/// A model of the suite with so many workers.
pub(crate) fn model(name: &str, workers: usize) -> Result<Started, Error> {
    let entry = MODELS.iter().find(|entry| entry.name == name);
    let entry =
        entry.ok_or_else(|| Error::Invalid(format!("no model {name}")))?;
    entry.start(&Config::new(workers)?)
}

/// The share of additions that are lost.
pub(crate) fn lost(model: &Started, form: Form) -> Result<f64, Error> {
    // So many that the threads are there at the same time.
    let counter = Counter { tasks: 4, adds: 1 << 20, form, grain: 1 << 16 };
    let job = Job::new(&counter, 7)?;
    let found = model.run(&job)?;
    Ok(1.0 - found as f64 / Counter::reference(&job) as f64)
}

/// Starting a thread, up to its first line.
pub(crate) fn thread_start() -> f64 {
    let begin = Instant::now();
    let thread = thread::spawn(move || begin.elapsed());
    thread.join().map_or(f64::NAN, |time| time.as_secs_f64())
}

/// Starting a worker process, until it says that it is there.
pub(crate) fn process_start() -> Result<f64, Error> {
    let begin = Instant::now();
    let pool = Pool::start(1)?;
    pool.submit::<Churn>((0, 0))?.result()?;
    let time = begin.elapsed().as_secs_f64();
    pool.shutdown();
    Ok(time)
}

/// Medians of an empty task there and back: to a thread that waits for it, and
/// to a process.
pub(crate) fn round_trips(
    pool: &Pool,
    count: usize,
) -> Result<(f64, f64), Error> {
    let (ask, asked) = channel::<u64>();
    let (answer, answers) = channel();
    let thread = thread::spawn(move || {
        asked.iter().try_for_each(|number| answer.send(number)).ok();
    });
    let mut there = Vec::with_capacity(count);
    let mut across = Vec::with_capacity(count);
    for task in 0..count as u64 {
        there.push(took(|| {
            ask.send(task).ok();
            answers.recv().ok();
        }));
        let begin = Instant::now();
        pool.submit::<Churn>((task, 0))?.result()?;
        across.push(begin.elapsed().as_secs_f64());
    }
    drop(ask);
    thread.join().ok();
    Ok((middle(&mut there), middle(&mut across)))
}

/// So many bytes to a process and back.
pub(crate) fn bytes(pool: &Pool, len: usize) -> Result<f64, Error> {
    let numbers = vec![7u64; len / size_of::<u64>()];
    let begin = Instant::now();
    let back = pool.submit::<Echo>(List::from(numbers))?.result()?.into_vec();
    let time = begin.elapsed().as_secs_f64();
    let bytes = back.len() * size_of::<u64>();
    if bytes != len {
        return Err(Error::Protocol(format!("{bytes} bytes of {len}")));
    }
    Ok(time)
}

pub(crate) fn middle(values: &mut [f64]) -> f64 {
    lanes_measure::statistics::median(values).unwrap_or(f64::NAN)
}

/// `fetch` in its quick size, and a run of it.
pub(crate) fn fetch() -> Result<Job<Fetch>, Error> {
    Job::new(&Fetch::sizes(Size::Quick)[0], 7)
}

pub(crate) fn fetched(model: &Started, job: &Job<Fetch>) -> Result<f64, Error> {
    let begin = Instant::now();
    let found = model.run(job)?;
    let time = begin.elapsed().as_secs_f64();
    if found != Fetch::reference(job) {
        return Err(Error::Task("a wrong answer".into()));
    }
    Ok(time)
}

/// The longest time for which an event loop did not look at its tasks, while one
/// of them blocked: on the loop's own thread, or on another.
pub(crate) fn longest_gap(
    on_the_loop: bool,
    block: Duration,
) -> Result<f64, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let mut runtime = runtime;
    let runtime = runtime.enable_time().build()?;
    Ok(runtime.block_on(async move {
        let blocker = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if on_the_loop {
                thread::sleep(block);
            } else {
                let slept =
                    tokio::task::spawn_blocking(move || thread::sleep(block));
                slept.await.ok();
            }
        });
        let (mut longest, mut last) = (Duration::ZERO, Instant::now());
        while !blocker.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        longest.as_secs_f64()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_loses_nothing() {
        for name in ["threads", "gil"] {
            let model = model(name, 2).unwrap();
            let lost = |form| lost(&model, form).unwrap();
            assert_eq!(lost(Form::Lock), 0.0, "{name}");
            // Whatever is lost, no addition is made twice.
            assert!((0.0..1.0).contains(&lost(Form::Unlocked)), "{name}");
        }
        assert!(model("nobody", 2).is_err());
    }

    #[test]
    fn nobody_has_the_gil_of_another_before_an_interval_is_over() {
        let interval = Duration::from_millis(3);
        // Two threads that never let go by themselves: the bound is a hard one.
        let slices = slices(interval, Duration::from_millis(30)).unwrap();
        let least = interval.as_secs_f64();
        assert!(slices.iter().all(|slice| *slice >= least), "{slices:?}");
        // On a busy machine the computing thread may still be asleep when the
        // other wakes up, which then waits for nobody.
        let waits = convoy(interval, 5).unwrap();
        assert_eq!(waits.len(), 5);
        assert!(waits.iter().all(|wait| *wait > 0.0), "{waits:?}");
        assert!(convoy(Duration::ZERO, 1).is_err());
    }

    #[test]
    fn a_blocking_call_stops_the_loop_for_as_long_as_it_takes() {
        let block = Duration::from_millis(30);
        assert!(longest_gap(true, block).unwrap() >= block.as_secs_f64());
        assert!(longest_gap(false, block).unwrap() > 0.0);
    }

    #[test]
    fn work_and_bytes_come_back_from_a_process() {
        let pool = Pool::start(2).unwrap();
        assert!(processes(&pool, 2, 1000).unwrap() > 0.0);
        assert!(bytes(&pool, 1 << 20).unwrap() > 0.0);
        let (thread, process) = round_trips(&pool, 10).unwrap();
        assert!(thread > 0.0 && process > 0.0);
        assert!(process_start().unwrap() > 0.0 && thread_start() > 0.0);
    }
}
