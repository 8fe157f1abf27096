//! From what runs did to what is said of a trap.

use super::{Finding, Kind, Outcome, Side, Trap};

/// So many times the figure of a remedy is worse than with it.
const WORSE: f64 = 1.5;

impl Trap {
    /// All its programs, the one without a remedy first.
    pub fn sides(&self) -> impl Iterator<Item = &Side> {
        [&self.without].into_iter().chain(&self.remedies)
    }

    /// Gives every program its outcome and the trap its finding, by what the
    /// runs did alone.
    ///
    /// A program with only right runs is late, slow or costly if all its
    /// figures are above all of a remedy's, and its median is at least one and
    /// a half times the other's. A remedy that is better than the program
    /// without one is never called that: it helps. A remedy that is wrong,
    /// hangs or dies in one of its runs makes the trap broken.
    pub fn judge(&mut self, repeats: usize) {
        let judged: Vec<_> = self
            .sides()
            .map(|side| (self.outcome(side), side.middle()))
            .collect();
        let sides = [&mut self.without].into_iter().chain(&mut self.remedies);
        for (side, (outcome, figure)) in sides.zip(judged) {
            (side.outcome, side.figure) = (outcome, figure);
        }
        self.finding = self.found(repeats);
    }

    fn outcome(&self, side: &Side) -> Option<Outcome> {
        let worst = side.worst()?;
        if worst != Outcome::Right {
            return Some(worst);
        }
        let right = |other: &&Side| other.worst() == Some(Outcome::Right);
        let without = &self.without;
        let fails = without.worst().is_some_and(|worst| worst.is_failure());
        let helps = fails || is_worse(self.kind, without, side);
        let mut remedies = self.remedies.iter().filter(right);
        let is_worse = remedies.any(|other| is_worse(self.kind, side, other));
        Some(if is_worse && !helps { word(self.kind) } else { worst })
    }

    fn found(&self, repeats: usize) -> Finding {
        if self.missing.is_some() {
            return Finding::Absent;
        }
        if !self.failures().is_empty() {
            return Finding::Broken;
        }
        if self.sides().any(|side| side.runs.len() < repeats) {
            return Finding::Unfinished;
        }
        match self.without.outcome {
            Some(Outcome::Right) | None => Finding::NotShown,
            Some(_) => Finding::Shown,
        }
    }

    /// The remedies that gave a wrong answer, hung or died.
    pub fn failures(&self) -> Vec<&Side> {
        let fails = |side: &&Side| {
            side.worst().is_some_and(|outcome| outcome.is_failure())
        };
        self.remedies.iter().filter(fails).collect()
    }

    /// What a program's figure is with its unit; empty if it has none.
    pub fn figure(&self, side: &Side) -> String {
        let figure = side.figure.map(|figure| self.kind.written(figure));
        figure.unwrap_or_default()
    }
}

/// Whether all figures of a program are above all of another's, and by more
/// than chance.
fn is_worse(kind: Kind, side: &Side, other: &Side) -> bool {
    let (Some(here), Some(there)) = (side.middle(), other.middle()) else {
        return false;
    };
    let lowest = side.figures().into_iter().fold(f64::INFINITY, f64::min);
    let highest = other.figures().into_iter().fold(0.0, f64::max);
    lowest > highest && here >= WORSE * there && here - there >= kind.least()
}

/// What a program is called whose figures are worse.
fn word(kind: Kind) -> Outcome {
    match kind {
        Kind::Delay => Outcome::Late,
        Kind::Time | Kind::Ratio => Outcome::Slow,
        Kind::CpuTime | Kind::Memory | Kind::Threads | Kind::Effects => {
            Outcome::Costly
        }
    }
}
