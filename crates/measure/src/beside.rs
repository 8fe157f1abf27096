//! A model's cells beside bare programs of the same library: what the contract
//! costs.

use crate::pairs::{Pair, pair};
use crate::words::time;
use lanes_core::{Config, Error, Job, Size, Started, Workload};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How many times the time of its bare program a cell may take.
pub const MOST: f64 = 1.1;

/// A model, and the shortest program of its library for each size of a
/// workload.
pub struct Form<W> {
    /// Starts the model.
    pub start: fn(&Config) -> Result<Started, Error>,
    /// Does a run, and returns how many items it did; `None` where the library
    /// has no such program.
    pub bare: fn(&W) -> Option<usize>,
}

/// The body of a program: prints a table of each model, with the quick sizes
/// whose labels contain an argument of the command line, or all. Exit status 1
/// if a cell takes more than [`MOST`] times its bare program, 2 if nothing
/// could be compared.
///
/// # Panics
/// If either form answers wrongly: a wrong answer has no time.
pub fn program<W: Workload>(forms: &[Form<W>]) -> ExitCode {
    let parts: Vec<String> = env::args().skip(1).collect();
    let asked = |size: &W| {
        let label = size.label();
        parts.is_empty() || parts.iter().any(|part| label.contains(part))
    };
    let mut sizes = W::sizes(Size::Quick);
    sizes.retain(asked);
    let tables = forms.iter().map(|form| {
        let model = (form.start)(&Config::machine())?;
        table(&model, &sizes, form.bare, &mut io::stdout())
    });
    match tables.collect::<Result<Vec<_>, _>>() {
        Ok(highest) => match highest.into_iter().flatten().reduce(f64::max) {
            Some(highest) if highest <= MOST => ExitCode::SUCCESS,
            Some(_) => ExitCode::FAILURE,
            None => {
                eprintln!("{} has no such size here", W::NAME);
                ExitCode::from(2)
            }
        },
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Writes a table in Markdown, each row as soon as it is measured, and returns
/// the highest ratio. A ratio is bold if more than [`MOST`]. Sizes that the
/// model refuses, or that have no bare program, are left out.
fn table<W: Workload>(
    model: &Started,
    sizes: &[W],
    bare: fn(&W) -> Option<usize>,
    out: &mut impl Write,
) -> Result<Option<f64>, Error> {
    let (workload, unit) = (W::NAME, W::UNIT);
    writeln!(out, "| {workload}/{} | a {unit} | bare | ratio |", model.name())?;
    writeln!(out, "|---|---:|---:|---:|")?;
    let mut highest: Option<f64> = None;
    for size in sizes {
        let Some(pair) = compared(model, size, bare)? else { continue };
        let each = |seconds: f64| time(seconds / size.items() as f64);
        let Pair { a, b, ratio } = pair;
        let bold = if ratio.median > MOST { "**" } else { "" };
        writeln!(
            out,
            "| {} | {} | {} | {bold}{:.2}{bold} ({:.2} to {:.2}) |",
            size.label(),
            each(a),
            each(b),
            ratio.median,
            ratio.low,
            ratio.high,
        )?;
        let most = highest.unwrap_or_default().max(ratio.median);
        highest = Some(most);
    }
    writeln!(out)?;
    Ok(highest)
}

/// A cell and its bare program, both checked before they are timed.
fn compared<W: Workload>(
    model: &Started,
    size: &W,
    bare: fn(&W) -> Option<usize>,
) -> Result<Option<Pair>, Error> {
    let job = Job::new(size, 7)?;
    let run = model.runner::<W>()?;
    let label = size.label();
    let answer = match run(&job) {
        Err(Error::Unsupported(_)) => return Ok(None),
        answer => answer?,
    };
    assert_eq!(answer, W::reference(&job), "{label} in {}", model.name());
    let Some(done) = bare(size) else { return Ok(None) };
    assert_eq!(done, size.items(), "{label} in the bare program");
    let ours = || {
        let (answer, time) = timed(|| run(&job));
        answer.unwrap_or_else(|error| panic!("{label}: {error}"));
        time
    };
    Ok(Some(pair(ours, || timed(|| bare(size)).1)))
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let answer = run();
    (answer, begin.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::workload::Max;

    fn model() -> Started {
        let model = lanes_suite::find("sequential").unwrap();
        model.start(&Config::new(1).unwrap()).unwrap()
    }

    fn written(bare: fn(&Max) -> Option<usize>) -> (Vec<String>, Option<f64>) {
        let mut out = Vec::new();
        let sizes = [Max::plain(1000, 64)];
        let highest = table(&model(), &sizes, bare, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        (text.lines().map(str::to_owned).collect(), highest)
    }

    #[test]
    fn a_row_has_both_times_and_their_ratio() {
        let (lines, highest) = written(|size| Some(size.len));
        assert_eq!(lines[0], "| max/sequential | a number | bare | ratio |");
        assert!(lines[2].starts_with("| 1000 |"), "{lines:?}");
        let missed = highest.unwrap() > MOST;
        assert_eq!(lines[2].contains("**"), missed, "{lines:?}");
    }

    #[test]
    fn a_size_without_a_bare_program_is_left_out() {
        let (lines, highest) = written(|_| None);
        assert_eq!((lines.len(), highest), (3, None));
    }

    #[test]
    #[should_panic(expected = "in the bare program")]
    fn a_bare_program_that_leaves_items_out_has_no_time() {
        written(|size| Some(size.len - 1));
    }
}
