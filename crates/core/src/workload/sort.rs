//! `sort`: a list into order, by halves that are merged or by a library's sort.

mod sorted;
mod stretch;

pub use sorted::Sorted;
pub use stretch::Stretch;

use super::{bound, power, sixteenth};
use crate::parts::{self, Part};
use crate::share::Store;
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A list of numbers, brought into order in memory beside it.
///
/// The list stays as it is, so that each run sorts the same. Every task copies
/// what it sorts, and no run begins with a copy by one worker. The sorted list
/// lies in memory that earlier runs have touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// How many numbers.
    pub len: usize,
    /// Who sorts them.
    pub form: Sorting,
    /// Stretches of at most so many numbers are sorted without another fork:
    /// how large the leaves of the recursion are.
    pub cutoff: usize,
    /// How many numbers are merged or copied between two looks at the cancel
    /// flag.
    pub grain: usize,
}

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sorting {
    /// By a merge sort: both halves at the same time, and then one worker
    /// merges them. `sort_unstable` sorts the leaves.
    Merge,
    /// By the sort that the model's library has. Once begun it cannot be
    /// stopped. A model whose library has none refuses it.
    Library,
}

/// The usual size of a leaf, and a small one, with which forks cost more.
const USUAL: usize = 1 << 12;
const SMALL: usize = 1 << 5;

/// A list to be sorted.
pub struct Unsorted {
    size: Sort,
    /// The number of the first leaf.
    first: usize,
    list: Vec<u64>,
    /// For the sorted list of a run, and as much beside it to merge from.
    memory: Arc<Store<u64>>,
}

impl Workload for Sort {
    const NAME: &'static str = "sort";
    const FAMILY: &'static str = "fork-join";
    const STRESSES: &'static str =
        "halves of halves that become longer again as they are joined";
    const OMITS: &'static str = "a parallel merge: one worker makes the last \
                                 merge, of the whole list, alone";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Unsorted;
    type Output = Sorted;

    fn sizes(size: Size) -> Vec<Self> {
        let len = match size {
            Size::Quick => 1 << 18,
            Size::Full => 1 << 22,
        };
        let of = |(form, cutoff)| Self { len, form, cutoff, grain: 1 << 16 };
        let forms = [
            (Sorting::Merge, USUAL),
            (Sorting::Merge, SMALL),
            (Sorting::Library, USUAL),
        ];
        forms.map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        let few = sixteenth(items);
        Self { len: items, form: self.form, cutoff: few, grain: few }
    }

    fn items(&self) -> usize {
        self.len
    }

    /// The form that every model has.
    fn is_usual(&self) -> bool {
        (self.form, self.cutoff) == (Sorting::Merge, USUAL)
    }

    fn label(&self) -> String {
        let len = power(self.len);
        match (self.form, self.cutoff) {
            (Sorting::Library, _) => format!("library-{len}"),
            (Sorting::Merge, USUAL) => format!("merge-{len}"),
            (Sorting::Merge, cutoff) => format!("merge-{len}/{cutoff}"),
        }
    }

    fn input(&self, seed: u64) -> Result<Unsorted, Error> {
        if self.cutoff == 0 {
            return Err(Error::Invalid("a cut-off of zero".into()));
        }
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        // The list, and twice as much for the answer of this run and the last.
        preflight::memory(self.len, size_of::<u64>() * 5)?;
        let mut list = preflight::list(self.len)?;
        list.extend(seed::numbers(seed).take(self.len));
        Ok(Unsorted::of(self.clone(), 0, list))
    }

    fn reference(input: &Unsorted) -> Sorted {
        Sorted::known(&input.list)
    }

    fn digest(output: &Sorted) -> u64 {
        seed::digest(output.compared())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let whole = Mutex::new(Some(job.whole()?));
        let work = bound::together(1, |_| {
            let mut whole = lock(&whole);
            // A stopped run has no limit to measure; its cause is below.
            *whole = whole.take().and_then(|stretch| match job.form() {
                Sorting::Merge => plain(job, stretch).ok(),
                Sorting::Library => alone(job, stretch).ok(),
            });
        })?;
        let limit = match job.form() {
            // Nobody knows what its longest chain is.
            Sorting::Library => Limit {
                span: None,
                ..Limit::shared(
                    "the library's sort on one worker / workers",
                    workers,
                    work,
                    Duration::ZERO,
                )
            },
            Sorting::Merge => Limit::shared(
                "all work / workers, or a leaf and all merges above it",
                workers,
                work,
                chain(job)?,
            ),
        };
        job.finish(limit)
    }
}

