//! What the pool is made of. A test gives it others, to see every interleaving.

pub(crate) use crossbeam::deque::{Injector, Stealer, Worker};
pub(crate) use crossbeam::sync::{Parker, Unparker};
pub(crate) use crossbeam::utils::Backoff;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, fence};
pub(crate) use std::sync::{Mutex, MutexGuard};
pub(crate) use std::thread::{Builder, JoinHandle};
pub(crate) use std::thread_local;
