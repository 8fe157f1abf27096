//! Counts the workers that a model really has.

use crate::workload::Max;
use crate::{AnyJob, Context, Error, Job, Probe, Size, Started, Watch, rows};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a model may take to show all its workers.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long each grain of a counted run takes besides its own work: long beside
/// the heartbeat of a scheduler that shares work only now and then.
const GRAIN: Duration = Duration::from_micros(500);
/// How many grains a counted run has for each worker.
const GRAINS: usize = 16;

/// Counts the threads that compute for a model, and returns their system thread
/// numbers.
///
/// They are counted over ordinary runs of the model's own cells, whose grains
/// are made longer by a probe, so that every worker gets some of them. Each run
/// is counted by itself, since some models start new threads for each; the run
/// that shows the most threads decides, or the number of threads that computed
/// in more than one run. A cell with fewer tasks than workers cannot show all
/// workers; then the next cell is tried.
///
/// # Errors
/// That of a run; [`Error::Task`] for a wrong answer, or if more threads
/// computed at the same time than the model says.
pub fn census(model: &Started) -> Result<Vec<u32>, Error> {
    let workers = model.workers();
    let mut jobs = parts(model)?;
    let mut others = false;
    let mut most: Vec<u32> = Vec::new();
    let mut runs: HashMap<u32, usize> = HashMap::new();
    let begin = Instant::now();
    loop {
        for job in &jobs {
            let seen = counted(model, &**job)?;
            for thread in &seen {
                *runs.entry(*thread).or_default() += 1;
            }
            // A thread that computes in several runs is one that stays: of a
            // pool, one run may not have had a grain for each.
            let stays = runs.iter().filter(|(_, count)| **count > 1);
            let stay: Vec<u32> = stays.map(|(thread, _)| *thread).collect();
            for found in [seen.into_iter().collect(), stay] {
                if found.len() > most.len() {
                    most = found;
                }
            }
            // More than it says are an answer too.
            if most.len() >= workers {
                return Ok(most);
            }
        }
        if !others {
            // Their inputs take servers and files, which few models need.
            jobs.append(&mut self::others(model)?);
            others = true;
            continue;
        }
        // On a busy machine a worker may have come too late for every grain.
        if most.is_empty() || begin.elapsed() > PATIENCE {
            return Ok(most);
        }
    }
}

/// A list with many grains for each worker, if the model has a cell for it.
fn parts(model: &Started) -> Result<Vec<Box<dyn AnyJob>>, Error> {
    if model.cell("max").is_none() {
        return Ok(Vec::new());
    }
    // Sizes by items have sixteen grains, however many workers there are.
    let len = model.workers().saturating_mul(GRAINS);
    Ok(vec![Box::new(Job::new(&Max::plain(len, 1), 7)?)])
}

/// A job for each cell of the model, with many items for each worker.
fn others(model: &Started) -> Result<Vec<Box<dyn AnyJob>>, Error> {
    let items = model.workers().saturating_mul(GRAINS);
    let mut jobs = Vec::new();
    for row in rows(Size::Quick) {
        if model.cell(row.workload()).is_some() {
            jobs.push(row.with_items(items).pinned()?.job(7)?);
        }
    }
    Ok(jobs)
}

/// The threads that computed in one run; none if the model refuses it.
fn counted(model: &Started, job: &dyn AnyJob) -> Result<HashSet<u32>, Error> {
    let hall = Arc::new(Hall::default());
    let probed = Arc::clone(&hall);
    let probe: Probe = Arc::new(move |_| {
        probed.pass();
        Ok(())
    });
    let watch = Watch { probe: Some(probe), ..Watch::default() };
    match job.under(&Context::watching(watch)?).run(model) {
        Err(Error::Unsupported(_)) => return Ok(HashSet::new()),
        Err(error) => return Err(error),
        Ok(answer) if !job.accepts(&*answer) => {
            let what = format!("{answer:?} is wrong for {}", job.workload());
            return Err(Error::Task(what));
        }
        Ok(_) => {}
    }
    let found = hall.lock();
    let (most, at_once) = (found.most, model.at_once());
    if at_once < model.workers() && most > at_once {
        return Err(Error::Task(format!(
            "{most} threads computed at once, and it says {at_once}"
        )));
    }
    Ok(found.seen.clone())
}

/// Where threads are counted.
#[derive(Default)]
struct Hall(Mutex<Found>);

#[derive(Default)]
struct Found {
    /// All threads that computed.
    seen: HashSet<u32>,
    /// How many are inside at the moment, and the largest such number.
    now: usize,
    most: usize,
}

impl Hall {
    fn lock(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self) {
        let mut found = self.lock();
        found.seen.insert(number());
        found.now += 1;
        found.most = found.most.max(found.now);
        drop(found);
        thread::sleep(GRAIN);
        self.lock().now -= 1;
    }
}

/// The system's number of this thread.
fn number() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}
