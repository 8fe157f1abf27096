//! From a row's samples to its summary: which contender is fastest, and by how
//! much.

mod table;

pub use table::table;

use crate::results::{ContenderResult, RowResult, Taken};
use crate::statistics::{
    Compared, Interval, Verdict, compare, median, verdict,
};
use crate::summary::{Group, Speedup, Standing, Summary};
use std::collections::{BTreeMap, BTreeSet};

/// No difference below this is reported, however quiet the machine is.
const LEAST_FLOOR: f64 = 0.005;

/// The logarithms of seconds per run: by visit, round and contender.
pub fn visits(row: &RowResult) -> Vec<Vec<Vec<Option<f64>>>> {
    let mut rounds: BTreeMap<(usize, usize), Vec<Option<f64>>> =
        BTreeMap::new();
    for taken in &row.samples {
        let round = rounds.entry((taken.visit, taken.round));
        let round = round.or_insert_with(|| vec![None; row.contenders.len()]);
        round[taken.contender] = Some(taken.seconds().max(1e-12).ln());
    }
    let mut visits: BTreeMap<usize, Vec<Vec<Option<f64>>>> = BTreeMap::new();
    for ((visit, _), round) in rounds {
        visits.entry(visit).or_default().push(round);
    }
    visits.into_values().collect()
}

/// Sums up a row; `None` without a sample.
pub fn summarize(row: &RowResult, level: f64, margin: f64) -> Option<Summary> {
    let visits = visits(row);
    let groups = members(row);
    let bases = bases(row);
    let twin = row.contenders.iter().enumerate();
    let twin = twin.filter_map(|(index, c)| Some((index, c.twin_of?))).next();

    let mut pairs = BTreeSet::new();
    for group in groups.values() {
        for (at, a) in group.iter().enumerate() {
            pairs.extend(group[at + 1..].iter().map(|b| (*a, *b)));
        }
    }
    pairs.extend(bases.iter().copied());
    pairs.extend(twin);
    let pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
    let compared = compare(&visits, &pairs, level, 7).into_iter().flatten();
    let pairs = Pairs(compared.map(|c| (c.pair, c)).collect());

    let mut summary = Summary {
        rounds: visits.iter().map(Vec::len).sum(),
        visits: visits.len(),
        floor: pairs.floor(twin),
        groups: Vec::new(),
        speedups: Vec::new(),
    };
    for (workers, members) in groups {
        summary.groups.extend(pairs.group(row, workers, &members, &|ratio| {
            verdict(ratio, summary.floor, margin.ln_1p(), summary.rounds)
        }));
    }
    let speedups = bases.into_iter().filter_map(|(contender, base)| {
        let speedup = pairs.interval(base, contender)?;
        let workers = |index: usize| row.contenders[index].workers as f64;
        let more = workers(contender) / workers(base);
        let efficiency = speedup.median.exp() / more;
        Some(Speedup { contender, base, speedup, efficiency })
    });
    summary.speedups.extend(speedups);
    (!summary.groups.is_empty()).then_some(summary)
}

/// What is known of pairs of contenders.
struct Pairs(BTreeMap<(usize, usize), Compared>);

impl Pairs {
    /// The interval of `a` to `b`, whichever way round it was compared.
    fn interval(&self, a: usize, b: usize) -> Option<Interval> {
        let straight = self.0.get(&(a, b)).map(|compared| compared.interval);
        straight.or_else(|| {
            let Interval { low, median, high } = self.0.get(&(b, a))?.interval;
            Some(Interval { low: -high, median: -median, high: -low })
        })
    }

    /// The noise floor: the measured difference between a contender and its
    /// twin plus one standard error.
    fn floor(&self, twin: Option<(usize, usize)>) -> f64 {
        let compared = twin.and_then(|pair| self.0.get(&pair));
        let seen = compared.filter(|compared| compared.error.is_finite());
        let floor = seen.map(|seen| seen.interval.median.abs() + seen.error);
        floor.unwrap_or(0.0).max(LEAST_FLOOR)
    }

