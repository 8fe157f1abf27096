//! What each contender of a row took in each visit.

use super::visits;
use crate::results::RowResult;
use crate::statistics::median;

/// By visit and contender, the median of the logarithms of seconds per run;
/// `None` where a contender has no sample in a visit.
pub fn table(row: &RowResult) -> Vec<Vec<Option<f64>>> {
    let of = |rounds: &Vec<Vec<Option<f64>>>, contender: usize| {
        let own = rounds.iter().filter_map(|round| round[contender]);
        median(&mut own.collect::<Vec<_>>())
    };
    let contenders = 0..row.contenders.len();
    let visits = visits(row);
    let visits = visits.iter().map(|rounds| {
        contenders.clone().map(|contender| of(rounds, contender)).collect()
    });
    visits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summarize::tests::row;

    #[test]
    fn a_visit_is_the_median_of_its_rounds() {
        let mut row = row(&[("a", 2, None, 0.01), ("b", 2, None, 0.02)]);
        row.samples.retain(|taken| taken.contender == 0 || taken.visit > 0);
        let nanos = [4_000_000, 1_000_000, 2_000_000];
        for taken in &mut row.samples {
            taken.sample.wall_ns = nanos[taken.round % 3];
        }
        // Of eight rounds, three take 4 ms, three 1 ms and two 2 ms.
        let table = table(&row);
        assert_eq!((table.len(), table[0][1]), (6, None));
        for found in [table[0][0], table[5][1]] {
            assert!((found.unwrap() - 0.002f64.ln()).abs() < 1e-12);
        }
    }
}
