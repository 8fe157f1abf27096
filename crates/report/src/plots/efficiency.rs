//! Efficiencies over the length of a task.

use super::lines::{Ends, Field, Place, Series};
use super::plot::{above, beside, in_words, plot};
use lanes_measure::metg::{Curve, Found, Metg, Rung};
use lanes_measure::words::{counted, percent, time};
use lanes_timeline::svg::scale::{Scale, placed, span};
use lanes_timeline::svg::shapes::{Anchor, label, path};
use lanes_timeline::svg::text::number;
use lanes_timeline::svg::ticks::{self, thinned};
use std::fmt::Write;

/// A model's efficiencies with longer and longer tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct Efficiency {
    /// The model.
    pub name: String,
    /// Lengths of a task in seconds, each with the efficiency and the ends of
    /// its interval.
    pub points: Vec<(f64, f64, Option<Ends>)>,
    /// The smallest task at one half, in seconds, where it is known.
    pub half: Option<f64>,
}

/// The curves of a file, as [`efficiency`] draws them.
pub fn curves(metg: &Metg) -> Vec<Efficiency> {
    let point = |rung: &Rung| {
        let ends = rung.interval.map(|found| (found.low, found.high));
        Some((rung.grain(), rung.efficiency?, ends))
    };
    let series = |curve: &Curve| Efficiency {
        name: curve.name.clone(),
        points: curve.rungs.iter().filter_map(point).collect(),
        half: match curve.found {
            Found::Metg(found) => Some(found.median),
            _ => None,
        },
    };
    metg.curves.iter().map(series).collect()
}

/// Efficiencies over the length of a task, on a logarithmic axis, with a line
/// at one half. A point without a positive length is left out.
pub fn efficiency(series: &[Efficiency]) -> String {
    if series.is_empty() {
        return String::new();
    }
    let points: Vec<Vec<Place>> = series.iter().map(points).collect();
    let lines = series.iter().zip(&points).map(|(series, points)| Series {
        name: &series.name,
        figure: match series.half {
            Some(half) => time(half),
            None if points.is_empty() => "not measured".into(),
            None => String::new(),
        },
        points: points.clone(),
    });
    let lines: Vec<Series<'_>> = lines.collect();
    let field = Field::new(&lines, 260.0);
    let all = || points.iter().flatten();
    let first = all().next().map_or(1e-6, |point| point.0);
    let (low, high) = span(first, all().map(|point| point.0));
    let logs = ticks::rounded((low.ln(), high.ln()));
    let across = Scale::logarithmic(logs, field.across());
    let (_, most) = span(1.0, all().map(|point| point.1));
    let most = most.min(2.0);
    let upwards = Scale::linear(most, field.upwards());
    let below = thinned(ticks::times(&across), &across, beside);
    let parts = ticks::linear(most, 5).into_iter();
    let parts = parts.map(|(value, _)| (value, percent_of(value)));
    let beside = thinned(parts, &upwards, above);
    let mut body = String::new();
    field.frame(
        &mut body,
        (&across, &below),
        (&upwards, &beside),
        (
            "compute of a task, on a logarithmic axis",
            "useful work / (workers × time)",
        ),
    );
    let (y, left, right) = (upwards.at(0.5), field.left, field.right);
    let line = format!("M{} {}H{}", number(left), number(y), number(right));
    path(&mut body, "limit", &line);
    let at = (left + 4.0, y - 4.0);
    label(&mut body, Anchor::Start, "soft", at, "one half");
    field.lines(&mut body, &lines, &across, &upwards);
    let title = title(series);
    let description = description(series);
    plot("efficiency", field.height(), &title, &description, &body)
}

/// The points that can be drawn, from short tasks to long ones.
fn points(series: &Efficiency) -> Vec<Place> {
    let mut points = series.points.clone();
    points.retain(|(length, part, _)| {
        placed(*length) && part.is_finite() && *part >= 0.0
    });
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

fn percent_of(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

fn title(series: &[Efficiency]) -> String {
    let halves = series.iter().filter_map(|s| Some((&s.name, s.half?)));
    let count = counted(series.len(), "model");
    match halves.min_by(|a, b| a.1.total_cmp(&b.1)) {
        Some((name, half)) => format!(
            "Efficiency of {count}; the smallest task at one half: {}, {}",
            in_words(name),
            time(half)
        ),
        None => format!("Efficiency of {count}"),
    }
}

fn description(series: &[Efficiency]) -> String {
    let mut text = String::from("Compute of a task and efficiency. ");
    for series in series {
        let _ = write!(text, "{}:", in_words(&series.name));
        for (index, (length, part, _)) in series.points.iter().enumerate() {
            let comma = if index == 0 { " " } else { ", " };
            let _ = write!(text, "{comma}{} {}", time(*length), percent(*part));
        }
        if series.points.is_empty() {
            text.push_str(" not measured");
        }
        text.push_str(". ");
    }
    text
}
