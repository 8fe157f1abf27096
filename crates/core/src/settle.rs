//! A wait until the last handle of a run is gone.

use crate::sync::{AtomicBool, Thread, current, park};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Goes with the last handle of a run: when it is dropped, it wakes the thread
/// that waits.
pub(crate) struct Last {
    gone: Arc<AtomicBool>,
    waiter: Thread,
}

/// The wait of the thread that has made it.
pub(crate) struct Settling(Arc<AtomicBool>);

/// What goes with the last handle, and the wait of this thread for it.
pub(crate) fn settling() -> (Last, Settling) {
    let gone = Arc::new(AtomicBool::new(false));
    let last = Last { gone: Arc::clone(&gone), waiter: current() };
    (last, Settling(gone))
}

impl Settling {
    /// Returns when [`Last`] is gone. What was done before is seen then.
    pub(crate) fn wait(self) {
        // The thread may be woken for another reason.
        while !self.0.load(Ordering::Acquire) {
            park();
        }
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Release);
        self.waiter.unpark();
    }
}
