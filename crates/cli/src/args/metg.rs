//! The options of `lanes metg`.

use super::values::{duration, pattern, width, workers};
use super::{Conditions, Peers, Place, Printing};
use clap::Args;
use lanes_core::workload::Pattern;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes metg
  lanes metg --pattern trivial --models 'rayon,tokio' --budget 30s
  lanes metg --plot efficiency.svg --json")]
pub(crate) struct Metg {
    /// Which tasks of the step before a task needs: none (trivial), those
    /// beside it (stencil), its parent (tree) or all (all-to-all)
    #[arg(long, value_parser = pattern, default_value = "stencil",
          value_name = "NAME")]
    pub(crate) pattern: Pattern,

    /// The models, in this order; `*` stands for any text. By default the
    /// runtimes that have more than one worker
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) peers: Peers,

    /// How many workers each model has; by default as many as the machine runs
    /// at once
    #[arg(long, value_parser = workers, value_name = "N")]
    pub(crate) workers: Option<usize>,

    /// How many tasks a step has; by default as many as there are workers
    #[arg(long, value_parser = width, value_name = "N")]
    pub(crate) width: Option<usize>,

    /// How long it may take, such as 60s or 10m; by default 12 s for each
    /// model, and at least 20 s
    #[arg(long, value_parser = duration, value_name = "TIME")]
    pub(crate) budget: Option<Duration>,

    /// Also write the curves as a picture, an SVG file of this name; by default
    /// none is written
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}
