//! The advice, as it is printed.

use super::answer::{Answer, Change, Ranked, words};
use super::failures::Failures;
use crate::args::Format;
use crate::fail::Fail;
use crate::show::{Sheet, json, number};
use crate::tree::tree;
use lanes_measure::results::{Build, State};
use lanes_measure::statistics::Grade;
use lanes_measure::tables::{UNKNOWN, finding};
use lanes_measure::words::{counted, digits, ends, percent, time};
use serde::Serialize;
use std::path::Path;

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 11] = [
    "model", "seconds", "ratio", "low", "high", "grade", "cpu", "memory",
    "p50", "p99", "left_out",
];

/// The advice as JSON.
#[derive(Serialize)]
struct Advice<'a> {
    /// The job in a sentence, and how many of its tasks were measured.
    job: String,
    tasks: usize,
    measured_tasks: usize,
    workers: usize,
    /// The model to take, and those that are as fast; none where nothing was
    /// measured.
    take: Option<String>,
    as_fast: Vec<String>,
    /// Whether it is decided which models are the fastest.
    decided: bool,
    /// The best time possible, in seconds, and what bounds it.
    best_possible: Option<f64>,
    bound: Option<&'a str>,
    models: Vec<Model>,
    /// What was not measured further.
    left_out: Vec<Out<'a>>,
    /// The neighbours: in each, who is best, where that is decided.
    changes: Vec<Near>,
    /// What the library of the model that is to be taken does by itself.
    if_a_task_panics: Option<String>,
    if_a_task_blocks: Option<String>,
    /// The source of that model.
    source: Option<String>,
    /// Where the session is.
    results: String,
    build: &'a Build,
}

#[derive(Serialize)]
struct Model {
    model: String,
    seconds: f64,
    /// The time over that of the fastest, with its interval; none for that.
    ratio: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    grade: Option<Grade>,
    /// CPU time of a run, in seconds.
    cpu: Option<f64>,
    /// The largest memory of its process, in bytes.
    memory: Option<f64>,
    /// Latencies of a task in seconds, of half of them and of 99 in 100.
    p50: Option<f64>,
    p99: Option<f64>,
    saturated: bool,
}

#[derive(Serialize)]
struct Out<'a> {
    model: &'a str,
    seconds: Option<f64>,
    why: &'a str,
}

#[derive(Serialize)]
struct Near {
    with: String,
    best: Vec<String>,
}

/// The advice in this format.
///
/// # Errors
/// Those of the format's library.
pub(super) fn text(
    answer: &Answer<'_>,
    format: Format,
    results: &Path,
) -> Result<String, Fail> {
    match format {
        Format::Json => json(&advice(answer, results)),
        Format::Csv => list(answer).text(format),
        Format::Table | Format::Markdown => people(answer, format, results),
    }
}

fn model(ranked: &Ranked) -> Model {
    let standing = &ranked.standing;
    let ratio = standing.ratio.map(|ratio| ratio.ratio());
    let finite = |number: f64| Some(number).filter(|n| n.is_finite());
    Model {
        model: ranked.model.clone(),
        seconds: standing.seconds,
        ratio: ratio.map(|ratio| ratio.median),
        low: ratio.and_then(|ratio| finite(ratio.low)),
        high: ratio.and_then(|ratio| finite(ratio.high)),
        grade: standing.grade,
        cpu: standing.cpu,
        memory: ranked.memory,
        p50: ranked.latencies.map(|(half, _)| half),
        p99: ranked.latencies.map(|(_, most)| most),
        saturated: ranked.saturated,
    }
}

fn advice<'a>(answer: &'a Answer<'_>, results: &Path) -> Advice<'a> {
    let failures = Failures::published();
    let pick = answer.pick();
    let take = pick.as_ref().map(|(ranked, _)| ranked.model.clone());
    let of = |found: Option<(&str, &str)>| {
        found.map(|(what, detail)| format!("{what}: {detail}"))
    };
    let all = failures.as_ref().zip(take.as_deref());
    let changes = take.iter().flat_map(|take| answer.changes(take));
    let near = |change| match change {
        Change::Other { near, best, .. } => {
            Some(Near { with: near.words(), best })
        }
        Change::Same | Change::Open => None,
    };
    Advice {
        job: words(&answer.asked),
        tasks: answer.asked.tasks,
        measured_tasks: answer.measured.tasks,
        workers: answer.workers,
        as_fast: pick.map(|(_, others)| others).unwrap_or_default(),
        decided: answer.point().is_some_and(|p| p.verdict.is_decided()),
        best_possible: answer.limit().map(|(seconds, _)| seconds),
        bound: answer.limit().map(|(_, what)| what),
        models: answer.ranked().iter().map(model).collect(),
        left_out: answer
            .left_out
            .iter()
            .map(|out| Out {
                model: &out.model,
                seconds: out.seconds,
                why: &out.why,
            })
            .collect(),
        changes: changes.filter_map(near).collect(),
        if_a_task_panics: all.and_then(|(f, take)| of(f.panic(take))),
        if_a_task_blocks: all.and_then(|(f, take)| of(f.block(take))),
        source: take.as_deref().map(source),
        take,
        results: results.display().to_string(),
        build: &answer.results.build,
    }
}

