//! From a row's samples to its summary: which contender is fastest, and by how
//! much.

mod table;

pub use table::table;

use crate::results::{ContenderResult, RowResult, Taken};
use crate::statistics::{Fit, Gap, Grade, Interval, gaps, median, of_all};
use crate::summary::{Group, Scale, Speedup, Standing, Summary};
use std::collections::BTreeMap;

/// Sums up a row; `None` without a sample. The intervals of each group hold at
/// once with probability `level`; contenders within `margin`, a fraction, are
/// as fast as each other.
pub fn summarize(row: &RowResult, level: f64, margin: f64) -> Option<Summary> {
    sum_up(row, &|taken| Some(taken.seconds()), level, margin)
}

/// The same of the CPU time that a run spends beside its work, in place of its
/// time; `None` for a row that is not paced. A run whose CPU time is not above
/// that of the work says nothing.
pub fn beside(row: &RowResult, level: f64, margin: f64) -> Option<Summary> {
    let work = row.work()?;
    sum_up(row, &|taken| spent_beside(taken, work), level, margin)
}

/// The median over the visits of what a contender of a paced row spends beside
/// the work, in seconds, with its interval; `None` of too few visits, and of
/// any that says nothing.
pub fn interval(
    row: &RowResult,
    contender: usize,
    level: f64,
) -> Option<Interval> {
    let work = row.work()?;
    let visits = table(row, |taken| spent_beside(taken, work)).into_iter();
    let own = visits.map(|visit| visit[contender].map(f64::exp));
    Interval::of(&own.collect::<Option<Vec<_>>>()?, level)
}

/// The CPU time of one run beside its work, in seconds; `None` if it is not
/// above that of the work.
pub fn spent_beside(taken: &Taken, work: f64) -> Option<f64> {
    Some(taken.cpu()? - work).filter(|beside| *beside > 0.0)
}

fn sum_up(
    row: &RowResult,
    of: &dyn Fn(&Taken) -> Option<f64>,
    level: f64,
    margin: f64,
) -> Option<Summary> {
    let times = table(row, of);
    let times = Times {
        row,
        of,
        wall: Fit::new(&times),
        cpu: Fit::new(&table(row, Taken::cpu)),
        level,
        margin,
        visits: times.len(),
    };
    let groups = members(row).into_iter();
    let groups: Vec<Group> = groups
        .filter_map(|(workers, members)| times.group(workers, &members))
        .collect();
    (!groups.is_empty()).then(|| Summary {
        visits: times.visits,
        level,
        twin: times.twin(),
        groups,
        speedups: times.speedups(),
        scale: times.scale(),
    })
}

/// The times of a row, fitted.
struct Times<'a> {
    row: &'a RowResult,
    /// What is compared, of a run.
    of: &'a dyn Fn(&Taken) -> Option<f64>,
    wall: Fit,
    cpu: Fit,
    level: f64,
    margin: f64,
    visits: usize,
}

