//! Two builds that took part in one session: what became slower.
//!
//! Each cell has two contenders, `MODEL@before` and `MODEL@after`, in the same
//! visits. What disturbs a visit disturbs both, so a cell is compared by its
//! differences within visits.

use crate::change::{
    Change, Compared, Limits, Outcome, Variance, judged, moderated,
};
use crate::results::{ContenderResult, Results, RowResult, Taken};
use crate::statistics::{Difference, median, trimmed};
use crate::summarize::table;

/// What the names of both contenders of a cell end with.
const ENDS: [&str; 2] = ["@before", "@after"];

/// The names of both contenders of a cell.
pub fn names(name: &str) -> [String; 2] {
    ENDS.map(|end| format!("{name}{end}"))
}

/// Compares both builds in every cell of a session.
///
/// A cell's ratio is the trimmed mean of its differences by visit, so that a
/// visit that other load disturbs does not decide. Its variance is drawn toward
/// what all cells have in common, since few visits tell little of it.
pub fn duelled(results: &Results, limits: &Limits) -> Vec<Change> {
    let cells: Vec<(Change, Option<Difference>)> =
        results.rows.iter().flat_map(of_row).collect();
    let variance = |found: &Difference| -> Variance {
        (found.error.powi(2) * found.visits as f64, found.freedom)
    };
    let variances =
        cells.iter().map(|(_, found)| found.as_ref().map(variance)).collect();
    let variances = moderated(variances).into_iter();
    let cells = cells.into_iter().zip(variances).map(|((cell, found), own)| {
        let found = found.zip(own).map(|(found, (variance, freedom))| {
            let error = (variance / found.visits as f64).sqrt();
            Difference { error, freedom, ..found }
        });
        (cell, found)
    });
    judged(cells.collect(), limits)
}

/// The cells of a row, each with the difference of its builds.
fn of_row(row: &RowResult) -> Vec<(Change, Option<Difference>)> {
    let times = table(row, |taken| Some(taken.seconds()));
    let all = || row.contenders.iter().enumerate();
    let earlier = all().filter_map(|(before, contender)| {
        let name = contender.name.strip_suffix(ENDS[0])?;
        let [_, other] = names(name);
        let same = |(_, c): &(usize, &ContenderResult)| {
            c.name == other && c.workers == contender.workers
        };
        let (after, _) = all().find(same)?;
        Some((name, [before, after]))
    });
    earlier.map(|(name, both)| cell(row, &times, name, both)).collect()
}

