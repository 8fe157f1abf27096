//! Workloads and jobs; a job is an input together with the context of a run.

use crate::latencies::Steps;
use crate::settle::{Last, settling};
use crate::{Context, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A kind of work that models run. A value is one size of it, and can be sent
/// to a worker in another process.
pub trait Workload:
    Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// The name, as the file, the type, benchmarks and commands spell it.
    const NAME: &'static str;
    /// The family: the name of the bench target that runs it.
    const FAMILY: &'static str;
    /// What it measures, in one sentence.
    const STRESSES: &'static str;
    /// What it does not measure, in one sentence.
    const OMITS: &'static str;
    /// What one item of it is, for figures per item.
    const UNIT: &'static str;
    /// What its time is mostly made of, so that rankings do not mix the two.
    const POINT: Point;
    /// Whether the memory that an item takes is a figure of its own.
    const WEIGHED: bool = false;

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

    /// Whether a session takes this size unless it is asked for others: those
    /// that people look at first, so that it ends in minutes. The others take
    /// part by name.
    fn is_usual(&self) -> bool {
        true
    }

    /// The same size with everything fixed that would be measured anew for each
    /// input, so that all processes that are compared do the same work.
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

    /// The answer as one number: [`crate::seed::digest`] of its numbers, so
    /// that answers can be compared across processes and languages.
    fn digest(output: &Self::Output) -> u64;

    /// The time that no model can beat with so many workers, measured now: at
    /// most that for one of them, since the others may have nothing to do.
    ///
    /// # Errors
    /// Those of the work that is measured.
    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error>;

    /// The times of single steps within the run, where a workload has them.
    fn steps(_output: &Self::Output) -> Steps<'_> {
        Steps::Untimed
    }

    /// Whether a right run may leave this task out.
    fn may_omit(_input: &Self::Input, _task: usize) -> bool {
        false
    }

    /// How much of a run was done in vain, where a workload counts that: grains
    /// that were begun after all had been stopped, or tasks that were begun
    /// although they were cancelled.
    fn vain(_output: &Self::Output) -> Option<u64> {
        None
    }

    /// The error of a run, or what lies behind it: the input's own server may
    /// know why its clients failed.
    fn explained(_input: &Self::Input, error: Error) -> Error {
        error
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
    /// The time of all the work on one worker, where it follows from that.
    pub work: Option<Duration>,
    /// The time of the longest chain of work of which each piece waits for the
    /// one before, on however many workers; where it follows from that.
    pub span: Option<Duration>,
}

impl Limit {
    /// A time that was measured, or that follows from the size.
    pub const fn of(what: &'static str, time: Duration) -> Self {
        Self { what, time: Some(time), work: None, span: None }
    }

    /// A limit that is no time.
    pub const fn untimed(what: &'static str) -> Self {
        Self { what, time: None, work: None, span: None }
    }

    /// A time that is set from outside, and the CPU time of the work itself.
    pub const fn paced(
        what: &'static str,
        time: Duration,
        work: Duration,
    ) -> Self {
        Self { what, time: Some(time), work: Some(work), span: None }
    }

    /// What no scheduler can beat: so many workers take a share of the work
    /// each, and none of them is done before the span is. Brent, "The parallel
    /// evaluation of general arithmetic expressions", 1974.
    pub fn shared(
        what: &'static str,
        workers: usize,
        work: Duration,
        span: Duration,
    ) -> Self {
        // A part is no longer than the whole, whatever was measured.
        let span = span.min(work);
        let share = work / u32::try_from(workers.max(1)).unwrap_or(u32::MAX);
        let (work, longest) = (Some(work), share.max(span));
        Self { what, time: Some(longest), work, span: Some(span) }
    }
}

/// What a workload's time is mostly made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Point {
    /// Work that has to be done in any model. Ratios of times say by how much
    /// a program gets faster.
    Work,
    /// What the model itself costs for each item, with next to no work in it.
    /// The cost of an item says more than a ratio: a program with real items
    /// adds it to their work.
    Overhead,
    /// Nothing: the work comes at times that are set from outside, and takes as
    /// long in any model. What a model costs is the CPU time that it spends
    /// beside the work.
    Paced,
}

/// Which sizes a session runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The whole matrix in minutes.
    Quick,
    /// The sizes of the catalogue.
    Full,
}

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
    /// The size and the seed that it was made of, where it was.
    origin: Option<Arc<(W, u64)>>,
    /// Dropped with the last clone, and after the input's handle.
    _last: Option<Last>,
}

impl<W: Workload> Job<W> {
    /// Makes the input from a seed, under a context without probe or trace.
    ///
    /// # Errors
    /// Those of [`Workload::input`].
    pub fn new(workload: &W, seed: u64) -> Result<Self, Error> {
        let input = Arc::new(workload.input(seed)?);
        let origin = Some(Arc::new((workload.clone(), seed)));
        Ok(Self::of(Context::new(), input, origin))
    }

    /// An input that is there already, under a context: what a worker in
    /// another process was sent.
    pub fn with(input: W::Input, context: &Context) -> Self {
        Self::of(context.clone(), Arc::new(input), None)
    }

    /// The same input under another context; nothing is copied.
    pub fn under(&self, context: &Context) -> Self {
        let Inner { input, origin, .. } = &*self.0;
        Self::of(context.clone(), Arc::clone(input), origin.clone())
    }

    fn of(
        context: Context,
        input: Arc<W::Input>,
        origin: Option<Arc<(W, u64)>>,
    ) -> Self {
        Self(Arc::new(Inner { context, input, origin, _last: None }))
    }

    /// The size and the seed that the input was made of: with them it can be
    /// made again. `None` for an input that came otherwise.
    pub fn origin(&self) -> Option<&(W, u64)> {
        self.0.origin.as_deref()
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
        let (last, settling) = settling();
        let own = Self(Arc::new(Inner {
            context: self.context().clone(),
            input: Arc::clone(&self.0.input),
            origin: self.0.origin.clone(),
            _last: Some(last),
        }));
        let result = self.context().note(run(own));
        // Tasks that were stopped end within a grain; most have ended.
        settling.wait();
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
