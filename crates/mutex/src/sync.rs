//! What the lock is made of. A test gives it others, to see every interleaving.

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
