//! Slowdowns against the fastest, with their intervals.

use super::columns::{Columns, HEAD};
use super::lines::Ends;
use super::plot::{LETTERS, MARGIN, beside, in_words, plot};
use lanes_measure::words::{counted, figure, percent, range};
use lanes_timeline::svg::scale::{Scale, placed, span};
use lanes_timeline::svg::shapes::{Anchor, label, open_group, path};
use lanes_timeline::svg::text::{number, width};
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
    /// none for the fastest itself.
    pub ends: Option<Ends>,
    /// The verdict on it.
    pub finding: Finding,
}

/// The verdict on a ratio, as its mark shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The fastest.
    Best,
    /// Tied with the fastest, within a margin.
    Tied,
    /// Slower.
    Slower,
    /// Inconclusive.
    Unclear,
}

impl Finding {
    fn class(self) -> &'static str {
        match self {
            Self::Best => "is-best",
            Self::Tied => "is-tie",
            Self::Slower => "is-slower",
            Self::Unclear => "is-unclear",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Best => "fastest",
            Self::Tied => "tied",
            Self::Slower => "slower",
            Self::Unclear => "inconclusive",
        }
    }
}

/// Ends of intervals, and the noise, count for the axis up to one and a half
/// times the outermost ratio, or half of the span of all ratios: an interval
/// that is wider must not press the others together.
const BEYOND: f64 = 1.5;
/// The axis is never shorter than this, so that a second tick has room.
const LEAST: f64 = 1.12;

/// Slowdowns against the fastest with their intervals, on a logarithmic axis;
/// differences below the log-ratio `floor` are not reported. Without a positive
/// one, the noise floor is not known.
///
/// A ratio that is not a positive number has no mark. An end of an interval
/// that is not on the axis is an arrow.
pub fn ratios(rows: &[Whisker], floor: f64) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let floor = Some(floor).filter(|floor| *floor > 0.0);
    let figures = [
        ("ratio", rows.iter().map(|row| figure(row.ratio)).collect()),
        ("interval", rows.iter().map(interval).collect::<Vec<_>>()),
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
    let axis = "slowdown against the fastest, on a logarithmic axis";
    let ticks = thinned(ticks::ratios(&scale), &scale, beside);
    columns.frame(&mut body, &figures, &scale, &ticks, axis);
    let one = number(scale.at(1.0));
    let bottom = number(columns.bottom);
    path(&mut body, "one", &format!("M{one} {HEAD}V{bottom}"));
    for (index, row) in rows.iter().enumerate() {
        open_group(&mut body, row.finding.class(), &row.name);
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
        None => format!("Slowdown of {}", counted(rows.len(), "model")),
    };
    plot("ratios", height, &title, &description(rows, floor), &body)
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

/// The band in which differences are not reported.
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
        if row.finding == Finding::Unclear {
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
    match finding {
        Finding::Best => {
            path(
                body,
                "dot",
                &format!("M{x} {y}m-6.5 0l6.5-6.5 6.5 6.5-6.5 6.5z"),
            );
        }
        Finding::Tied => {
            circle(body, "ring", "5");
            circle(body, "dot", "2");
        }
        Finding::Slower => circle(body, "dot", "4.5"),
        Finding::Unclear => circle(body, "ring", "4"),
    }
}

/// The meaning of the marks that are there.
fn legend(body: &mut String, rows: &[Whisker], y: f64) {
    let all = [Finding::Best, Finding::Tied, Finding::Slower, Finding::Unclear];
    let there =
        |finding: &Finding| rows.iter().any(|row| row.finding == *finding);
    let mut x = MARGIN + 8.0;
    for finding in all.into_iter().filter(there) {
        let _ = write!(body, "<g class=\"{}\">", finding.class());
        if finding == Finding::Unclear {
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
        None if row.finding == Finding::Best => "fastest".into(),
        None => String::new(),
    }
}

fn fastest(rows: &[Whisker]) -> Option<String> {
    let best = rows.iter().find(|row| row.finding == Finding::Best)?;
    Some(in_words(&best.name))
}

fn description(rows: &[Whisker], floor: Option<f64>) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = write!(text, "{} {}", in_words(&row.name), figure(row.ratio));
        if let Some((low, high)) = row.ends {
            let _ = write!(text, " ({})", range(low, high));
        }
        let _ = write!(text, ", {}. ", row.finding.words());
    }
    if let Some(floor) = floor.map(f64::exp_m1) {
        let floor = percent(floor);
        let _ = write!(text, "Differences below {floor} are not reported.");
    }
    text
}
