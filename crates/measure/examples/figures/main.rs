//! The figures that this crate must reach, each by a command of its own:
//!
//! ```sh
//! cargo run --release -p lanes-measure --example figures -- aa [COUNT]
//! cargo run --release -p lanes-measure --example figures -- power [COUNT]
//! cargo run --release -p lanes-measure --example figures -- overhead
//! cargo run --release -p lanes-measure --example figures -- faults
//! cargo run --release -p lanes-measure --example figures -- ranking FOLDER
//! ```
//!
//! The other words it understands are processes that it starts itself.

mod aa;
mod faults;
mod overhead;
mod peers;
mod power;
mod ranking;

use lanes_core::{Config, Row, Size, rows};
use lanes_measure::machine::Machine;
use lanes_measure::process::{Launch, Limits};
use lanes_measure::results::{Build, Results};
use lanes_measure::session::{self, Contender, Plan};
use lanes_measure::worker;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The cells that comparisons take turns with: memory, shared data, tasks,
/// fork-join and files, in all pools.
const CELLS: [(&str, &str); 10] = [
    ("max", "rayon"),
    ("counter", "crossbeam"),
    ("spawn", "tokio"),
    ("fib", "rayon"),
    ("read", "smol"),
    ("double", "async-std"),
    ("join", "tokio"),
    ("spawn", "crossbeam"),
    ("max", "smol"),
    ("fib", "crossbeam"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let count = |at: usize| match words.get(at) {
        Some(word) => word.parse::<usize>(),
        None => Ok(100),
    };
    match words.first().copied() {
        Some("aa") => aa::print(count(1)?),
        Some("power") => power::print(count(1)?),
        Some("overhead") => overhead::print(),
        Some("faults") => faults::print(),
        Some("ranking") => {
            let folder = words.get(1).ok_or("a folder of sessions")?;
            ranking::print(folder.as_ref())
        }
        Some("worker") => {
            Ok(worker::serve_any(&[], &power::or_slowed, &|_, _| None)?)
        }
        Some("bare") => Ok(overhead::serve()?),
        Some("faulty") => Ok(faults::serve(words[1])?),
        Some("hog") => peers::hog(),
        Some("once") => peers::once(words[1], words[2]),
        Some("criterion") => peers::criterion(words[1], words[2], words[3]),
        _ => Err("aa, power, overhead, faults or ranking FOLDER".into()),
    }
}

/// Starts this program in another role.
fn own(words: &[&str]) -> Launch {
    let mut launch = Launch::own();
    launch.arguments = words.iter().map(|word| (*word).to_owned()).collect();
    launch
}

/// The first quick row of a workload.
fn row(workload: &str) -> Box<dyn Row> {
    let mut rows = rows(Size::Quick).into_iter();
    rows.find(|row| row.workload() == workload).expect("a workload")
}

fn limits() -> Limits {
    Limits {
        deadline: Duration::from_secs(60),
        memory: 4 << 30,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

fn machine() -> Machine {
    Machine::here(lanes_suite::libraries())
}

/// These programs print figures, and keep no results.
fn build() -> Build {
    Build::here("", None, false)
}

fn contender(name: &str, model: &str, launch: &Launch) -> Contender {
    Contender {
        name: name.into(),
        model: model.into(),
        workers: Config::machine().workers(),
        serial: model.starts_with("sequential"),
        answers_only: false,
        launch: launch.clone(),
    }
}

/// A session with a control, as `lanes run` makes it.
fn measure(
    row: Box<dyn Row>,
    contenders: Vec<Contender>,
    budget: Duration,
    seed: u64,
) -> std::io::Result<Results> {
    let plan = Plan {
        rows: vec![row],
        budget,
        contenders,
        wants: Box::new(|_, _| true),
        control: true,
        rounds: None,
        seed,
        level: 0.95,
        margin: 0.03,
        limits: limits(),
        machine: machine(),
        build: build(),
    };
    session::run(&plan, String::new(), &mut |_, _| Ok(()))
}
