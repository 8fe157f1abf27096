//! The options of `lanes cmp`.

use super::Printing;
use super::values::percent;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes cmp before.json after.json
  lanes cmp before.json after.json --fail-on 5% --json")]
pub(crate) struct Cmp {
    /// The older results
    pub(crate) before: PathBuf,
    /// The newer results
    pub(crate) after: PathBuf,

    /// End with exit code 3 if a cell is certainly slower by more than this, is
    /// gone, or fails now; by default no change does
    #[arg(long, value_parser = percent, value_name = "PERCENT")]
    pub(crate) fail_on: Option<f64>,

    /// Compare the times themselves; by default a model with five others in its
    /// row is compared relative to what changed in these, so that a machine
    /// that became slower as a whole is not taken for a regression
    #[arg(long)]
    pub(crate) absolute: bool,

    /// Times that certainly differ by less than this are the same
    #[arg(long, value_parser = percent, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    #[command(flatten)]
    pub(crate) printing: Printing,
}
