//! Curves of efficiency, as they are printed.

use crate::args::Format;
use crate::fail::Fail;
use crate::show::{Sheet, json, number};
use lanes_measure::metg::{self, Curve, Found, Metg, Rung};
use lanes_measure::results::State;
use lanes_measure::words::{percent, round_time, time};
use std::collections::BTreeSet;

/// What was found, in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(metg: &Metg, format: Format) -> Result<String, Fail> {
    match format {
        Format::Json => json(metg),
        Format::Csv => list(metg).text(format),
        Format::Table | Format::Markdown => people(metg, format),
    }
}

fn people(metg: &Metg, format: Format) -> Result<String, Fail> {
    let mut text = format!(
        "The smallest task worth starting, at an efficiency of one half: \
         {}, {} tasks a step\n\n",
        metg.pattern.name(),
        metg.width
    );
    text += &table(metg).text(format)?;
    if let (Some(first), Some(last)) =
        (grains(metg).first(), grains(metg).last())
    {
        let nanos = |nanos: &u64| round_time(*nanos as f64 * 1e-9);
        text += &format!(
            "\nEach curve goes from tasks of {} at the left to {} at the \
             right, in powers of two: ▁ below an eighth of the workers' time \
             is useful, █ above seven eighths, a space is not measured.\n",
            nanos(first),
            nanos(last)
        );
    }
    if let (Some(apart), left_out @ 1..) = (metg.apart, metg.left_out()) {
        text += &format!(
            "\nIn the visits that count, a cache line took {} to {} from one \
             processor to another. {left_out} visits at other distances are \
             left out.\n",
            time(apart.low),
            time(apart.high)
        );
    }
    for curve in &metg.curves {
        if let Some(failure) = &curve.failure {
            text += &format!("{}: {failure}\n", curve.name);
        }
    }
    let state = match metg.state {
        State::Running => ", unfinished",
        State::Interrupted => ", interrupted",
        State::Complete => "",
    };
    text += &format!(
        "\n{}; {}; {:.0} s{state}\nEach interval holds the true value with \
         {} probability.\n",
        metg.machine,
        metg.build,
        metg.seconds,
        percent(metg.level),
    );
    Ok(text)
}

/// A line for each model, that with the smallest task first.
fn table(metg: &Metg) -> Sheet {
    let mut table = metg::table(metg);
    table.columns.push("curve".into());
    let grains = grains(metg);
    for (row, curve) in table.rows.iter_mut().zip(metg::ranked(metg)) {
        row.push(small(curve, &grains));
    }
    Sheet::from(table)
}

/// The grains of all curves, in nanoseconds.
fn grains(metg: &Metg) -> Vec<u64> {
    let rungs = metg.curves.iter().flat_map(|curve| &curve.rungs);
    let grains: BTreeSet<u64> = rungs.map(|rung| rung.nanos).collect();
    grains.into_iter().collect()
}

/// A curve in a letter for each grain.
fn small(curve: &Curve, grains: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let bar = |nanos: &u64| {
        let rung = curve.rungs.iter().find(|rung| rung.nanos == *nanos);
        match rung.and_then(|rung| rung.efficiency) {
            Some(part) => BARS[((part * 8.0) as usize).min(BARS.len() - 1)],
            None => ' ',
        }
    };
    grains.iter().map(bar).collect()
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 16] = [
    "pattern",
    "width",
    "model",
    "workers",
    "grain_seconds",
    "steps",
    "tasks",
    "visits",
    "efficiency",
    "low",
    "high",
    "found",
    "metg_seconds",
    "metg_low",
    "metg_high",
    "failure",
];

/// A line for each grain of each model; one for a model without any.
fn list(metg: &Metg) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for curve in &metg.curves {
        let (word, found) = match curve.found {
            Found::Metg(found) => ("metg", Some(found)),
            Found::Open => ("open", None),
            Found::Below { .. } => ("below", None),
            Found::Above { .. } => ("above", None),
            Found::Unmeasured => ("unmeasured", None),
        };
        let failure = curve.failure.as_ref().map(ToString::to_string);
        let mut row = |rung: Option<&Rung>| {
            let count = |of: fn(&Rung) -> usize| {
                rung.map(|rung| of(rung).to_string()).unwrap_or_default()
            };
            let interval = rung.and_then(|rung| rung.interval);
            sheet.row(vec![
                metg.pattern.name().into(),
                metg.width.to_string(),
                curve.name.clone(),
                curve.workers.to_string(),
                number(rung.map(Rung::grain)),
                count(|rung| rung.steps),
                count(|rung| rung.tasks),
                count(|rung| rung.visits.len()),
                number(rung.and_then(|rung| rung.efficiency)),
                number(interval.map(|found| found.low)),
                number(interval.map(|found| found.high)),
                word.into(),
                number(found.map(|found| found.median)),
                number(found.map(|found| found.low)),
                number(found.map(|found| found.high)),
                failure.clone().unwrap_or_default(),
            ]);
        };
        if curve.rungs.is_empty() {
            row(None);
        }
        curve.rungs.iter().for_each(|rung| row(Some(rung)));
    }
    sheet
}
