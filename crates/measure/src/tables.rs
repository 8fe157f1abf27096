//! The tables of a row, as data: the terminal prints them, the page lays them
//! out.

use crate::parallelism::Parallelism;
use crate::protocol::Sample;
use crate::results::{ContenderResult, LimitResult, RowResult};
use crate::statistics::{FEWEST_VISITS, Grade, Interval, median};
use crate::summarize;
use crate::summary::{Group, Standing, Summary};
use crate::words::{counted, digits, ends, grade, percent, spent, time};
use hdrhistogram::Histogram;
use lanes_core::workload;

/// What stands in a table for a number that was not measured.
pub const UNKNOWN: &str = "unknown";

/// A table with a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The headings.
    pub columns: Vec<String>,
    /// The cells, as many in each row as there are columns.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[&str]) -> Self {
        Self::with(columns.iter().map(|name| (*name).to_owned()))
    }

    /// As [`Table::new`], of names that are known when it is made.
    pub fn with(columns: impl IntoIterator<Item = String>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }
}

/// The contenders of a row, without the second processes that are controls.
pub fn own(row: &RowResult) -> impl Iterator<Item = &ContenderResult> {
    row.contenders.iter().filter(|contender| contender.twin_of.is_none())
}

/// The best time that is possible for a group, in seconds. None is known where
/// a model was faster than what was measured for it: that bounds nothing.
pub fn best_possible(row: &RowResult, group: &Group) -> Option<f64> {
    row.least(group.workers).filter(|_| !is_beaten(row, group))
}

/// The best possible time as a share of a measured one, in seconds both.
pub fn share(limit: f64, seconds: f64) -> String {
    percent(limit / seconds)
}

/// Whether a model of a group is faster than the limit.
pub fn is_beaten(row: &RowResult, group: &Group) -> bool {
    let limit = row.least(group.workers);
    let mut all = group.standings.iter();
    all.any(|standing| limit.is_some_and(|limit| standing.seconds < limit))
}

