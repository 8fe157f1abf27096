//! A stretch of the list that is sorted: what a fork divides.

use super::Sort;
use crate::parts::Part;
use crate::share::Share;

/// A stretch of the list: which numbers of it, memory for them in order, and as
/// much again to merge from. It has one owner, and is moved from task to task.
pub struct Stretch {
    pub(super) part: Part,
    pub(super) cutoff: usize,
    pub(super) sorted: Share<u64>,
    pub(super) beside: Share<u64>,
}

impl Stretch {
    /// The number of its first leaf, which is that of the task.
    pub fn task(&self) -> usize {
        self.part.task
    }

    /// Whether it is sorted without another fork.
    pub fn is_leaf(&self) -> bool {
        self.part.range.len() <= self.cutoff
    }

    /// Both halves, as equal as whole leaves allow. They are to be sorted into
    /// the memory beside, from which they are merged.
    ///
    /// # Panics
    /// For a leaf.
    pub fn halves(self) -> (Self, Self) {
        let halves = self.part.halves(self.cutoff);
        let (left, right) = halves.expect("a stretch that is no leaf");
        let first = left.range.len();
        let (sorted, behind) = self.beside.divided(first);
        let (beside, rest) = self.sorted.divided(first);
        let cutoff = self.cutoff;
        (
            Self { part: left, cutoff, sorted, beside },
            Self { part: right, cutoff, sorted: behind, beside: rest },
        )
    }

    /// What two halves were before. Their sorted numbers lie in the memory
    /// beside.
    pub(super) fn joined(self, right: Self) -> Self {
        let range = self.part.range.start..right.part.range.end;
        Self {
            part: Part { task: self.part.task, range },
            cutoff: self.cutoff,
            sorted: self.beside.joined(right.beside),
            beside: self.sorted.joined(right.sorted),
        }
    }

    /// What two halves that are sorted were before, merged without a look at
    /// the cancel flag.
    ///
    /// # Panics
    /// If they are no two halves.
    pub fn merged(self, right: Self) -> Self {
        let middle = self.sorted.len();
        let mut whole = self.joined(right);
        let (left, right) = whole.beside.split_at(middle);
        Sort::merge(left, right, &mut whole.sorted);
        whole
    }

    /// Its memory for the sorted numbers, to be written.
    pub fn numbers_mut(&mut self) -> &mut [u64] {
        &mut self.sorted
    }

    /// The same, and as much memory beside it to merge from.
    pub fn memory_mut(&mut self) -> (&mut [u64], &mut [u64]) {
        (&mut self.sorted, &mut self.beside)
    }
}

/// Its memory for the sorted numbers.
impl AsRef<[u64]> for Stretch {
    fn as_ref(&self) -> &[u64] {
        &self.sorted
    }
}
