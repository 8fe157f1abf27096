//! Paired log-ratios, simultaneous bootstrap intervals, and verdicts.
//!
//! Whatever slows a whole round down (other load, a lower clock) cancels in
//! the ratio of two samples of the same round, so a pair of contenders is
//! compared by the median of its paired log-ratios. What does not cancel is
//! the luck of a process (its memory layout, its placement on the cores),
//! which is the same for all rounds of one visit. The intervals therefore
//! come from resampling visits, and rounds within the visits (Davison and
//! Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).

use lanes_core::seed;
use serde::{Deserialize, Deserializer, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Resamples behind each standard error and critical value.
const RESAMPLES: usize = 1000;

/// With fewer common rounds than this a median has no useful error.
const FEWEST_ROUNDS: usize = 5;

/// A decision that takes more rounds than this never comes.
const MOST_ROUNDS: f64 = 100_000.0;

/// The samples of one row, by visit, round and contender: natural logarithms
/// of seconds per run, `None` where a contender was not sampled.
///
/// Values that are not finite count as not sampled, and so does a contender
/// beyond the end of a round.
pub type Visits = [Vec<Vec<Option<f64>>>];

/// The middle value, or the mean of the two middle ones; `None` of nothing
/// or if a NaN is in the middle.
///
/// Reorders the values.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let odd = values.len() % 2 == 1;
    let (lower, &mut upper, _) =
        values.select_nth_unstable_by(half, f64::total_cmp);
    let middle = if odd {
        upper
    } else {
        let lower = lower.iter().copied().max_by(f64::total_cmp)?;
        lower.midpoint(upper)
    };
    Some(middle).filter(|middle| !middle.is_nan())
}

/// The median of log-ratios and the ends of its confidence interval.
///
/// The ends are infinite if the data cannot bound them. JSON has no infinite
/// numbers: such ends are written as null, and read back as infinite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end, a log-ratio.
    #[serde(deserialize_with = "unbounded_below")]
    pub low: f64,
    /// The estimate, a log-ratio.
    pub median: f64,
    /// The upper end, a log-ratio.
    #[serde(deserialize_with = "unbounded_above")]
    pub high: f64,
}

impl Interval {
    fn around(median: f64, half_width: f64) -> Self {
        Self { low: median - half_width, median, high: median + half_width }
    }

    /// The same as ratios of times: 1 means equally fast.
    pub fn ratio(&self) -> Self {
        let Self { low, median, high } = *self;
        Self { low: low.exp(), median: median.exp(), high: high.exp() }
    }

    /// Half the distance between the ends.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

fn unbounded_below<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NEG_INFINITY))
}

fn unbounded_above<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::INFINITY))
}

/// How the first contender of a pair compares with the second one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The two contenders; the log-ratios are of the first to the second.
    pub pair: (usize, usize),
    /// Standard error of the median log-ratio; infinite (null in JSON) with
    /// only one visit or with fewer than five common rounds.
    #[serde(deserialize_with = "unbounded_above")]
    pub error: f64,
    /// Rounds, over all visits, in which both were sampled.
    pub rounds: usize,
    /// Visits with at least one such round.
    pub visits: usize,
    /// Holds for all the compared pairs at once.
    pub interval: Interval,
    /// Holds for this pair, if it was chosen before measuring.
    pub alone: Interval,
}

