//! The pool: a deque for each worker, an injector for all other threads, and a
//! parker for a thread that finds neither work nor the result it waits for.

use crate::sync::{
    AtomicBool, AtomicUsize, Backoff, Builder, Injector, JoinHandle, Mutex,
    MutexGuard, Parker, Stealer, Unparker, Worker, fence, thread_local,
};
use lanes_core::{Error, caught, preflight};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// A worker that waits helps with other tasks on its own stack.
const STACK_BYTES: usize = 16 << 20;

type Work = Box<dyn FnOnce() + Send>;

/// Threads that run tasks; dropping it ends them.
pub struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    injector: Injector<Work>,
    stealers: Vec<Stealer<Work>>,
    unparkers: Vec<Unparker>,
    /// The workers that are parked or about to be; their number apart, so that
    /// a spawn looks without the lock.
    sleepers: Mutex<Vec<usize>>,
    asleep: AtomicUsize,
    stop: AtomicBool,
}

/// What a worker has for itself.
struct Local {
    index: usize,
    deque: Worker<Work>,
    parker: Parker,
    shared: Arc<Shared>,
}

thread_local! {
    static LOCAL: RefCell<Option<Rc<Local>>> = const { RefCell::new(None) };
}

/// A task that was started; its result is fetched by joining it.
pub struct Task<T>(Arc<Slot<T>>);

struct Slot<T> {
    done: AtomicBool,
    state: Mutex<State<T>>,
}

struct State<T> {
    result: Option<Result<T, Error>>,
    waiter: Option<Unparker>,
}

/// Starts a task on the pool whose worker calls this.
///
/// # Panics
/// If the thread is no worker.
pub fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Task<T> {
    let (task, work) = prepare(work);
    LOCAL.with(|local| {
        let local = local.borrow();
        let local = local.as_ref().expect("called on a worker");
        local.deque.push(work);
        local.shared.wake_one();
    });
    task
}

/// Whether the calling thread is a worker.
pub fn on_worker() -> bool {
    LOCAL.with(|local| local.borrow().is_some())
}

fn prepare<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> (Task<T>, Work) {
    let state = Mutex::new(State { result: None, waiter: None });
    let slot = Arc::new(Slot { done: AtomicBool::new(false), state });
    let task = Task(Arc::clone(&slot));
    let work = move || slot.fill(caught(work));
    (task, Box::new(work))
}

impl Pool {
    /// A pool with so many workers.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system has no more threads.
    pub fn start(workers: usize) -> Result<Self, Error> {
        preflight::stacks(workers, STACK_BYTES)?;
        let deques: Vec<_> = (0..workers).map(|_| Worker::new_lifo()).collect();
        let parkers: Vec<_> = (0..workers).map(|_| Parker::new()).collect();
        let shared = Arc::new(Shared {
            injector: Injector::new(),
            stealers: deques.iter().map(Worker::stealer).collect(),
            unparkers: parkers.iter().map(|p| p.unparker().clone()).collect(),
            sleepers: Mutex::default(),
            asleep: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        // Dropped by an early return, it ends the threads it has.
        let mut pool = Self { shared, threads: Vec::new() };
        for (index, (deque, parker)) in
            deques.into_iter().zip(parkers).enumerate()
        {
            let shared = Arc::clone(&pool.shared);
            let thread = Builder::new()
                .name(format!("lanes-crossbeam-{index}"))
                .stack_size(STACK_BYTES);
            let local = move || Local { index, deque, parker, shared };
            pool.threads.push(thread.spawn(move || work(Rc::new(local())))?);
        }
        Ok(pool)
    }

    /// Starts a task from outside of the pool, or from within.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Task<T> {
        let (task, work) = prepare(work);
        self.shared.injector.push(work);
        self.shared.wake_one();
        task
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.unparkers.iter().for_each(Unparker::unpark);
        for thread in self.threads.drain(..) {
            // A worker catches the panics of its tasks.
            let _ = thread.join();
        }
    }
}

fn work(local: Rc<Local>) {
    LOCAL.with(|own| own.replace(Some(Rc::clone(&local))));
    local.work_until(|| local.shared.stop.load(Ordering::SeqCst));
    LOCAL.with(RefCell::take);
}

impl Local {
    /// Runs tasks until a condition holds; the thread that makes it hold must
    /// unpark this worker.
    fn work_until(&self, done: impl Fn() -> bool) {
        while !done() {
            if let Some(work) = self.find() {
                work();
            } else {
                self.rest(&done);
            }
        }
    }

