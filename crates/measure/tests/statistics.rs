//! The statistics against scipy, at their edges, and in simulated sessions.

use lanes_measure::statistics::{
    Interval, Verdict, compare, draws, median, verdict,
};
use serde::Deserialize;

// The example that prints the table makes the sessions of these tests too.
#[allow(dead_code)]
#[path = "../examples/simulate.rs"]
mod simulate;

use simulate::{Session, sample};

const ALL: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

const USUAL: Session = Session {
    visits: 6,
    rounds: 10,
    contenders: 3,
    noise: 0.02,
    between: 0.005,
    uneven: 1.0,
};

/// What `scipy/expected.py` wrote.
#[derive(Deserialize)]
struct Samples {
    medians: Vec<Median>,
    ordinary: Vec<Row>,
    clustered: Vec<Row>,
}

#[derive(Deserialize)]
struct Median {
    values: Vec<f64>,
    median: f64,
}

#[derive(Deserialize)]
struct Row {
    visits: Vec<Vec<Vec<Option<f64>>>>,
    median: f64,
    error: f64,
    student: f64,
    percentiles: [f64; 4],
}

fn scipy() -> Samples {
    serde_json::from_str(include_str!("scipy/samples.json")).unwrap()
}

#[track_caller]
fn near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected}, by more than {tolerance}"
    );
}

#[test]
fn medians_are_those_of_numpy() {
    for Median { mut values, median: expected } in scipy().medians {
        near(median(&mut values).unwrap(), expected, 1e-12);
    }
    assert_eq!(median(&mut []), None);
    assert_eq!(median(&mut [f64::NAN]), None);
}

#[test]
fn errors_are_those_of_scipy() {
    let Samples { ordinary, clustered, .. } = scipy();
    for row in ordinary.iter().chain(&clustered) {
        let compared = compare(&row.visits, &[(0, 1)], 0.95, 1)[0].unwrap();
        near(compared.interval.median, row.median, 1e-12);
        // A thousand resamples estimate a standard error to some percent.
        near(compared.error, row.error, 0.08 * row.error);
    }
}

#[test]
fn one_round_a_visit_is_the_ordinary_bootstrap() {
    for row in scipy().ordinary {
        let compared = compare(&row.visits, &[(0, 1)], 0.95, 1)[0].unwrap();
        let expected = row.student * row.error;
        near(compared.alone.half_width(), expected, 0.08 * expected);
        let mut drawn: Vec<f64> = draws(&row.visits, &[(0, 1)], 4000, 1)
            .iter()
            .map(|draw| draw[0].unwrap())
            .collect();
        drawn.sort_by(f64::total_cmp);
        // The draws are stretched to an error that other resamples estimated
        // to some percent.
        let slack = 0.2 * row.error;
        let [low, below, above, high] = row.percentiles;
        assert!((low - slack..=below + slack).contains(&drawn[100]));
        assert!((above - slack..=high + slack).contains(&drawn[3900]));
    }
}

#[test]
fn intervals_are_deterministic_and_shift_with_the_data() {
    let visits = sample(&USUAL, 7);
    let one = compare(&visits, &ALL, 0.95, 3);
    assert_eq!(one, compare(&visits, &ALL, 0.95, 3));
    let mut slower = visits.clone();
    for round in slower.iter_mut().flatten() {
        round[0] = round[0].map(|time| time + 1.0);
    }
    let other = compare(&slower, &ALL, 0.95, 3);
    for (one, other) in one.iter().flatten().zip(other.iter().flatten()) {
        let shift = if one.pair.0 == 0 { 1.0 } else { 0.0 };
        near(other.interval.low, one.interval.low + shift, 1e-9);
        near(other.interval.high, one.interval.high + shift, 1e-9);
    }
}

#[test]
fn an_interval_for_all_holds_that_for_one() {
    for compared in compare(&sample(&USUAL, 7), &ALL, 0.95, 3) {
        let compared = compared.unwrap();
        assert!(compared.alone.half_width() < compared.interval.half_width());
    }
    let one = compare(&sample(&USUAL, 7), &[(0, 1)], 0.95, 3)[0].unwrap();
    assert_eq!(one.alone, one.interval);
}

#[test]
fn samples_may_be_missing() {
    let mut visits = sample(&USUAL, 7);
    for (number, round) in visits.iter_mut().flatten().enumerate() {
        match number % 4 {
            0 => round[1] = None,
            1 => round[1] = Some(f64::NEG_INFINITY),
            2 => round[2] = None,
            _ => {}
        }
        round.push(None);
        if number == 5 {
            round.truncate(2);
        }
    }
    let compared = compare(&visits, &[(0, 1), (1, 2), (0, 3), (0, 9)], 0.95, 1);
    let first = compared[0].unwrap();
    assert_eq!((first.rounds, first.visits), (30, 6));
    assert!(first.error.is_finite());
    assert_eq!(compared[1].unwrap().rounds, 15);
    assert_eq!(compared[2..], [None, None]);
    let drawn = draws(&visits, &[(0, 1), (0, 3)], 10, 1);
    assert!(drawn.iter().all(|draw| draw[0].is_some() && draw[1].is_none()));
}