impl Times<'_> {
    /// By how much a contender differs from its second process.
    fn twin(&self) -> Option<Interval> {
        let mut contenders = self.row.contenders.iter().enumerate();
        let (twin, of) =
            contenders.find_map(|(at, c)| Some((at, c.twin_of?)))?;
        Some(self.wall.difference(twin, of)?.interval(self.level))
    }

    /// The standings of some contenders; none if none has samples.
    fn group(&self, workers: usize, members: &[usize]) -> Option<Group> {
        let times = members.iter().filter_map(|index| {
            let seconds = middle(self.row, *index, self.of);
            Some((*index, seconds?))
        });
        let times: BTreeMap<usize, f64> = times.collect();
        let best = self.fastest(&times)?;
        let members: Vec<usize> = times.keys().copied().collect();
        let gaps = gaps(&self.wall, &members, best, self.level);
        let each = of_all(self.level, members.len() - 1);
        let standing = |gap: &Gap| {
            let contender = gap.contender;
            let other = contender != best;
            let grade = Grade::of(gap, members.len(), self.level, self.margin);
            let cpu_ratio = self.cpu.difference(contender, best);
            // Of few visits nothing is certain, but times are there.
            let estimate = self.estimate(contender, best, &times);
            let Interval { low, high, .. } = gap.slower;
            let ratio =
                Interval { median: estimate.clamp(low, high), low, high };
            Standing {
                contender,
                seconds: times[&contender],
                cpu: middle(self.row, contender, Taken::cpu),
                ratio: other.then_some(ratio),
                grade: (members.len() > 1).then_some(grade),
                cpu_ratio: cpu_ratio.map(|found| found.interval(each)),
            }
        };
        let mut standings: Vec<Standing> = gaps.iter().map(standing).collect();
        let place = |standing: &Standing| {
            standing.ratio.map_or(f64::NEG_INFINITY, |ratio| ratio.median)
        };
        standings.sort_by(|a, b| place(a).total_cmp(&place(b)));
        Some(Group { workers, best, standings })
    }

    /// By how much one contender is slower than another, a log-ratio.
    fn estimate(
        &self,
        slower: usize,
        other: usize,
        times: &BTreeMap<usize, f64>,
    ) -> f64 {
        match self.wall.difference(slower, other) {
            Some(found) => found.estimate,
            // Without common visits the times themselves must do.
            None => {
                let ratio = (times[&slower] / times[&other]).ln();
                // A time of zero nanoseconds has no ratio.
                if ratio.is_finite() { ratio } else { 0.0 }
            }
        }
    }

    /// The contender that no other beats, or the one with the smallest loss,
    /// since trimmed means need not be transitive.
    fn fastest(&self, times: &BTreeMap<usize, f64>) -> Option<usize> {
        let beaten = |(index, _): &(&usize, &f64)| {
            let others = times.iter().filter(|(other, _)| other != index);
            let by =
                others.map(|(other, _)| self.estimate(**index, *other, times));
            by.fold(f64::NEG_INFINITY, f64::max)
        };
        let least = times.iter().min_by(|a, b| beaten(a).total_cmp(&beaten(b)));
        least.map(|(index, _)| *index)
    }

    /// What more workers gained; the intervals hold for all at once.
    fn speedups(&self) -> Vec<Speedup> {
        let bases = bases(self.row);
        let each = of_all(self.level, bases.len());
        let speedup = |(contender, base): (usize, usize)| {
            let found = self.wall.difference(base, contender)?;
            let speedup = found.interval(each);
            let workers =
                |index: usize| self.row.contenders[index].workers as f64;
            let more = workers(contender) / workers(base);
            let efficiency = speedup.median.exp() / more;
            Some(Speedup { contender, base, speedup, efficiency })
        };
        bases.into_iter().filter_map(speedup).collect()
    }

    /// The models on nodes beside one thread; the intervals hold for all at
    /// once.
    fn scale(&self) -> Vec<Scale> {
        let own = || {
            let all = self.row.contenders.iter().enumerate();
            all.filter(|(_, c)| c.twin_of.is_none() && !c.answers_only)
        };
        let sequential = |(_, c): &(usize, &ContenderResult)| {
            c.serial && c.model == "sequential"
        };
        let Some((one, _)) = own().find(sequential) else { return Vec::new() };
        let nodes: Vec<_> = own().filter(|(_, c)| c.nodes).collect();
        let each = of_all(self.level, nodes.len());
        let scale = |(contender, _): (usize, &ContenderResult)| {
            let ratio = self.wall.difference(contender, one)?.interval(each);
            let moved = middle(self.row, contender, Taken::moved);
            let start =
                median(&mut self.row.contenders[contender].starts.clone());
            Some(Scale { contender, one, ratio, moved, start })
        };
        nodes.into_iter().filter_map(scale).collect()
    }
}

