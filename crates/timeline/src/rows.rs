//! Spans as rows: one for each task, or one for each worker.

use crate::timeline::Timeline;
use lanes_core::nested::cut;
use lanes_core::trace::{Span, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a task or a worker does.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Doing {
    /// Computes; where CPU times are not known, as if nothing were preempted.
    Compute,
    /// Was preempted: began to compute, is ready to go on, and its thread was
    /// not on a core. Where within a span that was is not known, so that it
    /// stands at the end.
    Preempted,
    /// Waits for I/O.
    Io,
    /// Waits for a lock, or for another task.
    Turn,
    /// Of a task: ready, but without a worker. It is ready before its first
    /// span and between its spans.
    Ready,
    /// Of a worker: nothing to do.
    Idle,
}

impl Doing {
    pub(crate) const ALL: [Self; 6] = [
        Self::Compute,
        Self::Preempted,
        Self::Io,
        Self::Turn,
        Self::Ready,
        Self::Idle,
    ];

    /// A word for it, for files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Preempted => "preempted",
            Self::Io => "io",
            Self::Turn => "lock",
            Self::Ready => "ready",
            Self::Idle => "idle",
        }
    }
}

impl From<State> for Doing {
    fn from(state: State) -> Self {
        match state {
            State::Compute => Self::Compute,
            State::Io => Self::Io,
            State::Lock => Self::Turn,
        }
    }
}

/// A stretch of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) doing: Doing,
    pub(crate) task: usize,
    pub(crate) worker: Option<usize>,
    pub(crate) begin: u64,
    pub(crate) end: u64,
    /// The CPU time of its thread, no more than its length; `None` where it is
    /// not known.
    pub(crate) cpu: Option<u64>,
}

impl Cell {
    fn of(span: &Span) -> Self {
        let Span { task, worker, state, begin, end, cpu } = *span;
        Self { doing: state.into(), task, worker, begin, end, cpu }
    }

    /// A stretch in which no thread worked for the row.
    pub(crate) fn gap(
        doing: Doing,
        task: usize,
        worker: Option<usize>,
        (begin, end): (u64, u64),
    ) -> Self {
        Self { doing, task, worker, begin, end, cpu: None }
    }

    pub(crate) fn length(&self) -> u64 {
        self.end - self.begin
    }

    /// The part of it that ends then, with its share of the CPU time.
    pub(crate) fn until(self, end: u64) -> Self {
        let part = u128::from(end - self.begin);
        let share = |cpu: u64| {
            let share = u128::from(cpu) * part;
            share.checked_div(u128::from(self.length())).unwrap_or(0) as u64
        };
        Self { end, cpu: self.cpu.map(share), ..self }
    }

    /// What was done in it: of computing, the part in which the thread was on a
    /// core, and then the one in which it was not.
    pub(crate) fn parts(self) -> impl DoubleEndedIterator<Item = Self> {
        let cpu = self.cpu.filter(|_| self.doing == Doing::Compute);
        let middle = self.end.min(cpu.map_or(self.end, |c| self.begin + c));
        let doing = Doing::Preempted;
        let parts = [
            Self { end: middle, ..self },
            Self { doing, begin: middle, cpu: Some(0), ..self },
        ];
        parts.into_iter().filter(|part| part.begin < part.end)
    }
}

/// What each task did, one thing at a time, without the gaps between. Computing
/// is not yet taken apart; see [`Cell::parts`].
pub(crate) fn by_task(timeline: &Timeline) -> BTreeMap<usize, Vec<Cell>> {
    collect(timeline, |span| Some(span.task))
}

/// What each worker did, one thing at a time, without the gaps between.
pub(crate) fn by_worker(timeline: &Timeline) -> BTreeMap<usize, Vec<Cell>> {
    collect(timeline, |span| span.worker)
}

fn collect(
    timeline: &Timeline,
    row: impl Fn(&Span) -> Option<usize>,
) -> BTreeMap<usize, Vec<Cell>> {
    let mut rows: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for span in &timeline.spans {
        if let Some(row) = row(span) {
            rows.entry(row).or_default().push(*span);
        }
    }
    // A worker may run one task within another (it steals while it waits), and
    // two workers may work on one task. So a row is cut as a whole.
    let cells = |spans| cut(spans).iter().map(Cell::of).collect();
    rows.into_iter().map(|(row, spans)| (row, cells(spans))).collect()
}

