//! What the lock does to the workloads.

use lanes_core::nested::innermost;
use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::{Counter, Fetch, Fib, Form, Subtasks};
use lanes_core::{Config, Context, Error, Job, Run, Watch, Workload};
use lanes_gil::{Gil, Options};
use std::time::{Duration, Instant};

fn gil(interval: Duration) -> Gil {
    let options = Options { interval, ..Options::default() };
    Gil::with(options, &Config::new(2).unwrap()).unwrap()
}

/// The spans of a run, with the waits for the lock cut out of the others.
fn traced<W: Workload>(model: &Gil, workload: &W) -> Vec<Span>
where
    Gil: Run<W>,
{
    let trace = Trace::new();
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    let context = Context::watching(watch).unwrap();
    let job = Job::new(workload, 7).unwrap();
    assert_eq!(model.run(&job.under(&context)), Ok(W::reference(&job)));
    innermost(&trace.spans())
}

#[test]
fn no_two_tasks_compute_at_once() {
    let model = gil(Duration::from_micros(200));
    let unit = Duration::from_millis(2);
    // On a busy machine the threads of one run may never meet.
    for _ in 0..50 {
        let spans = traced(&model, &Subtasks { unit, rounds: None });
        let computes = |span: &&Span| span.state == State::Compute;
        let compute: Vec<_> = spans.iter().filter(computes).collect();
        for pair in compute.windows(2) {
            assert!(pair[0].end <= pair[1].begin, "{pair:?}");
        }
        assert!(!model.lock().is_wanted() && !model.lock().is_mine());
        // Three stretches before and two after a wait, unless the lock was
        // passed on within one of them.
        if compute.len() > 3 + 2 {
            assert!(model.lock().statistics().forced_switches > 0);
            return;
        }
    }
    panic!("the kernels never passed the lock on");
}

#[test]
fn waits_overlap() {
    let model = gil(Duration::from_millis(5));
    let delay = Duration::from_millis(100);
    let (count, in_flight) = (16, 8);
    let fetch = Fetch { requests: 8, delay, count, in_flight, server: None };
    let job = Job::new(&fetch, 7).unwrap();
    let begin = Instant::now();
    assert_eq!(model.run(&job), Ok(Fetch::reference(&job)));
    // Eight one after the other take eight times the delay.
    assert!(begin.elapsed() < delay * 5, "{:?}", begin.elapsed());
}

fn counted(form: Form, adds: usize) -> (u64, u64) {
    let model = gil(Duration::from_micros(10));
    let counter = Counter { tasks: 4, adds, form, grain: 100 };
    let job = Job::new(&counter, 7).unwrap();
    (model.run(&job).unwrap(), Counter::reference(&job))
}

/// The lock is passed on at checkpoints only, so that what lies between two of
/// them is never torn apart, and what has one in it is.
#[test]
fn additions_get_lost_where_a_checkpoint_divides_them() {
    let (total, all) = counted(Form::Unlocked, 300_000);
    assert_eq!(total, all);
    let (total, all) = counted(Form::Lock, 300_000);
    assert_eq!(total, all);
    // On a busy machine the threads of a short run may never meet.
    let lost = [300_000, 3_000_000, 30_000_000].into_iter().any(|adds| {
        let (total, all) = counted(Form::Apart, adds);
        assert!(total <= all);
        total < all
    });
    assert!(lost, "no addition got lost");
}

#[test]
fn one_lock_for_all_runs_of_a_model() {
    let model = gil(Duration::from_micros(200));
    let job = Job::new(&Fib { n: 6, cutoff: 0 }, 7).unwrap();
    assert_eq!(model.run(&job), Ok(8));
    let holds = model.lock().statistics().holds;
    // A thread for the root, and one for each of the forks.
    let threads = 1 + job.forks();
    assert!(holds >= threads, "{holds} for {threads} threads");
    assert_eq!(model.run(&job), Ok(8));
    assert!(model.lock().statistics().holds >= holds + threads);
}

#[test]
fn what_cannot_be_is_refused() {
    let interval = Duration::ZERO;
    let options = Options { interval, ..Options::default() };
    let zero = Gil::with(options, &Config::new(2).unwrap());
    assert!(matches!(zero.err(), Some(Error::Invalid(_))));
    let model = gil(Duration::from_millis(5));
    let refused = model.run(&Job::new(&Fib { n: 24, cutoff: 0 }, 7).unwrap());
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
}
