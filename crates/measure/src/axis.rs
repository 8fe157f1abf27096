//! The parameters of a job that a map varies, and their values.

use crate::words::{count, digits, percent, round_time};
use lanes_core::workload::Shape;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A parameter of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parameter {
    /// How long a task computes, in seconds.
    Compute,
    /// How long a task waits, in seconds.
    Wait,
    /// How many tasks there are.
    Tasks,
    /// How many tasks are under way at once.
    AtOnce,
    /// The exponent of the tasks' lengths; 0 for equal ones.
    Skew,
    /// The share of the compute that is done under one lock.
    Share,
    /// How many tasks arrive in a second; 0 for all at the start.
    Rate,
}

/// The parameters that a map varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axes {
    /// What runs to the right.
    pub x: Parameter,
    /// What runs upwards.
    pub y: Parameter,
}

/// A parameter with its values, which rise.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The parameter.
    pub parameter: Parameter,
    /// Its values, in its own unit.
    pub values: Vec<f64>,
}

impl Parameter {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Compute,
        Self::Wait,
        Self::Tasks,
        Self::AtOnce,
        Self::Skew,
        Self::Share,
        Self::Rate,
    ];

    /// Its name in options and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Wait => "wait",
            Self::Tasks => "tasks",
            Self::AtOnce => "at-once",
            Self::Skew => "skew",
            Self::Share => "share",
            Self::Rate => "rate",
        }
    }

    /// What it is, in words, as the title of an axis.
    pub fn title(self) -> &'static str {
        match self {
            Self::Compute => "compute per task",
            Self::Wait => "wait per task",
            Self::Tasks => "tasks",
            Self::AtOnce => "tasks at once",
            Self::Skew => "exponent of the lengths of tasks",
            Self::Share => "share of the compute under one lock",
            Self::Rate => "tasks that arrive in a second",
        }
    }

    /// The value that a job has.
    pub fn of(self, job: &Shape) -> f64 {
        match self {
            Self::Compute => job.compute.as_secs_f64(),
            Self::Wait => job.wait.as_secs_f64(),
            Self::Tasks => job.tasks as f64,
            Self::AtOnce => job.at_once as f64,
            Self::Skew => job.skew.unwrap_or(0.0),
            Self::Share => job.lock,
            Self::Rate => job.rate.unwrap_or(0.0),
        }
    }

    /// The same job with this value. Times are whole nanoseconds, and at most a
    /// day; counts are at least one.
    pub fn set(self, job: &Shape, value: f64) -> Shape {
        let time = || {
            Duration::from_nanos(
                (value.clamp(0.0, 86_400.0) * 1e9).round() as u64
            )
        };
        let some = || (value > 0.0).then_some(value);
        let whole = || (value.round() as usize).max(1);
        let job = job.clone();
        match self {
            Self::Compute => Shape { compute: time(), ..job },
            Self::Wait => Shape { wait: time(), ..job },
            Self::Tasks => {
                // All at once stays all at once.
                let all = job.at_once >= job.tasks;
                let at_once = if all { whole() } else { job.at_once };
                Shape { tasks: whole(), at_once, ..job }
            }
            Self::AtOnce => Shape { at_once: whole(), ..job },
            Self::Skew => Shape { skew: some(), ..job },
            Self::Share => Shape { lock: value, ..job },
            Self::Rate => Shape { rate: some(), ..job },
        }
    }

    /// A value as people read it.
    pub fn shown(self, value: f64) -> String {
        match self {
            Self::Compute | Self::Wait if value == 0.0 => "0".into(),
            Self::Compute | Self::Wait => round_time(value),
            Self::Tasks | Self::AtOnce => count(value as usize),
            Self::Skew if value == 0.0 => "equal".into(),
            Self::Skew => digits(value),
            Self::Share => percent(value),
            Self::Rate if value == 0.0 => "all at once".into(),
            Self::Rate => format!("{}/s", count(value as usize)),
        }
    }

    /// From where to where a map goes if nothing else is asked for.
    pub fn usual(self) -> (f64, f64) {
        match self {
            Self::Compute => (1e-6, 1e-2),
            Self::Wait => (0.0, 1e-1),
            Self::Tasks => (10.0, 1e4),
            Self::AtOnce => (1.0, 1e3),
            Self::Skew => (0.0, 1.2),
            Self::Share => (0.0, 0.5),
            Self::Rate => (0.0, 1e5),
        }
    }

    /// The least value above zero on an axis that begins with zero.
    fn least(self) -> f64 {
        match self {
            Self::Compute => 1e-6,
            Self::Wait => 1e-4,
            Self::Skew => 3.0,
            Self::Share => 0.05,
            Self::Rate => 1e2,
            Self::Tasks | Self::AtOnce => 1.0,
        }
    }

    /// `count` values from `low` to `high`, at equal ratios; where `low` is
    /// zero, that and the rest from the least useful value on.
    pub fn values(self, (low, high): (f64, f64), count: usize) -> Axis {
        let mut values = Vec::new();
        let mut first = low;
        if low == 0.0 {
            values.push(0.0);
            // Of an exponent the larger is the nearer to equal tasks.
            first = self.least();
            if self != Self::Skew {
                first = first.min(high);
            }
        }
        let left = match high {
            0.0 => 0,
            _ => count.saturating_sub(values.len()),
        };
        for step in 0..left {
            let part = match left {
                1 => 1.0,
                _ => step as f64 / (left - 1) as f64,
            };
            let value = first * (high / first).powf(part);
            values.push(rounded(value));
        }
        values.sort_by(f64::total_cmp);
        values.dedup();
        Axis { parameter: self, values }
    }
}

