//! Rankings of sessions that were made up.

use super::*;
use crate::results::tests::empty;
use crate::results::{Results, RowResult};
use crate::statistics::BETWEEN_SESSIONS;
use crate::summarize::tests::{paced, row};
use lanes_core::seed;

/// A session of rows of the workload `max`, which are told apart by their size.
fn session(rows: &[&[(&str, f64)]]) -> Results {
    let rows = rows.iter().enumerate().map(|(number, contenders)| {
        let contenders = contenders.iter().map(|(name, time)| {
            let workers = if *name == YARDSTICK { 1 } else { 2 };
            (*name, workers, None, *time)
        });
        let row = row(&contenders.collect::<Vec<_>>());
        RowResult { size: number.to_string(), ..row }
    });
    Results { rows: rows.collect(), ..empty() }
}

fn one(results: &[Results], only: &[&str]) -> Ranking {
    let only: Vec<String> = only.iter().map(ToString::to_string).collect();
    let mut rankings = rank(results, &only, 0.95);
    assert_eq!(rankings.len(), 1, "{rankings:?}");
    rankings.remove(0)
}

fn order(ranking: &Ranking) -> Vec<&str> {
    ranking.places.iter().map(|place| place.model.as_str()).collect()
}

fn close(found: f64, expected: f64, within: f64) {
    assert!((found / expected - 1.0).abs() < within, "{found}, {expected}");
}

#[test]
fn means_are_geometric_and_over_the_rows_that_all_have() {
    // Each is twice as fast as the other once.
    let both = [session(&[
        &[(YARDSTICK, 0.04), ("a", 0.01), ("b", 0.02)],
        &[(YARDSTICK, 0.08), ("a", 0.04), ("b", 0.02)],
    ])];
    let ranking = one(&both, &[]);
    assert_eq!((ranking.workers, ranking.rows.len()), (2, 2));
    assert_eq!(ranking.reference.model, YARDSTICK);
    assert!(!ranking.reference.ranked && ranking.places.len() == 2);
    for place in &ranking.places {
        // The root of 1/4 · 1/2.
        let ratio = place.ratio.unwrap();
        close(ratio.value, 0.125f64.sqrt(), 0.01);
        assert_eq!(ratio.holds(ratio.value), Some(true));
        close(place.to_first.value, 1.0, 0.01);
        assert_ne!(place.finding, Finding::Slower);
        let [least, most] = place.without_one_row.unwrap();
        close(least, 0.25, 0.01);
        close(most, 0.5, 0.01);
    }
    let mut rows = both[0].rows.clone();
    let third = session(&[&[("a", 0.01), ("c", 0.03)]]).rows.remove(0);
    rows.push(RowResult { size: "third".into(), ..third });
    let all = [Results { rows, ..empty() }];
    assert!(rank(&all, &[], 0.95).is_empty(), "no row has a, b and c");
    let ranking = one(&all, &["a", "c"]);
    assert_eq!((ranking.rows.len(), ranking.left_out), (1, 2));
    assert_eq!(order(&ranking), ["a", "c"]);
    let last = &ranking.places[1];
    close(last.ratio.unwrap().value, 3.0, 0.02);
    assert_eq!(last.finding, Finding::Slower);
    assert_eq!((ranking.reference.ranked, last.without_one_row), (true, None));
}

#[test]
fn the_order_does_not_depend_on_the_reference() {
    let rows: &[&[(&str, f64)]] = &[
        &[("a", 0.01), ("b", 0.05), ("c", 0.02)],
        &[("a", 0.09), ("b", 0.02), ("c", 0.04)],
    ];
    // The means: a 0.03, b 0.0316, c 0.0283.
    let without = one(&[session(rows)], &[]);
    assert_eq!(order(&without), ["c", "a", "b"]);
    assert_eq!(
        (without.reference.model.as_str(), without.reference.ranked),
        ("a", true)
    );
    assert_eq!(without.places[1].ratio, Some(Figure::exactly(1.0)));
    let with: Vec<Vec<(&str, f64)>> =
        rows.iter().map(|row| [&[(YARDSTICK, 0.001)], *row].concat()).collect();
    let with: Vec<&[(&str, f64)]> = with.iter().map(Vec::as_slice).collect();
    let with = one(&[session(&with)], &[]);
    assert_eq!(order(&with), order(&without));
    for (a, b) in with.places.iter().zip(&without.places) {
        close(a.to_first.value, b.to_first.value, 0.01);
    }
}

