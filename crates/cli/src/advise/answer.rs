//! What follows from the measured job and its neighbours.

use super::neighbours::Neighbour;
use crate::args::Job;
use lanes_core::workload::Shape;
use lanes_measure::map::{Axes, Parameter, Point, Verdict};
use lanes_measure::results::{Results, RowResult};
use lanes_measure::statistics::{Grade, median};
use lanes_measure::summary::Standing;

/// A model that was measured once, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LeftOut {
    pub(super) model: String,
    /// The time of one look, in seconds, where there is one.
    pub(super) seconds: Option<f64>,
    /// Why it was not measured further.
    pub(super) why: String,
}

/// A job, its neighbours, and what was measured.
pub(super) struct Answer<'a> {
    /// The job that was described.
    pub(super) asked: Shape,
    /// The job that was measured: with fewer tasks, where it is long.
    pub(super) measured: Shape,
    pub(super) workers: usize,
    /// Whether memory decides among those that are as fast, not CPU time.
    pub(super) memory: bool,
    pub(super) neighbours: Vec<Neighbour>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) results: &'a Results,
}

/// A model in the job that was asked for.
pub(super) struct Ranked {
    pub(super) model: String,
    pub(super) standing: Standing,
    /// The largest memory of its process, in bytes; a median over its samples.
    pub(super) memory: Option<f64>,
    /// The median latency of a task and that which one of a hundred exceeds, in
    /// seconds; none without a rate, and where it was saturated.
    pub(super) latencies: Option<(f64, f64)>,
    /// Whether tasks came faster than it did them.
    pub(super) saturated: bool,
}

/// What a neighbour says.
pub(super) enum Change<'a> {
    /// Others are best there.
    Other { near: &'a Neighbour, best: Vec<String>, cost: Option<f64> },
    /// The same model is among the best.
    Same,
    /// It was not decided.
    Open,
}

impl Answer<'_> {
    /// The row of the job itself; none where it was not measured.
    pub(super) fn row(&self) -> Option<&RowResult> {
        self.row_of(&self.measured)
    }

    fn row_of(&self, job: &Shape) -> Option<&RowResult> {
        self.results.rows.iter().find(|row| {
            // The calibration is that of the session.
            let read = serde_json::from_value(row.parameters.clone());
            read.is_ok_and(|read: Shape| {
                Shape { rounds: job.rounds, ..read } == *job
            })
        })
    }

    fn point_of(&self, job: &Shape) -> Option<Point> {
        let axes = Axes { x: Parameter::Compute, y: Parameter::Wait };
        Point::of(self.row_of(job)?, &axes)
    }

    /// What the job says.
    pub(super) fn point(&self) -> Option<Point> {
        self.point_of(&self.measured)
    }

    /// The models with a time, the fastest first.
    pub(super) fn ranked(&self) -> Vec<Ranked> {
        let Some(row) = self.row() else { return Vec::new() };
        let groups = row.summary.iter().flat_map(|all| &all.groups);
        let standings = groups.flat_map(|group| &group.standings);
        let ranked = |standing: &Standing| {
            let index = standing.contender;
            let contender = row.contenders.get(index)?;
            let own = row.samples.iter().filter(|t| t.contender == index);
            let bytes = own.filter_map(|t| t.sample.peak_bytes);
            let mut bytes: Vec<f64> = bytes.map(|b| b as f64).collect();
            let latencies = lanes_measure::tables::percentiles(contender)
                .map(|all| (all[0].1, all[2].1));
            Some(Ranked {
                model: contender.name.clone(),
                standing: standing.clone(),
                memory: median(&mut bytes),
                latencies,
                saturated: contender.saturated > 0,
            })
        };
        standings.filter_map(ranked).collect()
    }

    /// The model to take, and the others that are as fast: of all that may be
    /// the fastest, the one with the least memory or CPU time.
    pub(super) fn pick(&self) -> Option<(Ranked, Vec<String>)> {
        let slower = |ranked: &Ranked| {
            matches!(ranked.standing.grade, Some(Grade::Slower { .. }))
        };
        let mut best = self.ranked();
        best.retain(|ranked| !slower(ranked));
        let cost = |ranked: &Ranked| match self.memory {
            true => ranked.memory.unwrap_or(f64::INFINITY),
            false => ranked.standing.cpu.unwrap_or(f64::INFINITY),
        };
        best.sort_by(|one, two| cost(one).total_cmp(&cost(two)));
        if best.is_empty() {
            return None;
        }
        let first = best.remove(0);
        Some((first, best.into_iter().map(|other| other.model).collect()))
    }

    /// What each neighbour says of the model that was picked.
    pub(super) fn changes(&self, pick: &str) -> Vec<Change<'_>> {
        let change = |near: &'_ Neighbour| {
            let point = self.point_of(&near.job);
            match point.as_ref().map(|point| &point.verdict) {
                Some(Verdict::Best(best)) => {
                    if best.iter().any(|name| name == pick) {
                        return None;
                    }
                    let place = point.as_ref().and_then(|p| p.place(pick));
                    Some(Some((
                        best.clone(),
                        place.map(|place| place.ratio.median),
                    )))
                }
                _ => Some(None),
            }
        };
        let say = |near| match change(near) {
            None => Change::Same,
            Some(None) => Change::Open,
            Some(Some((best, cost))) => Change::Other { near, best, cost },
        };
        self.neighbours.iter().map(say).collect()
    }

    /// The best time possible for the measured job, in seconds, and what bounds
    /// it.
    pub(super) fn limit(&self) -> Option<(f64, &str)> {
        let row = self.row()?;
        let what = row.limits.iter().find(|l| l.workers == self.workers)?;
        Some((row.least(self.workers)?, &what.what))
    }
}

