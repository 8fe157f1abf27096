use super::*;
use crate::trace::monotonic;
use crate::{Context, Probe, Watch};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const US: Duration = Duration::from_micros(1);
const MS: Duration = Duration::from_millis(1);

/// Tasks of a thousand rounds each.
fn shape(tasks: usize) -> Shape {
    Shape { rounds: Some(1000), ..Shape::equal(tasks, US, Duration::ZERO) }
}

fn job(shape: &Shape) -> Job<Shape> {
    Job::new(shape, 7).unwrap()
}

/// One lane after the other, on this thread.
fn run(job: &Job<Shape>) -> Result<Shaped, Error> {
    let queue = job.queue();
    let tallies = job.lanes().map(|_| lane(job, &queue));
    job.answer(tallies.collect::<Result<Vec<_>, _>>()?)
}

fn lane(job: &Job<Shape>, queue: &Queue) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for task in job.tasks(queue) {
        if let Some(wait) = job.arrives_in(queue, task) {
            job.context().sleep(task, wait)?;
        }
        let state = job.before(queue, task)?;
        job.after(queue, task, state, &mut tally)?;
    }
    Ok(tally)
}

#[test]
fn every_task_is_done_once_however_many_lanes_there_are() {
    for tasks in [0, 1, 2, 3, 50] {
        for at_once in [1, 2, 3, 49, 50, 51, usize::MAX] {
            for lock in [0.0, 0.3, 1.0] {
                let job = job(&Shape { at_once, lock, ..shape(tasks) });
                assert_eq!(job.lanes().count(), at_once.min(tasks));
                assert_eq!(run(&job).unwrap(), Shape::reference(&job));
            }
        }
    }
}

#[test]
fn a_task_that_is_skipped_doubled_or_cut_short_changes_the_answer() {
    let job = job(&shape(5));
    let right = Shape::reference(&job);
    let queue = job.queue();
    let done = |tasks: &[usize]| {
        let mut tally = Tally::default();
        for task in tasks {
            let state = job.before(&queue, *task).unwrap();
            job.after(&queue, *task, state, &mut tally).unwrap();
        }
        job.answer([tally]).unwrap()
    };
    assert_eq!(done(&[4, 3, 2, 1, 0]), right);
    for wrong in [&[0, 1, 2, 3][..], &[0, 1, 2, 3, 3], &[0, 1, 2, 3, 4, 4]] {
        assert_ne!(done(wrong), right, "{wrong:?}");
    }
    // The kernel gets its state and makes one round of each task fewer.
    let cut = |task| kernel::churn(job.seed_of(task), 999);
    let sum = (0..5).map(cut).fold(0, u64::wrapping_add);
    assert_ne!(Shaped::of(5, sum), right);
    let mut halves = Tally::default();
    for task in 0..5 {
        let state = job.seed_of(task);
        job.after(&queue, task, state, &mut halves).unwrap();
    }
    assert_ne!(job.answer([halves]).unwrap(), right);
}

#[test]
fn unequal_tasks_have_the_same_sum_and_few_are_long() {
    for (tasks, rounds) in [(1, 1000), (2, 0), (7, 3), (2000, 10_000)] {
        for skew in [1.0001, 1.5, 3.0, 1e9] {
            let of = |seed| {
                let skew = Some(skew);
                let rounds = Some(rounds);
                let shape = Shape { skew, rounds, ..shape(tasks) };
                shape.input(seed).unwrap().each.unwrap()
            };
            let each = of(7);
            assert_eq!(each.iter().sum::<u64>(), tasks as u64 * rounds);
            assert_eq!(each, of(7));
            if tasks == 2000 && skew < 10.0 {
                assert_ne!(each, of(8));
                let below = each.iter().filter(|task| **task < rounds).count();
                assert!(below > tasks / 2, "{skew}: {below}");
            }
        }
    }
}

