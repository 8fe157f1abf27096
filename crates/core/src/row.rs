//! Workloads, sizes and jobs without their types, for code that goes through
//! all cells.

use crate::latencies::Steps;
use crate::{Context, Error, Job, Limit, Point, Size, Started, Workload};
use serde_json::Value;
use std::any::Any;
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// A workload's entry in the catalogue, without its type.
#[derive(Clone, Copy)]
pub struct Definition {
    /// See [`Workload::NAME`].
    pub name: &'static str,
    /// See [`Workload::FAMILY`].
    pub family: &'static str,
    /// See [`Workload::STRESSES`].
    pub stresses: &'static str,
    /// See [`Workload::OMITS`].
    pub omits: &'static str,
    /// See [`Workload::UNIT`].
    pub unit: &'static str,
    /// See [`Workload::POINT`].
    pub point: Point,
    /// See [`Workload::WEIGHED`].
    pub weighed: bool,
    sizes: fn(Size) -> Vec<Box<dyn Row>>,
    read: fn(&Value) -> Result<Box<dyn Row>, serde_json::Error>,
}

impl Definition {
    /// The definition of a workload.
    pub const fn of<W: Workload>() -> Self {
        Self {
            name: W::NAME,
            family: W::FAMILY,
            stresses: W::STRESSES,
            omits: W::OMITS,
            unit: W::UNIT,
            point: W::POINT,
            weighed: W::WEIGHED,
            sizes: |size| W::sizes(size).into_iter().map(boxed).collect(),
            read: |size| {
                W::deserialize(size).map(|workload| boxed::<W>(workload))
            },
        }
    }

    /// Its rows in a quick or a full session.
    pub fn sizes(&self, size: Size) -> Vec<Box<dyn Row>> {
        (self.sizes)(size)
    }

    /// The row with these parameters, as [`Row::size`] writes them.
    ///
    /// # Errors
    /// [`Error::Invalid`] if they are no size of this workload.
    pub fn read(&self, size: &Value) -> Result<Box<dyn Row>, Error> {
        (self.read)(size).map_err(|error| {
            Error::Invalid(format!("{} of {size}: {error}", self.name))
        })
    }
}

fn boxed<W: Workload>(workload: W) -> Box<dyn Row> {
    Box::new(workload)
}

/// A workload at one size: one row of the matrix.
pub trait Row: Send + Sync {
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
    /// See [`Workload::is_usual`].
    fn is_usual(&self) -> bool;

    /// The same workload with this many items.
    fn with_items(&self, items: usize) -> Box<dyn Row>;

    /// The same row with everything fixed that would be measured anew for each
    /// input. Only then do all processes do the same work and give the same
    /// answer.
    ///
    /// # Errors
    /// Those of [`Workload::pinned`].
    fn pinned(&self) -> Result<Box<dyn Row>, Error>;

    /// The input made from a seed, under a context without probe or trace.
    ///
    /// # Errors
    /// Those of [`Workload::input`].
    fn job(&self, seed: u64) -> Result<Box<dyn AnyJob>, Error>;

    /// The digest of the right answer for the input of this seed.
    ///
    /// # Errors
    /// Those of [`Workload::input`].
    fn digest(&self, seed: u64) -> Result<u64, Error> {
        Ok(self.job(seed)?.reference().digest())
    }

    /// The time that no model can beat, measured now.
    ///
    /// # Errors
    /// Those of [`Workload::input`] and [`Workload::limit`].
    fn limit(&self, seed: u64, workers: usize) -> Result<Limit, Error> {
        self.job(seed)?.limit(workers)
    }
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

    fn is_usual(&self) -> bool {
        Workload::is_usual(self)
    }

    fn with_items(&self, items: usize) -> Box<dyn Row> {
        Box::new(Workload::with_items(self, items))
    }

    fn pinned(&self) -> Result<Box<dyn Row>, Error> {
        Ok(Box::new(Workload::pinned(self)?))
    }

    fn job(&self, seed: u64) -> Result<Box<dyn AnyJob>, Error> {
        Ok(Box::new(Job::new(self, seed)?))
    }
}

/// A [`Job`] of some workload.
pub trait AnyJob: Send + Sync {
    /// The workload's name.
    fn workload(&self) -> &'static str;

