//! Workers that are threads of this process.

use crate::Cluster;
use crate::flow::{Flow, Running};
use lanes_core::{Config, Context, Error};
use std::any::Any;
use std::cell::Cell;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use timely::WorkerConfig;
use timely::communication::allocator::AllocatorBuilder;
use timely::communication::{Config as Communication, WorkerGuards};
use timely::execute::execute_from;
use timely::worker::Worker;

/// Worker threads, which wait for dataflows to build.
pub struct Threads {
    doors: Mutex<Vec<Door>>,
    guards: Mutex<Option<WorkerGuards<()>>>,
}

/// Where a worker is given dataflows.
struct Door {
    commands: Sender<Command>,
    thread: Thread,
}

/// Builds a dataflow, and returns what is to be asked after each step.
type Command = Box<dyn FnOnce(&mut Worker) -> IsDone + Send>;

/// Whether the dataflow has ended; asked until it has.
type IsDone = Box<dyn FnMut() -> bool>;

impl Cluster for Threads {
    const NAME: &'static str = "timely";

    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let workers = Communication::Process(config.workers());
        let (builders, others) = workers.try_build().map_err(refused)?;
        Self::of(builders, others)
    }

    fn run<F: Flow>(
        &self,
        context: &Context,
        flow: F,
        parts: Vec<F::Part>,
    ) -> Result<Vec<F::Answer>, Error> {
        if SERVES.get() {
            let what = "a run within a task of timely would wait for the \
                        worker that its task holds";
            return Err(Error::Unsupported(what.into()));
        }
        context.finish(())?;
        let answers = self.begin(context, flow, parts);
        let workers = self.doors().len();
        let answers: Vec<_> = answers.iter().collect();
        if answers.len() < workers {
            return Err(Error::WorkerDied("a thread of timely ended".into()));
        }
        context.finish(answers.into_iter().flatten().collect())
    }
}

fn refused(why: String) -> Error {
    Error::Unsupported(format!("timely: {why}"))
}

impl Threads {
    /// The threads of this process that timely has made ready, with what is to
    /// be kept as long as they are.
    pub(crate) fn of(
        builders: Vec<AllocatorBuilder>,
        others: Box<dyn Any + Send>,
    ) -> Result<Self, Error> {
        let (doors, commands): (Vec<_>, Vec<_>) =
            builders.iter().map(|_| mpsc::channel()).unzip();
        // Each takes one of them, whichever.
        let commands = Mutex::new(commands);
        let (came, threads) = mpsc::channel();
        let serve = move |worker: &mut Worker| {
            let mut commands =
                commands.lock().unwrap_or_else(PoisonError::into_inner);
            let own = commands.pop().expect("one for each thread");
            // In the order in which they are taken.
            let _ = came.send(thread::current());
            drop(commands);
            serve(worker, &own);
        };
        let worker = WorkerConfig::default();
        let guards =
            execute_from(builders, others, worker, serve).map_err(refused)?;
        let doors = doors.into_iter().rev().map_while(|commands| {
            Some(Door { commands, thread: threads.recv().ok()? })
        });
        let doors = Mutex::new(doors.collect());
        Ok(Self { doors, guards: Mutex::new(Some(guards)) })
    }

    fn doors(&self) -> MutexGuard<'_, Vec<Door>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Builds a dataflow in every worker, and gives one of them the parts.
    /// Each sends the answers that it has when the dataflow has ended.
    pub(crate) fn begin<F: Flow>(
        &self,
        context: &Context,
        flow: F,
        parts: Vec<F::Part>,
    ) -> Receiver<Vec<F::Answer>> {
        let (done, answers) = mpsc::channel();
        let mut parts = Some(parts);
        // All workers must build dataflows in the same order.
        for door in &*self.doors() {
            let parts = parts.take().unwrap_or_default();
            let (flow, context) = (flow.clone(), context.clone());
            let done = done.clone();
            door.open(Box::new(move |worker| {
                let running = Running::begin(worker, flow, parts, context);
                Box::new(move || {
                    let is_done = running.is_done();
                    if is_done {
                        // The caller waits for it.
                        let _ = done.send(running.answers());
                    }
                    is_done
                })
            }));
        }
        answers
    }
}

impl Door {
    fn open(&self, command: Command) {
        // A worker that has ended is missed when the answers are counted.
        let _ = self.commands.send(command);
        self.thread.unpark();
    }
}

thread_local! {
    /// Whether this thread is a worker.
    static SERVES: Cell<bool> = const { Cell::new(false) };
}

/// What a worker does, until its door is gone.
fn serve(worker: &mut Worker, commands: &Receiver<Command>) {
    SERVES.set(true);
    let mut running: Vec<IsDone> = Vec::new();
    loop {
        let command = match running.is_empty() {
            true => commands.recv().ok(),
            false => commands.try_recv().ok(),
        };
        match command {
            Some(command) => running.push(command(worker)),
            None if running.is_empty() => return,
            None => {
                // Woken by records, and by a new command.
                worker.step_or_park(None);
                running.retain_mut(|is_done| !is_done());
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.doors().clear();
        let guards = self.guards.get_mut();
        let guards = guards.unwrap_or_else(PoisonError::into_inner);
        if let Some(guards) = guards.take() {
            // What a worker left when it panicked was seen by its run.
            drop(guards.join());
        }
    }
}
