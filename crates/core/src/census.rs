//! The workers that a model really has.

use crate::workload::{Max, Workload};
use crate::{Context, Error, Job, Model, Run, Watch};
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long a worker waits for the others before they are taken not to be.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long all together wait for one that should not be.
const LINGER: Duration = Duration::from_millis(50);

/// The system's numbers of the threads that compute at the same time for a
/// model: each is held at its first grain until as many have come as the model
/// says it has, and a little longer in case there are more.
///
/// # Errors
/// That of the run.
pub fn census<M: Model + Run<Max> + ?Sized>(
    model: &M,
) -> Result<Vec<u32>, Error> {
    let claimed = model.workers();
    let present = Arc::new((Mutex::new(HashSet::new()), Condvar::new()));
    let arrivals = Arc::clone(&present);
    let probe = move |_| {
        hold(&arrivals.0, &arrivals.1, claimed);
        Ok(())
    };
    let probe: crate::Probe = Arc::new(probe);
    let watch = Watch { probe: Some(probe), ..Watch::default() };
    let len = claimed.saturating_mul(4);
    let job = Job::new(&Max { len, grain: 1 }, 7)?;
    let most = model.run(&job.under(&Context::watching(watch)?))?;
    if most != Max::reference(&job) {
        return Err(Error::Task(format!("{most:?} is not the largest")));
    }
    let present = present.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(present.iter().copied().collect())
}

fn hold(present: &Mutex<HashSet<u32>>, arrived: &Condvar, claimed: usize) {
    let mut threads = present.lock().unwrap_or_else(PoisonError::into_inner);
    if !threads.insert(number()) {
        return;
    }
    arrived.notify_all();
    for (limit, count) in [(PATIENCE, claimed), (LINGER, claimed + 1)] {
        let few = |threads: &mut HashSet<_>| threads.len() < count;
        let wait = arrived.wait_timeout_while(threads, limit, few);
        threads = wait.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// The system's number of this thread.
fn number() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}