    /// The same input under another context; nothing is copied.
    fn under(&self, context: &Context) -> Box<dyn AnyJob>;

    /// The right answer.
    fn reference(&self) -> Box<dyn Answer>;

    /// Whether this is the right answer.
    fn accepts(&self, answer: &dyn Answer) -> bool;

    /// See [`Workload::limit`].
    ///
    /// # Errors
    /// Those of the work that is measured.
    fn limit(&self, workers: usize) -> Result<Limit, Error>;

    /// See [`Workload::may_omit`].
    fn may_omit(&self, task: usize) -> bool;

    /// See [`Workload::served`].
    fn served(&self) -> Duration;

    /// One run in a model.
    ///
    /// # Errors
    /// Those of [`Started::run`].
    fn run(&self, model: &Started) -> Result<Box<dyn Answer>, Error>;

    /// Makes `runs` runs in a model, at least one, and returns the wall time of
    /// all of them and the last answer. Each run is timed alone, and dropping
    /// its answer is no part of it; `together` reads the clock only before the
    /// first run and after the last. `each` is shown what each run that is
    /// timed alone says of its steps.
    ///
    /// # Errors
    /// Those of [`Started::run`].
    fn timed(
        &self,
        model: &Started,
        runs: u32,
        together: bool,
        each: &mut dyn FnMut(Steps<'_>),
    ) -> Result<(Duration, Box<dyn Answer>), Error>;
}

/// The answer of a run of some workload.
pub trait Answer: Any + Debug + Send {
    /// See [`Workload::digest`].
    fn digest(&self) -> u64;

    /// See [`Workload::steps`].
    fn steps(&self) -> Steps<'_>;

    /// See [`Workload::vain`].
    fn vain(&self) -> Option<u64>;
}

/// The answer to a job of the workload `W`.
struct To<W: Workload>(W::Output);

impl<W: Workload> Debug for To<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<W: Workload> Answer for To<W> {
    fn digest(&self) -> u64 {
        W::digest(&self.0)
    }

    fn steps(&self) -> Steps<'_> {
        W::steps(&self.0)
    }

    fn vain(&self) -> Option<u64> {
        W::vain(&self.0)
    }
}

impl<W: Workload> AnyJob for Job<W> {
    fn workload(&self) -> &'static str {
        W::NAME
    }

    fn under(&self, context: &Context) -> Box<dyn AnyJob> {
        Box::new(Job::under(self, context))
    }

    fn reference(&self) -> Box<dyn Answer> {
        Box::new(To::<W>(W::reference(self)))
    }

    fn accepts(&self, answer: &dyn Answer) -> bool {
        let answer: &dyn Any = answer;
        let answer = answer.downcast_ref::<To<W>>();
        answer.is_some_and(|answer| answer.0 == W::reference(self))
    }

    fn limit(&self, workers: usize) -> Result<Limit, Error> {
        W::limit(self, workers)
    }

    fn may_omit(&self, task: usize) -> bool {
        W::may_omit(self, task)
    }

    fn served(&self) -> Duration {
        W::served(self)
    }

    fn run(&self, model: &Started) -> Result<Box<dyn Answer>, Error> {
        Ok(Box::new(To::<W>(model.run(self)?)))
    }

    fn timed(
        &self,
        model: &Started,
        runs: u32,
        together: bool,
        each: &mut dyn FnMut(Steps<'_>),
    ) -> Result<(Duration, Box<dyn Answer>), Error> {
        let run = model.runner::<W>()?;
        if together {
            let begin = Instant::now();
            let mut last = run(self)?;
            for _ in 1..runs {
                last = run(self)?;
            }
            return Ok((begin.elapsed(), Box::new(To::<W>(last))));
        }
        let mut total = Duration::ZERO;
        let mut once = || {
            let begin = Instant::now();
            let answer = run(self);
            total += begin.elapsed();
            answer.as_ref().ok().map(W::steps).into_iter().for_each(&mut *each);
            answer
        };
        let mut last = once()?;
        for _ in 1..runs {
            // The next run may use the memory of the last answer again.
            drop(last);
            last = once()?;
        }
        Ok((total, Box::new(To::<W>(last))))
    }
}
