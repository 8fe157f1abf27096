//! The results of a session, as they are printed.

use crate::args::Format;
use crate::fail::Fail;
use crate::rank;
use crate::show::{Sheet, digits, ends, percent, time, verdict};
use hdrhistogram::Histogram;
use lanes_measure::ranking;
use lanes_measure::results::{ContenderResult, Results, RowResult, State};
use lanes_measure::statistics::{Verdict, median};
use lanes_measure::summary::{Group, Standing, Summary};

/// The results, in this format; with `details`, what runs used besides time.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn results(
    results: &Results,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    match format {
        Format::Json => {
            let json = serde_json::to_string_pretty(results);
            Ok(json.map_err(Fail::of)? + "\n")
        }
        Format::Csv => csv(results),
        Format::Table | Format::Markdown => people(results, format, details),
    }
}

fn people(
    results: &Results,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    let mut text = String::new();
    for row in &results.rows {
        text += &self::row(row, format, details)?;
    }
    let rankings =
        ranking::rank(std::slice::from_ref(results), &[], results.level);
    for ranking in rankings.iter().filter(|ranking| ranking.rows.len() > 1) {
        text += &rank::text(ranking, format)?;
        text.push('\n');
    }
    text += &foot(results);
    Ok(text)
}

/// What it was measured on and with.
fn foot(results: &Results) -> String {
    let state = match results.state {
        State::Running => ", unfinished",
        State::Interrupted => ", interrupted",
        State::Complete => "",
    };
    format!(
        "{}; {}; {:.0} s{state}\n\
         Intervals hold for all pairs of a row at once, with {} probability; \
         no difference below the noise floor is told.\n",
        results.machine,
        results.build,
        results.seconds,
        percent(results.level),
    )
}

fn row(row: &RowResult, format: Format, details: bool) -> Result<String, Fail> {
    let name = format!("{} {}", row.workload, row.size);
    let mut text = String::new();
    if let Some(summary) = &row.summary {
        for group in &summary.groups {
            let heading = heading(&name, row, summary, group);
            text += &titled(&heading, format);
            text += &standings(row, group).text(format)?;
            text.push('\n');
        }
        if let Some(sheet) = speedups(row, summary) {
            text += &titled(&format!("{name}: more workers"), format);
            text += &sheet.text(format)?;
            text.push('\n');
        }
    } else {
        text += &titled(&format!("{name}: not measured"), format);
    }
    if let Some(sheet) = latencies(row) {
        text += &titled(&format!("{name}: latencies"), format);
        text += &sheet.text(format)?;
        text.push('\n');
    }
    if details {
        text += &titled(&format!("{name}: what a run used"), format);
        text += &used(row).text(format)?;
        text.push('\n');
    }
    let failed = row.contenders.iter().filter(|c| c.twin_of.is_none());
    let failed = failed.filter_map(|c| Some((c, c.failure.as_ref()?)));
    let failed: Vec<String> = failed
        .map(|(contender, failure)| {
            format!("{}: {failure}\n", label(contender))
        })
        .collect();
    if !failed.is_empty() {
        text += &failed.concat();
        text.push('\n');
    }
    Ok(text)
}

fn titled(title: &str, format: Format) -> String {
    if format == Format::Markdown {
        format!("**{title}**\n\n")
    } else {
        format!("{title}\n")
    }
}

