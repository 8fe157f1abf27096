//! `nqueens`: all ways to place queens that do not attack each other.

use super::forked;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, StopToken, Workload, preflight};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::ops::Range;

/// How many ways there are to place n queens on a board of n rows so that none
/// attacks another: all of them are searched for, row by row.
///
/// Subtrees of the search differ in size. As in the Barcelona OpenMP Tasks
/// Suite (Duran and others, 2009), each placement of the first rows is a task,
/// and the rows after the cut-off are searched by plain calls; the kernel has
/// the board as bit masks (Richards, "Backtracking algorithms in MCPL using bit
/// patterns and recursion", 1997).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nqueens {
    /// How many queens, and rows; at most [`Nqueens::LAST`].
    pub n: u32,
    /// In so many first rows each placement is a fork.
    pub cutoff: u32,
}

/// The cut-off that is usual.
const USUAL: u32 = 3;

/// With so many rows left the search goes on without a look at the cancel flag:
/// some tens of microseconds.
const LOOK: u32 = 10;

/// What a task that is not joined yet holds in memory, at most.
const TASK: usize = 512;

/// How many boards the search for 0, 1, 2 and more queens looks at: the empty
/// one, and one for each queen that is placed.
const BOARDS: [u64; Nqueens::LAST as usize + 1] = [
    1,
    2,
    3,
    6,
    17,
    54,
    153,
    552,
    2_057,
    8_394,
    35_539,
    166_926,
    856_189,
    4_674_890,
    27_358_553,
    171_129_072,
    1_141_190_303,
];

impl Nqueens {
    /// With more queens a search takes minutes and more.
    pub const LAST: u32 = 16;

    /// How many tasks there are, at most: the boards with no more queens than
    /// the cut-off has rows.
    pub fn tasks(&self) -> usize {
        let n = u64::from(self.n);
        // In each row there is a column less, and diagonals besides.
        let row = |boards: &mut u64, row: u64| {
            *boards = boards.saturating_mul(n - row);
            Some(*boards)
        };
        let rows = (0..u64::from(self.cutoff.min(self.n))).scan(1, row);
        let tasks = rows.fold(1, u64::saturating_add);
        usize::try_from(tasks.min(self.boards())).unwrap_or(usize::MAX)
    }

    fn boards(&self) -> u64 {
        BOARDS.get(self.n as usize).copied().unwrap_or(u64::MAX)
    }
}

impl Workload for Nqueens {
    const NAME: &'static str = "nqueens";
    const FAMILY: &'static str = "fork-join";
    const STRESSES: &'static str =
        "forking and joining a thousand tasks of uneven length";
    const OMITS: &'static str =
        "memory: a board is three numbers, and an answer is one";
    const UNIT: &'static str = "board";
    const POINT: Point = Point::Work;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let n = match size {
            Size::Quick => 12,
            Size::Full => 14,
        };
        vec![Self { n, cutoff: USUAL }]
    }

    /// The fewest queens whose search has so many boards, up to ten.
    fn with_items(&self, items: usize) -> Self {
        let enough = |n: &u32| BOARDS[*n as usize] >= items as u64;
        Self { n: (0..10).find(enough).unwrap_or(10), ..*self }
    }

    fn items(&self) -> usize {
        usize::try_from(self.boards()).unwrap_or(usize::MAX)
    }

    fn label(&self) -> String {
        match self {
            Self { n, cutoff: USUAL } => n.to_string(),
            Self { n, cutoff } => format!("{n}/{cutoff}"),
        }
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.n > Self::LAST {
            let (n, last) = (self.n, Self::LAST);
            let what = format!("{n} queens; at most {last}");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.tasks(), TASK)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> u64 {
        let n = input.n as usize;
        Attacked::default().place(n, 0)
    }

    fn digest(output: &u64) -> u64 {
        seed::digest([*output])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let places = job.places();
        let boards = places.iter().map(|place| job.board(*place).boards());
        let largest = boards.max().unwrap_or(0) as f64;
        let root = job.root();
        let whole = || {
            black_box(black_box(root).plain());
        };
        let all = job.boards().max(1) as f64;
        let chain = largest + f64::from(job.cutoff.min(job.n));
        Ok(forked::limit(workers, chain / all, whole))
    }
}

