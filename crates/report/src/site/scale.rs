//! The page of models on nodes: each against one thread of one machine.

use super::facts::Facts;
use super::frame::Frame;
use crate::content::{Content, ResultFile};
use crate::plots::{Scaling, nodes};
use askama::Template;
use lanes_measure::results::{ContenderResult, RowResult};
use lanes_measure::statistics::Interval;
use lanes_measure::summary::{Scale, Summary};
use lanes_measure::tables::{self, Table};
use lanes_measure::words::{counted, time};

#[derive(Template)]
#[template(path = "scale.html")]
pub(super) struct ScalePage<'a> {
    frame: Frame<'a>,
    sessions: Vec<Measured>,
}

/// A session with models on nodes.
struct Measured {
    facts: Facts,
    /// What its nodes were.
    nodes: &'static str,
    rows: Vec<View>,
}

/// One row of it.
struct View {
    title: String,
    plot: String,
    /// From how many nodes on each model is faster than one thread.
    costs: Vec<String>,
    /// What the models take that are not on nodes.
    beside: String,
    table: Table,
}

fn scales(row: &RowResult) -> impl Iterator<Item = &Scale> {
    row.summary.iter().flat_map(|summary| &summary.scale)
}

impl<'a> ScalePage<'a> {
    pub(super) fn of(content: &Content, frame: Frame<'a>) -> Self {
        let measured = content.sessions.iter().filter_map(measured);
        Self { frame, sessions: measured.collect() }
    }
}

fn measured(session: &ResultFile) -> Option<Measured> {
    let results = &session.results;
    let cores = results.machine.cores;
    let rows: Vec<View> =
        results.rows.iter().filter_map(|row| view(row, cores)).collect();
    let all = || results.rows.iter().flat_map(|row| &row.contenders);
    let apart = all().any(|contender| contender.namespaces);
    (!rows.is_empty()).then(|| Measured {
        facts: Facts::of(session),
        nodes: match apart {
            true => {
                "Each node is a process in a network namespace of its own, \
                 with an address and an interface, on one machine"
            }
            false => {
                "Each node is a process with an address of its own, on one \
                 machine, over its loopback interface"
            }
        },
        rows,
    })
}

fn view(row: &RowResult, cores: usize) -> Option<View> {
    let summary = row.summary.as_ref()?;
    let table = tables::scale(row, summary)?;
    let series = series(row, summary);
    let costs = series.iter().map(cost).collect();
    let series: Vec<Scaling> = series.into_iter().map(|(s, _)| s).collect();
    Some(View {
        title: format!("{} {}", row.workload, row.size),
        plot: nodes(&series, cores),
        costs,
        beside: beside(row, summary),
        table,
    })
}

/// The nodes from which on a model is faster than one thread.
type Least = Option<usize>;

/// Each model with its input at one place, with more and more nodes.
fn series(row: &RowResult, summary: &Summary) -> Vec<(Scaling, Least)> {
    let mut all: Vec<(Scaling, Least)> = Vec::new();
    for found in &summary.scale {
        let contender = &row.contenders[found.contender];
        let name = name(contender);
        let at = all.iter().position(|(series, _)| series.name == name);
        let at = at.unwrap_or_else(|| {
            all.push((Scaling { name, points: Vec::new() }, None));
            all.len() - 1
        });
        let (series, least) = &mut all[at];
        let Interval { low, median, high } = found.ratio.ratio();
        let ends = Some((1.0 / high, 1.0 / low));
        series.points.push((contender.workers, 1.0 / median, ends));
        if found.ratio.high < 0.0 {
            let fewer = least.unwrap_or(usize::MAX);
            *least = Some(fewer.min(contender.workers));
        }
    }
    all
}

/// A model's name, with the place of its input.
fn name(contender: &ContenderResult) -> String {
    match contender.input {
        Some(input) => format!("{}, {}", contender.model, input.word()),
        None => contender.model.clone(),
    }
}

/// The COST of a model: from how many nodes on it is faster than one thread.
fn cost((series, least): &(Scaling, Least)) -> String {
    let name = &series.name;
    let counts = series.points.iter().map(|(nodes, ..)| *nodes);
    let most = counted(counts.max().unwrap_or(0), "node");
    match least {
        Some(nodes) => {
            let nodes = counted(*nodes, "node");
            format!("{name}: faster than one thread from {nodes} on")
        }
        None => format!("{name}: not faster than one thread, up to {most}"),
    }
}

/// The fastest model on one machine, and one thread.
fn beside(row: &RowResult, summary: &Summary) -> String {
    let on_one = |contender: usize| !row.contenders[contender].nodes;
    let standings = summary.groups.iter().flat_map(|group| &group.standings);
    let here = standings.filter(|standing| on_one(standing.contender));
    let best = here.min_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let Some(best) = best else { return String::new() };
    let contender = &row.contenders[best.contender];
    let mut text = format!(
        "The fastest on one machine, {} with {}, takes {}",
        contender.name,
        counted(contender.workers, "worker"),
        time(best.seconds)
    );
    let one = scales(row).next().map(|scale| scale.one);
    let one = one.filter(|one| *one != best.contender);
    let mut standings =
        summary.groups.iter().flat_map(|group| &group.standings);
    let one = standings.find(|standing| Some(standing.contender) == one);
    if let Some(one) = one {
        text += &format!("; one thread takes {}", time(one.seconds));
    }
    text + "."
}
