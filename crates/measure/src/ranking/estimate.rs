//! Logarithms with their standard errors: of one row in a session, over the
//! sessions of a row, and over rows.

use crate::statistics::{BETWEEN_SESSIONS, Difference, normal, student};

/// A logarithm of times, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Estimate {
    pub(super) value: f64,
    /// Not known with fewer than three visits.
    pub(super) spread: Option<Spread>,
}

/// The standard error of an estimate, and its degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) error: f64,
    pub(super) freedom: f64,
}

impl Spread {
    /// `None` for an error that nothing was learned about: one of exactly zero
    /// is that of a clock too coarse to see a difference.
    fn new(error: f64, freedom: f64) -> Option<Self> {
        let known = error.is_finite() && error > 0.0 && freedom > 0.0;
        known.then_some(Self { error, freedom: freedom.min(1e6) })
    }

    /// The same error with that between sessions in it, for an estimate from so
    /// many visits.
    fn between_sessions(self, visits: usize) -> Self {
        let stretch = (1.0 + BETWEEN_SESSIONS * visits as f64).sqrt();
        Self { error: self.error * stretch, ..self }
    }
}

impl Estimate {
    /// An estimate of which only the value is known.
    pub(super) fn alone(value: f64) -> Self {
        Self { value, spread: None }
    }

    /// What one session says.
    pub(super) fn of(difference: &Difference) -> Self {
        let Difference { estimate, error, freedom, visits } = *difference;
        let spread = Spread::new(error, freedom);
        let spread = spread.map(|spread| spread.between_sessions(visits));
        Self { value: estimate, spread }
    }

    /// This value, with the error of the mean of some visits.
    pub(super) fn from_visits(value: f64, visits: &[f64]) -> Self {
        let count = visits.len();
        if count < 3 {
            return Self::alone(value);
        }
        let freedom = (count - 1) as f64;
        let error = (variance(visits) / count as f64).sqrt();
        let spread = Spread::new(error, freedom);
        let spread = spread.map(|spread| spread.between_sessions(count));
        Self { value, spread }
    }

    /// The mean over rows. Their errors are independent, and the degrees of
    /// freedom are Satterthwaite's ("An approximate distribution of estimates
    /// of variance components", 1946). One row of unknown error makes that of
    /// the mean unknown. `None` without a row.
    pub(super) fn mean(rows: &[Self]) -> Option<Self> {
        let count = rows.len() as f64;
        let value = rows.iter().map(|row| row.value).sum::<f64>() / count;
        let spreads = rows.iter().map(|row| row.spread);
        let spread = spreads.collect::<Option<Vec<_>>>().and_then(|spreads| {
            let squares = spreads.iter().map(|s| s.error.powi(2));
            let sum: f64 = squares.sum();
            let parts = spreads.iter().map(|s| s.error.powi(4) / s.freedom);
            Spread::new(sum.sqrt() / count, sum.powi(2) / parts.sum::<f64>())
        });
        value.is_finite().then_some(Self { value, spread })
    }

    /// What several sessions of one row say: the mean, unweighted, since errors
    /// of three or four visits are too rough for weights. Where the sessions
    /// differ by more than their errors allow, the error is that of their
    /// differences (Birge, "The calculation of errors by the method of least
    /// squares", 1932). Sessions of unknown error do not count beside others.
    /// `None` without a session.
    pub(super) fn combined(sessions: &[Self]) -> Option<Self> {
        let known = sessions.iter().filter(|s| s.spread.is_some());
        let known: Vec<Self> = known.copied().collect();
        if known.len() == 1 {
            return Some(known[0]);
        }
        let counted = if known.is_empty() { sessions } else { &known };
        let Self { value, spread: within } = Self::mean(counted)?;
        let values: Vec<f64> = counted.iter().map(|s| s.value).collect();
        let count = values.len() as f64;
        let between = (variance(&values) / count).sqrt();
        let between = Spread::new(between, count - 1.0);
        let spread = match (within, between) {
            (Some(within), Some(between)) if between.error > within.error => {
                Some(between)
            }
            (Some(within), _) => Some(within),
            // As with visits, three are needed.
            (None, between) => between.filter(|_| count > 2.0),
        };
        Some(Self { value, spread })
    }