/// Which columns and diagonals have a queen.
#[derive(Default)]
struct Attacked {
    columns: [bool; Nqueens::LAST as usize],
    rising: [bool; 2 * Nqueens::LAST as usize],
    falling: [bool; 2 * Nqueens::LAST as usize],
}

impl Attacked {
    /// In how many ways the queens from this row on can be placed.
    fn place(&mut self, n: usize, row: usize) -> u64 {
        if row == n {
            return 1;
        }
        let mut found = 0;
        for column in 0..n {
            let (rising, falling) = (row + column, n + row - column);
            if !self.columns[column]
                && !self.rising[rising]
                && !self.falling[falling]
            {
                self.set(column, rising, falling, true);
                found += self.place(n, row + 1);
                self.set(column, rising, falling, false);
            }
        }
        found
    }

    fn set(&mut self, column: usize, rising: usize, falling: usize, is: bool) {
        self.columns[column] = is;
        self.rising[rising] = is;
        self.falling[falling] = is;
    }
}

/// Where no queen can be placed in the next row, a bit for each column: those
/// of the queens that are there, and what they attack along diagonals.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize,
)]
pub struct Place {
    columns: u32,
    left: u32,
    right: u32,
}

/// A board with some queens; free to copy.
#[derive(Clone, Copy)]
pub struct Board {
    token: StopToken,
    n: u32,
    cutoff: u32,
    place: Place,
}

impl Job<Nqueens> {
    /// The empty board.
    pub fn root(&self) -> Board {
        self.board(Place::default())
    }

    /// The board with these queens.
    pub fn board(&self, place: Place) -> Board {
        let token = self.context().token();
        Board { token, n: self.n, cutoff: self.cutoff, place }
    }

    /// The boards at the cut-off, and those before it to which no queen can be
    /// added, in order: for models that hand all of them out at once.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        self.root().collect(&mut places);
        places
    }
}

impl Board {
    /// How many queens it has.
    #[inline]
    pub fn row(self) -> usize {
        self.place.columns.count_ones() as usize
    }

    /// The solutions without a fork: for a board at the cut-off, and at once
    /// for any when the run was stopped. What is then answered means nothing,
    /// and [`Job::finish`] says so. It never panics, so that a child that was
    /// started is always joined.
    #[inline]
    pub fn leaf(self) -> Option<u64> {
        let forks = self.forks();
        forked::leaf(self.token, self.row(), forks, || self.plain())
    }

    /// The solutions, never with a fork.
    pub fn count(self) -> u64 {
        let found = || self.plain();
        forked::leaf(self.token, self.row(), false, found).unwrap_or(0)
    }

    /// The solutions, never with a fork and without a look at the cancel flag.
    #[inline(never)]
    pub fn solutions(self) -> u64 {
        solutions(self.place, self.n)
    }

    /// The numbers of the boards with one more queen, in the next row.
    #[inline]
    pub fn children(self) -> Range<usize> {
        0..self.place.free(self.n).count_ones() as usize
    }

    /// The board with one more queen, of that number.
    #[inline]
    pub fn child(self, child: usize) -> Self {
        let mut free = self.place.free(self.n);
        for _ in 0..child {
            free &= free.wrapping_sub(1);
        }
        Self { place: self.place.with(free), ..self }
    }

    /// Whether it lies before the cut-off, where each placement is a fork.
    #[inline]
    pub fn forks(self) -> bool {
        self.row() < self.cutoff.min(self.n) as usize
    }

    /// The search without a fork.
    #[inline(never)]
    fn plain(self) -> u64 {
        if self.row() + LOOK as usize >= self.n as usize {
            return self.solutions();
        }
        if self.token.is_stopped() {
            return 0;
        }
        self.children().map(|child| self.child(child).plain()).sum()
    }

    /// How many boards the search from this one on looks at.
    fn boards(self) -> u64 {
        let children = self.children().map(|child| self.child(child).boards());
        1 + children.sum::<u64>()
    }

    fn collect(self, places: &mut Vec<Place>) {
        if self.token.is_stopped() {
            return;
        }
        if !self.forks() || self.children().is_empty() {
            places.push(self.place);
            return;
        }
        let children = self.children().map(|child| self.child(child));
        children.for_each(|child| child.collect(places));
    }
}

impl Place {
    /// The columns in which the next queen can be placed.
    #[inline]
    fn free(self, n: u32) -> u32 {
        let attacked = self.columns | self.left | self.right;
        !attacked & ((1 << n) - 1)
    }

