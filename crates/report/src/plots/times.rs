//! Times, and the best time that is possible.

use super::columns::{Columns, HEAD};
use super::plot::{LETTERS, MARGIN, beside, in_words, plot};
use lanes_measure::tables::{BEATEN, share};
use lanes_measure::words::{counted, time};
use lanes_timeline::svg::scale::{Scale, placed, span};
use lanes_timeline::svg::shapes::{Anchor, label, open_group, path};
use lanes_timeline::svg::text::{cut, number, width};
use lanes_timeline::svg::ticks::{self, Tick, thinned};
use std::fmt::Write;

/// Beyond this ratio of the largest time to the smallest there are dots on a
/// logarithmic axis: the shortest bars could not be compared, and on a
/// logarithmic axis the length of a bar means nothing.
const MOST: f64 = 8.0;
/// A limit that is further away than this from all times stands in words.
const FAR: f64 = 1e3;
/// How thick a bar is.
const BAR: f64 = 11.0;

/// Times in seconds as bars, with the limit, which is the best time possible,
/// as a line: its name and its seconds.
///
/// If the largest time is more than eight times the smallest, there are dots on
/// a logarithmic axis in place of bars. A number that is no time has no mark.
pub fn times(rows: &[(String, f64)], limit: Option<(&str, f64)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let limit = limit.filter(|(_, limit)| placed(*limit));
    let parts = rows.iter().map(|(_, seconds)| match limit {
        Some((_, limit)) if placed(*seconds) => share(limit, *seconds),
        _ => String::new(),
    });
    let all = rows.iter().map(|(_, seconds)| time(*seconds));
    let mut figures = vec![("time", all.collect::<Vec<_>>())];
    if limit.is_some() {
        figures.push(("of the best possible", parts.collect()));
    }
    let names = rows.iter().map(|(name, _)| name.as_str());
    let columns = Columns::new(names, &figures);
    let axis = Axis::new(rows, limit.map(|(_, limit)| limit), columns.field);
    let mut body = String::new();
    if !axis.bars {
        columns.guides(&mut body, rows.len());
    }
    columns.frame(&mut body, &figures, &axis.scale, &axis.ticks, &axis.label);
    for (index, (name, seconds)) in rows.iter().enumerate() {
        open_group(&mut body, "time", name);
        let texts = figures.iter().map(|(_, texts)| texts[index].as_str());
        columns.texts(&mut body, index, name, texts);
        let y = columns.middle(index);
        mark(&mut body, &axis, columns.field.0, y, *seconds);
        body.push_str("</g>");
    }
    let mut height = columns.bottom + 42.0;
    if let Some((what, limit)) = limit {
        if axis.scale.holds(limit) {
            line(&mut body, &columns, &axis.scale, what, limit);
        } else {
            let text = format!("{}, not on this axis", best(what, limit));
            let text = cut(&text, LETTERS, 700.0);
            height += 18.0;
            let at = (MARGIN, height - 12.0);
            label(&mut body, Anchor::Start, "soft", at, &text);
        }
    }
    plot("times", height, &title(rows), &description(rows, limit), &body)
}

struct Axis {
    bars: bool,
    scale: Scale,
    ticks: Vec<Tick>,
    label: String,
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
        // Beyond these there is no unit of time for ticks from zero.
        if high / low <= MOST
            && most / low <= MOST
            && (1e-6..1e9).contains(&most)
        {
            return Self::bars(most * 1.03, field);
        }
        let (low, high) = span(low, limit.into_iter().chain([high]));
        let logs = ticks::rounded((low.ln(), high.ln()));
        let scale = Scale::logarithmic(logs, field);
        let ticks = thinned(ticks::times(&scale), &scale, beside);
        let label = "time, on a logarithmic axis".to_owned();
        Self { bars: false, scale, ticks, label }
    }

    fn bars(end: f64, field: (f64, f64)) -> Self {
        let (unit, ticks) = ticks::linear_time(end, 8);
        let scale = Scale::linear(end, field);
        let ticks = thinned(ticks, &scale, beside);
        let label = format!("time in {unit}, from zero");
        Self { bars: true, scale, ticks, label }
    }
}

fn mark(body: &mut String, axis: &Axis, left: f64, y: f64, time: f64) {
    let x = axis.scale.at(time);
    if time == f64::INFINITY {
        let (x, y) = (number(x), number(y));
        path(body, "whisker", &format!("M{x} {y}m-5-4l5 4-5 4"));
    } else if !placed(time) {
        // An unknown time has no mark.
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
    let text = cut(&best(what, limit), LETTERS, right - MARGIN);
    let half = width(&text, LETTERS) / 2.0;
    let x = x.min(right - half).max(MARGIN + half);
    label(body, Anchor::Middle, "", (x, 13.0), &text);
}

fn best(what: &str, limit: f64) -> String {
    match what {
        "" => format!("best possible {}", time(limit)),
        _ => format!("best possible {}: {what}", time(limit)),
    }
}

fn title(rows: &[(String, f64)]) -> String {
    let known = rows.iter().filter(|(_, seconds)| placed(*seconds));
    let fastest = known.min_by(|a, b| a.1.total_cmp(&b.1));
    let count = counted(rows.len(), "model");
    match fastest {
        Some((name, seconds)) => {
            let name = in_words(name);
            format!("Times of {count}; the least: {name}, {}", time(*seconds))
        }
        None => format!("Times of {count}"),
    }
}

fn description(rows: &[(String, f64)], limit: Option<(&str, f64)>) -> String {
    let mut text = String::new();
    for (name, seconds) in rows {
        let _ = write!(text, "{} {}", in_words(name), time(*seconds));
        if let Some((_, limit)) = limit.filter(|_| placed(*seconds)) {
            let _ = match share(limit, *seconds) {
                share if share == BEATEN => {
                    write!(text, ", which beats the best possible")
                }
                share => write!(text, ", {share} of the best possible"),
            };
        }
        text.push_str(". ");
    }
    if let Some((what, limit)) = limit {
        let _ = write!(text, "{}.", in_words(&best(what, limit)));
    }
    text
}
