//! Comparisons with the best: how much slower each contender is than the
//! fastest one, though nobody knows for certain which one that is.

use super::critical::{normal, of_all, student};
use super::fit::{Difference, Fit};
use super::median::Interval;

/// Half a percent: no smaller difference is reported, however quiet a machine
/// is. Programs that differ in nothing but where their code lies differ by
/// more (Mytkowicz and others, "Producing wrong data without doing anything
/// obviously wrong!", 2009).
pub const NEGLIGIBLE: f64 = 0.005;

/// How a contender compares with the fastest of its group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// The contender.
    pub contender: usize,
    /// The logarithm of its time less that of the fastest, with an interval
    /// that holds for all contenders at once. It is never below 0.
    pub slower: Interval,
    /// Whether it may be the fastest itself.
    pub candidate: bool,
    /// What bounds the interval from above: the difference to the candidate
    /// from which it may be farthest; none without another candidate.
    pub farthest: Option<Difference>,
}

/// Compares each of these contenders with the fastest of them; the estimate of
/// `best` is 0. All intervals hold at once with probability `level`.
///
/// Whichever contender is the fastest, its differences to the others lie within
/// their simultaneous intervals with that probability: of K contenders there
/// are K - 1 such differences, so the intervals need not hold for all pairs.
/// Each contender that no other beats for certain may be the fastest, and the
/// interval of the others reaches over all of these (Hsu, "Constrained
/// simultaneous confidence intervals for multiple comparisons with the best",
/// 1984; Edwards and Hsu, "Multiple comparisons with the best treatment",
/// 1983, for unequal variances). A winner may therefore be picked first, and
/// the intervals be read afterwards.
pub fn gaps(fit: &Fit, members: &[usize], best: usize, level: f64) -> Vec<Gap> {
    let each = of_all(level, members.len().saturating_sub(1));
    let interval = |a: usize, b: usize| match fit.difference(a, b) {
        Some(found) => found.interval(each),
        None => Interval::UNKNOWN,
    };
    let unbeaten = |a: &&usize| {
        let others = members.iter().filter(|b| b != a);
        others.into_iter().all(|b| interval(**a, *b).low <= NEGLIGIBLE)
    };
    let mut candidates: Vec<usize> =
        members.iter().filter(unbeaten).copied().collect();
    if candidates.is_empty() {
        // Trimmed means need not be transitive.
        candidates = members.to_vec();
    }
    let gap = |contender: usize| {
        let others = candidates.iter().filter(|other| **other != contender);
        let to = others.map(|other| (*other, interval(contender, *other)));
        let to: Vec<(usize, Interval)> = to.collect();
        let candidate = candidates.contains(&contender);
        let lows = to.iter().map(|(_, found)| found.low);
        let low = lows.fold(f64::INFINITY, f64::min);
        let farthest =
            to.iter().max_by(|(_, a), (_, b)| a.high.total_cmp(&b.high));
        let low = if candidate { 0.0 } else { low.max(0.0) };
        let high = farthest.map_or(0.0, |(_, found)| found.high.max(0.0));
        let own = fit.difference(contender, best);
        let median = own.map_or(0.0, |own| own.estimate).clamp(low, high);
        let farthest =
            farthest.and_then(|(other, _)| fit.difference(contender, *other));
        let slower = Interval { low, median, high };
        Gap { contender, slower, candidate, farthest }
    };
    members.iter().map(|contender| gap(*contender)).collect()
}

impl Difference {
    /// The interval that holds the true difference with this probability.
    pub fn interval(&self, level: f64) -> Interval {
        Interval::around(self.estimate, self.half_width(level))
    }

    /// Half the width of that interval.
    pub fn half_width(&self, level: f64) -> f64 {
        self.error * student(normal(level), self.freedom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contenders whose times differ by these amounts, with some luck.
    fn fit(effects: &[f64], luck: f64) -> Fit {
        let mut numbers = lanes_core::seed::numbers(3);
        let mut luck = || {
            let number = numbers.next().unwrap() >> 11;
            luck * (number as f64 / (1u64 << 53) as f64 - 0.5)
        };
        let mut visit =
            || effects.iter().map(|own| Some(own + luck())).collect();
        let table: Vec<_> = (0..8).map(|_| visit()).collect();
        Fit::new(&table)
    }

    #[test]
    fn one_that_no_other_may_beat_is_the_fastest() {
        let fit = fit(&[0.1, 0.0, 0.3], 0.01);
        let [a, b, c] = gaps(&fit, &[0, 1, 2], 1, 0.95)[..] else { panic!() };
        assert!(b.candidate && !a.candidate && !c.candidate);
        assert_eq!((b.slower.low, b.slower.high), (0.0, 0.0));
        assert_eq!(b.farthest, None);
        assert!(a.slower.low < 0.1 && 0.1 < a.slower.high, "{a:?}");
        assert!(c.slower.low > 0.28 && c.slower.high < 0.32, "{c:?}");
    }

    #[test]
    fn of_equals_each_may_be_the_fastest() {
        let fit = fit(&[0.0, 0.0, 0.3], 0.02);
        let all = gaps(&fit, &[0, 1, 2], 0, 0.95);
        assert!(all[0].candidate && all[1].candidate && !all[2].candidate);
        for gap in &all[..2] {
            assert_eq!(gap.slower.low, 0.0);
            assert!((0.0..0.03).contains(&gap.slower.high), "{gap:?}");
        }
        // The interval of the third reaches over both.
        let [a, b] = [0, 1].map(|to| {
            let each = of_all(0.95, 2);
            fit.difference(2, to).unwrap().interval(each)
        });
        let slower = all[2].slower;
        assert_eq!(slower.low, a.low.min(b.low));
        assert_eq!(slower.high, a.high.max(b.high));
    }

    #[test]
    fn what_is_unknown_beats_nobody_and_is_beaten_by_nobody() {
        let table: Vec<Vec<_>> = (0..8)
            .map(|visit| {
                let luck = f64::from(visit % 3) * 0.001;
                vec![Some(luck), Some(1.0), (visit < 2).then_some(0.5)]
            })
            .collect();
        let fit = Fit::new(&table);
        let all = gaps(&fit, &[0, 1, 2], 0, 0.95);
        assert!(all[0].candidate && !all[1].candidate && all[2].candidate);
        assert!(all.iter().all(|gap| gap.slower.high == f64::INFINITY));
        let alone = gaps(&fit, &[1], 1, 0.95)[0];
        assert_eq!((alone.slower.high, alone.farthest), (0.0, None));
    }

    #[test]
    fn what_is_certain_and_negligible_rules_nobody_out() {
        let fit = fit(&[0.0, 0.003, 0.2], 1e-6);
        let all = gaps(&fit, &[0, 1, 2], 0, 0.95);
        assert!(all[0].candidate && all[1].candidate);
        assert!(!all[2].candidate && all[2].slower.low > 0.19);
    }
}