    /// One queen more, in the lowest of these columns.
    #[inline]
    fn with(self, free: u32) -> Self {
        let queen = free & free.wrapping_neg();
        Self {
            columns: self.columns | queen,
            left: (self.left | queen) << 1,
            right: (self.right | queen) >> 1,
        }
    }
}

/// The solutions, by plain recursion over bit masks.
fn solutions(place: Place, n: u32) -> u64 {
    let mut free = place.free(n);
    if free == 0 {
        // Nothing is free either once all queens are there.
        return u64::from(place.columns.count_ones() == n);
    }
    let mut found = 0;
    while free != 0 {
        found += solutions(place.with(free), n);
        free &= free - 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a model does, on one thread; and how many tasks it has.
    fn run(board: Board) -> (u64, usize) {
        if let Some(found) = board.leaf() {
            return (found, 1);
        }
        let children = board.children().map(|child| run(board.child(child)));
        children.fold((0, 1), |(a, b), (found, tasks)| (a + found, b + tasks))
    }

    #[test]
    fn solutions_and_boards_are_the_published_ones_at_every_cut_off() {
        let published = [1, 1, 0, 0, 2, 10, 4, 40, 92, 352, 724, 2_680, 14_200];
        for (n, expected) in published.into_iter().enumerate() {
            let n = n as u32;
            for cutoff in [0, 1, 2, 3, n, n + 1] {
                let size = Nqueens { n, cutoff };
                let job = Job::new(&size, 7).unwrap();
                let (found, tasks) = run(job.root());
                assert_eq!(found, expected, "{size:?}");
                assert!(tasks <= size.tasks(), "{size:?}: {tasks}");
                let all = job.places().into_iter();
                let all = all.map(|place| job.board(place).count());
                assert_eq!(all.sum::<u64>(), expected, "{size:?}");
            }
            let job = Job::new(&Nqueens { n, cutoff: 3 }, 7).unwrap();
            assert_eq!(Nqueens::reference(&job), expected);
            assert_eq!(job.root().boards(), job.boards());
        }
    }

    #[test]
    fn the_search_for_fourteen_is_right_also_where_it_looks() {
        let job = Job::new(&Nqueens { n: 14, cutoff: 3 }, 7).unwrap();
        assert_eq!(job.root().plain(), 365_596);
    }

    #[test]
    fn boards_that_cannot_be_are_refused() {
        for n in [17, 32, 40, u32::MAX] {
            let size = Nqueens { n, cutoff: 3 };
            let refused = size.input(7);
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
            assert!(size.tasks() > 0 && size.items() > 0);
        }
        // As many tasks as boards: more than fit in memory, or all of them.
        let every = Nqueens { n: 16, cutoff: 16 };
        assert_eq!(every.tasks(), 1_141_190_303);
        assert_eq!(Nqueens { n: 12, cutoff: 3 }.tasks(), 1 + 12 + 132 + 1320);
        assert_eq!(Nqueens { n: 12, cutoff: 4 }.label(), "12/4");
    }

    #[test]
    fn so_many_items_are_at_least_so_many_boards() {
        let size = Nqueens { n: 12, cutoff: 3 };
        for items in [0, 1, 2, 3, 24, 500, 35_539] {
            let few = size.with_items(items);
            assert!(few.items() >= items, "{few:?}");
        }
        assert_eq!(size.with_items(0).n, 0);
        assert_eq!(size.with_items(usize::MAX).n, 10);
    }

    #[test]
    fn a_stopped_run_searches_no_more() {
        let job = Job::new(&Nqueens { n: 16, cutoff: 0 }, 7).unwrap();
        job.context().cancel();
        let root = job.root();
        assert_eq!((root.leaf(), root.plain(), root.count()), (Some(0), 0, 0));
        assert!(job.places().is_empty());
    }

    #[test]
    fn the_kernel_without_a_look_searches_also_what_was_stopped() {
        fn blind(board: Board) -> u64 {
            if !board.forks() {
                return board.solutions();
            }
            board.children().map(|child| blind(board.child(child))).sum()
        }
        for cutoff in [0, 2, 8] {
            let job = Job::new(&Nqueens { n: 8, cutoff }, 7).unwrap();
            job.context().cancel();
            assert_eq!(blind(job.root()), 92, "{cutoff}");
        }
    }
}
