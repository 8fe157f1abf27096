//! Models over many rows: geometric means, and who is tied with the first.
//!
//! All models of a ranking are compared with one reference, and rows are
//! averaged as logarithms: the order of geometric means does not depend on the
//! reference (Fleming and Wallace, "How not to lie with statistics: the correct
//! way to summarize benchmark results", 1986). The reference is fixed by rule,
//! never chosen by looking: see [`Reference`].

mod estimate;
mod row;

use crate::results::Results;
use estimate::Estimate;
use lanes_core::{Point, workload};
use row::{Counted, Joined, joined};
use serde::Serialize;
use std::collections::BTreeSet;

/// The model that others are compared with, and that is no contestant: it does
/// the work without any concurrency.
pub const YARDSTICK: &str = "sequential";

/// The models with as many workers as each other, best first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking {
    /// How many workers were asked for.
    pub workers: usize,
    /// What the rows measure: work, ranked by ratios of times, or overhead,
    /// ranked by the cost of an item.
    pub point: Point,
    /// The probability of the intervals.
    pub level: f64,
    /// What all models are compared with.
    pub reference: Reference,
    /// The rows that all of the models have.
    pub rows: Vec<RankedRow>,
    /// How many other rows there are.
    pub left_out: usize,
    /// The models that are not ranked, since no row has all models, and these
    /// have not a cell in each.
    pub partial: Vec<String>,
    /// What an item costs the yardstick, where the ranking is one of overhead
    /// and all rows have the yardstick.
    pub yardstick_seconds_per_item: Option<Figure>,
    /// The models, best first.
    pub places: Vec<Place>,
}

/// What all models of a ranking are compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Its name: [`YARDSTICK`] where all counted rows have it, and otherwise
    /// the first of the ranked models by the alphabet.
    pub model: String,
    /// Whether it is ranked itself. The yardstick is not.
    pub ranked: bool,
}

/// A row that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankedRow {
    /// The workload.
    pub workload: String,
    /// The size, as commands spell it.
    pub size: String,
    /// What an item is.
    pub unit: String,
    /// How many items.
    pub items: usize,
    /// How many sessions have it. It counts once.
    pub sessions: usize,
}

/// One model in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// The model.
    pub model: String,
    /// The geometric mean of its times over the reference's; in a ranking of
    /// work.
    pub ratio: Option<Figure>,
    /// The geometric mean of what an item costs it, in seconds; in a ranking of
    /// overhead.
    pub seconds_per_item: Option<Figure>,
    /// The geometric mean of its times over those of the first model. The
    /// intervals of all models hold at once.
    pub to_first: Figure,
    /// What that interval says.
    pub finding: Finding,
    /// The least and the largest of its means that are left when one row is
    /// left out; none with a single row.
    pub without_one_row: Option<[f64; 2]>,
    /// What was averaged, for each row: ratios, or seconds for an item.
    pub by_row: Vec<f64>,
}

/// A number with its interval, whose ends are not known if the error is not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// How a model compares with the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It has the smallest mean.
    First,
    /// The interval does not tell it from the first.
    NotDistinguishable,
    /// It takes more time than the first.
    Slower,
    /// The error is not known.
    Unknown,
}

impl Figure {
    fn exactly(value: f64) -> Self {
        Self { value, low: Some(value), high: Some(value) }
    }

    fn of(estimate: &Estimate, level: f64) -> Self {
        let ends = estimate.interval(level).map(|ends| ends.map(f64::exp));
        let [low, high] = [0, 1].map(|end| ends.map(|ends| ends[end]));
        Self { value: estimate.value.exp(), low, high }
    }

    /// Whether the interval holds a value; `None` if it is not known.
    pub fn holds(&self, value: f64) -> Option<bool> {
        Some(self.low? <= value && value <= self.high?)
    }
}

