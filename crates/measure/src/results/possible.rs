//! Whether what a result file says can be. Places that are not there would be
//! panics later, and times that cannot be would be grades.

use super::{ContenderResult, LimitResult, Results, RowResult};
use crate::statistics::Interval;
use crate::summary::{Group, Scale, Speedup, Standing, Summary};
use std::collections::BTreeSet;

/// No more workers are asked for.
const MOST_WORKERS: usize = 1 << 20;
/// Latencies are counted in whole numbers that every reader of JSON keeps.
const MOST_LATENCIES: u64 = 1 << 53;

/// Checks every number that others rely on, and every place that one part of a
/// file names in another.
///
/// # Errors
/// What cannot be, and where, in words.
pub(super) fn possible(results: &Results) -> Result<(), String> {
    let level = results.level;
    if !is_level(level) {
        return Err(format!("a level of {level} is no probability"));
    }
    let numbers = [
        (results.seconds, "duration"),
        (results.margin, "margin"),
        (results.clock, "time of the clock"),
    ];
    for (number, what) in numbers {
        if !is_size(number) {
            return Err(format!("a {what} of {number}"));
        }
    }
    results.rows.iter().try_for_each(|row| {
        let RowResult { workload, size, .. } = row;
        let place = |what| format!("{workload} {size}: {what}");
        possible_row(row).map_err(place)
    })
}

fn possible_row(row: &RowResult) -> Result<(), String> {
    if row.workload.is_empty() {
        return Err("a row without a workload".into());
    }
    if !is_size(row.seconds) {
        return Err(format!("visits of {} s", row.seconds));
    }
    for (index, contender) in row.contenders.iter().enumerate() {
        possible_contender(contender, index, row)?;
    }
    for taken in &row.samples {
        let contender = row.contenders.get(taken.contender);
        let contender =
            contender.ok_or("a sample of a contender that is not there")?;
        if taken.sample.wall_ns == 0 || taken.sample.runs == 0 {
            let (name, visit) = (&contender.name, taken.visit);
            return Err(format!(
                "a sample of {name}, visit {visit}, has no time or no runs"
            ));
        }
    }
    row.limits.iter().try_for_each(possible_limit)?;
    if let Some(hop) =
        row.hops.iter().find(|hop| !(hop.seconds > 0.0 && is_size(hop.seconds)))
    {
        return Err(format!("processors that are {} s apart", hop.seconds));
    }
    row.summary
        .as_ref()
        .map_or(Ok(()), |summary| possible_summary(summary, row))
}

fn possible_contender(
    contender: &ContenderResult,
    index: usize,
    row: &RowResult,
) -> Result<(), String> {
    let ContenderResult { name, model, workers, twin_of, .. } = contender;
    if name.is_empty() || model.is_empty() {
        return Err("a contender without a name".into());
    }
    if !(1..=MOST_WORKERS).contains(workers) {
        return Err(format!("{name} with {workers} workers"));
    }
    if let Some(of) = twin_of {
        let original = row.contenders.get(*of);
        if *of == index || original.is_none_or(|of| of.twin_of.is_some()) {
            return Err(format!("{name} is the twin of no contender"));
        }
    }
    let counts = contender.latencies.values();
    let all = counts.fold(0u64, |all, count| all.saturating_add(*count));
    let longest = contender.latencies.keys().last();
    if all > MOST_LATENCIES || longest.is_some_and(|l| *l > MOST_LATENCIES) {
        return Err(format!("latencies of {name} that cannot be"));
    }
    Ok(())
}

fn possible_limit(limit: &LimitResult) -> Result<(), String> {
    let LimitResult { seconds, work, span, workers, .. } = limit;
    // Of each visit, or of none.
    let known = |of: &[f64]| of.is_empty() || of.len() == seconds.len();
    let mut all = seconds.iter().chain(work).chain(span);
    if known(work) && known(span) && all.all(|seconds| is_size(*seconds)) {
        return Ok(());
    }
    Err(format!("a limit for {workers} workers that cannot be"))
}

fn possible_summary(summary: &Summary, row: &RowResult) -> Result<(), String> {
    if !is_level(summary.level) || summary.visits == 0 {
        return Err("a summary of no visits, or of no level".into());
    }
    let mut all: Vec<Interval> = summary.twin.into_iter().collect();
    for group in &summary.groups {
        possible_group(group, row)?;
        for standing in &group.standings {
            all.extend(standing.ratio.into_iter().chain(standing.cpu_ratio));
        }
    }
    for Speedup { contender, base, speedup, efficiency } in &summary.speedups {
        named(*contender, row)?;
        named(*base, row)?;
        if !is_size(*efficiency) {
            return Err(format!("an efficiency of {efficiency}"));
        }
        all.push(*speedup);
    }
    for Scale { contender, one, ratio, moved, start } in &summary.scale {
        named(*contender, row)?;
        named(*one, row)?;
        let mut figures = [moved, start].into_iter().flatten();
        if let Some(figure) = figures.find(|figure| !is_size(**figure)) {
            return Err(format!("{figure} bytes, or seconds, of nodes"));
        }
        all.push(*ratio);
    }
    let is_one = |one: &Interval| {
        one.median.is_finite()
            && one.low <= one.median
            && one.median <= one.high
    };
    match all.iter().find(|interval| !is_one(interval)) {
        Some(Interval { low, median, high }) => {
            Err(format!("{median} is not between {low} and {high}"))
        }
        None => Ok(()),
    }
}

fn possible_group(group: &Group, row: &RowResult) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for Standing { contender, seconds, cpu, .. } in &group.standings {
        let name = named(*contender, row)?;
        let is_time = *seconds > 0.0 && seconds.is_finite();
        if !is_time || cpu.is_some_and(|cpu| !is_size(cpu)) {
            return Err(format!("a time of {name} that cannot be"));
        }
        if !seen.insert(*contender) {
            return Err(format!("{name} stands twice in a group"));
        }
    }
    if seen.contains(&group.best) {
        return Ok(());
    }
    Err("the best of a group is none of it".into())
}

/// The name of a contender of this row.
fn named(contender: usize, row: &RowResult) -> Result<&str, String> {
    let found = row.contenders.get(contender).map(|found| &*found.name);
    found.ok_or_else(|| "a summary of a contender that is not there".into())
}

fn is_level(number: f64) -> bool {
    number > 0.0 && number < 1.0
}

fn is_size(number: f64) -> bool {
    number >= 0.0 && number.is_finite()
}
