//! The shortest program of each library with so many tasks that wait at once.

use super::{WAIT, WORKERS};
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many wait.
static THERE: AtomicUsize = AtomicUsize::new(0);

/// A task came.
fn come() {
    THERE.fetch_add(1, Ordering::Relaxed);
}

/// All tasks were there before the first had waited.
fn all_came(tasks: usize) {
    let there = THERE.load(Ordering::Relaxed);
    assert_eq!(there, tasks, "the wait is too short for so many");
}

pub(crate) fn run(library: &str, tasks: usize) -> Result<(), Box<dyn Error>> {
    let sum = match library {
        "threads" => threads(tasks),
        "tokio" => tokio(tasks)?,
        "async-std" => async_std(tasks),
        "smol" => smol(tasks),
        other => return Err(format!("{other} has no bare program").into()),
    };
    assert_eq!(sum, (0..tasks).sum::<usize>());
    Ok(())
}

fn threads(tasks: usize) -> usize {
    thread::scope(|scope| {
        let start = |task| {
            scope.spawn(move || {
                come();
                thread::sleep(WAIT);
                all_came(tasks);
                task
            })
        };
        let threads: Vec<_> = (0..tasks).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

fn tokio(tasks: usize) -> Result<usize, Box<dyn Error>> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(WORKERS).enable_time().build()?;
    let all = async move {
        let start = |task| {
            tokio::spawn(async move {
                come();
                tokio::time::sleep(WAIT).await;
                task
            })
        };
        let handles: Vec<_> = (0..tasks).map(start).collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.await.unwrap();
            all_came(tasks);
        }
        sum
    };
    Ok(runtime.block_on(runtime.spawn(all))?)
}

fn async_std(tasks: usize) -> usize {
    let all = async move {
        let start = |task| {
            async_std::task::spawn(async move {
                come();
                async_std::task::sleep(WAIT).await;
                task
            })
        };
        let handles: Vec<_> = (0..tasks).map(start).collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.await;
            all_came(tasks);
        }
        sum
    };
    async_std::task::block_on(async_std::task::spawn(all))
}

fn smol(tasks: usize) -> usize {
    let executor: &smol::Executor<'_> = Box::leak(Box::default());
    for _ in 0..WORKERS {
        thread::spawn(|| {
            smol::block_on(executor.run(smol::future::pending::<()>()));
        });
    }
    let all = async move {
        let start = |task| {
            executor.spawn(async move {
                come();
                smol::Timer::after(WAIT).await;
                task
            })
        };
        let handles: Vec<_> = (0..tasks).map(start).collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.await;
            all_came(tasks);
        }
        sum
    };
    smol::future::block_on(executor.spawn(all))
}
