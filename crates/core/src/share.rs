//! Memory that the tasks of a run divide among them, and that the next run uses
//! again.

use crate::{Error, preflight};
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut, Range};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A part of a list, which has one owner. It is divided without a copy, moved
/// into tasks, and joined again when they bring it back.
///
/// A task that may outlive its caller cannot borrow a part of a list, and
/// slices that were divided cannot be joined. A share can, and costs a task
/// nothing but the move: dividing and joining count nothing, since a count is a
/// number that every worker writes. Items are counted where shares are dropped,
/// which a run that succeeds does with the whole only; with the last item the
/// memory goes.
pub struct Share<T: Copy> {
    /// Means nothing to a share without items.
    memory: NonNull<Memory<T>>,
    range: Range<usize>,
}

/// A list that lies where it lies until all its items were dropped.
struct Memory<T> {
    items: NonNull<[T]>,
    /// How many items the shares had that were dropped.
    dropped: AtomicUsize,
}

/// No items.
impl<T: Copy> Default for Share<T> {
    fn default() -> Self {
        Self { memory: NonNull::dangling(), range: 0..0 }
    }
}

/// The whole of a list.
impl<T: Copy> From<Vec<T>> for Share<T> {
    fn from(list: Vec<T>) -> Self {
        if list.is_empty() {
            return Self::default();
        }
        let items = NonNull::from(Box::leak(list.into_boxed_slice()));
        let range = 0..items.len();
        let memory = Memory { items, dropped: AtomicUsize::new(0) };
        let memory = NonNull::from(Box::leak(Box::new(memory)));
        Self { memory, range }
    }
}

impl<T: Copy> Share<T> {
    /// The first `at` items, and the others.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn divided(self, at: usize) -> (Self, Self) {
        assert!(at <= self.range.len(), "so many items");
        // Its items go on in two shares.
        let whole = ManuallyDrop::new(self);
        let Range { start, end } = whole.range;
        let share = |range| Self { memory: whole.memory, range };
        (share(start..start + at), share(start + at..end))
    }

    /// These items, and those that lie behind them.
    ///
    /// # Panics
    /// If the other share is not the one behind this.
    pub fn joined(self, behind: Self) -> Self {
        let is_behind = self.memory == behind.memory
            && self.range.end == behind.range.start;
        assert!(is_behind, "two shares that lie side by side");
        // Their items go on in one share.
        let first = ManuallyDrop::new(self);
        let last = ManuallyDrop::new(behind);
        let range = first.range.start..last.range.end;
        Self { memory: first.memory, range }
    }
}

// SAFETY: a share is the only way to its items, as a box is to its own, so that
// it may go wherever they may. The count behind it is atomic.
#[expect(unsafe_code, reason = "it owns its items, by a pointer")]
unsafe impl<T: Copy + Send> Send for Share<T> {}

// SAFETY: a reference to a share gives references to its items, and no more.
#[expect(unsafe_code, reason = "it owns its items, by a pointer")]
unsafe impl<T: Copy + Sync> Sync for Share<T> {}

impl<T: Copy> Deref for Share<T> {
    type Target = [T];

    #[expect(unsafe_code, reason = "the items of one share of a list")]
    fn deref(&self) -> &[T] {
        if self.range.is_empty() {
            return &[];
        }
        // SAFETY: the memory is there, since items of it were not dropped. They
        // lie in the range, which no other share has, and are borrowed as long
        // as this one.
        unsafe {
            let first = self.memory.as_ref().items.cast::<T>();
            let first = first.add(self.range.start).as_ptr();
            slice::from_raw_parts(first, self.range.len())
        }
    }
}

impl<T: Copy> DerefMut for Share<T> {
    #[expect(unsafe_code, reason = "the items of one share of a list")]
    fn deref_mut(&mut self) -> &mut [T] {
        if self.range.is_empty() {
            return &mut [];
        }
        // SAFETY: as above, and this one is borrowed for nobody else.
        unsafe {
            let first = self.memory.as_ref().items.cast::<T>();
            let first = first.add(self.range.start).as_ptr();
            slice::from_raw_parts_mut(first, self.range.len())
        }
    }
}

impl<T: Copy> Drop for Share<T> {
    #[expect(unsafe_code, reason = "the last share frees the memory")]
    fn drop(&mut self) {
        let own = self.range.len();
        if own == 0 {
            return;
        }
        // SAFETY: the memory is there, since these items were not dropped.
        let memory = unsafe { self.memory.as_ref() };
        // Afterwards another share may be the last.
        let all = memory.items.len();
        let others = memory.dropped.fetch_add(own, Ordering::AcqRel);
        if others + own == all {
            // SAFETY: it was leaked from a box, each item was dropped once, and
            // all have been: nobody has the memory any more.
            drop(unsafe { Box::from_raw(self.memory.as_ptr()) });
        }
    }
}

