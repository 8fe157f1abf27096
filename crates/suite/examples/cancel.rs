//! How long a run takes to return after a cancel, in every cell:
//!
//! `cargo run --release -p lanes-suite --example cancel [MODEL|WORKLOAD...]`
//!
//! A table in Markdown, with the median and the largest of twenty cancels, each
//! at a random moment; then the same as a grid, where more than one model was
//! asked. Exit status 1 if a cell misses its bounds and is not exempt by name.

use lanes_core::workload::find;
use lanes_core::{
    AnyJob, Config, Context, Entry, Error, Row, Size, Started, rows,
};
use lanes_suite::MODELS;
use serde_json::Value;
use std::process::{ExitCode, exit};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const WORKERS: usize = 2;
const CANCELS: usize = 20;
const SEED: u64 = 7;

/// A run that is to be cancelled lasts so long: a size of a full session is
/// doubled until it does.
const LONG: Duration = Duration::from_millis(300);
/// Where the input would be larger than this, the size stays as it is, and run
/// follows run under one context until it is cancelled.
const MOST_BYTES: usize = 256 << 20;
/// More tasks that wait are not asked.
const MOST_SLEEPERS: usize = 100_000;
/// A run that has not returned by then never will.
const NEVER: Duration = Duration::from_secs(60);

/// The median and the largest of the cancels, at most.
const P50: Duration = Duration::from_millis(20);
const MOST: Duration = Duration::from_millis(100);

/// Rows that a library keeps from the bounds, by name.
struct Exempt {
    /// If there are none, every model.
    models: &'static [&'static str],
    /// How the row's name begins.
    row: &'static str,
    why: &'static str,
}

const EXEMPT: [Exempt; 2] = [
    Exempt {
        models: &[],
        row: "sort library",
        why: "one call of the library's sort, which nothing stops",
    },
    Exempt {
        models: &["async-std", "smol"],
        row: "fib ",
        why: "all forks of a level are tasks in one queue, first in, first \
              out, and each is polled to its end \
              (https://github.com/smol-rs/async-executor/issues/64)",
    },
];

/// The field of a size that makes it longer, and the bytes of one of it.
fn length(workload: &str) -> Option<(&'static str, usize)> {
    Some(match workload {
        "max" => ("len", 8),
        "double" => ("len", 24),
        "join" => ("len", 16),
        "fetch" => ("requests", 512),
        "read" => ("files", 64 << 10),
        "counter" => ("adds", 0),
        "event" | "ring" => ("hops", 8),
        "channel" => ("messages", 64),
        "pipeline" => ("items", 0),
        "dictionary" => ("steps", 0),
        "philosophers" => ("meals", 0),
        "spawn" => ("tasks", 128),
        "shape" | "pool" => ("tasks", 512),
        "phases" => ("steps", 128),
        "skynet" => ("leaves", 512),
        "burst" | "trickle" => ("tasks", 64),
        "echo" => ("requests", 8),
        _ => return None,
    })
}

/// The field of a size by which it cannot be doubled, and grows all the same.
fn step(workload: &str) -> Option<&'static str> {
    Some(match workload {
        "fib" | "nqueens" => "n",
        "uts" => "depth",
        _ => return None,
    })
}

/// The same workload with the same grain, twice as long where it can be; `None`
/// if it cannot be any longer.
fn longer(row: &dyn Row) -> Option<Box<dyn Row>> {
    let mut size = row.size();
    match (length(row.workload()), step(row.workload())) {
        (Some((field, bytes)), _) => {
            let doubled = size.get(field)?.as_u64()?.checked_mul(2)?;
            let bytes = usize::try_from(doubled).ok()?.checked_mul(bytes)?;
            if bytes > MOST_BYTES {
                return None;
            }
            size[field] = Value::from(doubled);
        }
        // One more is a good part more work: a number of the sequence takes as
        // long as the two before it.
        (None, Some(field)) => {
            let next = size.get(field)?.as_u64()? + 1;
            size[field] = Value::from(next);
        }
        // Three subtasks, which last ten units; or sleepers, which are not
        // longer by being more. `cancel` stops its own tasks, and has neither.
        (None, None) => {
            let field = ["unit", "wait"];
            let field = field.iter().find(|name| size.get(**name).is_some())?;
            let nanos = size[field].get("nanos")?.as_u64()?;
            size[field]["nanos"] = Value::from(nanos * 2);
        }
    }
    find(row.workload())?.read(&size).ok()
}

