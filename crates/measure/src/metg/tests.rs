//! Curves whose answer is known.

use super::estimate::estimate;
use super::ladder::{RUNGS, graph, wanted};
use super::*;
use crate::document;
use crate::failure::Cause;
use lanes_core::seed;

fn curve() -> Curve {
    let (name, workers) = ("a".into(), 2);
    let (failure, found) = (None, Found::Unmeasured);
    Curve { name, workers, failure, found, rungs: Vec::new() }
}

/// A visit to a rung of a model whose tasks cost so many seconds more than
/// their grain: half is reached where the grain is that cost.
fn visit(curve: &mut Curve, nanos: u64, cost: f64, noise: f64) {
    let grain = nanos as f64 * 1e-9;
    let at = curve.rungs.iter().position(|rung| rung.nanos >= nanos);
    let at = at.unwrap_or(curve.rungs.len());
    if curve.rungs.get(at).is_none_or(|rung| rung.nanos != nanos) {
        let (steps, tasks) = (50, 100);
        let (efficiency, interval) = (None, None);
        let visits = Vec::new();
        let rung = Rung { nanos, steps, tasks, efficiency, interval, visits };
        curve.rungs.insert(at, rung);
    }
    let seconds = 50.0 * (grain + cost) * (1.0 + noise);
    curve.rungs[at].visits.push(Seen { grain, seconds, hop: None });
    estimate(curve, None, 0.95, 7);
}

/// Luck of this size.
fn luck(size: f64) -> impl FnMut() -> f64 {
    let mut numbers = seed::numbers(3);
    move || {
        let number = numbers.next().unwrap() >> 11;
        size * (number as f64 / (1u64 << 53) as f64 - 0.5)
    }
}

/// What the ladder finds of a model, and in how many visits.
fn climbed(cost: f64, size: f64, most: usize) -> (Curve, usize) {
    let (mut curve, mut luck) = (curve(), luck(size));
    let mut visits = 0;
    while visits < most {
        let wanted = wanted(&curve, None);
        if wanted.is_empty() {
            break;
        }
        for rung in wanted {
            visit(&mut curve, 1 << rung, cost, luck());
            visits += 1;
        }
    }
    (curve, visits)
}

#[test]
fn the_ladder_finds_a_known_cost_with_an_interval_that_holds_it() {
    for cost in [80e-9, 0.3e-6, 0.71e-6, 5e-6, 102e-6, 3e-3] {
        let (curve, _) = climbed(cost, 0.1, 40);
        let Found::Metg(found) = curve.found else { panic!("{curve:?}") };
        // A straight line between two rungs errs by less than a hundredth.
        let ratio = found.median / cost;
        assert!((0.93..1.07).contains(&ratio), "{cost}: {found:?}");
        assert!(found.low < cost * 1.03 && cost * 0.97 < found.high);
        assert!(found.high / found.low < 1.3, "{found:?}");
    }
}

#[test]
fn no_figure_is_there_where_nothing_brackets_one_half() {
    // It costs nothing, or more than any grain.
    let (curve, visits) = climbed(0.0, 0.01, 100);
    assert_eq!(curve.found, Found::Above { down_to: 32e-9 });
    assert!(visits < 30, "{visits}");
    let (curve, visits) = climbed(1.0, 0.01, 100);
    let Found::Below { up_to } = curve.found else { panic!("{curve:?}") };
    assert!((up_to / 16.777_216e-3 - 1.0).abs() < 1e-9, "{up_to}");
    assert!(visits < 30, "{visits}");
}

