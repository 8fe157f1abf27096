//! Speed-ups over numbers of workers, or of nodes.

use super::lines::{Ends, Field, Place, Series};
use super::plot::{LETTERS, above, beside, in_words, plot};
use lanes_measure::words::{count, counted, figure, range};
use lanes_timeline::svg::scale::{Scale, placed, span};
use lanes_timeline::svg::shapes::{Anchor, label, path};
use lanes_timeline::svg::text::{number, width};
use lanes_timeline::svg::ticks::{self, thinned};
use std::f64::consts::LN_2;
use std::fmt::Write;

/// A model's times with more and more workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// The model.
    pub name: String,
    /// Numbers of workers, each with the speed-up over the fewest and the ends
    /// of its interval.
    pub points: Vec<(usize, f64, Option<Ends>)>,
}

/// What is counted, and against what.
#[derive(Clone, Copy)]
struct Words {
    /// One of what is counted: a worker, or a node.
    one: &'static str,
    /// Several of them.
    many: &'static str,
    /// With what the time is compared; `None` for the fewest of them.
    base: Option<&'static str>,
}

const WORKERS: Words = Words { one: "worker", many: "workers", base: None };
const NODES: Words =
    Words { one: "node", many: "nodes", base: Some("one thread") };

/// Speed-ups over numbers of workers, with the ideal line, and a mark at the
/// number of threads that the machine runs at once.
///
/// Both axes are logarithmic, so that the ideal line is straight. The mark is
/// there if so many workers, or more, were measured. A point without a positive
/// speed-up is left out.
pub fn scaling(series: &[Scaling], cores: usize) -> String {
    drawn(series, cores, WORKERS)
}

/// As [`scaling`], over numbers of nodes, against one thread of one machine.
/// The ideal is a thread on each node.
pub fn nodes(series: &[Scaling], cores: usize) -> String {
    drawn(series, cores, NODES)
}

fn drawn(series: &[Scaling], cores: usize, words: Words) -> String {
    let Words { one, many, base } = words;
    if series.is_empty() {
        return String::new();
    }
    let points: Vec<Vec<Place>> = series.iter().map(points).collect();
    let all = || points.iter().flatten();
    let workers = || all().map(|(workers, _, _)| *workers);
    let fewest = workers().fold(f64::INFINITY, f64::min);
    let fewest = if fewest.is_finite() { fewest } else { 1.0 };
    let (fewest, most) = span(fewest, workers());
    let fewest = if base.is_some() { 1.0 } else { fewest };
    let lines = series.iter().zip(&points).map(|(series, points)| Series {
        name: &series.name,
        figure: end(points, most, one),
        points: points.clone(),
    });
    let lines: Vec<Series<'_>> = lines.collect();
    let field = Field::new(&lines, if fewest < most { 260.0 } else { 90.0 });
    let mut logs = (fewest.ln(), most.ln());
    if fewest == most {
        logs = (logs.0 - LN_2, logs.1 + LN_2);
    }
    let across = Scale::logarithmic(logs, field.across());
    let upwards =
        Scale::logarithmic(shown(all(), most / fewest), field.upwards());
    let mut body = String::new();
    let mut counts: Vec<f64> = workers().collect();
    counts.sort_by(f64::total_cmp);
    counts.dedup();
    let ends = [fewest, most].into_iter().chain(counts);
    let text = |workers: f64| (workers, count(workers as usize));
    let below = thinned(ends.map(text), &across, beside);
    let beside = thinned(ticks::doublings(&upwards), &upwards, above);
    let label_below = match workers().next() {
        None => many.to_owned(),
        Some(_) if fewest < most => format!("{many}, on a logarithmic axis"),
        Some(_) if base.is_some() => format!("only measured with 1 {one}"),
        Some(_) => format!(
            "only measured with {}: no speed-up is known",
            counted(fewest as usize, one)
        ),
    };
    let base = base.map_or_else(
        || format!("with {}", counted(fewest as usize, one)),
        str::to_owned,
    );
    let label_above = format!("times as fast as {base}, logarithmic");
    field.frame(
        &mut body,
        (&across, &below),
        (&upwards, &beside),
        (&label_below, &label_above),
    );
    if fewest < most {
        ideal(&mut body, &across, &upwards, (fewest, most));
    }
    let cores = Some(cores as f64).filter(|cores| across.holds(*cores));
    if let Some(cores) = cores.filter(|cores| *cores <= most) {
        mark(&mut body, &field, &across, cores, width(&label_above, LETTERS));
    }
    field.lines(&mut body, &lines, &across, &upwards);
    let title = title(&lines, most, &words);
    let description = description(series, cores, &words);
    plot("scaling", field.height(), &title, &description, &body)
}

