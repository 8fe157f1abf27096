//! The options that describe a job, and those of the commands that measure it.

use super::values::{
    Asked, axis, duration, exponent, goal, lock, percent, positive, rate, span,
    workers,
};
use super::{Conditions, Place, Printing};
use clap::Args;
use lanes_core::workload::Shape;
use std::path::PathBuf;
use std::time::Duration;

/// A job: tasks that compute, wait, and compute again.
#[derive(Args, Clone, Default)]
pub(crate) struct Job {
    /// How many tasks there are; by default 1000, in a map as many as keep the
    /// workers busy for 20 ms
    #[arg(long, value_parser = positive, value_name = "N")]
    pub(crate) tasks: Option<usize>,

    /// How long a task computes, on one core: 50us, 2ms; half of it before the
    /// wait and half after it. By default 0, in a map 50us
    #[arg(long, value_parser = span, value_name = "TIME")]
    pub(crate) compute: Option<Duration>,

    /// How long a task waits, for an answer or a timer: 0, 20ms. By default 0,
    /// in a map 1ms
    #[arg(long, value_parser = span, value_name = "TIME")]
    pub(crate) wait: Option<Duration>,

    /// How many tasks may be under way at once; by default all of them
    #[arg(long, value_parser = positive, value_name = "N")]
    pub(crate) at_once: Option<usize>,

    /// Tasks of different lengths: the exponent of a Pareto distribution, above
    /// 1; the nearer to 1, the longer are the few long ones. By default all
    /// tasks are equal
    #[arg(long, value_parser = exponent, value_name = "EXPONENT")]
    pub(crate) skew: Option<f64>,

    /// The share of a task's compute that is done under one lock for all; by
    /// default 0%
    #[arg(long, value_parser = lock, value_name = "PERCENT")]
    pub(crate) lock: Option<f64>,

    /// How many tasks arrive in a second, such as 1000/s; by default all are
    /// there at the start
    #[arg(long, value_parser = rate, value_name = "N/s")]
    pub(crate) rate: Option<f64>,
}

impl Job {
    /// Whether nothing was said of the job.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { tasks, compute, wait, at_once, skew, lock, rate } = self;
        tasks.is_none()
            && compute.is_none()
            && wait.is_none()
            && at_once.is_none()
            && skew.is_none()
            && lock.is_none()
            && rate.is_none()
    }

    /// The job, with these numbers where none were given.
    pub(crate) fn shape(
        &self,
        tasks: usize,
        compute: Duration,
        wait: Duration,
    ) -> Shape {
        let tasks = self.tasks.unwrap_or(tasks);
        let compute = self.compute.unwrap_or(compute);
        let wait = self.wait.unwrap_or(wait);
        let equal = Shape::equal(tasks, compute, wait);
        Shape {
            at_once: self.at_once.unwrap_or(equal.at_once),
            skew: self.skew,
            lock: self.lock.unwrap_or(0.0),
            rate: self.rate,
            ..equal
        }
    }
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes map
  lanes map --budget 2m --models 'threads,rayon,tokio'
  lanes map --x skew --y share --compute 20us
  lanes map --x tasks=10..100000 --y compute --wait 0")]
pub(crate) struct Map {
    /// What runs to the right: compute, wait, tasks, at-once, skew, share (of
    /// the compute under one lock) or rate; with =LOW..HIGH, from where to
    /// where
    #[arg(long, value_parser = axis, default_value = "compute",
          value_name = "NAME")]
    pub(crate) x: Asked,

    /// What runs upwards
    #[arg(long, value_parser = axis, default_value = "wait",
          value_name = "NAME")]
    pub(crate) y: Asked,

    /// How many values each axis has; by default 5, or 3 with a budget below 5
    /// minutes
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=16),
          value_name = "N")]
    pub(crate) points: Option<u8>,

    /// How long measuring may take. A point is left as soon as it is decided;
    /// those near a border get the time
    #[arg(long, value_parser = duration, default_value = "10m",
          value_name = "TIME")]
    pub(crate) budget: Duration,

    #[command(flatten)]
    pub(crate) job: Job,

    #[command(flatten)]
    pub(crate) among: Among,

    /// A model that certainly takes no longer than this beyond the fastest is
    /// tied with it
    #[arg(long, value_parser = goal, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    #[command(flatten)]
    pub(crate) conditions: Conditions,

    /// Where to write the picture; by default beside the results
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}

/// The models that do a job, and with how many workers.
#[derive(Args, Clone, Default)]
pub(crate) struct Among {
    /// The models; `*` stands for any text. By default the runtimes and the
    /// bridges between them
    #[arg(long, value_delimiter = ',', value_name = "MODEL,...")]
    pub(crate) models: Vec<String>,

    #[command(flatten)]
    pub(crate) peers: super::Peers,

    /// How many workers each has; by default as many as the machine runs at
    /// once
    #[arg(long, value_parser = workers, value_name = "N")]
    pub(crate) workers: Option<usize>,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lanes advise --tasks 5000 --compute 50us --wait 2ms
  lanes advise --tasks 2000 --compute 20ms
  lanes advise --tasks 1000 --compute 2ms --wait 20ms --rate 80/s
  lanes advise")]
pub(crate) struct Advise {
    #[command(flatten)]
    pub(crate) job: Job,

    #[command(flatten)]
    pub(crate) among: Among,

    /// Among those that are as fast, take the one with the least memory, not
    /// the one with the least CPU time
    #[arg(long)]
    pub(crate) memory: bool,

    /// How long measuring may take
    #[arg(long, value_parser = duration, default_value = "50s",
          value_name = "TIME")]
    pub(crate) budget: Duration,

    /// A model that certainly takes no longer than this beyond the fastest is
    /// as fast
    #[arg(long, value_parser = percent, value_name = "PERCENT",
          default_value = "10%")]
    pub(crate) margin: f64,

    /// The seed of the inputs and of the random order of samples
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub(crate) seed: u64,

    /// How long a worker may take for one reply
    #[arg(long, value_parser = duration, default_value = "60s",
          value_name = "TIME")]
    pub(crate) deadline: Duration,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) printing: Printing,
}
