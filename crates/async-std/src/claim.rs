//! The threads of the one executor that async-std has in a process.
//!
//! async-std itself reads its thread count once, from the environment; the
//! executor below it can be given more and fewer threads at any time.

use async_global_executor::{GlobalExecutorConfig, init_with_config};
use async_std::task;
use lanes_core::{Config, Error, caught};
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

/// A claim on the executor's threads, until it is dropped.
pub(crate) struct Claim {
    threads: usize,
}

struct Executor {
    /// How many threads it has; none before its first use.
    threads: usize,
    claims: usize,
}

static EXECUTOR: Mutex<Executor> =
    Mutex::new(Executor { threads: 0, claims: 0 });

impl Claim {
    pub(crate) fn new(count: usize) -> Result<Self, Error> {
        let mut executor = lock();
        if executor.claims > 0 && executor.threads != count {
            let threads = executor.threads;
            return Err(Error::Unsupported(format!(
                "{count} workers beside a model with {threads}: \
                 async-std has one executor in a process"
            )));
        }
        caught(|| {
            reactor();
            executor.resize(count)
        })?;
        executor.claims += 1;
        Ok(Self { threads: executor.threads })
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        lock().claims -= 1;
    }
}

/// Uses the reactor once, which is one for the whole process. Where the system
/// refuses it, each use panics: here, not in a thread of the executor.
fn reactor() {
    let mut sleep = pin!(task::sleep(Duration::from_secs(1)));
    let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

fn lock() -> MutexGuard<'static, Executor> {
    EXECUTOR.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Executor {
    fn resize(&mut self, count: usize) -> Result<(), Error> {
        if self.threads == 0 {
            // No variable of the environment may change what was asked for.
            init_with_config(
                GlobalExecutorConfig::default()
                    .with_env_var("LANES_SETS_NO_SUCH_VARIABLE")
                    .with_min_threads(1)
                    .with_max_threads(Config::MOST_WORKERS * 2)
                    .with_thread_name_fn(|| "lanes-async-std".into()),
            );
            self.threads = 1;
        }
        while self.threads < count {
            let more = count - self.threads;
            let started = async_global_executor::spawn_more_threads(more);
            self.threads += task::block_on(started)?;
        }
        while self.threads > count {
            let stopped = async_global_executor::stop_thread();
            if !task::block_on(stopped) {
                let why =
                    "the executor kept a thread that it should have ended";
                return Err(Error::Unsupported(why.into()));
            }
            self.threads -= 1;
        }
        if let Some(count) = NonZeroUsize::new(count) {
            blocking::set_max_blocking_threads(count);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_agree_or_are_refused() {
        let two = Claim::new(2).unwrap();
        assert!(matches!(Claim::new(3), Err(Error::Unsupported(_))));
        drop(Claim::new(2).unwrap());
        drop(two);
        for count in [8, 1, 3] {
            assert_eq!(Claim::new(count).unwrap().threads(), count);
        }
    }
}
