//! The options of `lanes cmp`.

use super::{Format, percent};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Cmp {
    /// The older results
    pub(crate) before: PathBuf,
    /// The newer results
    pub(crate) after: PathBuf,

    /// End with exit code 3 if a cell is certainly slower by more than this, is
    /// gone, or fails now
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

    /// The format of what is printed
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}
