//! Tables and figures, as people, pages and spreadsheets want them.

use crate::args::Format;
use crate::fail::Fail;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, Table, TableStyle, presets,
};
use lanes_measure::statistics::{Interval, Verdict};
use std::io::{self, IsTerminal, Write};

/// A table with a heading, in any format but JSON.
pub(crate) struct Sheet {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(crate) fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, row: Vec<String>) {
        self.rows.push(row);
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
        writer.write_record(&self.columns).map_err(Fail::of)?;
        for row in &self.rows {
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
        let bold = |name: &&'static str| {
            let cell = Cell::new(name);
            if colors { cell.add_attribute(Attribute::Bold) } else { cell }
        };
        table.set_header(self.columns.iter().map(bold));
        for row in &self.rows {
            let cell = |text: &String| match color(text).filter(|_| colors) {
                Some(color) => Cell::new(text).fg(color),
                None => Cell::new(text),
            };
            table.add_row(row.iter().map(cell));
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            let mut texts = self.rows.iter().map(|row| row[at].as_str());
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

/// Whether a cell is a figure, or empty.
fn is_figure(text: &str) -> bool {
    let mut first = text.trim_start_matches(['-', '~', '>', '<', ' ']).chars();
    first.next().is_none_or(|c| c.is_ascii_digit())
}

/// The colour of a verdict.
fn color(text: &str) -> Option<Color> {
    let starts = |prefix| text.starts_with(prefix);
    if starts("fastest") || starts("natural") || starts("faster") {
        Some(Color::Green)
    } else if starts("slower") || starts("unsuitable") {
        Some(Color::Red)
    } else if starts("not enough") || starts("possible") {
        Some(Color::Yellow)
    } else {
        None
    }
}

/// Colours are for terminals, and for people who want them (no-color.org).
fn colors() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    io::stdout().is_terminal() && !unwanted
}

/// Prints to standard output; a reader that has gone is no failure.
pub(crate) fn print(text: &str) -> Result<(), Fail> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fail::of(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// A time with three digits: `1.23 ms`.
pub(crate) fn time(seconds: f64) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];
    let fits = |(size, _): &&(f64, &str)| seconds >= *size * 0.9995;
    let (size, unit) = units.iter().find(fits).unwrap_or(&units[3]);
    format!("{} {unit}", digits(seconds / size))
}

/// A number with three digits.
pub(crate) fn digits(number: f64) -> String {
    if !number.is_finite() {
        return "∞".into();
    }
    let places = match number.abs() {
        0.0..9.995 => 2,
        9.995..99.95 => 1,
        _ => 0,
    };
    format!("{number:.places$}")
}

/// A fraction in percent: `1.2 %`.
pub(crate) fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if percent.abs() < 10.0 {
        format!("{percent:.1} %")
    } else {
        format!("{} %", digits(percent))
    }
}

/// The ends of a log-ratio's interval, as ratios.
pub(crate) fn ends(interval: &Interval) -> String {
    let Interval { low, high, .. } = interval.ratio();
    format!("{} to {}", digits(low), digits(high))
}

/// A verdict in words.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let by = |low: f64, high: f64| {
        if high < 1.0 {
            format!("by {} to {}", percent(low), percent(high))
        } else {
            format!("{} to {} times", digits(1.0 + low), digits(1.0 + high))
        }
    };
    match *verdict {
        Verdict::Equivalent { within } => {
            // Rounded up: the interval lies within it.
            let within = (within * 1000.0).ceil() / 1000.0;
            format!("equivalent within {}", percent(within))
        }
        Verdict::Slower { low, high } => format!("slower {}", by(low, high)),
        Verdict::Faster { low, high } => {
            // Of a faster one the ratio's lower end is the larger difference.
            format!("faster by {} to {}", percent(-high), percent(-low))
        }
        Verdict::Unclear { more_rounds: Some(rounds) } => {
            format!("not enough evidence: about {rounds} more rounds")
        }
        Verdict::Unclear { more_rounds: None } => {
            "not enough evidence: within the noise".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        for (seconds, text) in [
            (0.0, "0.00 ns"),
            (345e-9, "345 ns"),
            (0.999_6e-3, "1.00 ms"),
            (0.012_34, "12.3 ms"),
            (100.0, "100 s"),
        ] {
            assert_eq!(time(seconds), text);
        }
        assert_eq!(percent(0.0123), "1.2 %");
        assert_eq!(percent(0.25), "25.0 %");
        assert_eq!(digits(f64::INFINITY), "∞");
    }

    #[test]
    fn verdicts_are_words() {
        let slower = Verdict::Slower { low: 0.02, high: 0.081 };
        assert_eq!(verdict(&slower), "slower by 2.0 % to 8.1 %");
        let much = Verdict::Slower { low: 1.5, high: 2.25 };
        assert_eq!(verdict(&much), "slower 2.50 to 3.25 times");
        let faster = Verdict::Faster { low: -0.1, high: -0.05 };
        assert_eq!(verdict(&faster), "faster by 5.0 % to 10.0 %");
        let same = Verdict::Equivalent { within: 0.0101 };
        assert_eq!(verdict(&same), "equivalent within 1.1 %");
    }

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