fn heading(
    name: &str,
    row: &RowResult,
    summary: &Summary,
    group: &Group,
) -> String {
    let workers = match group.workers {
        1 => "1 worker".into(),
        workers => format!("{workers} workers"),
    };
    let more = row.contenders.iter().any(|contender| {
        contender.workers == group.workers && contender.oversubscribed
    });
    let more = if more { " (more than cores)" } else { "" };
    let control = row.contenders.iter().any(|c| c.twin_of.is_some());
    let floor = match control {
        true => format!("noise floor {}", percent(summary.floor.exp_m1())),
        false => "no control".into(),
    };
    let mut parts = vec![
        format!("{name}, {workers}{more}"),
        limit(row, group.workers),
        floor,
        format!("{} rounds in {} visits", summary.rounds, summary.visits),
    ];
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

/// The least time that was measured for the limit, in seconds.
fn least(row: &RowResult, workers: usize) -> Option<f64> {
    let limit = row.limits.iter().find(|limit| limit.workers == workers)?;
    limit.seconds.iter().copied().min_by(f64::total_cmp)
}

fn limit(row: &RowResult, workers: usize) -> String {
    let limit = row.limits.iter().find(|limit| limit.workers == workers);
    match (limit, least(row, workers)) {
        (Some(limit), Some(seconds)) => {
            format!("limit {} ({})", time(seconds), limit.what)
        }
        (Some(limit), None) => format!("limit {}", limit.what),
        _ => String::new(),
    }
}

fn label(contender: &ContenderResult) -> String {
    if contender.serial {
        contender.name.clone()
    } else {
        format!("{} with {}", contender.name, contender.workers)
    }
}

fn standings(row: &RowResult, group: &Group) -> Sheet {
    let columns = [
        "model",
        "time",
        "ratio",
        "from to",
        "verdict",
        "cores busy",
        "limit / time",
    ];
    let mut sheet = Sheet::new(&columns);
    for standing in &group.standings {
        let contender = &row.contenders[standing.contender];
        let cores = standing.cpu.map(|cpu| digits(cpu / standing.seconds));
        let share = least(row, group.workers);
        let share = share.map(|limit| percent(limit / standing.seconds));
        let ratio = standing.ratio.map(|ratio| digits(ratio.median.exp()));
        sheet.row(vec![
            contender.name.clone(),
            time(standing.seconds),
            ratio.unwrap_or_else(|| "1.00".into()),
            standing.ratio.as_ref().map(ends).unwrap_or_default(),
            said(standing, group),
            cores.unwrap_or_default(),
            share.unwrap_or_default(),
        ]);
    }
    sheet
}

/// The verdict in words; what the others say of the best one.
fn said(standing: &Standing, group: &Group) -> String {
    if standing.ratio.is_some_and(|ratio| ratio.low.is_infinite()) {
        return "not enough evidence: too few rounds".into();
    }
    if let Some(found) = &standing.verdict {
        return verdict(found);
    }
    let mut others = group.standings.iter();
    let beaten = others.all(|other| {
        other.contender == group.best
            || matches!(other.verdict, Some(Verdict::Slower { .. }))
    });
    match group.standings.len() {
        1 => "alone".into(),
        _ if beaten => "fastest".into(),
        _ => "fastest of equals, as far as is known".into(),
    }
}

fn speedups(row: &RowResult, summary: &Summary) -> Option<Sheet> {
    let columns =
        ["model", "workers", "speed-up", "from to", "efficiency", "note"];
    let mut sheet = Sheet::new(&columns);
    for found in &summary.speedups {
        let contender = &row.contenders[found.contender];
        let note =
            if contender.oversubscribed { "more than cores" } else { "" };
        let base = row.contenders[found.base].workers;
        sheet.row(vec![
            contender.name.clone(),
            format!("{} / {base}", contender.workers),
            digits(found.speedup.median.exp()),
            ends(&found.speedup),
            percent(found.efficiency),
            note.into(),
        ]);
    }
    (!summary.speedups.is_empty()).then_some(sheet)
}

fn latencies(row: &RowResult) -> Option<Sheet> {
    let columns = ["model", "p50", "p90", "p99", "p99.9", "most"];
    let mut sheet = Sheet::new(&columns);
    let own = row.contenders.iter().filter(|c| c.twin_of.is_none());
    let mut any = false;
    for contender in own.filter(|c| !c.latencies.is_empty()) {
        any = true;
        // The digits are those of the workers' own histograms.
        let mut all = Histogram::<u64>::new(2).ok()?;
        for (nanos, count) in &contender.latencies {
            all.record_n(*nanos, *count).ok()?;
        }
        let at = |quantile| time(all.value_at_quantile(quantile) as f64 / 1e9);
        let mut texts = vec![label(contender)];
        texts.extend([0.5, 0.9, 0.99, 0.999, 1.0].map(at));
        sheet.row(texts);
    }
    any.then_some(sheet)
}

/// What a run used, as medians over the samples.
fn used(row: &RowResult) -> Sheet {
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
    let mut sheet = Sheet::new(&columns);
    for (index, contender) in row.contenders.iter().enumerate() {
        let own = || row.samples.iter().filter(|t| t.contender == index);
        if contender.twin_of.is_some() || own().next().is_none() {
            continue;
        }
        let middle =
            |of: &dyn Fn(&lanes_measure::protocol::Sample) -> Option<f64>| {
                let values = own().filter_map(|taken| of(&taken.sample));
                median(&mut values.collect::<Vec<_>>())
            };
        // Nanoseconds and counts are of all runs of a sample.
        let each = |count: Option<u64>, runs: u32| {
            Some(count? as f64 / f64::from(runs.max(1)))
        };
        let text = |value: Option<f64>, show: fn(f64) -> String| {
            value.map(show).unwrap_or_default()
        };
        let seconds = |nanos: f64| time(nanos / 1e9);
        let mebibytes =
            |bytes: f64| format!("{} MiB", digits(bytes / 1048576.0));
        sheet.row(vec![
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
    sheet
}

fn csv(results: &Results) -> Result<String, Fail> {
    let columns = [
        "workload",
        "size",
        "workers",
        "model",
        "seconds",
        "cpu_seconds",
        "ratio",
        "low",
        "high",
        "verdict",
        "limit_seconds",
        "noise_floor",
        "rounds",
        "visits",
        "failure",
    ];
    let mut sheet = Sheet::new(&columns);
    let number = |number: Option<f64>| {
        number.map(|number| number.to_string()).unwrap_or_default()
    };
    for row in &results.rows {
        let groups = row.summary.iter().flat_map(|s| {
            s.groups.iter().flat_map(move |g| {
                g.standings.iter().map(move |standing| (s, g, standing))
            })
        });
        for (summary, group, standing) in groups {
            let ratio = standing.ratio.map(|ratio| ratio.ratio());
            let none = ratio.is_none();
            sheet.row(vec![
                row.workload.clone(),
                row.size.clone(),
                group.workers.to_string(),
                row.contenders[standing.contender].name.clone(),
                standing.seconds.to_string(),
                number(standing.cpu),
                number(ratio.map(|r| r.median).or(none.then_some(1.0))),
                number(ratio.map(|r| r.low)),
                number(ratio.map(|r| r.high)),
                said(standing, group),
                number(least(row, group.workers)),
                summary.floor.exp_m1().to_string(),
                summary.rounds.to_string(),
                summary.visits.to_string(),
                String::new(),
            ]);
        }
        for contender in row.contenders.iter().filter(|c| c.twin_of.is_none()) {
            let Some(failure) = &contender.failure else { continue };
            let mut texts = vec![String::new(); columns.len()];
            texts[0].clone_from(&row.workload);
            texts[1].clone_from(&row.size);
            texts[2] = contender.workers.to_string();
            texts[3].clone_from(&contender.name);
            texts[14] = failure.to_string();
            sheet.row(texts);
        }
    }
    sheet.text(Format::Csv)
}
