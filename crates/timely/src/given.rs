//! What a worker is given of an input: the part itself, or which part it is of
//! an input that the worker has made by itself.

use lanes_core::parts::Part;
use lanes_core::{Context, Error, Job, Workload};
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// A part of an input of the workload `W`, as a worker is given it.
#[derive(Serialize, Deserialize)]
pub struct Given<S, W> {
    task: usize,
    part: Which<S>,
    of: PhantomData<W>,
}

#[derive(Serialize, Deserialize)]
enum Which<S> {
    /// The part itself.
    Shipped(S),
    /// The size and the seed of the whole, and which items of it. The size is
    /// JSON: what crosses here has no names, and a size may leave fields out.
    Local(String, u64, Range<usize>),
}

/// The last input that was made in this process, with what it was made of: it
/// stays until there is another one. All of it is made, also where only a part
/// is needed.
static MADE: Mutex<Option<Box<dyn Any + Send>>> = Mutex::new(None);

impl<S, W: Workload + PartialEq> Given<S, W> {
    /// The part itself, for the task with this number.
    pub(crate) fn shipped(task: usize, part: S) -> Self {
        Self { task, part: Which::Shipped(part), of: PhantomData }
    }

    /// Which part it is.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an input that was not made from a seed.
    pub(crate) fn local(job: &Job<W>, part: Part) -> Result<Self, Error> {
        let what = "only an input from a seed is made in each worker";
        let origin = job.origin();
        let (size, seed) =
            origin.ok_or_else(|| Error::Unsupported(what.into()))?;
        let size = serde_json::to_string(size).map_err(no_size)?;
        let Part { task, range } = part;
        let part = Which::Local(size, *seed, range);
        Ok(Self { task, part, of: PhantomData })
    }

    /// The number of its task.
    pub(crate) fn task(&self) -> u64 {
        self.task as u64
    }

    /// In the worker: the job that has the part. `shipped` makes it of a part
    /// that was sent.
    ///
    /// # Errors
    /// Those of [`Workload::input`], and of `shipped`.
    pub(crate) fn job(
        self,
        context: &Context,
        shipped: impl FnOnce(S) -> Result<(Job<W>, Part), Error>,
    ) -> Result<(Job<W>, Part), Error> {
        self.either(context, shipped, |job, part| Ok((job, part)))
    }

    /// In the worker: what `shipped` makes of a part that was sent, or `local`
    /// of one that is here.
    ///
    /// # Errors
    /// Those of [`Workload::input`], and of both.
    pub(crate) fn either<T>(
        self,
        context: &Context,
        shipped: impl FnOnce(S) -> Result<T, Error>,
        local: impl FnOnce(Job<W>, Part) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self.part {
            Which::Shipped(part) => shipped(part),
            Which::Local(size, seed, range) => {
                let size: W = serde_json::from_str(&size).map_err(no_size)?;
                let job = made(size, seed)?.under(context);
                local(job, Part { task: self.task, range })
            }
        }
    }
}

fn no_size(error: serde_json::Error) -> Error {
    Error::Protocol(error.to_string())
}

/// The input of this size and seed: made before, or now.
fn made<W: Workload + PartialEq>(size: W, seed: u64) -> Result<Job<W>, Error> {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = made.as_ref().and_then(|kept| kept.downcast_ref::<Job<W>>());
    let origin = (size, seed);
    if let Some(job) = kept.filter(|job| job.origin() == Some(&origin)) {
        return Ok(job.clone());
    }
    // The old one goes before the new one needs its memory.
    *made = None;
    let job = Job::new(&origin.0, seed)?;
    *made = Some(Box::new(job.clone()));
    Ok(job)
}
