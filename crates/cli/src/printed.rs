//! The results of a session, as they are printed.

use crate::args::Format;
use crate::fail::Fail;
use crate::rank;
use crate::show::{Sheet, json, number};
use lanes_measure::parallelism::Parallelism;
use lanes_measure::ranking;
use lanes_measure::results::{Results, RowResult, State};
use lanes_measure::statistics::Grade;
use lanes_measure::summary::{Group, Summary};
use lanes_measure::tables::{
    beside, best_possible, heading, label, latencies, memory, own, scale,
    speedups, standings, used, vain,
};
use lanes_measure::words::{percent, time};

/// The results, in this format; with `details`, also the resources of a run.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn results(
    results: &Results,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    match format {
        Format::Json => json(results),
        Format::Csv => csv(results),
        Format::Table | Format::Markdown => people(results, format, details),
    }
}

fn people(
    results: &Results,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    let mut text = String::new();
    for row in &results.rows {
        text += &self::row(row, results, format, details)?;
    }
    text += &rankings(results, None, format)?;
    text += &foot(results);
    Ok(text)
}

/// The rankings of a session, of all numbers of workers or of one, each with an
/// empty line behind it.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn rankings(
    results: &Results,
    workers: Option<usize>,
    format: Format,
) -> Result<String, Fail> {
    let all = ranking::rank(std::slice::from_ref(results), &[], results.level);
    let wanted = all.iter().filter(|ranking| {
        ranking.rows.len() > 1
            && workers.is_none_or(|workers| workers == ranking.workers)
    });
    let texts = wanted.map(|ranking| Ok(rank::text(ranking, format)? + "\n"));
    texts.collect()
}

/// The machine, the build and the meaning of the intervals.
pub(crate) fn foot(results: &Results) -> String {
    let state = match results.state {
        State::Running => ", unfinished",
        State::Interrupted => ", interrupted",
        State::Complete => "",
    };
    format!(
        "{}; {}; {:.0} s{state}\n\
         The intervals of a row hold all at once with {} probability: of \
         twenty rows, one may miss.\n",
        results.machine,
        results.build,
        results.seconds,
        percent(results.level),
    )
}

/// A row's workload and size.
pub(crate) fn name(row: &RowResult) -> String {
    format!("{} {}", row.workload, row.size)
}

/// The models with one number of workers in a row, the fastest first, and an
/// empty line behind them.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn group(
    row: &RowResult,
    summary: &Summary,
    group: &Group,
    format: Format,
) -> Result<String, Fail> {
    let heading = heading(&name(row), row, summary, group);
    let sheet = Sheet::from(standings(row, group)).text(format)?;
    Ok(titled(&heading, format) + &sheet + "\n")
}

/// What a row has besides times, each with a heading and an empty line behind
/// it: latencies, CPU time beside the work, work in vain, memory.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn details(
    row: &RowResult,
    results: &Results,
    format: Format,
) -> Result<String, Fail> {
    let paced = beside(row, results.level, results.margin);
    let tables = [
        ("latencies", latencies(row)),
        ("CPU time beside the work", paced),
        ("computed in vain", vain(row)),
        ("memory", memory(row)),
    ];
    let name = name(row);
    let mut text = String::new();
    for (what, table) in tables {
        let Some(table) = table else { continue };
        text += &titled(&format!("{name}: {what}"), format);
        text += &Sheet::from(table).text(format)?;
        text.push('\n');
    }
    Ok(text)
}

fn row(
    row: &RowResult,
    results: &Results,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    let name = name(row);
    let mut text = String::new();
    if let Some(summary) = &row.summary {
        for group in &summary.groups {
            text += &self::group(row, summary, group, format)?;
        }
        if let Some(table) = scale(row, summary) {
            let what = "beside one thread of one machine";
            text += &titled(&format!("{name}: {what}"), format);
            text += &Sheet::from(table).text(format)?;
            text.push('\n');
        }
        if let Some(table) = speedups(row, summary) {
            text += &titled(&format!("{name}: more workers"), format);
            text += &Sheet::from(table).text(format)?;
            text.push('\n');
        }
    } else {
        text += &titled(&format!("{name}: not measured"), format);
    }
    text += &self::details(row, results, format)?;
    if details {
        text += &titled(&format!("{name}: resources of a run"), format);
        text += &Sheet::from(used(row)).text(format)?;
        text.push('\n');
    }
    for (contender, seconds) in row.answers() {
        let (name, time) = (label(contender), time(seconds));
        text += &format!("{name}: only answers, so it is not ranked: {time}\n");
    }
    let failed = own(row).filter_map(|c| Some((c, c.failure.as_ref()?)));
    let failed: Vec<String> = failed
        .map(|(contender, failure)| {
            format!("{}: {failure}\n", label(contender))
        })
        .collect();
    if !failed.is_empty() {
        text += &failed.concat();
        text.push('\n');
    }
    Ok(text)
}

