//! What locks and wake-ups are made of. A test gives them others, to see every
//! interleaving.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use std::thread::{Thread, current, park};
pub(crate) use std::thread_local;

/// A lock that all threads share, at a name.
macro_rules! shared {
    ($name:ident: $type:ty = $value:expr) => {
        static $name: $type = $value;
    };
}
pub(crate) use shared;