/// A row and a group in a line: the best time possible, by how much the twin
/// differed, the visits.
pub fn heading(
    name: &str,
    row: &RowResult,
    summary: &Summary,
    group: &Group,
) -> String {
    let workers = counted(group.workers, "worker");
    let more = row.contenders.iter().any(|contender| {
        contender.workers == group.workers && contender.oversubscribed
    });
    let more = if more { " (more than cores)" } else { "" };
    let mut parts = vec![
        format!("{name}, {workers}{more}"),
        limit(row, group),
        twin(summary.twin.as_ref()),
        counted(summary.visits, "visit"),
    ];
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn limit(row: &RowResult, group: &Group) -> String {
    let workers = group.workers;
    let limit = row.limits.iter().find(|limit| limit.workers == workers);
    let Some(LimitResult { what, .. }) = limit else { return String::new() };
    if is_beaten(row, group) {
        return format!("best possible not known: {what} was beaten");
    }
    let what = match Parallelism::of(row, workers) {
        Some(found) => found.short(),
        None => what.clone(),
    };
    match best_possible(row, group) {
        Some(seconds) => format!("best possible {} ({what})", time(seconds)),
        None => format!("best possible: {what}"),
    }
}

/// By how much a second process of the fastest model differed from the first.
pub fn twin(found: Option<&Interval>) -> String {
    match found {
        Some(found) => format!("twin {} of its time", ends(found)),
        None => "twin not known".into(),
    }
}

/// A contender, with its number of workers unless it always has one.
pub fn label(contender: &ContenderResult) -> String {
    if contender.serial {
        contender.name.clone()
    } else {
        format!("{} with {}", contender.name, contender.workers)
    }
}

/// The models of a group, the fastest first.
pub fn standings(row: &RowResult, group: &Group) -> Table {
    let columns = [
        "model",
        "time",
        "ratio",
        "interval",
        "grade",
        "CPU time",
        "CPU ratio",
        "share of the best possible",
    ];
    let mut table = Table::new(&columns);
    for standing in &group.standings {
        let contender = &row.contenders[standing.contender];
        let limit = best_possible(row, group);
        let share = match limit {
            Some(limit) => share(limit, standing.seconds),
            None if is_beaten(row, group) => UNKNOWN.into(),
            // There is none for this workload.
            None => String::new(),
        };
        let is_best = standing.contender == group.best;
        let cpu_ratio = match &standing.cpu_ratio {
            Some(ratio) => ends(ratio),
            // It is what the others are compared with.
            None if is_best => String::new(),
            None => UNKNOWN.into(),
        };
        let ratio = standing.ratio.map(|ratio| digits(ratio.median.exp()));
        table.row(vec![
            contender.name.clone(),
            time(standing.seconds),
            ratio.unwrap_or_else(|| "1.00".into()),
            standing.ratio.as_ref().map(ends).unwrap_or_default(),
            finding(row, standing),
            standing.cpu.map_or_else(|| UNKNOWN.into(), time),
            cpu_ratio,
            share,
        ]);
    }
    table
}

/// The grade of a model in words; where it is not slower, also the CPU time
/// that it takes for that, if that is another one than the best model's.
pub fn finding(row: &RowResult, standing: &Standing) -> String {
    let Some(found) = &standing.grade else { return "the only model".into() };
    let visits = row.summary.as_ref().map_or(1, |summary| summary.visits);
    let said = match found {
        Grade::Open { .. } if visits < FEWEST_VISITS => {
            "open (too few visits)".into()
        }
        _ => grade(found, row.seconds / visits as f64),
    };
    match other_cpu(standing) {
        Some(cpu) => format!("{said}, {} times the CPU", ends(&cpu)),
        None => said,
    }
}

/// The ratio of its CPU time to the best model's, a log-ratio, where a model is
/// not slower and certainly takes another CPU time for that.
pub fn other_cpu(standing: &Standing) -> Option<Interval> {
    let grade = standing.grade.as_ref();
    let same =
        matches!(grade, Some(Grade::AsFast { .. } | Grade::AtMost { .. }));
    let other =
        |cpu: &Interval| cpu.low > OTHER_CPU.ln() || cpu.high < -OTHER_CPU.ln();
    standing.cpu_ratio.filter(|cpu| same && other(cpu))
}

/// A difference in CPU time beyond this ratio is worth a word.
const OTHER_CPU: f64 = 1.25;

/// What more workers gained; `None` where there is only one number of them.
pub fn speedups(row: &RowResult, summary: &Summary) -> Option<Table> {
    let columns =
        ["model", "workers", "speed-up", "interval", "efficiency", "note"];
    let mut table = Table::new(&columns);
    for found in &summary.speedups {
        let contender = &row.contenders[found.contender];
        let note =
            if contender.oversubscribed { "more than cores" } else { "" };
        let base = row.contenders[found.base].workers;
        table.row(vec![
            contender.name.clone(),
            format!("{} / {base}", contender.workers),
            digits(found.speedup.median.exp()),
            ends(&found.speedup),
            percent(found.efficiency),
            note.into(),
        ]);
    }
    (!summary.speedups.is_empty()).then_some(table)
}

/// The models on nodes beside one thread of one machine, and whether they are
/// faster; `None` where there are none.
pub fn scale(row: &RowResult, summary: &Summary) -> Option<Table> {
    let first = summary.scale.first()?;
    let one = &row.contenders[first.one].name;
    let ratio = format!("time / {one}");
    let columns = ["model", &ratio, "interval", "finding", "moved", "start"];
    let mut table = Table::new(&columns);
    let unknown = || UNKNOWN.to_owned();
    for found in &summary.scale {
        let finding = match (found.ratio.low > 0.0, found.ratio.high < 0.0) {
            (true, _) => "slower than one thread",
            (_, true) => "faster than one thread",
            _ => "not decided",
        };
        table.row(vec![
            row.contenders[found.contender].name.clone(),
            digits(found.ratio.median.exp()),
            ends(&found.ratio),
            finding.into(),
            found.moved.map_or_else(unknown, moved),
            found.start.map_or_else(unknown, time),
        ]);
    }
    Some(table)
}

/// The quantiles of the latencies that are reported, each with its seconds;
/// `None` for a contender without latencies, and for one that was saturated in
/// any run: those of the others would say too little.
pub fn percentiles(contender: &ContenderResult) -> Option<[(f64, f64); 5]> {
    if contender.latencies.is_empty() || contender.saturated > 0 {
        return None;
    }
    // The digits are those of the workers' own histograms.
    let mut all = Histogram::<u64>::new(2).ok()?;
    for (nanos, count) in &contender.latencies {
        all.record_n(*nanos, *count).ok()?;
    }
    let at = |quantile| all.value_at_quantile(quantile) as f64 / 1e9;
    Some([0.5, 0.9, 0.99, 0.999, 1.0].map(|quantile| (quantile, at(quantile))))
}

/// In place of the latencies of a model that does its steps slower than they
/// come.
const SATURATED: &str = "saturated";

/// Percentiles of the latencies; `None` where there are none.
pub fn latencies(row: &RowResult) -> Option<Table> {
    let columns = ["model", "p50", "p90", "p99", "p99.9", "most"];
    let mut table = Table::new(&columns);
    for contender in own(row) {
        let texts = match percentiles(contender) {
            _ if contender.saturated > 0 => [(); 5].map(|()| SATURATED.into()),
            Some(all) => all.map(|(_, seconds)| time(seconds)),
            None => continue,
        };
        let name = [label(contender)];
        table.row(name.into_iter().chain(texts).collect());
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The CPU time that runs spend beside their work, the least first, with the
/// interval of its median and a comparison with the least; `None` for a row
/// that is not paced.
pub fn beside(row: &RowResult, level: f64, margin: f64) -> Option<Table> {
    let summary = summarize::beside(row, level, margin)?;
    let each = format!("a {}", row.unit);
    let columns = [
        "model",
        "beside the work",
        "its interval",
        &each,
        "ratio",
        "its interval",
        "finding",
    ];
    let mut table = Table::new(&columns);
    for standing in summary.groups.iter().flat_map(|group| &group.standings) {
        let contender = &row.contenders[standing.contender];
        let known = summarize::interval(row, standing.contender, level);
        let known = known.map(|Interval { low, high, .. }| {
            format!("{} to {}", time(low), time(high))
        });
        let items = row.items.max(1) as f64;
        let ratio = standing.ratio.map(|ratio| digits(ratio.median.exp()));
        let grade = standing.grade.as_ref();
        let visit = row.seconds / summary.visits as f64;
        table.row(vec![
            label(contender),
            time(standing.seconds),
            known.unwrap_or_else(|| UNKNOWN.into()),
            time(standing.seconds / items),
            ratio.unwrap_or_else(|| "1.00".into()),
            standing.ratio.as_ref().map(ends).unwrap_or_default(),
            match grade {
                None => "the only model".into(),
                Some(Grade::Open { .. }) if summary.visits < FEWEST_VISITS => {
                    "open (too few visits)".into()
                }
                Some(grade) => spent(grade, visit),
            },
        ]);
    }
    Some(table)
}

/// What runs computed in vain, as medians over the samples; `None` where that
/// is not counted.
pub fn vain(row: &RowResult) -> Option<Table> {
    let mut table = Table::new(&["model", "in vain"]);
    for (index, contender) in row.contenders.iter().enumerate() {
        let own = row.samples.iter().filter(|t| t.contender == index);
        let counts = own.filter_map(|taken| taken.sample.vain);
        let counts = counts.map(|count| count as f64);
        let Some(middle) = median(&mut counts.collect::<Vec<_>>()) else {
            continue;
        };
        if contender.twin_of.is_none() {
            table.row(vec![label(contender), format!("{middle}")]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

/// What an item takes of the memory, as medians over the samples; `None` for a
/// workload that does not ask for it, and where no worker says.
pub fn memory(row: &RowResult) -> Option<Table> {
    if !workload::find(&row.workload).is_some_and(|found| found.weighed) {
        return None;
    }
    let each = format!("memory per {}", row.unit);
    let columns = ["model".into(), each, "of a run".into()];
    let mut table = Table::with(columns);
    let mut known = false;
    for (index, contender) in row.contenders.iter().enumerate() {
        let own = || row.samples.iter().filter(|t| t.contender == index);
        if contender.twin_of.is_some() || own().next().is_none() {
            continue;
        }
        let grown = own().filter_map(|taken| taken.sample.grown_bytes);
        let grown = grown.map(|bytes| bytes as f64);
        let grown = median(&mut grown.collect::<Vec<_>>());
        known |= grown.is_some();
        let items = row.items.max(1) as f64;
        let text = |value: Option<String>| value.unwrap_or(UNKNOWN.into());
        table.row(vec![
            label(contender),
            text(grown.map(|grown| format!("{} B", digits(grown / items)))),
            text(grown.map(mebibytes)),
        ]);
    }
    known.then_some(table)
}

/// Bytes that crossed, which may be few.
fn moved(bytes: f64) -> String {
    match bytes {
        few if few < 1024.0 => format!("{few:.0} B"),
        some if some < 1048576.0 => format!("{} KiB", digits(some / 1024.0)),
        many => mebibytes(many),
    }
}

fn mebibytes(bytes: f64) -> String {
    format!("{} MiB", digits(bytes / 1048576.0))
}

/// What a run used, as medians over the samples.
pub fn used(row: &RowResult) -> Table {
    let columns = [
        "model",
        "user",
        "system",
        "voluntary switches",
        "involuntary",
        "page faults",
        "peak memory",
        "threads",
    ];
    let mut table = Table::new(&columns);
    for (index, contender) in row.contenders.iter().enumerate() {
        let own = || row.samples.iter().filter(|t| t.contender == index);
        if contender.twin_of.is_some() || own().next().is_none() {
            continue;
        }
        let middle = |of: &dyn Fn(&Sample) -> Option<f64>| {
            let values = own().filter_map(|taken| of(&taken.sample));
            median(&mut values.collect::<Vec<_>>())
        };
        // Nanoseconds and counts are of all runs of a sample.
        let each = |count: Option<u64>, runs: u32| {
            Some(count? as f64 / f64::from(runs.max(1)))
        };
        let text = |value: Option<f64>, show: fn(f64) -> String| {
            value.map_or_else(|| UNKNOWN.into(), show)
        };
        let seconds = |nanos: f64| time(nanos / 1e9);
        table.row(vec![
            label(contender),
            text(middle(&|s| each(s.user_ns, s.runs)), seconds),
            text(middle(&|s| each(s.system_ns, s.runs)), seconds),
            text(middle(&|s| each(s.voluntary, s.runs)), digits),
            text(middle(&|s| each(s.involuntary, s.runs)), digits),
            text(middle(&|s| each(s.minor_faults, s.runs)), digits),
            text(middle(&|s| each(s.peak_bytes, 1)), mebibytes),
            text(middle(&|s| each(s.threads, 1)), |count| format!("{count}")),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summarize::summarize;
    use crate::summarize::tests::{paced, row};

    #[test]
    fn cpu_time_beside_the_work_is_shown_in_order() {
        let row = paced(&[("tokio", 0.004), ("rayon", 0.002)]);
        let table = beside(&row, 0.95, 0.05).unwrap();
        let shown = |at: usize| {
            table.rows.iter().map(|texts| &*texts[at]).collect::<Vec<_>>()
        };
        assert_eq!(shown(0), ["rayon with 2", "tokio with 2"]);
        assert!(shown(1)[0].starts_with("2.0"), "{:?}", shown(1));
        assert!(shown(2)[0].contains(" to "), "{:?}", shown(2));
        assert_eq!(shown(4)[0], "1.00");
        assert_eq!(shown(6)[0], "least");
        assert!(shown(6)[1].starts_with("more "), "{:?}", shown(6));
        let summary = summarize(&row, 0.95, 0.05).unwrap();
        let heading = heading("burst", &row, &summary, &summary.groups[0]);
        assert!(heading.contains("(the gaps)"), "{heading}");
    }

    #[test]
    fn what_is_done_in_vain_is_shown_where_it_is_counted() {
        let mut row =
            row(&[("tokio", 2, None, 0.0010), ("peer", 2, None, 0.0040)]);
        assert_eq!(vain(&row), None);
        for taken in row.samples.iter_mut().filter(|t| t.contender == 0) {
            taken.sample.vain = Some(3);
        }
        let table = vain(&row).unwrap();
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0][1], "3");
    }

    #[test]
    fn memory_per_item_is_known_or_is_said_not_to_be() {
        let mut row =
            row(&[("tokio", 2, None, 0.0010), ("peer", 2, None, 0.0040)]);
        assert_eq!(memory(&row), None);
        (row.workload, row.unit) = ("sleepers".into(), "task".into());
        row.items = 1000;
        assert_eq!(memory(&row), None);
        for taken in row.samples.iter_mut().filter(|t| t.contender == 0) {
            taken.sample.grown_bytes = Some(450_000);
        }
        let table = memory(&row).unwrap();
        assert_eq!(table.columns[1], "memory per task");
        assert_eq!(table.rows[0][1..], ["450 B", "0.43 MiB"]);
        assert_eq!(table.rows[1][1..], [UNKNOWN; 2]);
    }

    #[test]
    fn a_limit_that_is_beaten_is_none_and_more_workers_have_no_larger_one() {
        let mut row =
            row(&[("sequential", 1, None, 0.0010), ("rayon", 2, None, 0.0040)]);
        let limit = |workers, seconds: &[f64]| LimitResult {
            workers,
            what: "what".into(),
            seconds: seconds.to_vec(),
            work: Vec::new(),
            span: Vec::new(),
        };
        row.limits = vec![limit(1, &[0.003, 0.002]), limit(2, &[0.005])];
        let of = |workers| row.least(workers);
        assert_eq!([of(1), of(2), of(4)], [Some(0.002), Some(0.002), None]);
        let summary = summarize(&row, 0.95, 0.03).unwrap();
        let shown = |row: &RowResult| {
            let group = &summary.groups[0];
            let shares = standings(row, group).rows.into_iter();
            let shares: Vec<String> =
                shares.map(|mut texts| texts.pop().unwrap()).collect();
            (heading("max", row, &summary, group), shares)
        };
        let (heading, shares) = shown(&row);
        let said = "best possible not known: what was beaten";
        assert!(heading.contains(said), "{heading}");
        assert_eq!(shares, [UNKNOWN; 2]);
        row.limits[0] = limit(1, &[0.0005]);
        let (heading, shares) = shown(&row);
        assert!(heading.contains("best possible 500 µs (what)"), "{heading}");
        assert!(shares.iter().all(|share| share.ends_with(" %")), "{shares:?}");
        // In place of the words.
        row.limits = vec![limit(2, &[0.0005])];
        row.limits[0].work = vec![0.0010];
        row.limits[0].span = vec![0.0001];
        let (heading, _) = shown(&row);
        let said = "best possible 500 µs (work 1.00 ms / 2 workers, span 100";
        assert!(heading.contains(said), "{heading}");
        row.limits.clear();
        assert_eq!(shown(&row).1, ["", ""]);
    }
}