#[test]
fn the_yardstick_is_the_reference_only_if_all_rows_have_it() {
    let some = [session(&[
        &[("b", 0.01), ("a", 0.02)],
        &[(YARDSTICK, 0.08), ("b", 0.04), ("a", 0.02)],
    ])];
    let ranking = one(&some, &[]);
    assert_eq!(
        (ranking.reference.model.as_str(), ranking.rows.len()),
        ("a", 2)
    );
    assert_eq!(order(&ranking).len(), 2, "the yardstick is not ranked");
    // Named, it chooses the rows.
    let ranking = one(&some, &["a", YARDSTICK]);
    assert_eq!(
        (ranking.reference.model.as_str(), ranking.rows.len()),
        (YARDSTICK, 1)
    );
    close(ranking.places[0].ratio.unwrap().value, 0.25, 0.01);
    for nothing in [&[YARDSTICK][..], &["a"], &["a", "z"]] {
        let only = nothing.iter().map(ToString::to_string);
        let some = [session(&[&[("b", 0.01), ("a", 0.02)]])];
        assert!(rank(&some, &only.collect::<Vec<_>>(), 0.95).is_empty());
    }
}

#[test]
fn rows_at_a_set_pace_are_ranked_by_the_cpu_time_beside_their_work() {
    let row = paced(&[("a", 0.004), ("b", 0.002), ("c", 0.003)]);
    let results = Results { rows: vec![row], ..empty() };
    let ranking = one(&[results], &[]);
    assert_eq!(ranking.point, Point::Paced);
    assert_eq!(order(&ranking), ["b", "c", "a"]);
    close(ranking.places[2].to_first.value, 2.0, 0.02);
}

#[test]
fn overhead_is_ranked_apart_by_what_an_item_costs() {
    let contenders = [(YARDSTICK, 0.001), ("a", 0.02), ("b", 0.01)];
    let mut results = session(&[&contenders[..]; 3]);
    for (row, (workload, items)) in
        results.rows.iter_mut().zip([("max", 1), ("spawn", 1000), ("fib", 10)])
    {
        (row.workload, row.items) = (workload.into(), items);
    }
    let rankings = rank(std::slice::from_ref(&results), &[], 0.95);
    let [work, overhead] = &rankings[..] else { panic!("{rankings:?}") };
    assert_eq!((work.point, work.rows.len()), (Point::Work, 1));
    assert_eq!((overhead.point, overhead.rows.len()), (Point::Overhead, 2));
    assert_eq!(order(overhead), ["b", "a"]);
    let [b, a] = [0, 1].map(|at| overhead.places[at].seconds_per_item.unwrap());
    // The root of 10 µs · 1 ms.
    close(b.value, 1e-4, 0.01);
    close(a.value, 2e-4, 0.01);
    assert_eq!(a.holds(a.value), Some(true));
    assert_eq!(overhead.places[0].ratio, None);
    close(overhead.places[0].by_row[0], 1e-5, 0.01);
    close(overhead.yardstick_seconds_per_item.unwrap().value, 1e-5, 0.01);
    // What has no items costs nothing that is known for each of them.
    results.rows[1].items = 0;
    results.rows[2].workload = "new".into();
    let results = [results];
    assert_eq!(rank(&results, &[], 0.95).len(), 1);
    assert_eq!(Vec::from_iter(unknown(&results)), ["new"]);
}

#[test]
fn an_error_that_is_not_known_is_not_zero() {
    let models = [(YARDSTICK, 0.04), ("a", 0.01), ("b", 0.02)];
    let mut results = session(&[&models, &models]);
    let interval = |results: &Results, at: usize| {
        let place = one(std::slice::from_ref(results), &[]).places.remove(at);
        let ratio = place.ratio.unwrap();
        assert_eq!(ratio.low.is_some(), ratio.high.is_some());
        (ratio.low.is_some(), place.finding)
    };
    assert_eq!(interval(&results, 1), (true, Finding::Slower));
    // One round a visit has an error, from visits.
    for row in &mut results.rows {
        row.samples.retain(|taken| taken.round == 0);
    }
    assert_eq!(interval(&results, 1), (true, Finding::Slower));
    // Two visits have none, and one such row is enough.
    results.rows[1].samples.retain(|taken| taken.visit < 2);
    assert_eq!(interval(&results, 1), (false, Finding::Unknown));
    assert_eq!(interval(&results, 0), (false, Finding::First));
    results.rows[1].samples.retain(|taken| taken.visit < 1);
    assert_eq!(interval(&results, 1), (false, Finding::Unknown));
    // Samples that a coarse clock makes equal do not differ by nothing.
    for taken in results.rows.iter_mut().flat_map(|row| &mut row.samples) {
        taken.sample.wall_ns = 1_000_000 * (1 + taken.contender as u64);
    }
    assert_eq!(interval(&results, 1), (false, Finding::Unknown));
}

