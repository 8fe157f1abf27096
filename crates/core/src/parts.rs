//! Cuts work into parts for the workers, in the same way for every model.

use std::ops::Range;

/// What one task works on: consecutive items of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The number of the task.
    pub task: usize,
    /// Which items of the input.
    pub range: Range<usize>,
}

impl Part {
    /// Both halves, as equal as whole grains allow; none for one grain or less.
    /// The number of a half is that of its first grain.
    ///
    /// # Panics
    /// If `grain` is zero.
    pub fn halves(&self, grain: usize) -> Option<(Self, Self)> {
        let middle = middle(&self.range, grain)?;
        let half =
            |range: Range<usize>| Self { task: range.start / grain, range };
        Some((half(self.range.start..middle), half(middle..self.range.end)))
    }
}

/// Where a range is halved, as equally as whole grains allow; none for one
/// grain or less.
///
/// # Panics
/// If `grain` is zero.
pub fn middle(range: &Range<usize>, grain: usize) -> Option<usize> {
    let grains = range.len().div_ceil(grain);
    (grains > 1).then(|| range.start + grains / 2 * grain)
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
    fn halves_of_halves_are_grains() {
        for (len, grain) in [(0, 1), (1, 1), (2, 1), (10, 3), (100, 7)] {
            let mut grains = vec![Part { task: 0, range: 0..len }];
            while let Some(at) =
                grains.iter().position(|part| part.halves(grain).is_some())
            {
                let (left, right) = grains[at].halves(grain).unwrap();
                grains.splice(at..=at, [left, right]);
            }
            let expected: Vec<Part> = match len {
                0 => vec![Part { task: 0, range: 0..0 }],
                _ => split(len, grain, len.div_ceil(grain)).collect(),
            };
            assert_eq!(grains, expected, "{len} in grains of {grain}");
        }
    }

    #[test]
    fn parts_are_as_equal_as_grains_allow() {
        let sizes = split(100, 10, 4).map(|part| part.range.len());
        assert_eq!(sizes.collect::<Vec<_>>(), [20, 30, 20, 30]);
    }
}