/// Compares the contenders of each pair by the median of their paired
/// log-ratios, ln(first / second), over the common rounds of all visits.
///
/// `Compared::interval` holds for all the pairs at once with probability
/// `level` (such as 0.95, between 0 and 1), so it may be read after picking
/// the fastest or the most striking pair. A pair without a common round has
/// `None`. The same seed gives the same result. With only one visit, or with fewer than
/// five common rounds, the intervals are unbounded.
///
/// The method, with V visits and n common rounds of a pair:
///
/// - B, the variance of the median if whole visits are resampled, times
///   V / (V - 1), covers all sources, but has only V - 1 degrees of freedom.
///   W, that if rounds are resampled within each visit, times n / (n - V), has
///   many, but does not see what differs between visits.
/// - S is the scatter of a pair's ratios within visits, robust to outliers.
///   With three contenders and more, B is raised to what the median of B / S
///   over the pairs makes of S, if it is less: a pair whose visits agree by
///   luck gets no narrow interval. A pair that is near the others also gets
///   degrees of freedom from them, one that stands out keeps its own.
/// - The variance is B + W / 2, with Satterthwaite's degrees of freedom. The
///   second term costs some width if the visits agree, and gains more degrees
///   of freedom. Its half was found by simulation (`examples/simulate.rs`).
/// - The critical value is that of the largest of normal variables, which are
///   correlated as the pairs' medians are if rounds are resampled, stretched
///   to Student's distribution with the pair's degrees of freedom.
pub fn compare(
    visits: &Visits,
    pairs: &[(usize, usize)],
    level: f64,
    seed: u64,
) -> Vec<Option<Compared>> {
    let pairs: Vec<_> =
        pairs.iter().map(|&pair| Pair::new(visits, pair)).collect();
    let errors = errors(visits, &pairs, seed);
    // Fewer tell how the pairs are correlated.
    let draws = resampled(visits, &pairs, Level::Pooled, RESAMPLES / 4, seed);
    let together = largest(&draws, seed, level);
    let compared = |(pair, error): (&Pair, &Error)| {
        let median = pair.median?;
        let interval = |critical| {
            // Neither 0 times infinity nor infinity times 0.
            let width = if error.size == 0.0 || !error.known() {
                error.size
            } else {
                error.size * student(critical, error.freedom)
            };
            Interval::around(median, width)
        };
        Some(Compared {
            pair: pair.contenders,
            error: error.size,
            rounds: pair.rounds,
            visits: pair.visits,
            interval: interval(together),
            alone: interval(normal(level)),
        })
    };
    pairs.iter().zip(&errors).map(compared).collect()
}

/// Bootstrap draws of the pairs' median log-ratios, by draw and pair, for
/// intervals of what is computed from them, such as geometric means over
/// rows.
///
/// The draws of a pair are spread about its median by `Compared::error` (of
/// the same pairs), and are `None` if that is infinite. The few degrees of
/// freedom of a single row are not in them. For one seed, rows with equally
/// many visits are resampled by the same visits: what the rows of one visit
/// have in common stays in common.
pub fn draws(
    visits: &Visits,
    pairs: &[(usize, usize)],
    count: usize,
    seed: u64,
) -> Vec<Vec<Option<f64>>> {
    let pairs: Vec<_> =
        pairs.iter().map(|&pair| Pair::new(visits, pair)).collect();
    let errors = errors(visits, &pairs, seed);
    let mut draws = resampled(visits, &pairs, Level::Both, count, seed);
    for (index, (pair, error)) in pairs.iter().zip(&errors).enumerate() {
        let spread = moments(&draws, index).1.sqrt();
        let stretch = if spread > 0.0 { error.size / spread } else { 1.0 };
        for draw in &mut draws {
            draw[index] =
                draw[index].zip(pair.median).and_then(|(to, from)| {
                    let drawn = from + (to - from) * stretch;
                    (error.known() && drawn.is_finite()).then_some(drawn)
                });
        }
    }
    draws
}

/// What an interval says about the first contender of its pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// No difference that the reader asked for.
    Equivalent {
        /// The largest difference the interval leaves, as a fraction: 0.01
        /// means that one takes at most 1 % more time than the other.
        within: f64,
    },
    /// It takes more time.
    Slower {
        /// How much at least, as a fraction of the second one's time.
        low: f64,
        /// How much at most.
        high: f64,
    },
    /// It takes less time.
    Faster {
        /// The ratio of times minus one at the interval's lower end, a
        /// negative fraction: how much at most.
        low: f64,
        /// The same at the upper end: how much at least.
        high: f64,
    },
    /// The interval allows more than one of the above.
    Unclear {
        /// How many rounds more (in visits as long as those so far) would
        /// likely decide; `None` if this cannot be told or is more than
        /// 100,000.
        more_rounds: Option<usize>,
    },
}