#[test]
fn a_row_of_several_sessions_counts_once() {
    let models = [(YARDSTICK, 0.04), ("a", 0.01), ("b", 0.02)];
    let single = session(&[&models, &models]);
    let mut other = session(&[&models]);
    for taken in &mut other.rows[0].samples {
        // A session in which one model took twice as long.
        taken.sample.wall_ns *= if taken.contender == 1 { 2 } else { 1 };
    }
    let alone = one(std::slice::from_ref(&single), &[]);
    let both = one(&[single.clone(), other.clone()], &[]);
    let sessions: Vec<usize> = both.rows.iter().map(|r| r.sessions).collect();
    assert_eq!((sessions, both.left_out), (vec![2, 1], 0));
    // One row of two sessions: the root of 1/4 · 1/2; the other has 1/4.
    close(both.places[0].by_row[0], 0.125f64.sqrt(), 0.01);
    close(both.places[0].by_row[1], 0.25, 0.01);
    let width = |ranking: &Ranking| {
        let ratio = ranking.places[0].ratio.unwrap();
        (ratio.high.unwrap() / ratio.low.unwrap()).ln()
    };
    assert!(width(&both) > 5.0 * width(&alone), "they disagree");
    // Other items, or other parameters, are another row.
    other.rows[0].items = 2;
    assert_eq!(one(&[single.clone(), other.clone()], &[]).rows.len(), 3);
    other.rows[0].items = 1;
    other.rows[0].parameters = serde_json::json!({"len": 4, "grain": 2});
    assert_eq!(one(&[single, other], &[]).rows.len(), 3);
}

#[test]
fn what_each_session_finds_out_anew_is_no_other_row() {
    let sessions = [7, 8].map(|rounds| {
        let mut session = session(&[&[(YARDSTICK, 0.04), ("a", 0.01)]]);
        session.rows[0].workload = "subtasks".into();
        session.rows[0].parameters = serde_json::json!({
            "unit": {"secs": 0, "nanos": 2_000_000}, "rounds": rounds
        });
        session
    });
    assert_eq!(one(&sessions, &[]).rows[0].sessions, 2);
}

#[test]
fn models_that_lack_rows_are_named_where_no_row_has_all() {
    let first = [("a", 0.01), ("b", 0.02)];
    let rows =
        ["one", "two"].map(|name| [&first[..], &[(name, 0.03)]].concat());
    let ranking = one(&[session(&[&rows[0], &rows[1]])], &[]);
    assert_eq!((ranking.rows.len(), ranking.places.len()), (2, 2));
    assert_eq!(ranking.partial, ["one", "two"]);
}

#[test]
fn workers_are_ranked_apart_and_the_serial_with_each() {
    let rows = vec![row(&[
        (YARDSTICK, 1, None, 0.02),
        ("a", 1, None, 0.02),
        ("a", 2, None, 0.01),
        ("a", 2, Some(2), 0.01),
    ])];
    let rankings = rank(&[Results { rows, ..empty() }], &[], 0.95);
    let sizes = rankings.iter().map(|r| (r.workers, r.places.len()));
    assert_eq!(sizes.collect::<Vec<_>>(), [(1, 1), (2, 1)]);
}

/// Normal numbers: sums of twelve uniform ones.
fn normal_numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut numbers = seed::numbers(seed);
    move || {
        let twelve = numbers.by_ref().take(12);
        twelve.map(|n| n as f64 / 2f64.powi(64)).sum::<f64>() - 6.0
    }
}

/// A session of nine rows in four visits. The time of a cell varies by `visit`
/// between visits and by `session` between sessions, as logarithms.
fn simulated(
    normal: &mut impl FnMut() -> f64,
    visit: f64,
    session: f64,
) -> Results {
    let models = [(YARDSTICK, 0.01), ("a", 0.01), ("b", 0.01), ("c", 0.01)];
    let mut results = self::session(&[&models[..]; 9]);
    for row in &mut results.rows {
        row.samples.retain(|taken| taken.round == 0 && taken.visit < 4);
        let own = models.map(|_| normal() * session);
        for taken in &mut row.samples {
            let log = own[taken.contender] + normal() * visit;
            taken.sample.wall_ns = (1e7 * log.exp()) as u64;
        }
    }
    results
}

#[test]
fn intervals_hold_the_truth_in_sessions_that_differ() {
    let mut normal = normal_numbers(11);
    let visit = 0.05;
    let session = visit * BETWEEN_SESSIONS.sqrt();
    let (mut held, mut slower, count) = (0, 0, 400);
    for _ in 0..count {
        let ranking = one(&[simulated(&mut normal, visit, session)], &[]);
        for place in &ranking.places {
            let holds = place.ratio.unwrap().holds(1.0).unwrap();
            held += usize::from(holds);
            // Of equal models none is slower.
            slower += usize::from(place.finding == Finding::Slower);
        }
    }
    // Four standard errors about 95 %; a session's models share a reference,
    // so that its intervals miss together.
    let share = held as f64 / (3 * count) as f64;
    assert!((0.91..0.99).contains(&share), "{share}");
    assert!(slower < count / 10, "{slower}");
}

#[test]
fn intervals_of_joined_sessions_hold_the_truth() {
    let mut normal = normal_numbers(12);
    let (mut held, count) = (0, 200);
    for _ in 0..count {
        // More than the allowance: only the sessions themselves show it.
        let three = [(); 3].map(|()| simulated(&mut normal, 0.05, 0.1));
        let ranking = one(&three, &[]);
        let places = ranking.places.iter();
        let holds =
            places.filter(|p| p.ratio.unwrap().holds(1.0) == Some(true));
        held += holds.count();
    }
    let share = held as f64 / (3 * count) as f64;
    assert!(share > 0.9, "{share}");
}
