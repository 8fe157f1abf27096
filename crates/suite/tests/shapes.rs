//! `shape` with every parameter, in every model: the conformance suite has it
//! in two sizes only.

use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::Shape;
use lanes_core::{
    Config, Context, Entry, Error, Job, Started, Watch, Workload,
};
use lanes_suite::MODELS;
use std::thread;
use std::time::Duration;

const US: Duration = Duration::from_micros(1);
const MS: Duration = Duration::from_millis(1);

/// The models that have the cell.
fn models() -> impl Iterator<Item = &'static Entry> {
    MODELS.iter().filter(|entry| entry.has(Shape::NAME))
}

fn start(entry: &Entry, workers: usize) -> Started {
    entry.start(&Config::new(workers).unwrap()).unwrap()
}

fn job(shape: &Shape) -> Job<Shape> {
    Job::new(shape, 7).unwrap()
}

/// Whether a model refuses a shape: workers that are processes share no lock.
fn refuses(model: &Started, shape: &Shape) -> bool {
    shape.lock > 0.0 && model.name().starts_with("processes")
}

/// The spans of a run; none if the model refuses it.
fn spans(model: &Started, shape: &Shape) -> Vec<Span> {
    let trace = Trace::new();
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    let job = job(shape).under(&Context::watching(watch).unwrap());
    match model.run(&job) {
        Err(Error::Unsupported(_)) if refuses(model, shape) => Vec::new(),
        result => {
            let answer = result.unwrap();
            assert_eq!(answer, Shape::reference(&job), "{}", model.name());
            trace.spans()
        }
    }
}

#[test]
fn every_parameter_in_every_model_gives_the_reference_answer() {
    let plain = Shape::equal(30, 20 * US, Duration::ZERO);
    let waits = Shape { wait: MS, ..plain.clone() };
    let shapes = [
        Shape { at_once: 1, ..plain.clone() },
        Shape { at_once: 3, ..waits.clone() },
        Shape { skew: Some(1.2), ..plain.clone() },
        Shape { skew: Some(1.2), at_once: 4, ..waits.clone() },
        Shape { lock: 0.1, ..plain.clone() },
        Shape { lock: 1.0, at_once: 5, ..waits.clone() },
        Shape { rate: Some(20_000.0), ..plain.clone() },
        Shape { rate: Some(5_000.0), at_once: 2, ..waits.clone() },
        Shape { compute: Duration::ZERO, ..waits },
        Shape { compute: Duration::ZERO, ..plain },
    ];
    for entry in models() {
        for workers in [1, 2, 3] {
            let model = start(entry, workers);
            for shape in &shapes {
                let job = job(shape);
                let cell =
                    format!("{} of {workers}: {}", entry.name, shape.label());
                match model.run(&job) {
                    Err(Error::Unsupported(why)) if refuses(&model, shape) => {
                        assert!(why.contains("lock"), "{cell}: {why}");
                    }
                    Err(error) => panic!("{cell}: {error}"),
                    Ok(answer) => {
                        assert_eq!(answer, Shape::reference(&job), "{cell}");
                        let latencies =
                            answer.latencies.map(|all| all.nanos().len());
                        let open = shape.rate.is_some() && !answer.saturated;
                        assert_eq!(latencies, open.then_some(30), "{cell}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_more_tasks_are_under_way_than_may_be() {
    let at_once = 3;
    let shape =
        Shape { at_once, wait: 2 * MS, ..Shape::equal(20, 50 * US, MS) };
    for entry in models() {
        for workers in [2, 8] {
            let spans = spans(&start(entry, workers), &shape);
            let time = |task: usize| {
                let own = spans.iter().filter(|span| span.task == task);
                let begin = own.clone().map(|span| span.begin).min().unwrap();
                (begin, own.map(|span| span.end).max().unwrap())
            };
            let times: Vec<_> = (0..shape.tasks).map(time).collect();
            for (begin, _) in &times {
                let there = times.iter();
                let there =
                    there.filter(|(b, end)| b <= begin && begin < end).count();
                assert!(there <= at_once, "{}: {there} at once", entry.name);
            }
        }
    }
}

#[test]
fn two_tasks_never_compute_under_the_lock() {
    let shape = Shape {
        lock: 1.0,
        wait: 100 * US,
        ..Shape::equal(40, 100 * US, Duration::ZERO)
    };
    for entry in models() {
        let spans = spans(&start(entry, 3), &shape);
        let computes = |span: &&Span| span.state == State::Compute;
        let mut last = 0;
        for span in spans.iter().filter(computes) {
            assert!(last <= span.begin, "{}: {spans:?}", entry.name);
            last = span.end;
        }
        assert_eq!(spans.is_empty(), entry.name.starts_with("processes"));
    }
}

#[test]
fn a_cancel_ends_every_wait() {
    // A minute each: a wait that were not ended would give an answer.
    let minute = Duration::from_secs(60);
    let waits = Shape::equal(4, US, minute);
    let arrives =
        Shape { rate: Some(1.0 / 60.0), ..Shape::equal(4, US, Duration::ZERO) };
    for entry in models() {
        let model = start(entry, 2);
        for shape in [&waits, &arrives] {
            let context = Context::new();
            let canceller = context.clone();
            let result = thread::scope(|scope| {
                scope.spawn(move || {
                    thread::sleep(20 * MS);
                    canceller.cancel();
                });
                model.run(&job(shape).under(&context))
            });
            assert_eq!(result, Err(Error::Cancelled), "{}", entry.name);
        }
    }
}

#[test]
fn a_rate_that_one_lane_cannot_hold_is_saturated() {
    let rate = Some(2_000.0);
    let shape = Shape { rate, at_once: 1, ..Shape::equal(40, US, 2 * MS) };
    for entry in models() {
        let answer = start(entry, 2).run(&job(&shape)).unwrap();
        // 40 waits of 2 ms, of tasks that have all come after 20 ms.
        assert!(answer.saturated, "{}", entry.name);
        assert!(answer.latencies.is_none(), "{}", entry.name);
    }
}
