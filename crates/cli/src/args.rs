//! The command line: subcommands and options.

mod cmp;
mod duel;

pub(crate) use cmp::Cmp;
pub(crate) use duel::Duel;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;
use std::time::Duration;

/// Measures the same workloads in every concurrency model, fairly, and says
/// what is faster, by how much, and when the evidence does not decide.
#[derive(Parser)]
#[command(name = "lanes", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 something failed, 2 usage, \
    3 a confident regression under --fail-on, 4 nothing matched, \
    130 interrupted.";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the matrix: how well each model fits each workload, and why
    List(List),
    /// Check every cell against its reference, in several sizes and with
    /// several numbers of workers
    Check(Check),
    /// Report what helps or harms measuring on this machine, and what is
    /// missing
    Doctor(Doctor),
    /// Measure the models and rank them
    Run(Run),
    /// Compare two sessions, cell by cell
    Cmp(Cmp),
    /// Compare two builds of Lanes in one session: the guard against
    /// regressions for CI
    Duel(Duel),
    /// Rank the models over all rows of one or more sessions
    Rank(Rank),
    /// Draw timelines: when each task computed, waited, or waited for a lock
    Trace(Trace),
    /// Draw the article's five pictures from fresh traces
    Figures(Figures),
    /// Measure common claims about threads, the GIL and processes: under three
    /// minutes
    Claims(Claims),
    /// Inject faults into every model, hold what it does against the contract,
    /// and show what its library does by itself
    Faults(Faults),
    /// Make one HTML page of results, traces and source
    Report(Report),
    /// Measure briefly, trace, and make the page: under three minutes
    Demo(Demo),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Be a worker: answer requests on standard input, a socket
    #[command(hide = true)]
    Worker,
    /// Put a case of the failure contract to a model, in this process
    #[command(hide = true)]
    Case {
        /// The model
        model: String,
        /// The case
        case: String,
    },
}

/// Which cells.
#[derive(Args, Clone, Default)]
pub(crate) struct Selection {
    /// Cells as WORKLOAD, MODEL or WORKLOAD/MODEL/SIZE; `*` stands for any
    /// text, and later parts may be left out
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,

    /// The models, in this order; `*` stands for any text. A model that is
    /// named twice takes part twice. The models that show where time goes
    /// (mutex, gil, processes) and those of Python take part only if they are
    /// named, here or by a filter
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    /// A model in a program of your own, which speaks the worker protocol
    /// (crates/measure/PROTOCOL.md); may be given several times
    #[arg(long = "peer", value_name = "NAME=COMMAND", value_parser = peer)]
    pub(crate) peers: Vec<(String, Vec<String>)>,
}

impl Selection {
    /// Whether nothing was chosen, so that everything is meant.
    pub(crate) fn is_empty(&self) -> bool {
        self.filters.is_empty() && self.models.is_empty()
    }
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Numbers of workers; by default 1, 2, as many as the machine runs at
    /// once, and twice as many
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) workers: Vec<usize>,

    /// How long a worker may take for one reply, such as 30s
    #[arg(long, value_parser = duration, default_value = "60s")]
    pub(crate) deadline: Duration,
}

#[derive(Args)]
pub(crate) struct Doctor {
    /// Do not measure the noise floor, which takes some seconds
    #[arg(long)]
    pub(crate) no_noise: bool,
}

