//! Tables and figures, as people, pages and spreadsheets want them.

use crate::args::Format;
use crate::fail::Fail;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, Table, TableStyle, presets,
};
use lanes_measure::tables::{Table as Figures, UNKNOWN};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// A table as it is printed, in any format but JSON.
pub(crate) struct Sheet(Figures);

impl From<Figures> for Sheet {
    fn from(figures: Figures) -> Self {
        Self(figures)
    }
}

impl Sheet {
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self(Figures::new(columns))
    }

    /// As [`Sheet::new`], of names that are known when it is made.
    pub(crate) fn with(columns: impl IntoIterator<Item = String>) -> Self {
        Self(Figures::with(columns))
    }

    pub(crate) fn row(&mut self, row: Vec<String>) {
        self.0.row(row);
    }

    /// The sheet as text; figures to the right, the rest to the left.
    pub(crate) fn text(&self, format: Format) -> Result<String, Fail> {
        match format {
            Format::Csv => self.csv(),
            Format::Markdown => Ok(self.table(presets::ASCII_MARKDOWN, false)),
            Format::Table | Format::Json => {
                Ok(self.table(presets::NOTHING, colors()))
            }
        }
    }

    fn csv(&self) -> Result<String, Fail> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.0.columns).map_err(Fail::of)?;
        for row in &self.0.rows {
            writer.write_record(row).map_err(Fail::of)?;
        }
        let bytes = writer.into_inner().map_err(Fail::of)?;
        String::from_utf8(bytes).map_err(Fail::of)
    }

    fn table(&self, style: TableStyle, colors: bool) -> String {
        let mut table = Table::new();
        table.load_style(style);
        if colors {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let bold = |name: &String| {
            let cell = Cell::new(name);
            if colors { cell.add_attribute(Attribute::Bold) } else { cell }
        };
        table.set_header(self.0.columns.iter().map(bold));
        for row in &self.0.rows {
            let cell = |text: &String| match color(text).filter(|_| colors) {
                Some(color) => Cell::new(text).fg(color),
                None => Cell::new(text),
            };
            table.add_row(row.iter().map(cell));
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            let mut texts = self.0.rows.iter().map(|row| row[at].as_str());
            if texts.all(is_figure) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let lines = table.lines().map(|line| line.trim_end().to_owned());
        let mut text = lines.collect::<Vec<_>>().join("\n");
        text.push('\n');
        text
    }
}

/// A document as JSON.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn json(document: &impl Serialize) -> Result<String, Fail> {
    let text = serde_json::to_string_pretty(document).map_err(Fail::of)?;
    Ok(text + "\n")
}

/// A number for programs. What is not known, and an end that there is not, is
/// empty.
pub(crate) fn number(number: Option<f64>) -> String {
    let number = number.filter(|number| number.is_finite());
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// Whether a cell is a figure, an unknown one, or empty.
fn is_figure(text: &str) -> bool {
    if text == UNKNOWN {
        return true;
    }
    let mut first = text.trim_start_matches(['-', '~', '>', '<', ' ']).chars();
    first.next().is_none_or(|c| c.is_ascii_digit())
}

/// What grades, changes and fits begin with, by their colour.
const COLORS: [(Color, &[&str]); 3] = [
    (Color::Green, &["fastest", "as fast", "faster", "same within", "natural"]),
    (Color::Red, &["slower", "gone:", "broken:", "fails:", "unsuitable"]),
    (
        Color::Yellow,
        &["open", "at most", "inconclusive", "unknown", "possible"],
    ),
];

/// The colour of what is said of a model.
fn color(text: &str) -> Option<Color> {
    let starts =
        |begins: &[&str]| begins.iter().any(|begin| text.starts_with(begin));
    let found = COLORS.into_iter().find(|(_, begins)| starts(begins));
    found.map(|(color, _)| color)
}

/// Colours are for terminals, and for people who want them (no-color.org).
fn colors() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    io::stdout().is_terminal() && !unwanted
}

/// Prints to standard output; a reader that has gone is no failure.
pub(crate) fn print(text: &str) -> Result<(), Fail> {
    let mut output = io::stdout().lock();
    // What is left in the buffer at the exit is lost without a word.
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fail::of(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_a_table_a_page_or_a_spreadsheet() {
        let mut sheet = Sheet::new(&["name", "time"]);
        sheet.row(vec!["a, b".into(), "1".into()]);
        let text = |format| sheet.text(format).unwrap();
        assert_eq!(text(Format::Csv), "name,time\n\"a, b\",1\n");
        assert!(text(Format::Markdown).starts_with("| name | time |\n|-"));
        assert!(text(Format::Table).contains("a, b"));
    }
}
