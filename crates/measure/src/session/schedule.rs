//! Which row is visited next.

use super::plan::Plan;
use crate::results::RowResult;
use crate::summarize::summarize;
use crate::summary::Summary;
use lanes_core::seed;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// So many visits each row gets before any gets more: with fewer, little is
/// known of how far visits scatter.
const FIRST_VISITS: usize = 8;

/// An interval that is wider than this is as little use as one that is twice as
/// wide: a row does not get more visits for it.
const WIDEST: f64 = 0.25;

/// What is known of a row, to choose the next one.
#[derive(Default)]
struct Standing {
    visits: usize,
    /// How long the last visit took.
    took: Duration,
    /// The sum of the widths of its intervals.
    width: f64,
    /// Every contender has failed, so there is nothing to measure.
    hopeless: bool,
    /// How often it was looked at whether all is decided.
    looks: usize,
    /// The number of visits for the next look.
    next_look: usize,
    decided: bool,
}

/// Chooses the row of each visit by what the earlier ones have shown.
pub(super) struct Schedule<'a> {
    plan: &'a Plan,
    begin: Instant,
    standings: Vec<Standing>,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(plan: &'a Plan, begin: Instant) -> Self {
        let standing =
            || Standing { next_look: FIRST_VISITS, ..Standing::default() };
        let standings = plan.rows.iter().map(|_| standing());
        Self { plan, begin, standings: standings.collect() }
    }

    /// How often a row was visited.
    pub(super) fn visits(&self, index: usize) -> usize {
        self.standings[index].visits
    }

    /// The level of a row's intervals. Who looks often finds something by
    /// chance, so look k spends a share of 1 / (k (k + 1)) of the probability
    /// of a miss: over all looks, however many, these shares add up to one
    /// (alpha spending: Lan and DeMets, "Discrete sequential boundaries for
    /// clinical trials", 1983).
    pub(super) fn level(&self, index: usize) -> f64 {
        let look = self.standings[index].looks as f64;
        match self.plan.until {
            Some(_) if look > 0.0 => {
                1.0 - (1.0 - self.plan.level) / (look * (look + 1.0))
            }
            _ => self.plan.level,
        }
    }

    /// Takes note of a visit, and of how long it took.
    pub(super) fn visited(
        &mut self,
        index: usize,
        took: Duration,
        result: &RowResult,
    ) {
        let standing = &mut self.standings[index];
        standing.visits += 1;
        standing.took = took;
        let alive = result.contenders.iter().filter(|c| c.failure.is_none());
        standing.hopeless = alive.count() == 0;
        let is_known = !self.plan.even && standing.visits >= FIRST_VISITS;
        if self.plan.rounds.is_some() || !is_known {
            return;
        }
        let Some(goal) = self.plan.until else {
            let plan = self.plan;
            let summary = summarize(result, plan.level, plan.margin);
            standing.width = summary.as_ref().map_or(0.0, widths);
            return;
        };
        if standing.visits < standing.next_look {
            return;
        }
        standing.looks += 1;
        // Half as many visits more each time.
        standing.next_look = standing.visits + standing.visits.div_ceil(2);
        let level = self.level(index);
        let summary = summarize(result, level, goal);
        let decided = |summary: &Summary| {
            summary.grades().all(|grade| grade.decides(goal))
        };
        let standing = &mut self.standings[index];
        standing.decided = summary.as_ref().is_some_and(decided);
        standing.width = summary.as_ref().map_or(0.0, widths);
    }

    pub(super) fn stopped(&self) -> bool {
        self.plan.limits.stop.load(Ordering::Relaxed)
    }

    /// The row where a visit is worth most: first those with few visits, then
    /// the one whose intervals become narrower by most. What the intervals say
    /// does not matter, but for a row that is decided where the plan says that
    /// it is left then.
    pub(super) fn next(&self, random: &mut seed::Numbers) -> Option<usize> {
        if self.stopped() {
            return None;
        }
        let left = self.plan.budget.saturating_sub(self.begin.elapsed());
        let first = self.plan.rounds.unwrap_or(FIRST_VISITS);
        let open = |standing: &Standing| {
            !standing.hopeless
                && !standing.decided
                && match self.plan.rounds {
                    Some(rounds) => standing.visits < rounds,
                    None => standing.visits == 0 || standing.took / 2 < left,
                }
        };
        let worth = |standing: &Standing| match standing.visits {
            visits if visits < first || self.plan.even => 1e9 - visits as f64,
            // The width goes with the root of the visits.
            visits => standing.width / visits as f64,
        };
        let over = self.plan.rounds.is_none() && left.is_zero();
        let open = self.standings.iter().enumerate().filter(|(_, s)| open(s));
        let worths = open
            .filter(|_| !over)
            .map(|(index, standing)| (index, worth(standing), random.next()));
        let best =
            worths.max_by(|a, b| a.1.total_cmp(&b.1).then(a.2.cmp(&b.2)));
        best.map(|(index, ..)| index)
    }
}

/// The sum of the widths of all intervals of a row, each up to [`WIDEST`].
fn widths(summary: &Summary) -> f64 {
    let standings = summary.groups.iter().flat_map(|group| &group.standings);
    let ratios = standings.filter_map(|standing| standing.ratio);
    ratios.map(|ratio| (ratio.high - ratio.median).min(WIDEST)).sum()
}
