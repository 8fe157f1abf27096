//! Ratios to the fastest, with their intervals.

use super::columns::{Columns, HEAD};
use super::figures::{counted, figure, interval};
use super::scale::{Scale, placed, span};
use super::sheet::{Anchor, MARGIN, group, label, path, sheet, told as named};
use super::ticks::{self, LETTERS, thinned};
use super::{Told, Whisker};
use crate::timelines::text::{number, width};
use crate::words::percent;
use std::fmt::Write;

/// Ends of intervals, and the noise, count for the axis up to one and a
/// half times the outermost ratio, or half of what all ratios span: an interval that tells
/// next to nothing must not press the others together.
const BEYOND: f64 = 1.5;
/// The axis is never shorter than this, so that a second tick has room.
const LEAST: f64 = 1.12;

/// Ratios to the fastest with their intervals, on a logarithmic axis; `floor` is
/// the log-ratio below which no difference is told.
///
/// A ratio that is not a positive number has no mark, an end of an interval
/// that is not on the axis is an arrow.
pub fn ratios(rows: &[Whisker], floor: f64) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let floor = Some(floor).filter(|floor| *floor > 0.0);
    let figures = [
        ("ratio", rows.iter().map(|row| figure(row.ratio)).collect()),
        ("from to", rows.iter().map(said).collect::<Vec<_>>()),
    ];
    let names = rows.iter().map(|row| row.name.as_str());
    let columns = Columns::new(names, &figures);
    let (left, right) = columns.field;
    let scale = Scale::logarithmic(shown(rows, floor), (left, right));
    let mut body = String::new();
    if let Some(floor) = floor {
        noise(&mut body, &columns, &scale, floor);
    }
    columns.guides(&mut body, rows.len());
    let axis = "times as long as the fastest, on a logarithmic axis";
    let ticks = thinned(ticks::ratios(&scale), &scale, ticks::beside);
    columns.frame(&mut body, &figures, &scale, &ticks, axis);
    let one = number(scale.at(1.0));
    let bottom = number(columns.bottom);
    path(&mut body, "one", &format!("M{one} {HEAD}V{bottom}"));
    for (index, row) in rows.iter().enumerate() {
        group(&mut body, class(row.told), &row.name);
        let texts = figures.iter().map(|(_, texts)| texts[index].as_str());
        columns.texts(&mut body, index, &row.name, texts);
        mark(&mut body, row, &scale, columns.middle(index));
        body.push_str("</g>");
    }
    let height = columns.bottom + 68.0;
    legend(&mut body, rows, height - 10.0);
    let title = match fastest(rows) {
        Some(name) => {
            let count = counted(rows.len(), "model");
            format!("Ratios to the fastest, {name}, of {count}")
        }
        None => format!("Ratios of {}", counted(rows.len(), "model")),
    };
    sheet("ratios", height, &title, &description(rows, floor), &body)
}

/// The logarithms between which the axis is.
fn shown(rows: &[Whisker], floor: Option<f64>) -> (f64, f64) {
    let ratios = rows.iter().map(|row| row.ratio);
    let logs = ratios.filter(|ratio| placed(*ratio)).map(f64::ln);
    let (low, high) = span(0.0, logs);
    let beyond = ((high - low) / 2.0).max(BEYOND.ln());
    let ends = rows.iter().filter_map(|row| row.ends);
    let ends = ends.flat_map(|(low, high)| [low, high]);
    let ends = ends.filter(|end| placed(*end)).map(f64::ln);
    let floors = floor.into_iter().flat_map(|floor| [-floor, floor]);
    let (least, most) = span(0.0, ends.chain(floors));
    let low = low.min(least.max(low - beyond));
    let high = high.max(most.min(high + beyond)).max(LEAST.ln());
    let margin = (high - low) * 0.03;
    (low - margin, high + margin)
}

/// The band in which no difference is told.
fn noise(body: &mut String, columns: &Columns, scale: &Scale, floor: f64) {
    let (left, right) = columns.field;
    let (from, to) = (scale.at((-floor).exp()), scale.at(floor.exp()));
    let _ = write!(
        body,
        "<rect class=\"noise\" x=\"{}\" y=\"{HEAD}\" width=\"{}\" \
         height=\"{}\"/>",
        number(from),
        number((to - from).max(1.0)),
        number(columns.bottom - HEAD)
    );
    let part = floor.exp_m1();
    let text = match part {
        0.0..100.0 => format!("noise floor {}", percent(part)),
        _ => "noise floor".into(),
    };
    let half = width(&text, LETTERS) / 2.0;
    let x = scale.at(1.0).min(right - half).max(left + half);
    label(body, Anchor::Middle, "soft", (x, 13.0), &text);
}

