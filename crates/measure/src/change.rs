//! Two sessions, cell by cell.

use crate::results::{Results, RowResult, Taken};
use crate::statistics::{Interval, Verdict, median, normal, student, verdict};
use crate::summarize::summarize;
use crate::summary::Summary;
use serde::Serialize;
use std::collections::BTreeMap;

/// With so many contenders common to both sessions, a row can distinguish a
/// model that changed from a machine that changed.
const ENOUGH: usize = 3;

/// One cell in two sessions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The workload.
    pub workload: String,
    /// The size.
    pub size: String,
    /// The contender's name.
    pub name: String,
    /// How many workers were asked for.
    pub workers: usize,
    /// The median times of a run in both sessions, in seconds.
    pub seconds: [f64; 2],
    /// Whether the ratio is relative to the other contenders of the row, so
    /// that a machine that became slower as a whole does not matter.
    pub beside: bool,
    /// The later time over the earlier one; the interval holds for all cells
    /// at once.
    pub ratio: Interval,
    /// The verdict on the later session.
    pub verdict: Verdict,
}

/// A cell's name: workload, size, contender and workers.
type Cell = (String, String, String, usize);

/// Compares the cells that both sessions have.
///
/// The sessions were not interleaved, so a cell is compared by the medians of
/// its visits, with Welch's interval for two samples of unequal variance and
/// Šidák's level for so many cells.
pub fn changes(
    before: &Results,
    after: &Results,
    absolute: bool,
    margin: f64,
) -> Vec<Change> {
    let later = after.rows.iter().map(|row| (row_key(row), row));
    let later: BTreeMap<_, _> = later.collect();
    let common = before.rows.iter().filter_map(|row| {
        let later = later.get(&row_key(row))?;
        // Other parameters under the same label are another row.
        (row.items == later.items).then_some((row, *later))
    });
    let pairs: Vec<(&RowResult, &RowResult)> = common.collect();
    let cells: Vec<Both> = pairs
        .iter()
        .flat_map(|(before, after)| both(before, after, absolute))
        .collect();
    let level = before.level.max(after.level);
    let each = level.powf(1.0 / cells.len().max(1) as f64);
    cells.into_iter().map(|cell| cell.change(each, margin)).collect()
}

fn row_key(row: &RowResult) -> (&str, &str) {
    (&row.workload, &row.size)
}

/// One cell in both sessions: the logarithm of its time in each visit.
struct Both {
    cell: Cell,
    seconds: [f64; 2],
    beside: bool,
    visits: [Vec<f64>; 2],
    floor: f64,
}

fn both(before: &RowResult, after: &RowResult, absolute: bool) -> Vec<Both> {
    let find = |row: &RowResult, name: &str, workers: usize| {
        row.contenders.iter().position(|c| {
            c.twin_of.is_none() && c.name == name && c.workers == workers
        })
    };
    let has = |row: &RowResult, contender: usize| {
        row.samples.iter().any(|taken| taken.contender == contender)
    };
    let common = before.contenders.iter().filter_map(|contender| {
        let (name, workers) = (&contender.name, contender.workers);
        let a = find(before, name, workers)?;
        let b = find(after, name, workers)?;
        (has(before, a) && has(after, b)).then_some([a, b])
    });
    let common: Vec<[usize; 2]> = common.collect();
    let beside = !absolute && common.len() >= ENOUGH;
    let of = |session: usize| -> Vec<usize> {
        common.iter().map(|indices| indices[session]).collect()
    };
    let [a, b] = [(before, of(0)), (after, of(1))].map(|(row, all)| {
        let floor = summarize(row, 0.95, 0.0).map(|s: Summary| s.floor);
        (by_visit(row, &all, beside), floor.unwrap_or(0.0))
    });
    let floor = a.1.max(b.1);
    let cells = common.iter().enumerate().map(|(at, [index, other])| {
        let contender = &before.contenders[*index];
        let seconds =
            [(before, *index), (after, *other)].map(|(row, index)| {
                let own = row.samples.iter().filter(|t| t.contender == index);
                let mut own: Vec<f64> = own.map(Taken::seconds).collect();
                median(&mut own).unwrap_or(f64::NAN)
            });
        Both {
            cell: (
                before.workload.clone(),
                before.size.clone(),
                contender.name.clone(),
                contender.workers,
            ),
            seconds,
            beside,
            visits: [a.0[at].clone(), b.0[at].clone()],
            floor,
        }
    });
    cells.collect()
}

