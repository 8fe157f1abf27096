use super::*;
use crate::results::{ContenderResult, RowResult, Taken};
use crate::summarize::summarize;
use lanes_core::seed;
use lanes_core::workload::Shape;
use std::time::Duration;

const US: Duration = Duration::from_micros(1);
const AXES: Axes = Axes { x: Parameter::Compute, y: Parameter::Wait };

/// A session of these jobs, each with the time in seconds of each model.
fn session(rows: &[(Shape, &[(&str, f64)])]) -> Results {
    let mut results = crate::results::tests::empty();
    results.margin = 0.1;
    results.map = Some(AXES);
    let row = |(job, times): &(Shape, &[(&str, f64)])| {
        let times: Vec<(&str, usize, Option<usize>, f64)> =
            times.iter().map(|(name, time)| (*name, 2, None, *time)).collect();
        let mut row = crate::summarize::tests::row(&times);
        row.workload = "shape".into();
        row.parameters = serde_json::to_value(job).unwrap();
        row.summary = summarize(&row, 0.95, 0.1);
        row
    };
    results.rows = rows.iter().map(row).collect();
    results
}

fn job(compute: u32, wait: u32) -> Shape {
    Shape::equal(100, US * compute, US * wait)
}

#[test]
fn a_point_has_its_best_its_ties_and_what_the_next_one_costs() {
    let results = session(&[
        (job(1, 0), &[("a", 0.01), ("b", 0.02), ("c", 0.03)]),
        (job(10, 0), &[("a", 0.0101), ("b", 0.01), ("c", 0.04)]),
        (job(100, 0), &[("a", 0.03), ("b", 0.01), ("c", 0.02)]),
    ]);
    let map = Map::of(&results).unwrap();
    assert_eq!(map.models, ["a", "b", "c"]);
    assert_eq!((map.x.values.len(), map.y.values.len()), (3, 1));
    let points: Vec<&Point> = map.all().collect();
    let best = |at: usize| {
        let mut names = points[at].verdict.names().to_vec();
        names.sort();
        names
    };
    assert_eq!(best(0), ["a"]);
    assert_eq!(best(1), ["a", "b"]);
    assert_eq!(best(2), ["b"]);
    assert_eq!(map.decided(), 3);
    let second = points[1].second().unwrap();
    assert_eq!(second.model, "c");
    assert!((second.ratio.median / 4.0 - 1.0).abs() < 0.05);
    // Ties are no border: b is best at 10 as well as at 100.
    assert!(crossings(&map).is_empty());
    let sums = summaries(&map);
    assert!(sums[2].starts_with("c: among the best in 0 of 3"), "{}", sums[2]);
}

#[test]
fn a_border_lies_where_both_take_the_same_time() {
    let results = session(&[
        (job(1, 0), &[("a", 0.01), ("b", 0.02)]),
        (job(100, 0), &[("a", 0.02), ("b", 0.01)]),
    ]);
    let map = Map::of(&results).unwrap();
    let [border] = &crossings(&map)[..] else { panic!() };
    assert!((border.x / 1e-5 - 1.0).abs() < 0.1, "{border:?}");
    assert_eq!((&*border.left.0, &*border.right.0), ("a", "b"));
    let words = border.words(&map);
    assert!(words.contains("of compute per task a is best"), "{words}");
    assert!(words.contains("(b takes 2"), "{words}");
}

#[test]
fn two_maps_contradict_each_other_where_both_decide_otherwise() {
    let of = |times: &[(&str, f64)]| {
        Map::of(&session(&[(job(1, 0), times)])).unwrap()
    };
    let one = of(&[("a", 0.01), ("b", 0.02)]);
    let tied = of(&[("a", 0.01), ("b", 0.0101)]);
    let other = of(&[("a", 0.02), ("b", 0.01)]);
    assert!(one.contradictions(&tied).is_empty());
    assert!(tied.contradictions(&other).is_empty());
    assert_eq!(one.contradictions(&other).len(), 1);
}

