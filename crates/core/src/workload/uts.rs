//! `uts`: the nodes of an unbalanced tree, counted.

mod sha1;

use super::forked;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, StopToken, Workload, preflight};
use serde::{Deserialize, Serialize};
use sha1::sha1;
use std::hint::black_box;
use std::ops::Range;

/// How many nodes a tree has whose branches differ in size by orders of
/// magnitude, and whose shape nobody knows before: a node's state says how many
/// children it has, and each child's state is a SHA-1 of its parent's.
///
/// The tree and its numbers are those of the Unbalanced Tree Search benchmark
/// (Olivier and others, "UTS: an unbalanced tree search benchmark", 2006): T1
/// is the geometric tree of fixed shape with four children in the mean, root
/// seed 19 and depth 10. A lesser depth is the same tree, cut off there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uts {
    /// The depth of the deepest nodes; at most [`Uts::LAST`], which is T1.
    pub depth: u32,
    /// Nodes of this depth are counted, with all below them, without a fork;
    /// by default every node is a fork.
    #[serde(default)]
    pub cutoff: Option<u32>,
}

/// The seed of the root.
const ROOT: u32 = 19;

/// How many children a node has in the mean, and at most.
const MEAN: f64 = 4.0;
const MOST: usize = 100;

/// What a task that is not joined yet holds in memory, at most.
const TASK: usize = 512;

/// How many nodes the tree has down to depth 0, 1, 2 and deeper.
const NODES: [u32; Uts::LAST as usize + 1] =
    [1, 6, 65, 254, 944, 3_987, 16_000, 63_914, 257_042, 1_031_269, 4_130_071];

impl Uts {
    /// The depth of T1.
    pub const LAST: u32 = 10;

    /// How many tasks there are: the nodes that are not below the cut-off.
    pub fn tasks(&self) -> usize {
        nodes(self.cutoff.map_or(self.depth, |cutoff| cutoff.min(self.depth)))
    }
}

/// How many nodes the tree has down to this depth.
fn nodes(depth: u32) -> usize {
    NODES.get(depth as usize).map_or(usize::MAX, |nodes| *nodes as usize)
}

impl Workload for Uts {
    const NAME: &'static str = "uts";
    const FAMILY: &'static str = "fork-join";
    const STRESSES: &'static str =
        "sharing out a tree of small nodes that nobody knows before";
    const OMITS: &'static str =
        "memory, and a cut-off: every node is a fork, and one hash";
    const UNIT: &'static str = "node";
    const POINT: Point = Point::Work;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let depth = match size {
            Size::Quick => 7,
            Size::Full => 10,
        };
        vec![Self { depth, cutoff: None }]
    }

    /// The least depth with so many nodes, up to 6. A cut-off is at half of it.
    fn with_items(&self, items: usize) -> Self {
        let enough = |depth: &u32| nodes(*depth) >= items;
        let depth = (0..6).find(enough).unwrap_or(6);
        Self { depth, cutoff: self.cutoff.map(|_| depth / 2) }
    }

    fn items(&self) -> usize {
        nodes(self.depth)
    }

    /// `nqueens` is the tree that people know.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let depth = self.depth;
        match self.cutoff {
            None => depth.to_string(),
            Some(cutoff) => format!("{depth}/{cutoff}"),
        }
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.depth > Self::LAST {
            let (depth, last) = (self.depth, Self::LAST);
            let what = format!("a tree of depth {depth}; at most {last}");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.tasks(), TASK)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> u64 {
        let mut counted = 0;
        // The nodes that are known and not counted yet, with their depths.
        let mut known = vec![(root(), 0)];
        while let Some((state, depth)) = known.pop() {
            counted += 1;
            if depth < input.depth {
                let children = (0..children(&state)).map(|child| child as u32);
                let below = |child| (child_of(&state, child), depth + 1);
                known.extend(children.map(below));
            }
        }
        counted
    }

    fn digest(output: &u64) -> u64 {
        seed::digest([*output])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let root = job.root();
        // Without a cut-off it is a node, and not worth a search.
        let largest = job.cutoff.map_or(1, |_| root.largest()) as f64;
        let above = job.cutoff.map_or(job.depth, |last| last.min(job.depth));
        let chain = (largest + f64::from(above)) / job.items() as f64;
        let whole = || {
            black_box(black_box(root).plain());
        };
        Ok(forked::limit(workers, chain, whole))
    }
}

/// The state of a node: a SHA-1, as five numbers.
type State = [u32; 5];

/// The state of the root: 16 bytes of zero and its seed, hashed.
fn root() -> State {
    sha1([0, 0, 0, 0, ROOT])
}

/// The state of a child: that of its parent and the child's number, hashed.
fn child_of(parent: &State, child: u32) -> State {
    let [a, b, c, d, e] = *parent;
    sha1([a, b, c, d, e, child])
}

/// How many children a node has: a number of the geometric distribution, drawn
/// with the last 31 bits of its state.
fn children(state: &State) -> usize {
    let drawn = f64::from(state[4] & 0x7FFF_FFFF) / f64::from(1_u32 << 31);
    let ends = 1.0 / (1.0 + MEAN);
    let count = ((1.0 - drawn).ln() / (1.0 - ends).ln()).floor();
    (count as usize).min(MOST)
}

/// A node of the tree with all below it; free to copy.
#[derive(Clone, Copy)]
pub struct TreeNode {
    token: StopToken,
    state: State,
    depth: u32,
    last: u32,
    cutoff: u32,
}

