//! What timely takes with more nodes than are here, on paper: a model of the
//! time of a run whose parameters are measured with one node and two, held
//! against runs with two nodes and four that it has not seen, and then asked
//! for 100 and 10,000 nodes. Printed as Markdown.
//!
//! The time of a run on n nodes, of which P = min(n, cores) compute at the same
//! time, is
//!
//! ```text
//! start + tell n (n - 1) / P + (work + task tasks) / P
//!       + in bytes + cross bytes (n - 1) / n
//! ```
//!
//! Every node tells every other one how far it is, so that telling grows with
//! the square of their number. An input goes into the first node, and from
//! there to the others: one after the other, however many they are. What comes
//! back goes the same way.

use lanes_core::workload::{Double, Max, Nqueens, Primes, Uts, Wordcount};
use lanes_core::{Config, Error, Input, Job, Size, Started, Workload};
use lanes_measure::statistics::median;
use lanes_measure::words::{digits, time};
use lanes_timely::OverTcp;
use std::time::{Duration, Instant};

/// The seed of all inputs.
const SEED: u64 = 7;
/// How many runs there are of each, at least, and how long they take together.
const RUNS: usize = 15;
const LONG: Duration = Duration::from_millis(1500);
/// The nodes of the runs that the model has not seen.
const HELD_OUT: [usize; 2] = [2, 4];
/// The nodes that are on paper only.
const PAPER: [usize; 4] = [1, 10, 100, 10_000];

/// What the model knows of this machine and this engine, in seconds.
struct Parameters {
    cores: usize,
    /// A run with nothing in it, on one node.
    start: f64,
    /// A node tells another one what it has done.
    tell: f64,
    /// A record, which is a task.
    task: f64,
    /// A byte that goes into the first node.
    enter: f64,
    /// A byte that goes from there to another one.
    cross: f64,
}

/// What a run has to do.
struct Work {
    /// On one node that has its input, in seconds: without start and tasks.
    compute: f64,
    /// Records that cross, however many nodes there are.
    tasks: f64,
    /// Records that cross for each node.
    tasks_each: f64,
    /// What is shipped to the nodes and back.
    bytes: f64,
}

impl Parameters {
    fn predicted(&self, work: &Work, nodes: usize, cores: usize) -> f64 {
        let at_once = nodes.min(cores) as f64;
        let nodes = nodes as f64;
        let tell = self.tell * nodes * (nodes - 1.0) / at_once;
        let tasks = work.tasks + work.tasks_each * nodes;
        let compute = (work.compute + self.task * tasks) / at_once;
        let crossing = self.cross * (nodes - 1.0) / nodes;
        self.start + tell + compute + work.bytes * (self.enter + crossing)
    }
}

fn main() -> Result<(), Error> {
    let parameters = measured()?;
    println!("| parameter | value |\n|---|---:|");
    let Parameters { start, tell, task, enter, cross, cores } = &parameters;
    for (name, value) in [
        ("start of a run", start),
        ("a node tells another", tell),
        ("a task", task),
        ("a byte into the first node", enter),
        ("a byte to another node", cross),
    ] {
        println!("| {name} | {} |", time(*value));
    }
    println!("\n{cores} cores\n");
    println!("| run | nodes | predicted | measured | ratio |");
    println!("|---|---:|---:|---:|---:|");
    let mut worst = 1.0_f64;
    let rows = [
        held_out(&parameters, &sized::<Wordcount>(Size::Full), &mut worst)?,
        held_out(&parameters, &sized::<Double>(Size::Quick), &mut worst)?,
        held_out(&parameters, &sized::<Primes>(Size::Full), &mut worst)?,
        held_out(&parameters, &sized::<Uts>(Size::Quick), &mut worst)?,
        held_out(&parameters, &sized::<Nqueens>(Size::Quick), &mut worst)?,
    ];
    println!("\nthe furthest off: a ratio of {}\n", digits(worst));
    println!("| run | input | {} |", PAPER.map(|n| format!("{n}")).join(" | "));
    println!("|---|---|{}", "---:|".repeat(PAPER.len()));
    for (name, input, work) in rows.into_iter().flatten() {
        let times = PAPER.map(|nodes| {
            // A core on each.
            time(parameters.predicted(&work, nodes, nodes))
        });
        println!("| {name} | {} | {} |", input.word(), times.join(" | "));
    }
    Ok(())
}

