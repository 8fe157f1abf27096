//! What the lock that is held through everything does to a timeline.

use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::{Fetch, Subtasks};
use lanes_core::{Config, Context, Error, Job, Model, Run, Watch, Workload};
use lanes_mutex::Mutex;
use std::time::{Duration, Instant};

/// The spans of a run in which something was done, by their begin.
fn busy<W: Workload>(workload: &W) -> Vec<Span>
where
    Mutex: Run<W>,
{
    let model = Mutex::start(&Config::new(2).unwrap()).unwrap();
    let trace = Trace::new();
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    let context = Context::watching(watch).unwrap();
    let job = Job::new(workload, 7).unwrap();
    assert_eq!(model.run(&job.under(&context)), Ok(W::reference(&job)));
    let spans = trace.spans().into_iter();
    spans.filter(|span| span.state != State::Lock).collect()
}

fn overlap(spans: &[Span]) -> bool {
    spans.windows(2).any(|pair| pair[1].begin < pair[0].end)
}

#[test]
fn nothing_overlaps_not_even_waits() {
    let unit = Duration::from_millis(2);
    let subtasks = busy(&Subtasks { unit, rounds: None });
    // Three stretches of compute, two of them with an answer to compute with.
    assert_eq!(subtasks.len(), 3 + 2 + 2);
    assert!(!overlap(&subtasks), "{subtasks:?}");
    let delay = Duration::from_millis(1);
    let (count, in_flight) = (16, 4);
    let fetch = Fetch { requests: 8, delay, count, in_flight, server: None };
    let fetch = busy(&fetch);
    assert_eq!(fetch.len(), 8 + 8);
    assert!(!overlap(&fetch), "{fetch:?}");
}

#[test]
fn waits_add_up() {
    let model = Mutex::start(&Config::new(2).unwrap()).unwrap();
    let unit = Duration::from_millis(5);
    let job = Job::new(&Subtasks { unit, rounds: Some(1) }, 7).unwrap();
    let begin = Instant::now();
    model.run(&job).unwrap();
    // Three units and one, and hardly any compute.
    assert!(begin.elapsed() >= 4 * unit);
}

#[test]
fn more_forks_than_threads_are_refused() {
    let model = Mutex::start(&Config::new(2).unwrap()).unwrap();
    let fib = lanes_core::workload::Fib { n: 24, cutoff: 0 };
    let job = Job::new(&fib, 7).unwrap();
    let refused = model.run(&job);
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
}
