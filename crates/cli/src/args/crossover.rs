//! The options of `lanes crossover`.

use super::values::{duration, length, workers};
use super::{Conditions, Peers, Place, Printing};
use clap::Args;
use std::time::Duration;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes crossover max
  lanes crossover double --models 'rayon,tokio' --grains 2^12,2^16
  lanes crossover max --longest 2^20 --budget 60s --json")]
pub(crate) struct Crossover {
    /// The workload, whose size is a length and a grain, such as max or double
    #[arg(default_value = "max", value_name = "WORKLOAD")]
    pub(crate) workload: String,

    /// The models, in this order; `*` stands for any text. By default the
    /// runtimes that have more than one worker. All are compared with
    /// sequential, the plain loop
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) peers: Peers,

    /// How many workers each model has; by default as many as the machine runs
    /// at once
    #[arg(long, value_parser = workers, value_name = "N")]
    pub(crate) workers: Option<usize>,

    /// The shortest length that is tried, as 2^10 or 1024
    #[arg(long, value_parser = length, default_value = "2^10",
          value_name = "N")]
    pub(crate) shortest: u64,

    /// The longest length
    #[arg(long, value_parser = length, default_value = "2^24",
          value_name = "N")]
    pub(crate) longest: u64,

    /// The grains that are tried at each length; where none is half of the
    /// length or less, its half is
    #[arg(long, value_delimiter = ',', value_parser = length,
          default_value = "2^12,2^14,2^16", value_name = "N,...")]
    pub(crate) grains: Vec<u64>,

    /// How long it may take, such as 60s or 10m; by default 30 s for each
    /// model. It ends sooner where all is decided
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub(crate) budget: Option<Duration>,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}
