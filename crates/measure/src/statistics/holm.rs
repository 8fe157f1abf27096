//! Several tests at once.

/// Which hypotheses are rejected, so that any true one is with a probability of
/// at most `alpha`, given the probability of each one's data (Holm, "A simple
/// sequentially rejective multiple test procedure", 1979).
pub fn holm(chances: &[f64], alpha: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut rejected = vec![false; chances.len()];
    for (at, index) in order.into_iter().enumerate() {
        if chances[index] > alpha / (chances.len() - at) as f64 {
            break;
        }
        rejected[index] = true;
    }
    rejected
}

#[cfg(test)]
mod tests {
    use super::holm;

    #[test]
    fn each_step_is_less_strict_and_the_first_failure_ends_it() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is
        // 0.03 0.06 0.06 0.02.
        let found = holm(&[0.01, 0.04, 0.03, 0.005], 0.05);
        assert_eq!(found, [true, false, false, true]);
        // 0.02 would pass by itself, but what comes before it does not.
        assert_eq!(holm(&[0.03, 0.02, 0.03], 0.05), [false; 3]);
        assert_eq!(holm(&[0.05], 0.05), [true]);
        assert!(holm(&[], 0.05).is_empty());
    }
}
