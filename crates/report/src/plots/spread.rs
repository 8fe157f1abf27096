//! Labels close to their places, and not on each other.

/// Positions with at least `gap` between them, each as near to its wish as the
/// others let it be (least squares), between `top` and `bottom` if they all
/// have room there. The order of the wishes is kept; equal ones stay in turn.
///
/// Shifted by their ranks, positions that keep their gaps are those that do
/// not fall: this is isotonic regression, by pooling adjacent violators
/// (Barlow, Bartholomew, Bremner and Brunk, "Statistical Inference under Order
/// Restrictions", 1972).
pub(super) fn spread(
    wishes: &[f64],
    gap: f64,
    (top, bottom): (f64, f64),
) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|a, b| wishes[*a].total_cmp(&wishes[*b]));
    // Sums and counts of the wishes that share a position.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, index) in order.iter().enumerate() {
        let mut pool = (wishes[*index] - rank as f64 * gap, 1);
        let mean = |(sum, count): (f64, usize)| sum / count as f64;
        while let Some(last) = pools.pop_if(|last| mean(*last) >= mean(pool)) {
            pool = (pool.0 + last.0, pool.1 + last.1);
        }
        pools.push(pool);
    }
    let last = wishes.len().saturating_sub(1) as f64;
    let lowest = (bottom - last * gap).max(top);
    let shifted = pools.into_iter().flat_map(|(sum, count)| {
        std::iter::repeat_n((sum / count as f64).clamp(top, lowest), count)
    });
    let mut positions = vec![0.0; wishes.len()];
    for (rank, (index, shifted)) in order.into_iter().zip(shifted).enumerate() {
        positions[index] = shifted + rank as f64 * gap;
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_has_room_stays() {
        let wishes = [50.0, 10.0, 12.0, 90.0];
        let got = spread(&wishes, 10.0, (0.0, 100.0));
        assert_eq!(got, [50.0, 6.0, 16.0, 90.0]);
        let got = spread(&[99.0, 99.0], 10.0, (0.0, 100.0));
        assert_eq!(got, [90.0, 100.0]);
    }

    proptest! {
        #[test]
        fn none_stands_on_another(
            wishes in proptest::collection::vec(-50.0..500.0, 0..40),
        ) {
            let room = 14.0 * wishes.len() as f64;
            let got = spread(&wishes, 14.0, (0.0, room));
            let mut sorted = got.clone();
            sorted.sort_by(f64::total_cmp);
            for pair in sorted.windows(2) {
                prop_assert!(pair[1] - pair[0] > 13.999);
            }
            prop_assert!(got.iter().all(|y| (0.0..=room).contains(y)));
            for a in 0..wishes.len() {
                for b in 0..wishes.len() {
                    let keeps = wishes[a] >= wishes[b] || got[a] < got[b];
                    prop_assert!(keeps, "{a} {b}");
                }
            }
        }
    }
}
