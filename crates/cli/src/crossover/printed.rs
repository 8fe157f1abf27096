//! Crossovers, as they are printed.

use crate::args::Format;
use crate::fail::Fail;
use crate::show::{Sheet, json, number};
use lanes_measure::crossover::{
    Compared, Crossover, Finding, Found, Point, power, table,
};
use lanes_measure::results::State;
use lanes_measure::words::percent;

/// What was found, in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(
    crossover: &Crossover,
    format: Format,
) -> Result<String, Fail> {
    match format {
        Format::Json => json(crossover),
        Format::Csv => list(crossover).text(format),
        Format::Table | Format::Markdown => people(crossover, format),
    }
}

fn people(crossover: &Crossover, format: Format) -> Result<String, Fail> {
    let Crossover { workload, yardstick, .. } = crossover;
    let mut text = format!(
        "{workload}: from which length on each model is faster than \
         {yardstick}, for certain, from {} to {}\n\n",
        power(crossover.shortest),
        power(crossover.longest),
    );
    text += &Sheet::from(table(crossover)).text(format)?;
    for model in &crossover.models {
        if let Some(failure) = &model.failure {
            text += &format!("{}: {failure}\n", model.name);
        }
    }
    let state = match crossover.state {
        State::Running => ", unfinished",
        State::Interrupted => ", interrupted",
        State::Complete => "",
    };
    text += &format!(
        "\n{}; {}; {:.0} s{state}\nAll findings hold at once with {} \
         probability.\n",
        crossover.machine,
        crossover.build,
        crossover.seconds,
        percent(crossover.level),
    );
    Ok(text)
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 15] = [
    "workload",
    "yardstick",
    "model",
    "workers",
    "len",
    "grain",
    "visits",
    "ratio",
    "low",
    "high",
    "finding",
    "found",
    "faster_from",
    "best_grain",
    "failure",
];

/// A line for each point of each model; one for a model without any.
fn list(crossover: &Crossover) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for model in &crossover.models {
        if model.points.is_empty() {
            sheet.row(record(crossover, model, None));
        }
        for point in &model.points {
            sheet.row(record(crossover, model, Some(point)));
        }
    }
    sheet
}

fn record(
    crossover: &Crossover,
    model: &Compared,
    point: Option<&Point>,
) -> Vec<String> {
    let text =
        |of: &dyn Fn(&Point) -> String| point.map(of).unwrap_or_default();
    let ratio = point.and_then(|point| point.ratio);
    let (found, from) = match model.found {
        Found::From { len, grain, .. } => ("from", Some((len, grain))),
        Found::Never { .. } => ("never", None),
        Found::Open => ("open", None),
        Found::Unmeasured => ("unmeasured", None),
    };
    let from = from.map(|(len, grain)| [len, grain].map(|n| n.to_string()));
    let [len, grain] = from.unwrap_or_default();
    let finding = |point: &Point| match point.finding {
        Finding::Faster => "faster".to_owned(),
        Finding::NotFaster => "not-faster".to_owned(),
        Finding::Open => "open".to_owned(),
    };
    vec![
        crossover.workload.clone(),
        crossover.yardstick.clone(),
        model.name.clone(),
        model.workers.to_string(),
        text(&|point| point.len.to_string()),
        text(&|point| point.grain.to_string()),
        text(&|point| point.visits.len().to_string()),
        number(ratio.map(|found| found.median)),
        number(ratio.map(|found| found.low)),
        number(ratio.map(|found| found.high)),
        text(&finding),
        found.into(),
        len,
        grain,
        model.failure.as_ref().map(ToString::to_string).unwrap_or_default(),
    ]
}