/// The stretches of `begin..end` that no cell covers; the cells come by their
/// begin and may overlap.
pub(crate) fn gaps(cells: &[Cell], begin: u64, end: u64) -> Vec<(u64, u64)> {
    let mut gaps = Vec::new();
    let mut now = begin;
    for cell in cells {
        if now < cell.begin {
            gaps.push((now, cell.begin));
        }
        now = now.max(cell.end);
    }
    if now < end {
        gaps.push((now, end));
    }
    gaps
}

/// One row of a picture, for one task or worker or several with consecutive
/// numbers.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
}

/// The rows by task, `size` tasks in each, with the stretches in which they are
/// ready.
///
/// A row of several tasks is ready where none of them has a worker. If each
/// task counted, the many that wait would hide the few that run.
pub(crate) fn task_rows(timeline: &Timeline, size: usize) -> Vec<Row> {
    let mut rows = empty(timeline.last_task() / size + 1);
    for (task, cells) in by_task(timeline) {
        let parts = cells.into_iter().flat_map(Cell::parts);
        rows[task / size].cells.extend(parts);
    }
    for (number, row) in rows.iter_mut().enumerate() {
        row.cells.sort_by_key(|cell| (cell.begin, cell.end, cell.task));
        let end = row.cells.iter().map(|cell| cell.end).max();
        let gaps = gaps(&row.cells, timeline.begin, end.unwrap_or(0));
        let task = number * size;
        let ready = |gap| Cell::gap(Doing::Ready, task, None, gap);
        row.cells.extend(gaps.into_iter().map(ready));
    }
    rows
}

/// A row looks at so many workers at the most: a trace may name any number.
const MOST_WORKERS: usize = 512;

/// The rows by worker, `size` workers in each, with their idle stretches.
pub(crate) fn worker_rows(timeline: &Timeline, size: usize) -> Vec<Row> {
    let count = timeline.worker_count();
    let mut rows = empty(count.div_ceil(size));
    let known = by_worker(timeline);
    let (from, to) = (timeline.begin, timeline.end);
    for (number, row) in rows.iter_mut().enumerate() {
        let first = number * size;
        let last = first.saturating_add(size).min(count);
        for worker in (first..last).take(MOST_WORKERS) {
            let cells = known.get(&worker).map_or(&[][..], Vec::as_slice);
            let idle = |gap| Cell::gap(Doing::Idle, 0, Some(worker), gap);
            row.cells.extend(cells.iter().copied().flat_map(Cell::parts));
            row.cells.extend(gaps(cells, from, to).into_iter().map(idle));
        }
    }
    rows
}

