//! The options of `lanes duel`.

use super::values::{duration, percent, workers};
use super::{Conditions, Place, Printing};
use clap::Args;
use std::time::Duration;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes duel main HEAD fib --fail-on 5%
  lanes duel ./lanes-old ./target/release/lanes --budget 5m")]
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
    /// (mutex, gil, processes) take part only if they are named; by default all
    /// others of a build do. Those of Python and guests are no part of a build
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    /// Large sizes, as `lanes list --details` shows them
    #[arg(long)]
    pub(crate) full: bool,

    /// Every workload with N items instead; by default the small sizes
    #[arg(long, conflicts_with = "full", value_name = "N")]
    pub(crate) items: Option<usize>,

    /// Numbers of workers; by default as many as the machine runs at once
    #[arg(long, value_delimiter = ',', value_parser = workers,
          value_name = "N,...")]
    pub(crate) workers: Vec<usize>,

    /// The number of rounds for each row; by default as many as the budget
    /// allows
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000),
          conflicts_with = "budget", value_name = "N")]
    pub(crate) rounds: Option<u64>,

    /// How long the session may take, such as 60s or 10m; by default 1.8 s for
    /// each cell of each build, and at least 60 s. All rows get as much of it
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub(crate) budget: Option<Duration>,

    /// End with exit code 3 if a cell is certainly slower by more than this, is
    /// gone, or fails in AFTER alone; by default no change does
    #[arg(long, value_parser = percent, value_name = "PERCENT")]
    pub(crate) fail_on: Option<f64>,

    /// Times that certainly differ by less than this are the same
    #[arg(long, value_parser = percent, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}
