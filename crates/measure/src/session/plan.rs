//! What a session measures.

use crate::axis::Axes;
use crate::machine::Machine;
use crate::process::{Launch, Limits};
use crate::results::Build;
use crate::statistics::LEVEL;
use lanes_core::{Input, Network, Row};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// By default, the time for each contender of each row, twins included.
const CELL: Duration = Duration::from_millis(1800);

/// By default, a model that certainly takes at most this fraction longer than
/// the fastest is as fast.
pub const MARGIN: f64 = 0.1;

/// By default, a session takes at least so long.
const LEAST_BUDGET: Duration = Duration::from_secs(20);

/// A model with a number of workers, to be compared.
#[derive(Debug, Clone)]
pub struct Contender {
    /// The name it is listed by.
    pub name: String,
    /// The model that the worker is asked to be.
    pub model: String,
    /// How many workers it is asked for.
    pub workers: usize,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// Where its workers are, if they are nodes: then it is beside any number
    /// of workers on one machine.
    pub nodes: Option<Nodes>,
    /// Whether it says that it only answers; its worker may say so as well.
    pub answers_only: bool,
    /// How its worker is started.
    pub launch: Launch,
}

/// The workers of a contender, where they are nodes.
#[derive(Debug, Clone)]
pub struct Nodes {
    /// Which of them have the input.
    pub input: Input,
    /// The workloads whose input may be there.
    pub workloads: Vec<String>,
    /// Their places.
    pub network: Network,
    /// Files of the system that count the bytes which cross between them, and
    /// from the process that starts them; none where they use interfaces that
    /// others use too.
    pub counters: Vec<PathBuf>,
}

impl Nodes {
    /// Whether each has a network namespace of its own.
    pub(super) fn are_apart(&self) -> bool {
        let mut nodes = self.network.nodes.iter();
        nodes.all(|place| place.namespace.is_some())
    }

    /// How many bytes have crossed so far, where that is counted.
    pub(super) fn moved(&self) -> Option<u64> {
        let count = |path: &PathBuf| {
            fs::read_to_string(path).ok()?.trim().parse::<u64>().ok()
        };
        let all: Option<u64> = self.counters.iter().map(count).sum();
        all.filter(|_| !self.counters.is_empty())
    }
}

/// Whether a model is to be measured in a row.
pub type Wants = Box<dyn Fn(&dyn Row, &str) -> bool>;

/// What is measured.
pub struct Plan {
    /// The rows.
    pub rows: Vec<Box<dyn Row>>,
    /// The contenders that are compared.
    pub contenders: Vec<Contender>,
    /// In which rows each takes part.
    pub wants: Wants,
    /// Whether the fastest contender is entered a second time as a control.
    pub control: bool,
    /// Whether all rows get as many visits as each other, whatever is known of
    /// them.
    pub even: bool,
    /// How many visits each row gets; otherwise the budget decides.
    pub rounds: Option<usize>,
    /// How long the session may take.
    pub budget: Duration,
    /// Where this is a fraction, a row is left as soon as all its grades are
    /// decided at that margin, and the session ends when all rows are.
    pub until: Option<f64>,
    /// The parameters that the rows differ in, where they are the points of a
    /// map.
    pub map: Option<Axes>,
    /// The seed of inputs and orders.
    pub seed: u64,
    /// The probability with which the intervals of a row hold all at once.
    pub level: f64,
    /// Contenders whose difference certainly lies within this fraction are
    /// tied.
    pub margin: f64,
    /// What each worker may use.
    pub limits: Limits,
    /// What is measured on, for the results.
    pub machine: Machine,
    /// What is measured with, for the results.
    pub build: Build,
}

impl Plan {
    /// A plan without rows and without time, in which every contender takes
    /// part in every row, and the rest is as usual.
    pub fn new(
        contenders: Vec<Contender>,
        limits: Limits,
        machine: Machine,
        build: Build,
    ) -> Self {
        Self {
            rows: Vec::new(),
            contenders,
            wants: Box::new(|_, _| true),
            control: false,
            even: false,
            rounds: None,
            budget: Duration::ZERO,
            until: None,
            map: None,
            seed: 7,
            level: LEVEL,
            margin: MARGIN,
            limits,
            machine,
            build,
        }
    }

    /// The contenders that are measured in a row.
    pub fn of(&self, row: &dyn Row) -> impl Iterator<Item = &Contender> {
        self.contenders.iter().filter(move |contender| {
            let may = contender.nodes.as_ref().is_none_or(|nodes| {
                nodes.workloads.iter().any(|name| name == row.workload())
            });
            may && (self.wants)(row, &contender.model)
        })
    }

    /// How many cells are measured; a control is a cell too.
    pub fn cells(&self) -> usize {
        let rows = self
            .rows
            .iter()
            .map(|row| self.of(&**row).count() + usize::from(self.control));
        rows.sum()
    }

    /// The time that a session with so many cells gets by default.
    pub fn default_budget(cells: usize) -> Duration {
        let budget = CELL * u32::try_from(cells).unwrap_or(u32::MAX);
        budget.max(LEAST_BUDGET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_budget_of_set_a_is_three_minutes() {
        let budget = Plan::default_budget(12 * (7 + 1));
        assert!(budget <= Duration::from_secs(180), "{budget:?}");
    }
}
