//! What was asked for and what was measured; and models and jobs to measure.

use lanes_benches::build::build;
use lanes_benches::targets::{Ratio, Targets};
use lanes_benches::{SEED, print_machine};
use lanes_core::workload::{Fib, Spawn, Starting};
use lanes_core::{Config, Entry, Family, Job, Started, Workload};
use lanes_measure::machine::Machine;
use lanes_measure::pairs::ratio;
use lanes_measure::statistics::{Bound, Interval};
use lanes_suite::MODELS;
use std::cell::RefCell;
use std::error::Error;
use std::fmt::Debug;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The bounds are for two workers, whatever the machine has.
pub(crate) const WORKERS: usize = 2;

/// What the command line asks for, and what was measured.
pub(crate) struct Session {
    filter: Option<String>,
    /// `cargo test` runs benches to see that they work, not to measure.
    pub(crate) test: bool,
    /// Where to write the ratios.
    json: Option<PathBuf>,
    ratios: RefCell<Vec<Ratio>>,
}

impl Session {
    pub(crate) fn new(
        mut arguments: Vec<String>,
    ) -> Result<Self, Box<dyn Error>> {
        let flag = |flag: &str| arguments.iter().any(|a| a == flag);
        let test = !flag("--bench") || flag("--test");
        let mut json = None;
        if let Some(at) = arguments.iter().position(|a| a == "--json") {
            let end = arguments.len().min(at + 2);
            let given = arguments.drain(at..end).nth(1);
            json = Some(PathBuf::from(given.ok_or("--json needs a path")?));
        }
        if test && json.is_some() {
            return Err("a test run measures nothing that --json could \
                        write"
                .into());
        }
        if let Some(path) = &json
            && path.symlink_metadata().is_ok()
        {
            // Known before it measures for minutes.
            let path = path.display();
            return Err(format!("{path} is there already; remove it").into());
        }
        let filter = arguments.into_iter().find(|arg| !arg.starts_with('-'));
        Ok(Self { filter, test, json, ratios: RefCell::default() })
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.filter.as_ref().is_none_or(|filter| name.contains(filter))
    }

    /// Measures the time of `a` over that of `b`, and prints it.
    pub(crate) fn print(
        &self,
        name: &str,
        bound: Bound,
        a: impl FnMut() -> Duration,
        b: impl FnMut() -> Duration,
    ) {
        print_machine(&config(WORKERS));
        let interval = if self.test { once(a, b) } else { ratio(a, b) };
        let ratio = Ratio { name: name.into(), bound, interval };
        println!("{ratio}");
        self.ratios.borrow_mut().push(ratio);
    }

    /// Writes the file that was asked for.
    pub(crate) fn save(self, took: Duration) -> Result<(), Box<dyn Error>> {
        let Some(path) = self.json else { return Ok(()) };
        let ratios = self.ratios.into_inner();
        if ratios.is_empty() {
            return Err("no ratio has this name".into());
        }
        let machine = Machine::here(lanes_suite::libraries());
        let seconds = took.as_secs_f64();
        Targets::new(machine, build(), WORKERS, seconds, ratios).save(&path)?;
        println!("written to {}", path.display());
        Ok(())
    }
}

impl Session {
    /// Empty tasks.
    pub(crate) fn spawn(&self) -> Job<Spawn> {
        let tasks = if self.test { 10 } else { 1000 };
        job(&Spawn { tasks, form: Starting::Each })
    }

    /// A recursion without a cut-off. A thread a fork: what is cheap for a pool
    /// takes seconds.
    pub(crate) fn fib(&self, entry: &Entry) -> Job<Fib> {
        let n = match entry.name {
            _ if self.test => 5,
            "threads" => 10,
            _ => 20,
        };
        job(&Fib { n, cutoff: 0 })
    }
}

fn once(
    mut a: impl FnMut() -> Duration,
    mut b: impl FnMut() -> Duration,
) -> Interval {
    let ratio = a().as_secs_f64() / b().as_secs_f64();
    Interval { low: ratio, median: ratio, high: ratio }
}

pub(crate) fn config(workers: usize) -> Config {
    Config::new(workers).expect("a few workers")
}

pub(crate) fn start(entry: &Entry, workers: usize) -> Started {
    let model = entry.start(&config(workers));
    model.unwrap_or_else(|error| panic!("{}: {error}", entry.name))
}

pub(crate) fn job<W: Workload>(workload: &W) -> Job<W> {
    let job = Job::new(workload, SEED);
    job.unwrap_or_else(|error| panic!("{}: {error}", W::NAME))
}

/// What a program chooses from: the exhibits have ratios of their own, in
/// `lanes claims`.
pub(crate) fn runtimes() -> Vec<Entry> {
    of(Family::Runtime)
}

pub(crate) fn of(family: Family) -> Vec<Entry> {
    let same = |entry: &Entry| entry.family == family;
    MODELS.iter().copied().filter(same).collect()
}

/// The time of a run that answers rightly: a wrong answer has none.
pub(crate) fn right<T: PartialEq + Debug>(
    run: impl FnOnce() -> T,
    due: &T,
) -> Duration {
    let begin = Instant::now();
    let answer = run();
    let time = begin.elapsed();
    assert_eq!(answer, *due, "a wrong answer");
    time
}
