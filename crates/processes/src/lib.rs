//! A pool of worker processes, and the workloads of Lanes in it.
//!
//! The pool ([`Pool`], [`Function`], [`Future`]) is a small library of its own;
//! the model ([`Processes`]) is a thin layer over it. Processes share nothing:
//! what a task works on crosses to its worker and the result crosses back, and
//! that is what the model shows. In return a run can be stopped whatever its
//! tasks are doing: their workers are killed and others started.
//!
//! ```
//! use lanes_core::{Context, Error};
//! use lanes_processes::{Function, Pool, function};
//!
//! struct Square;
//! function!(Square);
//!
//! impl Function for Square {
//!     const NAME: &'static str = "square";
//!     type Argument = u64;
//!     type Output = u64;
//!
//!     fn call(number: u64, _: &Context) -> Result<u64, Error> {
//!         Ok(number * number)
//!     }
//! }
//!
//! fn main() -> Result<(), Error> {
//!     let pool = Pool::start(2)?;
//!     let one = pool.submit::<Square>(7)?;
//!     let many: Result<Vec<u64>, _> = pool.map::<Square>(1..4, 10)?.collect();
//!     assert_eq!((one.result()?, many?), (49, vec![1, 4, 9]));
//!     Ok(())
//! }
//! ```

mod executor;

lanes_core::cells! { impl<T: Transport> for Processes<T>:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    event::Event,
    spawn::Spawn,
    fib::Fib,
    shape::Shape,
    pool::Pool,
    phases::Phases,
    nqueens::Nqueens,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
}

pub use executor::{
    AsCompleted, Carrier, Function, Future, List, Map, Pool, as_completed,
    place,
};
#[doc(hidden)]
pub use {
    ctor,
    executor::{received, register},
};

use lanes_core::numbers::Numbers;
use lanes_core::parts::Part;
use lanes_core::{Config, Context, Error, Job, Model, Place, Workload, caught};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Worker processes to which everything crosses over a socket.
pub type OverSockets = Processes<Sockets>;

/// Worker processes to which large inputs and outputs cross through memory that
/// both map.
pub type OverMemory = Processes<SharedMemory>;

/// How inputs and outputs cross: the difference between the two entries.
pub trait Transport: Send + Sync + 'static {
    /// The model's name.
    const NAME: &'static str;
    /// Carries inputs and outputs.
    const CARRIER: Carrier;
}

/// See [`OverSockets`].
pub struct Sockets;

/// See [`OverMemory`].
pub struct SharedMemory;

impl Transport for Sockets {
    const NAME: &'static str = "processes";
    const CARRIER: Carrier = Carrier::Socket;
}

impl Transport for SharedMemory {
    const NAME: &'static str = "processes-shared";
    const CARRIER: Carrier = Carrier::Memory;
}

/// A pool of worker processes.
pub struct Processes<T> {
    workers: usize,
    places: Vec<Place>,
    pool: Mutex<Arc<Pool>>,
    /// Whether tasks that wait for each other are in the pool.
    together: Mutex<bool>,
    parted: Condvar,
    transport: PhantomData<T>,
}

impl<T: Transport> Model for Processes<T> {
    fn start(config: &Config) -> Result<Self, Error> {
        let workers = config.workers();
        let places = config.network().nodes;
        let pool = Pool::start_at(workers, T::CARRIER, &places)?;
        Ok(Self {
            workers,
            places,
            pool: Mutex::new(Arc::new(pool)),
            together: Mutex::default(),
            parted: Condvar::new(),
            transport: PhantomData,
        })
    }

    fn name(&self) -> &'static str {
        T::NAME
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl<T: Transport> Processes<T> {
    /// Runs tasks. When this returns none of them is left: they have ended, or
    /// their workers were killed.
    ///
    /// # Errors
    /// The first failure, of `run` or of a task, which stops the others;
    /// [`Error::Unsupported`] within a task of a pool.
    pub fn drive<O>(
        &self,
        context: &Context,
        run: impl FnOnce(&Tasks<'_>) -> Result<O, Error>,
    ) -> Result<O, Error> {
        not_within_a_task()?;
        let pool = self.pool()?;
        let (token, left) = mpsc::channel();
        let tasks = Tasks { pool: &pool, context, token };
        let result = context.note(caught(|| run(&tasks)));
        if result.is_err() {
            pool.sweep();
        }
        drop(tasks);
        // Each task has a token, and nothing is sent: this ends with the last
        // one.
        let _ = left.recv();
        // The first failure has stopped the others, which then failed of that.
        result.map_err(|error| context.cause().unwrap_or(error))
    }

    /// The pool, or a new one in place of a broken one.
    fn pool(&self) -> Result<Arc<Pool>, Error> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.broken().is_some() {
            *pool = Arc::new(self.another()?);
        }
        Ok(Arc::clone(&pool))
    }

    fn another(&self) -> Result<Pool, Error> {
        Pool::start_at(self.workers, T::CARRIER, &self.places)
    }

    /// Why the pool is of no more use, if it is: a worker has died.
    pub fn broken(&self) -> Option<Error> {
        let pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.broken()
    }

    /// Ends all workers, whatever they are doing, and starts others.
    ///
    /// # Errors
    /// Those of [`Pool::start_with`]; the workers have ended even so.
    pub fn renew(&self) -> Result<(), Error> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.end();
        *pool = Arc::new(self.another()?);
        Ok(())
    }