    /// The standings of some contenders; none if none has samples.
    fn group(
        &self,
        row: &RowResult,
        workers: usize,
        members: &[usize],
        say: &dyn Fn(&Interval) -> Verdict,
    ) -> Option<Group> {
        let times = members.iter().filter_map(|index| {
            Some((*index, middle(row, *index, |t| Some(t.seconds()))?))
        });
        let times: Vec<(usize, f64)> = times.collect();
        let best = self.fastest(&times)?;
        let standing = |(contender, seconds): (usize, f64)| {
            let other = contender != best;
            let ratio = other.then(|| self.interval(contender, best)).flatten();
            let cpu = middle(row, contender, Taken::cpu);
            let verdict = ratio.as_ref().map(say);
            Standing { contender, seconds, cpu, ratio, verdict }
        };
        let mut standings: Vec<Standing> =
            times.into_iter().map(standing).collect();
        let place = |standing: &Standing| {
            standing.ratio.map_or(f64::NEG_INFINITY, |ratio| ratio.median)
        };
        standings.sort_by(|a, b| place(a).total_cmp(&place(b)));
        Some(Group { workers, best, standings })
    }

    /// The contender that no other beats, or the one with the smallest loss,
    /// since paired ratios need not be transitive.
    fn fastest(&self, times: &[(usize, f64)]) -> Option<usize> {
        let beaten = |(index, seconds): &(usize, f64)| {
            let others = times.iter().filter(|(other, _)| other != index);
            let by = others.map(|(other, theirs)| {
                match self.interval(*index, *other) {
                    Some(ratio) => ratio.median,
                    // Without a common round the times themselves must do.
                    None => (seconds / theirs).ln(),
                }
            });
            by.fold(f64::NEG_INFINITY, f64::max)
        };
        let least = times.iter().min_by(|a, b| beaten(a).total_cmp(&beaten(b)));
        least.map(|(index, _)| *index)
    }
}

/// The groups that are compared, by the number of workers asked for. Serial
/// contenders are in every group; twins and those that only answer are in none.
fn members(row: &RowResult) -> BTreeMap<usize, Vec<usize>> {
    let own = || {
        let all = row.contenders.iter().enumerate();
        // An answer without the work is no time to compare with.
        all.filter(|(_, c)| c.twin_of.is_none() && !c.answers_only)
    };
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, contender) in own().filter(|(_, c)| !c.serial) {
        groups.entry(contender.workers).or_default().push(index);
    }
    for (index, contender) in own().filter(|(_, c)| c.serial) {
        if groups.is_empty() {
            groups.insert(contender.workers, Vec::new());
        }
        groups.values_mut().for_each(|group| group.push(index));
    }
    groups.values_mut().for_each(|group| group.sort_unstable());
    groups
}

/// Each contender with the one of the same name that has the fewest workers.
fn bases(row: &RowResult) -> Vec<(usize, usize)> {
    let base = |(index, contender): (usize, &ContenderResult)| {
        let same = row.contenders.iter().enumerate().filter(|(_, other)| {
            other.name == contender.name && other.twin_of.is_none()
        });
        let (base, least) = same.min_by_key(|(_, other)| other.workers)?;
        let more =
            contender.twin_of.is_none() && contender.workers > least.workers;
        more.then_some((index, base))
    };
    let own =
        row.contenders.iter().enumerate().filter(|(_, c)| !c.answers_only);
    own.filter_map(base).collect()
}

