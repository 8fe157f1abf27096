//! Critical values: how many standard errors wide an interval is.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The level of each of so many intervals that hold all at once with this
/// level, however they depend on each other (Šidák, "Rectangular confidence
/// regions for the means of multivariate normal distributions", 1967).
pub fn of_all(level: f64, count: usize) -> f64 {
    level.powf(1.0 / count.max(1) as f64)
}

/// With more degrees of freedom Student's distribution is the normal one. For
/// infinitely many statrs does not find the bound, and does not end.
const MANY: f64 = 1e6;

/// The bound that the absolute value of a standard normal variable exceeds
/// with probability 1 - `level`.
pub(crate) fn normal(level: f64) -> f64 {
    let tail = ((1.0 - level) / 2.0).clamp(1e-12, 0.5);
    -Normal::standard().inverse_cdf(tail)
}

/// The bound that a variable of Student's distribution exceeds as rarely as
/// a normal one exceeds `bound`.
pub(crate) fn student(bound: f64, freedom: f64) -> f64 {
    if freedom > MANY {
        return bound;
    }
    let student = StudentsT::new(0.0, 1.0, freedom);
    let student = student.expect("at least one degree of freedom");
    // The lower tails have all their digits, the upper ones are near one.
    -student.inverse_cdf(Normal::standard().cdf(-bound))
}

/// The probability that a variable of Student's distribution exceeds `bound`.
pub(crate) fn tail(bound: f64, freedom: f64) -> f64 {
    let student = StudentsT::new(0.0, 1.0, freedom);
    let student = student.expect("at least one degree of freedom");
    student.cdf(-bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Quantiles {
        normal: Vec<(f64, f64)>,
        student: Vec<(f64, f64, f64)>,
    }

    fn scipy() -> Quantiles {
        let text = include_str!("../../tests/scipy/quantiles.json");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn normal_quantiles_are_those_of_scipy() {
        for (level, expected) in scipy().normal {
            let error = normal(level) / expected - 1.0;
            assert!(error.abs() < 1e-12, "{level}: {error}");
        }
    }

    #[test]
    fn infinite_freedom_is_the_normal_distribution() {
        assert_eq!(student(1.96, f64::INFINITY), 1.96);
        let many = student(1.96, MANY);
        assert!((many - 1.96).abs() < 1e-4, "{many}");
    }

    #[test]
    fn student_quantiles_are_those_of_scipy() {
        for (level, freedom, expected) in scipy().student {
            let error = student(normal(level), freedom) / expected - 1.0;
            assert!(error.abs() < 1e-10, "{level} {freedom}: {error}");
        }
    }
}
