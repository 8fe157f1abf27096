//! The rows of some sessions, each once, and what they say of their contenders.

use super::estimate::Estimate;
use crate::results::{Results, RowResult};
use crate::statistics::{Fit, median};
use crate::summarize::{spent_beside, table};

/// A row of one session.
pub(super) struct Session<'a> {
    pub(super) row: &'a RowResult,
    table: Vec<Vec<Option<f64>>>,
    fit: Fit,
}

/// A row of the catalogue with all the sessions that have it.
pub(super) struct Joined<'a> {
    pub(super) sessions: Vec<Session<'a>>,
}

/// A row that counts: with those of its sessions that have all the models.
pub(super) struct Counted<'a> {
    sessions: Vec<(&'a Session<'a>, usize)>,
}

/// The rows of all sessions that have samples. Two of the same work are one row
/// with two sessions.
pub(super) fn joined(results: &[Results]) -> Vec<Joined<'_>> {
    let mut all: Vec<Joined<'_>> = Vec::new();
    let rows = results.iter().flat_map(|results| &results.rows);
    for row in rows.filter(|row| !row.samples.is_empty()) {
        let table = match row.work() {
            Some(work) => table(row, |taken| spent_beside(taken, work)),
            None => table(row, |taken| Some(taken.seconds())),
        };
        let fit = Fit::new(&table);
        let session = Session { row, table, fit };
        match all.iter_mut().find(|other| other.row().is_same(row)) {
            Some(same) => same.sessions.push(session),
            None => all.push(Joined { sessions: vec![session] }),
        }
    }
    all
}

impl<'a> Joined<'a> {
    pub(super) fn row(&self) -> &'a RowResult {
        self.sessions[0].row
    }

    /// The names that are measured with so many workers, in any session.
    pub(super) fn names(&self, workers: usize) -> Vec<&'a str> {
        let mut names = Vec::new();
        for name in self.sessions.iter().flat_map(|s| s.names(workers)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The row with the sessions that have all of these; `None` if none has.
    pub(super) fn with(
        &self,
        names: &[&str],
        workers: usize,
    ) -> Option<Counted<'_>> {
        let all = |session: &&Session<'_>| {
            names.iter().all(|name| session.index(name, workers).is_some())
        };
        let sessions = self.sessions.iter().filter(all);
        let sessions: Vec<_> = sessions.map(|s| (s, workers)).collect();
        (!sessions.is_empty()).then_some(Counted { sessions })
    }
}

impl<'a> Session<'a> {
    /// The contenders with samples, without twins and those that only answer;
    /// a serial one, and one on nodes, is beside any number of workers.
    fn measured(
        &self,
        workers: usize,
    ) -> impl Iterator<Item = (usize, &'a str)> {
        let all = self.row.contenders.iter().enumerate();
        let own = all.filter(move |(index, c)| {
            c.twin_of.is_none()
                && !c.answers_only
                && (c.serial || c.nodes || c.workers == workers)
                && self.times(*index).next().is_some()
        });
        own.map(|(index, contender)| (index, contender.name.as_str()))
    }

    fn names(&self, workers: usize) -> impl Iterator<Item = &'a str> {
        self.measured(workers).map(|(_, name)| name)
    }

    fn index(&self, name: &str, workers: usize) -> Option<usize> {
        let mut all = self.measured(workers);
        Some(all.find(|(_, other)| *other == name)?.0)
    }

    /// The logarithms of a contender's times, one a visit.
    fn times(&self, index: usize) -> impl Iterator<Item = f64> {
        let times = self.table.iter().filter_map(move |visit| visit[index]);
        times.filter(|time| time.is_finite())
    }

    /// By how much `a` differs from `b`. With too few visits for an error, the
    /// median over common visits or, without such, the difference of medians.
    fn difference(&self, a: usize, b: usize) -> Option<Estimate> {
        let pairs = self.table.iter().filter_map(|v| Some(v[a]? - v[b]?));
        let mut pairs: Vec<f64> = pairs.filter(|p| p.is_finite()).collect();
        if let Some(found) = self.fit.difference(a, b) {
            return Some(Estimate::of(&found));
        }
        let apart = || {
            let middle =
                |index| median(&mut self.times(index).collect::<Vec<_>>());
            Some(middle(a)? - middle(b)?)
        };
        Some(Estimate::alone(median(&mut pairs).or_else(apart)?))
    }

    /// The logarithm of what an item costs `a` in seconds, seen from `b`: two
    /// contenders then differ by what their difference says. The error is that
    /// of the times themselves.
    fn cost(&self, a: usize, b: usize) -> Option<Estimate> {
        let base: Vec<f64> = self.times(b).collect();
        let base = base.iter().sum::<f64>() / base.len() as f64;
        let items = self.row.items as f64;
        let beside = if a == b { 0.0 } else { self.difference(a, b)?.value };
        let own: Vec<f64> = self.times(a).collect();
        let value = base + beside - items.ln();
        value.is_finite().then(|| Estimate::from_visits(value, &own))
    }
}

impl Counted<'_> {
    pub(super) fn row(&self) -> &RowResult {
        self.sessions[0].0.row
    }

    /// How many sessions have it.
    pub(super) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// By how much the logarithm of one model's time differs from another's.
    pub(super) fn difference(&self, a: &str, b: &str) -> Option<Estimate> {
        self.combined(a, b, |session, a, b| session.difference(a, b))
    }

    /// See [`Session::cost`].
    pub(super) fn cost(&self, a: &str, b: &str) -> Option<Estimate> {
        self.combined(a, b, |session, a, b| session.cost(a, b))
    }

    fn combined(
        &self,
        a: &str,
        b: &str,
        of: impl Fn(&Session<'_>, usize, usize) -> Option<Estimate>,
    ) -> Option<Estimate> {
        let each = self.sessions.iter().map(|(session, workers)| {
            let index = |name| session.index(name, *workers);
            of(session, index(a)?, index(b)?)
        });
        Estimate::combined(&each.collect::<Option<Vec<_>>>()?)
    }
}
