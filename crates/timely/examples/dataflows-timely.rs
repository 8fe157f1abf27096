//! Cells of timely on threads beside the same dataflows without the contract:
//! no deadline, no cancel flag, no trace, no panic that is caught.
//!
//! `cargo run --release -p lanes-timely --example dataflows-timely [SIZE...]`

use lanes_core::workload::{Counts, Max, Nqueens, Text, Uts, Wordcount};
use lanes_core::{Config, Job, Started, Workload, kernel};
use lanes_measure::beside::{Form, program};
use lanes_timely::InThreads;
use std::any::Any;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::process::ExitCode;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::{self, Thread};
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::vec::{Map, ToStream};
use timely::dataflow::operators::{
    Concat, ConnectLoop, Exchange, Feedback, OkErr, Operator, Probe,
};
use timely::dataflow::{Scope, StreamVec};
use timely::worker::Worker;

fn main() -> ExitCode {
    let start = Started::start::<InThreads>;
    let codes = [
        program(&[Form { start, bare: max }]),
        program(&[Form { start, bare: wordcount }]),
        program(&[Form { start, bare: nqueens }]),
        program(&[Form { start, bare: uts }]),
    ];
    let failed = |code: &ExitCode| *code == ExitCode::FAILURE;
    if codes.iter().any(failed) { ExitCode::FAILURE } else { codes[0] }
}

/// What a worker does of a run.
type Turn = Box<dyn FnOnce(&mut Worker) + Send>;

/// Worker threads that wait for runs, as the model's do.
static WORKERS: LazyLock<Vec<(Sender<Turn>, Thread)>> = LazyLock::new(|| {
    let count = Config::machine().workers();
    let (came, workers) = channel();
    thread::spawn(move || {
        let serve = move |worker: &mut Worker| {
            let (sender, turns) = channel::<Turn>();
            came.send((worker.index(), sender, thread::current())).unwrap();
            while let Ok(turn) = turns.recv() {
                turn(worker);
            }
        };
        timely::execute(timely::Config::process(count), serve).unwrap();
    });
    let mut workers: Vec<_> = workers.iter().take(count).collect();
    workers.sort_unstable_by_key(|(index, ..)| *index);
    workers.into_iter().map(|(_, turns, thread)| (turns, thread)).collect()
});

/// Builds a dataflow in every worker, and returns what it leaves at worker 0.
/// The first one is given the input.
fn run<A, F>(build: F) -> Vec<A>
where
    A: Send + serde::Serialize + serde::de::DeserializeOwned + 'static,
    F: for<'s> Fn(Scope<'s, u64>, bool) -> StreamVec<'s, u64, A>,
    F: Clone + Send + 'static,
{
    let (done, answers) = channel();
    for (number, (turns, _)) in WORKERS.iter().enumerate() {
        let (build, done) = (build.clone(), done.clone());
        let turn = move |worker: &mut Worker| {
            let probe = worker.dataflow(|scope| {
                let keep = move |answer| {
                    done.send(answer).unwrap();
                    None::<()>
                };
                let answers = build(scope, number == 0).exchange(|_| 0);
                answers.flat_map(keep).probe().0
            });
            while !probe.done() {
                worker.step_or_park(None);
            }
            // The caller has all answers when the dataflow is gone.
            worker.step();
        };
        turns.send(Box::new(turn)).unwrap();
    }
    drop(done);
    answers.iter().collect()
}

/// All records of a worker in one, once there will be no more.
fn folded<'s, R: 'static, A: Default + 'static>(
    records: StreamVec<'s, u64, R>,
    fold: impl Fn(A, R) -> A + 'static,
) -> StreamVec<'s, u64, A> {
    records.unary_frontier(Pipeline, "Fold", |capability, _| {
        let mut kept = Some((capability, A::default()));
        move |(input, frontier), output| {
            input.for_each(|_, records| {
                for record in records.drain(..) {
                    let all = kept.as_mut().map(|(_, all)| all).unwrap();
                    *all = fold(std::mem::take(all), record);
                }
            });
            if frontier.is_empty()
                && let Some((capability, all)) = kept.take()
            {
                output.session(&capability).give(all);
            }
        }
    })
}