/// The verdict on an interval that was got from `rounds` rounds.
///
/// `floor` and `margin` are log-ratios of at least 0: a median up to `floor` is
/// told as no difference, however sure, since an A/A control shows such ones
/// too; all within `margin` counts as equivalent, even beyond the floor.
pub fn verdict(
    interval: &Interval,
    floor: f64,
    margin: f64,
    rounds: usize,
) -> Verdict {
    let Interval { low, median, high } = *interval;
    let farthest = high.max(-low);
    if farthest <= margin {
        return Verdict::Equivalent { within: farthest.exp_m1() };
    }
    let (least, most) = (low.exp_m1(), high.exp_m1());
    if low > 0.0 && median > floor {
        return Verdict::Slower { low: least, high: most };
    }
    if high < 0.0 && median < -floor {
        return Verdict::Faster { low: least, high: most };
    }
    // The half width shrinks with the square root of the rounds, until the
    // nearest boundary is out of it.
    let told = if median.abs() > floor { median.abs() } else { 0.0 };
    let distance = told.max(margin - median.abs());
    let needed = rounds as f64 * (interval.half_width() / distance).powi(2);
    let more = (needed - rounds as f64).ceil().max(1.0);
    let decides = distance > 0.0 && needed.is_finite() && more <= MOST_ROUNDS;
    Verdict::Unclear { more_rounds: decides.then_some(more as usize) }
}

/// The paired log-ratios of two contenders.
struct Pair {
    contenders: (usize, usize),
    /// Ascending, each with the index of its round among those of all visits.
    ratios: Vec<(f64, usize)>,
    median: Option<f64>,
    rounds: usize,
    visits: usize,
    /// How much the ratios of one visit scatter: the square of the middle
    /// half's width, after the median of each visit is taken off.
    scatter: f64,
}

impl Pair {
    fn new(visits: &Visits, contenders: (usize, usize)) -> Self {
        let mut ratios = Vec::new();
        let mut index = 0;
        let mut common_visits = 0;
        let mut centred = Vec::new();
        for visit in visits {
            let before = ratios.len();
            for round in visit {
                let sample = |contender| *round.get::<usize>(contender)?;
                let ratio = sample(contenders.0)
                    .zip(sample(contenders.1))
                    .map(|(first, second)| first - second)
                    .filter(|ratio| ratio.is_finite());
                ratios.extend(ratio.map(|ratio| (ratio, index)));
                index += 1;
            }
            let mut visit: Vec<f64> =
                ratios[before..].iter().map(|&(ratio, _)| ratio).collect();
            if let Some(middle) = median(&mut visit) {
                common_visits += 1;
                centred.extend(visit.iter().map(|ratio| ratio - middle));
            }
        }
        ratios.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        centred.sort_unstable_by(f64::total_cmp);
        let quarter = centred.len() / 4;
        let width = match centred.len() {
            0 => 0.0,
            count => centred[count - 1 - quarter] - centred[quarter],
        };
        let mut pair = Self {
            scatter: width.powi(2),
            contenders,
            rounds: ratios.len(),
            visits: common_visits,
            ratios,
            median: None,
        };
        pair.median = pair.resampled(&vec![1; index]);
        pair
    }