/// The groups that are compared, by the number of workers asked for. Serial
/// contenders are in every group, and so are those on nodes; twins and those
/// that only answer are in none.
fn members(row: &RowResult) -> BTreeMap<usize, Vec<usize>> {
    let own = || {
        let all = row.contenders.iter().enumerate();
        // An answer without the work is no time to compare with.
        all.filter(|(_, c)| c.twin_of.is_none() && !c.answers_only)
    };
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let anywhere = |c: &ContenderResult| c.serial || c.nodes;
    for (index, contender) in own().filter(|(_, c)| !anywhere(c)) {
        groups.entry(contender.workers).or_default().push(index);
    }
    for (index, contender) in own().filter(|(_, c)| anywhere(c)) {
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
            let is_same = match contender.nodes {
                true => {
                    let both = |c: &ContenderResult| (c.nodes, c.input);
                    both(other) == both(contender)
                        && other.model == contender.model
                }
                false => other.name == contender.name,
            };
            is_same && other.twin_of.is_none()
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
    use crate::results::LimitResult;
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
            model: name.split(", ").next().unwrap().into(),
            workers,
            serial: name == "sequential",
            nodes: name.contains(" node"),
            input: None,
            namespaces: false,
            starts: Vec::new(),
            oversubscribed: false,
            answers_only: false,
            twin_of,
            versions: BTreeMap::new(),
            failure: None,
            latencies: BTreeMap::new(),
            saturated: 0,
        };
        let mut noise = seed::numbers(7).map(|number| {
            1.0 + 0.02 * ((number >> 11) as f64 / (1u64 << 53) as f64 - 0.5)
        });
        let mut samples = Vec::new();
        for (visit, round) in (0..8).flat_map(|v| (0..3).map(move |r| (v, r))) {
            for (index, (.., time)) in contenders.iter().enumerate() {
                let nanos = time * 1e9 * noise.next().unwrap();
                let sample = Sample {
                    runs: 1,
                    wall_ns: nanos as u64,
                    ..Sample::default()
                };
                let contender = index;
                let seed = 7;
                samples.push(Taken {
                    visit,
                    round,
                    contender,
                    seed,
                    moved_bytes: None,
                    sample,
                });
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
            seconds: 8.0,
            hops: Vec::new(),
            samples,
            summary: None,
        }
    }

    #[test]
    fn nodes_stand_beside_one_machine_and_one_thread() {
        let row = row(&[
            ("sequential", 1, None, 1.0),
            ("rayon", 2, None, 0.6),
            ("far, 1 node", 1, None, 2.0),
            ("far, 2 nodes", 2, None, 0.8),
        ]);
        let summary = summarize(&row, 0.95, 0.1).unwrap();
        let [group] = &summary.groups[..] else { panic!("{summary:?}") };
        assert_eq!((group.workers, group.standings.len()), (2, 4));
        let [one, two] = &summary.scale[..] else { panic!("{summary:?}") };
        assert_eq!((one.contender, one.one, two.contender), (2, 0, 3));
        assert!(one.ratio.low > 0.0 && two.ratio.high < 0.0, "{summary:?}");
        let [more] = &summary.speedups[..] else { panic!("{summary:?}") };
        assert_eq!((more.contender, more.base), (3, 2));
        let speedup = more.speedup.median.exp();
        assert!((2.3..2.7).contains(&speedup), "{speedup}");
        // Without one thread there is nothing to stand beside.
        let row = self::row(&[("far, 1 node", 1, None, 2.0)]);
        let summary = summarize(&row, 0.95, 0.1).unwrap();
        assert_eq!((summary.groups.len(), summary.scale.len()), (1, 0));
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
        assert_eq!(summary.visits, 8);
        let twin = summary.twin.unwrap();
        assert!(twin.median.abs() < 0.01, "{twin:?}");
        assert!((0.001..0.02).contains(&twin.half_width()), "{twin:?}");
        let [group] = &summary.groups[..] else { panic!("{summary:?}") };
        let found = |index: usize| {
            let mut all = group.standings.iter();
            all.find(|standing| standing.contender == index).unwrap()
        };
        let tied = if group.best == 1 { 2 } else { 1 };
        for same in [tied, group.best] {
            let grade = found(same).grade.unwrap();
            assert!(matches!(grade, Grade::AsFast { .. }), "{grade:?}");
        }
        for (index, ratio) in [(3, 1.1), (0, 1.0 / 0.6)] {
            let standing = found(index);
            let grade = standing.grade.unwrap();
            assert!(matches!(grade, Grade::Slower { .. }), "{grade:?}");
            let interval = standing.ratio.unwrap().ratio();
            assert!(interval.low < ratio && ratio < interval.high);
        }
        assert_eq!(group.standings[0].contender, group.best);
        assert_eq!(group.standings[3].contender, 0);
        assert!(summary.speedups.is_empty());
        assert_eq!(summary.open(), 0);
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
    fn of_one_visit_the_ratio_is_that_of_the_times() {
        let mut row = row(&[
            ("rayon", 2, None, 0.01),
            ("tokio", 2, None, 0.03),
            ("smol", 2, None, 0.02),
        ]);
        row.samples.retain(|taken| taken.visit == 0);
        let summary = summarize(&row, 0.95, 0.1).unwrap();
        let [group] = &summary.groups[..] else { panic!("{summary:?}") };
        let order = group.standings.iter().map(|standing| standing.contender);
        assert_eq!(order.collect::<Vec<_>>(), [0, 2, 1]);
        let [_, smol, tokio] = &group.standings[..] else { panic!() };
        for (standing, times) in [(smol, 2.0), (tokio, 3.0)] {
            let ratio = standing.ratio.unwrap().ratio();
            assert!((ratio.median / times - 1.0).abs() < 0.03, "{ratio:?}");
            assert_eq!((ratio.low, ratio.high), (1.0, f64::INFINITY));
            assert!(standing.grade.unwrap().is_open());
        }
    }

    /// A row at a set pace: all runs take 20 ms, of which the work is 8 ms of
    /// CPU time, and these models spend so much beside it.
    pub(crate) fn paced(beside: &[(&str, f64)]) -> RowResult {
        let times = beside.iter().map(|(name, _)| (*name, 2, None, 0.020));
        let mut row = row(&times.collect::<Vec<_>>());
        row.workload = "burst".into();
        row.limits = vec![LimitResult {
            workers: 2,
            what: "the gaps".into(),
            seconds: vec![0.019, 0.019],
            work: vec![0.009, 0.008],
            span: Vec::new(),
        }];
        for taken in &mut row.samples {
            let noise = taken.sample.wall_ns as f64 / 0.020e9;
            let spent = 0.008e9 + beside[taken.contender].1 * 1e9 * noise;
            taken.sample.user_ns = Some(spent as u64);
            taken.sample.system_ns = Some(0);
        }
        row
    }

    #[test]
    fn a_row_at_a_set_pace_is_compared_by_the_cpu_time_beside_its_work() {
        let row =
            paced(&[("tokio", 0.004), ("rayon", 0.002), ("idle", -0.001)]);
        let times = summarize(&row, 0.95, 0.05).unwrap();
        let grades: Vec<_> = times.grades().collect();
        let tied = |grade: &&Grade| matches!(grade, Grade::AsFast { .. });
        assert!(grades.iter().all(tied), "{grades:?}");
        let summary = beside(&row, 0.95, 0.05).unwrap();
        // Less than the work is no measurement.
        let [group] = &summary.groups[..] else { panic!("{summary:?}") };
        let [rayon, tokio] = &group.standings[..] else { panic!("{group:?}") };
        assert_eq!((rayon.contender, tokio.contender), (1, 0));
        assert_eq!(rayon.grade, Some(Grade::Fastest));
        let ratio = tokio.ratio.unwrap().ratio();
        assert!(ratio.low < 2.0 && 2.0 < ratio.high, "{ratio:?}");
        let known = interval(&row, 1, 0.95).unwrap();
        assert!(known.low < 0.002 && 0.002 < known.high, "{known:?}");
        assert_eq!(interval(&row, 2, 0.95), None);
        let mut other = row.clone();
        other.workload = "max".into();
        assert_eq!(beside(&other, 0.95, 0.05), None);
    }

    #[test]
    fn a_row_without_samples_has_no_summary() {
        let mut row = row(&[("rayon", 2, None, 0.01)]);
        row.samples.clear();
        assert_eq!(summarize(&row, 0.95, 0.03), None);
    }
}