/// Where a node is in the tree: what a worker in another process is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreePlace {
    state: State,
    depth: u32,
}

impl TreePlace {
    /// A number that says nothing about the node: the first of its state.
    pub fn hash(&self) -> u64 {
        self.state[0].into()
    }
}

impl Job<Uts> {
    /// The node at a place.
    pub fn node(&self, TreePlace { state, depth }: TreePlace) -> TreeNode {
        TreeNode { state, depth, ..self.root() }
    }

    /// The whole tree.
    pub fn root(&self) -> TreeNode {
        TreeNode {
            token: self.context().token(),
            state: root(),
            depth: 0,
            last: self.depth,
            cutoff: self.cutoff.unwrap_or(self.depth),
        }
    }
}

impl TreeNode {
    /// Where it is.
    pub fn place(self) -> TreePlace {
        TreePlace { state: self.state, depth: self.depth }
    }

    /// The nodes from this one on, without a fork: for one that is below the
    /// cut-off or as deep as the tree, and at once for any when the run was
    /// stopped. What is then answered means nothing, and [`Job::finish`] says
    /// so. It never panics, so that a child that was started is always joined.
    #[inline]
    pub fn leaf(self) -> Option<u64> {
        let forks = self.depth < self.cutoff.min(self.last);
        let task = self.depth as usize;
        forked::leaf(self.token, task, forks, || self.plain())
    }

    /// The numbers of its children.
    pub fn children(self) -> Range<usize> {
        if self.depth < self.last { 0..children(&self.state) } else { 0..0 }
    }

    /// The child with this number, whose state is hashed here.
    pub fn child(self, child: usize) -> Self {
        let state = child_of(&self.state, child as u32);
        Self { state, depth: self.depth + 1, ..self }
    }

    /// The recursion without a fork.
    #[inline(never)]
    fn plain(self) -> u64 {
        if self.token.is_stopped() {
            return 0;
        }
        let children = self.children().map(|child| self.child(child).plain());
        1 + children.sum::<u64>()
    }

    /// The nodes of the largest subtree that is counted without a fork.
    fn largest(self) -> u64 {
        if self.depth >= self.cutoff.min(self.last) {
            return self.plain();
        }
        let children = self.children().map(|child| self.child(child));
        children.map(Self::largest).max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a model does, on one thread; and how many tasks it has.
    fn run(node: TreeNode) -> (u64, usize) {
        if let Some(nodes) = node.leaf() {
            return (nodes, 1);
        }
        let children = node.children().map(|child| run(node.child(child)));
        children.fold((1, 1), |(a, b), (nodes, tasks)| (a + nodes, b + tasks))
    }

    #[test]
    fn the_tree_is_the_published_one() {
        // T1: nodes, depth and leaves as the authors' program prints them.
        let (mut nodes, mut leaves) = ([0_u32; 11], 0);
        let mut known = vec![(root(), 0_u32)];
        while let Some((state, depth)) = known.pop() {
            nodes[depth as usize] += 1;
            let below = match depth {
                Uts::LAST => 0,
                _ => children(&state) as u32,
            };
            leaves += u32::from(below == 0);
            let below = (0..below).map(|child| child_of(&state, child));
            known.extend(below.map(|state| (state, depth + 1)));
        }
        assert_eq!((nodes.iter().sum::<u32>(), leaves), (4_130_071, 3_305_118));
        let down_to = nodes.iter().scan(0, |sum, nodes| {
            *sum += nodes;
            Some(*sum)
        });
        assert!(down_to.eq(NODES), "{nodes:?}");
    }

    #[test]
    fn every_node_is_counted_once_whatever_the_cut_off() {
        for depth in 0..7 {
            for cutoff in [None, Some(0), Some(1), Some(3), Some(u32::MAX)] {
                let size = Uts { depth, cutoff };
                let job = Job::new(&size, 7).unwrap();
                let expected = (Uts::reference(&job), size.tasks());
                assert_eq!(run(job.root()), expected, "{size:?}");
                assert_eq!(expected.0 as usize, job.items());
            }
        }
    }

    #[test]
    fn deeper_trees_are_refused_and_labels_show_the_cut_off() {
        for depth in [11, 93, u32::MAX] {
            let size = Uts { depth, cutoff: None };
            let refused = size.input(7);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
            assert!(size.tasks() > 0 && size.items() > 0);
        }
        let half = Uts { depth: 10, cutoff: Some(5) };
        assert_eq!((half.label(), half.tasks()), ("10/5".into(), nodes(5)));
        let read = serde_json::from_str::<Uts>(r#"{"depth":7}"#).unwrap();
        assert_eq!(read, Uts { depth: 7, cutoff: None });
    }

    #[test]
    fn so_many_items_are_at_least_so_many_nodes() {
        let size = Uts { depth: 10, cutoff: Some(5) };
        for items in [0, 1, 2, 24, 500, 9_559] {
            let few = size.with_items(items);
            assert!(few.items() >= items, "{few:?}");
        }
        let few = size.with_items(usize::MAX);
        assert_eq!((few.depth, few.cutoff), (6, Some(3)));
    }

    #[test]
    fn a_stopped_run_counts_no_more() {
        let job = Job::new(&Uts { depth: 6, cutoff: Some(0) }, 7).unwrap();
        assert_eq!(job.root().largest() as usize, job.items());
        job.context().cancel();
        assert_eq!((job.root().leaf(), job.root().plain()), (Some(0), 0));
    }
}
