//! Spans within spans, cut so that one thing is done at a time.
//!
//! A thread computes for a task, waits for a turn in the midst of it, and may
//! run another task while it waits: spans, some of them within others. Cut,
//! each moment belongs to the span that began last, and the CPU time of a
//! thread to what it was spent on.

use crate::trace::{Span, State};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The spans of a row, cut where one of them began within another, by their
/// begin: the row does one thing at a time, what began last. Spans that overlap
/// without lying within each other are cut where the later one begins.
///
/// The CPU time of a span includes that of the spans within it on the same
/// worker, which is taken out. What is left is spread evenly over what is left
/// of the span, since a trace does not record where in it the thread was on a
/// core: no stretch gets more than it is long, and together they get all of it.
/// A wait whose CPU time is not known took none; around compute whose CPU time
/// is not known, that of the outer span is not known either.
pub fn cut(mut spans: Vec<Span>) -> Vec<Span> {
    // Of two that begin together the longer one is the outer one.
    spans.sort_by_key(|span| {
        (span.begin, Reverse(span.end), span.task, span.worker)
    });
    let own = own(&spans);
    let all: Vec<usize> = (0..spans.len()).collect();
    let mut done = vec![0; spans.len()];
    let mut cut = Vec::with_capacity(spans.len());
    pieces(&spans, &all, |index, begin, end| {
        let before = done[index];
        let after = before + (end - begin);
        done[index] = after;
        let share = |own: Own| own.up_to(after) - own.up_to(before);
        let cpu = own[index].map(share);
        cut.push(Span { begin, end, cpu, ..spans[index] });
    });
    cut
}

/// The spans with those that lie within others cut out of them, by their begin:
/// each task does one thing at a time on each worker.
pub fn innermost(spans: &[Span]) -> Vec<Span> {
    let mut rows: BTreeMap<_, Vec<Span>> = BTreeMap::new();
    for span in spans {
        rows.entry((span.task, span.worker)).or_default().push(*span);
    }
    let mut all: Vec<Span> = rows.into_values().flat_map(cut).collect();
    all.sort_by_key(|span| (span.begin, span.end, span.task));
    all
}

/// What a span has for itself, in nanoseconds.
#[derive(Debug, Clone, Copy)]
struct Own {
    cpu: u64,
    /// What the other spans of its worker leave of it.
    length: u64,
}

impl Own {
    /// The CPU time of so much of it, from its begin.
    fn up_to(self, done: u64) -> u64 {
        let part = u128::from(self.cpu) * u128::from(done);
        // No more than `cpu`, since no more is done than the length.
        part.checked_div(u128::from(self.length)).unwrap_or(0) as u64
    }
}

/// What each span has for itself, where its CPU time is known; the spans come
/// in the order of [`cut`].
fn own(spans: &[Span]) -> Vec<Option<Own>> {
    let mut workers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, span) in spans.iter().enumerate() {
        if let Some(worker) = span.worker {
            workers.entry(worker).or_default().push(index);
        }
    }
    let within = |span: &Span| span.cpu.map(|cpu| cpu.min(span.length()));
    let mut cpu: Vec<Option<u64>> = spans.iter().map(within).collect();
    let mut length = vec![0; spans.len()];
    for row in workers.values() {
        pieces(spans, row, |index, begin, end| length[index] += end - begin);
        // Those that may lie around the next one, the innermost last.
        let mut around: Vec<usize> = Vec::new();
        for index in row {
            let span = &spans[*index];
            while around.last().is_some_and(|at| spans[*at].end < span.end) {
                around.pop();
            }
            if let Some(outer) = around.last() {
                cpu[*outer] = match (cpu[*outer], within(span)) {
                    (Some(outer), Some(inner)) => {
                        Some(outer.saturating_sub(inner))
                    }
                    (outer, None) if span.state != State::Compute => outer,
                    _ => None,
                };
            }
            around.push(*index);
        }
    }
    let own = cpu.into_iter().zip(length);
    own.map(|(cpu, length)| Some(Own { cpu: cpu?.min(length), length }))
        .collect()
}

