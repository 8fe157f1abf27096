//! The command line: subcommands and options.

mod cmp;
mod crossover;
mod duel;
mod job;
mod metg;
mod printing;
mod run;
mod trace;
mod traps;
pub(crate) mod values;

pub(crate) use cmp::Cmp;
pub(crate) use crossover::Crossover;
pub(crate) use duel::Duel;
pub(crate) use job::{Advise, Among, Job, Map};
pub(crate) use metg::Metg;
pub(crate) use printing::{Format, Printing};
pub(crate) use run::{Conditions, Links, Run};
pub(crate) use trace::{Drawing, Figures, Trace};
pub(crate) use traps::Traps;
pub(crate) use values::{Asked, Peer};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;
use std::time::Duration;
use values::{duration, peer, workers};

/// Measures the same workloads in every concurrency model, and reports which is
/// faster, by how much, and where the evidence does not decide.
#[derive(Parser)]
#[command(name = "lanes", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print no progress: only results, where they were written, warnings and
    /// errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 something failed, 2 usage, 3 a regression under \
--fail-on, 4 nothing matched, 130 interrupted.

Examples:
  lanes demo
  lanes run fetch --models 'tokio,gil'
  lanes help run";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show how well each model fits each workload
    List(List),
    /// Check the answer of every cell against the reference, in several sizes
    /// and with several numbers of workers
    Check(Check),
    /// Report what disturbs measurements on this machine, and what is missing
    Doctor(Doctor),
    /// Measure the models and rank them
    Run(Run),
    /// Measure your own job and its neighbours, and say which model to take, by
    /// how much, and what would change that
    Advise(Advise),
    /// Draw a map: which model is best for tasks that compute so long and wait
    /// so long
    Map(Map),
    /// Compare two sessions, cell by cell
    Cmp(Cmp),
    /// Compare two builds of Lanes in one session, such as a commit and its
    /// parent in CI
    Duel(Duel),
    /// Rank the models over all rows of one or more sessions
    Rank(Rank),
    /// Draw timelines: when each task computed, was preempted, or waited for
    /// I/O or a lock
    Trace(Trace),
    /// Draw the article's five pictures from fresh traces
    Figures(Figures),
    /// Measure common claims about threads, tasks, the GIL and processes, in
    /// under four minutes
    Claims(Claims),
    /// Inject faults into every model, hold what it does against the contract,
    /// and show what its library does by itself
    Faults(Faults),
    /// Run programs that step into known traps of rayon, tokio and CPython, and
    /// their remedies
    Traps(Traps),
    /// Find the smallest task that is worth starting: the METG of each model
    Metg(Metg),
    /// Find the length from which on each model is faster than the plain loop
    Crossover(Crossover),
    /// Write a site of results, traces and source: a folder of pages that open
    /// from disk
    Report(Report),
    /// Measure briefly, trace, write the site, and print the answer, in under
    /// three minutes
    Demo(Demo),
    /// Describe the columns of CSV and the keys of JSON that commands print
    Formats,
    /// Print completions for a shell
    #[command(after_help = "\
Example:
  lanes completions bash > ~/.local/share/bash-completion/completions/lanes")]
    Completions {
        /// The shell
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
    /// named twice takes part twice. Those that show where time goes (mutex,
    /// gil, processes), guests, and those of Python take part only if they are
    /// named, here or by a filter; by default all others do
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) peers: Peers,
}

impl Selection {
    /// Whether nothing was chosen, so that everything is meant.
    pub(crate) fn is_empty(&self) -> bool {
        self.filters.is_empty() && self.models.is_empty()
    }
}

/// Models in programs of the user's own.
#[derive(Args, Clone, Default)]
pub(crate) struct Peers {
    /// A model in a program of your own that speaks the worker protocol
    /// (crates/measure/PROTOCOL.md); may be given several times. It takes part
    /// in every row that is chosen, whatever --models and filters name; a
    /// filter that names it chooses its rows
    #[arg(long = "peer", value_name = "NAME=COMMAND", value_parser = peer)]
    pub(crate) all: Vec<Peer>,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes list
  lanes list fetch --details
  lanes list 'python*' --format csv")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Print the reason for each mark, what each workload does not measure, and
    /// its sizes
    #[arg(long)]
    pub(crate) details: bool,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes check
  lanes check fib tokio --workers 1,2,8
  lanes check max fib --models node --peer 'node=node worker.js'")]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// Numbers of workers; by default 1, 2, as many as the machine runs at
    /// once, and twice as many
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) workers: Vec<usize>,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

