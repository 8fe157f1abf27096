//! The options of `lanes traps`.

use super::values::{duration, repeats};
use super::{Place, Printing};
use clap::Args;
use std::time::Duration;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes traps
  lanes traps 'tokio-*' rayon-lock --repeat 5
  lanes traps --list
  lanes traps --questions")]
pub(crate) struct Traps {
    /// The traps, by default all; `*` stands for any text
    #[arg(value_name = "NAME")]
    pub(crate) traps: Vec<String>,

    /// Print the traps with their questions, and run none
    #[arg(long)]
    pub(crate) list: bool,

    /// Print twenty questions that come back, and the commands that answer
    /// them; run nothing
    #[arg(long, conflicts_with_all = ["list", "traps"])]
    pub(crate) questions: bool,

    /// How often each program runs, in a process of its own
    #[arg(long, value_parser = repeats, default_value = "3", value_name = "N")]
    pub(crate) repeat: usize,

    /// How long a program may take before it counts as a hang
    #[arg(long, value_parser = duration, default_value = "2s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}