/// Each stretch in which one of these spans, which come in the order of
/// [`cut`], is the one that began last: its index, and from when to when.
fn pieces(
    spans: &[Span],
    row: &[usize],
    mut piece: impl FnMut(usize, u64, u64),
) {
    let mut open: Vec<usize> = Vec::new();
    let mut now = 0;
    let ends = row.iter().skip(1).map(|index| spans[*index].begin);
    for (index, until) in row.iter().zip(ends.chain([u64::MAX])) {
        now = now.max(spans[*index].begin);
        open.push(*index);
        while let Some(top) = open.last().copied().filter(|_| now < until) {
            let end = spans[top].end.min(until);
            if now < end {
                piece(top, now, end);
                now = end;
            }
            if now < until {
                open.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::numbers;

    fn span(state: State, begin: u64, end: u64, cpu: Option<u64>) -> Span {
        Span { task: 0, worker: Some(0), state, begin, end, cpu }
    }

    /// When each piece is, and its CPU time.
    fn cells(spans: &[Span]) -> Vec<(u64, u64, Option<u64>)> {
        let cut = cut(spans.to_vec()).into_iter();
        cut.map(|span| (span.begin, span.end, span.cpu)).collect()
    }

    #[test]
    fn inner_spans_are_cut_out_of_outer_ones() {
        let span = |state, begin, end| span(state, begin, end, None);
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
    fn cpu_time_goes_to_what_it_was_spent_on() {
        // 100 long, of which 30 are a wait that took 5: 55 for the other 70.
        let computes = span(State::Compute, 0, 100, Some(60));
        let waits = span(State::Lock, 20, 50, Some(5));
        let found = [(0, 20, Some(15)), (20, 50, Some(5)), (50, 100, Some(40))];
        assert_eq!(cells(&[waits, computes]), found);
        // Three deep: what is within the wait is taken out of the wait only.
        let within = span(State::Compute, 30, 40, Some(2));
        let found = [
            (0, 20, Some(15)),
            (20, 30, Some(1)),
            (30, 40, Some(2)),
            (40, 50, Some(2)),
            (50, 100, Some(40)),
        ];
        assert_eq!(cells(&[computes, waits, within]), found);
        // More than fits is cut off.
        let much = span(State::Compute, 0, 10, Some(u64::MAX));
        assert_eq!(cells(&[much]), [(0, 10, Some(10))]);
        let much = [much, span(State::Lock, 2, 4, Some(9))];
        let found = [(0, 2, Some(2)), (2, 4, Some(2)), (4, 10, Some(6))];
        assert_eq!(cells(&much), found);
    }

    #[test]
    fn what_is_not_known_stays_so() {
        let computes = span(State::Compute, 0, 100, Some(60));
        // A thread that waits is on no core.
        let waits = span(State::Lock, 20, 40, None);
        let found = [(0, 20, Some(15)), (20, 40, None), (40, 100, Some(45))];
        assert_eq!(cells(&[computes, waits]), found);
        let within = span(State::Compute, 20, 40, None);
        let found = [(0, 20, None), (20, 40, None), (40, 100, None)];
        assert_eq!(cells(&[computes, within]), found);
        let found = [(0, 20, None), (20, 40, Some(5)), (40, 100, None)];
        let around = Span { cpu: None, ..computes };
        let within = Span { cpu: Some(5), ..within };
        assert_eq!(cells(&[around, within]), found);
    }

    #[test]
    fn another_worker_takes_its_time_from_a_row_and_not_its_cpu_time() {
        let one = span(State::Compute, 0, 100, Some(50));
        let other =
            Span { worker: Some(1), ..span(State::Compute, 40, 60, Some(20)) };
        let found =
            [(0, 40, Some(20)), (40, 60, Some(20)), (60, 100, Some(20))];
        assert_eq!(cells(&[one, other]), found);
        // A wait that holds no worker.
        let away = Span { worker: None, cpu: None, ..other };
        let found = [(0, 40, Some(20)), (40, 60, None), (60, 100, Some(20))];
        assert_eq!(cells(&[one, away]), found);
    }

    /// Against the plainest way: nanosecond by nanosecond.
    #[test]
    fn each_moment_belongs_to_what_began_last() {
        let mut random = numbers(7);
        let mut below = |most: u64| random.next().unwrap_or(0) % most;
        for _ in 0..500 {
            let spans: Vec<Span> = (0..below(12))
                .map(|task| {
                    let begin = below(40);
                    let end = begin + below(40);
                    let worker = below(3).checked_sub(1).map(|w| w as usize);
                    let cpu = Some(below(60)).filter(|cpu| cpu % 4 > 0);
                    let state = [State::Compute, State::Io][below(2) as usize];
                    let task = task as usize;
                    Span { task, worker, state, begin, end, cpu }
                })
                .collect();
            let cut = cut(spans.clone());
            for pair in cut.windows(2) {
                assert!(pair[0].end <= pair[1].begin, "{spans:?}");
            }
            for now in 0..80 {
                let there = |span: &&Span| span.begin <= now && now < span.end;
                let last = spans.iter().filter(there).max_by_key(|span| {
                    (span.begin, Reverse(span.end), span.task)
                });
                let found = cut.iter().find(there);
                assert_eq!(
                    found.map(|span| span.task),
                    last.map(|span| span.task),
                    "{now} in {spans:?}"
                );
            }
            for span in &cut {
                assert!(span.cpu <= Some(span.length()), "{span:?}");
            }
        }
    }

    /// Spans within spans, each with some CPU time for itself.
    fn grow(
        from: u64,
        to: u64,
        below: &mut impl FnMut(u64) -> u64,
        all: &mut Vec<(Span, u64)>,
    ) -> u64 {
        let (mut own_length, mut inner) = (to - from, 0);
        let mut now = from;
        while all.len() < 40 && now + 2 < to && below(3) > 0 {
            let begin = now + below(to - now - 1);
            let end = begin + 1 + below(to - begin);
            inner += grow(begin, end, below, all);
            own_length -= end - begin;
            now = end;
        }
        let own = below(own_length + 1);
        // Of two that begin and end together the lower number is around.
        let task = 1000 - all.len();
        let span = span(State::Compute, from, to, Some(own + inner));
        all.push((Span { task, ..span }, own));
        own + inner
    }

    #[test]
    fn no_cpu_time_is_lost_or_made() {
        let mut random = numbers(11);
        let mut below = |most: u64| random.next().unwrap_or(0) % most;
        for _ in 0..500 {
            let mut all = Vec::new();
            grow(0, 1000, &mut below, &mut all);
            let cut = cut(all.iter().map(|(span, _)| *span).collect());
            for (span, own) in &all {
                let ours = cut.iter().filter(|cut| cut.task == span.task);
                let sum: u64 = ours.filter_map(|cut| cut.cpu).sum();
                assert_eq!(sum, *own, "{span:?} in {all:?}");
            }
        }
    }
}
