//! The work that several workloads share, written once and called by every
//! model. A kernel that one workload needs lies beside it.
//!
//! Never inlined into a model, so that all run the same machine code, and
//! written so that the compiler vectorises what can be vectorised: a bench
//! compares each form with the best plain one known. What is faster where
//! memory bounds it lies in [`tuned`], and is chosen by a size.

pub mod tuned;

/// The largest number; 0 for none.
///
/// The plain comparison vectorises on the default x86-64 target, where
/// `fold(0, u64::max)` and `iter().copied().max()` do not.
#[inline(never)]
pub fn max(numbers: &[u64]) -> u64 {
    let mut most = 0;
    for &number in numbers {
        if number > most {
            most = number;
        }
    }
    most
}

/// Every number times two, wrapping, into a list of the same length.
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub fn double(numbers: &[u64], twice: &mut [u64]) {
    assert_eq!(numbers.len(), twice.len(), "two lists of one length");
    for (number, twice) in numbers.iter().zip(twice) {
        *twice = number.wrapping_mul(2);
    }
}

/// A chain of `rounds` multiplications in which each needs the one before:
/// compute that cannot be vectorised, left out or answered from memory.
///
/// One round is a step of Knuth's 64-bit linear congruential generator. The
/// compiler folds several of them into one with other constants, so that a
/// round is no unit of time: `subtasks` calibrates how many make one.
#[inline(never)]
pub fn churn(mut state: u64, rounds: u64) -> u64 {
    for _ in 0..rounds {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
    }
    state
}

/// The largest of the numbers in a reply, 8 bytes each, little-endian.
#[inline(never)]
pub fn decode_max(reply: &[u8]) -> u64 {
    let mut most = 0;
    for bytes in reply.chunks_exact(8) {
        let number = u64::from_le_bytes(bytes.try_into().expect("8 bytes"));
        if number > most {
            most = number;
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_of_none_and_some() {
        assert_eq!(max(&[]), 0);
        assert_eq!(max(&[3, u64::MAX, 7]), u64::MAX);
    }

    #[test]
    fn double_wraps() {
        let mut twice = [0; 3];
        double(&[0, 21, 1 << 63], &mut twice);
        assert_eq!(twice, [0, 42, 0]);
    }

    #[test]
    fn churn_goes_on_where_it_stopped() {
        assert_eq!(churn(churn(1, 10), 5), churn(1, 15));
        assert_ne!(churn(1, 15), churn(1, 16));
    }

    #[test]
    fn decode_max_reads_little_endian() {
        let reply = [1u64, 900, 3].map(u64::to_le_bytes).concat();
        assert_eq!(decode_max(&reply), 900);
        assert_eq!(decode_max(&[]), 0);
    }
}