#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Small sizes: all seven runtimes in three minutes (the default)
    #[arg(long, conflicts_with = "full")]
    pub(crate) quick: bool,

    /// Large sizes, as `lanes list` shows them
    #[arg(long)]
    pub(crate) full: bool,

    /// Every workload with N items instead
    #[arg(long, conflicts_with_all = ["quick", "full"], value_name = "N")]
    pub(crate) items: Option<usize>,

    /// Numbers of workers; by default as many as the machine runs at once
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) workers: Vec<usize>,

    /// The number of rounds for each row, instead of a budget of time: in each
    /// round all models start afresh and are sampled in random order
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000),
          conflicts_with_all = ["budget", "until"])]
    pub(crate) rounds: Option<u64>,

    /// How long the session may take, such as 60s or 10m; by default 1.8 s for
    /// each cell, and at least 20 s. After eight rounds, the rows that scatter
    /// most get most of it
    #[arg(long, value_parser = duration)]
    pub(crate) budget: Option<Duration>,

    /// Leave a row as soon as each of its models is certainly slower, or
    /// certainly as fast within this margin, and end when all rows are left;
    /// at the latest when the budget ends
    #[arg(long, value_parser = goal, value_name = "PERCENT",
          conflicts_with = "margin")]
    pub(crate) until: Option<f64>,

    /// A model that certainly takes no longer than this beyond the fastest is
    /// as fast
    #[arg(long, value_parser = percent, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    /// Do not measure the fastest model a second time as a control
    #[arg(long)]
    pub(crate) no_control: bool,

    /// Also show context switches, page faults, memory and threads
    #[arg(long)]
    pub(crate) details: bool,

    /// Where to write the results: a file that ends in .json, or a folder, in
    /// which the file is named by the time
    #[arg(short, long, default_value = "results", value_name = "PATH")]
    pub(crate) output: PathBuf,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// What a session and its workers are given.
#[derive(Args)]
pub(crate) struct Conditions {
    /// The seed of the inputs and of the random order of samples
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s")]
    pub(crate) deadline: Duration,

    /// How much memory a worker may use, such as 4GiB; by default a quarter of
    /// what the machine has or the system lets this process have
    #[arg(long, value_parser = bytes)]
    pub(crate) memory: Option<u64>,
}

#[derive(Args)]
pub(crate) struct Rank {
    /// Result files; a file that is named twice counts once, and so does a row
    /// that several sessions have
    #[arg(required = true)]
    pub(crate) results: Vec<PathBuf>,

    /// Rank only these models, over the rows that all of them have; `*` stands
    /// for any text
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Trace {
    /// The workload; `all` records every one, for the page
    #[arg(default_value = "subtasks")]
    pub(crate) workload: String,

    /// The models, in this order; `*` stands for any text. By default
    /// sequential, threads, mutex, gil, tokio, processes and python-threads,
    /// and for the workload `all` every model that is installed
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    /// The size, as `lanes list` writes it; by default the first quick one
    #[arg(long, conflicts_with = "items")]
    pub(crate) size: Option<String>,

    /// N items instead of a size
    #[arg(long, value_name = "N")]
    pub(crate) items: Option<usize>,

    #[command(flatten)]
    pub(crate) drawing: Drawing,
}

#[derive(Args)]
pub(crate) struct Figures {
    #[command(flatten)]
    pub(crate) drawing: Drawing,
}

/// How traces are taken, and where the pictures go.
#[derive(Args)]
pub(crate) struct Drawing {
    /// The unit U of `subtasks`: how long a unit of compute or waiting takes
    #[arg(long, value_parser = duration, default_value = "20ms")]
    pub(crate) unit: Duration,

    /// How many workers each model has; by default as many as the machine runs
    /// at once
    #[arg(long, value_parser = workers)]
    pub(crate) workers: Option<usize>,

    /// How many traced runs of each model to make; the median one is drawn. As
    /// many untraced runs are made beside them
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000),
          default_value_t = 7)]
    pub(crate) runs: u64,

    /// The seed of the inputs
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s")]
    pub(crate) deadline: Duration,

    /// The folder to write the files to
    #[arg(short, long, default_value = "results", value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}

#[derive(Args)]
pub(crate) struct Report {
    /// Result files, trace files, or folders; from a folder, the newest results
    /// and the newest traces of each workload are taken
    #[arg(default_value = "results")]
    pub(crate) results: Vec<PathBuf>,

    /// The file to write; by default `results/page.html`, or `page-2.html` and
    /// so on if that exists
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// The source tree; by default the one around the current folder, or the
    /// one that this program was built from
    #[arg(long, value_name = "FOLDER")]
    pub(crate) source: Option<PathBuf>,

    /// Open the page in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// How long measuring may take; with more time, fewer grades are
    /// open
    #[arg(long, value_parser = duration, default_value = "90s")]
    pub(crate) budget: Duration,

    /// The folder to write the files to
    #[arg(short, long, default_value = "results", value_name = "FOLDER")]
    pub(crate) output: PathBuf,