/// The points that can be drawn, from few workers to many.
fn points(series: &Scaling) -> Vec<Place> {
    let known = series
        .points
        .iter()
        .filter(|(workers, speed, _)| *workers > 0 && placed(*speed));
    let mut points: Vec<Place> = known
        .map(|(workers, speed, ends)| (*workers as f64, *speed, *ends))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

/// The logarithms between which the speed-ups are. The ideal counts up to
/// twice the highest, ends of intervals up to twice the outermost.
fn shown<'a>(
    points: impl Iterator<Item = &'a Place> + Clone,
    ideal: f64,
) -> (f64, f64) {
    let speeds = points.clone().map(|(_, speed, _)| speed.ln());
    let (low, high) = span(0.0, speeds);
    let ends = points.filter_map(|(_, _, ends)| *ends);
    let ends = ends.flat_map(|(low, high)| [low, high]);
    let ends = ends.filter(|end| placed(*end)).map(f64::ln);
    let (least, most) = span(0.0, ends.chain([ideal.ln()]));
    let low = low.min(least.max(low - LN_2));
    let high = high.max(most.min(high + LN_2)).max(low + LN_2);
    let margin = (high - low) * 0.04;
    (low - margin, high + margin)
}

/// As many times as fast with as many times the workers.
fn ideal(
    body: &mut String,
    across: &Scale,
    upwards: &Scale,
    (fewest, most): (f64, f64),
) {
    let highest = upwards.logs().1.exp();
    let most = most.min(fewest * highest);
    let (x, y) = (across.at(most), upwards.at(most / fewest));
    let (from, one) = (number(across.at(fewest)), number(upwards.at(1.0)));
    let line = format!("M{from} {one}L{} {}", number(x), number(y));
    path(body, "ideal", &line);
    // Above the line, where only a better than ideal point could be.
    let slope = (upwards.at(1.0) - y) / (x - across.at(fewest)).max(1.0);
    let aside = (14.0 / slope.max(0.2)).min(70.0);
    let at = (x - aside, y + 9.0);
    label(body, Anchor::End, "soft", at, "ideal");
}

/// A mark where there are as many workers as cores; the label of the axis at
/// the left is `taken` pixels wide.
fn mark(
    body: &mut String,
    field: &Field,
    across: &Scale,
    cores: f64,
    taken: f64,
) {
    let x = across.at(cores);
    let (top, bottom) = (number(field.top), number(field.bottom));
    path(body, "cores", &format!("M{} {top}V{bottom}", number(x)));
    let text = format!("cores of this machine: {}", count(cores as usize));
    let half = width(&text, LETTERS) / 2.0;
    let x = x.max(taken + 24.0 + half);
    label(body, Anchor::Middle, "", (x, 13.0), &text);
}

/// The figure after a name: the speed-up with the most workers.
fn end(points: &[Place], most: f64, one: &str) -> String {
    match points.last() {
        None => "not measured".into(),
        Some((workers, speed, _)) if *workers == most => figure(*speed),
        Some((workers, speed, _)) => {
            let workers = counted(*workers as usize, one);
            format!("{}, {workers}", figure(*speed))
        }
    }
}

fn title(lines: &[Series<'_>], most: f64, words: &Words) -> String {
    let ends = lines.iter().filter_map(|line| {
        let (workers, speed, _) = line.points.last()?;
        (*workers == most).then_some((line.name, *speed))
    });
    let best = ends.max_by(|a, b| a.1.total_cmp(&b.1));
    let count = counted(lines.len(), "model");
    let workers = counted(most as usize, words.one);
    let against = words.base.map_or_else(String::new, |b| format!(" over {b}"));
    match best {
        Some((name, speed)) => format!(
            "Speed-up of {count}{against}; the most with {workers}: {}, {}",
            in_words(name),
            figure(speed)
        ),
        None => format!("Speed-up of {count}{against}"),
    }
}

fn description(
    series: &[Scaling],
    cores: Option<f64>,
    words: &Words,
) -> String {
    let mut text = format!("Numbers of {} and speed-up. ", words.many);
    for series in series {
        let _ = write!(text, "{}:", in_words(&series.name));
        for (index, (workers, speed, ends)) in series.points.iter().enumerate()
        {
            let comma = if index == 0 { " " } else { ", " };
            let _ = write!(text, "{comma}{workers} {}", figure(*speed));
            if let Some((low, high)) = ends {
                let _ = write!(text, " ({})", range(*low, *high));
            }
        }
        if series.points.is_empty() {
            text.push_str(" not measured");
        }
        text.push_str(". ");
    }
    if let Some(cores) = cores {
        let _ = write!(text, "This machine has {cores} cores.");
    }
    text
}
