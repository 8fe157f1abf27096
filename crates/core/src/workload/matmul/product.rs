//! The answer of `matmul`: a product, in the order of its tiles.

use super::tile::{Block, Tile};
use crate::share::{Share, Store};
use std::fmt;
use std::mem;
use std::sync::Arc;

/// A product of matrices. Two are equal if all their numbers are, wherever the
/// numbers lie.
///
/// Dropping it keeps its memory for the next run over the same input.
pub struct Product {
    block: Block,
    cutoff: usize,
    numbers: Share<f32>,
    memory: Option<Arc<Store<f32>>>,
}

impl Product {
    /// A product with so many columns, whose numbers come row by row.
    ///
    /// # Panics
    /// If there are no whole rows of numbers.
    pub fn of(columns: usize, numbers: Vec<f32>) -> Self {
        let rows = numbers.len().checked_div(columns).unwrap_or(0);
        assert_eq!(rows * columns, numbers.len(), "whole rows");
        let block = Block { rows: 0..rows, columns: 0..columns };
        // A single tile.
        let cutoff = rows.max(columns).max(1);
        Self { block, cutoff, numbers: numbers.into(), memory: None }
    }

    /// The answer of a run, and where its memory goes back to.
    pub(super) fn here(tile: Tile, memory: Option<Arc<Store<f32>>>) -> Self {
        let (block, cutoff, numbers) = tile.into_parts();
        Self { block, cutoff, numbers, memory }
    }

    /// The numbers row by row, copied.
    pub fn rows(&self) -> Vec<f32> {
        let mut rows = vec![0.0; self.block.len()];
        let width = self.block.columns.len();
        unfold(&self.block, self.cutoff, &self.numbers, width, &mut rows);
        rows
    }
}

/// Copies the numbers of a block to their places in rows of so many numbers.
fn unfold(
    block: &Block,
    cutoff: usize,
    numbers: &[f32],
    width: usize,
    rows: &mut [f32],
) {
    if let Some((left, right)) = block.halves(cutoff) {
        let (first, last) = numbers.split_at(left.len());
        unfold(&left, cutoff, first, width, rows);
        unfold(&right, cutoff, last, width, rows);
    } else if block.len() > 0 {
        let lines = numbers.chunks_exact(block.columns.len());
        for (row, line) in block.rows.clone().zip(lines) {
            rows[row * width..][block.columns.clone()].copy_from_slice(line);
        }
    }
}

impl PartialEq for Product {
    fn eq(&self, other: &Self) -> bool {
        self.block == other.block && self.rows() == other.rows()
    }
}

/// The first numbers only: an answer can have millions.
impl fmt::Debug for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, columns) = (self.block.rows.len(), self.block.columns.len());
        let mut first = self.rows();
        first.truncate(4);
        write!(f, "{rows} rows and {columns} columns: {first:?}…")
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            memory.keep(mem::take(&mut self.numbers));
        }
    }
}
