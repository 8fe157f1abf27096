//! Slowdowns against the fastest, with their intervals.

use super::columns::{Columns, HEAD};
use super::finding::Finding;
use super::lines::Ends;
use super::plot::{LETTERS, MARGIN, beside, in_words, plot};
use lanes_measure::statistics::Interval;
use lanes_measure::tables::twin;
use lanes_measure::words::{counted, ends, figure, range};
use lanes_timeline::svg::scale::{Scale, placed, span};
use lanes_timeline::svg::shapes::{Anchor, label, open_group, path};
use lanes_timeline::svg::text::{cut, number, width};
use lanes_timeline::svg::ticks::{self, thinned};
use std::fmt::Write;

/// A ratio to the fastest, with its interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Whisker {
    /// The model.
    pub name: String,
    /// The estimate; 1 for the fastest itself.
    pub ratio: f64,
    /// The ends of the interval, infinite where the data cannot bound them;
    /// none where there is no interval.
    pub ends: Option<Ends>,
    /// The kind of its grade.
    pub finding: Finding,
}

/// Ends of intervals, also of the twin's, count for the axis up to one and a
/// half times the outermost ratio, or half of the span of all ratios: an
/// interval that is wider must not press the others together.
const BEYOND: f64 = 1.5;
/// The axis is never shorter than this, so that a second tick has room.
const LEAST: f64 = 1.12;

/// Slowdowns against the fastest with their intervals, on a logarithmic axis.
/// A band shows `twin`, the log-ratio by which a second process of the fastest
/// differed from the first; where it is not known, there is no band.
///
/// A ratio that is not a positive number has no mark. An end of an interval
/// that is not on the axis is an arrow.
pub fn ratios(rows: &[Whisker], twin: Option<&Interval>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let twin = twin.filter(|twin| !twin.low.is_nan() && !twin.high.is_nan());
    let figures = [
        ("ratio", rows.iter().map(|row| figure(row.ratio)).collect()),
        ("interval", rows.iter().map(interval).collect::<Vec<_>>()),
    ];
    let names = rows.iter().map(|row| row.name.as_str());
    let columns = Columns::new(names, &figures);
    let (left, right) = columns.field;
    let scale = Scale::logarithmic(shown(rows, twin), (left, right));
    let mut body = String::new();
    band(&mut body, &columns, &scale, twin);
    columns.guides(&mut body, rows.len());
    let axis = "slowdown against the fastest, on a logarithmic axis";
    let ticks = thinned(ticks::ratios(&scale), &scale, beside);
    columns.frame(&mut body, &figures, &scale, &ticks, axis);
    let one = number(scale.at(1.0));
    let bottom = number(columns.bottom);
    path(&mut body, "one", &format!("M{one} {HEAD}V{bottom}"));
    for (index, row) in rows.iter().enumerate() {
        let class = format!("is-{}", row.finding.class());
        open_group(&mut body, &class, &row.name);
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
            format!("Slowdown of {count} against the fastest, {name}")
        }
        None => {
            let count = counted(rows.len(), "model");
            format!("Slowdown of {count} against the fastest of them")
        }
    };
    plot("ratios", height, &title, &description(rows, twin), &body)
}

/// The logarithms between which the axis is.
fn shown(rows: &[Whisker], twin: Option<&Interval>) -> (f64, f64) {
    let ratios = rows.iter().map(|row| row.ratio);
    let logs = ratios.filter(|ratio| placed(*ratio)).map(f64::ln);
    let (low, high) = span(0.0, logs);
    let beyond = ((high - low) / 2.0).max(BEYOND.ln());
    let ends = rows.iter().filter_map(|row| row.ends);
    let ends = ends.flat_map(|(low, high)| [low, high]);
    let ends = ends.filter(|end| placed(*end)).map(f64::ln);
    let twins = twin.into_iter().flat_map(|twin| [twin.low, twin.high]);
    let (least, most) = span(0.0, ends.chain(twins));
    let low = low.min(least.max(low - beyond));
    let high = high.max(most.min(high + beyond)).max(LEAST.ln());
    let margin = (high - low) * 0.03;
    (low - margin, high + margin)
}

/// By how much the twin differed, as a band if both its ends are known.
fn band(
    body: &mut String,
    columns: &Columns,
    scale: &Scale,
    interval: Option<&Interval>,
) {
    let (left, right) = columns.field;
    let ends = interval.map(Interval::ratio);
    let known = |ends: &Interval| placed(ends.low) && placed(ends.high);
    if let Some(ends) = ends.filter(known) {
        let (from, to) = (scale.at(ends.low), scale.at(ends.high));
        let _ = write!(
            body,
            "<rect class=\"twin\" x=\"{}\" y=\"{HEAD}\" width=\"{}\" \
             height=\"{}\"/>",
            number(from),
            number((to - from).max(1.0)),
            number(columns.bottom - HEAD)
        );
    }
    let text = cut(&twin(interval), LETTERS, right - left);
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
        if row.finding == Finding::Open {
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
    match row.finding {
        _ if row.ratio == f64::INFINITY => {
            path(body, "whisker", &format!("M{x} {y}m-5-4l5 4-5 4"));
        }
        _ if !placed(row.ratio) => {}
        finding => dot(body, finding, &x, &y),
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

fn dot(body: &mut String, finding: Finding, x: &str, y: &str) {
    let circle = |body: &mut String, class, radius| {
        let _ = write!(
            body,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"
        );
    };
    let turned = |r: &str| format!("M{x} {y}m-{r} 0l{r}-{r} {r} {r}-{r} {r}z");
    match finding {
        Finding::Fastest => path(body, "dot", &turned("6.5")),
        Finding::AsFast => {
            circle(body, "ring", "5");
            circle(body, "dot", "2");
        }
        Finding::AtMost => path(body, "ring", &turned("5")),
        Finding::Slower | Finding::Only => circle(body, "dot", "4.5"),
        Finding::Open => circle(body, "ring", "4"),
    }
}

/// The meaning of the marks that are there.
fn legend(body: &mut String, rows: &[Whisker], y: f64) {
    let there =
        |finding: &Finding| rows.iter().any(|row| row.finding == *finding);
    let mut x = MARGIN + 8.0;
    for finding in Finding::ALL.into_iter().filter(there) {
        let _ = write!(body, "<g class=\"is-{}\">", finding.class());
        if finding == Finding::Open {
            hatch(body, (x - 8.0, x + 8.0), y - 4.0);
        }
        dot(body, finding, &number(x), &number(y - 4.0));
        let text = finding.words();
        label(body, Anchor::Start, "soft", (x + 12.0, y), text);
        body.push_str("</g>");
        x += width(text, LETTERS) + 40.0;
    }
}

/// The interval in words.
fn interval(row: &Whisker) -> String {
    match row.ends {
        Some((low, high)) => range(low, high),
        None => row.finding.words().into(),
    }
}

fn fastest(rows: &[Whisker]) -> Option<String> {
    let best = rows.iter().find(|row| row.finding == Finding::Fastest)?;
    Some(in_words(&best.name))
}

fn description(rows: &[Whisker], interval: Option<&Interval>) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = write!(text, "{} {}", in_words(&row.name), figure(row.ratio));
        if let Some((low, high)) = row.ends {
            let _ = write!(text, " ({})", range(low, high));
        }
        let _ = write!(text, ", {}. ", row.finding.words());
    }
    match interval {
        Some(twin) => {
            let _ = write!(text, "The twin took {} of its time.", ends(twin));
        }
        None => text.push_str("The twin's time is not known."),
    }
    text
}