    /// Student's interval; `None` if the error is not known.
    pub(super) fn interval(&self, level: f64) -> Option<[f64; 2]> {
        let Spread { error, freedom } = self.spread?;
        let half = student(normal(level), freedom) * error;
        Some([self.value - half, self.value + half])
    }
}

/// The variance of some values about their mean; NaN for a single one.
fn variance(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    squares.sum::<f64>() / (count - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(value: f64, error: f64, freedom: f64) -> Estimate {
        Estimate { value, spread: Some(Spread { error, freedom }) }
    }

    #[test]
    fn a_mean_has_the_errors_of_its_rows() {
        let rows = [known(1.0, 3.0, 2.0), known(2.0, 4.0, 3.0)];
        let mean = Estimate::mean(&rows).unwrap();
        let spread = mean.spread.unwrap();
        // The root of 9 + 16, over two rows; 25² / (81 / 2 + 256 / 3).
        assert_eq!((mean.value, spread.error), (1.5, 2.5));
        assert!((spread.freedom - 4.966_887).abs() < 1e-6, "{spread:?}");
        let open = [rows[0], Estimate::alone(2.0)];
        assert_eq!(Estimate::mean(&open), Some(Estimate::alone(1.5)));
        assert_eq!(Estimate::mean(&[]), None);
    }

    #[test]
    fn few_degrees_of_freedom_make_students_interval() {
        // The tabled quantiles for 97.5 %: 4.303 with 2, 2.776 with 4.
        for (freedom, quantile) in [(2.0, 4.303), (4.0, 2.776)] {
            let found = known(1.0, 1.0, freedom).interval(0.95).unwrap();
            assert!((found[1] - 1.0 - quantile).abs() < 1e-3, "{found:?}");
            assert!((1.0 - found[0] - quantile).abs() < 1e-3, "{found:?}");
        }
        assert_eq!(Estimate::alone(1.0).interval(0.95), None);
    }

    #[test]
    fn sessions_that_disagree_have_the_error_of_their_differences() {
        let near = [known(0.0, 0.1, 3.0), known(0.05, 0.1, 3.0)];
        let found = Estimate::combined(&near).unwrap();
        let spread = found.spread.unwrap();
        assert!((found.value - 0.025).abs() < 1e-12);
        assert!((spread.error - 0.02f64.sqrt() / 2.0).abs() < 1e-12);
        assert!((spread.freedom - 6.0).abs() < 1e-9);
        // 0 and 1 have a variance of 1/2, and their mean one of 1/4.
        let far = [known(0.0, 0.1, 3.0), known(1.0, 0.1, 3.0)];
        let found = Estimate::combined(&far).unwrap();
        assert_eq!(found, known(0.5, 0.5, 1.0));
        // What is not known does not count beside what is.
        let open = Estimate::alone(9.0);
        assert_eq!(Estimate::combined(&[open, near[1]]), Some(near[1]));
        let two = Estimate::combined(&[open, open]).unwrap();
        assert_eq!(two, open);
        let three = [1.0, 2.0, 3.0].map(Estimate::alone);
        let spread = Estimate::combined(&three).unwrap().spread.unwrap();
        assert!((spread.error - 1.0 / 3f64.sqrt()).abs() < 1e-12);
        assert_eq!(spread.freedom, 2.0);
    }

    #[test]
    fn the_error_of_visits_has_that_between_sessions_in_it() {
        // Three visits with a deviation of 1.
        let found = Estimate::from_visits(0.0, &[1.0, 2.0, 3.0]);
        let spread = found.spread.unwrap();
        let expected = (1.0 / 3.0 + BETWEEN_SESSIONS).sqrt();
        assert!((spread.error - expected).abs() < 1e-12, "{spread:?}");
        assert_eq!(spread.freedom, 2.0);
        for few in [&[1.0, 2.0][..], &[1.0; 5]] {
            assert_eq!(Estimate::from_visits(0.0, few).spread, None);
        }
    }
}