impl Sort {
    /// Copies numbers and sorts the copy: a leaf, without a look at the cancel
    /// flag.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn leaf(numbers: &[u64], sorted: &mut [u64]) {
        sort(numbers, sorted);
    }

    /// Merges two sorted lists into memory of both their lengths, without a
    /// look at the cancel flag.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn merge(mut left: &[u64], mut right: &[u64], merged: &mut [u64]) {
        let lengths = (left.len() + right.len(), merged.len());
        assert_eq!(lengths.0, lengths.1, "as much memory as numbers");
        merge(&mut left, &mut right, merged);
    }
}

impl Unsorted {
    /// A list to be sorted as `size` says, of which only the numbers from leaf
    /// `first` on are here: what a worker in another process was sent.
    pub fn of(size: Sort, first: usize, list: Vec<u64>) -> Self {
        let size = Sort { len: list.len(), ..size };
        // Twice what a run needs: its answer may be kept while another runs.
        let memory = Arc::new(Store::new(list.len(), 4));
        Self { size, first, list, memory }
    }

    /// The size, and how it is sorted.
    pub fn size(&self) -> &Sort {
        &self.size
    }

    /// How the list is sorted.
    pub fn form(&self) -> Sorting {
        self.size.form
    }

    /// How many numbers are merged or copied between two looks at the cancel
    /// flag.
    pub fn grain(&self) -> usize {
        self.size.grain
    }

    /// The numbers, in no order.
    pub fn list(&self) -> &[u64] {
        &self.list
    }

    /// The list in at most `count` parts of whole leaves, each with the number
    /// of its first leaf.
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        let cutoff = self.size.cutoff;
        let parts = parts::split(self.list.len(), cutoff, count);
        parts.map(move |part| Part { task: part.range.start / cutoff, ..part })
    }

    /// Copies the numbers of a leaf and sorts them, without a look at the
    /// cancel flag.
    pub fn sorted_leaf(&self, mut leaf: Stretch) -> Stretch {
        sort(&self.list[leaf.part.range.clone()], &mut leaf.sorted);
        leaf
    }

    /// How many forks the recursion makes: one less than it has leaves.
    pub fn forks(&self) -> usize {
        self.size.len.div_ceil(self.size.cutoff).saturating_sub(1)
    }
}

/// The whole list.
impl AsRef<[u64]> for Unsorted {
    fn as_ref(&self) -> &[u64] {
        &self.list
    }
}

impl Job<Sort> {
    /// The whole list as one stretch.
    ///
    /// # Errors
    /// [`Error::Resource`] without memory; the cause, if the run was stopped.
    pub fn whole(&self) -> Result<Stretch, Error> {
        self.context().finish(())?;
        let part = Part { task: 0, range: 0..self.list.len() };
        let (sorted, beside) = (self.memory.take()?, self.memory.take()?);
        Ok(Stretch { part, cutoff: self.size.cutoff, sorted, beside })
    }

    /// Refuses what only some models have: a library with a sort of its own.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if that is what the list is to be sorted by.
    pub fn no_library(&self) -> Result<(), Error> {
        match self.form() {
            Sorting::Merge => Ok(()),
            Sorting::Library => {
                let why = "its library has no parallel sort";
                Err(Error::Unsupported(why.into()))
            }
        }
    }

