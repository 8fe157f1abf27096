//! The options of `lanes trace` and `lanes figures`.

use super::Peers;
use super::values::{duration, workers};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes trace
  lanes trace fetch --items 8 --models 'threads,rayon,tokio'
  lanes trace all --runs 3")]
pub(crate) struct Trace {
    /// The workload; `all` records every one, for the site
    #[arg(default_value = "subtasks", value_name = "WORKLOAD")]
    pub(crate) workload: String,

    /// The models, in this order; `*` stands for any text. By default
    /// sequential, threads, rayon, mutex, gil, tokio, processes and
    /// python-threads, and for the workload `all` every model that is installed
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) peers: Peers,

    /// The size, as `lanes list --details` writes it; by default the first
    /// quick one
    #[arg(long, conflicts_with = "items", value_name = "SIZE")]
    pub(crate) size: Option<String>,

    /// N items instead of a size; by default those of the size
    #[arg(long, value_name = "N")]
    pub(crate) items: Option<usize>,

    #[command(flatten)]
    pub(crate) drawing: Drawing,
}

#[derive(Args)]
#[command(after_help = "\
Example:
  lanes figures --unit 50ms --output pictures")]
pub(crate) struct Figures {
    #[command(flatten)]
    pub(crate) drawing: Drawing,
}

/// How traces are taken, and where the pictures go.
#[derive(Args)]
pub(crate) struct Drawing {
    /// The unit U of `subtasks`: how long a unit of compute or waiting takes
    #[arg(long, value_parser = duration, default_value = "20ms",
          value_name = "TIME")]
    pub(crate) unit: Duration,

    /// How many workers each model has; by default as many as the machine runs
    /// at once
    #[arg(long, value_parser = workers, value_name = "N")]
    pub(crate) workers: Option<usize>,

    /// How many traced runs of each model to make; the median one is drawn. As
    /// many untraced runs are made beside them
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000),
          default_value_t = 7, value_name = "N")]
    pub(crate) runs: u64,

    /// The seed of the inputs
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(crate) seed: u64,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    /// The folder to write the files to
    #[arg(short, long, default_value = "results", value_name = "FOLDER")]
    pub(crate) output: PathBuf,
}
