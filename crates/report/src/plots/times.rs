//! Times, and what no model can beat.

use super::columns::{Columns, HEAD};
use super::figures::{counted, seconds, share};
use super::scale::{Scale, placed, span};
use super::sheet::{Anchor, MARGIN, group, label, path, sheet, told};
use super::ticks::{self, LETTERS, Tick, thinned};
use crate::timelines::axis;
use crate::timelines::text::{cut, number, width};
use std::fmt::Write;

/// Beyond this ratio of the largest time to the smallest there are dots on a
/// logarithmic axis: the shortest bars could not be compared, and on a
/// logarithmic axis the length of a bar means nothing.
const MOST: f64 = 8.0;
/// A limit that is further away than this from all times is told in words.
const FAR: f64 = 1e3;
/// How thick a bar is.
const BAR: f64 = 11.0;

/// Times in seconds as bars, with the limit (what it is, and its time in
/// seconds) as a line.
///
/// If the largest time is more than eight times the smallest, there are dots on
/// a logarithmic axis in place of bars. What is not a time has no mark.
pub fn times(rows: &[(String, f64)], limit: Option<(&str, f64)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let limit = limit.filter(|(_, limit)| placed(*limit));
    let parts = rows.iter().map(|(_, time)| match limit {
        Some((_, limit)) if placed(*time) => share(limit / time),
        _ => String::new(),
    });
    let all = rows.iter().map(|(_, time)| seconds(*time));
    let mut figures = vec![("time", all.collect::<Vec<_>>())];
    if limit.is_some() {
        figures.push(("limit / time", parts.collect()));
    }
    let names = rows.iter().map(|(name, _)| name.as_str());
    let columns = Columns::new(names, &figures);
    let axis = Axis::new(rows, limit.map(|(_, limit)| limit), columns.field);
    let mut body = String::new();
    if !axis.bars {
        columns.guides(&mut body, rows.len());
    }
    columns.frame(&mut body, &figures, &axis.scale, &axis.ticks, &axis.says);
    for (index, (name, time)) in rows.iter().enumerate() {
        group(&mut body, "time", name);
        let texts = figures.iter().map(|(_, texts)| texts[index].as_str());
        columns.texts(&mut body, index, name, texts);
        mark(&mut body, &axis, columns.field.0, columns.middle(index), *time);
        body.push_str("</g>");
    }
    let mut height = columns.bottom + 42.0;
    if let Some((what, limit)) = limit {
        if axis.scale.holds(limit) {
            line(&mut body, &columns, &axis.scale, what, limit);
        } else {
            let text = format!("{}, not on this axis", told_limit(what, limit));
            let text = cut(&text, LETTERS, 700.0);
            height += 18.0;
            let at = (MARGIN, height - 12.0);
            label(&mut body, Anchor::Start, "soft", at, &text);
        }
    }
    sheet("times", height, &title(rows), &description(rows, limit), &body)
}

struct Axis {
    bars: bool,
    scale: Scale,
    ticks: Vec<Tick>,
    says: String,
}

impl Axis {
    fn new(
        rows: &[(String, f64)],
        limit: Option<f64>,
        field: (f64, f64),
    ) -> Self {
        let known =
            || rows.iter().map(|row| row.1).filter(|time| placed(*time));
        let first = known().next().unwrap_or(1e-3);
        let (low, high) = span(first, known());
        let near = |limit: &f64| *limit < high * FAR && *limit > low / FAR;
        let limit = limit.filter(near);
        let most = limit.map_or(high, |limit| high.max(limit));
        // Ticks of bars are in whole nanoseconds.
        if high / low <= MOST
            && most / low <= MOST
            && (1e-6..1e9).contains(&most)
        {
            return Self::bars(most * 1.03, field);
        }
        let (low, high) = span(low, limit.into_iter().chain([high]));
        let logs = ticks::rounded((low.ln(), high.ln()));
        let scale = Scale::logarithmic(logs, field);
        let ticks = thinned(ticks::times(&scale), &scale, ticks::beside);
        let says = "time, on a logarithmic axis".to_owned();
        Self { bars: false, scale, ticks, says }
    }

    fn bars(end: f64, field: (f64, f64)) -> Self {
        let axis::Ticks { unit, marks } =
            axis::in_time((end * 1e9).round() as u64, 8);
        let ticks = marks.into_iter().map(|(part, text)| (part * end, text));
        let scale = Scale::linear(end, field);
        let ticks = thinned(ticks, &scale, ticks::beside);
        let says = format!("time in {unit}, from zero");
        Self { bars: true, scale, ticks, says }
    }
}

fn mark(body: &mut String, axis: &Axis, left: f64, y: f64, time: f64) {
    let x = axis.scale.at(time);
    if time == f64::INFINITY {
        let (x, y) = (number(x), number(y));
        path(body, "whisker", &format!("M{x} {y}m-5-4l5 4-5 4"));
    } else if !placed(time) {
        // Of what is not known there is nothing to be seen.
    } else if axis.bars {
        let _ = write!(
            body,
            "<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" \
             height=\"{BAR}\"/>",
            number(left),
            number(y - BAR / 2.0),
            number(x - left)
        );
    } else {
        let _ = write!(
            body,
            "<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"4.5\"/>",
            number(x),
            number(y)
        );
    }
}

/// The limit as a line, and over it what it is.
fn line(
    body: &mut String,
    columns: &Columns,
    scale: &Scale,
    what: &str,
    limit: f64,
) {
    let x = scale.at(limit);
    let bottom = number(columns.bottom);
    path(body, "limit", &format!("M{} {}V{bottom}", number(x), HEAD - 5.0));
    let (_, right) = columns.field;
    let text = cut(&told_limit(what, limit), LETTERS, right - MARGIN);
    let half = width(&text, LETTERS) / 2.0;
    let x = x.min(right - half).max(MARGIN + half);
    label(body, Anchor::Middle, "", (x, 13.0), &text);
}

fn told_limit(what: &str, limit: f64) -> String {
    match what {
        "" => format!("limit {}", seconds(limit)),
        _ => format!("limit {}: {what}", seconds(limit)),
    }
}

fn title(rows: &[(String, f64)]) -> String {
    let known = rows.iter().filter(|(_, time)| placed(*time));
    let fastest = known.min_by(|a, b| a.1.total_cmp(&b.1));
    let count = counted(rows.len(), "model");
    match fastest {
        Some((name, time)) => {
            let name = told(name);
            format!("Times of {count}; the least: {name}, {}", seconds(*time))
        }
        None => format!("Times of {count}"),
    }
}

fn description(rows: &[(String, f64)], limit: Option<(&str, f64)>) -> String {
    let mut text = String::new();
    for (name, time) in rows {
        let _ = write!(text, "{} {}", told(name), seconds(*time));
        if let Some((_, limit)) = limit.filter(|_| placed(*time)) {
            let _ = write!(text, ", {} of it the limit", share(limit / time));
        }
        text.push_str(". ");
    }
    if let Some((what, limit)) = limit {
        let _ = write!(text, "{}.", told(&told_limit(what, limit)));
    }
    text
}
