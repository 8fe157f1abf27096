//! A workload's page: the answer, figures, timelines, source side by side.

use super::addresses::{Addresses, Link};
use super::sizes::{Size, SizeKeys};
use crate::answer::{Answer, RowAnswer};
use crate::content::Content;
use crate::plots::{self, Finding, Scaling, Times, Whisker};
use lanes_measure::parallelism::Parallelism;
use lanes_measure::results::{Results, RowResult};
use lanes_measure::statistics::Grade;
use lanes_measure::summary::{Group, Standing, Summary};
use lanes_measure::tables::{
    Table, beside, best_possible, heading, is_beaten, label, latencies, memory,
    other_cpu, own, percentiles, speedups, standings, used, vain,
};
use lanes_measure::words::{self, counted, percent, round_time, time};
use lanes_source::WorkloadSource;
use lanes_timeline::{Picture, Strips, Timeline, TracedWorkload, View, strips};
use std::collections::BTreeSet;

/// The timelines of a workload take no more bytes than this.
const MOST_STRIPS: usize = 150_000;

/// A workload's page.
pub(crate) struct WorkloadView {
    pub(crate) name: String,
    pub(crate) family: String,
    /// Who is fastest, in words.
    pub(crate) answer: Option<RowAnswer>,
    /// What it measures and does not measure, its items and sizes; none for a
    /// workload that is not listed.
    pub(crate) about: Option<About>,
    /// The models that can be chosen, and whether there is source of each.
    pub(crate) choices: Vec<Choice>,
    pub(crate) figures: Vec<Figures>,
    pub(crate) traced: Option<Traced>,
    pub(crate) source: Option<WorkloadSource>,
}

pub(crate) struct About {
    pub(crate) stresses: String,
    pub(crate) omits: String,
    pub(crate) unit: String,
    pub(crate) quick: String,
    pub(crate) full: String,
    /// Model, fit and reason.
    pub(crate) fits: Vec<(Link, String, String)>,
}

pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) sourced: bool,
}

/// Figures of a row, of one number of workers or of all.
pub(crate) struct Figures {
    /// Its sizes, for the script and for people.
    pub(crate) size: String,
    pub(crate) label: String,
    /// None if they belong to all numbers of workers.
    pub(crate) workers: Option<usize>,
    pub(crate) heading: String,
    pub(crate) plots: Vec<Plot>,
    pub(crate) tables: Vec<(String, Table)>,
    pub(crate) remarks: Vec<String>,
    /// The models without figures, and why.
    pub(crate) failures: Vec<String>,
}

pub(crate) struct Plot {
    pub(crate) heading: &'static str,
    pub(crate) svg: String,
    pub(crate) caption: String,
}

/// The timelines of a workload, on one axis.
pub(crate) struct Traced {
    pub(crate) heading: String,
    pub(crate) strips: Result<Strips, String>,
    pub(crate) failed: Vec<(String, String)>,
    pub(crate) from: String,
}

impl WorkloadView {
    /// The sizes of its figures, for the script and for people, each once.
    pub(crate) fn sizes(&self) -> Vec<(&str, &str)> {
        let mut sizes: Vec<(&str, &str)> = Vec::new();
        for Figures { size, label, .. } in &self.figures {
            if !sizes.iter().any(|(known, _)| known == size) {
                sizes.push((size, label));
            }
        }
        sizes
    }

    /// The numbers of workers of its figures, each once.
    pub(crate) fn workers(&self) -> Vec<usize> {
        let all = self.figures.iter().filter_map(|figures| figures.workers);
        let all: BTreeSet<usize> = all.collect();
        all.into_iter().collect()
    }
}

/// The page of a workload that is listed, or was measured or traced.
pub(crate) fn workload(
    name: &str,
    content: &Content,
    keys: &SizeKeys,
    answers: &[Answer],
    addresses: &Addresses,
) -> WorkloadView {
    let mut said = answers.iter().flat_map(|answer| &answer.rows);
    let catalogue = &content.catalogue;
    let listed = catalogue.workload(name);
    let source = content.source.as_ref().ok();
    let source = source.and_then(|source| {
        source.workloads.iter().find(|source| source.workload == name)
    });
    let mut figures = Vec::new();
    for (number, session) in content.sessions.iter().enumerate() {
        for row in session.results.rows.iter().filter(|r| r.workload == name) {
            let size = Size::of(row, catalogue);
            let sizes = (keys.key(number, size), keys.label(number, size));
            figures.extend(self::figures(row, &sizes, &session.results));
        }
    }
    let mut all = content.traces.iter().flat_map(|traces| {
        let own = traces.workloads.iter().filter(|of| of.workload == name);
        own.map(move |traced| (traced, traces.begun.as_str()))
    });
    let sourced = |model: &str| {
        source.is_some_and(|source| {
            let mut siblings = source.siblings.iter();
            siblings.any(|s| s.models.iter().any(|m| m == model))
        })
    };
    let choices = catalogue.models.iter().map(|listed| Choice {
        name: listed.model.clone(),
        family: listed.family.clone(),
        sourced: sourced(&listed.model),
    });
    WorkloadView {
        family: listed.map_or("others", |listed| &listed.family).to_owned(),
        answer: said.find(|row| row.workload == name).cloned(),
        about: listed.map(|listed| {
            let cells = listed.cells.iter().map(|cell| {
                let link = addresses.model(&cell.model);
                (link, cell.fit.clone(), cell.reason.clone())
            });
            About {
                stresses: listed.stresses.clone(),
                omits: listed.omits.clone(),
                unit: listed.unit.clone(),
                quick: listed.quick.join(", "),
                full: listed.full.join(", "),
                fits: cells.collect(),
            }
        }),
        choices: choices.collect(),
        figures,
        traced: all.next().map(|(of, begun)| traced(of, begun)),
        source: source.cloned(),
        name: name.to_owned(),
    }
}