/// A number with two digits.
fn rounded(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    format!("{number:.1e}").parse().unwrap_or(number)
}

/// The jobs of a map by row from below, each row from the left. Where `tasks`
/// is given, every job has so many; otherwise [`tasks_for`] chooses, unless an
/// axis does.
pub fn grid(
    job: &Shape,
    (x, y): (&Axis, &Axis),
    tasks: Option<usize>,
    workers: usize,
) -> Vec<Shape> {
    let own = |axis: &Axis| axis.parameter == Parameter::Tasks;
    let mut jobs = Vec::new();
    for upwards in &y.values {
        for right in &x.values {
            let mut point = x.parameter.set(job, *right);
            point = y.parameter.set(&point, *upwards);
            if !own(x) && !own(y) {
                let count = tasks.unwrap_or_else(|| tasks_for(&point, workers));
                point = Parameter::Tasks.set(&point, count as f64);
            }
            jobs.push(point);
        }
    }
    jobs
}

/// A sample of a map's point lasts so long, where the workers compute.
const SAMPLE: f64 = 0.02;
/// All waits of a point after one another take so long for each worker: a model
/// whose workers wait takes that long for a sample.
const WAITS: f64 = 0.5;
/// The most tasks in a point.
const MOST: f64 = 10_000.0;

/// How many tasks make a job of some 20 ms: as many as the workers compute in
/// that time, and no more than keep them waiting for half a second where each
/// waits for one task after the other; at most 10,000, at least two for each
/// worker. With a rate, as many as arrive in 100 ms, at least 20.
pub fn tasks_for(job: &Shape, workers: usize) -> usize {
    let workers = workers.max(1) as f64;
    let at = |time: f64, each: Duration| match each.as_secs_f64() {
        0.0 => MOST,
        each => time * workers / each,
    };
    let most = at(SAMPLE, job.compute).min(at(WAITS, job.wait)).min(MOST);
    let least = 2.0 * workers;
    match job.rate {
        Some(rate) => (rate * 0.1).clamp(20.0, MOST) as usize,
        None => most.max(least) as usize,
    }
}