    /// Runs when no other run of this kind does. Tasks that wait for each other
    /// must all run at the same time. With two runs in one pool, some tasks of
    /// each could run, and would wait for ever.
    ///
    /// # Errors
    /// That of `run`; the cause of a stop while it waits;
    /// [`Error::Unsupported`] within a task of a pool.
    pub fn alone<O>(
        &self,
        context: &Context,
        run: impl FnOnce() -> Result<O, Error>,
    ) -> Result<O, Error> {
        not_within_a_task()?;
        let lock =
            || self.together.lock().unwrap_or_else(PoisonError::into_inner);
        let mut together = lock();
        while *together {
            context.finish(())?;
            let wait = self.parted.wait_timeout(together, Context::SLICE);
            together = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        *together = true;
        drop(together);
        let result = caught(run);
        *lock() = false;
        self.parted.notify_one();
        result
    }
}

/// A thread that stands for a worker must not wait for other tasks of its pool.
fn not_within_a_task() -> Result<(), Error> {
    if !executor::is_driver() {
        return Ok(());
    }
    let what = "a run within a task of a pool of processes would wait for the \
                worker that its task holds";
    Err(Error::Unsupported(what.into()))
}

/// The tasks of one run.
pub struct Tasks<'a> {
    pool: &'a Pool,
    context: &'a Context,
    token: Sender<()>,
}

impl Tasks<'_> {
    /// Gives the workers a task of this run.
    ///
    /// # Errors
    /// Those of [`Pool::submit`].
    pub fn submit<F: Function>(
        &self,
        argument: F::Argument,
    ) -> Result<Future<F::Output>, Error> {
        let token = self.token.clone();
        self.pool.submit_under::<F>(argument, self.context, token)
    }

    /// Waits for a task. One that waits in the queue itself, behind those of
    /// another run, is taken out when its run is stopped.
    fn join<O>(&self, mut future: Future<O>) -> Result<O, Error> {
        loop {
            match future.result_within(Context::SLICE) {
                Ok(result) => return result,
                Err(waits) => future = waits,
            }
            if self.context.cause().is_some() {
                self.pool.sweep();
            }
        }
    }

    /// The results in the order of the tasks.
    ///
    /// # Errors
    /// That of the first task that has failed.
    pub fn join_all<O>(
        &self,
        futures: Vec<Future<O>>,
    ) -> Result<Vec<O>, Error> {
        futures.into_iter().map(|future| self.join(future)).collect()
    }
}

/// A part of a list of numbers, as a worker gets it: the numbers themselves.
#[derive(Serialize, Deserialize)]
pub struct Slice {
    task: usize,
    grain: usize,
    tuned: bool,
    numbers: List,
}

/// The numbers of a part, where they lie: the job is kept meanwhile.
pub struct InPlace<W: Workload>(pub Job<W>, pub Part);

impl<W: Workload<Input: AsRef<[u64]>>> AsRef<[u64]> for InPlace<W> {
    fn as_ref(&self) -> &[u64] {
        let list: &W::Input = &self.0;
        &list.as_ref()[self.1.range.clone()]
    }
}

impl Slice {
    /// A part of a job's list, which is kept until the part has crossed.
    pub fn of<W: Workload<Input = Numbers>>(job: &Job<W>, part: Part) -> Self {
        let (task, grain, tuned) = (part.task, job.grain(), job.is_tuned());
        let numbers = List::of(InPlace(job.clone(), part));
        Self { task, grain, tuned, numbers }
    }

    /// The number of its task.
    pub fn task(&self) -> usize {
        self.task
    }

    /// In the worker: the part is all there is, and keeps its task's number.
    pub fn job<W: Workload<Input = Numbers>>(
        self,
        context: &Context,
    ) -> (Job<W>, Part) {
        let numbers = Numbers::part(self.numbers.into_vec(), self.grain);
        let job = Job::<W>::with(numbers.tuned(self.tuned), context);
        let part = job.whole(self.task);
        (job, part)
    }
}

/// An input that crosses as a whole: a handle on both sides.
pub struct Whole<W: Workload>(pub Job<W>);

impl<W: Workload> Clone for Whole<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<W: Workload<Input: Serialize>> Serialize for Whole<W> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (*self.0).serialize(to)
    }
}

impl<'de, W: Workload<Input: DeserializeOwned>> Deserialize<'de> for Whole<W> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let input = W::Input::deserialize(from)?;
        Ok(Self(Job::with(input, &Context::new())))
    }
}
