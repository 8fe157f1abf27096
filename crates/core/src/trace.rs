//! Who did what, and when: spans recorded by kernels and waiting helpers.

use crate::sync::{Mutex, MutexGuard, thread_local};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;

/// Nanoseconds of the system's monotonic clock, which is the same in every
/// process of a machine, and in every language.
pub fn monotonic() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    // Since the start of the machine: neither negative nor beyond 64 bits.
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
/// [`innermost`] cuts the outer one around it.
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

/// The spans with those that lie within others cut out of them, by their begin:
/// each task does one thing at a time on each worker. Spans that overlap
/// without lying within each other are cut where the later one begins.
pub fn innermost(spans: &[Span]) -> Vec<Span> {
    let mut by_lane: BTreeMap<_, Vec<Span>> = BTreeMap::new();
    for span in spans {
        by_lane.entry((span.task, span.worker)).or_default().push(*span);
    }
    let mut cut = Vec::with_capacity(spans.len());
    for mut lane in by_lane.into_values() {
        // Of two that begin together the longer one is the outer one.
        lane.sort_by_key(|span| (span.begin, Reverse(span.end)));
        cut_lane(&lane, &mut cut);
    }
    cut.sort_by_key(|span| (span.begin, span.end, span.task));
    cut
}

fn cut_lane(lane: &[Span], cut: &mut Vec<Span>) {
    let mut open: Vec<Span> = Vec::new();
    let mut now = 0;
    let mut close = |open: &mut Vec<Span>, now: &mut u64, until: u64| {
        while let Some(inner) = open.last() {
            let end = inner.end.min(until);
            if *now < end {
                cut.push(Span { begin: *now, end, ..*inner });
                *now = end;
            }
            if inner.end > until {
                break;
            }
            open.pop();
        }
        *now = (*now).max(until);
    };
    for span in lane {
        close(&mut open, &mut now, span.begin);
        open.push(*span);
    }
    close(&mut open, &mut now, u64::MAX);
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
    fn inner_spans_are_cut_out_of_outer_ones() {
        let span = |state, begin, end| {
            let worker = Some(0);
            Span { task: 0, worker, state, begin, end }
        };
        let nested = [
            span(State::Compute, 10, 50),
            span(State::Lock, 20, 25),
            span(State::Lock, 30, 50),
            span(State::Io, 60, 70),
        ];
        let flat = [
            span(State::Compute, 10, 20),
            span(State::Lock, 20, 25),
            span(State::Compute, 25, 30),
            span(State::Lock, 30, 50),
            span(State::Io, 60, 70),
        ];
        assert_eq!(innermost(&nested), flat);
        assert_eq!(innermost(&[]), []);
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
        let workers =
            trace.spans().iter().map(|s| s.worker).collect::<Vec<_>>();
        assert_eq!(workers.iter().filter(|w| **w == Some(1)).count(), 2);
        assert_eq!(workers.iter().filter(|w| w.is_none()).count(), 2);
        assert_eq!(trace.workers()[1], "process 1");
    }
}
