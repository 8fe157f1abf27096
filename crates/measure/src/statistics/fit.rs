//! The differences between the contenders of a row, with their errors.

use super::moderated::{Prior, prior};

/// Before two contenders have so many visits in common, nothing is known about
/// the error of their difference.
pub const FEWEST_VISITS: usize = 3;

/// By how much the logarithm of one contender's time exceeds another's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The estimate: 0.1 is 10.5 % more time.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// The degrees of freedom of that error.
    pub freedom: f64,
    /// The visits that both took part in.
    pub visits: usize,
}

/// The differences between all contenders of a row.
#[derive(Debug, Clone)]
pub struct Fit {
    contenders: usize,
    /// By the first and the second contender, the first below the second.
    differences: Vec<Option<Difference>>,
}

impl Fit {
    /// Fits a row's times: by visit and contender the natural logarithm of
    /// seconds (or of any other positive quantity), `None` where a contender
    /// took no part. Values that are not finite count as not measured.
    ///
    /// The model has two ways: a contender's effect, and a visit's, which all
    /// of its contenders share and which cancels in the difference of two of
    /// the same visit.
    ///
    /// - The estimate for a pair is the trimmed mean of its differences by
    ///   visit, with a tenth of them left out at each end from nine visits on:
    ///   other load strikes one process for the whole of its visit.
    /// - Its variance is that of Tukey and McLaughlin ("Less vulnerable
    ///   confidence and significance procedures for location based on a single
    ///   sample", 1963): the winsorized one over the share that is left.
    /// - The variances of all pairs of the row are drawn toward what they have
    ///   in common, which counts for at most as many degrees of freedom as a
    ///   pair itself has: see [`prior`]. A pair that stands out keeps its own.
    pub fn new(table: &[Vec<Option<f64>>]) -> Self {
        let contenders = table.iter().map(Vec::len).max().unwrap_or(0);
        let pairs =
            (0..contenders).flat_map(|a| (0..contenders).map(move |b| (a, b)));
        let pairs = pairs.map(|(a, b)| (a < b).then(|| paired(table, a, b))?);
        let mut differences: Vec<Option<Difference>> = pairs.collect();
        let known = differences.iter().flatten();
        let known = known.map(|d| (d.error.powi(2) * d.scale(), d.freedom));
        let prior = prior(&known.collect::<Vec<_>>());
        for difference in &mut differences {
            // Visits that are all alike, as of a coarse clock, show no error:
            // it is not zero then.
            *difference = difference
                .map(|found| found.moderated(&prior))
                .filter(|found| found.error > 0.0);
        }
        Self { contenders, differences }
    }

    /// The logarithm of `a`'s time less that of `b`'s; `None` before they have
    /// [`FEWEST_VISITS`] visits in common, and where nothing shows the error.
    pub fn difference(&self, a: usize, b: usize) -> Option<Difference> {
        if a.max(b) >= self.contenders || a == b {
            return None;
        }
        let known = self.differences[a.min(b) * self.contenders + a.max(b)]?;
        let sign = if a < b { 1.0 } else { -1.0 };
        Some(Difference { estimate: sign * known.estimate, ..known })
    }
}

impl Difference {
    /// Variances of means over many visits are small: what pairs have in
    /// common is the variance of a single visit.
    fn scale(&self) -> f64 {
        self.visits as f64
    }

    fn moderated(self, prior: &Prior) -> Self {
        let scale = self.scale();
        let variance = self.error.powi(2) * scale;
        let (variance, freedom) = prior.shrink(variance, self.freedom);
        Self { error: (variance / scale).sqrt(), freedom, ..self }
    }
}

/// The trimmed mean of the differences of two contenders by visit.
fn paired(
    table: &[Vec<Option<f64>>],
    a: usize,
    b: usize,
) -> Option<Difference> {
    let of = |visit: &Vec<Option<f64>>| {
        let time = |at: usize| *visit.get::<usize>(at)?;
        let difference = time(a)? - time(b)?;
        difference.is_finite().then_some(difference)
    };
    trimmed(table.iter().filter_map(of).collect())
}

