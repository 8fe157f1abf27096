//! `skynet`: a tree of tasks, ten below each.

use super::forked;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, StopToken, Workload, preflight};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::ops::Range;

/// A tree in which each node has ten children: every leaf answers its number,
/// and every other node the sum of its children.
///
/// It is the benchmark of that name (Alexander Temerev, "skynet", 2016), in
/// which each node is a task, a million of them and more. With a cut-off the
/// last levels of the tree are plain calls, as programs have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skynet {
    /// How many leaves; at most [`Skynet::MOST`].
    pub leaves: usize,
    /// A subtree of so many leaves or fewer is summed without a fork: with 1,
    /// none but a leaf.
    pub cutoff: usize,
}

/// How many children a node has.
const WIDTH: u32 = 10;

/// So many leaves are summed between two looks at the cancel flag, at most: a
/// few microseconds.
const LOOK: u32 = 1000;

/// What a task that is not joined yet holds in memory, at most.
const TASK: usize = 512;

impl Skynet {
    /// More leaves are refused.
    pub const MOST: usize = 1 << 31;

    /// How many tasks there are: the nodes that are not below the cut-off.
    pub fn tasks(&self) -> usize {
        tasks(self.leaves, self.cutoff.max(1))
    }
}

fn tasks(leaves: usize, cutoff: usize) -> usize {
    if leaves <= cutoff {
        return 1;
    }
    let width = leaves.min(WIDTH as usize);
    // Children differ by one leaf at most.
    let (each, more) = (leaves / width, leaves % width);
    let larger = if more > 0 { more * tasks(each + 1, cutoff) } else { 0 };
    1 + (width - more) * tasks(each, cutoff) + larger
}

impl Workload for Skynet {
    const NAME: &'static str = "skynet";
    const FAMILY: &'static str = "fork-join";
    const STRESSES: &'static str =
        "starting and joining tasks ten at a time, very many at once";
    const OMITS: &'static str =
        "real work; with a cut-off, as programs have it, the cost vanishes";
    const UNIT: &'static str = "leaf";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let leaves = match size {
            Size::Quick => 10_000,
            Size::Full => 1_000_000,
        };
        let forks = Self { leaves, cutoff: 1 };
        vec![forks, Self { leaves: 1_000_000, cutoff: 1000 }]
    }

    fn with_items(&self, items: usize) -> Self {
        let sixteenth = super::sixteenth(items).max(2);
        let cutoff = if self.cutoff > 1 { sixteenth } else { 1 };
        Self { leaves: items, cutoff }
    }

    fn items(&self) -> usize {
        self.leaves
    }

    fn label(&self) -> String {
        let leaves = power_of_ten(self.leaves);
        match self.cutoff {
            0 | 1 => leaves,
            cutoff => format!("{leaves}/{cutoff}"),
        }
    }

    /// `spawn` and `fib` say first what a task costs.
    fn is_usual(&self) -> bool {
        false
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.leaves > Self::MOST {
            let (leaves, most) = (self.leaves, Self::MOST);
            let what = format!("{leaves} leaves; at most {most}");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.tasks(), TASK)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> u64 {
        (0..input.leaves as u64).sum()
    }

    fn digest(output: &u64) -> u64 {
        seed::digest([*output])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        // A node above takes about as long as a leaf, without what is below.
        let largest = job.cutoff.max(1).min(job.leaves);
        let above = (job.leaves / largest.max(1)).checked_ilog(WIDTH as usize);
        let chain = largest as f64 + f64::from(above.unwrap_or(0));
        let chain = chain / job.leaves.max(1) as f64;
        let root = job.root();
        let whole = || {
            black_box(black_box(root).plain());
        };
        Ok(forked::limit(workers, chain, whole))
    }
}

/// A power of ten as `10^n`, any other number as it is.
fn power_of_ten(number: usize) -> String {
    match number.checked_ilog10() {
        Some(power) if power >= 3 && 10_usize.pow(power) == number => {
            format!("10^{power}")
        }
        _ => number.to_string(),
    }
}

/// A node of the tree with all below it; free to copy. As a task it is numbered
/// by its leaves.
///
/// A leaf takes a few nanoseconds. What has two fields is handed on in two
/// registers; three would go through memory, written in parts and read as one,
/// for which a processor waits longer than the leaf takes.
#[derive(Clone, Copy)]
pub struct Branch {
    token: StopToken,
    /// The number of its first leaf, above 32 bits for how many it has.
    range: u64,
}