    /// Open the page in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Args)]
pub(crate) struct Faults {
    /// The models; `*` stands for any text. By default those of this program,
    /// and guests that are built
    #[arg(value_name = "MODEL")]
    pub(crate) models: Vec<String>,

    /// Only these cases; `*` stands for any text
    #[arg(long, value_delimiter = ',', value_name = "CASE,...")]
    pub(crate) cases: Vec<String>,

    /// How long a case may take before it counts as a hang
    #[arg(long, value_parser = duration, default_value = "60s")]
    pub(crate) deadline: Duration,

    /// Where to write what was found, for `lanes report`: a file that ends in
    /// .json, or a folder, in which the file is named by the time
    #[arg(short, long, default_value = "results", value_name = "PATH")]
    pub(crate) output: PathBuf,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Args)]
pub(crate) struct Claims {
    /// Which claims; by default all of them
    #[arg(value_enum, value_name = "GROUP")]
    pub(crate) groups: Vec<Claimed>,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s")]
    pub(crate) deadline: Duration,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// Claims that belong together.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Claimed {
    /// CPU work in threads and in processes
    Computing,
    /// Sleeping and fetching, in threads and on an event loop
    Waiting,
    /// How long the GIL is held, and how long threads wait for it
    Turns,
    /// Lost updates
    Updates,
    /// What a process costs
    Costs,
    /// Blocking calls in an event loop
    Loops,
    /// The article's drawings, in units of work
    Subtasks,
}

/// How results are printed.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    #[default]
    Table,
    /// JSON for programs, with all data
    Json,
    /// CSV for spreadsheets
    Csv,
    /// Markdown for documents
    Markdown,
}

fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1e-3,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        other => return Err(format!("{other:?} is no unit: ms, s, m or h")),
    };
    let number = digits.parse::<f64>().ok().filter(|number| *number > 0.0);
    let seconds = number.ok_or("a time above zero, such as 60s")? * unit;
    // Longer than a session needs, and far below what a clock holds.
    if seconds > 86_400.0 {
        return Err("at most a day".into());
    }
    Ok(Duration::from_secs_f64(seconds))
}

fn goal(text: &str) -> Result<f64, String> {
    let goal = percent(text)?;
    if goal < 0.001 {
        return Err("no session is as precise as that: 0.1% or more".into());
    }
    Ok(goal)
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().parse::<f64>();
    match number {
        Ok(percent) if (0.0..1000.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("a percentage from 0 to 1000, such as 5%".into()),
    }
}

fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "kib" | "k" => 10,
        "mib" | "m" => 20,
        "gib" | "g" => 30,
        _ => return Err("a size such as 512MiB or 4GiB".into()),
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| "a size such as 512MiB or 4GiB".into())
}

fn workers(text: &str) -> Result<usize, String> {
    let most = lanes_core::Config::MOST_WORKERS;
    let number = text.parse::<usize>().ok();
    number
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| format!("a number from 1 to {most}"))
}

fn peer(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, command) =
        text.split_once('=').ok_or("NAME=COMMAND is expected")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!(
            "{name:?} is no name: letters, digits, -, _ and ."
        ));
    }
    let words = shell_words::split(command).map_err(|e| e.to_string())?;
    if words.is_empty() {
        return Err("a command is expected after =".into());
    }
    Ok((name.to_owned(), words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn quantities_are_read_or_refused() {
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "0s", "-1s", "1y", "infs", "NaN", "1e9h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(percent("5%"), Ok(0.05));
        assert!(percent("-1").is_err() && percent("five").is_err());
        assert_eq!(bytes("2GiB"), Ok(2 << 30));
        for wrong in ["12", "0MiB", "99999999999GiB", "4TB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert!(workers("0").is_err() && workers("1025").is_err());
        let words = ["python3", "my worker.py"].map(String::from).to_vec();
        let parsed = peer("py=python3 'my worker.py'");
        assert_eq!(parsed, Ok(("py".into(), words)));
        for wrong in ["py", "=x", "a/b=x", "py=", "py='"] {
            assert!(peer(wrong).is_err(), "{wrong}");
        }
    }
}
