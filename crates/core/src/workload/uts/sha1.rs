//! SHA-1 of a short message, as the random numbers of `uts` are made.

/// SHA-1 (FIPS 180-4) of a message of 32-bit numbers, big-endian, that fits one
/// block.
///
/// Thirty lines here instead of a library: nothing is kept secret by it, and
/// a library picks other code on each processor, so that a node of the tree
/// would be another amount of work.
pub(super) fn sha1<const WORDS: usize>(message: [u32; WORDS]) -> [u32; 5] {
    // One bit ends the message, and its length in bits ends the block.
    const { assert!(WORDS <= 13, "more than a block") };
    let mut schedule = [0_u32; 80];
    schedule[..WORDS].copy_from_slice(&message);
    schedule[WORDS] = 1 << 31;
    schedule[15] = 32 * WORDS as u32;
    for t in 16..80 {
        let mixed = schedule[t - 3]
            ^ schedule[t - 8]
            ^ schedule[t - 14]
            ^ schedule[t - 16];
        schedule[t] = mixed.rotate_left(1);
    }
    let mut state = START;
    let (first, rest) = schedule.split_at(20);
    let (second, rest) = rest.split_at(20);
    let (third, fourth) = rest.split_at(20);
    for word in first {
        let [_, b, c, d, _] = state;
        state = round(state, (b & c) | (!b & d), 0x5A82_7999, *word);
    }
    for word in second {
        let [_, b, c, d, _] = state;
        state = round(state, b ^ c ^ d, 0x6ED9_EBA1, *word);
    }
    for word in third {
        let [_, b, c, d, _] = state;
        let most = (b & c) | (b & d) | (c & d);
        state = round(state, most, 0x8F1B_BCDC, *word);
    }
    for word in fourth {
        let [_, b, c, d, _] = state;
        state = round(state, b ^ c ^ d, 0xCA62_C1D6, *word);
    }
    let mut hash = START;
    for (hash, word) in hash.iter_mut().zip(state) {
        *hash = hash.wrapping_add(word);
    }
    hash
}

const START: [u32; 5] =
    [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];

#[inline]
fn round(state: [u32; 5], mixed: u32, constant: u32, word: u32) -> [u32; 5] {
    let [a, b, c, d, e] = state;
    let next = a
        .rotate_left(5)
        .wrapping_add(mixed)
        .wrapping_add(e)
        .wrapping_add(constant)
        .wrapping_add(word);
    [next, a, b.rotate_left(30), c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &[u8; 4]) -> u32 {
        u32::from_be_bytes(*text)
    }

    #[test]
    fn hashes_are_the_known_ones() {
        let of_nothing =
            [0xDA39_A3EE, 0x5E6B_4B0D, 0x3255_BFEF, 0x9560_1890, 0xAFD8_0709];
        assert_eq!(sha1([]), of_nothing);
        let of_test =
            [0xA94A_8FE5, 0xCCB1_9BA6, 0x1C4C_0873, 0xD391_E987, 0x982F_BBD3];
        assert_eq!(sha1([word(b"test")]), of_test);
        let of_password =
            [0x5BAA_61E4, 0xC9B9_3F3F, 0x0682_250B, 0x6CF8_331B, 0x7EE6_8FD8];
        assert_eq!(sha1([word(b"pass"), word(b"word")]), of_password);
    }
}
