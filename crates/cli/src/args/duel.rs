//! The options of `lanes duel`.

use super::{Conditions, Format, duration, percent, workers};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Duel {
    /// The older build: an executable `lanes`, or a git revision of the
    /// repository around the current folder, which is built from what was
    /// committed
    pub(crate) before: String,
    /// The newer build, likewise
    pub(crate) after: String,

    /// Cells as WORKLOAD, MODEL or WORKLOAD/MODEL/SIZE; `*` stands for any
    /// text, and later parts may be left out
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,

    /// The models; `*` stands for any text. Those that show where time goes
    /// (mutex, gil, processes) take part only if they are named, and those of
    /// Python and guests are no part of a build
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    /// Large sizes, as `lanes list` shows them
    #[arg(long)]
    pub(crate) full: bool,

    /// Every workload with N items instead
    #[arg(long, conflicts_with = "full", value_name = "N")]
    pub(crate) items: Option<usize>,

    /// Numbers of workers; by default as many as the machine runs at once
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) workers: Vec<usize>,

    /// The number of rounds for each row, instead of a budget of time
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000),
          conflicts_with = "budget")]
    pub(crate) rounds: Option<u64>,

    /// How long the session may take, such as 60s or 10m; by default 1.8 s for
    /// each cell of each build, and at least 60 s. All rows get as much of it
    #[arg(long, value_parser = duration)]
    pub(crate) budget: Option<Duration>,

    /// End with exit code 3 if a cell is certainly slower by more than this, or
    /// is gone, or fails in AFTER alone
    #[arg(long, value_parser = percent, value_name = "PERCENT")]
    pub(crate) fail_on: Option<f64>,

    /// Times that certainly differ by less than this are the same
    #[arg(long, value_parser = percent, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    /// Where to write the results: a file that ends in .json, or a folder, in
    /// which the file is named by the time
    #[arg(short, long, default_value = "results", value_name = "PATH")]
    pub(crate) output: PathBuf,

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
