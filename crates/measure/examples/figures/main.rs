//! The figures that this crate must reach, each by a command of its own:
//!
//! ```sh
//! cargo run --release -p lanes-measure --example figures -- aa [COUNT [alone]]
//! cargo run --release -p lanes-measure --example figures -- power
//! cargo run --release -p lanes-measure --example figures -- components [COUNT]
//! cargo run --release -p lanes-measure --example figures -- more [ROWS]
//! cargo run --release -p lanes-measure --example figures -- sessions FILE...
//! cargo run --release -p lanes-measure --example figures -- duel [COUNT]
//! cargo run --release -p lanes-measure --example figures -- overhead
//! cargo run --release -p lanes-measure --example figures -- faults
//! cargo run --release -p lanes-measure --example figures -- cmp FOLDER
//! cargo run --release -p lanes-measure --example figures -- ranking FOLDER
//! cargo run --release -p lanes-measure --example figures -- maps FILE...
//! cargo run --release -p lanes-measure --example figures -- advise [COUNT]
//! ```
//!
//! `advise` starts the program `lanes` that was built beside it, or the one
//! whose path follows the count.
//!
//! The other words it understands are processes that it starts itself.

mod aa;
mod advise;
mod cmp;
mod components;
mod duel;
mod faults;
mod lot;
mod maps;
mod more;
mod overhead;
mod peers;
mod power;
mod ranking;
mod sessions;

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
    let count = |usual: usize| match words.get(1) {
        Some(word) => word.parse::<usize>(),
        None => Ok(usual),
    };
    match words.first().copied() {
        Some("aa") => aa::print(count(100)?, words.get(2) == Some(&"alone")),
        Some("power") => power::print(),
        Some("components") => components::print(count(12)?),
        Some("more") => more::print(count(5)?),
        Some("sessions") => sessions::print(&words[1..]),
        Some("duel") => duel::print(count(10)?),
        Some("overhead") => overhead::print(),
        Some("faults") => faults::print(),
        Some("cmp") => {
            let folder = words.get(1).ok_or("a folder of sessions")?;
            cmp::print(folder.as_ref())
        }
        Some("ranking") => {
            let folder = words.get(1).ok_or("a folder of sessions")?;
            ranking::print(folder.as_ref())
        }
        Some("maps") => maps::print(&words[1..]),
        Some("advise") => advise::print(count(10)?, words.get(2).copied()),
        Some("worker") => Ok(worker::serve(&lanes_suite::MODELS)?),
        Some("bare") => Ok(overhead::serve()?),
        Some("faulty") => Ok(faults::serve(words[1])?),
        Some("hog") => peers::hog(),
        Some("once") => peers::once(words[1], words[2]),
        Some("criterion") => peers::criterion(words[1], words[2], words[3]),
        _ => Err("name a figure: see the head of this file".into()),
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
        nodes: None,
        answers_only: false,
        launch: launch.clone(),
    }
}

/// A plan of one row with a control, as `lanes run` makes it.
fn plan(row: Box<dyn Row>, contenders: Vec<Contender>) -> Plan {
    Plan {
        rows: vec![row],
        budget: Plan::default_budget(contenders.len() + 1),
        contenders,
        wants: Box::new(|_, _| true),
        control: true,
        even: false,
        rounds: None,
        until: None,
        map: None,
        seed: 7,
        level: 0.95,
        margin: session::MARGIN,
        limits: limits(),
        machine: machine(),
        build: build(),
    }
}

/// A session of such a plan.
fn measure(
    row: Box<dyn Row>,
    contenders: Vec<Contender>,
    budget: Duration,
    seed: u64,
) -> std::io::Result<Results> {
    let plan = Plan { budget, seed, ..plan(row, contenders) };
    session::run(&plan, String::new(), &mut |_, _| Ok(()))
}