/// For each of these contenders, the median of each visit: of the logarithm of
/// its time, or of that beside the middle of all of them in the same round.
fn by_visit(row: &RowResult, all: &[usize], beside: bool) -> Vec<Vec<f64>> {
    let visits = crate::summarize::visits(row);
    let of = |at: usize| {
        let visit = |rounds: &Vec<Vec<Option<f64>>>| {
            let times = rounds.iter().filter_map(|round| {
                let own = round[all[at]]?;
                if !beside {
                    return Some(own);
                }
                let times: Option<Vec<f64>> =
                    all.iter().map(|index| round[*index]).collect();
                Some(own - median(&mut times?)?)
            });
            median(&mut times.collect::<Vec<_>>())
        };
        visits.iter().filter_map(visit).collect()
    };
    (0..all.len()).map(of).collect()
}

impl Both {
    fn change(self, level: f64, margin: f64) -> Change {
        let ratio = welch(&self.visits[0], &self.visits[1], level);
        let rounds = self.visits.iter().map(Vec::len).sum();
        let (workload, size, name, workers) = self.cell;
        Change {
            workload,
            size,
            name,
            workers,
            seconds: self.seconds,
            beside: self.beside,
            ratio,
            verdict: verdict(&ratio, self.floor, margin.ln_1p(), rounds),
        }
    }
}

/// The mean of `after` less that of `before`, with Welch's interval; without
/// end if either has fewer than two values.
fn welch(before: &[f64], after: &[f64], level: f64) -> Interval {
    let [(a, va), (b, vb)] = [before, after].map(|values| {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean).powi(2));
        (mean, squares.sum::<f64>() / (count - 1.0) / count)
    });
    let middle = b - a;
    let error = (va + vb).sqrt();
    if !error.is_finite() {
        let median = if middle.is_finite() { middle } else { 0.0 };
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        return Interval { low, median, high };
    }
    let degrees = |values: &[f64]| values.len() as f64 - 1.0;
    let both = va * va / degrees(before) + vb * vb / degrees(after);
    let freedom = if both > 0.0 { (va + vb).powi(2) / both } else { 1.0 };
    let half =
        if error > 0.0 { student(normal(level), freedom) * error } else { 0.0 };
    Interval { low: middle - half, median: middle, high: middle + half }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::empty;
    use crate::summarize::tests::row;

    fn session(times: [f64; 3]) -> Results {
        let [a, b, c] = times;
        let row =
            row(&[("a", 2, None, a), ("b", 2, None, b), ("c", 2, None, c)]);
        Results { rows: vec![row], ..empty() }
    }

    fn slower(before: &Results, after: &Results, absolute: bool) -> String {
        let changes = changes(before, after, absolute, 0.03);
        assert_eq!(changes.len(), 3);
        let slower = changes
            .into_iter()
            .filter(|change| matches!(change.verdict, Verdict::Slower { .. }));
        slower.map(|change| change.name).collect()
    }

    #[test]
    fn a_machine_that_drifts_is_no_regression_and_a_model_that_does_is() {
        let before = session([0.01, 0.02, 0.03]);
        let drifted = session([0.013, 0.026, 0.039]);
        assert_eq!(slower(&before, &drifted, false), "");
        assert_eq!(slower(&before, &drifted, true), "abc");
        let regressed = session([0.013, 0.026, 0.045]);
        assert_eq!(slower(&before, &regressed, false), "c");
        assert_eq!(slower(&before, &before, true), "");
    }

    #[test]
    fn only_what_both_have_is_compared() {
        let before = session([0.01, 0.02, 0.03]);
        let mut after = before.clone();
        after.rows[0].contenders[1].name = "other".into();
        let found = changes(&before, &after, false, 0.03);
        let names = found.iter().map(|change| change.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "c"]);
        // Two are too few to distinguish a model from its machine.
        assert!(found.iter().all(|change| !change.beside));
        after.rows[0].items += 1;
        assert!(changes(&before, &after, false, 0.03).is_empty());
    }

    #[test]
    fn the_interval_is_welchs() {
        // scipy.stats.ttest_ind(b, a, equal_var=False) and its
        // confidence_interval(0.95).
        let a = [1.0, 1.1, 0.9, 1.05];
        let b = [1.2, 1.4, 1.1, 1.3, 1.25];
        let found = welch(&a, &b, 0.95);
        assert!((found.median - 0.2375).abs() < 1e-12, "{found:?}");
        // Student's bound is a little wide here, never narrow.
        let [low, high] = [0.082_022_477_7, 0.392_977_522_3];
        assert!(found.low <= low && found.low > low - 2e-3, "{found:?}");
        assert!(found.high >= high && found.high < high + 2e-3, "{found:?}");
    }

    #[test]
    fn few_values_say_nothing() {
        for (a, b) in [(&[][..], &[1.0][..]), (&[1.0], &[2.0]), (&[], &[])] {
            let found = welch(a, b, 0.95);
            assert_eq!(found.low, f64::NEG_INFINITY);
            assert!(!found.median.is_nan());
        }
        let same = welch(&[1.0, 1.0], &[2.0, 2.0], 0.95);
        assert_eq!((same.low, same.high), (1.0, 1.0));
    }
}
