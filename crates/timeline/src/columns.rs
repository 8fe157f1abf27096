//! Time in columns of pixels.

use crate::rows::{Cell, Doing};

/// A time axis in columns of the same width.
///
/// Times are multiplied by the number of columns, so that a column is `axis`
/// long and nothing is rounded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    /// Nanoseconds; more than zero.
    pub(crate) axis: u64,
    /// How many columns; more than zero.
    pub(crate) columns: usize,
}

/// A stretch is cut where another task begins only if both of its parts have so
/// many columns: narrower ones could not be told apart.
const FEWEST: usize = 6;

/// Neighbouring columns in which the same thing took most of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) doing: Doing,
    /// The group of tasks that it was done for.
    pub(crate) class: usize,
    /// The first column, and the one after the last.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Whether the next run goes on with the same, for a task that began later:
    /// waits that follow each other are not one wait.
    pub(crate) cut: bool,
}

impl Grid {
    /// How much of each column each key has: `keys` numbers for each column.
    pub(crate) fn tally(
        &self,
        keys: usize,
        parts: impl Iterator<Item = (usize, u64, u64)>,
    ) -> Vec<u128> {
        let mut tally = vec![0; self.columns * keys];
        let (axis, columns) = (u128::from(self.axis), self.columns as u128);
        for (key, begin, end) in parts {
            let mut now = u128::from(begin) * columns;
            let end = u128::from(end) * columns;
            let first = (now / axis) as usize;
            let mut border = (first as u128 + 1) * axis;
            let shares = tally.iter_mut().skip(key).step_by(keys).skip(first);
            for share in shares {
                let until = end.min(border);
                *share += until - now;
                if until == end {
                    break;
                }
                (now, border) = (until, border + axis);
            }
        }
        tally
    }

    /// The runs of a row: what took most of each column's time, and nothing
    /// where there is no cell. `begin` is where the axis has its zero; `class`
    /// gives the group of a task, a number below `classes`.
    pub(crate) fn runs(
        &self,
        cells: &[Cell],
        begin: u64,
        classes: usize,
        class: impl Fn(usize) -> usize,
    ) -> Vec<Run> {
        let keys = Doing::ALL.len() * classes;
        let parts = cells.iter().map(|cell| {
            let key = cell.doing as usize * classes + class(cell.task);
            (key, cell.begin - begin, cell.end - begin)
        });
        let tally = self.tally(keys, parts.clone());
        let newest = self.newest(keys, parts.zip(cells));
        // Runs, each with the task that it was last done for.
        let mut runs: Vec<(Run, usize)> = Vec::new();
        for (column, shares) in tally.chunks(keys).enumerate() {
            let by_doing = shares.chunks(classes);
            let Some(doing) = most(by_doing.map(|of| of.iter().sum())) else {
                continue;
            };
            let of = &shares[doing * classes..][..classes];
            let class = most(of.iter().copied()).unwrap_or(0);
            let (_, task) = newest[column * keys + doing * classes + class];
            let doing = Doing::ALL[doing];
            let waits = matches!(doing, Doing::Ready | Doing::Idle);
            let to = column + 1;
            match runs.last_mut() {
                Some((last, of))
                    if last.to == column
                        && (last.doing, last.class) == (doing, class)
                        && (*of == task
                            || waits
                            || last.to - last.from < FEWEST) =>
                {
                    (last.to, *of) = (to, task);
                }
                _ => {
                    let from = column;
                    let run = Run { doing, class, from, to, cut: false };
                    runs.push((run, task));
                }
            }
        }
        joined(runs.into_iter().map(|(run, _)| run))
    }

    /// For each column and key, how much of it the newest of the tasks has that
    /// have most of it, and that task.
    fn newest<'a>(
        &self,
        keys: usize,
        cells: impl Iterator<Item = ((usize, u64, u64), &'a Cell)>,
    ) -> Vec<(u128, usize)> {
        let mut newest = vec![(0, 0); self.columns * keys];
        let (axis, columns) = (u128::from(self.axis), self.columns as u128);
        // Cells come by their begin, so that of equals the last is the newest.
        for ((key, begin, end), cell) in cells {
            let (from, to) = (u128::from(begin), u128::from(end));
            let (from, to) = (from * columns, to * columns);
            let first = (from / axis) as usize;
            let last = to.div_ceil(axis) as usize;
            for column in first..last.min(self.columns) {
                let border = column as u128 * axis;
                let share = to.min(border + axis) - from.max(border);
                let known = &mut newest[column * keys + key];
                if share >= known.0 {
                    *known = (share, cell.task);
                }
            }
        }
        newest
    }
}

