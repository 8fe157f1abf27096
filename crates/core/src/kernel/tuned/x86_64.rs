//! The forms for x86-64. Every processor has SSE2; AVX2 is asked for when the
//! program runs.

use std::arch::x86_64::{
    __m128i, _mm_set_epi64x, _mm_sfence, _mm_stream_si128,
};
use std::is_x86_feature_detected;

/// So many numbers of a stream are compared at once: a cache line.
const LINE: usize = 8;

/// The largest number, 0 for none; `None` without AVX2.
#[expect(unsafe_code, reason = "not every processor has AVX2")]
pub(super) fn max(numbers: &[u64]) -> Option<u64> {
    is_x86_feature_detected!("avx2").then(|| {
        // SAFETY: the processor has what the kernel is compiled for.
        unsafe { max_of_streams(numbers) }
    })
}

/// Four streams keep more reads under way than one does, and the accumulators
/// wait for no other's comparison.
#[inline(never)]
#[target_feature(enable = "avx2")]
fn max_of_streams(numbers: &[u64]) -> u64 {
    let len = numbers.len() / (4 * LINE) * LINE;
    let (streams, rest) = numbers.split_at(4 * len);
    let stream = |at: usize| &streams[at * len..][..len];
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| stream(at).as_chunks::<LINE>().0);
    let mut most = [[0; LINE]; 4];
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        for (most, line) in most.iter_mut().zip([a, b, c, d]) {
            for (most, number) in most.iter_mut().zip(line) {
                // This vectorises, to a comparison and a blend.
                if *number > *most {
                    *most = *number;
                }
            }
        }
    }
    let most = super::super::max(most.as_flattened());
    most.max(super::super::max(rest))
}

/// Every number times two, wrapping, into a list of the same length, past the
/// caches: memory is not read before it is written.
///
/// # Panics
/// If the lengths differ.
#[expect(unsafe_code, reason = "the compiler does not know that SSE2 is there")]
pub fn double(numbers: &[u64], twice: &mut [u64]) {
    assert_eq!(numbers.len(), twice.len(), "two lists of one length");
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { double_streamed(numbers, twice) }
}

#[inline(never)]
#[target_feature(enable = "sse2")]
#[expect(unsafe_code, reason = "stores that need a place that is aligned")]
fn double_streamed(numbers: &[u64], twice: &mut [u64]) {
    // SAFETY: a register of 128 bits is two numbers, whatever they are.
    let (head, middle, tail) = unsafe { twice.align_to_mut::<__m128i>() };
    let (first, numbers) = numbers.split_at(head.len());
    let (pairs, last) = numbers.split_at(2 * middle.len());
    super::super::double(first, head);
    super::super::double(last, tail);
    for (pair, twice) in pairs.as_chunks::<2>().0.iter().zip(middle) {
        let [low, high] = pair.map(|number| number.wrapping_mul(2) as i64);
        // SAFETY: the place is aligned and belongs to us alone, and no one
        // reads or writes it before the fence.
        unsafe { _mm_stream_si128(twice, _mm_set_epi64x(high, low)) }
    }
    // Such stores are not ordered with others, as by the lock under which the
    // list is handed to another thread.
    _mm_sfence();
}
