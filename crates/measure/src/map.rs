//! A map of jobs: which model is best where, over two parameters of a job.
//!
//! A map is a session whose rows are jobs of the workload `shape`, one for each
//! pair of values of two parameters. What a point says follows from the grades
//! of its row, and from nothing else.

mod crossings;
mod point;

pub use crate::axis::{Axes, Axis, Parameter, grid, tasks_for};
pub use crossings::{Crossing, crossings, summaries};
pub use point::{Place, Point, Verdict};

use crate::results::Results;

/// The points of a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// What runs to the right.
    pub x: Axis,
    /// What runs upwards.
    pub y: Axis,
    /// The models that have a time in some point, in the order in which they
    /// took part.
    pub models: Vec<String>,
    /// The points by row from below, each row from the left; `None` for one
    /// that has no row.
    pub points: Vec<Vec<Option<Point>>>,
}

impl Map {
    /// The map of a session; `None` if it has none, or no row of one.
    pub fn of(results: &Results) -> Option<Self> {
        let axes = results.map?;
        let all: Vec<Point> = results
            .rows
            .iter()
            .filter_map(|row| Point::of(row, &axes))
            .collect();
        if all.is_empty() {
            return None;
        }
        let values = |of: fn(&Point) -> f64| {
            let mut values: Vec<f64> = all.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            values
        };
        let x = Axis { parameter: axes.x, values: values(|point| point.x) };
        let y = Axis { parameter: axes.y, values: values(|point| point.y) };
        let mut models: Vec<String> = Vec::new();
        for name in all.iter().flat_map(|point| point.names()) {
            if !models.iter().any(|known| known == name) {
                models.push(name.to_owned());
            }
        }
        let at = |x: f64, y: f64| {
            all.iter().find(|point| point.x == x && point.y == y).cloned()
        };
        let line = |y: &f64| x.values.iter().map(|x| at(*x, *y)).collect();
        let points = y.values.iter().map(line).collect();
        Some(Self { x, y, models, points })
    }

    /// All points that there are.
    pub fn all(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().flatten().flatten()
    }

    /// How many points are decided.
    pub fn decided(&self) -> usize {
        self.all().filter(|point| point.verdict.is_decided()).count()
    }

    /// The points of the same place that both maps decide, and that have no
    /// best model in common.
    pub fn contradictions<'a>(
        &'a self,
        other: &'a Self,
    ) -> Vec<(&'a Point, &'a Point)> {
        let of = |point: &'a Point| {
            let mut all = other.all();
            let same = all.find(|o| o.x == point.x && o.y == point.y)?;
            let apart = match (&point.verdict, &same.verdict) {
                (Verdict::Best(one), Verdict::Best(two)) => {
                    !one.iter().any(|name| two.contains(name))
                }
                _ => false,
            };
            apart.then_some((point, same))
        };
        self.all().filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
