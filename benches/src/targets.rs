//! The performance targets: ratios with bounds, as they were measured.

use lanes_measure::document::{self, Document, Unreadable};
use lanes_measure::machine::Machine;
use lanes_measure::results::Build;
use lanes_measure::statistics::{Bound, Interval};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

const SCHEMA: &str = "lanes-ratios";
const VERSION: u32 = 1;

/// Ratios with their bounds, and what they were measured on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Targets {
    schema: String,
    version: u32,
    /// The machine, and the libraries.
    pub machine: Machine,
    /// The compiler and the commit.
    pub build: Build,
    /// How many workers each model had.
    pub workers: usize,
    /// How long the measurement took, in seconds.
    pub seconds: f64,
    /// The ratios, in the order in which they were measured.
    pub ratios: Vec<Ratio>,
}

/// A ratio of two times, and its bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// Kind, subject and workload, as in `bare/rayon/max`. The subject is a
    /// model, or the size of a kernel's input.
    pub name: String,
    /// The values that meet the target.
    pub bound: Bound,
    /// The median of the paired ratios, with its interval of 95 %.
    pub interval: Interval,
}

impl Ratio {
    /// Whether the median lies within the bound.
    pub fn is_met(&self) -> bool {
        let median = self.interval.median;
        self.bound.low <= median && median <= self.bound.high
    }

    /// How many digits it is shown with: a bound of one percent needs three.
    fn digits(&self) -> usize {
        if self.name.starts_with("look/") { 3 } else { 2 }
    }

    /// Kind and workload, which name a row of the table, and the subject.
    fn parts(&self) -> (String, &str) {
        match self.name.split('/').collect::<Vec<_>>()[..] {
            [kind @ ("kernel" | "kernel-tuned"), workload, size] => {
                (format!("{kind}/{workload}"), size)
            }
            [kind, subject, workload] => {
                (format!("{kind}/{workload}"), subject)
            }
            _ => (self.name.clone(), ""),
        }
    }
}

/// As `cargo bench --bench ratios` prints it.
impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, bound, interval } = self;
        let Interval { low, median, high } = interval;
        let bound = bound.to_string().replace('≤', "<=").replace('≥', ">=");
        let mark = if self.is_met() { "" } else { "  MISSED" };
        let digits = self.digits();
        write!(f, "{name:28} {median:5.digits$} ")?;
        write!(f, "({low:.digits$} to {high:.digits$})  {bound}{mark}")
    }
}

impl Targets {
    /// What was measured by this program.
    pub fn new(
        machine: Machine,
        build: Build,
        workers: usize,
        seconds: f64,
        ratios: Vec<Ratio>,
    ) -> Self {
        let (schema, version) = (SCHEMA.into(), VERSION);
        Self { schema, version, machine, build, workers, seconds, ratios }
    }

    /// Reads a file that [`Targets::save`] wrote.
    ///
    /// # Errors
    /// [`Unreadable`], for a missing file and for one of another kind.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Document::read(path)?.content(SCHEMA, VERSION)
    }

    /// Writes a new file; see [`document::save`].
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if there is one; those of the file
    /// system.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        document::save(path, self)
    }

    /// The ratios as a table in Markdown, and a line with what they were
    /// measured on. A row has the ratios of one kind, workload and bound. A
    /// ratio that misses its bound is bold, with its interval.
    pub fn markdown(&self) -> String {
        let mut rows: Vec<(String, Bound, Vec<String>)> = Vec::new();
        for ratio in &self.ratios {
            let (name, subject) = ratio.parts();
            let cell = cell(subject, ratio);
            let same = |row: &&mut (String, Bound, Vec<String>)| {
                row.0 == name && row.1 == ratio.bound
            };
            match rows.iter_mut().find(same) {
                Some((.., cells)) => cells.push(cell),
                None => rows.push((name, ratio.bound, vec![cell])),
            }
        }
        let mut table =
            String::from("| ratio | bound | measured |\n|---|---|---|\n");
        for (name, bound, cells) in rows {
            let cells = cells.join(", ");
            table += &format!("| `{name}` | {bound} | {cells} |\n");
        }
        let Self { machine, build, workers, seconds, .. } = self;
        table
            + &format!(
                "\n({machine}; {workers} workers; {build}; {seconds:.0} s)\n"
            )
    }
}

/// A ratio in its row of the table.
fn cell(subject: &str, ratio: &Ratio) -> String {
    let Interval { low, median, high } = ratio.interval;
    let digits = ratio.digits();
    let mut figure = format!("{median:.digits$}");
    if !ratio.is_met() {
        figure = format!("**{figure}** ({low:.digits$} to {high:.digits$})");
    }
    format!("{subject} {figure}").trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets() -> Targets {
        let ratio = |name: &str, bound, median| Ratio {
            name: name.into(),
            bound,
            interval: Interval {
                low: median - 0.01,
                median,
                high: median + 0.01,
            },
        };
        let (most, least) = (Bound::at_most(1.05), Bound::at_least(1.8));
        let ratios = vec![
            ratio("kernel/max/64KiB", Bound::at_most(1.1), 0.28),
            ratio("bare/rayon/max", most, 1.0),
            ratio("bare/tokio/spawn", most, 1.08),
            ratio("bare/tokio/max", most, 1.04),
            ratio("scaling/rayon/max", least, 1.5),
            ratio("trace/span", Bound::at_most(1.0), 0.65),
            ratio("look/rayon/fib", Bound::at_most(1.01), 1.004),
            ratio("look/tokio/fib", Bound::at_most(1.01), 1.014),
        ];
        let build = Build::here("rustc", Some("0123456789"), false);
        Targets::new(Machine::here(Vec::new()), build, 2, 9.4, ratios)
    }

    #[test]
    fn a_row_has_the_ratios_of_a_kind_and_what_misses_is_bold() {
        let table = targets().markdown();
        let rows: Vec<&str> = table.lines().skip(2).take(6).collect();
        assert_eq!(
            rows,
            [
                "| `kernel/max` | ≤ 1.1 | 64KiB 0.28 |",
                "| `bare/max` | ≤ 1.05 | rayon 1.00, tokio 1.04 |",
                "| `bare/spawn` | ≤ 1.05 | tokio **1.08** (1.07 to 1.09) |",
                "| `scaling/max` | ≥ 1.8 | rayon **1.50** (1.49 to 1.51) |",
                "| `trace/span` | ≤ 1 | 0.65 |",
                "| `look/fib` | ≤ 1.01 | rayon 1.004, tokio **1.014** \
                 (1.004 to 1.024) |",
            ]
        );
        assert!(table.contains("2 workers; rustc; lanes"), "{table}");
    }

    #[test]
    fn a_line_shows_a_percent_where_it_is_the_bound() {
        let targets = targets();
        let lines = targets.ratios.iter().map(ToString::to_string);
        let lines: Vec<_> = lines.collect();
        assert!(lines[0].ends_with("0.28 (0.27 to 0.29)  <= 1.1"));
        let missed = "1.014 (1.004 to 1.024)  <= 1.01  MISSED";
        assert!(lines[7].ends_with(missed), "{}", lines[7]);
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ratios.json");
        targets().save(&path).unwrap();
        assert_eq!(Targets::load(&path).unwrap(), targets());
        let there = targets().save(&path).unwrap_err();
        assert_eq!(there.kind(), io::ErrorKind::AlreadyExists);
        std::fs::write(&path, "{}").unwrap();
        let other = Targets::load(&path).unwrap_err();
        assert!(matches!(other, Unreadable::Schema { .. }), "{other}");
    }
}
