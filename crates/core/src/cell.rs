//! Cells as data: what a model can run, and a started model that runs it.

use crate::{Config, Error, Fit, Input, Job, Model, Run, Workload};
use std::any::Any;
use std::ops::Deref;

/// One cell of the matrix as data: a workload in a model.
#[derive(Clone, Copy)]
pub struct Cell {
    /// The workload's name.
    pub workload: &'static str,
    /// How well the model suits it.
    pub fit: Fit,
    /// Where its input may be, for a model with nodes.
    pub inputs: &'static [Input],
    /// A [`Runner`] of the workload.
    run: &'static (dyn Any + Send + Sync),
}

/// Runs a job in a model that is of the cell's type.
type Runner<W> =
    fn(&dyn Model, &Job<W>) -> Result<<W as Workload>::Output, Error>;

impl Cell {
    /// The cell of the workload `W` in the model `M`.
    pub const fn new<M: Run<W>, W: Workload>() -> Self {
        struct Of<M, W>(M, W);
        impl<M: Run<W>, W: Workload> Of<M, W> {
            const RUN: Runner<W> = |model, job| {
                let model: &dyn Any = model;
                let model = model.downcast_ref::<M>();
                let model = model.expect("the model that the cell belongs to");
                model.run(job).map_err(|error| W::explained(job, error))
            };
            const ERASED: &'static (dyn Any + Send + Sync) = &Self::RUN;
        }
        let run = Of::<M, W>::ERASED;
        let (fit, inputs) = (M::FIT, M::INPUTS);
        Self { workload: W::NAME, fit, inputs, run }
    }
}

/// A model and the cells that it has; [`crate::cells!`] writes it.
pub trait Cells: Model + Sized {
    /// The cells, in the order in which they are listed.
    const CELLS: &'static [Cell];
}

/// Declares the files of a model's cells as modules, and lists the cells: one
/// word for each, the file and the workload in it. Written once, in the
/// `lib.rs` of the model:
///
/// ```text
/// lanes_core::cells! { for Threads: max::Max, double::Double }
/// lanes_core::cells! { impl<T: Transport> for Processes<T>: max::Max }
/// ```
#[macro_export]
macro_rules! cells {
    (
        $(impl<$($parameter:ident: $bound:ident),*>)? for $model:ty:
        $($file:ident::$workload:ident),* $(,)?
    ) => {
        $(mod $file;)*
        impl $(<$($parameter: $bound),*>)? $crate::Cells for $model {
            const CELLS: &'static [$crate::Cell] = &[
                $($crate::Cell::new::<Self, $crate::workload::$workload>(),)*
            ];
        }
    };
}

/// A model that was started, with its cells, whatever its type. Dropping it
/// stops the model.
pub struct Started {
    model: Box<dyn Model>,
    cells: &'static [Cell],
}

impl Started {
    /// A model, with its cells.
    pub fn new<M: Cells>(model: M) -> Self {
        Self { model: Box::new(model), cells: M::CELLS }
    }

    /// Starts a model.
    ///
    /// # Errors
    /// Those of [`Model::start`].
    pub fn start<M: Cells>(config: &Config) -> Result<Self, Error> {
        Ok(Self::new(M::start(config)?))
    }

    /// The cells that the model has.
    pub fn cells(&self) -> &'static [Cell] {
        self.cells
    }

    /// The cell of a workload, if the model has it.
    pub fn cell(&self, workload: &str) -> Option<&'static Cell> {
        self.cells.iter().find(|cell| cell.workload == workload)
    }

    /// What runs the jobs of one workload in this model: the cell is looked up
    /// once, for many runs.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the model has no such cell.
    pub fn runner<W: Workload>(
        &self,
    ) -> Result<impl Fn(&Job<W>) -> Result<W::Output, Error>, Error> {
        let cell = self.cell(W::NAME);
        let run = cell.and_then(|cell| cell.run.downcast_ref::<Runner<W>>());
        let run = *run.ok_or_else(|| {
            let (model, workload) = (self.name(), W::NAME);
            Error::Unsupported(format!("{model} has no cell for {workload}"))
        })?;
        Ok(move |job: &Job<W>| run(&*self.model, job))
    }

    /// Runs the job and returns its answer.
    ///
    /// # Errors
    /// Those of [`Started::runner`] and of [`Run::run`].
    pub fn run<W: Workload>(&self, job: &Job<W>) -> Result<W::Output, Error> {
        self.runner::<W>()?(job)
    }
}

/// Its name, its workers, and how many of them compute at once.
impl Deref for Started {
    type Target = dyn Model;

    fn deref(&self) -> &(dyn Model + 'static) {
        &*self.model
    }
}