/// The median of what a contender's samples say.
fn middle(
    row: &RowResult,
    contender: usize,
    of: impl Fn(&Taken) -> Option<f64>,
) -> Option<f64> {
    let own = row.samples.iter().filter(|taken| taken.contender == contender);
    median(&mut own.filter_map(of).collect::<Vec<_>>())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::protocol::Sample;
    use lanes_core::seed;

    /// A row whose contenders take these times, with one percent of noise.
    pub(crate) fn row(
        contenders: &[(&str, usize, Option<usize>, f64)],
    ) -> RowResult {
        let contender = |&(name, workers, twin_of, _): &(
            &str,
            usize,
            Option<usize>,
            f64,
        )| ContenderResult {
            name: name.into(),
            model: name.into(),
            workers,
            serial: name == "sequential",
            oversubscribed: false,
            answers_only: false,
            twin_of,
            versions: BTreeMap::new(),
            failure: None,
            latencies: BTreeMap::new(),
        };
        let mut noise = seed::numbers(7).map(|number| {
            1.0 + 0.02 * ((number >> 11) as f64 / (1u64 << 53) as f64 - 0.5)
        });
        let mut samples = Vec::new();
        for (visit, round) in (0..6).flat_map(|v| (0..8).map(move |r| (v, r))) {
            for (index, (.., time)) in contenders.iter().enumerate() {
                let nanos = time * 1e9 * noise.next().unwrap();
                let sample = Sample {
                    runs: 1,
                    wall_ns: nanos as u64,
                    ..Sample::default()
                };
                let contender = index;
                let seed = 7;
                samples.push(Taken { visit, round, contender, seed, sample });
            }
        }
        RowResult {
            workload: "max".into(),
            size: "2^22".into(),
            parameters: serde_json::Value::Null,
            items: 1,
            unit: "number".into(),
            contenders: contenders.iter().map(contender).collect(),
            limits: Vec::new(),
            samples,
            summary: None,
        }
    }

    #[test]
    fn ties_are_ties_and_the_slow_are_slower() {
        let row = row(&[
            ("sequential", 1, None, 0.010),
            ("rayon", 2, None, 0.006),
            ("tokio", 2, None, 0.006),
            ("smol", 2, None, 0.0066),
            ("rayon", 2, Some(1), 0.006),
        ]);
        let summary = summarize(&row, 0.95, 0.03).unwrap();
        assert_eq!((summary.rounds, summary.visits), (48, 6));
        assert!(summary.floor < 0.02, "{}", summary.floor);
        let [group] = &summary.groups[..] else { panic!("{summary:?}") };
        let found = |index: usize| {
            let mut all = group.standings.iter();
            all.find(|standing| standing.contender == index).unwrap()
        };
        let tied = if group.best == 1 { 2 } else { 1 };
        let verdict = found(tied).verdict.unwrap();
        assert!(matches!(verdict, Verdict::Equivalent { .. }), "{verdict:?}");
        for (index, ratio) in [(3, 1.1), (0, 1.0 / 0.6)] {
            let standing = found(index);
            let verdict = standing.verdict.unwrap();
            assert!(matches!(verdict, Verdict::Slower { .. }), "{verdict:?}");
            let interval = standing.ratio.unwrap().ratio();
            assert!(interval.low < ratio && ratio < interval.high);
        }
        assert_eq!(group.standings[0].contender, group.best);
        assert_eq!(group.standings[3].contender, 0);
        assert!(summary.speedups.is_empty());
        assert_eq!(summary.unclear(), 0);
    }

    #[test]
    fn more_workers_are_compared_with_fewer_of_the_same() {
        let row = row(&[
            ("sequential", 1, None, 0.010),
            ("rayon", 1, None, 0.010),
            ("rayon", 2, None, 0.0055),
            ("rayon", 4, None, 0.0055),
        ]);
        let summary = summarize(&row, 0.95, 0.03).unwrap();
        let workers = summary.groups.iter().map(|group| group.workers);
        assert_eq!(workers.collect::<Vec<_>>(), [1, 2, 4]);
        let speedup = |contender| {
            let mut all = summary.speedups.iter();
            let found = all.find(|speedup| speedup.contender == contender);
            let found = found.unwrap();
            (found.speedup.median.exp(), found.efficiency)
        };
        let (two, efficiency) = speedup(2);
        assert!((two - 1.818).abs() < 0.03, "{two}");
        assert!((efficiency - 0.909).abs() < 0.02, "{efficiency}");
        assert!((speedup(3).1 - 0.4545).abs() < 0.01);
    }

    #[test]
    fn a_row_without_samples_has_no_summary() {
        let mut row = row(&[("rayon", 2, None, 0.01)]);
        row.samples.clear();
        assert_eq!(summarize(&row, 0.95, 0.03), None);
    }
}
