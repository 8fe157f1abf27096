//! Times, and the best time that is possible.

use super::columns::{Columns, HEAD};
use super::plot::{LETTERS, MARGIN, beside, in_words, plot};
use lanes_measure::tables::share;
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
/// The upper and the lower edge of a bar, around the middle of a row: alone,
/// above the bar of the CPU time, and that one's.
const BAR: (f64, f64) = (-5.5, 5.5);
const UPPER: (f64, f64) = (-6.5, 1.5);
const LOWER: (f64, f64) = (2.5, 6.5);

/// The times of a model, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// The model.
    pub name: String,
    /// Wall time.
    pub wall: f64,
    /// CPU time, where it is known.
    pub cpu: Option<f64>,
}

/// Times in seconds as bars, CPU times as thin bars below them, with the limit,
/// which is the best time possible, as a line: its name and its seconds.
///
/// If the largest time is more than eight times the smallest, there are dots on
/// a logarithmic axis in place of bars, and rings for CPU times. A number that
/// is no time has no mark, nor has a CPU time that is not on the axis.
pub fn times(rows: &[Times], limit: Option<(&str, f64)>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let limit = limit.filter(|(_, limit)| placed(*limit));
    let with_cpu = rows.iter().any(|row| row.cpu.is_some());
    let mut figures: Vec<(&str, Vec<String>)> = Vec::new();
    let mut column = |heading, text: &dyn Fn(&Times) -> String| {
        figures.push((heading, rows.iter().map(text).collect()));
    };
    column("time", &|row| time(row.wall));
    if with_cpu {
        column("CPU time", &|row| match row.cpu {
            Some(cpu) => time(cpu),
            None => "not known".into(),
        });
    }
    if let Some((_, limit)) = limit {
        column("of the best possible", &|row| match placed(row.wall) {
            true => share(limit, row.wall),
            false => String::new(),
        });
    }
    let names = rows.iter().map(|row| row.name.as_str());
    let columns = Columns::new(names, &figures);
    let axis = Axis::new(rows, limit.map(|(_, limit)| limit), columns.field);
    let mut body = String::new();
    if !axis.bars {
        columns.guides(&mut body, rows.len());
    }
    columns.frame(&mut body, &figures, &axis.scale, &axis.ticks, &axis.label);
    for (index, row) in rows.iter().enumerate() {
        open_group(&mut body, "time", &row.name);
        let texts = figures.iter().map(|(_, texts)| texts[index].as_str());
        columns.texts(&mut body, index, &row.name, texts);
        let at = (columns.field.0, columns.middle(index));
        let edges = if with_cpu { UPPER } else { BAR };
        mark(&mut body, &axis, at, edges, row.wall);
        if let Some(cpu) = row.cpu {
            cpu_mark(&mut body, &axis, at, cpu);
        }
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
    fn new(rows: &[Times], limit: Option<f64>, field: (f64, f64)) -> Self {
        let known =
            || rows.iter().map(|row| row.wall).filter(|time| placed(*time));
        let first = known().next().unwrap_or(1e-3);
        let (low, high) = span(first, known());
        let near = |other: &f64| *other < high * FAR && *other > low / FAR;
        let with_cpu = rows.iter().any(|row| row.cpu.is_some());
        let others = rows.iter().filter_map(|row| row.cpu).chain(limit);
        let others: Vec<f64> = others.filter(near).collect();
        let (_, most) = span(high, others.iter().copied());
        // Beyond these there is no unit of time for ticks from zero.
        if high / low <= MOST
            && most / low <= MOST
            && (1e-6..1e9).contains(&most)
        {
            return Self::bars(most * 1.03, field, with_cpu);
        }
        let (low, high) = span(low, others.into_iter().chain([high]));
        let logs = ticks::rounded((low.ln(), high.ln()));
        let scale = Scale::logarithmic(logs, field);
        let ticks = thinned(ticks::times(&scale), &scale, beside);
        let rings = if with_cpu { "; rings: CPU time" } else { "" };
        let label = format!("time, on a logarithmic axis{rings}");
        Self { bars: false, scale, ticks, label }
    }

    fn bars(end: f64, field: (f64, f64), with_cpu: bool) -> Self {
        let (unit, ticks) = ticks::linear_time(end, 8);
        let scale = Scale::linear(end, field);
        let ticks = thinned(ticks, &scale, beside);
        let thin = if with_cpu { "; thin bars: CPU time" } else { "" };
        let label = format!("time in {unit}, from zero{thin}");
        Self { bars: true, scale, ticks, label }
    }
}

/// The mark of a wall time in the row at this left end and middle.
fn mark(
    body: &mut String,
    axis: &Axis,
    (left, y): (f64, f64),
    edges: (f64, f64),
    time: f64,
) {
    let x = axis.scale.at(time);
    if time == f64::INFINITY {
        let (x, y) = (number(x), number(y));
        path(body, "whisker", &format!("M{x} {y}m-5-4l5 4-5 4"));
    } else if !placed(time) {
        // An unknown time has no mark.
    } else if axis.bars {
        bar(body, "bar", (left, x), y, edges);
    } else {
        circle(body, "dot", (x, y), "4.5");
    }
}

fn cpu_mark(body: &mut String, axis: &Axis, (left, y): (f64, f64), time: f64) {
    if !placed(time) || !axis.scale.holds(time) {
        return;
    }
    let x = axis.scale.at(time);
    if axis.bars {
        bar(body, "cpu", (left, x), y, LOWER);
    } else {
        circle(body, "ring", (x, y), "3");
    }
}

fn bar(
    body: &mut String,
    class: &str,
    (from, to): (f64, f64),
    y: f64,
    (upper, lower): (f64, f64),
) {
    let [x, y, wide, high] =
        [from, y + upper, to - from, lower - upper].map(number);
    let _ = write!(
        body,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" \
         height=\"{high}\"/>"
    );
}

fn circle(body: &mut String, class: &str, (x, y): (f64, f64), radius: &str) {
    let [x, y] = [x, y].map(number);
    let _ = write!(
        body,
        "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"
    );
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

fn title(rows: &[Times]) -> String {
    let known = rows.iter().filter(|row| placed(row.wall));
    let fastest = known.min_by(|a, b| a.wall.total_cmp(&b.wall));
    let count = counted(rows.len(), "model");
    match fastest {
        Some(Times { name, wall, .. }) => {
            let name = in_words(name);
            format!("Times of {count}; the least: {name}, {}", time(*wall))
        }
        None => format!("Times of {count}"),
    }
}

fn description(rows: &[Times], limit: Option<(&str, f64)>) -> String {
    let mut text = String::new();
    for Times { name, wall, cpu } in rows {
        let _ = write!(text, "{} {}", in_words(name), time(*wall));
        if let Some(cpu) = cpu {
            let _ = write!(text, ", CPU time {}", time(*cpu));
        }
        if let Some((_, limit)) = limit.filter(|_| placed(*wall)) {
            let share = share(limit, *wall);
            let _ = write!(text, ", {share} of the best possible");
        }
        text.push_str(". ");
    }
    if let Some((what, limit)) = limit {
        let _ = write!(text, "{}.", in_words(&best(what, limit)));
    }
    text
}
