//! Searches whose answer is known.

use super::search::{found, grains, most_points, wanted};
use super::verdict::{MOST, enter};
use super::*;
use crate::document;
use crate::failure::Cause;
use lanes_core::seed;

const GRAINS: [u64; 2] = [1 << 12, 1 << 14];

fn model() -> Compared {
    Compared {
        name: "a".into(),
        workers: 2,
        failure: None,
        found: Found::Unmeasured,
        points: Vec::new(),
    }
}

/// A visit to a point of a model that starts in `start` items' time and then
/// takes half as long as the loop; with the larger grain a tenth less.
fn visit(
    model: &mut Compared,
    (len, grain): (u64, u64),
    start: f64,
    luck: f64,
) {
    let yardstick = len as f64 * 1e-9;
    let factor = if grain == GRAINS[1] { 0.9 } else { 1.0 };
    let seconds = (start * 1e-9 + yardstick / 2.0) * factor * (1.0 + luck);
    let key = |point: &Point| (point.len, point.grain);
    let at = match model.points.binary_search_by_key(&(len, grain), key) {
        Ok(at) => at,
        Err(at) => {
            let (ratio, finding) = (None, Finding::Open);
            let point =
                Point { len, grain, ratio, finding, visits: Vec::new() };
            model.points.insert(at, point);
            at
        }
    };
    let seen = Seen { seconds, yardstick };
    let tests = most_points(&lengths(1 << 10, 1 << 24).unwrap(), &GRAINS);
    enter(&mut model.points[at], seen, 0.95, tests);
}

/// What the search finds of such a model, and with how many visits.
fn searched(start: f64, size: f64) -> (Compared, usize) {
    let lengths = lengths(1 << 10, 1 << 24).unwrap();
    let mut numbers = seed::numbers(3);
    let mut luck = || {
        let number = numbers.next().unwrap() >> 11;
        size * (number as f64 / (1u64 << 53) as f64 - 0.5)
    };
    let (mut model, mut visits) = (model(), 0);
    loop {
        let points = wanted(&model, &lengths, &GRAINS);
        if points.is_empty() {
            model.found = found(&model, &lengths, &GRAINS);
            return (model, visits);
        }
        for point in points {
            visit(&mut model, point, start, luck());
            visits += 1;
        }
        assert!(visits < 500, "it ends");
    }
}

#[test]
fn a_known_crossover_is_found_with_its_grain() {
    // Both take as long where half of the length is the start: twice that.
    let (model, visits) = searched(3e4, 0.02);
    let Found::From { len, grain, ratio, not_at } = model.found else {
        panic!("{model:?}")
    };
    // 65,536 items are half won, with the better grain.
    assert_eq!((len, grain, not_at), (1 << 16, 1 << 14, Some(1 << 15)));
    assert!(ratio.low < 0.862 && 0.862 < ratio.high && ratio.high < 1.0);
    assert!(visits <= 6 * MOST * GRAINS.len(), "{visits}");
}

#[test]
fn never_and_always_are_answers() {
    let (model, _) = searched(1e9, 0.02);
    assert_eq!(model.found, Found::Never { up_to: 1 << 24 });
    let (model, _) = searched(0.0, 0.02);
    let Found::From { len, not_at, .. } = model.found else { panic!() };
    assert_eq!((len, not_at), (1 << 10, None));
}

#[test]
fn what_is_not_certain_is_open() {
    // As fast as the loop at the longest, with much luck.
    let (model, visits) = searched((1 << 23) as f64 * 1.05, 0.8);
    assert_eq!(model.found, Found::Open, "{:?}", model.found);
    assert_eq!(visits, MOST * GRAINS.len());
    let mut few = self::model();
    let lengths = lengths(1 << 10, 1 << 24).unwrap();
    assert_eq!(found(&few, &lengths, &GRAINS), Found::Unmeasured);
    for _ in 0..3 {
        visit(&mut few, (1 << 24, GRAINS[0]), 0.0, 0.0);
    }
    assert_eq!(found(&few, &lengths, &GRAINS), Found::Open);
    assert_eq!(few.points[0].ratio, None);
    few.failure = Some(Failure::new(Cause::Died, "why"));
    assert!(wanted(&few, &lengths, &GRAINS).is_empty());
}

#[test]
fn grains_cut_their_length() {
    assert_eq!(grains(1 << 16, &GRAINS), GRAINS);
    assert_eq!(grains(1 << 13, &GRAINS), [1 << 12]);
    assert_eq!(grains(1 << 10, &GRAINS), [1 << 9]);
    assert_eq!(grains(2, &[0, 1, 1]), [1]);
    assert_eq!(lengths(3, 20).unwrap(), [4, 8, 16]);
    assert!(lengths(17, 31).is_err() && lengths(9, 3).is_err());
    assert_eq!(lengths(0, u64::MAX).unwrap().len(), 62);
}

#[test]
fn a_file_is_read_as_it_was_written_and_what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crossover.json");
    let load = |crossover: &Crossover| {
        let _ = std::fs::remove_file(&path);
        document::save(&path, crossover).unwrap();
        Crossover::load(&path)
    };
    let whole = Crossover {
        schema: SCHEMA.into(),
        version: VERSION,
        state: State::Running,
        begun: "2026-01-01T00:00:00Z".into(),
        seconds: 3.0,
        machine: Machine::here(Vec::new()),
        build: Build::here("rustc 1", None, false),
        seed: 7,
        level: 0.95,
        workload: "max".into(),
        yardstick: "sequential".into(),
        shortest: 1 << 10,
        longest: 1 << 24,
        models: vec![searched(3e4, 0.02).0],
    };
    assert_eq!(load(&whole).unwrap(), whole);
    assert_eq!(whole.clone().interrupted().state, State::Interrupted);
    let refused = |change: fn(&mut Crossover)| {
        let mut wrong = whole.clone();
        change(&mut wrong);
        let why = load(&wrong).unwrap_err();
        assert!(why.to_string().contains("measure again"), "{why}");
    };
    refused(|wrong| wrong.level = 0.0);
    refused(|wrong| wrong.seconds = -1.0);
    refused(|wrong| wrong.shortest = 0);
    refused(|wrong| wrong.longest = 1);
    refused(|wrong| wrong.models[0].workers = 0);
    refused(|wrong| wrong.models[0].name.clear());
    refused(|wrong| wrong.models[0].points.reverse());
    refused(|wrong| wrong.models[0].points[0].len = 0);
    refused(|wrong| wrong.models[0].points[0].visits[0].yardstick = 0.0);
    refused(|wrong| wrong.models[0].found = Found::Never { up_to: 0 });
    refused(|wrong| {
        if let Found::From { not_at, .. } = &mut wrong.models[0].found {
            *not_at = Some(1 << 30);
        }
    });
}