/// The whisker and the dot of a ratio.
fn mark(body: &mut String, row: &Whisker, scale: &Scale, y: f64) {
    let known = |ends: &(f64, f64)| !ends.0.is_nan() && !ends.1.is_nan();
    if let Some((low, high)) = row.ends.filter(known) {
        let (from, to) = (scale.at(low), scale.at(high));
        let [x, end, middle] = [from, to, y].map(number);
        if row.told == Told::Unclear {
            hatch(body, (from, to), y);
        }
        let mut whisker = format!("M{x} {middle}H{end}");
        for (value, x, arrow) in
            [(low, x, "m5-4l-5 4 5 4"), (high, end, "m-5-4l5 4-5 4")]
        {
            let end = if scale.holds(value) { "m0-4v8" } else { arrow };
            let _ = write!(whisker, "M{x} {middle}{end}");
        }
        path(body, "whisker", &whisker);
    }
    let (x, y) = (number(scale.at(row.ratio)), number(y));
    match row.told {
        _ if row.ratio == f64::INFINITY => {
            path(body, "whisker", &format!("M{x} {y}m-5-4l5 4-5 4"));
        }
        _ if !placed(row.ratio) => {}
        told => dot(body, told, &x, &y),
    }
}

fn hatch(body: &mut String, (from, to): (f64, f64), y: f64) {
    let [x, y, wide] = [from, y - 4.0, (to - from).max(0.0)].map(number);
    let _ = write!(
        body,
        "<rect class=\"hatch\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" \
         height=\"8\"/>"
    );
}

fn dot(body: &mut String, told: Told, x: &str, y: &str) {
    let circle = |body: &mut String, class, radius| {
        let _ = write!(
            body,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"
        );
    };
    match told {
        Told::Best => {
            path(
                body,
                "dot",
                &format!("M{x} {y}m-6.5 0l6.5-6.5 6.5 6.5-6.5 6.5z"),
            );
        }
        Told::Tie => {
            circle(body, "ring", "5");
            circle(body, "dot", "2");
        }
        Told::Slower => circle(body, "dot", "4.5"),
        Told::Unclear => circle(body, "ring", "4"),
    }
}

/// What the marks mean that are there.
fn legend(body: &mut String, rows: &[Whisker], y: f64) {
    let all = [Told::Best, Told::Tie, Told::Slower, Told::Unclear];
    let there = |told: &Told| rows.iter().any(|row| row.told == *told);
    let mut x = MARGIN + 8.0;
    for told in all.into_iter().filter(there) {
        let _ = write!(body, "<g class=\"{}\">", class(told));
        if told == Told::Unclear {
            hatch(body, (x - 8.0, x + 8.0), y - 4.0);
        }
        dot(body, told, &number(x), &number(y - 4.0));
        let text = words(told);
        label(body, Anchor::Start, "soft", (x + 12.0, y), text);
        body.push_str("</g>");
        x += width(text, LETTERS) + 40.0;
    }
}

fn class(told: Told) -> &'static str {
    match told {
        Told::Best => "is-best",
        Told::Tie => "is-tie",
        Told::Slower => "is-slower",
        Told::Unclear => "is-unclear",
    }
}

fn words(told: Told) -> &'static str {
    match told {
        Told::Best => "fastest",
        Told::Tie => "as fast",
        Told::Slower => "slower",
        Told::Unclear => "not enough evidence",
    }
}

/// The interval in words.
fn said(row: &Whisker) -> String {
    match row.ends {
        Some(ends) => interval(ends),
        None if row.told == Told::Best => "fastest".into(),
        None => String::new(),
    }
}

fn fastest(rows: &[Whisker]) -> Option<String> {
    let best = rows.iter().find(|row| row.told == Told::Best)?;
    Some(named(&best.name))
}

fn description(rows: &[Whisker], floor: Option<f64>) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = write!(text, "{} {}", named(&row.name), figure(row.ratio));
        if let Some(ends) = row.ends {
            let _ = write!(text, " ({})", interval(ends));
        }
        let _ = write!(text, ", {}. ", words(row.told));
    }
    if let Some(floor) = floor.map(f64::exp_m1) {
        let floor = super::figures::share(floor);
        let _ = write!(text, "No difference below {floor} is told.");
    }
    text
}
