//! Two sessions, cell by cell.

use super::{Change, Compared, Limits, Outcome, Variance, judged, moderated};
use crate::apart::Apart;
use crate::results::{ContenderResult, Results, RowResult, Taken};
use crate::statistics::{BETWEEN_SESSIONS, Difference, median, trimmed};
use crate::summarize::table;
use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

/// With so many other models in a row, what changed in them distinguishes a
/// model that changed from a machine that changed.
pub const BESIDE: usize = 5;

/// Compares the cells of two sessions. `absolute` compares the times
/// themselves also where a row has [`BESIDE`] other models.
///
/// The sessions were not interleaved. A cell's times are the trimmed means of
/// its visits, and its variance is that of both sessions together, drawn toward
/// what all cells have in common. To that of the visits comes an allowance for
/// what differs between sessions of one build, [`BETWEEN_SESSIONS`]. Where it
/// is compared beside others, the median of what changed in the *other* models
/// of the row is taken off: a median with the model itself in it would hide its
/// change, and would make the others' out of it. Twins do not count, and
/// neither do models that only answer. Where both sessions say how far the
/// processors were apart, visits at the same distance are compared.
pub fn changes(
    before: &Results,
    after: &Results,
    absolute: bool,
    limits: &Limits,
) -> Vec<Change> {
    let mut rows: Vec<[Option<&RowResult>; 2]> =
        before.rows.iter().map(|row| [Some(row), None]).collect();
    for row in &after.rows {
        let same = rows.iter_mut().find(|[one, other]| {
            other.is_none() && one.is_some_and(|one| one.is_same(row))
        });
        match same {
            Some([_, other]) => *other = Some(row),
            None => rows.push([None, Some(row)]),
        }
    }
    let cells = rows.iter().enumerate();
    let cells: Vec<Both> =
        cells.flat_map(|(number, rows)| both(rows, number)).collect();
    let variances = cells.iter().map(Both::variance).collect();
    let variances = moderated(variances);
    let found: Vec<Option<Difference>> = cells
        .iter()
        .zip(&variances)
        .map(|(cell, variance)| cell.difference((*variance)?))
        .collect();
    let apart = cells.iter().enumerate().map(|(at, cell)| {
        let row = cells.iter().zip(&found).filter(|(c, _)| c.row == cell.row);
        let others = by_model(row.filter(|(c, _)| c.model != cell.model));
        let beside = !absolute && others.len() >= BESIDE;
        let own = found[at].map(|own| match beside {
            true => less(own, &others),
            false => own,
        });
        let compared = match beside {
            true => Compared::BesideOthers,
            false => Compared::Absolute,
        };
        (Change { compared, ..cell.change.clone() }, own)
    });
    let apart = apart.collect();
    judged(apart, limits)
}

/// One cell in both sessions.
struct Both {
    /// Which row it is of.
    row: usize,
    /// The model, which may be in the row several times: by another name, or
    /// with other numbers of workers.
    model: String,
    change: Change,
    /// The times of its visits before and after, where both are known.
    times: Option<[Difference; 2]>,
}

impl Both {
    /// The variance of a visit, of both sessions together.
    fn variance(&self) -> Option<Variance> {
        let [a, b] = self.times?;
        let freedom = a.freedom + b.freedom;
        let sum = [a, b]
            .map(|one| one.freedom * one.error.powi(2) * one.visits as f64);
        Some((sum.iter().sum::<f64>() / freedom, freedom))
    }

    fn difference(&self, (variance, freedom): Variance) -> Option<Difference> {
        let [a, b] = self.times?;
        let parts =
            [a, b].map(|one| 1.0 / one.visits as f64 + BETWEEN_SESSIONS);
        let error = (variance * parts.iter().sum::<f64>()).sqrt();
        let visits = a.visits.min(b.visits);
        let estimate = b.estimate - a.estimate;
        Some(Difference { estimate, error, freedom, visits })
    }
}