    /// The median if each round counts as often as `times` says. The ratios
    /// are sorted once, so that a resample costs no more than a walk.
    fn resampled(&self, times: &[usize]) -> Option<f64> {
        let total: usize = if self.rounds == times.len() {
            times.iter().sum()
        } else {
            self.ratios.iter().map(|&(_, round)| times[round]).sum()
        };
        let mut counted = 0;
        let mut ratios = self.ratios.iter();
        let mut reach = |rank| {
            ratios.find_map(|&(ratio, round)| {
                counted += times[round];
                match (counted * 2).cmp(&rank) {
                    Ordering::Less => None,
                    Ordering::Equal => Some((ratio, true)),
                    Ordering::Greater => Some((ratio, false)),
                }
            })
        };
        let (lower, between) = reach(total.max(1))?;
        if !between {
            return Some(lower);
        }
        let (upper, _) = reach(total + 1)?;
        Some(lower.midpoint(upper))
    }
}

/// The standard error of a pair's median and its degrees of freedom.
struct Error {
    size: f64,
    freedom: f64,
}

impl Error {
    const UNKNOWN: Self = Self { size: f64::INFINITY, freedom: 1.0 };

    fn known(&self) -> bool {
        self.size.is_finite()
    }
}

/// The method is described at [`compare`].
fn errors(visits: &Visits, pairs: &[Pair], seed: u64) -> Vec<Error> {
    let known = |pair: &Pair| pair.visits > 1 && pair.rounds >= FEWEST_ROUNDS;
    let between = resampled(visits, pairs, Level::Visits, RESAMPLES, seed);
    let within = resampled(visits, pairs, Level::Rounds, RESAMPLES, seed);
    let variances = |index: usize| {
        let (visits, rounds) = (pairs[index].visits, pairs[index].rounds);
        let correction = |of: usize, parts: usize| {
            of as f64 / of.saturating_sub(parts).max(1) as f64
        };
        (
            moments(&between, index).1 * correction(visits, 1),
            // One round in each visit leaves nothing to resample: then the
            // first variance tells all.
            moments(&within, index).1 * correction(rounds, visits),
        )
    };
    let variances: Vec<_> = (0..pairs.len()).map(variances).collect();
    let contenders: BTreeSet<usize> = pairs
        .iter()
        .filter(|pair| known(pair))
        .flat_map(|pair| [pair.contenders.0, pair.contenders.1])
        .collect();
    let contrasts = contenders.len().saturating_sub(1).min(pairs.len());
    let mut ratios: Vec<f64> = variances
        .iter()
        .zip(pairs)
        .filter(|(_, pair)| known(pair))
        .map(|((between, _), pair)| between / pair.scatter)
        .filter(|ratio| ratio.is_finite())
        .collect();
    let usual = median(&mut ratios).filter(|_| contrasts > 1).unwrap_or(0.0);
    let error = |(pair, &(own, within)): (&Pair, &(f64, f64))| {
        if !known(pair) {
            return Error::UNKNOWN;
        }
        let freedom = (pair.visits - 1) as f64;
        // The median of a chi-square distribution is below its mean (Wilson
        // and Hilferty, 1931). That of three ratios, which are not even
        // independent, is near the mean.
        let below = (1.0 - 2.0 / (9.0 * freedom)).powi(3);
        let below = if contrasts > 2 { below } else { 1.0 };
        let shared = usual * pair.scatter / below;
        let between = own.max(shared);
        let between_freedom = if contrasts > 1 {
            freedom * (contrasts as f64 * shared / between).max(1.0)
        } else {
            freedom
        };
        let within = within / 2.0;
        let within_freedom = (pair.rounds - pair.visits).max(1) as f64;
        let sum = between + within;
        if sum == 0.0 {
            return Error { size: 0.0, freedom };
        }
        if !sum.is_finite() {
            return Error::UNKNOWN;
        }
        let parts =
            between.powi(2) / between_freedom + within.powi(2) / within_freedom;
        Error { size: sum.sqrt(), freedom: sum.powi(2) / parts }
    };
    pairs.iter().zip(&variances).map(error).collect()
}