fn empty(count: usize) -> Vec<Row> {
    std::iter::repeat_with(Row::default).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::nested::innermost;
    use proptest::prelude::*;

    fn span(
        task: usize,
        worker: Option<usize>,
        state: State,
        begin: u64,
        end: u64,
    ) -> Span {
        Span { task, worker, state, begin, end, cpu: None }
    }

    fn timeline(spans: Vec<Span>, end: u64) -> Timeline {
        Timeline { spans, end, ..Timeline::default() }
    }

    #[test]
    fn a_worker_does_one_thing_at_a_time() {
        let (compute, lock) = (State::Compute, State::Lock);
        let nested = timeline(
            vec![
                span(0, Some(0), compute, 0, 100),
                span(1, Some(0), compute, 20, 60),
                span(1, Some(0), lock, 30, 40),
            ],
            100,
        );
        let rows = by_worker(&nested);
        let cells = rows[&0].iter();
        let cells = cells.map(|c| (c.task, c.doing, c.begin, c.end));
        let (compute, turn) = (Doing::Compute, Doing::Turn);
        assert_eq!(
            cells.collect::<Vec<_>>(),
            [
                (0, compute, 0, 20),
                (1, compute, 20, 30),
                (1, turn, 30, 40),
                (1, compute, 40, 60),
                (0, compute, 60, 100),
            ]
        );
    }

    #[test]
    fn a_task_is_ready_before_and_between_its_spans_and_not_after() {
        let one = timeline(
            vec![
                span(0, Some(0), State::Compute, 10, 20),
                span(0, Some(1), State::Io, 30, 40),
            ],
            100,
        );
        let rows = task_rows(&one, 1);
        let ready = rows[0].cells.iter().filter(|c| c.doing == Doing::Ready);
        let ready = ready.map(|c| (c.begin, c.end)).collect::<Vec<_>>();
        assert_eq!(ready, [(0, 10), (20, 30)]);
        let workers = worker_rows(&one, 1);
        let idle = workers[0].cells.iter().filter(|c| c.doing == Doing::Idle);
        let idle = idle.map(|c| (c.begin, c.end)).collect::<Vec<_>>();
        assert_eq!(idle, [(0, 10), (20, 100)]);
    }

    #[test]
    fn a_futures_wait_is_in_no_workers_row() {
        let one = timeline(
            vec![
                span(0, Some(0), State::Compute, 0, 10),
                span(0, None, State::Io, 10, 90),
            ],
            100,
        );
        let rows = worker_rows(&one, 1);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].cells.iter().all(|cell| cell.doing != Doing::Io));
        assert_eq!(task_rows(&one, 1)[0].cells.len(), 2);
    }

    #[test]
    fn a_computing_thread_that_was_off_its_core_is_preempted_at_the_end() {
        let known = |span, cpu| Span { cpu: Some(cpu), ..span };
        let compute = State::Compute;
        let one = timeline(
            vec![
                known(span(0, Some(0), compute, 0, 100), 60),
                known(span(0, Some(0), State::Lock, 20, 50), 5),
                // A wait is a wait, also one that spins or is blocked.
                known(span(1, Some(1), State::Io, 0, 10), 1),
                known(span(1, Some(1), compute, 10, 20), 10),
                known(span(1, Some(1), compute, 20, 30), 0),
                span(1, Some(1), compute, 30, 40),
            ],
            100,
        );
        let found = |row: &Row| {
            let cells = row.cells.iter();
            let cells = cells.filter(|cell| cell.doing != Doing::Idle);
            cells.map(|c| (c.doing, c.begin, c.end)).collect::<Vec<_>>()
        };
        let first = [
            (Doing::Compute, 0, 15),
            (Doing::Preempted, 15, 20),
            (Doing::Turn, 20, 50),
            (Doing::Compute, 50, 90),
            (Doing::Preempted, 90, 100),
        ];
        let second = [
            (Doing::Io, 0, 10),
            (Doing::Compute, 10, 20),
            (Doing::Preempted, 20, 30),
            (Doing::Compute, 30, 40),
        ];
        for rows in [task_rows(&one, 1), worker_rows(&one, 1)] {
            assert_eq!(found(&rows[0]), first);
            assert_eq!(found(&rows[1]), second);
        }
    }

    #[test]
    fn a_part_of_a_cell_has_its_share() {
        let whole = Cell {
            doing: Doing::Compute,
            task: 0,
            worker: Some(0),
            begin: 10,
            end: 110,
            cpu: Some(50),
        };
        assert_eq!(whole.until(60).cpu, Some(25));
        assert_eq!(whole.until(110), whole);
        assert_eq!(whole.until(10).parts().count(), 0);
        let unknown = Cell { cpu: None, ..whole };
        assert_eq!(unknown.parts().collect::<Vec<_>>(), [unknown]);
    }

    #[test]
    fn rows_are_few_whatever_the_numbers() {
        let far = usize::MAX - 1;
        let wide = timeline(vec![span(far, Some(far), State::Io, 0, 1)], 9);
        assert_eq!(task_rows(&wide, far / 24 + 1).len(), 24);
        assert_eq!(worker_rows(&wide, far / 24 + 1).len(), 24);
    }

    fn spans() -> impl Strategy<Value = Vec<Span>> {
        let states = [State::Compute, State::Io, State::Lock];
        let state = (0..3usize).prop_map(move |index| states[index]);
        let one = (0..3usize, 0..2usize, state, 0..50u64, 0..50u64);
        let one = one.prop_map(|(task, worker, state, begin, length)| {
            span(task, Some(worker), state, begin, begin + length)
        });
        prop::collection::vec(one, 0..20)
    }

    proptest! {
        /// Rows cover what the spans cover, without overlaps, and agree with
        /// the core's rule where each task has one worker.
        #[test]
        fn rows_are_disjoint_and_complete(spans in spans()) {
            let own = |span: &Span| Span { worker: Some(span.task), ..*span };
            let spans: Vec<Span> = spans.iter().map(own).collect();
            let timeline = timeline(spans.clone(), 100);
            let rows = by_task(&timeline);
            for cells in rows.values() {
                for pair in cells.windows(2) {
                    prop_assert!(pair[0].end <= pair[1].begin);
                }
            }
            let length = |cell: &Cell| cell.length();
            let all: u64 = rows.values().flatten().map(length).sum();
            let core: u64 =
                innermost(&spans).iter().map(|s| s.end - s.begin).sum();
            prop_assert_eq!(all, core);
        }
    }
}
