//! The options of what is printed, and how.

use clap::{Args, ValueEnum};

/// How results are printed.
#[derive(Args, Clone, Copy, Default)]
pub(crate) struct Printing {
    /// The format of what is printed; `lanes formats` describes every column
    /// and key
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,

    /// Short for `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Printing {
    /// The format that was chosen.
    pub(crate) fn format(self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// A format of what is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people
    #[default]
    Table,
    /// JSON for programs, with all data
    Json,
    /// CSV for spreadsheets: seconds and ratios, without units
    Csv,
    /// Markdown for documents
    Markdown,
}

impl Format {
    /// Whether people read it; the others are for programs.
    pub(crate) fn is_for_people(self) -> bool {
        matches!(self, Self::Table | Self::Markdown)
    }
}