/// What changed in each model, whose contenders count as one: what changes the
/// model changes all of them. Their errors do not average out either.
fn by_model<'a>(
    cells: impl Iterator<Item = (&'a Both, &'a Option<Difference>)>,
) -> Vec<Difference> {
    let mut models: BTreeMap<&str, Vec<Difference>> = BTreeMap::new();
    for (cell, found) in cells {
        if let Some(found) = found {
            models.entry(&cell.model).or_default().push(*found);
        }
    }
    let one = |all: Vec<Difference>| {
        let count = all.len() as f64;
        let mean = |of: fn(&Difference) -> f64| {
            all.iter().map(of).sum::<f64>() / count
        };
        let estimate = mean(|one| one.estimate);
        let error = mean(|one| one.error.powi(2)).sqrt();
        Difference { estimate, error, ..all[0] }
    };
    models.into_values().map(one).collect()
}

/// A change less the median of others, of which there are some.
fn less(own: Difference, others: &[Difference]) -> Difference {
    let mut all: Vec<f64> = others.iter().map(|one| one.estimate).collect();
    let count = others.len() as f64;
    let drift = median(&mut all).unwrap_or(0.0);
    // The variance of a median of normal values.
    let mean = others.iter().map(|one| one.error.powi(2)).sum::<f64>() / count;
    let error = (own.error.powi(2) + FRAC_PI_2 * mean / count).sqrt();
    Difference { estimate: own.estimate - drift, error, ..own }
}

