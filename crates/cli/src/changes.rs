//! What changed, as it is printed, and as an exit code.

use crate::args::Format;
use crate::fail::Fail;
use crate::say::note;
use crate::show::{Sheet, json, number};
use lanes_measure::change::{Change, Compared, Finding, Outcome};
use lanes_measure::statistics::FEWEST_VISITS;
use lanes_measure::tables::UNKNOWN;
use lanes_measure::words::{counted, digits, percent, range, time};

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 16] = [
    "workload",
    "size",
    "model",
    "workers",
    "before_seconds",
    "after_seconds",
    "ratio",
    "low",
    "high",
    "would_find",
    "visits_before",
    "visits_after",
    "compared",
    "regression",
    "verdict",
    "failure",
];

/// The changes in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(
    changes: &[Change],
    fail_on: Option<f64>,
    format: Format,
) -> Result<String, Fail> {
    match format {
        Format::Json => json(&changes),
        Format::Csv => figures(changes).text(Format::Csv),
        format => sheet(changes, fail_on).text(format),
    }
}

/// What people read.
fn sheet(changes: &[Change], fail_on: Option<f64>) -> Sheet {
    let columns = [
        "workload",
        "size",
        "model",
        "workers",
        "before",
        "after",
        "ratio",
        "interval",
        "verdict",
        "would find",
        "compared",
    ];
    let mut sheet = Sheet::new(&columns);
    for change in changes {
        let [before, after] = change.seconds.map(|seconds| seconds.map(time));
        let ratio = change.ratio.as_ref();
        let visible = change.visible.map(|by| format!("+{}", percent(by)));
        sheet.row(vec![
            change.workload.clone(),
            change.size.clone(),
            change.name.clone(),
            change.workers.to_string(),
            known(before),
            known(after),
            known(ratio.map(|r| digits(r.median))),
            known(ratio.map(|r| range(r.low, r.high))),
            in_words(&change.outcome, fail_on),
            known(visible),
            compared(change),
        ]);
    }
    sheet
}

/// The text, if the number is known.
fn known(text: Option<String>) -> String {
    text.unwrap_or_else(|| UNKNOWN.into())
}

fn compared(change: &Change) -> String {
    let [before, after] = change.visits.map(|visits| visits.to_string());
    let with = match change.compared {
        Compared::WithinVisits => {
            return format!("within {}", counted(change.visits[0], "visit"));
        }
        Compared::BesideOthers => "beside the others",
        Compared::Absolute => "absolute",
    };
    format!("{with}, {before} and {after} visits")
}

fn in_words(outcome: &Outcome, fail_on: Option<f64>) -> String {
    match (outcome, fail_on) {
        (Outcome::Measured { regressed: true, .. }, Some(most)) => {
            format!("slower by more than {}", percent(most))
        }
        (Outcome::Measured { finding, .. }, _) => found(finding),
        (Outcome::Unmeasured, _) => "unknown: not judged".into(),
        (Outcome::Moved { before, after }, _) => format!(
            "unknown: a cache line took {} from one processor to another \
             before, and {} after",
            time(*before),
            time(*after)
        ),
        (Outcome::Gone, _) => "gone: measured before, and not now".into(),
        (Outcome::New, _) => "new: not measured before".into(),
        (Outcome::Broken(failure), _) => {
            format!("broken: measured before, and now {failure}")
        }
        (Outcome::Repaired(failure), _) => {
            format!("repaired: before, {failure}")
        }
        (Outcome::Fails(failure), _) => format!("fails: {failure}"),
    }
}

fn found(finding: &Finding) -> String {
    // Rounded up: the interval lies within it.
    let up = |within: f64| percent((within * 1000.0).ceil() / 1000.0);
    match *finding {
        Finding::Slower { low, high } if high >= 1.0 => {
            format!("slower {} times", range(1.0 + low, 1.0 + high))
        }
        Finding::Slower { low, high } => {
            format!("slower by {} to {}", percent(low), percent(high))
        }
        Finding::Faster { low, high } => {
            format!("faster by {} to {}", percent(low), percent(high))
        }
        Finding::Same { within } => format!("same within {}", up(within)),
        Finding::Inconclusive => "inconclusive".into(),
    }
}

