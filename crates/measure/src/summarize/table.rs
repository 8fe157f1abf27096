//! What each contender of a row took in each visit.

use crate::results::{RowResult, Taken};
use crate::statistics::median;
use std::collections::BTreeMap;

/// What is compared, by visit and contender: the natural logarithm of the
/// median of what a visit's samples say, such as seconds per run; `None` where
/// a contender has no sample, or one that says nothing.
pub fn table(
    row: &RowResult,
    of: impl Fn(&Taken) -> Option<f64>,
) -> Vec<Vec<Option<f64>>> {
    let mut visits: BTreeMap<usize, Vec<Vec<f64>>> = BTreeMap::new();
    for taken in &row.samples {
        let visit = visits.entry(taken.visit);
        let visit =
            visit.or_insert_with(|| vec![Vec::new(); row.contenders.len()]);
        visit[taken.contender].extend(of(taken).map(f64::ln));
    }
    let visits = visits.into_values();
    visits
        .map(|visit| {
            visit.into_iter().map(|mut own| median(&mut own)).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summarize::tests::row;

    #[test]
    fn a_visit_is_the_median_of_its_samples() {
        let mut row = row(&[("a", 2, None, 0.01), ("b", 2, None, 0.02)]);
        row.samples.retain(|taken| taken.contender == 0 || taken.visit > 0);
        let nanos = [4_000_000, 1_000_000, 2_000_000];
        for taken in &mut row.samples {
            taken.sample.wall_ns = nanos[taken.round % 3];
        }
        let table = table(&row, |taken| Some(taken.seconds()));
        assert_eq!((table.len(), table[0][1]), (8, None));
        for found in [table[0][0], table[5][1]] {
            assert!((found.unwrap() - 0.002f64.ln()).abs() < 1e-12);
        }
    }
}