fn titled(title: &str, format: Format) -> String {
    if format == Format::Markdown {
        format!("**{title}**\n\n")
    } else {
        format!("{title}\n")
    }
}

/// A grade in a word for programs.
fn grade(grade: Option<&Grade>) -> &'static str {
    match grade {
        None => "only-model",
        Some(Grade::Fastest) => "fastest",
        Some(Grade::AsFast { .. }) => "as-fast",
        Some(Grade::Slower { .. }) => "slower",
        Some(Grade::AtMost { .. }) => "at-most",
        Some(Grade::Open { .. }) => "open",
    }
}

/// By which fraction a model that may be the fastest is slower at most.
fn within(grade: Option<&Grade>) -> Option<f64> {
    match grade? {
        Grade::AsFast { within } | Grade::AtMost { within } => Some(*within),
        _ => None,
    }
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 21] = [
    "workload",
    "size",
    "workers",
    "model",
    "seconds",
    "cpu_seconds",
    "ratio",
    "low",
    "high",
    "grade",
    "within",
    "limit_seconds",
    "limit_beaten",
    "work_seconds",
    "span_seconds",
    "cpu_ratio",
    "cpu_low",
    "cpu_high",
    "twin_ratio",
    "visits",
    "failure",
];

fn csv(results: &Results) -> Result<String, Fail> {
    let mut sheet = Sheet::new(&COLUMNS);
    for row in &results.rows {
        let groups = row.summary.iter().flat_map(|s| {
            s.groups.iter().flat_map(move |g| {
                g.standings.iter().map(move |standing| (s, g, standing))
            })
        });
        for (summary, group, standing) in groups {
            let ratio = standing.ratio.map(|ratio| ratio.ratio());
            let cpu = standing.cpu_ratio.map(|ratio| ratio.ratio());
            let none = ratio.is_none();
            let limit = best_possible(row, group);
            let measured = row.least(group.workers);
            let beaten = measured.map(|_| limit.is_none().to_string());
            let shared = Parallelism::of(row, group.workers);
            sheet.row(vec![
                row.workload.clone(),
                row.size.clone(),
                group.workers.to_string(),
                row.contenders[standing.contender].name.clone(),
                standing.seconds.to_string(),
                number(standing.cpu),
                number(ratio.map(|r| r.median).or(none.then_some(1.0))),
                number(ratio.map(|r| r.low)),
                number(ratio.map(|r| r.high)),
                grade(standing.grade.as_ref()).into(),
                number(within(standing.grade.as_ref())),
                number(limit),
                beaten.unwrap_or_default(),
                number(shared.map(|shared| shared.work)),
                number(shared.and_then(|shared| shared.span)),
                number(cpu.map(|r| r.median)),
                number(cpu.map(|r| r.low)),
                number(cpu.map(|r| r.high)),
                number(summary.twin.map(|twin| twin.ratio().median)),
                summary.visits.to_string(),
                String::new(),
            ]);
        }
        for (contender, seconds) in row.answers() {
            let mut texts = vec![String::new(); COLUMNS.len()];
            texts[0].clone_from(&row.workload);
            texts[1].clone_from(&row.size);
            texts[2] = contender.workers.to_string();
            texts[3].clone_from(&contender.name);
            texts[4] = seconds.to_string();
            texts[9] = "only-answers".into();
            sheet.row(texts);
        }
        for contender in own(row) {
            let Some(failure) = &contender.failure else { continue };
            let mut texts = vec![String::new(); COLUMNS.len()];
            texts[0].clone_from(&row.workload);
            texts[1].clone_from(&row.size);
            texts[2] = contender.workers.to_string();
            texts[3].clone_from(&contender.name);
            texts[COLUMNS.len() - 1] = failure.to_string();
            sheet.row(texts);
        }
    }
    sheet.text(Format::Csv)
}
