//! One thread that stops runs whose deadline has passed.
//!
//! Work then checks one flag instead of a clock, and blocking waits, which no
//! runtime's timer can end, end too. The thread starts with the first
//! deadline of the process and sleeps while there is none.

use crate::stop::Stop;
use crate::{Error, preflight};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Instant;

static ALARM: Alarm =
    Alarm { queue: Mutex::new(Queue::new()), changed: Condvar::new() };

struct Alarm {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// The deadlines that were set, and the run to stop at each.
struct Queue {
    /// Whether the thread that keeps them runs.
    started: bool,
    /// How many were ever set.
    count: u64,
    /// By time; the number keeps two of one time apart.
    deadlines: BTreeMap<(Instant, u64), Weak<dyn Stop>>,
}

impl Queue {
    const fn new() -> Self {
        Self { started: false, count: 0, deadlines: BTreeMap::new() }
    }
}

/// Stops the run with [`Error::Timeout`] at this time, if it still exists.
///
/// # Errors
/// [`Error::Resource`] if the thread that keeps deadlines cannot start.
pub(crate) fn set(at: Instant, run: Weak<dyn Stop>) -> Result<(), Error> {
    let mut queue = ALARM.lock();
    if !queue.started {
        preflight::stacks(1, preflight::STACK)?;
        let thread = thread::Builder::new().name("lanes-alarm".into());
        thread.spawn(|| ALARM.ring_for_ever())?;
        queue.started = true;
    }
    queue.count += 1;
    let key = (at, queue.count);
    queue.deadlines.insert(key, run);
    ALARM.changed.notify_one();
    Ok(())
}

impl Alarm {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring_for_ever(&self) {
        let mut queue = self.lock();
        loop {
            // A run that has ended needs no alarm.
            queue.deadlines.retain(|_, run| run.strong_count() > 0);
            let now = Instant::now();
            let next = queue.deadlines.first_entry();
            queue = match next {
                Some(next) if next.key().0 <= now => {
                    if let Some(run) = next.remove().upgrade() {
                        run.stop(Error::Timeout);
                    }
                    queue
                }
                Some(next) => {
                    let left = next.key().0 - now;
                    let wait = self.changed.wait_timeout(queue, left);
                    wait.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let wait = self.changed.wait(queue);
                    wait.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }
}
