//! The estimates at their edges, and in simulated sessions.

use lanes_measure::statistics::{Fit, Interval, gaps, median};
use serde::Deserialize;

// The example that prints the table makes the sessions of these tests too.
#[allow(dead_code)]
#[path = "../examples/simulate.rs"]
mod simulate;

use simulate::{Session, sample};

const USUAL: Session = Session {
    visits: 8,
    contenders: 4,
    noise: 0.02,
    uneven: 1.0,
    disturbed: 0.02,
    peeking: false,
};

/// What `scipy/expected.py` wrote.
#[derive(Deserialize)]
struct Samples {
    medians: Vec<Median>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Median {
    values: Vec<f64>,
    median: f64,
}

/// Two contenders of the same visits, and what is known of their difference.
#[derive(Deserialize)]
struct Pair {
    visits: Vec<[Option<f64>; 2]>,
    estimate: f64,
    error: f64,
    low: f64,
    high: f64,
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
fn differences_are_the_trimmed_means_of_scipy() {
    for pair in scipy().pairs {
        let table: Vec<_> = pair.visits.iter().map(|v| v.to_vec()).collect();
        let found = Fit::new(&table).difference(0, 1).unwrap();
        near(found.estimate, pair.estimate, 1e-12);
        near(found.error, pair.error, 1e-12);
        let Interval { low, high, .. } = found.interval(0.95);
        near(low, pair.low, 1e-9);
        near(high, pair.high, 1e-9);
    }
}

#[test]
fn estimates_shift_with_the_data() {
    let table = sample(&USUAL, 7);
    let mut slower = table.clone();
    for visit in &mut slower {
        visit[0] = visit[0].map(|time| time + 1.0);
    }
    let (one, other) = (Fit::new(&table), Fit::new(&slower));
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let shift = if a == 0 { 1.0 } else { 0.0 };
        let [one, other] = [&one, &other].map(|f| f.difference(a, b).unwrap());
        near(other.estimate, one.estimate + shift, 1e-9);
        near(other.error, one.error, 1e-9);
    }
}

#[test]
fn samples_may_be_missing() {
    let mut table = sample(&Session { visits: 16, ..USUAL }, 7);
    for (number, visit) in table.iter_mut().enumerate() {
        match number % 4 {
            0 => visit[1] = None,
            1 => visit[1] = Some(f64::NEG_INFINITY),
            2 => visit[2] = None,
            _ => {}
        }
        visit.push(None);
        if number == 5 {
            visit.truncate(2);
        }
    }
    let fit = Fit::new(&table);
    assert_eq!(fit.difference(0, 1).unwrap().visits, 8);
    assert_eq!(fit.difference(1, 2).unwrap().visits, 4);
    assert_eq!(fit.difference(0, 4), None);
    assert_eq!(fit.difference(0, 9), None);
}

#[test]
fn too_few_visits_bound_nothing() {
    for visits in [0, 1, 2] {
        let table = sample(&Session { visits, ..USUAL }, 7);
        let fit = Fit::new(&table);
        assert_eq!(fit.difference(0, 1), None);
        for gap in gaps(&fit, &[0, 1, 2, 3], 0, 0.95) {
            assert!(gap.candidate);
            assert_eq!(gap.slower.high, f64::INFINITY);
            let text = serde_json::to_string(&gap.slower).unwrap();
            let back: Interval = serde_json::from_str(&text).unwrap();
            assert_eq!(gap.slower, back);
        }
    }
}

#[test]
fn equal_contenders_are_seldom_told_apart() {
    // 5 % at most by the method; 10 % of 300 sessions is four standard errors
    // more.
    for session in [
        USUAL,
        Session { visits: 4, contenders: 2, disturbed: 0.0, ..USUAL },
        Session { visits: 10, contenders: 8, disturbed: 0.1, ..USUAL },
        Session { uneven: 4.0, contenders: 8, ..USUAL },
        Session { visits: 100, peeking: true, ..USUAL },
    ] {
        let rates = simulate::simulate(&session, 300);
        assert!(rates.wrong <= 0.1, "{}", rates.wrong);
        assert!(rates.covered >= 0.9, "{}", rates.covered);
    }
}

#[test]
fn five_percent_are_seen_where_noise_is_two() {
    let rates = simulate::simulate(&Session { visits: 20, ..USUAL }, 120);
    assert!(rates.found >= 0.9, "{}", rates.found);
}
