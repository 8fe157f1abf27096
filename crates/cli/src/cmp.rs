//! `lanes cmp`: two sessions, cell by cell.

use crate::args::{Cmp, Format};
use crate::fail::Fail;
use crate::provenance::warn_if_other;
use crate::show::{Sheet, print};
use lanes_measure::change::{Change, changes};
use lanes_measure::results::{Results, State};
use lanes_measure::statistics::Verdict;
use lanes_measure::words::{digits, ends, time, verdict};

/// Prints what changed between two sessions.
///
/// # Errors
/// Those of the files, [`Fail::Nothing`] without a common cell,
/// [`Fail::Regression`] for a confident one under `--fail-on`.
pub(crate) fn cmp(options: &Cmp) -> Result<(), Fail> {
    let load = |path| Results::load(path).map_err(Fail::of);
    let (before, after) = (load(&options.before)?, load(&options.after)?);
    warn_if_other(&before, &after);
    for (results, path) in
        [(&before, &options.before), (&after, &options.after)]
    {
        if results.state != State::Complete {
            eprintln!(
                "lanes: {} is of a session that did not end as planned",
                path.display()
            );
        }
    }
    let changes = changes(&before, &after, options.absolute, options.margin);
    if changes.is_empty() {
        return Err(Fail::Nothing("the files have no cell in common".into()));
    }
    if options.format == Format::Json {
        let json = serde_json::to_string_pretty(&changes).map_err(Fail::of)?;
        print(&(json + "\n"))?;
    } else {
        print(&sheet(&changes).text(options.format)?)?;
    }
    if options.format == Format::Table {
        note(&changes);
    }
    let Some(most) = options.fail_on else { return Ok(()) };
    let worse = |change: &&Change| {
        let slower = matches!(change.verdict, Verdict::Slower { .. });
        slower && change.ratio.low > most.ln_1p()
    };
    let worse: Vec<String> = changes.iter().filter(worse).map(name).collect();
    if worse.is_empty() {
        return Ok(());
    }
    Err(Fail::Regression(format!("slower for certain: {}", worse.join(", "))))
}

fn name(change: &Change) -> String {
    let Change { workload, size, name, workers, .. } = change;
    format!("{workload}/{name}/{size} with {workers}")
}

fn note(changes: &[Change]) {
    if changes.iter().any(|change| change.beside) {
        eprintln!(
            "Ratios are relative to the other models of the row: a slowdown of \
             all of them, as by a busy neighbour, is not in them (--absolute \
             compares bare times)."
        );
    }
}

fn sheet(changes: &[Change]) -> Sheet {
    let columns = [
        "workload", "size", "model", "workers", "before", "after", "ratio",
        "interval", "verdict", "compared",
    ];
    let mut sheet = Sheet::new(&columns);
    for change in changes {
        sheet.row(vec![
            change.workload.clone(),
            change.size.clone(),
            change.name.clone(),
            change.workers.to_string(),
            time(change.seconds[0]),
            time(change.seconds[1]),
            digits(change.ratio.median.exp()),
            ends(&change.ratio),
            verdict(&change.verdict),
            if change.beside { "beside the others" } else { "absolute" }.into(),
        ]);
    }
    sheet
}