#[test]
fn too_few_samples_bound_nothing() {
    let one_visit = sample(&Session { visits: 1, ..USUAL }, 7);
    let few = sample(&Session { visits: 4, rounds: 1, ..USUAL }, 7);
    for visits in [one_visit, few] {
        for compared in compare(&visits, &ALL, 0.95, 1) {
            let interval = compared.unwrap().interval;
            assert!(interval.median.is_finite());
            assert_eq!(interval.half_width(), f64::INFINITY);
            let said = verdict(&interval, 0.01, 0.01, 4);
            assert_eq!(said, Verdict::Unclear { more_rounds: None });
        }
        assert!(
            draws(&visits, &ALL, 5, 1).iter().flatten().all(Option::is_none)
        );
    }
    assert_eq!(compare(&[], &[(0, 1)], 0.95, 1), [None]);
    assert_eq!(compare(&[vec![]], &[], 0.95, 1), []);
}

#[test]
fn equal_samples_have_an_interval_without_width() {
    let visits = vec![vec![vec![Some(-7.0), Some(-7.3)]; 6]; 4];
    let compared = compare(&visits, &[(0, 1), (0, 0)], 0.95, 1);
    let interval = compared[0].unwrap().interval;
    assert_eq!(
        (interval.low, interval.high),
        (interval.median, interval.median)
    );
    near(interval.median, 0.3, 1e-12);
    assert_eq!(compared[1].unwrap().interval.half_width(), 0.0);
    assert!(
        draws(&visits, &[(0, 1)], 5, 1).iter().all(|draw| draw[0].is_some())
    );
}

#[test]
fn unbounded_intervals_survive_json() {
    let visits = sample(&Session { visits: 1, ..USUAL }, 7);
    let compared = compare(&visits, &ALL, 0.95, 1);
    let text = serde_json::to_string(&compared).unwrap();
    let back: Vec<_> = serde_json::from_str(&text).unwrap();
    assert_eq!(compared, back);
}

#[test]
fn verdicts_follow_from_the_ends() {
    let said = |low: f64, high: f64| {
        let interval = Interval { low, median: (low + high) / 2.0, high };
        verdict(&interval, 0.015, 0.02, 100)
    };
    let within = 0.01_f64.exp_m1();
    assert_eq!(said(-0.005, 0.01), Verdict::Equivalent { within });
    assert_eq!(said(-0.01, 0.005), Verdict::Equivalent { within });
    // Beyond the floor, but less than was asked for.
    let within = 0.019_f64.exp_m1();
    assert_eq!(said(0.016, 0.019), Verdict::Equivalent { within });
    let (low, high) = (0.05_f64.exp_m1(), 0.1_f64.exp_m1());
    assert_eq!(said(0.05, 0.1), Verdict::Slower { low, high });
    let (low, high) = ((-0.1_f64).exp_m1(), (-0.05_f64).exp_m1());
    assert_eq!(said(-0.1, -0.05), Verdict::Faster { low, high });
}

#[test]
fn unclear_verdicts_tell_how_many_rounds_more() {
    let said = |median: f64, half: f64, floor, margin| {
        let interval =
            Interval { low: median - half, median, high: median + half };
        match verdict(&interval, floor, margin, 100) {
            Verdict::Unclear { more_rounds } => more_rounds,
            other => panic!("{other:?}"),
        }
    };
    // Half the width takes four times the rounds, either way.
    assert_eq!(said(0.25, 0.5, 0.125, 0.125), Some(300));
    assert_eq!(said(-0.25, 0.5, 0.125, 0.125), Some(300));
    assert_eq!(said(0.0, 0.5, 0.125, 0.25), Some(300));
    assert_eq!(said(0.125, 0.5, 0.125, 0.125), None);
    // Sure, and below the floor.
    assert_eq!(said(0.1, 0.05, 0.125, 0.0), None);
    assert_eq!(said(0.0, f64::INFINITY, 0.125, 0.25), None);
}

#[test]
fn equal_contenders_are_seldom_told_apart() {
    // The rate is 5 % at most; 10 % of 120 sessions is 2.5 standard errors
    // more.
    let sessions = [
        Session { visits: 4, rounds: 12, between: 0.0, ..USUAL },
        Session { visits: 4, rounds: 6, between: 0.01, ..USUAL },
        Session { contenders: 2, ..USUAL },
        Session { contenders: 5, noise: 0.01, between: 0.01, ..USUAL },
    ];
    for session in sessions {
        let rates = simulate::simulate(&session, 120);
        assert!(rates.wrong <= 0.1, "{}", rates.wrong);
        assert!(rates.covered >= 0.9, "{}", rates.covered);
    }
}

#[test]
fn five_percent_are_seen_in_a_usual_session() {
    let rates = simulate::simulate(&USUAL, 120);
    assert!(rates.found >= 0.9, "{}", rates.found);
}