fn people(
    answer: &Answer<'_>,
    format: Format,
    results: &Path,
) -> Result<String, Fail> {
    let mut text = format!(
        "{}; {}",
        words(&answer.asked),
        counted(answer.workers, "worker")
    );
    if answer.measured.tasks < answer.asked.tasks {
        text += &format!(", measured with {} tasks", answer.measured.tasks);
    }
    text += "\n\n";
    let Some((pick, as_fast)) = answer.pick() else {
        text += "No model has a time for this job";
        text += match answer.left_out.is_empty() {
            true => {
                ": measuring ended before its first visit; a longer \
                     --budget helps.\n"
            }
            false => ".\n",
        };
        if !answer.left_out.is_empty() {
            text += &left_out(answer);
        }
        text += &format!("results: {}\n", results.display());
        return Ok(text);
    };
    text += &headline(answer, &pick, &as_fast);
    text += &bound(answer, &pick);
    text += "\n";
    text += &table(answer).text(format)?;
    if !answer.left_out.is_empty() {
        text += &left_out(answer);
    }
    text += "\n";
    text += &changes(answer, &pick.model);
    if let Some(failures) = Failures::published() {
        text += &failed(&failures, &pick.model, &as_fast);
    }
    text += &format!("Its source: {}\n", source(&pick.model));
    let state = match answer.results.state {
        State::Complete => "",
        State::Running | State::Interrupted => ", interrupted",
    };
    text += &format!(
        "{}; {}{state}\nresults: {}\n",
        answer.results.machine,
        answer.results.build,
        results.display()
    );
    Ok(text)
}

/// Which model to take, and which others are as fast.
fn headline(answer: &Answer<'_>, pick: &Ranked, as_fast: &[String]) -> String {
    let decided = answer.point().is_some_and(|p| p.verdict.is_decided());
    let margin = percent(answer.results.margin);
    let least = if answer.memory { "memory" } else { "CPU time" };
    let all = |last: &str| match as_fast {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    };
    let mut text = format!("Take {}", pick.model);
    text += &match (as_fast.len(), decided) {
        (0, _) => ": it is the fastest".to_owned(),
        (1, true) => format!(
            ": {} is as fast, within {margin}; it takes the least {least} of \
             the two",
            all("and")
        ),
        (_, true) => format!(
            ": {} are as fast, within {margin}; it takes the least {least} of \
             these",
            all("and")
        ),
        (_, false) => format!(
            ", or {}: which of them is the fastest is open; it takes the \
             least {least}",
            all("or")
        ),
    };
    if pick.saturated {
        text += "; tasks come faster than it does them";
    }
    text + ".\n"
}

/// How near the model is to what is possible.
fn bound(answer: &Answer<'_>, pick: &Ranked) -> String {
    let seconds = pick.standing.seconds;
    match answer.limit() {
        Some((limit, what)) if limit > 0.0 && limit <= seconds => format!(
            "{}; the best possible is {} ({what}), so no model can be more \
             than {} times faster.\n",
            time(seconds),
            time(limit),
            digits(seconds / limit)
        ),
        _ => format!("{}.\n", time(seconds)),
    }
}

