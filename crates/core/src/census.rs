//! The workers that a model really has.

use crate::workload::{Max, Workload};
use crate::{Context, Error, Job, Model, Run, Watch};
use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a worker waits for the others before they are taken not to be.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long all together wait for one that should not be.
const LINGER: Duration = Duration::from_millis(50);

/// The system's numbers of the threads that compute for a model: each is held
/// at its first grain until as many have come as the model says compute at the
/// same time, and a little longer in case there are more.
///
/// # Errors
/// That of the run, and [`Error::Task`] if more threads computed at the same
/// time than the model says.
pub fn census<M: Model + Run<Max> + ?Sized>(
    model: &M,
) -> Result<Vec<u32>, Error> {
    let at_once = model.at_once();
    let hall = Arc::new(Hall::default());
    let probed = Arc::clone(&hall);
    let probe: crate::Probe = Arc::new(move |_| {
        probed.hold(at_once);
        Ok(())
    });
    let watch = Watch { probe: Some(probe), ..Watch::default() };
    let len = model.workers().saturating_mul(4);
    let job = Job::new(&Max { len, grain: 1 }, 7)?;
    let most = model.run(&job.under(&Context::watching(watch)?))?;
    if most != Max::reference(&job) {
        return Err(Error::Task(format!("{most:?} is not the largest")));
    }
    let found = hall.lock();
    if model.at_once() < model.workers() && found.most > at_once {
        let most = found.most;
        return Err(Error::Task(format!(
            "{most} threads computed at once, and it says {at_once}"
        )));
    }
    Ok(found.seen.iter().copied().collect())
}

/// Where threads are held until the others have come.
#[derive(Default)]
struct Hall {
    held: Mutex<Held>,
    arrived: Condvar,
}

#[derive(Default)]
struct Held {
    /// All threads that ever came.
    seen: HashSet<u32>,
    /// How many are held at the moment, and how many were at the most.
    now: usize,
    most: usize,
}

impl Hall {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, at_once: usize) {
        let mut held = self.lock();
        if !held.seen.insert(number()) {
            return;
        }
        held.now += 1;
        held.most = held.most.max(held.now);
        self.arrived.notify_all();
        for (limit, count) in [(PATIENCE, at_once), (LINGER, at_once + 1)] {
            let few = |held: &mut Held| held.most < count;
            let wait = self.arrived.wait_timeout_while(held, limit, few);
            held = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        held.now -= 1;
    }
}

/// The system's number of this thread.
fn number() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}