#[test]
fn a_session_without_axes_or_of_other_work_is_no_map() {
    let mut results = session(&[(job(1, 0), &[("a", 0.01), ("b", 0.02)])]);
    assert!(Map::of(&results).is_some());
    results.rows[0].parameters = serde_json::json!({"len": 5});
    assert!(Map::of(&results).is_none());
    let mut results = session(&[(job(1, 0), &[("a", 0.01), ("b", 0.02)])]);
    results.map = None;
    assert!(Map::of(&results).is_none());
}

#[test]
fn a_point_whose_models_failed_is_unknown() {
    let mut results = session(&[(job(1, 0), &[("a", 0.01), ("b", 0.02)])]);
    let row: &mut RowResult = &mut results.rows[0];
    let failed = |contender: &mut ContenderResult| {
        let cause = crate::failure::Cause::Died;
        contender.failure = Some(crate::failure::Failure::new(cause, "why"));
    };
    row.contenders.iter_mut().for_each(failed);
    row.samples = Vec::<Taken>::new();
    row.summary = summarize(row, 0.95, 0.1);
    let map = Map::of(&results).unwrap();
    let point = map.all().next().unwrap();
    assert_eq!(point.verdict, Verdict::Unknown);
    assert_eq!(point.failed.len(), 2);
    assert_eq!(map.models, ["a", "b"]);
    assert!(summaries(&map)[0].contains("not measured"));
}

#[test]
fn values_rise_at_equal_ratios_from_zero_or_the_first() {
    let values = |parameter: Parameter, range, count| {
        parameter.values(range, count).values
    };
    let compute = values(Parameter::Compute, (1e-6, 1e-2), 5);
    assert_eq!(compute, [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]);
    let wait = values(Parameter::Wait, (0.0, 0.1), 5);
    assert_eq!(wait, [0.0, 1e-4, 1e-3, 1e-2, 1e-1]);
    assert_eq!(values(Parameter::Compute, (1e-6, 1e-2), 1), [1e-2]);
    assert_eq!(values(Parameter::Wait, (0.0, 0.1), 1), [0.0]);
    assert_eq!(values(Parameter::Wait, (0.0, 0.0), 3), [0.0]);
    let skew = values(Parameter::Skew, (0.0, 1.2), 4);
    assert_eq!(skew, [0.0, 1.2, 1.9, 3.0]);
    for parameter in Parameter::ALL {
        let axis = parameter.values(parameter.usual(), 5);
        assert_eq!(axis.values.len(), 5, "{parameter:?}");
        let rises = axis.values.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(rises, "{axis:?}");
    }
}

#[test]
fn every_value_that_is_set_is_read_again_and_makes_a_job() {
    for parameter in Parameter::ALL {
        for value in parameter.values(parameter.usual(), 5).values {
            let job = parameter.set(&job(10, 10), value);
            let read = parameter.of(&job);
            // Counts are whole.
            let most = if value > 1.0 { 0.5 } else { value * 1e-6 };
            assert!((read - value).abs() <= most, "{parameter:?}: {value}");
            let few = Parameter::Tasks.set(&job, 4.0);
            lanes_core::Job::new(&few, seed::part(7, 0)).unwrap();
        }
    }
}

#[test]
fn a_point_has_as_many_tasks_as_last_twenty_milliseconds() {
    let tasks = |compute: u32, wait: u32| tasks_for(&job(compute, wait), 2);
    assert_eq!(tasks(1, 0), 10_000);
    assert_eq!(tasks(100, 0), 400);
    assert_eq!(tasks(10_000, 0), 4);
    // Two workers that sleep are kept for half a second.
    assert_eq!(tasks(1, 100_000), 10);
    assert_eq!(tasks(0, 0), 10_000);
    let rate = Shape { rate: Some(1e3), ..job(10, 0) };
    assert_eq!(tasks_for(&rate, 2), 100);
}

#[test]
fn a_grid_has_a_job_for_each_pair_of_values() {
    let x = Parameter::Compute.values((1e-6, 1e-2), 5);
    let y = Parameter::Wait.values((0.0, 0.1), 5);
    let jobs = grid(&job(1, 1), (&x, &y), None, 2);
    assert_eq!(jobs.len(), 25);
    assert!(jobs.iter().all(|job| job.at_once == job.tasks));
    let fixed = grid(&job(1, 1), (&x, &y), Some(64), 2);
    assert!(fixed.iter().all(|job| job.tasks == 64));
}