/// Ranks the models named, or all that have samples, for each number of workers
/// over the rows that all of them have: those of work, and apart from them
/// those of overhead. A row that several sessions have counts once. Rows of
/// workloads that are not in the catalogue do not count (see [`unknown`]).
///
/// There is no ranking without a row that all models have, nor of one model
/// without a [`YARDSTICK`].
///
/// The interval of a model holds its mean with a probability of `level`, also
/// if it is measured in another session of the same machine. The error of a row
/// comes from its visits; that of the mean from those of its rows, with few
/// degrees of freedom if rows have few visits. Other rows would give another
/// mean altogether.
///
/// The intervals to the first model are those of Bonferroni for all models but
/// one. With a probability of `level` or more the model that is truly fastest
/// is not called slower, whichever comes out first (Hsu, "Simultaneous
/// confidence intervals for all distances from the best", 1981).
pub fn rank(results: &[Results], only: &[String], level: f64) -> Vec<Ranking> {
    let all = joined(results);
    let rows = results.iter().flat_map(|results| &results.rows);
    let contenders = rows.flat_map(|row| &row.contenders);
    let pools: BTreeSet<usize> = contenders
        .clone()
        .filter(|c| !c.serial && !c.nodes)
        .map(|c| c.workers)
        .collect();
    // Serial models alone are as many as they are.
    let serial = contenders.map(|c| c.workers).min();
    let sizes = match pools.is_empty() {
        true => serial.into_iter().collect(),
        false => pools,
    };
    let mut rankings = Vec::new();
    for workers in sizes {
        for point in [Point::Work, Point::Overhead, Point::Paced] {
            let is_of = |row: &&Joined<'_>| point_of(row) == Some(point);
            let rows: Vec<&Joined<'_>> = all.iter().filter(is_of).collect();
            let field = Field { workers, point, level };
            rankings.extend(field.rank(&rows, only));
        }
    }
    rankings
}

/// The workloads in these sessions that the catalogue does not have: whether
/// they measure work or overhead is not known, so they are not ranked.
pub fn unknown(results: &[Results]) -> BTreeSet<&str> {
    let rows = results.iter().flat_map(|results| &results.rows);
    let names = rows.map(|row| row.workload.as_str());
    names.filter(|name| workload::find(name).is_none()).collect()
}

/// What a row measures. Without items, overhead has no cost per item.
fn point_of(row: &Joined<'_>) -> Option<Point> {
    let row = row.row();
    let point = workload::find(&row.workload)?.point;
    (point != Point::Overhead || row.items > 0).then_some(point)
}

/// What is ranked.
struct Field {
    workers: usize,
    point: Point,
    level: f64,
}

impl Field {
    fn rank(&self, rows: &[&Joined<'_>], only: &[String]) -> Option<Ranking> {
        let (names, partial) = self.names(rows, only);
        // A yardstick that was asked for has to be there.
        let asked = only.iter().any(|name| name == YARDSTICK);
        let needed: Vec<&str> =
            names.iter().copied().chain(asked.then_some(YARDSTICK)).collect();
        let with = |names: &[&str]| -> Vec<Counted<'_>> {
            rows.iter().filter_map(|r| r.with(names, self.workers)).collect()
        };
        let mut counted = with(&needed);
        let measured: Vec<&str> =
            names.iter().copied().chain([YARDSTICK]).collect();
        let yardstick = with(&measured);
        let is_measured = !names.is_empty()
            && !counted.is_empty()
            && yardstick.len() == counted.len();
        let reference = if is_measured {
            // Sessions that lack the yardstick do not count beside others.
            counted = yardstick;
            YARDSTICK
        } else if names.len() > 1 {
            *names.iter().min()?
        } else {
            return None;
        };
        if counted.is_empty() {
            return None;
        }
        let mut ranking = Ranking {
            workers: self.workers,
            point: self.point,
            level: self.level,
            reference: Reference {
                model: reference.to_owned(),
                ranked: !is_measured,
            },
            rows: counted.iter().map(ranked_row).collect(),
            left_out: rows.len() - counted.len(),
            partial: partial.into_iter().map(str::to_owned).collect(),
            yardstick_seconds_per_item: None,
            places: self.places(&counted, &names, reference)?,
        };
        if is_measured && self.point == Point::Overhead {
            let costs = counted.iter().map(|r| r.cost(reference, reference));
            let costs: Vec<Estimate> = costs.collect::<Option<_>>()?;
            let mean = Estimate::mean(&costs)?;
            let figure = Figure::of(&mean, self.level);
            ranking.yardstick_seconds_per_item = Some(figure);
        }
        Some(ranking)
    }

