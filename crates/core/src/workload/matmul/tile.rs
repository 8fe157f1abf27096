//! A tile of a product, or several that lie side by side: what a fork divides.

use crate::parts::middle;
use crate::share::Share;
use std::ops::Range;

/// Some rows and columns of the product, and the memory for its numbers. It has
/// one owner, and is moved from task to task.
pub struct Tile {
    block: Block,
    cutoff: usize,
    numbers: Share<f32>,
}

/// Some rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

impl Block {
    pub(super) fn len(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// Both halves of the longer side, whole cut-offs long but for what is left
    /// at the end; none if both sides are at most that long.
    pub(super) fn halves(&self, cutoff: usize) -> Option<(Self, Self)> {
        let Self { rows, columns } = self.clone();
        if rows.len() >= columns.len() {
            let middle = middle(&rows, cutoff)?;
            let half = |rows| Self { rows, columns: columns.clone() };
            return Some((half(rows.start..middle), half(middle..rows.end)));
        }
        let middle = middle(&columns, cutoff)?;
        let half = |columns| Self { rows: rows.clone(), columns };
        Some((half(columns.start..middle), half(middle..columns.end)))
    }
}

impl Tile {
    pub(super) fn whole(
        rows: usize,
        columns: usize,
        cutoff: usize,
        numbers: Share<f32>,
    ) -> Self {
        let block = Block { rows: 0..rows, columns: 0..columns };
        Self { block, cutoff, numbers }
    }

    /// Which rows of the product.
    pub fn rows(&self) -> Range<usize> {
        self.block.rows.clone()
    }

    /// Which columns of the product.
    pub fn columns(&self) -> Range<usize> {
        self.block.columns.clone()
    }

    /// Whether it is computed without another fork.
    pub fn is_leaf(&self) -> bool {
        let Block { rows, columns } = &self.block;
        rows.len().max(columns.len()) <= self.cutoff
    }

    /// Both halves of the longer side, as equal as whole tiles allow.
    ///
    /// # Panics
    /// For a leaf.
    pub fn halves(self) -> (Self, Self) {
        let halves = self.block.halves(self.cutoff);
        let (left, right) = halves.expect("a tile that is no leaf");
        let (numbers, behind) = self.numbers.divided(left.len());
        let cutoff = self.cutoff;
        (
            Self { block: left, cutoff, numbers },
            Self { block: right, cutoff, numbers: behind },
        )
    }

    /// What two halves were before.
    ///
    /// # Panics
    /// If they are no two halves.
    pub fn joined(self, other: Self) -> Self {
        let (first, last) = (self.block, other.block);
        let block = Block {
            rows: first.rows.start..last.rows.end,
            columns: first.columns.start..last.columns.end,
        };
        let numbers = self.numbers.joined(other.numbers);
        Self { block, cutoff: self.cutoff, numbers }
    }

    /// The numbers: of a leaf row by row, of any other those of the first half
    /// and then those of the second.
    pub(super) fn numbers_mut(&mut self) -> &mut [f32] {
        &mut self.numbers
    }

    pub(super) fn into_parts(self) -> (Block, usize, Share<f32>) {
        (self.block, self.cutoff, self.numbers)
    }
}
