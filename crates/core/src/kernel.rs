//! The work itself, written once and called by every model.
//!
//! Never inlined into a model, so that all run the same machine code, and
//! written so that the compiler vectorises what can be vectorised: a bench
//! compares each form with the best plain one known.

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
/// compiler folds several of them into one with other constants, so that a round
/// is no unit of time; whoever wants one calibrates it.
#[inline(never)]
pub fn churn(mut state: u64, rounds: u64) -> u64 {
    for _ in 0..rounds {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
    }
    state
}

/// The largest of the decimal numbers in a text, one a line; 0 for none.
///
/// # Errors
/// The offset in bytes of the first character that is neither a digit nor a
/// line feed, or of the digit at which a number no longer fits 64 bits.
#[inline(never)]
pub fn parse_max(text: &[u8]) -> Result<u64, usize> {
    let (mut most, mut number) = (0, 0u64);
    for (offset, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte - b'0');
                let longer = number.checked_mul(10);
                let longer = longer.and_then(|tens| tens.checked_add(digit));
                number = longer.ok_or(offset)?;
            }
            b'\n' => {
                most = most.max(number);
                number = 0;
            }
            _ => return Err(offset),
        }
    }
    Ok(most.max(number))
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
    fn parse_max_takes_digits_and_line_feeds_only() {
        assert_eq!(parse_max(b""), Ok(0));
        assert_eq!(parse_max(b"12\n7\n"), Ok(12));
        assert_eq!(parse_max(b"7\n12"), Ok(12));
        assert_eq!(parse_max(b"18446744073709551615\n"), Ok(u64::MAX));
        assert_eq!(parse_max(b"18446744073709551616\n"), Err(19));
        assert_eq!(parse_max(b"1\n-2\n"), Err(2));
    }

    #[test]
    fn decode_max_reads_little_endian() {
        let reply = [1u64, 900, 3].map(u64::to_le_bytes).concat();
        assert_eq!(decode_max(&reply), 900);
        assert_eq!(decode_max(&[]), 0);
    }
}
