//! An input, together with the context it is run under.

use crate::{Context, Error, Workload};
use std::ops::Deref;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// An input, together with the context it is run under; a cheap handle.
///
/// Models that borrow (scoped threads, rayon) share one `&Job`; models whose
/// tasks must own what they use (the async runtimes) give each task a clone,
/// which copies a pointer. It dereferences to the input, and the kernels of a
/// workload are methods on its `Job`.
pub struct Job<W: Workload>(Arc<Inner<W>>);

struct Inner<W: Workload> {
    context: Context,
    input: Arc<W::Input>,
}

impl<W: Workload> Job<W> {
    /// Makes the input from a seed, under a context that nobody watches.
    ///
    /// # Errors
    /// Those of [`Workload::input`].
    pub fn new(workload: &W, seed: u64) -> Result<Self, Error> {
        let input = Arc::new(workload.input(seed)?);
        Ok(Self(Arc::new(Inner { context: Context::new(), input })))
    }

    /// An input that is there already, under a context: what a worker in another
    /// process was sent.
    pub fn with(input: W::Input, context: &Context) -> Self {
        let (context, input) = (context.clone(), Arc::new(input));
        Self(Arc::new(Inner { context, input }))
    }

    /// The same input under another context; nothing is copied.
    pub fn under(&self, context: &Context) -> Self {
        let (context, input) = (context.clone(), Arc::clone(&self.0.input));
        Self(Arc::new(Inner { context, input }))
    }

    /// The deadline, the cancel flag and the trace of this run.
    #[inline]
    pub fn context(&self) -> &Context {
        &self.0.context
    }

    /// Gives `run` a handle of its own, and returns when every clone of it is
    /// gone: a task owns a clone, so no task of the run is left then. If the
    /// run fails, its other tasks are stopped.
    ///
    /// # Errors
    /// That of `run`.
    pub fn settled<T>(
        &self,
        run: impl FnOnce(Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let own = self.under(self.context());
        let result = self.context().note(run(own.clone()));
        let mut looks = 0;
        while Arc::strong_count(&own.0) > 1 {
            // Tasks that were stopped end within a grain; most have ended.
            match looks {
                0..100 => thread::yield_now(),
                _ => thread::sleep(Duration::from_micros(50)),
            }
            looks += 1;
        }
        result
    }

    /// The value, unless the run was stopped while it was made.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn finish<T>(&self, value: T) -> Result<T, Error> {
        self.context().finish(value)
    }
}

impl<W: Workload> Clone for Job<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Workload> Deref for Job<W> {
    type Target = W::Input;

    #[inline]
    fn deref(&self) -> &W::Input {
        &self.0.input
    }
}