/// The input of a size, made once.
fn input<W: Workload>(size: &W) -> Arc<W::Input> {
    type Inputs = HashMap<String, Arc<dyn Any + Send + Sync>>;
    static INPUTS: LazyLock<Mutex<Inputs>> = LazyLock::new(Mutex::default);
    let mut inputs = INPUTS.lock().unwrap();
    let made = inputs
        .entry(format!("{}/{}", W::NAME, size.label()))
        .or_insert_with(|| Arc::new(size.input(7).unwrap()));
    Arc::clone(made).downcast().unwrap()
}

fn max(size: &Max) -> Option<usize> {
    if *size != Max::plain(size.len, size.grain) {
        return None;
    }
    let numbers = input(size);
    let largest = run(move |scope, first| {
        let count = if first { WORKERS.len() } else { 0 };
        let numbers = Arc::clone(&numbers);
        let parts = numbers.parts(count);
        let parts = parts
            .map(move |part| (part.task, numbers.list()[part.range].to_vec()));
        let parts = parts.to_stream(scope).exchange(|(task, _)| *task as u64);
        parts.map(|(_, numbers)| kernel::max(&numbers))
    });
    (largest.len() == WORKERS.len()).then_some(size.len)
}

fn wordcount(size: &Wordcount) -> Option<usize> {
    let text = input(size);
    let grain = size.grain;
    let tables: Vec<Counts> = run(move |scope, first| {
        let count = if first { WORKERS.len() } else { 0 };
        let text = Arc::clone(&text);
        let parts = text.parts(count);
        let parts =
            parts.map(move |part| (part.task, text.of(part.range).to_owned()));
        let parts = parts.to_stream(scope).exchange(|(task, _)| *task as u64);
        let words = parts.flat_map(move |(_, text)| {
            let text = Text::new(text.into_bytes(), grain).unwrap();
            let mut counts = Counts::default();
            counts.count_all(text.text());
            counts
        });
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let words = words.exchange(move |(word, _)| hasher.hash_one(word));
        folded(words, |counts: Counts, (word, count)| counts.with(word, count))
    });
    let counts = tables.into_iter().fold(Counts::default(), Counts::and);
    (counts.distinct() > 0).then_some(size.bytes)
}

fn nqueens(size: &Nqueens) -> Option<usize> {
    let job = Job::new(size, 7).unwrap();
    let found: Vec<u64> = run(move |scope, first| {
        let places = if first { job.places() } else { Vec::new() };
        let job = job.clone();
        let boards = places.into_iter().enumerate().to_stream(scope);
        let boards = boards.exchange(|(number, _)| *number as u64);
        let found = boards.map(move |(_, place)| job.board(place).solutions());
        folded(found, |all, found| all + found)
    });
    (found.iter().sum::<u64>() > 0).then_some(size.items())
}

fn uts(size: &Uts) -> Option<usize> {
    let job = Job::new(size, 7).unwrap();
    let nodes: Vec<u64> = run(move |scope, first| {
        let root = first.then(|| job.root().place());
        let job = job.clone();
        let (again, below) = scope.feedback(1);
        let nodes = root.to_stream(scope).concat(below);
        let nodes = nodes.exchange(|place| place.hash());
        let visited = nodes.flat_map(move |place| {
            let node = job.node(place);
            let (mut found, mut nodes) = (Vec::new(), 1);
            for child in node.children().map(|child| node.child(child)) {
                match child.leaf() {
                    Some(leaf) => nodes += leaf,
                    None => found.push(Ok(child.place())),
                }
            }
            found.push(Err(nodes));
            found
        });
        let (below, counted) = visited.ok_err(|found| found);
        below.connect_loop(again);
        folded(counted, |all, nodes| all + nodes)
    });
    (nodes.iter().sum::<u64>() == size.items() as u64).then_some(size.items())
}