    /// The models to rank, and those that are not since they lack rows.
    fn names<'a>(
        &self,
        rows: &[&Joined<'a>],
        only: &'a [String],
    ) -> (Vec<&'a str>, Vec<&'a str>) {
        let mut names: Vec<&str> = Vec::new();
        let mut add = |name| {
            if name != YARDSTICK && !names.contains(&name) {
                names.push(name);
            }
        };
        if !only.is_empty() {
            only.iter().map(String::as_str).for_each(add);
            return (names, Vec::new());
        }
        rows.iter().flat_map(|row| row.names(self.workers)).for_each(&mut add);
        if rows.iter().any(|row| row.with(&names, self.workers).is_some()) {
            return (names, Vec::new());
        }
        let everywhere = |name: &&str| {
            let has = |row: &&Joined<'_>| {
                let mut all =
                    row.sessions.iter().flat_map(|s| &s.row.contenders);
                all.any(|contender| contender.name == **name)
            };
            rows.iter().all(has)
        };
        names.into_iter().partition(everywhere)
    }

    fn places(
        &self,
        rows: &[Counted<'_>],
        names: &[&str],
        reference: &str,
    ) -> Option<Vec<Place>> {
        let over = |of: &dyn Fn(&Counted<'_>) -> Option<Estimate>| {
            rows.iter().map(of).collect::<Option<Vec<Estimate>>>()
        };
        let of = |name: &str| match self.point {
            Point::Overhead => over(&|row| row.cost(name, reference)),
            Point::Work | Point::Paced if name == reference => {
                Some(vec![Estimate::alone(0.0); rows.len()])
            }
            Point::Work | Point::Paced => {
                over(&|row| row.difference(name, reference))
            }
        };
        let mut found = Vec::new();
        for name in names {
            let by_row = of(name)?;
            found.push((*name, Estimate::mean(&by_row)?, by_row));
        }
        found.sort_by(|a, b| a.1.value.total_cmp(&b.1.value));
        let first = found.first()?.0;
        // Bonferroni: all the others with the first at once.
        let others = (names.len() - 1).max(1) as f64;
        let together = 1.0 - (1.0 - self.level) / others;
        let place = |(name, mean, by_row): (&str, Estimate, Vec<Estimate>)| {
            let (to_first, finding) = if name == first {
                (Figure::exactly(1.0), Finding::First)
            } else {
                let rows = over(&|row| row.difference(name, first))?;
                let figure = Figure::of(&Estimate::mean(&rows)?, together);
                (figure, finding(&figure))
            };
            let work = self.point != Point::Overhead;
            let figure = match name == reference && work {
                true => Figure::exactly(1.0),
                false => Figure::of(&mean, self.level),
            };
            Some(Place {
                model: name.to_owned(),
                ratio: work.then_some(figure),
                seconds_per_item: (!work).then_some(figure),
                to_first,
                finding,
                without_one_row: without_one(&by_row),
                by_row: by_row.iter().map(|row| row.value.exp()).collect(),
            })
        };
        found.into_iter().map(place).collect()
    }
}

fn finding(to_first: &Figure) -> Finding {
    match to_first.low {
        None => Finding::Unknown,
        Some(low) if low > 1.0 => Finding::Slower,
        Some(_) => Finding::NotDistinguishable,
    }
}

/// The least and the largest mean that is left when one row is left out.
fn without_one(rows: &[Estimate]) -> Option<[f64; 2]> {
    let means = (0..rows.len()).filter_map(|out| {
        let rest = rows.iter().enumerate().filter(|(row, _)| *row != out);
        let rest: Vec<Estimate> = rest.map(|(_, row)| *row).collect();
        Some(Estimate::mean(&rest)?.value.exp())
    });
    let means: Vec<f64> = means.collect();
    let least = means.iter().copied().min_by(f64::total_cmp)?;
    Some([least, means.into_iter().max_by(f64::total_cmp)?])
}

fn ranked_row(counted: &Counted<'_>) -> RankedRow {
    let row = counted.row();
    RankedRow {
        workload: row.workload.clone(),
        size: row.size.clone(),
        unit: row.unit.clone(),
        items: row.items,
        sessions: counted.sessions(),
    }
}

#[cfg(test)]
mod tests;
