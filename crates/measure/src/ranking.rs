//! Models over many rows: the geometric mean of ratios to the best.

use crate::results::{Results, RowResult};
use crate::statistics::{draws, median};
use crate::summarize::visits;
use serde::Serialize;
use std::collections::BTreeSet;

/// How often the rows are drawn anew for an interval.
const DRAWS: usize = 1000;

/// The models with as many workers as each other, best first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking {
    /// How many workers were asked for.
    pub workers: usize,
    /// The rows that all of the models have, `workload size`.
    pub rows: Vec<String>,
    /// How many other rows there are.
    pub left_out: usize,
    /// The models that are not ranked, since no row has all models, and these
    /// have not a cell in each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<String>,
    /// The models, best first.
    pub places: Vec<Place>,
}

/// One model in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// The model.
    pub name: String,
    /// The geometric mean of its ratios to the best of each row.
    pub mean: f64,
    /// The interval of the mean, from the spread of rounds and visits: other
    /// rows would give another mean altogether.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The least mean that is left when a row is left out.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

/// Ranks the models named, or all that have samples, for each number of
/// workers over the rows that all of them have; only rows with at least two
/// models count. A number of workers without such a row is left out.
pub fn rank(results: &[Results], only: &[String], level: f64) -> Vec<Ranking> {
    let rows = || results.iter().flat_map(|results| &results.rows);
    let workers = rows().flat_map(|row| &row.contenders);
    let workers: BTreeSet<usize> =
        workers.filter(|c| !c.serial).map(|c| c.workers).collect();
    let workers = workers.into_iter();
    workers
        .filter_map(|workers| {
            let rows: Vec<&RowResult> = rows().collect();
            rank_with(&rows, only, workers, level)
        })
        .collect()
}

fn rank_with(
    rows: &[&RowResult],
    only: &[String],
    workers: usize,
    level: f64,
) -> Option<Ranking> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        for (_, name) in measured(row, workers) {
            let wanted = only.is_empty() || only.iter().any(|n| n == name);
            if wanted && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.len() < 2 {
        return None;
    }
    let mut complete = complete(rows, &names, workers);
    let mut partial = Vec::new();
    if complete.is_empty() && only.is_empty() {
        let everywhere = |name: &&str| {
            let mut rows = rows.iter();
            rows.all(|row| row.contenders.iter().any(|c| c.name == **name))
        };
        let (whole, rest) = names.into_iter().partition(everywhere);
        (names, partial) = (whole, rest);
        complete = self::complete(rows, &names, workers);
    }
    if complete.is_empty() || names.len() < 2 {
        return None;
    }
    let samples: Vec<RowDraws> =
        complete.iter().map(|(row, all)| RowDraws::new(row, all)).collect();
    let everything: Vec<usize> = (0..samples.len()).collect();
    let place = |(at, name): (usize, &&str)| {
        let mean = |rows: &[usize], draw: Option<usize>| {
            let sum: f64 =
                rows.iter().map(|row| samples[*row].ratio(at, draw)).sum();
            (sum / rows.len() as f64).exp()
        };
        let mut means: Vec<f64> =
            (0..DRAWS).map(|draw| mean(&everything, Some(draw))).collect();
        means.sort_unstable_by(f64::total_cmp);
        let tail = ((1.0 - level) / 2.0 * DRAWS as f64) as usize;
        let without = everything.iter().map(|out| {
            let rest = everything.iter().filter(|row| *row != out);
            let rest: Vec<usize> = rest.copied().collect();
            if rest.is_empty() {
                mean(&[*out], None)
            } else {
                mean(&rest, None)
            }
        });
        let without: Vec<f64> = without.collect();
        Place {
            name: (*name).to_owned(),
            mean: mean(&everything, None),
            low: means[tail],
            high: means[DRAWS - 1 - tail],
            least: without.iter().copied().fold(f64::INFINITY, f64::min),
            most: without.iter().copied().fold(0.0, f64::max),
        }
    };
    let mut places: Vec<Place> = names.iter().enumerate().map(place).collect();
    places.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    let name = |(row, _): &(&RowResult, Vec<usize>)| {
        format!("{} {}", row.workload, row.size)
    };
    Some(Ranking {
        workers,
        rows: complete.iter().map(name).collect(),
        left_out: rows.len() - complete.len(),
        partial: partial.into_iter().map(str::to_owned).collect(),
        places,
    })
}

/// The indices of all names in each row that has all of them.
fn complete<'a>(
    rows: &[&'a RowResult],
    names: &[&str],
    workers: usize,
) -> Vec<(&'a RowResult, Vec<usize>)> {
    let all = |row: &&'a RowResult| {
        let index = |name: &&str| {
            let mut all = measured(row, workers);
            Some(all.find(|(_, other)| other == name)?.0)
        };
        let indices: Option<Vec<usize>> = names.iter().map(index).collect();
        Some((*row, indices?))
    };
    rows.iter().filter_map(all).collect()
}