/// Whether a row is about memory: its sleepers are not gone within a bound that
/// is meant for programs.
fn is_huge(row: &dyn Row) -> bool {
    row.workload() == "sleepers" && row.items() > MOST_SLEEPERS
}

/// How long a run lasts; `None` if the model refuses it.
fn lasts(model: &Started, job: &dyn AnyJob) -> Option<Duration> {
    let begin = Instant::now();
    let ran = job.under(&Context::new()).run(model);
    ran.is_ok().then(|| begin.elapsed())
}

/// A size that was found, its job, and how long a run of it lasts.
struct Long {
    row: Box<dyn Row>,
    job: Box<dyn AnyJob>,
    lasts: Duration,
}

impl Long {
    fn of(model: &Started, row: Box<dyn Row>) -> Option<Self> {
        let job = row.pinned().ok()?.job(SEED).ok()?;
        let lasts = lasts(model, &*job)?;
        Some(Self { row, job, lasts })
    }

    /// The first size that is long enough, or else the longest that can be.
    fn enough(model: &Started, row: Box<dyn Row>) -> Option<Self> {
        let mut found = Self::of(model, row)?;
        while found.lasts < LONG {
            let next = longer(&*found.row);
            match next.and_then(|row| Self::of(model, row)) {
                Some(next) => found = next,
                None => break,
            }
        }
        Some(found)
    }
}

