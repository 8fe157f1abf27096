//! The kernels in the best forms known where memory bounds them. A processor
//! without what they need runs the plain ones.
//!
//! Lists that lie in a cache gain nothing from the one that writes past it.

#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(not(target_arch = "x86_64"))]
pub use super::double;

#[cfg(target_arch = "x86_64")]
pub use x86_64::double;

/// The largest number; 0 for none.
///
/// With AVX2 it reads four streams side by side, with two accumulators each.
/// Software prefetches made it slower, at whatever distance.
pub fn max(numbers: &[u64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if let Some(most) = x86_64::max(numbers) {
        return most;
    }
    super::max(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;

    /// Few and odd numbers, and some around each power of two.
    fn lengths() -> impl Iterator<Item = usize> {
        let powers = (8..17).map(|power| 1_usize << power);
        (0..=130).chain(powers.flat_map(|power| power - 1..=power + 1))
    }

    /// More than a cache line has.
    const OFFSETS: usize = 9;

    #[test]
    fn the_largest_is_found_wherever_it_lies() {
        let numbers = seed::numbers(7).map(|number| number | 1);
        let list: Vec<u64> = numbers.take((1 << 16) + 1 + OFFSETS).collect();
        for len in lengths() {
            for offset in 0..OFFSETS {
                let part = &list[offset..offset + len];
                let due = part.iter().copied().max().unwrap_or(0);
                assert_eq!(max(part), due, "{len} from {offset}");
            }
        }
        // Below and above what a signed comparison would take for negative.
        for (some, most) in [(0, 1), (7, 1 << 63), (u64::MAX - 1, u64::MAX)] {
            for len in 1..=130 {
                let mut list = vec![some; len];
                for at in 0..len {
                    list[at] = most;
                    assert_eq!(max(&list), most, "{at} of {len}");
                    list[at] = some;
                }
            }
        }
    }

    #[test]
    fn every_number_is_doubled_and_no_other_touched() {
        const NONE: u64 = 0xABCD;
        let list = seed::numbers(7).take((1 << 16) + 1 + OFFSETS);
        let list: Vec<u64> = list.collect();
        for len in lengths() {
            for offset in 0..OFFSETS {
                // The two lists are aligned alike, or not.
                for from in [offset, 0] {
                    let part = &list[from..from + len];
                    let mut twice = vec![NONE; offset + len + OFFSETS];
                    double(part, &mut twice[offset..offset + len]);
                    let due = part.iter().map(|n| n.wrapping_mul(2));
                    let place = format!("{len} from {from} to {offset}");
                    let written = &twice[offset..offset + len];
                    assert!(due.eq(written.iter().copied()), "{place}");
                    let (before, after) =
                        (&twice[..offset], &twice[offset + len..]);
                    let mut around = before.iter().chain(after);
                    assert!(around.all(|n| *n == NONE), "{place}");
                }
            }
        }
    }

    #[test]
    #[should_panic = "two lists of one length"]
    fn lists_of_two_lengths_are_refused() {
        double(&[1, 2], &mut [0; 3]);
    }
}