impl<T> Drop for Memory<T> {
    #[expect(unsafe_code, reason = "the items are freed as they were made")]
    fn drop(&mut self) {
        // SAFETY: they were leaked from a box, and this is the only pointer.
        drop(unsafe { Box::from_raw(self.items.as_ptr()) });
    }
}

/// Lists of one length that runs use one after the other: into fresh pages the
/// page faults would be the workload.
pub struct Store<T: Copy> {
    len: usize,
    most_idle: usize,
    idle: Mutex<Vec<Share<T>>>,
}

impl<T: Copy + Default> Store<T> {
    /// Of lists with `len` items; at most `most_idle` are kept.
    pub fn new(len: usize, most_idle: usize) -> Self {
        Self { len, most_idle, idle: Mutex::default() }
    }

    /// A list, whatever an earlier run has left in it.
    ///
    /// # Errors
    /// [`Error::Resource`] if memory does not hold one more.
    pub fn take(&self) -> Result<Share<T>, Error> {
        if let Some(idle) = self.idle().pop() {
            return Ok(idle);
        }
        preflight::memory(self.len, size_of::<T>())?;
        let mut list = Vec::new();
        list.try_reserve_exact(self.len).map_err(|_| Error::memory())?;
        list.resize(self.len, T::default());
        Ok(list.into())
    }

    /// Keeps a list for the next run, unless it is only a part of one.
    pub fn keep(&self, list: Share<T>) {
        let mut idle = self.idle();
        if list.len() == self.len && idle.len() < self.most_idle {
            idle.push(list);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Share<T>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn share(len: u64) -> Share<u64> {
        (0..len).collect::<Vec<_>>().into()
    }

    #[test]
    fn shares_are_what_was_divided_and_are_joined_again() {
        for at in 0..=8 {
            let (mut first, mut last) = share(8).divided(at);
            assert!(first.iter().copied().eq(0..at as u64));
            assert!(last.iter().copied().eq(at as u64..8));
            first.iter_mut().chain(last.iter_mut()).for_each(|n| *n += 1);
            let whole = first.joined(last);
            assert_eq!(*whole, [1, 2, 3, 4, 5, 6, 7, 8]);
        }
        assert!(Share::<u64>::default().is_empty());
        let (none, nothing) = share(0).divided(0);
        assert!(none.joined(nothing).is_empty());
    }

    #[test]
    fn shares_go_to_threads_and_back() {
        fn fill(mut share: Share<u64>, depth: u32) -> Share<u64> {
            if depth == 0 {
                share.iter_mut().for_each(|number| *number *= 2);
                return share;
            }
            let middle = share.len() / 2;
            let (left, right) = share.divided(middle);
            let left = thread::spawn(move || fill(left, depth - 1));
            let right = fill(right, depth - 1);
            left.join().unwrap().joined(right)
        }
        let whole = fill(share(100), 4);
        assert!(whole.iter().copied().eq((0..100).map(|number| number * 2)));
    }

    #[test]
    fn shares_are_dropped_in_any_order_and_place() {
        // What is freed twice or never is found by a sanitizer.
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 1, 0]] {
            let (first, rest) = share(9).divided(3);
            let (second, third) = rest.divided(3);
            let mut shares = [Some(first), Some(second), Some(third)];
            for place in order {
                let share = shares[place].take();
                thread::spawn(move || drop(share)).join().unwrap();
            }
        }
        // One without items may be the last.
        let (all, none) = share(3).divided(3);
        drop(all);
        assert!(none.is_empty());
    }

    #[test]
    #[should_panic(expected = "side by side")]
    fn shares_of_two_lists_are_not_joined() {
        drop(share(2).joined(share(2)));
    }

    #[test]
    #[should_panic(expected = "side by side")]
    fn shares_in_the_wrong_order_are_not_joined() {
        let (first, last) = share(2).divided(1);
        drop(last.joined(first));
    }

    #[test]
    fn a_store_keeps_whole_lists_and_few_of_them() {
        let store = Store::<u64>::new(4, 1);
        let (mut one, two) = (store.take().unwrap(), store.take().unwrap());
        one[0] = 7;
        store.keep(one);
        store.keep(two);
        let again = store.take().unwrap();
        assert_eq!(*again, [7, 0, 0, 0]);
        store.keep(again.divided(2).0);
        assert_eq!(*store.take().unwrap(), [0; 4]);
        let never = Store::<u64>::new(usize::MAX, 1).take();
        assert!(never.is_err());
    }
}