/// The plots and tables of one row.
fn figures(
    row: &RowResult,
    (size, label): &(String, String),
    results: &Results,
) -> Vec<Figures> {
    let name = format!("{} {}", row.workload, row.size);
    let mut all = Vec::new();
    if let Some(summary) = &row.summary {
        for group in &summary.groups {
            all.push(Figures {
                size: size.clone(),
                label: label.clone(),
                workers: Some(group.workers),
                heading: heading(&name, row, summary, group),
                plots: group_plots(row, summary, group),
                tables: vec![("".into(), standings(row, group))],
                remarks: Vec::new(),
                failures: Vec::new(),
            });
        }
    }
    let mut rest = Figures {
        size: size.clone(),
        label: label.clone(),
        workers: None,
        heading: format!("{name}: all numbers of workers"),
        plots: Vec::new(),
        tables: Vec::new(),
        remarks: Vec::new(),
        failures: failures(row),
    };
    match &row.summary {
        Some(summary) => {
            speedup(row, summary, results.machine.cores, &mut rest);
        }
        None => rest.remarks.push("Nothing was measured.".into()),
    }
    if let Some(table) = latencies(row) {
        rest.tables.push(("Latencies".into(), table));
    }
    if let Some(table) = beside(row, results.level, results.margin) {
        rest.tables.push(("CPU time beside the work".into(), table));
    }
    if let Some(table) = vain(row) {
        rest.tables.push(("Computed in vain".into(), table));
    }
    if let Some(table) = memory(row) {
        rest.tables.push(("Memory".into(), table));
    }
    if !row.samples.is_empty() {
        let what = "Resources of a run: medians over the samples";
        rest.tables.push((what.into(), used(row)));
    }
    all.push(rest);
    all
}

fn group_plots(row: &RowResult, summary: &Summary, group: &Group) -> Vec<Plot> {
    let name = |index: usize| row.contenders[index].name.clone();
    let whiskers = group.standings.iter().map(|standing| Whisker {
        name: name(standing.contender),
        ratio: standing.ratio.map_or(1.0, |ratio| ratio.median.exp()),
        ends: ends(standing),
        finding: Finding::of(standing.grade.as_ref()),
    });
    let whiskers: Vec<Whisker> = whiskers.collect();
    let times = group.standings.iter().map(|standing| Times {
        name: name(standing.contender),
        wall: standing.seconds,
        cpu: standing.cpu,
    });
    let times: Vec<Times> = times.collect();
    let limit = best_possible(row, group);
    let what = row.limits.iter().find(|l| l.workers == group.workers);
    let limit = limit.zip(what).map(|(time, what)| (&*what.what, time));
    let series = group.standings.iter().filter_map(|standing| {
        let contender = &row.contenders[standing.contender];
        Some((contender.name.clone(), percentiles(contender)?.to_vec()))
    });
    let series: Vec<(String, Vec<(f64, f64)>)> = series.collect();
    vec![
        Plot {
            heading: "Slowdown against the fastest",
            svg: plots::ratios(&whiskers, summary.twin.as_ref()),
            caption: intervals(summary),
        },
        Plot {
            heading: "Times against the best possible",
            svg: plots::times(&times, limit),
            caption: times_caption(row, group, limit),
        },
        Plot {
            heading: "Latencies",
            svg: plots::latencies(&series),
            caption: "The time within which half of the steps ended, nine of \
                      ten, and so on: all samples together."
                .into(),
        },
    ]
}

/// The ends of a model's interval, as ratios to the fastest. The best by its
/// estimate has no ratio, but its grade says how far it may be from the
/// fastest.
fn ends(standing: &Standing) -> Option<(f64, f64)> {
    match (standing.ratio, standing.grade) {
        (Some(ratio), _) => {
            let ratio = ratio.ratio();
            Some((ratio.low, ratio.high))
        }
        (None, Some(Grade::AsFast { within } | Grade::AtMost { within })) => {
            Some((1.0, 1.0 + within))
        }
        (None, _) => None,
    }
}