fn table(answer: &Answer<'_>) -> Sheet {
    let timed = answer.measured.rate.is_some();
    let first = ["model", "time", "ratio", "interval", "grade", "CPU time"];
    let mut columns: Vec<String> = first.map(str::to_owned).to_vec();
    columns.push("memory".into());
    if timed {
        columns.push("p50".into());
        columns.push("p99".into());
    }
    let mut sheet = Sheet::with(columns);
    let Some(row) = answer.row() else { return sheet };
    for ranked in answer.ranked() {
        let standing = &ranked.standing;
        let ratio = standing.ratio.map(|ratio| digits(ratio.median.exp()));
        let memory = |bytes: f64| format!("{:.1} MiB", bytes / 1048576.0);
        let mut line = vec![
            ranked.model.clone(),
            time(standing.seconds),
            ratio.unwrap_or_else(|| "1.00".into()),
            standing.ratio.as_ref().map(ends).unwrap_or_default(),
            finding(row, standing),
            standing.cpu.map_or_else(|| UNKNOWN.into(), time),
            ranked.memory.map_or_else(|| UNKNOWN.into(), memory),
        ];
        if timed {
            let latency = |seconds: Option<f64>| match seconds {
                _ if ranked.saturated => "saturated".into(),
                Some(seconds) => time(seconds),
                None => UNKNOWN.into(),
            };
            line.push(latency(ranked.latencies.map(|(half, _)| half)));
            line.push(latency(ranked.latencies.map(|(_, most)| most)));
        }
        sheet.row(line);
    }
    sheet
}

fn left_out(answer: &Answer<'_>) -> String {
    let each = answer.left_out.iter().map(|out| match out.seconds {
        Some(seconds) => {
            format!(
                "{} ({}, {} in one look)",
                out.model,
                out.why,
                time(seconds)
            )
        }
        None => format!("{} ({})", out.model, out.why),
    });
    let each = each.collect::<Vec<_>>().join(", ");
    format!("Not measured further: {each}\n")
}

/// In which neighbours others are best.
fn changes(answer: &Answer<'_>, pick: &str) -> String {
    let (mut text, mut same, mut open) = (String::new(), 0, 0);
    for change in answer.changes(pick) {
        match change {
            Change::Same => same += 1,
            Change::Open => open += 1,
            Change::Other { near, best, cost } => {
                let cost = cost.map_or_else(String::new, |ratio| {
                    format!(" ({pick} takes {} times as long)", digits(ratio))
                });
                text += &format!(
                    "With {} take {}{cost}.\n",
                    near.words(),
                    best.join(" or ")
                );
            }
        }
    }
    let all = answer.neighbours.len();
    let mut rest = format!(
        "In {same} of {all} neighbours (each number halved and doubled) {pick} \
         stays among the fastest"
    );
    if open > 0 {
        rest += &format!("; {open} were not decided");
    }
    text + &rest + ".\n"
}

/// What the pick, and what is as fast, does by itself about a fault.
fn failed(failures: &Failures, pick: &str, as_fast: &[String]) -> String {
    let mut text = String::new();
    let of = |what: &dyn Fn(&str) -> Option<String>| {
        let models = [pick].into_iter().chain(as_fast.iter().map(|n| &**n));
        let all: Vec<String> = models.filter_map(what).collect();
        all.join("; ")
    };
    let panic = of(&|model| {
        let (what, _) = failures.panic(model)?;
        Some(format!("{model} {what}"))
    });
    let block = of(&|model| {
        let (what, detail) = failures.block(model)?;
        Some(format!("{model} {what} ({detail})"))
    });
    if !panic.is_empty() {
        text += &format!("If a task panics: {panic}.\n");
    }
    if !block.is_empty() {
        text += &format!("If a task blocks its worker: {block}.\n");
    }
    if !text.is_empty() {
        text += &format!(
            "(What libraries do by themselves, measured {}; `lanes faults` \
             measures it here.)\n",
            failures.day()
        );
    }
    text
}

/// Where the sibling is: in the source tree that is around, or by its name in
/// one.
fn source(model: &str) -> String {
    let path = format!("crates/{model}/src/shape.rs");
    let found = tree().join(&path);
    if found.exists() { found.display().to_string() } else { path }
}

/// A line for each model.
fn list(answer: &Answer<'_>) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    let Some(row) = answer.row() else { return sheet };
    for ranked in answer.ranked() {
        let known = model(&ranked);
        sheet.row(vec![
            known.model,
            number(Some(known.seconds)),
            number(known.ratio.or(Some(1.0))),
            number(known.low),
            number(known.high),
            finding(row, &ranked.standing),
            number(known.cpu),
            number(known.memory),
            number(known.p50),
            number(known.p99),
            String::new(),
        ]);
    }
    for out in &answer.left_out {
        let mut line = vec![out.model.clone(), number(out.seconds)];
        line.extend([(); 8].map(|()| String::new()));
        line.push(out.why.clone());
        sheet.row(line);
    }
    sheet
}