/// From a cancel at this moment of the run until the run returns.
fn cancelled(
    model: &Started,
    job: &dyn AnyJob,
    after: Duration,
) -> Result<Duration, String> {
    let context = Context::new();
    let canceller = context.clone();
    let (ended, end) = mpsc::channel::<()>();
    let name = format!("{}/{}", job.workload(), model.name());
    let thread = thread::spawn(move || {
        thread::sleep(after);
        let at = Instant::now();
        canceller.cancel();
        if end.recv_timeout(NEVER) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{name}: not back within {NEVER:?} of the cancel");
            exit(1);
        }
        at
    });
    let job = job.under(&context);
    let result = loop {
        match job.run(model) {
            // It was shorter: the next one under the same context.
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    let back = Instant::now();
    drop(ended);
    let at = thread.join().map_err(|_| "the canceller panicked")?;
    match result {
        Error::Cancelled => Ok(back.saturating_duration_since(at)),
        other => Err(other.to_string()),
    }
}

/// What was measured of a cell.
struct Cell {
    model: &'static str,
    /// The row before it was made longer.
    row: String,
    p50: Duration,
    most: Duration,
}

impl Cell {
    fn keeps(&self) -> bool {
        self.p50 <= P50 && self.most <= MOST
    }

    fn exempt(&self) -> Option<&'static Exempt> {
        let own = |exempt: &&Exempt| {
            let models = exempt.models;
            self.row.starts_with(exempt.row)
                && (models.is_empty() || models.contains(&self.model))
        };
        EXEMPT.iter().find(own)
    }

    /// Whether it misses the bounds, and is not exempt.
    fn is_over(&self) -> bool {
        !self.keeps() && self.exempt().is_none()
    }

    fn remark(&self) -> String {
        match self.exempt() {
            _ if self.keeps() => String::new(),
            Some(exempt) => format!("exempt: {}", exempt.why),
            None => "over".into(),
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Measures a cell and prints its line. `None` if the model refuses it.
///
/// # Errors
/// What a run that was cancelled ended with, instead of that.
fn line(
    entry: &Entry,
    model: &Started,
    row: Box<dyn Row>,
) -> Result<Option<Cell>, String> {
    let workload = row.workload();
    let name = format!("{workload} {}", row.label());
    let Some(long) = Long::enough(model, row) else { return Ok(None) };
    let Long { row, job, lasts: lasted } = long;
    let mut took = Vec::new();
    for cancel in 0..CANCELS {
        // Spread over the run, and over the moments of a millisecond.
        let share = lasted.clamp(LONG / 2, LONG * 2) * cancel as u32;
        let after = share / CANCELS as u32 + Duration::from_micros(137);
        took.push(cancelled(model, &*job, after)?);
    }
    took.sort_unstable();
    let cell = Cell {
        model: entry.name,
        row: name,
        p50: took[CANCELS / 2],
        most: took[CANCELS - 1],
    };
    println!(
        "| {} | {workload} {} | {:.0} | {:.1} | {:.1} | {} |",
        entry.name,
        row.label(),
        ms(lasted),
        ms(cell.p50),
        ms(cell.most),
        cell.remark()
    );
    Ok(Some(cell))
}

/// Rows down, models across: the median and the largest. Bold is over the
/// bounds, with a star where it is exempt; a dash was refused.
fn grid(cells: &[Cell]) {
    let (mut rows, mut models) = (Vec::new(), Vec::new());
    for cell in cells {
        if !rows.contains(&&*cell.row) {
            rows.push(&*cell.row);
        }
        if !models.contains(&cell.model) {
            models.push(cell.model);
        }
    }
    if models.len() < 2 {
        return;
    }
    println!("\n| | {} |", models.join(" | "));
    println!("|---|{}", "--:|".repeat(models.len()));
    for row in rows {
        print!("| {row} |");
        for &model in &models {
            let own = |cell: &&Cell| cell.row == row && cell.model == model;
            let Some(cell) = cells.iter().find(own) else {
                print!(" – |");
                continue;
            };
            let both = format!("{:.1} / {:.1}", ms(cell.p50), ms(cell.most));
            match (cell.keeps(), cell.is_over()) {
                (true, _) => print!(" {both} |"),
                (false, true) => print!(" **{both}** |"),
                (false, false) => print!(" **{both}** \\* |"),
            }
        }
        println!();
    }
}

/// Whether something is chosen: by its name, or since no name of its kind was
/// given.
fn chosen(name: &str, given: &[String], is_kind: fn(&str) -> bool) -> bool {
    let mut kind = given.iter().filter(|given| is_kind(given)).peekable();
    kind.peek().is_none() || kind.any(|given| given == name)
}

fn is_model(name: &str) -> bool {
    lanes_suite::find(name).is_some()
}

fn is_workload(name: &str) -> bool {
    find(name).is_some()
}

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let mut unknown =
        given.iter().filter(|name| !is_model(name) && !is_workload(name));
    if let Some(name) = unknown.next() {
        eprintln!("{name} is neither a model nor a workload");
        return ExitCode::from(2);
    }
    println!("{CANCELS} cancels of each cell, {WORKERS} workers.");
    println!("Must reach: p50 <= 20 ms, max <= 100 ms and a grain.");
    println!();
    println!("| model | workload | run, ms | p50, ms | max, ms | |");
    println!("|---|---|---:|---:|---:|---|");
    let (mut cells, mut failed) = (Vec::new(), false);
    for entry in &MODELS {
        if !chosen(entry.name, &given, is_model) {
            continue;
        }
        let started = Config::new(WORKERS).and_then(|c| entry.start(&c));
        let model = match started {
            Ok(model) => model,
            Err(error) => {
                println!("| {} | | | | | {error} |", entry.name);
                failed = true;
                continue;
            }
        };
        for row in rows(Size::Full) {
            let workload = row.workload();
            if !entry.has(workload)
                || !chosen(workload, &given, is_workload)
                || is_huge(&*row)
            {
                continue;
            }
            match line(entry, &model, row) {
                Ok(cell) => cells.extend(cell),
                Err(why) => {
                    println!("| {} | {workload} | | | | {why} |", entry.name);
                    failed = true;
                }
            }
        }
    }
    grid(&cells);
    if failed || cells.iter().any(Cell::is_over) {
        return ExitCode::from(1);
    }
    ExitCode::SUCCESS
}