#[test]
fn few_visits_and_a_failure_are_no_figure() {
    let mut curve = curve();
    assert_eq!(wanted(&curve, None), [18]);
    for nanos in [1 << 10, 1 << 11] {
        for _ in 0..FEWEST - 1 {
            visit(&mut curve, nanos, 1.5e-6, 0.0);
        }
    }
    assert_eq!(curve.found, Found::Open);
    assert_eq!(curve.rungs[0].interval, None);
    for nanos in [1 << 10, 1 << 11] {
        visit(&mut curve, nanos, 1.5e-6, 0.0);
    }
    assert!(matches!(curve.found, Found::Metg(_)), "{curve:?}");
    curve.failure = Some(Failure::new(Cause::Died, "why"));
    assert_eq!(wanted(&curve, None), [0u32; 0]);
}

#[test]
fn a_disturbed_visit_does_not_decide() {
    let mut curve = curve();
    for round in 0..9 {
        for nanos in [1 << 10, 1 << 11] {
            let noise = if round == 4 { 3.0 } else { 0.0 };
            visit(&mut curve, nanos, 1.5e-6, noise);
        }
    }
    let Found::Metg(found) = curve.found else { panic!("{curve:?}") };
    assert!((found.median / 1.5e-6 - 1.0).abs() < 0.03, "{found:?}");
    // A rung that one visit alone has put on the wrong side is visited again.
    let mut curve = self::curve();
    for (nanos, noise) in [(1 << 18, 0.0), (1 << 16, 9.0), (1 << 17, 0.0)] {
        visit(&mut curve, nanos, 1e-6, noise);
    }
    assert!(wanted(&curve, None).contains(&16));
}

#[test]
fn graphs_of_all_rungs_last_about_as_long() {
    for rung in RUNGS {
        for width in [1, 2, 64, 1024] {
            let graph = graph(rung, Pattern::Stencil, width);
            let tasks = graph.steps * width;
            assert!(graph.steps >= 8 && tasks <= (1 << 17), "{graph:?}");
            let compute = graph.grain * graph.steps as u32;
            let bound = graph.steps == 8 || tasks > (1 << 16);
            assert!(bound || compute.as_micros() > 7_000, "{graph:?}");
        }
    }
}

fn metg() -> Metg {
    let (curve, _) = climbed(1e-6, 0.1, 30);
    Metg {
        schema: SCHEMA.into(),
        version: VERSION,
        state: State::Running,
        begun: "2026-01-01T00:00:00Z".into(),
        seconds: 3.0,
        machine: Machine::here(Vec::new()),
        build: Build::here("rustc 1", None, false),
        seed: 7,
        level: 0.95,
        pattern: Pattern::AllToAll,
        width: 2,
        apart: None,
        curves: vec![curve],
    }
}

#[test]
fn a_file_is_read_as_it_was_written_and_what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metg.json");
    let load = |metg: &Metg| {
        let _ = std::fs::remove_file(&path);
        document::save(&path, metg).unwrap();
        Metg::load(&path)
    };
    let whole = metg();
    assert_eq!(load(&whole).unwrap(), whole);
    assert_eq!(whole.clone().interrupted().state, State::Interrupted);
    let refused = |change: fn(&mut Metg)| {
        let mut wrong = whole.clone();
        change(&mut wrong);
        let why = load(&wrong).unwrap_err();
        assert!(why.to_string().contains("measure again"), "{why}");
    };
    refused(|metg| metg.level = 1.5);
    refused(|metg| metg.seconds = -1.0);
    refused(|metg| metg.width = 0);
    refused(|metg| metg.curves[0].workers = 0);
    refused(|metg| metg.curves[0].name.clear());
    refused(|metg| metg.curves[0].rungs.reverse());
    refused(|metg| metg.curves[0].rungs[0].tasks = 0);
    refused(|metg| metg.curves[0].rungs[0].efficiency = None);
    refused(|metg| metg.curves[0].rungs[0].visits[0].seconds = 0.0);
    refused(|metg| metg.curves[0].found = Found::Below { up_to: -1.0 });
    refused(|metg| {
        let (low, median, high) = (3.0, 2.0, 4.0);
        metg.curves[0].found = Found::Metg(Interval { low, median, high });
    });
}
