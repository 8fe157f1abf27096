//! Who did what, and when: spans recorded by kernels and waiting helpers.
//!
//! A span of a worker also has the CPU time that its thread spent in it: a
//! thread that the system takes off its core has begun to compute and has not
//! ended, and looks in times alone as if it computed. The CPU clock of a thread
//! is read at the begin and at the end of a span, each time by a system call
//! of some tenths of a microsecond, which is most of what a span costs. Without
//! a trace nothing is read.

use crate::sync::{Mutex, MutexGuard, thread_local};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;

/// Nanoseconds of the system's monotonic clock, which is the same in every
/// process of a machine, and in every language.
pub fn monotonic() -> u64 {
    nanos(ClockId::Monotonic)
}

/// Nanoseconds of CPU time that this thread has spent, in its program and in
/// the system.
fn thread_cpu() -> u64 {
    nanos(ClockId::ThreadCPUTime)
}

fn nanos(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    // Since the start of the machine or of the thread: neither negative nor
    // beyond 64 bits.
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// What a task was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A worker computed for it.
    Compute,
    /// It waited for I/O.
    Io,
    /// It waited for a lock or for another task.
    Lock,
}

/// One stretch of a task's time.
///
/// A span may lie within another of its task: a wait for a turn within a
/// stretch of compute, say. The inner one counts;
/// [`cut`](crate::nested::cut) cuts the outer one around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The number of the task within its run.
    pub task: usize,
    /// The worker that was occupied, as an index into [`Trace::workers`];
    /// `None` for the wait of a future, which occupies no worker.
    pub worker: Option<usize>,
    /// What the task was doing.
    pub state: State,
    /// Nanoseconds since the trace was made.
    pub begin: u64,
    /// Nanoseconds since the trace was made; never before `begin`.
    pub end: u64,
    /// Nanoseconds of CPU time that the worker's thread spent in it, also in
    /// the spans within it: no more than from `begin` to `end`. What is left of
    /// a span of compute is time in which the thread was not on a core. `None`
    /// where it is not known, and for a span without a worker.
    #[serde(default)]
    pub cpu: Option<u64>,
}

impl Span {
    /// Nanoseconds from its begin to its end.
    pub fn length(&self) -> u64 {
        self.end.saturating_sub(self.begin)
    }
}

/// A recorder of spans; a cheap handle.
///
/// Each thread writes to a buffer of its own, so recording takes no shared
/// lock. Traced runs are for looking at: they are never part of statistics.
#[derive(Clone)]
pub struct Trace(Arc<Shared>);

struct Shared {
    id: u64,
    origin: u64,
    lanes: Mutex<Vec<Arc<Lane>>>,
}

/// The buffer of one thread.
struct Lane {
    worker: usize,
    thread: String,
    spans: Mutex<Vec<Span>>,
}

thread_local! {
    /// The lane of this thread in the trace it last recorded for.
    static LANE: RefCell<Option<(u64, Arc<Lane>)>> =
        const { RefCell::new(None) };
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

impl Trace {
    /// An empty trace, whose clock starts now.
    pub fn new() -> Self {
        Self::since(monotonic())
    }

    /// An empty trace whose clock started at this time of [`monotonic`]: part
    /// of the trace of another process.
    pub fn since(origin: u64) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Shared {
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            origin,
            lanes: Mutex::new(Vec::new()),
        }))
    }

    /// When the clock started, by [`monotonic`].
    pub fn origin(&self) -> u64 {
        self.0.origin
    }

    /// Nanoseconds since the clock started.
    pub fn now(&self) -> u64 {
        monotonic().saturating_sub(self.0.origin)
    }

    /// Takes the spans that another process recorded in a trace since the same
    /// origin. All of them come from one worker, which gets this name.
    pub fn adopt(&self, worker: &str, spans: &[Span]) {
        let mut lanes = lock(&self.0.lanes);
        let known = lanes.iter().find(|lane| lane.thread == worker);
        let lane = match known {
            Some(lane) => Arc::clone(lane),
            None => {
                let lane = Arc::new(Lane {
                    worker: lanes.len(),
                    thread: worker.to_owned(),
                    spans: Mutex::default(),
                });
                lanes.push(Arc::clone(&lane));
                lane
            }
        };
        let here = |span: &Span| {
            let worker = span.worker.map(|_| lane.worker);
            Span { worker, ..*span }
        };
        lock(&lane.spans).extend(spans.iter().map(here));
    }

    /// Records what this thread does for a task until the guard is dropped.
    pub fn span(&self, task: usize, state: State) -> SpanGuard<'_> {
        // The CPU clock is read first here and last at the end: a span has a
        // reading too much, and is never short of time that it was given.
        let cpu = thread_cpu();
        let begin = self.now();
        SpanGuard { trace: self, task, state, cpu, begin, here: PhantomData }
    }

    /// Records a wait from `begin` until now that occupied no worker.
    pub(crate) fn record_unattached(
        &self,
        task: usize,
        state: State,
        begin: u64,
    ) {
        self.record(|_| Span {
            task,
            worker: None,
            state,
            begin,
            end: self.now(),
            cpu: None,
        });
    }

    /// All spans so far, by their begin.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for lane in lock(&self.0.lanes).iter() {
            spans.extend_from_slice(&lock(&lane.spans));
        }
        spans.sort_by_key(|span| (span.begin, span.end, span.task));
        spans
    }

    /// The names of the threads that recorded, by worker number.
    pub fn workers(&self) -> Vec<String> {
        let lanes = lock(&self.0.lanes);
        lanes.iter().map(|lane| lane.thread.clone()).collect()
    }

    fn record(&self, span: impl FnOnce(usize) -> Span) {
        LANE.with(|slot| {
            let mut slot = slot.borrow_mut();
            if slot.as_ref().is_none_or(|(id, _)| *id != self.0.id) {
                *slot = Some((self.0.id, self.new_lane()));
            }
            let (_, lane) = slot.as_ref().expect("set above");
            lock(&lane.spans).push(span(lane.worker));
        });
    }

    fn new_lane(&self) -> Arc<Lane> {
        let mut lanes = lock(&self.0.lanes);
        let lane = Arc::new(Lane {
            worker: lanes.len(),
            thread: thread::current().name().unwrap_or("").to_owned(),
            spans: Mutex::new(Vec::with_capacity(1024)),
        });
        lanes.push(Arc::clone(&lane));
        lane
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records its span when it is dropped, by the thread that made it: the CPU
/// clocks of two threads say nothing together.
pub struct SpanGuard<'a> {
    trace: &'a Trace,
    task: usize,
    state: State,
    cpu: u64,
    begin: u64,
    /// It is not sent to another thread.
    here: PhantomData<*const ()>,
}