/// What a bootstrap resamples; all else stays as it was measured.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    /// Whole visits.
    Visits,
    /// The rounds of each visit.
    Rounds,
    /// Visits, and the rounds of each.
    Both,
    /// The rounds of all visits, as if they were one visit.
    Pooled,
}

/// The medians of the pairs in `count` resamples, by draw and pair.
fn resampled(
    visits: &Visits,
    pairs: &[Pair],
    level: Level,
    count: usize,
    seed: u64,
) -> Vec<Vec<Option<f64>>> {
    // Two streams, so that the choice of visits depends on the number of
    // visits only.
    let mut visit_numbers = seed::numbers(seed::part(seed, 0));
    let mut round_numbers = seed::numbers(seed::part(seed, 1));
    let starts: Vec<usize> = visits
        .iter()
        .scan(0, |start, visit| {
            Some(std::mem::replace(start, *start + visit.len()))
        })
        .collect();
    let mut times = vec![0; visits.iter().map(Vec::len).sum()];
    let mut draw = || {
        times.fill(0);
        if level == Level::Pooled {
            for _ in 0..times.len() {
                let round = below(&mut round_numbers, times.len());
                times[round] += 1;
            }
            return pairs.iter().map(|pair| pair.resampled(&times)).collect();
        }
        for visit in 0..visits.len() {
            let visit = match level {
                Level::Rounds => visit,
                _ => below(&mut visit_numbers, visits.len()),
            };
            let rounds = visits[visit].len();
            for round in 0..rounds {
                let round = match level {
                    Level::Visits => round,
                    _ => below(&mut round_numbers, rounds),
                };
                times[starts[visit] + round] += 1;
            }
        }
        pairs.iter().map(|pair| pair.resampled(&times)).collect()
    };
    (0..count).map(|_| draw()).collect()
}

/// A whole number below `end`; the bias is below `end` in 2^64.
fn below(numbers: &mut seed::Numbers, end: usize) -> usize {
    let number = numbers.next().expect("the stream is endless");
    ((u128::from(number) * end as u128) >> 64) as usize
}

/// The mean and the variance of one pair's draws.
fn moments(draws: &[Vec<Option<f64>>], pair: usize) -> (f64, f64) {
    let values = || draws.iter().filter_map(|draw| draw[pair]);
    let count = values().count() as f64;
    // Differences from the first value are exactly 0 if all are equal.
    let first = values().next().unwrap_or(0.0);
    let mean =
        values().map(|value| value - first).sum::<f64>() / count.max(1.0);
    let square = |value: f64| (value - first - mean).powi(2);
    let squares = values().map(square).sum::<f64>();
    (first + mean, squares / (count - 1.0).max(1.0))
}

/// The bound that the largest absolute value among normal variables, one a
/// pair and correlated as the draws are, exceeds with probability 1 - `level`.
///
/// A sum of many draws with random signs has the wanted distribution
/// (Chernozhukov, Chetverikov and Kato, "Gaussian approximations and
/// multiplier bootstrap for maxima of sums", 2013).
fn largest(draws: &[Vec<Option<f64>>], seed: u64, level: f64) -> f64 {
    let pairs = draws.first().map_or(0, Vec::len);
    let mut deviations = vec![vec![0.0; pairs]; draws.len()];
    for pair in 0..pairs {
        let (mean, variance) = moments(draws, pair);
        let scale = (variance * draws.len() as f64).sqrt();
        for (deviations, draw) in deviations.iter_mut().zip(draws) {
            deviations[pair] = draw[pair]
                .map(|value| (value - mean) / scale)
                .filter(|deviation| deviation.is_finite())
                .unwrap_or(0.0);
        }
    }
    let mut numbers = seed::numbers(seed::part(seed, 2));
    let mut maximum = || {
        let mut sums = vec![0.0; pairs];
        for deviations in deviations.chunks(64) {
            let signs = numbers.next().expect("the stream is endless");
            for (bit, deviations) in deviations.iter().enumerate() {
                let sign = if signs >> bit & 1 == 0 { 1.0 } else { -1.0 };
                for (sum, deviation) in sums.iter_mut().zip(deviations) {
                    *sum += sign * deviation;
                }
            }
        }
        sums.into_iter().map(f64::abs).fold(0.0, f64::max)
    };
    let mut maxima: Vec<f64> = (0..RESAMPLES).map(|_| maximum()).collect();
    let rank = (level * RESAMPLES as f64).ceil() as usize;
    let rank = rank.clamp(1, RESAMPLES) - 1;
    let (_, &mut bound, _) =
        maxima.select_nth_unstable_by(rank, f64::total_cmp);
    if pairs > 1 { bound.max(normal(level)) } else { normal(level) }
}

