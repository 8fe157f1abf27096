//! A slot, through which one thread hands a value to another.

use crate::sync::{Condvar, Mutex};
use crate::{Context, Error};
use std::sync::PoisonError;

/// A place for one value, under a lock, with an event that it was filled: the
/// thread that takes the value sleeps until it is there.
///
/// Models that use only the standard library hand values from thread to thread
/// with it.
#[derive(Debug)]
pub struct Slot<T> {
    value: Mutex<Option<T>>,
    filled: Condvar,
}

/// The slot is empty.
impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { value: Mutex::default(), filled: Condvar::new() }
    }
}

impl<T> Slot<T> {
    /// Puts a value there, in place of one that was not taken, and wakes a
    /// thread that waits for it.
    pub fn fill(&self, value: T) {
        let mut slot =
            self.value.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(value);
        self.filled.notify_one();
    }

    /// Takes the value, once it is there.
    ///
    /// # Errors
    /// Those of [`Context::finish`]: a thread that has failed fills no slot, so
    /// that the wait for it has an end.
    pub fn take(&self, context: &Context) -> Result<T, Error> {
        let mut slot =
            self.value.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(value) = slot.take() {
                return Ok(value);
            }
            context.finish(())?;
            let wait = self.filled.wait_timeout(slot, Context::SLICE);
            slot = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
#[cfg(not(feature = "loom"))]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn values_arrive_one_by_one_and_a_cancelled_wait_ends() {
        let (there, back, context) =
            (Slot::default(), Slot::default(), Context::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..100 {
                    back.fill(there.take(&context).unwrap() + 1);
                }
            });
            for number in 0..100 {
                there.fill(number);
                assert_eq!(back.take(&context), Ok(number + 1));
            }
            let waits = scope.spawn(|| back.take(&context));
            context.cancel();
            assert_eq!(waits.join().unwrap(), Err(Error::Cancelled));
        });
    }
}