/// The trimmed mean of some values, with its error.
///
/// `None` of fewer than [`FEWEST_VISITS`].
pub fn trimmed(mut values: Vec<f64>) -> Option<Difference> {
    let visits = values.len();
    if visits < FEWEST_VISITS {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let out = (visits + 1) / 10;
    let (low, high) = (values[out], values[visits - 1 - out]);
    let kept = &values[out..visits - out];
    let count = kept.len() as f64;
    let estimate = kept.iter().sum::<f64>() / count;
    let winsorized = values.iter().map(|value| value.clamp(low, high));
    let mean = winsorized.clone().sum::<f64>() / visits as f64;
    let squares = winsorized.map(|value| (value - mean).powi(2)).sum::<f64>();
    let freedom = count - 1.0;
    let error = (squares / (count * freedom)).sqrt();
    Some(Difference { estimate, error, freedom, visits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[&[f64]]) -> Vec<Vec<Option<f64>>> {
        let visits = columns[0].len();
        let visit = |v: usize| columns.iter().map(|c| Some(c[v])).collect();
        (0..visits).map(visit).collect()
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    #[test]
    fn a_pair_is_students_paired_test_while_visits_are_few() {
        // scipy.stats.ttest_rel has the statistic 5.6568542494923815.
        let (a, b) = ([1.2, 1.4, 1.1, 1.3], [1.0, 1.1, 0.9, 1.2]);
        let fit = Fit::new(&table(&[&a, &b]));
        let found = fit.difference(0, 1).unwrap();
        near(found.estimate, 0.2);
        near(found.estimate / found.error, 4.898_979_485_566_356);
        assert_eq!((found.freedom, found.visits), (3.0, 4));
        let other = fit.difference(1, 0).unwrap();
        near(other.estimate, -0.2);
        assert_eq!(other.error, found.error);
        assert_eq!(fit.difference(0, 0), None);
        assert_eq!(fit.difference(0, 2), None);
    }

    #[test]
    fn a_disturbed_visit_is_left_out() {
        // scipy.stats.trim_mean and mstats.trimmed_stde at a tenth.
        let mut values: Vec<f64> = (0..10).map(f64::from).collect();
        values[9] = 1000.0;
        let found = trimmed(values).unwrap();
        near(found.estimate, 4.5);
        assert_eq!(found.freedom, 7.0);
        near(found.error, (66.5_f64 / 56.0).sqrt());
    }

    #[test]
    fn what_all_contenders_share_cancels() {
        let drift = [0.0, 5.0, -3.0, 1.0, 0.2];
        let time = |own: [f64; 5]| -> Vec<f64> {
            own.iter().zip(drift).map(|(own, drift)| own + drift).collect()
        };
        let a = time([1.0, 1.1, 0.9, 1.0, 1.05]);
        let b = time([0.5, 0.45, 0.55, 0.5, 0.52]);
        let found = Fit::new(&table(&[&a, &b])).difference(0, 1).unwrap();
        near(found.estimate, 0.506);
        assert!(found.error < 0.05, "{found:?}");
    }

    #[test]
    fn luck_is_drawn_toward_the_usual_and_the_noisy_stay_noisy() {
        let quiet = [1.0, 1.000_001, 0.999_999, 1.0];
        let noisy = [2.0, 3.0, 1.0, 2.5];
        let [c, d, e] = [
            [1.01, 0.98, 1.02, 0.99],
            [0.97, 1.02, 1.01, 1.00],
            [1.02, 1.00, 0.98, 0.99],
        ];
        let columns: [&[f64]; 5] = [&quiet, &quiet, &c, &d, &e];
        let fit = Fit::new(&table(&columns));
        let same = fit.difference(0, 1).unwrap();
        assert!(same.error > 0.0 && same.freedom > 3.0, "{same:?}");
        let columns: [&[f64]; 4] = [&noisy, &c, &d, &e];
        let fit = Fit::new(&table(&columns));
        let far = fit.difference(0, 1).unwrap();
        let near = fit.difference(1, 2).unwrap();
        assert!(far.error > 4.0 * near.error, "{far:?} {near:?}");
    }

    #[test]
    fn visits_that_are_all_alike_say_nothing() {
        let same = table(&[&[1.0; 8], &[2.0; 8]]);
        assert_eq!(Fit::new(&same).difference(0, 1), None);
    }

    #[test]
    fn few_visits_and_no_numbers_say_nothing() {
        let two = table(&[&[1.0, 1.1], &[1.0, 1.2]]);
        assert_eq!(Fit::new(&two).difference(0, 1), None);
        let mut holes = table(&[&[1.0, 1.1, 1.2, 1.3], &[2.0; 4]]);
        holes[0][0] = None;
        holes[1][1] = Some(f64::NEG_INFINITY);
        assert_eq!(Fit::new(&holes).difference(0, 1), None);
        holes[1][1] = Some(2.2);
        let found = Fit::new(&holes).difference(0, 1).unwrap();
        assert_eq!(found.visits, 3);
        assert_eq!(Fit::new(&[]).difference(0, 1), None);
    }
}