    /// Own work first, then what comes from outside, then what others have.
    fn find(&self) -> Option<Work> {
        self.deque.pop().or_else(|| {
            std::iter::repeat_with(|| {
                self.shared
                    .injector
                    .steal_batch_and_pop(&self.deque)
                    .or_else(|| self.others().map(Stealer::steal).collect())
            })
            .find(|stolen| !stolen.is_retry())
            .and_then(|stolen| stolen.success())
        })
    }

    /// The deques of the other workers, each worker's neighbour first.
    fn others(&self) -> impl Iterator<Item = &Stealer<Work>> {
        let (before, after) = self.shared.stealers.split_at(self.index);
        after[1..].iter().chain(before)
    }

    /// Looks a little longer, then parks until there is work or it is done.
    fn rest(&self, done: impl Fn() -> bool) {
        let backoff = Backoff::new();
        while !backoff.is_completed() {
            if done() || self.sees_work() {
                return;
            }
            backoff.snooze();
        }
        self.shared.sleep(self.index);
        if !done() && !self.sees_work() {
            self.parker.park();
        }
        self.shared.rise(self.index);
        if done() && self.sees_work() {
            // The wake-up may have been for the work: pass it on.
            self.shared.wake_one();
        }
    }

    fn sees_work(&self) -> bool {
        !self.shared.injector.is_empty()
            || self.others().any(|stealer| !stealer.is_empty())
    }
}

impl Shared {
    fn sleepers(&self) -> MutexGuard<'_, Vec<usize>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, index: usize) {
        let mut sleepers = self.sleepers();
        sleepers.push(index);
        self.asleep.store(sleepers.len(), Ordering::Relaxed);
        drop(sleepers);
        // Either the sleeper sees the work or the spawner sees the sleeper.
        fence(Ordering::SeqCst);
    }

    fn rise(&self, index: usize) {
        let mut sleepers = self.sleepers();
        sleepers.retain(|sleeper| *sleeper != index);
        self.asleep.store(sleepers.len(), Ordering::Relaxed);
    }

    fn wake_one(&self) {
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) == 0 {
            return;
        }
        let mut sleepers = self.sleepers();
        if let Some(index) = sleepers.pop() {
            self.asleep.store(sleepers.len(), Ordering::Relaxed);
            self.unparkers[index].unpark();
        }
    }
}

impl<T> Task<T> {
    /// Waits for the result: a worker helps with other tasks meanwhile, any
    /// other thread sleeps.
    ///
    /// # Errors
    /// That of the task, or [`Error::Panicked`].
    pub fn join(self) -> Result<T, Error> {
        let local = LOCAL.with(|local| local.borrow().clone());
        if let Some(local) = local {
            if !self.0.done() {
                // A task still on the own deque is run here; only one that
                // was stolen is waited for.
                while !self.0.done()
                    && let Some(work) = local.deque.pop()
                {
                    work();
                }
                self.0.announce(local.parker.unparker());
                local.work_until(|| self.0.done());
            }
        } else {
            let parker = Parker::new();
            self.0.announce(parker.unparker());
            while !self.0.done() {
                parker.park();
            }
        }
        self.0.lock().result.take().expect("filled when done")
    }
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    fn announce(&self, waiter: &Unparker) {
        self.lock().waiter = Some(waiter.clone());
    }

    fn fill(&self, result: Result<T, Error>) {
        let mut state = self.lock();
        state.result = Some(result);
        self.done.store(true, Ordering::Release);
        if let Some(waiter) = state.waiter.take() {
            waiter.unpark();
        }
    }
}