fn cell(
    row: &RowResult,
    times: &[Vec<Option<f64>>],
    name: &str,
    both: [usize; 2],
) -> (Change, Option<Difference>) {
    let seconds = both.map(|contender| {
        let own = row.samples.iter().filter(|t| t.contender == contender);
        median(&mut own.map(Taken::seconds).collect::<Vec<_>>())
    });
    let failures = both.map(|index| row.contenders[index].failure.clone());
    let outcome = match failures {
        [None, None] => Outcome::Unmeasured,
        [None, Some(failure)] => Outcome::Broken(failure),
        [Some(failure), None] => Outcome::Repaired(failure),
        [Some(_), Some(failure)] => Outcome::Fails(failure),
    };
    let [before, after] = both;
    let by_visit = times.iter().filter_map(|visit| {
        Some(visit[after]? - visit[before]?).filter(|log| log.is_finite())
    });
    let by_visit: Vec<f64> = by_visit.collect();
    let visits = [by_visit.len(); 2];
    let found = match outcome {
        Outcome::Unmeasured => trimmed(by_visit),
        _ => None,
    };
    let cell = Change {
        workload: row.workload.clone(),
        size: row.size.clone(),
        name: name.to_owned(),
        workers: row.contenders[both[0]].workers,
        seconds,
        visits,
        compared: Compared::WithinVisits,
        ratio: None,
        visible: None,
        outcome,
    };
    (cell, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Finding;
    use crate::failure::{Cause, Failure};
    use crate::protocol::Sample;
    use crate::results::tests::empty;
    use crate::summarize::tests::row;
    use lanes_core::seed;

    /// A session with so many visits, in which each model's newer build takes
    /// so many times as long; builds of one visit share its luck, which is
    /// large, and have 1 % of their own.
    fn session(models: &[(&str, f64)], visits: usize) -> Results {
        let builds: Vec<_> = models
            .iter()
            .flat_map(|(name, ratio)| {
                let [before, after] = names(name);
                [(before, 1.0), (after, *ratio)]
            })
            .collect();
        let named: Vec<_> = builds
            .iter()
            .map(|(name, _)| (name.as_str(), 2, None, 0.0))
            .collect();
        let mut row = row(&named);
        row.samples.clear();
        let mut noise = seed::numbers(5)
            .map(|number| (number >> 11) as f64 / (1u64 << 53) as f64 - 0.5);
        let mut noise = move || noise.next().unwrap();
        for visit in 0..visits {
            let luck = 1.0 + 0.4 * noise();
            for (contender, (_, ratio)) in builds.iter().enumerate() {
                let own = 1.0 + 0.02 * noise();
                for round in 0..2 {
                    let nanos = 1e7 * luck * ratio * own;
                    let sample = Sample {
                        runs: 1,
                        wall_ns: (nanos * (1.0 + 0.01 * noise())) as u64,
                        ..Sample::default()
                    };
                    let seed = 7;
                    let taken = Taken {
                        visit,
                        round,
                        contender,
                        seed,
                        moved_bytes: None,
                        sample,
                    };
                    row.samples.push(taken);
                }
            }
        }
        Results { rows: vec![row], ..empty() }
    }

    /// A cell that is certainly slower by more than this fraction has
    /// regressed.
    fn limits(most: f64) -> Limits {
        Limits { level: 0.95, margin: 0.03, most }
    }

    fn regressed(cells: &[Change]) -> Vec<&str> {
        let worse = cells.iter().filter(|cell| cell.outcome.is_regression());
        worse.map(|cell| cell.name.as_str()).collect()
    }

    #[test]
    fn a_known_shift_is_found_and_twins_are_not() {
        let models = [("a", 1.0), ("b", 1.05), ("c", 1.0), ("d", 0.95)];
        let cells = duelled(&session(&models, 12), &limits(0.0));
        assert_eq!(regressed(&cells), ["b"]);
        for ((name, ratio), cell) in models.iter().zip(&cells) {
            assert_eq!((cell.name.as_str(), cell.visits), (*name, [12; 2]));
            let interval = cell.ratio.unwrap();
            assert!(interval.low < *ratio && *ratio < interval.high);
            // Luck of 20 % is shared, so that much less is seen.
            let visible = cell.visible.unwrap();
            assert!(visible > 0.0 && visible < 0.03, "{visible}");
        }
        let finding = |at: usize| match &cells[at].outcome {
            Outcome::Measured { finding, .. } => *finding,
            other => panic!("{other:?}"),
        };
        assert!(matches!(finding(0), Finding::Same { .. }));
        assert!(matches!(finding(1), Finding::Slower { .. }));
        assert!(matches!(finding(3), Finding::Faster { .. }));
        // Of 5 %, 2 % are certain, and 10 % are not.
        let results = session(&models, 12);
        assert_eq!(regressed(&duelled(&results, &limits(0.02))), ["b"]);
        let none: [&str; 0] = [];
        assert_eq!(regressed(&duelled(&results, &limits(0.1))), none);
    }

    #[test]
    fn a_disturbed_visit_does_not_decide() {
        let models = [("a", 1.0), ("b", 1.05)];
        let mut results = session(&models, 12);
        let quiet = duelled(&results, &limits(0.0));
        // In one visit the older build takes three times as long.
        for taken in &mut results.rows[0].samples {
            if taken.visit == 4 && taken.contender.is_multiple_of(2) {
                taken.sample.wall_ns *= 3;
            }
        }
        let cells = duelled(&results, &limits(0.0));
        assert_eq!(regressed(&cells), ["b"]);
        for (cell, quiet) in cells.iter().zip(&quiet) {
            let moved =
                cell.ratio.unwrap().median - quiet.ratio.unwrap().median;
            assert!(moved.abs() < 0.005, "{moved}");
        }
    }

    #[test]
    fn few_visits_decide_nothing() {
        for visits in [0, 1, 2] {
            let cells = duelled(&session(&[("a", 2.0)], visits), &limits(0.0));
            let [cell] = &cells[..] else { panic!("{cells:?}") };
            assert_eq!(cell.outcome, Outcome::Unmeasured);
            assert_eq!((cell.ratio, cell.visible), (None, None));
            assert_eq!(cell.seconds[1].is_some(), visits > 0);
        }
        // Three have two degrees of freedom: visits that differ by 20 % leave
        // everything open.
        let mut results = session(&[("a", 1.05)], 3);
        for taken in &mut results.rows[0].samples {
            if (taken.visit, taken.contender) == (1, 1) {
                taken.sample.wall_ns = taken.sample.wall_ns / 5 * 6;
            }
        }
        let cells = duelled(&results, &limits(0.0));
        let Outcome::Measured { finding, regressed } = cells[0].outcome else {
            panic!("{cells:?}");
        };
        assert_eq!(finding, Finding::Inconclusive);
        assert!(!regressed);
    }

    #[test]
    fn a_cell_that_one_build_fails_is_broken_or_repaired() {
        let wrong = || Some(Failure::new(Cause::Wrong, "another answer"));
        let mut results = session(&[("a", 1.0), ("b", 1.0), ("c", 1.0)], 8);
        let contenders = &mut results.rows[0].contenders;
        contenders[1].failure = wrong();
        contenders[2].failure = wrong();
        contenders[4].failure = wrong();
        contenders[5].failure = wrong();
        let cells = duelled(&results, &limits(0.0));
        assert!(matches!(cells[0].outcome, Outcome::Broken(_)));
        assert!(matches!(cells[1].outcome, Outcome::Repaired(_)));
        assert!(matches!(cells[2].outcome, Outcome::Fails(_)));
        assert_eq!(regressed(&cells), ["a"]);
        let failed = cells.iter().filter(|c| c.outcome.failure().is_some());
        assert_eq!(failed.count(), 2);
        // Contenders of no duel are none.
        results.rows[0].contenders[3].name = "b".into();
        assert_eq!(duelled(&results, &limits(0.0)).len(), 2);
    }
}
