//! One row of the matrix, a workload at one size, whatever its types.

use lanes_core::{
    Complete, Error, Job, Limit, Run, Size, Visitor, Workload, visit,
};
use serde_json::Value;

/// A workload at one size, whatever its types.
pub trait Row {
    /// The workload's name.
    fn workload(&self) -> &'static str;
    /// The size, as commands spell it.
    fn label(&self) -> String;
    /// The parameters, as workers read them.
    fn size(&self) -> Value;
    /// How many items.
    fn items(&self) -> usize;
    /// What an item is.
    fn unit(&self) -> &'static str;

    /// The digest of the right answer for the input of this seed.
    ///
    /// # Errors
    /// Those of [`Workload::input`].
    fn digest(&self, seed: u64) -> Result<u64, Error>;

    /// The time no model can beat, measured now.
    ///
    /// # Errors
    /// Those of [`Workload::input`] and [`Workload::limit`].
    fn limit(&self, seed: u64, workers: usize) -> Result<Limit, Error>;

    /// The same row, with what depends on the moment fixed: only then do all
    /// processes do the same work and give the same answer.
    ///
    /// # Errors
    /// Those of [`Workload::pinned`].
    fn pinned(&self) -> Result<Box<dyn Row>, Error>;
}

impl<W: Workload> Row for W {
    fn workload(&self) -> &'static str {
        W::NAME
    }

    fn label(&self) -> String {
        Workload::label(self)
    }

    fn size(&self) -> Value {
        serde_json::to_value(self).expect("sizes are plain data")
    }

    fn items(&self) -> usize {
        Workload::items(self)
    }

    fn unit(&self) -> &'static str {
        W::UNIT
    }

    fn digest(&self, seed: u64) -> Result<u64, Error> {
        Ok(W::digest(&W::reference(&self.input(seed)?)))
    }

    fn limit(&self, seed: u64, workers: usize) -> Result<Limit, Error> {
        W::limit(&Job::new(self, seed)?, workers)
    }

    fn pinned(&self) -> Result<Box<dyn Row>, Error> {
        Ok(Box::new(Workload::pinned(self)?))
    }
}

/// Every row of the catalogue in the given sizes.
pub fn rows(size: Size) -> Vec<Box<dyn Row>> {
    collect(size, None)
}

/// Every workload of the catalogue with so many items.
pub fn rows_with(items: usize) -> Vec<Box<dyn Row>> {
    collect(Size::Quick, Some(items))
}

fn collect(size: Size, items: Option<usize>) -> Vec<Box<dyn Row>> {
    struct All {
        items: Option<usize>,
        rows: Vec<Box<dyn Row>>,
    }
    impl Visitor for All {
        fn visit<W: Workload>(&mut self, workload: &W)
        where
            dyn Complete: Run<W>,
        {
            let row = match self.items {
                Some(items) => workload.with_items(items),
                None => workload.clone(),
            };
            self.rows.push(Box::new(row));
        }
    }
    let mut all = All { items, rows: Vec::new() };
    visit(size, &mut all);
    all.rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_written_down_and_read_again() {
        struct Again;
        impl Visitor for Again {
            fn visit<W: Workload>(&mut self, workload: &W)
            where
                dyn Complete: Run<W>,
            {
                let written = Row::size(&workload.clone());
                let read: W = serde_json::from_value(written.clone()).unwrap();
                assert_eq!(Row::label(&read), Row::label(workload));
                assert_eq!(Row::size(&read), written);
                // What is calibrated for each input has another answer each
                // time, unless it is pinned.
                let small = Row::pinned(&workload.with_items(5)).unwrap();
                let digest = small.digest(7).unwrap();
                assert_eq!(small.digest(7).unwrap(), digest);
            }
        }
        visit(Size::Quick, &mut Again);
        visit(Size::Full, &mut Again);
        assert_eq!(rows(Size::Quick).len(), 12);
    }
}
