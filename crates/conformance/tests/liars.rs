//! The suite catches models that lie, and lets an honest one pass.

use lanes_conformance::{Checked, cell};
use lanes_core::parts::Part;
use lanes_core::request::Connection;
use lanes_core::workload::{Fetch, Max};
use lanes_core::{
    Cell, Cells, Config, Error, Fit, Job, Model, Row, Run, Started, Workload,
    caught, census,
};
use std::thread;

/// What a model does wrong.
#[derive(Clone, Copy, PartialEq)]
enum Lie {
    /// Nothing.
    None,
    /// It leaves the last part out.
    Answer,
    /// It answers without running a task.
    Tasks,
    /// It says two more workers than it has.
    MoreWorkers,
    /// It says one worker and has all it was asked for.
    FewerWorkers,
    /// It loses the panics of its tasks.
    Panics,
    /// It goes on after a task has failed.
    Errors,
    /// It opens a connection for each request.
    Reconnects,
    /// It has as many requests in flight as workers.
    Crowd,
}

struct Scoped {
    workers: usize,
    lie: Lie,
}

impl Model for Scoped {
    fn start(config: &Config) -> Result<Self, Error> {
        Ok(Self { workers: config.workers(), lie: Lie::None })
    }

    fn name(&self) -> &'static str {
        "scoped"
    }

    fn workers(&self) -> usize {
        match self.lie {
            Lie::MoreWorkers => self.workers + 2,
            Lie::FewerWorkers => 1,
            _ => self.workers,
        }
    }
}

impl Cells for Scoped {
    const CELLS: &'static [Cell] =
        &[Cell::new::<Self, Max>(), Cell::new::<Self, Fetch>()];
}

impl Run<Max> for Scoped {
    const FIT: Fit = Fit::Natural("a small model to lie with");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        if self.lie == Lie::Tasks {
            return Ok(Max::reference(job));
        }
        let mut parts: Vec<_> = job.parts(self.workers).collect();
        if self.lie == Lie::Answer {
            parts.pop();
        }
        let results: Vec<_> = thread::scope(|scope| {
            let start = |part| scope.spawn(|| caught(|| job.max(part)));
            let threads: Vec<_> = parts.into_iter().map(start).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join();
            threads.into_iter().map(|thread| join(thread).unwrap()).collect()
        });
        let mut most = None;
        for result in results {
            most = most.max(match result {
                Err(Error::Panicked(_)) if self.lie == Lie::Panics => None,
                Err(Error::Task(_)) if self.lie == Lie::Errors => None,
                result => result?,
            });
        }
        Ok(most)
    }
}

impl Run<Fetch> for Scoped {
    const FIT: Fit = Fit::Natural("a small model to lie with");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        let at_once = match self.lie {
            Lie::Crowd => self.workers,
            _ => job.in_flight().min(self.workers),
        };
        let fetch = |part: Part| {
            let mut connection = Connection::default();
            let exchange = |index| {
                if self.lie == Lie::Reconnects {
                    connection = Connection::default();
                }
                let request = job.request(index);
                let reply =
                    connection.exchange(request, job.context(), index)?;
                job.largest(index, &reply)
            };
            part.range.map(exchange).collect::<Result<Vec<u64>, Error>>()
        };
        thread::scope(|scope| {
            let start = |part| scope.spawn(move || fetch(part));
            let threads: Vec<_> = job.parts(at_once).map(start).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join();
            let join = |thread| join(thread).expect("no probe panics");
            let results: Result<Vec<_>, _> =
                threads.into_iter().map(join).collect();
            Ok(results?.concat())
        })
    }
}

/// Every case that needs only one workload.
fn pass(lie: Lie) -> Checked {
    let max = Max::plain(0, 1);
    let start = |config: &Config| {
        Ok(Started::new(Scoped { lie, ..Scoped::start(config)? }))
    };
    cell::matches_reference(&start, &max)?;
    cell::empty_and_one(&start, &max)?;
    cell::more_workers_than_items(&start, &max)?;
    cell::full_size(&start, &*Row::with_items(&max, 1 << 16))?;
    cell::one_task_panics(&start, &max)?;
    cell::all_tasks_panic(&start, &max)?;
    cell::one_task_errors(&start, &max)?;
    cell::cancel_before_start(&start, &max)?;
    cell::cancel_midway(&start, &max)?;
    cell::deadline_cpu_bound(&start, &max)?;
    cell::nested_run(&start, &max)
}

fn caught_with(lie: Lie, words: &str) {
    let failure = pass(lie).expect_err("a lie is caught").to_string();
    assert!(failure.contains(words), "{failure}");
}

#[test]
fn an_honest_model_passes() {
    if let Err(failure) = pass(Lie::None) {
        panic!("{failure}");
    }
    assert_eq!(counted(3, Lie::None), (3, Ok(3)));
}

#[test]
fn a_wrong_answer_is_caught() {
    caught_with(Lie::Answer, "is wrong");
}

#[test]
fn tasks_that_never_run_are_caught() {
    caught_with(Lie::Tasks, "no task ran");
}

#[test]
fn lost_panics_are_caught() {
    caught_with(Lie::Panics, "instead of Panicked");
}

#[test]
fn lost_errors_are_caught() {
    caught_with(Lie::Errors, "instead of Task");
}

fn fetching(lie: Lie) -> Checked {
    let start = |config: &Config| {
        Ok(Started::new(Scoped { lie, ..Scoped::start(config)? }))
    };
    cell::connections_are_kept(&start)
}

#[test]
fn connections_that_are_not_kept_are_caught() {
    let failure = fetching(Lie::Reconnects).expect_err("a lie").to_string();
    assert!(failure.contains("24 connections for 24 requests"), "{failure}");
}

#[test]
fn more_requests_at_once_than_allowed_are_caught() {
    let failure = fetching(Lie::Crowd).expect_err("a lie").to_string();
    assert!(failure.contains("at most 3"), "{failure}");
    if let Err(failure) = fetching(Lie::None) {
        panic!("{failure}");
    }
}

/// What such a model claims, and how many workers are found.
fn counted(workers: usize, lie: Lie) -> (usize, Result<usize, Error>) {
    let model = Started::new(Scoped { workers, lie });
    (model.workers(), census(&model).map(|found| found.len()))
}

#[test]
fn workers_that_are_not_there_are_caught() {
    assert_eq!(counted(2, Lie::MoreWorkers), (4, Ok(2)));
}

#[test]
fn workers_that_are_kept_secret_are_caught() {
    assert_eq!(counted(2, Lie::FewerWorkers), (1, Ok(2)));
}
