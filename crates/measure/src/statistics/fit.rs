//! Differences of contenders in one row, from what they took in each visit.

/// By how much a contender of a row differs from another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The logarithm of its time less that of the other's.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
    /// The degrees of freedom of that error.
    pub freedom: f64,
}

/// The contenders of a row, by visit.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    table: Vec<Vec<Option<f64>>>,
}

impl Fit {
    /// From the logarithm of seconds by visit and contender; `None` where a
    /// contender has no sample in a visit.
    pub fn new(table: &[Vec<Option<f64>>]) -> Self {
        Self { table: table.to_vec() }
    }

    /// The mean of the paired differences of `a` and `b` over the visits that
    /// both have; `None` with fewer than three of these.
    pub fn difference(&self, a: usize, b: usize) -> Option<Difference> {
        let visits = self.table.iter();
        let pairs = visits.filter_map(|visit| Some(visit[a]? - visit[b]?));
        let pairs: Vec<f64> = pairs.filter(|pair| pair.is_finite()).collect();
        if pairs.len() < 3 {
            return None;
        }
        let count = pairs.len() as f64;
        let estimate = pairs.iter().sum::<f64>() / count;
        let squares = pairs.iter().map(|pair| (pair - estimate).powi(2));
        let freedom = count - 1.0;
        let error = (squares.sum::<f64>() / freedom / count).sqrt();
        Some(Difference { estimate, error, freedom })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_paired_by_visit() {
        // Differences 1, 2 and 3: their mean is 2, their deviation 1.
        let table = [
            vec![Some(2.0), Some(1.0), None],
            vec![Some(7.0), Some(5.0), Some(5.0)],
            vec![Some(3.0), Some(0.0), Some(1.0)],
            vec![None, Some(9.0), Some(1.0)],
        ];
        let fit = Fit::new(&table);
        let found = fit.difference(0, 1).unwrap();
        assert_eq!((found.estimate, found.freedom), (2.0, 2.0));
        assert!((found.error - 1.0 / 3f64.sqrt()).abs() < 1e-12);
        assert_eq!(fit.difference(0, 2), None, "two common visits");
    }
}