/// The parameters, by runs that the model is not tested with.
fn measured() -> Result<Parameters, Error> {
    let cores = Config::machine().workers();
    let nothing = Primes { below: 2, grain: 1 };
    let start = taken(1, Input::Shipped, &nothing)?;
    let two = taken(2, Input::Shipped, &nothing)?;
    let tell = (two - start).max(0.0) * 2.0_f64.min(cores as f64) / 2.0;
    // The same numbers in few grains and in many.
    let below = 200_000;
    let primes = |grain| Primes { below, grain };
    let [few, many] = [20_000, 50].map(|grain| {
        let tasks = below.div_ceil(grain) as f64;
        taken(1, Input::Shipped, &primes(grain)).map(|time| (time, tasks))
    });
    let ((few, of_few), (many, of_many)) = (few?, many?);
    let task = (many - few).max(0.0) / (of_many - of_few);
    let numbers = 1 << 22;
    let list = Max::plain(numbers, 1 << 16);
    let bytes = (numbers * size_of::<u64>()) as f64;
    let shipped = |nodes| {
        let local = taken(nodes, Input::Local, &list)?;
        let shipped = taken(nodes, Input::Shipped, &list)?;
        Ok::<f64, Error>((shipped - local).max(0.0) / bytes)
    };
    let (enter, both) = (shipped(1)?, shipped(2)?);
    // Half of it stays where it is.
    let cross = (both - enter).max(0.0) * 2.0;
    Ok(Parameters { cores, start, tell, task, enter, cross })
}

/// The first size of a workload.
fn sized<W: Workload>(size: Size) -> W {
    W::sizes(size).remove(0)
}

/// What is to be done in a run.
type Row = (String, Input, Work);

/// A workload whose runs on one node the model is given.
trait Known: Workload {
    /// How many records cross in a run, and how many more for each node.
    fn tasks(&self) -> [usize; 2];

    /// How many bytes are shipped to the nodes, and how many from them.
    fn bytes(&self) -> [usize; 2];
}

impl Known for Wordcount {
    /// The words of each table; and there are few parts.
    fn tasks(&self) -> [usize; 2] {
        [0, 2716]
    }

    fn bytes(&self) -> [usize; 2] {
        [self.bytes, 0]
    }
}

impl Known for Double {
    fn tasks(&self) -> [usize; 2] {
        [0; 2]
    }

    fn bytes(&self) -> [usize; 2] {
        [self.len * size_of::<u64>(); 2]
    }
}

impl Known for Primes {
    fn tasks(&self) -> [usize; 2] {
        [self.below.div_ceil(self.grain), 0]
    }

    fn bytes(&self) -> [usize; 2] {
        [0; 2]
    }
}

impl Known for Uts {
    fn tasks(&self) -> [usize; 2] {
        [0; 2]
    }

    fn bytes(&self) -> [usize; 2] {
        [0; 2]
    }
}

impl Known for Nqueens {
    fn tasks(&self) -> [usize; 2] {
        [0; 2]
    }

    fn bytes(&self) -> [usize; 2] {
        [0; 2]
    }
}

/// Predicts runs, measures them, and prints both.
fn held_out<W: Known>(
    parameters: &Parameters,
    size: &W,
    worst: &mut f64,
) -> Result<Vec<Row>, Error> {
    let name = format!("{} {}", W::NAME, size.label());
    let [there, back] = size.bytes();
    let inputs: &[Input] = match there {
        0 => &[Input::Shipped],
        _ => &[Input::Shipped, Input::Local],
    };
    // On one node that has its input; what comes back has to enter as well.
    let [tasks, tasks_each] = size.tasks().map(|tasks| tasks as f64);
    let alone = taken(1, *inputs.last().expect("one"), size)?;
    let known = parameters.start
        + parameters.task * (tasks + tasks_each)
        + parameters.enter * back as f64;
    let compute = (alone - known).max(0.0);
    let mut rows = Vec::new();
    for input in inputs {
        let shipped = if *input == Input::Shipped { there } else { 0 };
        let bytes = (shipped + back) as f64;
        let work = Work { compute, tasks, tasks_each, bytes };
        for nodes in HELD_OUT {
            let predicted =
                parameters.predicted(&work, nodes, parameters.cores);
            let measured = taken(nodes, *input, size)?;
            let ratio = predicted / measured;
            *worst = worst.max(ratio.max(1.0 / ratio));
            println!(
                "| {name}, {} | {nodes} | {} | {} | {} |",
                input.word(),
                time(predicted),
                time(measured),
                digits(ratio)
            );
        }
        rows.push((name.clone(), *input, work));
    }
    Ok(rows)
}

/// The median time of a run, in seconds.
fn taken<W: Workload>(
    nodes: usize,
    input: Input,
    size: &W,
) -> Result<f64, Error> {
    let config = Config::new(nodes)?.with_input(input);
    let cluster = Started::start::<OverTcp>(&config)?;
    let job = Job::new(size, SEED)?;
    let expected = W::reference(&job);
    let run = || {
        let begin = Instant::now();
        let output = cluster.run(&job)?;
        let taken = begin.elapsed().as_secs_f64();
        if output != expected {
            return Err(Error::Task(format!("{}: a wrong answer", W::NAME)));
        }
        Ok(taken)
    };
    // Nodes make their inputs, and the system spreads their threads.
    for _ in 0..3 {
        run()?;
    }
    let (begin, mut times) = (Instant::now(), Vec::new());
    while times.len() < RUNS || begin.elapsed() < LONG {
        times.push(run()?);
    }
    Ok(median(&mut times).unwrap_or_default())
}