/// The cells that a row has before or after.
fn both(rows: &[Option<&RowResult>; 2], number: usize) -> Vec<Both> {
    let mut names: Vec<(String, usize)> = Vec::new();
    for row in rows.iter().flatten() {
        for contender in row.contenders.iter().filter(|c| counts(c)) {
            let name = (contender.name.clone(), contender.workers);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let distances = distances(rows);
    let tables: Vec<_> = rows
        .iter()
        .map(|row| {
            let row = (*row)?;
            Some(table(row, |taken| {
                let counts = distances.counts(row.hop(taken.visit));
                counts.then(|| taken.seconds())
            }))
        })
        .collect();
    let cell = |(name, workers): (String, usize)| {
        let of = |side: usize| {
            let row = rows[side]?;
            let mut all = row.contenders.iter();
            let index = all.position(|c| {
                counts(c) && c.name == name && c.workers == workers
            })?;
            Some((row, index))
        };
        let sides = [of(0), of(1)];
        let values = [0, 1].map(|side| {
            let visits = sides[side].zip(tables[side].as_ref());
            let visits = visits.map(|((_, index), table)| {
                let own = table.iter().filter_map(|visit| visit[index]);
                own.filter(|time| time.is_finite()).collect()
            });
            visits.unwrap_or_else(Vec::new)
        });
        let seconds = sides.map(|side| {
            let (row, index) = side?;
            let own = row.samples.iter().filter(|t| t.contender == index);
            median(&mut own.map(Taken::seconds).collect::<Vec<_>>())
        });
        let failures = sides.map(|side| {
            let (row, index) = side?;
            row.contenders[index].failure.clone()
        });
        let visits = values.each_ref().map(Vec::len);
        let outcome = match (failures, seconds) {
            ([None, Some(failure)], [Some(_), _]) => Outcome::Broken(failure),
            ([Some(_), Some(failure)], _) => Outcome::Fails(failure),
            ([Some(failure), None], [_, Some(_)]) => Outcome::Repaired(failure),
            ([None, Some(failure)], _) => Outcome::Fails(failure),
            (_, [Some(_), None]) => Outcome::Gone,
            (_, [None, Some(_)]) => Outcome::New,
            _ => distances.outcome(),
        };
        let [a, b] = values.map(trimmed);
        let known = outcome == Outcome::Unmeasured;
        let anywhere = rows.iter().flatten().next();
        let contender = sides.into_iter().flatten().next();
        let model = contender.map_or_else(String::new, |(row, index)| {
            row.contenders[index].model.clone()
        });
        let change = Change {
            workload: anywhere.map_or_else(String::new, |r| r.workload.clone()),
            size: anywhere.map_or_else(String::new, |r| r.size.clone()),
            name,
            workers,
            seconds,
            visits,
            compared: Compared::Absolute,
            ratio: None,
            visible: None,
            outcome,
        };
        let times = a.zip(b).filter(|_| known).map(|(a, b)| [a, b]);
        Both { row: number, model, change, times }
    };
    names.into_iter().map(cell).collect()
}

/// At which distances of the processors two sessions are compared.
enum Distances {
    /// At any: one of them does not say.
    Any,
    /// At these.
    These(Apart),
    /// At none: these are the medians before and after.
    None([f64; 2]),
}

fn distances(rows: &[Option<&RowResult>; 2]) -> Distances {
    let [Some(before), Some(after)] = rows else { return Distances::Any };
    let [mut before, mut after] = [before, after].map(|row| {
        row.hops.iter().map(|hop| hop.seconds).collect::<Vec<f64>>()
    });
    match Apart::common([&before, &after]) {
        Some(apart) => Distances::These(apart),
        None => median(&mut before)
            .zip(median(&mut after))
            .map_or(Distances::Any, |(a, b)| Distances::None([a, b])),
    }
}

impl Distances {
    /// Whether a visit at this distance counts.
    fn counts(&self, hop: Option<f64>) -> bool {
        match self {
            Self::Any => true,
            Self::These(apart) => apart.has(hop),
            Self::None(_) => false,
        }
    }

    /// What is known of a cell before it is judged.
    fn outcome(&self) -> Outcome {
        match *self {
            Self::None([before, after]) => Outcome::Moved { before, after },
            _ => Outcome::Unmeasured,
        }
    }
}

fn counts(contender: &ContenderResult) -> bool {
    contender.twin_of.is_none() && !contender.answers_only
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Finding;
    use crate::results::tests::empty;
    use crate::summarize::tests::row;

    const LIMITS: Limits = Limits { level: 0.95, margin: 0.05, most: 0.0 };

    fn session(times: &[f64]) -> Results {
        let names = ["a", "b", "c", "d", "e", "f"];
        let contenders = names.iter().zip(times);
        let contenders: Vec<_> =
            contenders.map(|(name, time)| (*name, 2, None, *time)).collect();
        Results { rows: vec![row(&contenders)], ..empty() }
    }

    fn slower(before: &Results, after: &Results, absolute: bool) -> String {
        let all = changes(before, after, absolute, &LIMITS).into_iter();
        let slower = all.filter(|change| {
            let Outcome::Measured { finding, .. } = change.outcome else {
                panic!("{change:?}")
            };
            matches!(finding, Finding::Slower { .. })
        });
        slower.map(|change| change.name).collect()
    }

    #[test]
    fn a_machine_that_drifts_is_no_regression_and_a_model_that_does_is() {
        let before = session(&[0.01, 0.02, 0.03, 0.04, 0.05, 0.06]);
        let drifted = session(&[0.013, 0.026, 0.039, 0.052, 0.065, 0.078]);
        assert_eq!(slower(&before, &drifted, false), "");
        assert_eq!(slower(&before, &drifted, true), "abcdef");
        let regressed = session(&[0.013, 0.026, 0.045, 0.052, 0.065, 0.078]);
        assert_eq!(slower(&before, &regressed, false), "c");
        assert_eq!(slower(&before, &before, true), "");
    }

    #[test]
    fn five_other_models_are_few_enough() {
        let times = [0.01, 0.02, 0.03, 0.04, 0.05];
        let before = session(&times);
        let drifted = session(&times.map(|time| time * 1.3));
        let found = changes(&before, &drifted, false, &LIMITS);
        let absolute = |c: &Change| c.compared == Compared::Absolute;
        assert!(found.iter().all(absolute));
        assert_eq!(slower(&before, &drifted, false), "abcde");
    }

    #[test]
    fn a_model_is_no_other_model_with_other_workers_or_another_name() {
        let times = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06];
        let turn = |factors: [f64; 6]| {
            let all = times.iter().zip(factors);
            let mut turned =
                session(&all.map(|(time, by)| time * by).collect::<Vec<_>>());
            // A model three times; five others are not left.
            for (at, name) in [(0, "a"), (1, "a"), (2, "a#2")] {
                let contender = &mut turned.rows[0].contenders[at];
                (contender.name, contender.model) = (name.into(), "a".into());
                contender.workers = 1 << at;
            }
            turned
        };
        let before = turn([1.0; 6]);
        let after = turn([2.0, 2.0, 2.0, 1.0, 1.0, 1.0]);
        assert_eq!(slower(&before, &after, false), "aaa#2");
    }

    #[test]
    fn a_model_with_several_numbers_of_workers_is_one_of_the_others() {
        let several = |by: f64| {
            let mut contenders = Vec::new();
            for (name, time) in [("a", 0.02 * by), ("b", 0.03)] {
                contenders.extend([1, 2, 4].map(|n| (name, n, None, time)));
            }
            for name in ["c", "d", "e", "f"] {
                contenders.push((name, 2, None, 0.01));
            }
            Results { rows: vec![row(&contenders)], ..empty() }
        };
        let (before, after) = (several(1.0), several(2.0));
        assert_eq!(slower(&before, &after, false), "aaa");
        let found = changes(&before, &after, false, &LIMITS);
        assert!(found.iter().all(|c| c.compared == Compared::BesideOthers));
    }

    #[test]
    fn visits_that_are_all_alike_have_no_error_and_decide_nothing() {
        let alike = |nanos: u64| {
            let mut results = session(&[0.01]);
            for taken in &mut results.rows[0].samples {
                taken.sample.wall_ns = nanos;
            }
            results
        };
        for after in [10_000_000, 20_000_000] {
            let found =
                changes(&alike(10_000_000), &alike(after), false, &LIMITS);
            assert_eq!(found[0].ratio, None);
            assert_eq!(found[0].outcome, Outcome::Unmeasured);
        }
    }

    #[test]
    fn twins_and_those_that_only_answer_do_not_count() {
        let mut before = session(&[0.01, 0.02, 0.03, 0.04, 0.05, 0.06]);
        before.rows[0].contenders[0].twin_of = Some(1);
        before.rows[0].contenders[0].name = "b".into();
        before.rows[0].contenders[2].answers_only = true;
        let found = changes(&before, &before, false, &LIMITS);
        let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["b", "d", "e", "f"]);
        assert!((found[0].seconds[0].unwrap() - 0.02).abs() < 0.001);
    }

    #[test]
    fn other_parameters_are_another_row() {
        let before = session(&[0.01, 0.02]);
        let mut after = before.clone();
        after.rows[0].items += 1;
        let found = changes(&before, &after, false, &LIMITS);
        let outcomes: Vec<_> = found.into_iter().map(|c| c.outcome).collect();
        let (gone, new) = (Outcome::Gone, Outcome::New);
        assert_eq!(outcomes, [gone.clone(), gone, new.clone(), new]);
    }

    #[test]
    fn the_error_is_that_of_both_sessions_and_what_lies_between() {
        // Three visits each, with variances of 1 and 4.
        let times = |values: [f64; 3]| trimmed(values.to_vec()).unwrap();
        let [change] =
            &changes(&session(&[0.01]), &session(&[0.01]), true, &LIMITS)[..]
        else {
            panic!()
        };
        let both = Both {
            row: 0,
            model: "a".into(),
            change: change.clone(),
            times: Some([times([0.0, 1.0, 2.0]), times([3.0, 5.0, 7.0])]),
        };
        let variance = both.variance().unwrap();
        assert!((variance.0 - 2.5).abs() < 1e-12 && variance.1 == 4.0);
        let found = both.difference(variance).unwrap();
        assert!((found.estimate - 4.0).abs() < 1e-12);
        let expected = 2.5 * (2.0 / 3.0 + 2.0 * BETWEEN_SESSIONS);
        assert!((found.error.powi(2) - expected).abs() < 1e-12);
    }
}
