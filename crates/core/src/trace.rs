//! Who did what, and when: spans recorded by kernels and waiting helpers.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// What a task was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// A worker computed for it.
    Compute,
    /// It waited for I/O.
    Io,
    /// It waited for a lock or for another task.
    Lock,
}

/// One stretch of a task's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// A recorder of spans; a cheap handle.
///
/// Each thread writes to a buffer of its own, so recording takes no shared
/// lock. Traced runs are for looking at: they are never part of statistics.
#[derive(Clone)]
pub struct Trace(Arc<Shared>);

struct Shared {
    id: u64,
    origin: Instant,
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
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(Arc::new(Shared {
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            origin: Instant::now(),
            lanes: Mutex::new(Vec::new()),
        }))
    }

    /// Nanoseconds since the trace was made.
    pub fn now(&self) -> u64 {
        let elapsed = self.0.origin.elapsed().as_nanos();
        u64::try_from(elapsed).unwrap_or(u64::MAX)
    }

    /// Records what this thread does for a task until the guard is dropped.
    pub fn span(&self, task: usize, state: State) -> SpanGuard<'_> {
        SpanGuard { trace: self, task, state, begin: self.now() }
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
        });
    }

    /// All spans so far, by their begin.
    pub fn spans(&self) -> Vec<Span> {
        let lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut spans = Vec::new();
        for lane in lanes.iter() {
            let lane = lane.spans.lock();
            spans.extend_from_slice(
                &lane.unwrap_or_else(PoisonError::into_inner),
            );
        }
        spans.sort_by_key(|span| (span.begin, span.end, span.task));
        spans
    }

    /// The names of the threads that recorded, by worker number.
    pub fn workers(&self) -> Vec<String> {
        let lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.iter().map(|lane| lane.thread.clone()).collect()
    }

    fn record(&self, span: impl FnOnce(usize) -> Span) {
        LANE.with_borrow_mut(|slot| {
            if slot.as_ref().is_none_or(|(id, _)| *id != self.0.id) {
                *slot = Some((self.0.id, self.new_lane()));
            }
            let (_, lane) = slot.as_ref().expect("set above");
            let mut spans =
                lane.spans.lock().unwrap_or_else(PoisonError::into_inner);
            spans.push(span(lane.worker));
        });
    }

    fn new_lane(&self) -> Arc<Lane> {
        let mut lanes =
            self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = Arc::new(Lane {
            worker: lanes.len(),
            thread: thread::current().name().unwrap_or("").to_owned(),
            spans: Mutex::new(Vec::with_capacity(1024)),
        });
        lanes.push(Arc::clone(&lane));
        lane
    }
}

/// Records its span when it is dropped.
pub struct SpanGuard<'a> {
    trace: &'a Trace,
    task: usize,
    state: State,
    begin: u64,
}

impl Drop for SpanGuard<'_> {
    fn drop(&mut self) {
        let Self { trace, task, state, begin } = *self;
        let end = trace.now();
        trace.record(|worker| Span {
            task,
            worker: Some(worker),
            state,
            begin,
            end,
        });
    }
}

#[cfg(test)]
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
}
