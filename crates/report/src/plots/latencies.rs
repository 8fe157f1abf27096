//! Latencies over quantiles.

use super::lines::{Field, Series};
use super::plot::{above, beside, in_words, plot};
use lanes_measure::words::{counted, time};
use lanes_timeline::svg::scale::{Scale, placed, span};
use lanes_timeline::svg::ticks::{self, thinned};
use std::fmt::Write;

/// Latencies in seconds over quantiles, such as 0.5, 0.99 and 1.
///
/// The quantiles stand in equal steps, the latencies on a logarithmic axis.
/// A latency that is not positive, or a quantile outside of 0 to 1, is left
/// out.
pub fn latencies(series: &[(String, Vec<(f64, f64)>)]) -> String {
    if series.is_empty() {
        return String::new();
    }
    let known: Vec<Vec<(f64, f64)>> =
        series.iter().map(|(_, points)| points_of(points)).collect();
    let mut quantiles: Vec<f64> =
        known.iter().flatten().map(|point| point.0).collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles.dedup();
    let step = |quantile: f64| {
        quantiles.partition_point(|other| *other < quantile) as f64
    };
    let lines = series.iter().zip(&known).map(|((name, _), points)| Series {
        name,
        figure: points.last().map_or("not measured".into(), |p| time(p.1)),
        points: points
            .iter()
            .map(|(q, latency)| (step(*q), *latency, None))
            .collect(),
    });
    let lines: Vec<Series<'_>> = lines.collect();
    let field = Field::new(&lines, 240.0);
    let last = quantiles.len().saturating_sub(1).max(1);
    let across = Scale::linear(last as f64, field.across());
    let times = || known.iter().flatten().map(|point| point.1);
    let (low, high) = span(times().next().unwrap_or(1e-3), times());
    let logs = ticks::rounded((low.ln(), high.ln()));
    let upwards = Scale::logarithmic(logs, field.upwards());
    let below = quantiles.iter().enumerate();
    let below = below.map(|(step, quantile)| (step as f64, part(*quantile)));
    // The longest matter the most.
    let below = thinned(below.rev(), &across, beside);
    let beside = thinned(ticks::times(&upwards), &upwards, above);
    let mut body = String::new();
    field.frame(
        &mut body,
        (&across, &below),
        (&upwards, &beside),
        (
            "share of the steps that took no longer; 100 %: the longest",
            "latency, on a logarithmic axis",
        ),
    );
    field.lines(&mut body, &lines, &across, &upwards);
    let title = title(&lines, quantiles.last().copied());
    let description = description(series, &quantiles);
    plot("latencies", field.height(), &title, &description, &body)
}

/// The points that can be drawn, from the shortest latency to the longest.
fn points_of(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut known = points.to_vec();
    known.retain(|(quantile, latency)| {
        (0.0..=1.0).contains(quantile) && placed(*latency)
    });
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    known
}

/// A quantile in percent: `99.9 %`.
fn part(quantile: f64) -> String {
    let text = format!("{:.3}", quantile * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The title names the model that is best at the highest quantile; the rest is
/// for the eye.
fn title(lines: &[Series<'_>], last: Option<f64>) -> String {
    let ends = lines.iter().filter_map(|line| {
        line.points.last().map(|(_, latency, _)| (line.name, *latency))
    });
    let least = ends.min_by(|a, b| a.1.total_cmp(&b.1));
    let count = counted(lines.len(), "model");
    match least.zip(last) {
        Some(((name, latency), last)) => format!(
            "Latencies of {count}; the least at {}: {}, {}",
            part(last),
            in_words(name),
            time(latency)
        ),
        None => format!("Latencies of {count}"),
    }
}

fn description(
    series: &[(String, Vec<(f64, f64)>)],
    quantiles: &[f64],
) -> String {
    let parts: Vec<String> =
        quantiles.iter().map(|quantile| part(*quantile)).collect();
    let mut text = format!("Latencies at {}. ", parts.join(", "));
    for (name, points) in series {
        let at = |quantile: &f64| {
            let point = points.iter().find(|point| point.0 == *quantile);
            point.map_or("not known".into(), |point| time(point.1))
        };
        let times: Vec<String> = quantiles.iter().map(at).collect();
        let _ = write!(text, "{}: {}. ", in_words(name), times.join(", "));
    }
    text
}