/// The job in a sentence.
pub(super) fn words(job: &Shape) -> String {
    let shown = |p: Parameter| p.shown(p.of(job));
    let mut text = format!("{} tasks", shown(Parameter::Tasks));
    text += &match (job.compute.is_zero(), job.wait.is_zero()) {
        (true, true) => " that do nothing".to_owned(),
        (false, true) => {
            format!(" that compute {}", shown(Parameter::Compute))
        }
        (true, false) => format!(" that wait {}", shown(Parameter::Wait)),
        (false, false) => format!(
            " that compute {} and wait {}",
            shown(Parameter::Compute),
            shown(Parameter::Wait)
        ),
    };
    match job.rate {
        Some(_) => text += &format!(", {} of them", shown(Parameter::Rate)),
        None if job.at_once >= job.tasks => text += ", all at once",
        None => {
            text += &format!(", at most {} at once", shown(Parameter::AtOnce));
        }
    }
    if job.skew.is_some() {
        text += &format!(
            ", of lengths with the exponent {}",
            shown(Parameter::Skew)
        );
    }
    if job.lock > 0.0 {
        text += &format!(
            ", {} of the compute under one lock",
            shown(Parameter::Share)
        );
    }
    text
}

/// The options that describe a job again.
pub(super) fn options(job: &Job) -> String {
    let mut text = String::from("lanes advise");
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            text += &format!(" --{name} {value}");
        }
    };
    add("tasks", job.tasks.map(|n| n.to_string()));
    let time = |time: std::time::Duration| match time.as_nanos() {
        nanos if nanos % 1_000_000 == 0 => format!("{}ms", nanos / 1_000_000),
        nanos if nanos % 1000 == 0 => format!("{}us", nanos / 1000),
        nanos => format!("{nanos}ns"),
    };
    add("compute", job.compute.map(time));
    add("wait", job.wait.map(time));
    add("at-once", job.at_once.map(|n| n.to_string()));
    add("rate", job.rate.map(|rate| format!("{rate}/s")));
    text
}
