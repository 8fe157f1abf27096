//! The answer of `sort`: a list that was sorted, or what is known of it.

use super::stretch::Stretch;
use crate::seed;
use crate::share::Store;
use std::fmt;
use std::sync::Arc;

/// A list that was sorted. Two are equal if both are in order and have the same
/// numbers, each as often.
///
/// Dropping it keeps its memory for the next run over the same input.
pub struct Sorted(Kept);

enum Kept {
    /// What a run has sorted, and the memory that it goes back to.
    Here { sorted: Option<Stretch>, memory: Arc<Store<u64>> },
    /// What another process has sorted.
    Sent(Vec<u64>),
    /// What is known of the right answer, without a sort.
    Known(Summary),
}

/// What is compared of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summary {
    len: usize,
    in_order: bool,
    /// The sum of one random number for each number of the list, modulo 2^64:
    /// a hash that does not depend on the order. A list with other numbers has
    /// the same one in one of 2^64 cases.
    sum: u64,
}

impl Summary {
    fn of(list: &[u64]) -> Self {
        let hashes = list.iter().map(|number| seed::part(*number, 0));
        Self {
            len: list.len(),
            in_order: list.is_sorted(),
            sum: hashes.fold(0, u64::wrapping_add),
        }
    }
}

impl Sorted {
    /// The numbers, in the order that they have; none of what is only known.
    pub fn numbers(&self) -> &[u64] {
        match &self.0 {
            Kept::Here { sorted, .. } => {
                sorted.as_ref().map_or(&[], Stretch::as_ref)
            }
            Kept::Sent(numbers) => numbers,
            Kept::Known(_) => &[],
        }
    }

    /// The answer of a run, and where its memory goes back to.
    pub(super) fn here(sorted: Stretch, memory: &Arc<Store<u64>>) -> Self {
        let memory = Arc::clone(memory);
        Self(Kept::Here { sorted: Some(sorted), memory })
    }

    /// What is known of the right answer, of the numbers in any order.
    pub(super) fn known(numbers: &[u64]) -> Self {
        let known = Summary { in_order: true, ..Summary::of(numbers) };
        Self(Kept::Known(known))
    }

    /// What is compared, as numbers: how many there are, 1 if they are in order
    /// and otherwise 0, and the hash of all.
    pub(super) fn compared(&self) -> [u64; 3] {
        let Summary { len, in_order, sum } = self.summary();
        [len as u64, in_order.into(), sum]
    }

    fn summary(&self) -> Summary {
        match &self.0 {
            Kept::Known(summary) => *summary,
            _ => Summary::of(self.numbers()),
        }
    }
}

/// A list that was sorted in another process.
impl From<Vec<u64>> for Sorted {
    fn from(numbers: Vec<u64>) -> Self {
        Self(Kept::Sent(numbers))
    }
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Self) -> bool {
        self.summary() == other.summary()
    }
}

impl fmt::Debug for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { len, in_order, sum } = self.summary();
        let order = if in_order { "in order" } else { "not in order" };
        write!(f, "{len} numbers {order}, of the sum {sum:#x}")
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Self::Here { sorted, memory } = self
            && let Some(Stretch { sorted, beside, .. }) = sorted.take()
        {
            memory.keep(sorted);
            memory.keep(beside);
        }
    }
}