/// What the intervals and the band of a plot mean.
fn intervals(summary: &Summary) -> String {
    let rows = (1.0 / (1.0 - summary.level)).round();
    let rows = match rows.is_finite() {
        true => format!("; of {} one may miss", counted(rows as usize, "row")),
        false => String::new(),
    };
    let twin = match summary.twin {
        Some(_) => {
            " The grey band is the twin, a second process of the fastest: it \
             decides nothing."
        }
        None => "",
    };
    format!(
        "Each model is compared with the fastest of the row, whichever that \
         is: the dot is the estimate, the line an interval. The intervals of \
         a row hold for all its models at once with {} \
         probability{rows}.{twin}",
        percent(summary.level)
    )
}

/// What the limit is, and where the same wall time takes another CPU time.
fn times_caption(
    row: &RowResult,
    group: &Group,
    limit: Option<(&str, f64)>,
) -> String {
    let mut parts = Vec::new();
    if let Some((what, seconds)) = limit {
        let seconds = time(seconds);
        parts.push(format!(
            "The best possible is {seconds}: {what}, measured in the same \
             session."
        ));
        if let Some(found) = Parallelism::of(row, group.workers) {
            parts.push(found.sentences());
        }
    }
    if is_beaten(row, group) {
        parts.push(
            "The best possible is not known: a model beat what was measured \
             for it."
                .into(),
        );
    }
    let name = |index: usize| &row.contenders[index].name;
    let others = group.standings.iter().filter_map(|standing| {
        let cpu = words::ends(&other_cpu(standing)?);
        Some(format!(
            "{} takes {cpu} times the CPU time",
            name(standing.contender)
        ))
    });
    let others: Vec<String> = others.collect();
    if !others.is_empty() {
        parts.push(format!(
            "Of those that may be as fast as {}, {}.",
            name(group.best),
            others.join(", ")
        ));
    }
    parts.join(" ")
}

/// What more workers gained.
fn speedup(row: &RowResult, summary: &Summary, cores: usize, to: &mut Figures) {
    let Some(table) = speedups(row, summary) else {
        if own(row).any(|contender| !contender.serial) {
            to.remarks.push(
                "One number of workers was measured, so there is no scaling \
                 curve; `lanes run --workers 1,2,4` measures several."
                    .into(),
            );
        }
        return;
    };
    let mut series: Vec<Scaling> = Vec::new();
    for found in &summary.speedups {
        let contender = &row.contenders[found.contender];
        let base = row.contenders[found.base].workers;
        let ratio = found.speedup.ratio();
        let point =
            (contender.workers, ratio.median, Some((ratio.low, ratio.high)));
        match series.iter_mut().find(|s| s.name == contender.name) {
            Some(series) => series.points.push(point),
            None => series.push(Scaling {
                name: contender.name.clone(),
                points: vec![(base, 1.0, None), point],
            }),
        }
    }
    for series in &mut series {
        series.points.sort_by_key(|point| point.0);
    }
    to.plots.push(Plot {
        heading: "Scaling",
        svg: plots::scaling(&series, cores),
        caption: "The time with the fewest workers divided by the time with \
                  more. On the line, twice the workers take half the time."
            .into(),
    });
    to.tables.push(("More workers".into(), table));
}

/// The models without figures, and why.
fn failures(row: &RowResult) -> Vec<String> {
    let failed = own(row).filter_map(|c| Some((c, c.failure.as_ref()?)));
    failed.map(|(c, failure)| format!("{}: {failure}", label(c))).collect()
}

fn traced(traced: &TracedWorkload, begun: &str) -> Traced {
    let TracedWorkload { workload, size, workers, runs, unit, .. } = traced;
    let (drawn, empty): (Vec<Timeline>, Vec<Timeline>) =
        traced.timelines().partition(|timeline| !timeline.spans.is_empty());
    let empty = empty.into_iter().map(|timeline| {
        (timeline.name, "its steps are too short to record".to_owned())
    });
    let picture = Picture {
        title: workload.clone(),
        unit: *unit,
        views: vec![View::Tasks, View::Workers],
        timelines: drawn,
        ..Picture::default()
    };
    let of = match runs {
        1 => "one run".to_owned(),
        runs => format!("the median run of {runs}"),
    };
    let size = match size.as_str() {
        "" => String::new(),
        size => format!(" {size}"),
    };
    let unit = match unit {
        Some(unit) => format!("; U = {}", round_time(unit.as_secs_f64())),
        None => String::new(),
    };
    Traced {
        heading: format!(
            "{workload}{size}, {} or as many as the model has; {of} of \
             each{unit}",
            counted(*workers, "worker")
        ),
        strips: match picture.timelines.is_empty() {
            true => {
                Err("no model recorded a span: its steps are too short"
                    .to_owned())
            }
            false => {
                strips(&picture, MOST_STRIPS).map_err(|error| error.to_string())
            }
        },
        failed: traced.failed.iter().cloned().chain(empty).collect(),
        from: format!("recorded {begun}"),
    }
}
