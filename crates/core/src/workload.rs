//! The catalogue: one file per workload, with its definition, its input, its
//! reference answer, its limit and its kernels.

mod bound;
mod counter;
mod double;
mod event;
mod fetch;
mod fib;
mod join;
mod max;
mod read;
mod spawn;
mod subtasks;

pub use counter::{Counter, Form, Total};
pub use double::Double;
pub use event::{Event, Latencies, Player, Relay, Token};
pub use fetch::Fetch;
pub use fib::{Fib, Fork};
pub use join::Join;
pub use max::Max;
pub use read::Read;
pub use spawn::{Empty, Spawn};
pub use subtasks::Subtasks;

use crate::{Complete, Error, Job, Run};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::time::Duration;

/// A job that every model can be asked to do. A value is one size of it, and can
/// be written down for a worker in another process.
pub trait Workload:
    Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The name, as the file, the type, benchmarks and commands spell it.
    const NAME: &'static str;
    /// What kind of work it is, as the bench target that runs it is called.
    const FAMILY: &'static str;
    /// What it stresses, in one sentence.
    const STRESSES: &'static str;
    /// What it does not show, in one sentence.
    const OMITS: &'static str;
    /// What one item of it is, for figures per item.
    const UNIT: &'static str;

    /// What the work is done on; shared by all tasks.
    type Input: Send + Sync + 'static;
    /// The answer.
    type Output: PartialEq + Debug + Send + 'static;

    /// The values that a quick or a full session runs.
    fn sizes(size: Size) -> Vec<Self>;

    /// The same workload with this many items, in grains that cut it.
    fn with_items(&self, items: usize) -> Self;

    /// How many items it has.
    fn items(&self) -> usize;

    /// The size, as benchmarks spell it.
    fn label(&self) -> String;

    /// The same size, with what would be measured anew for each input fixed, so
    /// that all processes that are compared do the same work.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters that nothing can be measured for.
    fn pinned(&self) -> Result<Self, Error> {
        Ok(self.clone())
    }

    /// Makes the input from a seed: the same on every machine.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters that no input can be made of,
    /// [`Error::Resource`] for one that the machine does not hold; before
    /// anything large is allocated.
    fn input(&self, seed: u64) -> Result<Self::Input, Error>;

    /// The right answer, by the plainest code.
    fn reference(input: &Self::Input) -> Self::Output;

    /// The answer as one number: [`crate::seed::digest`] of its numbers, so that
    /// answers can be compared across processes and languages.
    fn digest(output: &Self::Output) -> u64;

    /// The time no model can beat with so many workers, measured now.
    ///
    /// # Errors
    /// Those of the work that is measured.
    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error>;

    /// The times of single steps within the run, where a workload has them.
    fn latencies(_output: &Self::Output) -> Option<&Latencies> {
        None
    }

    /// The CPU time that the input's own server has spent so far: part of the
    /// process, but no part of the model.
    fn served(_input: &Self::Input) -> Duration {
        Duration::ZERO
    }
}

/// What bounds a workload from below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What it is, in words.
    pub what: &'static str,
    /// The time, if the limit is one.
    pub time: Option<Duration>,
}

/// Which sizes a session runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The whole matrix in minutes.
    Quick,
    /// The sizes of the catalogue.
    Full,
}

/// Work on every workload of the catalogue, whatever its types.
pub trait Visitor {
    /// Called with each workload and size, in the order of the catalogue.
    fn visit<W: Workload>(&mut self, workload: &W)
    where
        dyn Complete: Run<W>;
}

/// Shows the visitor every workload of the catalogue in the given sizes.
pub fn visit(size: Size, visitor: &mut impl Visitor) {
    fn each<W: Workload>(size: Size, visitor: &mut impl Visitor)
    where
        dyn Complete: Run<W>,
    {
        for workload in W::sizes(size) {
            visitor.visit(&workload);
        }
    }
    each::<Max>(size, visitor);
    each::<Double>(size, visitor);
    each::<Join>(size, visitor);
    each::<Subtasks>(size, visitor);
    each::<Fetch>(size, visitor);
    each::<Read>(size, visitor);
    each::<Counter>(size, visitor);
    each::<Event>(size, visitor);
    each::<Spawn>(size, visitor);
    each::<Fib>(size, visitor);
}

/// A grain that cuts `items` into about sixteen.
fn sixteenth(items: usize) -> usize {
    (items / 16).max(1)
}

/// A power of two as `2^n`, any other number as it is.
fn power(number: usize) -> String {
    if number.is_power_of_two() && number >= 1024 {
        format!("2^{}", number.trailing_zeros())
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `check` with each workload in a size that cannot be.
    struct Impossible(usize);

    impl Visitor for Impossible {
        fn visit<W: Workload>(&mut self, workload: &W)
        where
            dyn Complete: Run<W>,
        {
            for items in [usize::MAX, usize::MAX / 8, 1 << 58, 1 << 44] {
                let workload = workload.with_items(items);
                // fib stops at a size that is always possible.
                if workload.items() < 10_000 && W::NAME == "fib" {
                    continue;
                }
                let refused = workload.input(7).err();
                assert!(
                    matches!(
                        refused,
                        Some(Error::Invalid(_) | Error::Resource(_))
                    ),
                    "{} of {items}: {refused:?}",
                    W::NAME
                );
                self.0 += 1;
            }
        }
    }

    #[test]
    fn sizes_that_cannot_be_are_refused_before_anything_is_allocated() {
        let mut impossible = Impossible(0);
        visit(Size::Full, &mut impossible);
        // Twelve sizes of ten workloads, without fib.
        assert_eq!(impossible.0, 4 * 11);
    }

    #[test]
    fn names_differ_and_every_size_has_a_label() {
        struct Labels(Vec<String>);
        impl Visitor for Labels {
            fn visit<W: Workload>(&mut self, workload: &W)
            where
                dyn Complete: Run<W>,
            {
                self.0.push(format!("{}/{}", W::NAME, workload.label()));
            }
        }
        let mut labels = Labels(Vec::new());
        visit(Size::Quick, &mut labels);
        visit(Size::Full, &mut labels);
        let count = labels.0.len();
        labels.0.sort_unstable();
        labels.0.dedup();
        assert_eq!((labels.0.len(), count), (24, 24), "{:?}", labels.0);
    }
}