/// What programs read: seconds, ratios and fractions.
fn figures(changes: &[Change]) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for change in changes {
        let [before, after] = change.seconds;
        let compared = match change.compared {
            Compared::WithinVisits => "within-visits",
            Compared::BesideOthers => "beside-others",
            Compared::Absolute => "absolute",
        };
        sheet.row(vec![
            change.workload.clone(),
            change.size.clone(),
            change.name.clone(),
            change.workers.to_string(),
            number(before),
            number(after),
            number(change.ratio.map(|ratio| ratio.median)),
            number(change.ratio.map(|ratio| ratio.low)),
            number(change.ratio.map(|ratio| ratio.high)),
            number(change.visible),
            change.visits[0].to_string(),
            change.visits[1].to_string(),
            compared.into(),
            change.outcome.is_regression().to_string(),
            verdict(&change.outcome).into(),
            failure(&change.outcome),
        ]);
    }
    sheet
}

/// What is known of a cell, in a word for programs.
fn verdict(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Measured { finding, .. } => match finding {
            Finding::Slower { .. } => "slower",
            Finding::Faster { .. } => "faster",
            Finding::Same { .. } => "same",
            Finding::Inconclusive => "inconclusive",
        },
        Outcome::Unmeasured | Outcome::Moved { .. } => "unknown",
        Outcome::Gone => "gone",
        Outcome::New => "new",
        Outcome::Broken(_) => "broken",
        Outcome::Repaired(_) => "repaired",
        Outcome::Fails(_) => "fails",
    }
}

/// Why a cell has no time now, or had none before.
fn failure(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Broken(failure)
        | Outcome::Repaired(failure)
        | Outcome::Fails(failure) => failure.to_string(),
        _ => String::new(),
    }
}

/// The smallest slowdown that every cell would have shown, in a sentence.
pub(crate) fn visible(changes: &[Change]) -> String {
    let all = changes.iter().filter_map(|change| change.visible);
    match all.reduce(f64::max) {
        Some(most) => format!(
            "'would find' is the smallest slowdown that is found in four of \
             five times: {} in every cell.\n",
            percent(most)
        ),
        None => String::new(),
    }
}

/// What changed, as an exit code: a regression counts where a limit was named,
/// a cell that fails now always. Where a limit was named and no cell was
/// judged, nothing has passed.
///
/// # Errors
/// [`Fail::Regression`], [`Fail::Failure`] and [`Fail::Nothing`] then.
pub(crate) fn end(
    changes: &[Change],
    fail_on: Option<f64>,
) -> Result<(), Fail> {
    let worse = changes.iter().filter(|c| c.outcome.is_regression());
    let worse: Vec<String> = worse.map(name).collect();
    if fail_on.is_some() && !worse.is_empty() {
        let what = counted(worse.len(), "regression");
        return Err(Fail::Regression(format!("{what}: {}", worse.join(", "))));
    }
    let failed = changes.iter().filter(|c| c.outcome.failure().is_some());
    let failed: Vec<String> = failed.map(name).collect();
    if !failed.is_empty() {
        let what = counted(failed.len(), "cell");
        let what = format!("{what} failed: {}", failed.join(", "));
        return Err(Fail::Failure(what));
    }
    judged(changes, fail_on)
}

/// Says how many cells were not judged.
fn judged(changes: &[Change], fail_on: Option<f64>) -> Result<(), Fail> {
    let of = |is: fn(&Outcome) -> bool| {
        changes.iter().filter(|change| is(&change.outcome)).count()
    };
    let unknown = of(|outcome| {
        matches!(outcome, Outcome::Unmeasured | Outcome::Moved { .. })
    });
    if unknown == 0 {
        return Ok(());
    }
    let why = format!(
        "it takes {FEWEST_VISITS} visits before and after, with processors \
         as far apart, that are not all alike"
    );
    let known = of(|outcome| matches!(outcome, Outcome::Measured { .. }));
    if fail_on.is_some() && known == 0 {
        let what = format!("no cell was judged: {why}; measure longer");
        return Err(Fail::Nothing(what));
    }
    note!("{} not judged: {why}", counted(unknown, "cell"));
    Ok(())
}

fn name(change: &Change) -> String {
    let Change { workload, size, name, workers, outcome, .. } = change;
    let why = match outcome {
        Outcome::Gone => ", measured before, and not now",
        Outcome::Broken(_) => ", measured before, and now it fails",
        _ => "",
    };
    format!("{workload}/{name}/{size} with {workers}{why}")
}