impl Drop for SpanGuard<'_> {
    fn drop(&mut self) {
        let Self { trace, task, state, begin, .. } = *self;
        let end = trace.now();
        let cpu = thread_cpu().saturating_sub(self.cpu);
        trace.record(|worker| Span {
            task,
            worker: Some(worker),
            state,
            begin,
            end,
            cpu: Some(cpu.min(end - begin)),
        });
    }
}

#[cfg(test)]
#[cfg(not(feature = "loom"))]
mod tests {
    use super::*;

    #[test]
    fn each_thread_is_a_worker_and_spans_come_by_their_begin() {
        let (trace, other) = (Trace::new(), Trace::new());
        drop(trace.span(0, State::Compute));
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("second".into());
            let record = || drop(trace.span(1, State::Lock));
            thread.spawn_scoped(scope, record).unwrap();
        });
        drop(other.span(9, State::Compute));
        trace.record_unattached(2, State::Io, trace.now());
        let spans = trace.spans();
        let tasks: Vec<usize> = spans.iter().map(|span| span.task).collect();
        assert_eq!(tasks, [0, 1, 2]);
        assert!(spans.iter().all(|span| span.begin <= span.end));
        let workers = spans[..2].iter().map(|span| span.worker.unwrap());
        assert_eq!(workers.collect::<Vec<_>>(), [0, 1]);
        assert_eq!(spans[2].worker, None);
        assert_eq!(trace.workers()[1], "second");
        assert_eq!(other.spans().len(), 1);
    }

    #[test]
    fn a_span_has_the_cpu_time_of_its_thread() {
        const LEAST: u64 = 2_000_000;
        let trace = Trace::new();
        let begin = thread_cpu();
        let span = trace.span(0, State::Compute);
        while thread_cpu() - begin < LEAST {
            std::hint::spin_loop();
        }
        drop(span);
        let span = trace.span(0, State::Io);
        thread::sleep(std::time::Duration::from_millis(5));
        drop(span);
        trace.record_unattached(0, State::Io, 0);
        let mut spans = trace.spans();
        spans.sort_by_key(|span| span.end);
        let [computed, slept, away] = spans[..] else { panic!("{spans:?}") };
        // Of the least, a reading of the clock lies before the span.
        assert!(computed.cpu > Some(LEAST / 2), "{computed:?}");
        for span in [computed, slept] {
            assert!(span.cpu <= Some(span.length()), "{span:?}");
        }
        // A thread that sleeps is on no core, however long it is late.
        assert!(slept.cpu < Some(slept.length() / 2), "{slept:?}");
        assert_eq!(away.cpu, None);
    }

    #[test]
    fn spans_of_another_process_become_a_worker() {
        let trace = Trace::new();
        drop(trace.span(0, State::Compute));
        let there = Trace::since(trace.origin());
        drop(there.span(1, State::Compute));
        there.record_unattached(1, State::Io, there.now());
        trace.adopt("process 1", &there.spans());
        trace.adopt("process 1", &there.spans());
        let spans = trace.spans();
        let ours =
            |w: Option<usize>| spans.iter().filter(move |s| s.worker == w);
        assert_eq!((ours(Some(1)).count(), ours(None).count()), (2, 2));
        assert!(ours(Some(1)).all(|span| span.cpu.is_some()));
        assert_eq!(trace.workers()[1], "process 1");
    }
}
