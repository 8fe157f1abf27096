//! One thread that stops runs whose deadline has passed.
//!
//! Work then has one flag to look at instead of a clock, and a wait that no
//! runtime's timer knows of ends too. The thread starts with the first
//! deadline of the process and sleeps while there is none.

use crate::Error;
use crate::context::Inner;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Instant;

type Deadlines = BTreeMap<(Instant, Reverse<u64>), Weak<Inner>>;

struct Alarm {
    deadlines: Mutex<(bool, u64, Deadlines)>,
    changed: Condvar,
}

static ALARM: Alarm = Alarm {
    deadlines: Mutex::new((false, 0, BTreeMap::new())),
    changed: Condvar::new(),
};

pub(crate) fn set(at: Instant, context: Weak<Inner>) -> Result<(), Error> {
    let mut guard = ALARM.lock();
    let (started, count, deadlines) = &mut *guard;
    if !*started {
        let thread = thread::Builder::new().name("lanes-alarm".into());
        thread.spawn(|| ALARM.ring_for_ever())?;
        *started = true;
    }
    *count += 1;
    deadlines.insert((at, Reverse(*count)), context);
    ALARM.changed.notify_one();
    Ok(())
}

impl Alarm {
    fn lock(&self) -> MutexGuard<'_, (bool, u64, Deadlines)> {
        self.deadlines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring_for_ever(&self) {
        let mut guard = self.lock();
        loop {
            // A run that has ended needs no alarm.
            guard.2.retain(|_, context| context.strong_count() > 0);
            let now = Instant::now();
            let next = guard.2.first_key_value().map(|(key, _)| *key);
            guard = match next {
                Some(key) if key.0 <= now => {
                    let context = guard.2.remove(&key);
                    if let Some(context) = context.and_then(|c| c.upgrade()) {
                        context.stop(Error::Timeout);
                    }
                    guard
                }
                Some((at, _)) => {
                    let wait = self.changed.wait_timeout(guard, at - now);
                    wait.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let wait = self.changed.wait(guard);
                    wait.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }
}