/// The contenders of a row that have samples, without twins and those that only
/// answer.
fn measured(
    row: &RowResult,
    workers: usize,
) -> impl Iterator<Item = (usize, &str)> {
    let own = row.contenders.iter().enumerate().filter(move |(index, c)| {
        c.twin_of.is_none()
            && !c.answers_only
            && (c.serial || c.workers == workers)
            && row.samples.iter().any(|taken| taken.contender == *index)
    });
    own.map(|(index, contender)| (index, contender.name.as_str()))
}

/// The log-ratios of some contenders to the best of them, as measured and as
/// drawn anew.
struct RowDraws {
    measured: Vec<f64>,
    drawn: Vec<Vec<f64>>,
}

impl RowDraws {
    fn new(row: &RowResult, indices: &[usize]) -> Self {
        let visits = visits(row);
        let pairs: Vec<(usize, usize)> =
            indices.iter().map(|index| (*index, indices[0])).collect();
        let paired = |(a, b): &(usize, usize)| {
            let rounds = visits.iter().flatten();
            let ratios = rounds.filter_map(|r| Some(r[*a]? - r[*b]?));
            median(&mut ratios.collect::<Vec<_>>())
        };
        let measured = to_best(pairs.iter().map(paired).collect());
        let drawn = draws(&visits, &pairs, DRAWS, 7).into_iter();
        // A draw may miss a contender that took part in few rounds.
        let or_measured = |draw: Vec<Option<f64>>| {
            if draw.contains(&None) { measured.clone() } else { to_best(draw) }
        };
        let drawn = drawn.map(or_measured).collect();
        Self { measured, drawn }
    }

    fn ratio(&self, contender: usize, draw: Option<usize>) -> f64 {
        let drawn = draw.and_then(|draw| self.drawn.get(draw));
        drawn.unwrap_or(&self.measured)[contender]
    }
}

fn to_best(ratios: Vec<Option<f64>>) -> Vec<f64> {
    let known = ratios.iter().copied().flatten();
    let best = known.fold(f64::INFINITY, f64::min);
    ratios.iter().map(|ratio| ratio.map_or(0.0, |r| r - best)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::empty;
    use crate::summarize::tests::row;

    fn results(rows: Vec<RowResult>) -> Results {
        Results { rows, ..empty() }
    }

    #[test]
    fn means_are_geometric_and_over_the_rows_that_all_have() {
        // Each is twice as fast as the other once, and a third is alone.
        let first = row(&[("a", 2, None, 0.01), ("b", 2, None, 0.02)]);
        let second = row(&[("a", 2, None, 0.04), ("b", 2, None, 0.02)]);
        let both = [results(vec![first, second])];
        let [ranking] = &rank(&both, &[], 0.95)[..] else { panic!() };
        assert_eq!((ranking.workers, ranking.rows.len()), (2, 2));
        for place in &ranking.places {
            assert!((place.mean / 2f64.sqrt() - 1.0).abs() < 0.02);
            assert!(place.low <= place.mean && place.mean <= place.high);
            assert!((place.least - 1.0).abs() < 0.01);
            assert!((place.most - 2.0).abs() < 0.04);
        }
        let third = row(&[("a", 2, None, 0.01), ("c", 2, None, 0.03)]);
        let mut rows = both[0].rows.clone();
        rows.push(third);
        let all = [results(rows)];
        assert!(rank(&all, &[], 0.95).is_empty(), "no row has a, b and c");
        let only = ["a".to_owned(), "c".to_owned()];
        let [ranking] = &rank(&all, &only, 0.95)[..] else { panic!() };
        assert_eq!((ranking.rows.len(), ranking.left_out), (1, 2));
        let names = ranking.places.iter().map(|place| place.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "c"]);
        assert!((ranking.places[1].mean - 3.0).abs() < 0.05);
    }

    #[test]
    fn models_that_lack_rows_are_named_where_no_row_has_all() {
        let first = [("a", 2, None, 0.01), ("b", 2, None, 0.02)];
        let guest = |name| (name, 2, None, 0.03);
        let rows = [guest("one"), guest("two")]
            .map(|guest| row(&[&first[..], &[guest]].concat()));
        let rankings = rank(&[results(rows.to_vec())], &[], 0.95);
        let [ranking] = &rankings[..] else { panic!() };
        assert_eq!((ranking.rows.len(), ranking.places.len()), (2, 2));
        assert_eq!(ranking.partial, ["one", "two"]);
    }

    #[test]
    fn workers_are_ranked_apart_and_the_serial_with_each() {
        let rows = vec![row(&[
            ("sequential", 1, None, 0.02),
            ("a", 1, None, 0.02),
            ("a", 2, None, 0.01),
            ("a", 2, Some(2), 0.01),
        ])];
        let rankings = rank(&[results(rows)], &[], 0.95);
        let sizes = rankings.iter().map(|r| (r.workers, r.places.len()));
        assert_eq!(sizes.collect::<Vec<_>>(), [(1, 2), (2, 2)]);
    }
}
