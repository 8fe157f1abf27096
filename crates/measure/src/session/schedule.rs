//! Which row is visited next, and for how long.

use super::plan::Plan;
use crate::results::RowResult;
use crate::summarize::summarize;
use crate::summary::Summary;
use lanes_core::seed;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A visit ends after so many rounds, since further rounds of the same
/// processes add little.
const VISIT_ROUNDS: usize = 10;

/// Before a row has so many visits, nothing is known about their spread.
const FEW_VISITS: usize = 4;

/// Looking at intervals again and again finds differences by chance, so a row
/// is left early only if intervals of this higher level decide.
const PEEK_LEVEL: f64 = 0.99;

/// What is known of a row, to choose the next one.
#[derive(Default)]
struct Standing {
    visits: usize,
    rounds: usize,
    /// How long the last visit took.
    took: Duration,
    /// How many verdicts are inconclusive; `None` before the few first visits.
    unclear: Option<usize>,
    /// Every contender has failed, so there is nothing to measure.
    hopeless: bool,
}

/// Chooses the row of each visit by what the earlier ones have shown.
pub(super) struct Schedule<'a> {
    plan: &'a Plan,
    begin: Instant,
    standings: Vec<Standing>,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(plan: &'a Plan, begin: Instant) -> Self {
        let standings = plan.rows.iter().map(|_| Standing::default());
        Self { plan, begin, standings: standings.collect() }
    }

    /// How often a row was visited.
    pub(super) fn visits(&self, index: usize) -> usize {
        self.standings[index].visits
    }

    /// Takes note of a visit: how long it took, and how many rounds it had.
    pub(super) fn visited(
        &mut self,
        index: usize,
        took: Duration,
        rounds: usize,
        result: &RowResult,
    ) {
        let standing = &mut self.standings[index];
        standing.visits += 1;
        standing.rounds += rounds;
        standing.took = took;
        let alive = result.contenders.iter().filter(|c| c.failure.is_none());
        standing.hopeless = alive.count() == 0 || rounds == 0;
        let known = self.plan.rounds.is_none() && standing.visits >= FEW_VISITS;
        if known {
            let summary = summarize(result, PEEK_LEVEL, self.plan.margin);
            standing.unclear = summary.as_ref().map(Summary::unclear);
        }
    }

    pub(super) fn stopped(&self) -> bool {
        self.plan.limits.stop.load(Ordering::Relaxed)
    }

    fn left(&self) -> Duration {
        self.plan.budget.saturating_sub(self.begin.elapsed())
    }

    /// The row where a visit is worth most: first those with few visits, then
    /// the one with the most open verdicts for its visits.
    pub(super) fn next(&self, random: &mut seed::Numbers) -> Option<usize> {
        if self.stopped() {
            return None;
        }
        let rounds = self.plan.rounds;
        let open = |standing: &Standing| match rounds {
            _ if standing.hopeless => false,
            Some(rounds) => standing.rounds < rounds,
            None => standing.visits < FEW_VISITS || standing.unclear != Some(0),
        };
        let left = self.left();
        let fits =
            |standing: &Standing| rounds.is_some() || standing.took / 2 < left;
        // Another visit is worth more to a row that has had few of them.
        let worth = |standing: &Standing| match standing.visits {
            visits if rounds.is_some() || visits < FEW_VISITS => {
                1e6 - visits as f64
            }
            visits => standing.unclear.unwrap_or(0) as f64 / visits as f64,
        };
        let open = self.standings.iter().enumerate().filter(|(_, standing)| {
            open(standing)
                && fits(standing)
                && (rounds.is_some() || left > Duration::ZERO)
        });
        let worths = open
            .map(|(index, standing)| (index, worth(standing), random.next()));
        let best =
            worths.max_by(|a, b| a.1.total_cmp(&b.1).then(a.2.cmp(&b.2)));
        best.map(|(index, ..)| index)
    }

    /// How long a visit may sample, and for how many rounds.
    pub(super) fn slice(&self, index: usize) -> (Duration, usize) {
        let standing = &self.standings[index];
        if let Some(rounds) = self.plan.rounds {
            let visits = rounds.div_ceil(VISIT_ROUNDS).max(FEW_VISITS);
            let each = rounds.div_ceil(visits);
            return (Duration::MAX, each.min(rounds - standing.rounds));
        }
        let rows = u32::try_from(self.standings.len()).unwrap_or(u32::MAX);
        let few = u32::try_from(FEW_VISITS).unwrap_or(u32::MAX);
        let slice = self.plan.budget / rows / few;
        (slice.min(self.left()), VISIT_ROUNDS)
    }
}