#[test]
fn the_tasks_of_lanes_in_other_processes_are_all_tasks() {
    for skew in [None, Some(1.2)] {
        for (tasks, lanes) in [(1, 1), (10, 3), (10, 10), (9, 3)] {
            let job = job(&Shape { skew, ..shape(tasks) });
            let queue = job.queue();
            let there = |lane| {
                let tasks = job.lane(&queue, lane, lanes);
                let text = serde_json::to_string(&tasks).unwrap();
                let tasks = serde_json::from_str(&text).unwrap();
                let job = Job::<Shape>::with(tasks, &Context::new());
                super::tests::lane(&job, &job.queue()).unwrap()
            };
            let answer = job.answer((0..lanes).map(there)).unwrap();
            assert_eq!(answer, Shape::reference(&job));
        }
    }
}

#[test]
fn two_tasks_are_never_under_the_lock() {
    let inside = Arc::new(AtomicUsize::new(0));
    let probe: Probe = Arc::new(move |_| {
        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
        thread::sleep(US);
        inside.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    });
    let watch = Watch { probe: Some(probe), ..Watch::default() };
    let context = Context::watching(watch).unwrap();
    let all = job(&Shape { lock: 1.0, at_once: 4, ..shape(200) });
    let all = all.under(&context);
    let queue = all.queue();
    let tallies = thread::scope(|scope| {
        let lanes: Vec<_> =
            all.lanes().map(|_| scope.spawn(|| lane(&all, &queue))).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).collect()
    });
    let tallies: Result<Vec<_>, _> = tallies;
    assert_eq!(all.answer(tallies.unwrap()).unwrap(), Shape::reference(&all));
}

#[test]
fn latencies_count_from_the_arrival_and_a_rate_nobody_holds_has_none() {
    let slow = job(&Shape { rate: Some(10_000.0), ..shape(20) });
    let before = monotonic();
    let answer = run(&slow).unwrap();
    // The last one arrives 1.9 ms after the start.
    assert!(monotonic() - before >= 1_900_000);
    if !answer.saturated {
        assert_eq!(answer.latencies.unwrap().nanos().len(), 20);
    }
    let tally = |end, latency| {
        let (tasks, sum, latencies) = (20, 0, vec![latency]);
        Tally::ended(tasks, sum, end, latencies)
    };
    // The longest takes 1 us, and 10 ms are allowed.
    let ended = |end| slow.answer([tally(end, 5)]).unwrap();
    let (held, late) = (ended(11_901_000), ended(11_901_001));
    assert_eq!(held.latencies.unwrap().nanos(), [5]);
    assert!(!held.saturated && late.saturated && late.latencies.is_none());
    let beyond = slow.answer([tally(5, u32::MAX)]).unwrap();
    assert!(beyond.saturated && beyond.latencies.is_none());
    // Without a rate there is no arrival to count from.
    let plain = run(&job(&shape(3))).unwrap();
    assert!(!plain.saturated && plain.latencies.is_none());
}

#[test]
fn what_cannot_be_is_refused() {
    let one = shape(1);
    let wrong = [
        Shape { at_once: 0, ..one.clone() },
        Shape { skew: Some(1.0), ..one.clone() },
        Shape { skew: Some(-2.0), ..one.clone() },
        Shape { skew: Some(f64::NAN), ..one.clone() },
        Shape { skew: Some(f64::INFINITY), ..one.clone() },
        Shape { lock: -0.1, ..one.clone() },
        Shape { lock: 1.1, ..one.clone() },
        Shape { lock: f64::NAN, ..one.clone() },
        Shape { rate: Some(0.0), ..one.clone() },
        Shape { rate: Some(-1.0), ..one.clone() },
        Shape { rate: Some(f64::NAN), ..one.clone() },
        Shape { rate: Some(f64::INFINITY), ..one.clone() },
        Shape { rate: Some(1e-300), ..shape(2) },
        Shape { rate: Some(1.0), wait: 5000 * MS, ..one.clone() },
        Shape { compute: Duration::MAX, ..one.clone() },
        Shape { wait: Duration::MAX, ..one.clone() },
        Shape { compute: 4_000_000_000 * MS, rounds: None, ..one.clone() },
        Shape { rounds: Some(u64::MAX), ..shape(2) },
        Shape { rounds: Some(u64::MAX), skew: Some(1.5), ..shape(2) },
        Shape { wait: 1000 * MS, ..shape(usize::MAX) },
    ];
    for shape in wrong {
        let refused = shape.input(7).err();
        let Some(Error::Invalid(why)) = refused else {
            panic!("{shape:?}: {refused:?}");
        };
        assert!(why.len() > 8, "{why}");
    }
    let many = Shape { tasks: 1 << 48, at_once: 1 << 48, ..one };
    assert_eq!(many.input(7).err(), Some(Error::memory()));
}

