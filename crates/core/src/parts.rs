//! How work is cut for the workers: the same for every model.

use std::ops::Range;

/// What one task works on: consecutive items of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The number of the task.
    pub task: usize,
    /// Which items of the input.
    pub range: Range<usize>,
}

/// Cuts `len` items into at most `count` parts of whole grains, as equal as
/// grains allow. No part is empty; no items make no parts.
///
/// # Panics
/// If `grain` is zero.
pub fn split(
    len: usize,
    grain: usize,
    count: usize,
) -> impl Iterator<Item = Part> {
    let grains = len.div_ceil(grain);
    let count = count.min(grains);
    let cut = move |part: usize| {
        // In 128 bits, since the product of two sizes overflows one.
        let before = part as u128 * grains as u128 / count as u128;
        (before as usize).saturating_mul(grain).min(len)
    };
    (0..count).map(move |task| Part { task, range: cut(task)..cut(task + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_items_once_and_none_is_empty() {
        for (len, grain, count) in
            [(0, 1, 3), (1, 1, 3), (10, 3, 2), (10, 1, 64), (7, 100, 4)]
        {
            let mut next = 0;
            for (task, part) in split(len, grain, count).enumerate() {
                assert_eq!((part.task, part.range.start), (task, next));
                assert!(!part.range.is_empty());
                assert!(part.range.end == len || part.range.end % grain == 0);
                next = part.range.end;
            }
            assert_eq!(next, len);
            assert!(split(len, grain, count).count() <= count);
        }
    }

    #[test]
    fn parts_are_as_equal_as_grains_allow() {
        let sizes = split(100, 10, 4).map(|part| part.range.len());
        assert_eq!(sizes.collect::<Vec<_>>(), [20, 30, 20, 30]);
    }
}