    /// Copies the numbers of a leaf and sorts them, as one grain.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn leaf(&self, leaf: Stretch) -> Result<Stretch, Error> {
        let task = self.first + leaf.task();
        let _span = self.context().span(task, State::Compute);
        self.context().grain(task)?;
        Ok(self.sorted_leaf(leaf))
    }

    /// Merges two halves that are sorted, and returns what was halved.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    ///
    /// # Panics
    /// If they are no two halves.
    pub fn merge(
        &self,
        left: Stretch,
        right: Stretch,
    ) -> Result<Stretch, Error> {
        let task = self.first + left.task();
        let middle = left.sorted.len();
        let mut whole = left.joined(right);
        let (left, right) = whole.beside.split_at(middle);
        self.merge_lists(task, left, right, &mut whole.sorted)?;
        Ok(whole)
    }

    /// Merges two sorted lists into memory of both their lengths.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn merge_lists(
        &self,
        task: usize,
        mut left: &[u64],
        mut right: &[u64],
        merged: &mut [u64],
    ) -> Result<(), Error> {
        let lengths = (left.len() + right.len(), merged.len());
        assert_eq!(lengths.0, lengths.1, "as much memory as numbers");
        let _span = self.context().span(task, State::Compute);
        for merged in merged.chunks_mut(self.grain()) {
            self.context().grain(task)?;
            merge(&mut left, &mut right, merged);
        }
        Ok(())
    }

    /// Copies one grain of the list, which a library is to sort.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn copy(&self, grain: usize, to: &mut [u64]) -> Result<(), Error> {
        let _span = self.context().span(grain, State::Compute);
        self.context().grain(grain)?;
        copy(&self.list[grain * self.grain()..][..to.len()], to);
        Ok(())
    }

    /// Has a library sort what was copied: one grain, in which nothing looks at
    /// the context, on as many workers as it takes.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn library(
        &self,
        mut copied: Stretch,
        sort: impl FnOnce(&mut [u64]),
    ) -> Result<Stretch, Error> {
        let _span = self.context().span(0, State::Compute);
        self.context().grain(0)?;
        sort(&mut copied.sorted);
        self.finish(copied)
    }

    /// The answer, of a stretch that is the whole list.
    pub fn answer(&self, sorted: Stretch) -> Sorted {
        Sorted::here(sorted, &self.memory)
    }
}

#[inline(never)]
fn copy(numbers: &[u64], to: &mut [u64]) {
    to.copy_from_slice(numbers);
}

#[inline(never)]
fn sort(numbers: &[u64], sorted: &mut [u64]) {
    sorted.copy_from_slice(numbers);
    sorted.sort_unstable();
}

/// Fills `merged` with the first numbers of two sorted lists, and takes them
/// off. Together they have as many.
///
/// Which list a number comes from is decided without a branch: it would be
/// guessed wrongly half of the time.
#[inline(never)]
fn merge(left: &mut &[u64], right: &mut &[u64], merged: &mut [u64]) {
    let (low, high) = (*left, *right);
    let (mut i, mut j, mut at) = (0, 0, 0);
    loop {
        // So many steps use up neither list.
        let steps = (low.len() - i).min(high.len() - j);
        let steps = steps.min(merged.len() - at);
        if steps == 0 {
            break;
        }
        for slot in &mut merged[at..at + steps] {
            let (a, b) = (low[i], high[j]);
            let is_left = a <= b;
            *slot = if is_left { a } else { b };
            i += usize::from(is_left);
            j += usize::from(!is_left);
        }
        at += steps;
    }
    let rest = &mut merged[at..];
    if j == high.len() {
        rest.copy_from_slice(&low[i..][..rest.len()]);
        i += rest.len();
    } else if i == low.len() {
        rest.copy_from_slice(&high[j..][..rest.len()]);
        j += rest.len();
    }
    (*left, *right) = (&low[i..], &high[j..]);
}

/// The recursion that every model forks, without a fork.
fn plain(job: &Job<Sort>, stretch: Stretch) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let (left, right) = stretch.halves();
    let left = plain(job, left)?;
    job.merge(left, plain(job, right)?)
}

/// The standard library's sort of the whole list.
fn alone(job: &Job<Sort>, mut stretch: Stretch) -> Result<Stretch, Error> {
    job.context().grain(0)?;
    sort(&job.list, &mut stretch.sorted);
    Ok(stretch)
}

/// The time of one leaf and of the merges above it: each waits for the one
/// before, on however many workers.
fn chain(job: &Job<Sort>) -> Result<Duration, Error> {
    let whole = job.whole()?;
    let one = job.list.len().min(job.size.cutoff);
    if whole.is_leaf() {
        let sorted = Mutex::new(whole.sorted);
        return bound::together(1, |_| sort(&job.list, &mut lock(&sorted)));
    }
    let (left, right) = whole.halves();
    let whole = plain(job, left)?.joined(plain(job, right)?);
    let middle = whole.part.halves(whole.cutoff);
    let middle = middle.map_or(0, |(left, _)| left.range.len());
    let (left, right) = whole.beside.split_at(middle);
    let merged = Mutex::new(whole.sorted);
    bound::together(1, |_| {
        let mut merged = lock(&merged);
        sort(&job.list[..one], &mut merged[..one]);
        let mut half = left.len().min(right.len());
        while half > 0 && 2 * half > job.size.cutoff {
            // The first numbers of both are as mixed as all of them.
            let (mut low, mut high) = (&left[..half], &right[..half]);
            merge(&mut low, &mut high, &mut merged[..2 * half]);
            half /= 2;
        }
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