#[test]
fn labels_differ_where_rows_do_and_rows_are_read_as_written() {
    let mut labels = HashSet::new();
    let mut rows = 0;
    for tasks in [1, 5000] {
        for compute in [1, 10, 1000, 1500, 1_000_000, 2_000_000_000] {
            for wait in [0, 1, 2_000_000] {
                for at_once in [64, 5000] {
                    for skew in [None, Some(1.5), Some(1.50001)] {
                        for lock in [0.0, 0.05, 0.07, 1.0] {
                            for rate in [None, Some(1000.0), Some(0.5)] {
                                let (compute, wait) = (
                                    Duration::from_nanos(compute),
                                    Duration::from_nanos(wait),
                                );
                                let rounds = None;
                                let row = Shape {
                                    tasks,
                                    compute,
                                    wait,
                                    at_once,
                                    skew,
                                    lock,
                                    rate,
                                    rounds,
                                };
                                let text = serde_json::to_string(&row);
                                let text = text.unwrap();
                                let read = serde_json::from_str::<Shape>(&text);
                                assert_eq!(read.unwrap(), row);
                                labels.insert(row.label());
                                rows += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    // With one task it is the same whether 64 or 5000 may be under way.
    assert_eq!(labels.len(), rows * 3 / 4);
    let row = Shape {
        at_once: 64,
        skew: Some(1.5),
        lock: 0.07,
        rate: Some(1000.0),
        ..Shape::equal(5000, 50 * US, 2 * MS)
    };
    assert_eq!(row.label(), "5000x50us+2ms-64-skew1.5-lock7%-1000/s");
    assert_eq!(Shape::sizes(Size::Quick)[0].label(), "2000x10us+0");
}

#[test]
fn the_limit_is_the_largest_of_its_bounds() {
    // A nanosecond is a round, and a task 1000 of them.
    let bound = |shape: &Shape, workers| {
        let limit = bound::limit(&shape.input(7).unwrap(), workers, 1.0);
        (limit.what, limit.time.unwrap())
    };
    let many = shape(100);
    let all = bound(&many, 4);
    assert_eq!(all, ("all compute / workers", 25 * US));
    let (what, time) = bound(&Shape { wait: MS, ..many.clone() }, 4);
    assert_eq!(
        (what, time),
        ("the longest task, its wait included", 1001 * US)
    );
    let few = Shape { wait: MS, at_once: 10, ..many.clone() };
    let (what, time) = bound(&few, 4);
    assert_eq!(what, "all tasks, waits included, / those at once");
    assert_eq!(time, 10_010 * US);
    let locked = Shape { lock: 0.5, ..many.clone() };
    let (what, time) = bound(&locked, 4);
    assert_eq!((what, time), ("all compute that is under the lock", 50 * US));
    let open = Shape { rate: Some(1000.0), ..many.clone() };
    let (what, time) = bound(&open, 4);
    assert_eq!(what, "the last task to arrive, and its end");
    assert_eq!(time, 99 * MS + US);
    let skewed = Shape { skew: Some(1.01), ..many };
    let longest = skewed.input(7).unwrap().each.unwrap();
    let longest = longest.into_iter().max().unwrap();
    assert_eq!(bound(&skewed, 100).1, Duration::from_nanos(longest));
    assert_eq!(bound(&shape(0), 4), ("all compute / workers", Duration::ZERO));
}
