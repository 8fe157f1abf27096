//! What the tasks do: they compute for a set time, and one of them fails.
//!
//! A use has a process of its own, so that what its tasks did is counted in
//! statics.

use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use std::hint;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How many tasks a run has.
pub(crate) const TASKS: usize = 8;
/// The task that fails where one does: neither the first nor the last.
pub(crate) const FAULTY: usize = 3;
/// How every message of a fault begins.
pub(crate) const FAULT: &str = "the fault of task";

/// How long a task computes that others may fail beside.
const SHORT: Duration = Duration::from_millis(20);
/// How long a task computes that is to be stopped.
pub(crate) const LONG: Duration = Duration::from_millis(600);

static BEGUN: AtomicUsize = AtomicUsize::new(0);
static RUNNING: AtomicUsize = AtomicUsize::new(0);
static ENDED: AtomicUsize = AtomicUsize::new(0);
static FAILED: AtomicUsize = AtomicUsize::new(0);

/// What the tasks of a run do, each given its number.
pub(crate) type Task = fn(usize) -> Result<(), Fault>;

/// The error of a task.
#[derive(Debug)]
pub(crate) struct Fault(usize);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FAULT} {}", self.0)
    }
}

impl Error for Fault {}

pub(crate) fn short(_task: usize) -> Result<(), Fault> {
    compute(SHORT);
    Ok(())
}

pub(crate) fn instant(_task: usize) -> Result<(), Fault> {
    compute(Duration::ZERO);
    Ok(())
}

/// Blocks, so that every task of a run has its thread at the same time.
pub(crate) fn blocks(_task: usize) -> Result<(), Fault> {
    block();
    Ok(())
}

pub(crate) fn one_panics(task: usize) -> Result<(), Fault> {
    if task == FAULTY { all_panic(task) } else { short(task) }
}

pub(crate) fn all_panic(task: usize) -> Result<(), Fault> {
    panic!("{}", fault(task))
}

pub(crate) fn all_err(task: usize) -> Result<(), Fault> {
    Err(fault(task))
}

pub(crate) fn one_errs(task: usize) -> Result<(), Fault> {
    if task == FAULTY { all_err(task) } else { short(task) }
}

fn fault(task: usize) -> Fault {
    FAILED.fetch_add(1, Ordering::SeqCst);
    Fault(task)
}

/// How many tasks have failed.
pub(crate) fn failed() -> usize {
    FAILED.load(Ordering::SeqCst)
}

/// One panics with a payload that panics when it is dropped.
pub(crate) fn one_drops_badly(task: usize) -> Result<(), Fault> {
    if task == FAULTY {
        panic::panic_any(Bomb);
    }
    short(task)
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the payload panics when it is dropped");
    }
}

/// A task that is to be stopped. It never yields.
pub(crate) fn long() {
    compute(LONG);
}

/// A task that is to be killed.
pub(crate) fn endless() {
    compute(Duration::from_secs(60));
}

/// A vector that no machine has the memory for.
pub(crate) fn oversize() {
    let bytes = hint::black_box(1_000_000_000_000_000_000);
    hint::black_box(Vec::<u8>::with_capacity(bytes));
}

/// How long a task blocks its worker.
pub(crate) const BLOCKED: Duration = Duration::from_millis(400);

pub(crate) fn block() {
    begin();
    thread::sleep(BLOCKED);
    end();
}

fn compute(time: Duration) {
    begin();
    let begin = Instant::now();
    let mut state = 1_u64;
    while begin.elapsed() < time {
        for _ in 0..1000 {
            state = hint::black_box(state.wrapping_mul(0x5851_F42D_4C95_7F2D));
        }
    }
    end();
}

fn begin() {
    computed_on().insert(thread::current().id());
    BEGUN.fetch_add(1, Ordering::SeqCst);
    RUNNING.fetch_add(1, Ordering::SeqCst);
}

fn end() {
    ENDED.fetch_add(1, Ordering::SeqCst);
    RUNNING.fetch_sub(1, Ordering::SeqCst);
}

fn computed_on() -> MutexGuard<'static, HashSet<ThreadId>> {
    static THREADS: LazyLock<Mutex<HashSet<ThreadId>>> =
        LazyLock::new(Mutex::default);
    // No task panics while it holds this.
    THREADS.lock().expect("not poisoned")
}

/// How many threads have computed.
pub(crate) fn threads() -> usize {
    computed_on().len()
}

/// How many tasks have begun to compute.
pub(crate) fn begun() -> usize {
    BEGUN.load(Ordering::SeqCst)
}

/// How many tasks compute now.
pub(crate) fn running() -> usize {
    RUNNING.load(Ordering::SeqCst)
}

/// How many tasks have computed to their end.
pub(crate) fn ended() -> usize {
    ENDED.load(Ordering::SeqCst)
}

/// Waits until this many tasks have begun.
pub(crate) fn await_begun(tasks: usize) {
    while begun() < tasks {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until nothing computes and nothing more begins.
pub(crate) fn settle() {
    let mut seen = (begun(), ended());
    let mut since = Instant::now();
    while since.elapsed() < Duration::from_millis(200) || running() > 0 {
        thread::sleep(Duration::from_millis(2));
        let now = (begun(), ended());
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
}

/// A balance that is whole again once a transfer has ended.
#[derive(Debug)]
pub(crate) struct Accounts {
    from: u32,
    to: u32,
}

/// What the accounts have together before and after each transfer.
pub(crate) const TOTAL: u32 = 100;

impl Accounts {
    pub(crate) fn new() -> Self {
        Self { from: TOTAL, to: 0 }
    }

    /// Panics between the two halves of a transfer.
    pub(crate) fn panic_halfway(&mut self) {
        self.from -= 30;
        if hint::black_box(true) {
            panic!("{}", fault(0));
        }
        self.to += 30;
    }

    pub(crate) fn total(&self) -> u32 {
        self.from + self.to
    }
}