/// The runs, without those that are too narrow to be cut off from the one
/// before.
fn joined(runs: impl Iterator<Item = Run>) -> Vec<Run> {
    let mut all: Vec<Run> = Vec::new();
    for run in runs {
        let Some(last) = all.last_mut() else {
            all.push(run);
            continue;
        };
        let same = last.to == run.from
            && (last.doing, last.class) == (run.doing, run.class);
        if same && run.to - run.from < FEWEST {
            last.to = run.to;
        } else {
            last.cut = same;
            all.push(run);
        }
    }
    all
}

/// Where the largest number is, the first of equals; `None` if all are zero.
pub(crate) fn most(shares: impl Iterator<Item = u128>) -> Option<usize> {
    let mut best = (0, None);
    for (index, share) in shares.enumerate() {
        if share > best.0 {
            best = (share, Some(index));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell(doing: Doing, task: usize, begin: u64, end: u64) -> Cell {
        Cell { doing, task, worker: Some(0), begin, end, cpu: None }
    }

    #[test]
    fn each_column_shows_what_took_most_of_its_time() {
        let grid = Grid { axis: 40, columns: 4 };
        let cells = [
            cell(Doing::Compute, 0, 100, 106),
            cell(Doing::Io, 0, 106, 112),
            cell(Doing::Compute, 1, 112, 115),
            cell(Doing::Turn, 1, 115, 119),
            cell(Doing::Compute, 0, 119, 122),
        ];
        let runs = grid.runs(&cells, 100, 2, |task| task);
        let run =
            |doing, class, from, to| Run { doing, class, from, to, cut: false };
        // 6 of 10; then compute 3 + 1 = turn 4, the first of equals, and of
        // compute task 1 has more; then 2 of 2; then nothing.
        assert_eq!(
            runs,
            [
                run(Doing::Compute, 0, 0, 1),
                run(Doing::Compute, 1, 1, 2),
                run(Doing::Compute, 0, 2, 3),
            ]
        );
    }

    #[test]
    fn a_wait_that_follows_another_is_cut_off() {
        let grid = Grid { axis: 60, columns: 60 };
        let runs = |cells: &[Cell]| {
            let runs = grid.runs(cells, 0, 1, |_| 0).into_iter();
            runs.map(|run| (run.from, run.to, run.cut)).collect::<Vec<_>>()
        };
        let waits = |second, third| {
            [
                cell(Doing::Io, 0, 0, 20),
                cell(Doing::Io, 1, second, 40),
                cell(Doing::Io, 2, third, 60),
            ]
        };
        let apart = [(0, 20, true), (20, 40, true), (40, 60, false)];
        assert_eq!(runs(&waits(20, 40)), apart);
        // Three that begin within few columns are one.
        assert_eq!(runs(&waits(1, 2)), [(0, 60, false)]);
        let idle = waits(20, 40).map(|c| Cell { doing: Doing::Idle, ..c });
        assert_eq!(runs(&idle), [(0, 60, false)]);
    }

    #[test]
    fn neighbours_are_one_run_and_an_axis_may_be_shorter_than_its_columns() {
        let grid = Grid { axis: 3, columns: 300 };
        let cells = [cell(Doing::Io, 0, 0, 1), cell(Doing::Compute, 0, 1, 3)];
        let runs = grid.runs(&cells, 0, 1, |_| 0);
        assert_eq!(runs.len(), 2);
        assert_eq!((runs[0].from, runs[0].to), (0, 100));
        assert_eq!((runs[1].from, runs[1].to), (100, 300));
    }

    proptest! {
        /// Against the plainest way: nanosecond by nanosecond.
        #[test]
        fn the_majority_is_right(
            parts in prop::collection::vec(
                (0..6usize, 0..3usize, 0..120u64, 0..60u64),
                0..30,
            ),
            columns in 1..40usize,
        ) {
            let cells: Vec<Cell> = parts
                .iter()
                .map(|&(doing, task, begin, length)| {
                    let end = (begin + length).min(120);
                    cell(Doing::ALL[doing], task, begin, end)
                })
                .collect();
            // Every column a whole number of nanoseconds.
            let width = 120 / columns as u64 + 1;
            let axis = width * columns as u64;
            let runs = Grid { axis, columns }.runs(&cells, 0, 3, |task| task);
            for column in 0..columns {
                let mut count = [[0u64; 3]; 6];
                for time in column as u64 * width..(column as u64 + 1) * width {
                    for cell in &cells {
                        if (cell.begin..cell.end).contains(&time) {
                            count[cell.doing as usize][cell.task] += 1;
                        }
                    }
                }
                let sums = count.map(|of| of.iter().sum::<u64>());
                let most = *sums.iter().max().unwrap();
                let shown = runs
                    .iter()
                    .find(|run| (run.from..run.to).contains(&column));
                match shown {
                    None => prop_assert_eq!(most, 0),
                    Some(run) => {
                        let of = count[run.doing as usize];
                        prop_assert_eq!(sums[run.doing as usize], most);
                        prop_assert_eq!(
                            of[run.class],
                            *of.iter().max().unwrap()
                        );
                    }
                }
            }
        }
    }
}