#[derive(Args)]
pub(crate) struct Doctor {
    /// Do not measure the noise floor, which takes some seconds
    #[arg(long)]
    pub(crate) no_noise: bool,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes rank results/*.json
  lanes rank results/*.json --models 'tokio,smol' --json")]
pub(crate) struct Rank {
    /// Result files; a file that is named twice counts once, and so does a row
    /// that several sessions have
    #[arg(required = true, value_name = "FILE")]
    pub(crate) results: Vec<PathBuf>,

    /// Rank only these models, over the rows that all of them have; `*` stands
    /// for any text. By default all
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes report --open
  lanes report before.json after.json results/fetch.traces.json -o pages
  lanes report --single fetch -o fetch.html")]
pub(crate) struct Report {
    /// Files of results, traces, faults, traps or claims, or folders; from a
    /// folder, the newest results and the newest traces of each workload are
    /// taken
    #[arg(default_value = "results", value_name = "PATH")]
    pub(crate) results: Vec<PathBuf>,

    /// The folder to write the pages to: a new one, an empty one, or that of a
    /// report from before, whose pages are then replaced; by default
    /// `results/site`. With --single, a file, or a folder for it
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,

    /// Write one workload alone, as one page to send to somebody; by default
    /// `results/WORKLOAD.html`, with a number if that exists
    #[arg(long, value_name = "WORKLOAD")]
    pub(crate) single: Option<String>,

    /// The source tree; by default the one around the current folder, or the
    /// one that this program was built from
    #[arg(long, value_name = "FOLDER")]
    pub(crate) source: Option<PathBuf>,

    /// Open the first page in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes demo --open
  lanes demo fetch fib --models 'threads,rayon,tokio' --budget 30s")]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) selection: Selection,

    /// How long measuring may take; with more time, fewer grades are open
    #[arg(long, value_parser = duration, default_value = "90s",
          value_name = "TIME")]
    pub(crate) budget: Duration,

    /// The folder to write the files to
    #[arg(short, long, default_value = "results", value_name = "FOLDER")]
    pub(crate) output: PathBuf,

    /// Open the first page in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

/// Where what was found is written.
#[derive(Args)]
pub(crate) struct Place {
    /// Where to write the results: a file that ends in .json, or a folder, in
    /// which the file is named by the time
    #[arg(short, long, default_value = "results", value_name = "PATH")]
    pub(crate) output: PathBuf,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes faults
  lanes faults tokio smol --cases 'cancel_*,nested_run' --details
  lanes faults 'python*' --peer 'mine=./worker'")]
pub(crate) struct Faults {
    /// The models; `*` stands for any text. By default those of this program,
    /// and guests that are built. Those of Python and peers are asked what the
    /// worker protocol can ask
    #[arg(value_name = "MODEL")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) peers: Peers,

    /// Only these cases, by default all; `*` stands for any text
    #[arg(long, value_delimiter = ',', value_name = "CASE,...")]
    pub(crate) cases: Vec<String>,

    /// Instead of the cases, which are asked by default: what comes of a job on
    /// N nodes when one of them is killed, terminated, stopped, paused or cut
    /// off at a moment that --seed draws, for the models that have nodes
    #[arg(long, value_parser = values::workers,
          conflicts_with_all = ["cases", "output", "details"],
          value_name = "N")]
    pub(crate) nodes: Option<usize>,

    #[command(flatten)]
    pub(crate) links: Links,

    /// How many times each of these faults happens
    #[arg(long, default_value_t = 10, requires = "nodes", value_name = "N")]
    pub(crate) times: usize,

    /// The seed that draws the moments and the nodes
    #[arg(long, default_value_t = 7, requires = "nodes", value_name = "N")]
    pub(crate) seed: u64,

    /// How long a case may take before it counts as a hang
    #[arg(long, value_parser = duration, default_value = "60s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    /// Also show what was measured of each library
    #[arg(long)]
    pub(crate) details: bool,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes claims
  lanes claims turns loops --json")]
pub(crate) struct Claims {
    /// Which claims; by default all of them
    #[arg(value_enum, value_name = "GROUP")]
    pub(crate) groups: Vec<Claimed>,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    #[command(flatten)]
    pub(crate) printing: Printing,
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
    /// Tasks that wait, come now and then, or are stopped
    Tasks,
    /// Queues and maps that tasks share
    Sharing,
}

#[cfg(test)]
mod tests;