/// The bound that the absolute value of a standard normal variable exceeds
/// with probability 1 - `level`; off by at most 0.00045 (Abramowitz and
/// Stegun, "Handbook of Mathematical Functions", 1964, formula 26.2.23).
pub(crate) fn normal(level: f64) -> f64 {
    let tail = ((1.0 - level) / 2.0).clamp(1e-12, 0.5);
    let t = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (t - above / under).max(0.0)
}

/// The bound that a variable of Student's distribution exceeds as rarely as
/// a normal one exceeds `bound` (Wallace, "Bounds on normal approximations
/// to Student's and the chi-square distributions", 1959).
///
/// Never too small; too large by 40 % with one degree of freedom, by 4 % with
/// two and by less than 1 % from four.
pub(crate) fn student(bound: f64, freedom: f64) -> f64 {
    let scaled = bound * (8.0 * freedom + 3.0) / (8.0 * freedom + 1.0);
    (freedom * (scaled.powi(2) / freedom).exp_m1()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Quantiles {
        normal: Vec<(f64, f64)>,
        student: Vec<(f64, f64, f64)>,
        tukey: Vec<(usize, f64)>,
    }

    fn scipy() -> Quantiles {
        let text = include_str!("../tests/scipy/quantiles.json");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn normal_quantiles_are_those_of_scipy() {
        for (level, expected) in scipy().normal {
            let error = (normal(level) - expected).abs();
            assert!(error < 4.5e-4, "{level}: {error}");
        }
    }

    #[test]
    fn student_quantiles_are_near_those_of_scipy_and_never_below() {
        for (level, freedom, expected) in scipy().student {
            let excess = student(normal(level), freedom) / expected - 1.0;
            let most = match freedom {
                ..2.0 => f64::INFINITY,
                ..4.0 => 0.13,
                _ => 0.02,
            };
            assert!(
                (-0.001..most).contains(&excess),
                "{level} {freedom}: {excess}"
            );
        }
    }

    #[test]
    fn the_critical_value_of_equal_contenders_is_that_of_tukey() {
        let mut numbers = seed::numbers(1);
        // A sum of uniform numbers is normal enough.
        let mut sample = || {
            let twelve = numbers.by_ref().take(12);
            Some(twelve.map(|n| n as f64 / 2_f64.powi(64)).sum())
        };
        for (contenders, expected) in scipy().tukey {
            let mut round =
                || (0..contenders).map(|_| sample()).collect::<Vec<_>>();
            let visits: Vec<Vec<_>> =
                (0..10).map(|_| (0..40).map(|_| round()).collect()).collect();
            let pairs: Vec<_> = (0..contenders)
                .flat_map(|a| (a + 1..contenders).map(move |b| (a, b)))
                .map(|pair| Pair::new(&visits, pair))
                .collect();
            let draws = resampled(&visits, &pairs, Level::Pooled, 1000, 1);
            let bound = largest(&draws, 1, 0.95);
            assert!(
                (bound / expected - 1.0).abs() < 0.05,
                "{contenders}: {bound}, not {expected}"
            );
        }
    }
}