impl Job<Skynet> {
    /// The whole tree.
    pub fn root(&self) -> Branch {
        // An input has no more leaves than fit, and more than all is as good.
        let short = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let above = short(self.cutoff).clamp(1, u32::MAX - 2) + 1;
        let token = self.context().token().forking_from(above);
        Branch { token, range: short(self.leaves).into() }
    }
}

impl Branch {
    #[inline]
    fn first(self) -> u64 {
        self.range >> 32
    }

    #[inline]
    fn leaves(self) -> u32 {
        self.range as u32
    }

    /// The sum without a fork: for leaves and for what lies below the cut-off,
    /// and at once for all of it when the run was stopped. What is then
    /// answered means nothing, and [`Job::finish`] says so. It never panics, so
    /// that a child that was started is always joined.
    #[inline]
    pub fn leaf(self) -> Option<u64> {
        if self.token.forks(self.leaves()) {
            None
        } else if self.leaves() == 1 && self.token.is_quiet() {
            Some(self.first())
        } else {
            self.unforked()
        }
    }

    /// Apart, so that a fork has little code and few registers.
    #[inline(never)]
    fn unforked(self) -> Option<u64> {
        let forks = self.token.is_large(self.leaves());
        let task = self.leaves() as usize;
        forked::leaf(self.token, task, forks, || self.plain())
    }

    /// The numbers of its children.
    #[inline]
    pub fn children(self) -> Range<usize> {
        0..self.leaves().min(WIDTH) as usize
    }

    /// The child with this number. The first ones have one leaf more than the
    /// others where the leaves cannot be shared equally.
    #[inline]
    pub fn child(self, child: usize) -> Self {
        let child = child as u32;
        // A division of 32 bits, and one only.
        let (each, more) = (self.leaves() / WIDTH, self.leaves() % WIDTH);
        let begin = self.first() + u64::from(child * each + child.min(more));
        let leaves = each + u32::from(child < more);
        Self { range: begin << 32 | u64::from(leaves), ..self }
    }

    /// The recursion without a fork.
    #[inline(never)]
    fn plain(self) -> u64 {
        match self.leaves() {
            0 => 0,
            1 => self.first(),
            leaves if leaves > LOOK && self.token.is_stopped() => 0,
            _ => self.children().map(|child| self.child(child).plain()).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a model does, on one thread; and how many tasks it has.
    fn run(branch: Branch) -> (u64, usize) {
        if let Some(sum) = branch.leaf() {
            return (sum, 1);
        }
        let children = branch.children().map(|child| run(branch.child(child)));
        children.fold((0, 1), |(a, b), (sum, tasks)| (a + sum, b + tasks))
    }

    #[test]
    fn every_leaf_is_summed_once_whatever_the_cut_off() {
        let lengths = (0..14).flat_map(|power| {
            let power = 1_usize << power;
            [power - 1, power, power + 1]
        });
        for leaves in lengths.chain([9, 10, 11, 99, 100, 101, 1000]) {
            for cutoff in [0, 1, 2, 10, 100, usize::MAX] {
                let size = Skynet { leaves, cutoff };
                let job = Job::new(&size, 7).unwrap();
                let expected = (Skynet::reference(&job), size.tasks());
                assert_eq!(run(job.root()), expected, "{size:?}");
            }
        }
    }

    #[test]
    fn the_sum_of_a_million_is_the_published_one() {
        let million = Skynet { leaves: 1_000_000, cutoff: 1000 };
        let job = Job::new(&million, 7).unwrap();
        assert_eq!(run(job.root()), (499_999_500_000, 1111));
        assert_eq!(Skynet::reference(&job), 499_999_500_000);
        let every = Skynet { cutoff: 1, ..million };
        assert_eq!((every.tasks(), every.label()), (1_111_111, "10^6".into()));
    }

    #[test]
    fn too_many_leaves_are_refused_and_labels_show_the_cut_off() {
        for leaves in [Skynet::MOST + 1, usize::MAX] {
            let refused = Skynet { leaves, cutoff: 1 }.input(7);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
        let label = |leaves, cutoff| Skynet { leaves, cutoff }.label();
        assert_eq!(label(1_000_000, 1000), "10^6/1000");
        assert_eq!([label(100, 1), label(1001, 0)], ["100", "1001"]);
    }

    #[test]
    fn a_stopped_run_sums_no_more() {
        let size = Skynet { leaves: 1_000_000_000, cutoff: usize::MAX };
        let job = Job::new(&size, 7).unwrap();
        job.context().cancel();
        assert_eq!(job.root().leaf(), Some(0));
        assert_eq!(job.root().plain(), 0);
    }
}
