//! Spans as rows: one for each task, or one for each worker.

use crate::timeline::Timeline;
use lanes_core::trace::{Span, State};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
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
    /// Computes.
    Compute,
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
    pub(crate) const ALL: [Self; 5] =
        [Self::Compute, Self::Io, Self::Turn, Self::Ready, Self::Idle];

    /// A word for it, for files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Compute => "compute",
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
}

impl Cell {
    fn of(span: &Span) -> Self {
        let Span { task, worker, state, begin, end } = *span;
        Self { doing: state.into(), task, worker, begin, end }
    }

    pub(crate) fn length(&self) -> u64 {
        self.end - self.begin
    }
}

/// What each task did, one thing at a time, without the gaps between.
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
    let mut rows: BTreeMap<usize, Vec<Cell>> = BTreeMap::new();
    for span in &timeline.spans {
        if let Some(row) = row(span) {
            rows.entry(row).or_default().push(Cell::of(span));
        }
    }
    rows.into_iter().map(|(row, cells)| (row, flat(cells))).collect()
}

/// Cuts a row so that it does one thing at a time: what began last.
///
/// A worker may run one task within another (it steals while it waits), and two
/// workers may work on one task. So a row is cut as a whole;
/// [`lanes_core::trace::innermost`] cuts each task on each worker.
fn flat(mut cells: Vec<Cell>) -> Vec<Cell> {
    // Of two that begin together the longer one is the outer one.
    cells.sort_by_key(|cell| {
        (cell.begin, Reverse(cell.end), cell.task, cell.worker)
    });
    let mut row = Vec::with_capacity(cells.len());
    let mut open: Vec<Cell> = Vec::new();
    let mut now = 0;
    let ends = cells.iter().skip(1).map(|cell| cell.begin).chain([u64::MAX]);
    for (cell, until) in cells.iter().zip(ends) {
        now = now.max(cell.begin);
        open.push(*cell);
        while let Some(top) = open.last().filter(|_| now < until) {
            let end = top.end.min(until);
            if now < end {
                row.push(Cell { begin: now, end, ..*top });
                now = end;
            }
            if now < until {
                open.pop();
            }
        }
    }
    row
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
        rows[task / size].cells.extend(cells);
    }
    for (number, row) in rows.iter_mut().enumerate() {
        row.cells.sort_by_key(|cell| (cell.begin, cell.end, cell.task));
        let end = row.cells.iter().map(|cell| cell.end).max();
        let gaps = gaps(&row.cells, timeline.begin, end.unwrap_or(0));
        let doing = Doing::Ready;
        row.cells.extend(gaps.into_iter().map(|(begin, end)| {
            let task = number * size;
            Cell { doing, task, worker: None, begin, end }
        }));
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
            let (task, worker) = (0, Some(worker));
            let gaps = gaps(cells, from, to).into_iter();
            row.cells.extend(cells);
            row.cells.extend(gaps.map(|(begin, end)| {
                let doing = Doing::Idle;
                Cell { doing, task, worker, begin, end }
            }));
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
    use lanes_core::trace::innermost;
    use proptest::prelude::*;

    fn span(
        task: usize,
        worker: Option<usize>,
        state: State,
        begin: u64,
        end: u64,
    ) -> Span {
        Span { task, worker, state, begin, end }
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
