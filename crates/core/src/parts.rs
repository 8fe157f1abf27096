//! Cuts work into parts for the workers, in the same way for every model.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// One grain of `len` items as a part of its own, whose task has the number of
/// the grain.
///
/// # Panics
/// If the number is the largest that there is.
pub fn grain(len: usize, grain: usize, number: usize) -> Part {
    let cut = |number: usize| number.saturating_mul(grain).min(len);
    Part { task: number, range: cut(number)..cut(number + 1) }
}

/// A range of items in pieces of `size`; the last one may be shorter.
///
/// # Panics
/// If `size` is zero.
pub fn pieces(
    range: Range<usize>,
    size: usize,
) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    let piece = move |first: usize| first..first.saturating_add(size).min(end);
    range.step_by(size).map(piece)
}

/// The grains of an input as a list of what is left to do. Each task takes the
/// next one when it is done with its last: one that had cheap grains takes
/// more of them.
///
/// A reference to it is an iterator, so that tasks can share it.
pub struct Todo {
    next: AtomicUsize,
    len: usize,
    grain: usize,
}

impl Todo {
    /// `len` items in grains of `grain`.
    ///
    /// # Panics
    /// If `grain` is zero.
    pub fn new(len: usize, grain: usize) -> Self {
        assert_ne!(grain, 0, "a grain of zero");
        Self { next: AtomicUsize::new(0), len, grain }
    }
}

impl Iterator for &Todo {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let is_left = number < self.len.div_ceil(self.grain);
        is_left.then(|| grain(self.len, self.grain, number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

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

    #[test]
    fn grains_are_the_finest_parts() {
        for (len, size) in [(0, 3), (1, 3), (9, 3), (10, 3), (2, 7)] {
            let count = usize::div_ceil(len, size);
            let grains = (0..count).map(|number| grain(len, size, number));
            assert!(grains.eq(split(len, size, usize::MAX)), "{len} {size}");
        }
        let last = grain(usize::MAX, usize::MAX / 2, 2);
        assert_eq!(last.range, usize::MAX - 1..usize::MAX);
    }

    #[test]
    fn pieces_cover_a_range_once() {
        let cut = |range, size| pieces(range, size).collect::<Vec<_>>();
        assert_eq!(cut(3..3, 2), []);
        assert_eq!(cut(3..8, 2), [3..5, 5..7, 7..8]);
        assert_eq!(cut(3..5, usize::MAX), vec![3..5; 1]);
    }

    #[test]
    fn each_grain_is_taken_once() {
        let todo = Todo::new(1001, 10);
        let taken: Vec<Vec<Part>> = thread::scope(|scope| {
            let threads = [(); 3].map(|()| scope.spawn(|| todo.collect()));
            threads.map(|thread| thread.join().unwrap()).into()
        });
        assert!(taken.iter().flatten().count() == 101);
        let mut taken: Vec<Part> = taken.into_iter().flatten().collect();
        taken.sort_by_key(|part| part.task);
        assert!(taken.into_iter().eq(split(1001, 10, usize::MAX)));
        assert_eq!((&todo).next(), None);
        assert_eq!((&Todo::new(0, 1)).next(), None);
    }
}
