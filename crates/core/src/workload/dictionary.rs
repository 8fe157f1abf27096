//! `dictionary`: tasks that look up and write in one map.

use super::bound;
use crate::trace::State;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use dashmap::DashMap;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// Tasks that share one map from numbers to numbers: of ten steps nine look a
/// key up, and one adds to its value.
///
/// It is the dictionary of the Savina suite (Imam and Sarkar, "Savina: an actor
/// benchmark suite", 2014). Additions may come in any order: what is in the map
/// at the end is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    /// How many tasks.
    pub tasks: usize,
    /// How many steps each takes.
    pub steps: usize,
    /// How many keys the map has, from the start on.
    pub keys: usize,
    /// How the map is shared.
    pub form: Sharing,
    /// How many steps come between two looks at the cancel flag.
    pub grain: usize,
}

/// How tasks share a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// A hash map under one lock, taken for each step.
    Lock,
    /// The same under a lock that several readers have at once.
    RwLock,
    /// Sixteen hash maps, each under a lock of its own; the key decides.
    Sharded,
    /// The map of the library DashMap, which is sharded as well, by the hash of
    /// the key, under locks that several readers have at once.
    DashMap,
}

/// The map, in one of its forms.
///
/// Locks are the standard library's in every model: none is held across an
/// await, and then tokio's documentation prefers them to locks of its own. Keys
/// are hashed by the standard library's hasher in every form.
pub enum Map {
    /// Under one lock.
    Lock(Mutex<HashMap<u64, u64>>),
    /// Under one lock that readers share.
    RwLock(RwLock<HashMap<u64, u64>>),
    /// Under sixteen locks.
    Sharded(Box<[Shelf; SHARDS]>),
    /// In DashMap.
    DashMap(DashMap<u64, u64>),
}

const SHARDS: usize = 16;

/// A part of the map that shares its lock's cache lines with no other.
#[derive(Default)]
#[repr(align(128))]
pub struct Shelf(Mutex<HashMap<u64, u64>>);

/// What is known of a map that all tasks are done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// How many lookups found their key.
    pub found: usize,
    /// The sum of a hash of each key with its value.
    pub sum: u64,
}

/// What one task does next.
#[derive(Clone, Copy)]
enum Step {
    Read(u64),
    /// A key, and what is added to its value.
    Add(u64, u64),
}

/// One step of so many writes.
const WRITES: u64 = 10;

impl Workload for Dictionary {
    const NAME: &'static str = "dictionary";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str =
        "one map that every task reads, and now and then writes";
    const OMITS: &'static str =
        "keys that come and go, and some that most tasks want";
    const UNIT: &'static str = "step";
    const POINT: Point = Point::Work;

    type Input = Lookups;
    type Output = Looked;

    fn sizes(size: Size) -> Vec<Self> {
        let steps = match size {
            Size::Quick => 5_000,
            Size::Full => 50_000,
        };
        let of = |form| Self { tasks: 8, steps, keys: 1024, form, grain: 256 };
        use Sharing::{DashMap, Lock, RwLock, Sharded};
        [Lock, RwLock, Sharded, DashMap].map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        let form = self.form;
        Self { tasks: items, steps: 20, keys: 7, form, grain: 8 }
    }

    fn items(&self) -> usize {
        self.tasks.saturating_mul(self.steps)
    }

    /// `counter` says first what a contended lock costs.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let form = match self.form {
            Sharing::Lock => "lock",
            Sharing::RwLock => "rwlock",
            Sharing::Sharded => "sharded",
            Sharing::DashMap => "dashmap",
        };
        format!("{form}-{}x{}", self.tasks, self.steps)
    }

    fn input(&self, seed: u64) -> Result<Lookups, Error> {
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        if self.keys == 0 {
            return Err(Error::Invalid("a map without keys".into()));
        }
        if self.tasks.checked_mul(self.steps).is_none() {
            let Self { tasks, steps, .. } = self;
            let what = format!("{tasks} times {steps} steps overflow");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.tasks, 256)?;
        preflight::memory(self.keys, 64)?;
        Ok(Lookups { size: self.clone(), seed })
    }

    fn reference(input: &Lookups) -> Looked {
        let mut values = vec![0u64; input.size.keys];
        let mut found = 0;
        for task in 0..input.size.tasks {
            for step in input.steps(task) {
                match step {
                    Step::Read(_) => found += 1,
                    Step::Add(key, number) => {
                        let value = &mut values[key as usize];
                        *value = value.wrapping_add(number);
                    }
                }
            }
        }
        let pairs = values.into_iter().enumerate();
        let sum = summed(pairs.map(|(key, value)| (key as u64, value)));
        Looked { found, sum }
    }

    fn digest(output: &Looked) -> u64 {
        seed::digest([output.found as u64, output.sum])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let filled = job.filled();
        let work = bound::together(1, |_| {
            let mut map = filled.clone();
            for task in 0..job.size.tasks {
                for step in job.steps(task) {
                    done(step, black_box(&mut map));
                }
            }
        })?;
        // Under one lock no two steps overlap, whoever takes them.
        let span = match job.size.form {
            Sharing::Lock => work,
            _ => Duration::ZERO,
        };
        let what = match job.size.form {
            Sharing::Lock => "one thread, no lock",
            _ => "one thread, no lock / workers",
        };
        Ok(Limit::shared(what, workers, work, span))
    }
}

/// The map of an input, and what its tasks do.
#[derive(Serialize, Deserialize)]
pub struct Lookups {
    size: Dictionary,
    seed: u64,
}

impl Lookups {
    /// How many tasks there are.
    pub fn tasks(&self) -> usize {
        self.size.tasks
    }

    /// A map with all keys, and zero for each.
    pub fn map(&self) -> Map {
        match self.size.form {
            Sharing::Lock => Map::Lock(Mutex::new(self.filled())),
            Sharing::RwLock => Map::RwLock(RwLock::new(self.filled())),
            Sharing::Sharded => {
                let shelves: Box<[Shelf; SHARDS]> = Box::default();
                for (key, value) in self.filled() {
                    shelves[shelf(key)].lock().insert(key, value);
                }
                Map::Sharded(shelves)
            }
            Sharing::DashMap => {
                Map::DashMap(self.filled().into_iter().collect())
            }
        }
    }

    fn filled(&self) -> HashMap<u64, u64> {
        (0..self.size.keys as u64).map(|key| (key, 0)).collect()
    }

    /// What a task does, in order.
    fn steps(&self, task: usize) -> impl Iterator<Item = Step> + use<> {
        let keys = self.size.keys as u64;
        let numbers = seed::numbers(seed::part(self.seed, task as u64));
        numbers.take(self.size.steps).map(move |number| {
            // Different digits for the key, the choice and the number.
            let key = (number >> 32) % keys;
            if number % WRITES == 0 {
                Step::Add(key, number & 0xFFFF)
            } else {
                Step::Read(key)
            }
        })
    }
}

fn shelf(key: u64) -> usize {
    key as usize % SHARDS
}

impl Shelf {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One step in a map of one's own: whether a lookup found its key.
fn done(step: Step, map: &mut HashMap<u64, u64>) -> bool {
    match step {
        Step::Read(key) => found(map.get(&key)),
        Step::Add(key, number) => {
            let value = map.entry(key).or_default();
            *value = value.wrapping_add(number);
            false
        }
    }
}

fn found(value: Option<&u64>) -> bool {
    black_box(value.copied()).is_some()
}

fn summed(pairs: impl Iterator<Item = (u64, u64)>) -> u64 {
    let hash = |(key, value)| seed::part(value, key);
    pairs.map(hash).fold(0, u64::wrapping_add)
}

impl Job<Dictionary> {
    /// All steps of one task, each on its own; how many lookups found their
    /// key.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn look(&self, task: usize, map: &Map) -> Result<usize, Error> {
        let _span = self.context().span(task, State::Compute);
        let mut steps = self.steps(task);
        let mut found = 0;
        let mut left = self.size.steps;
        while left > 0 {
            self.context().grain(task)?;
            let some = left.min(self.size.grain);
            found += taken(&mut steps, some, map);
            left -= some;
        }
        Ok(found)
    }

    /// The lookups of all tasks, and what is in the map once they are joined.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn looked(
        &self,
        found: impl IntoIterator<Item = usize>,
        map: &Map,
    ) -> Result<Looked, Error> {
        let found = found.into_iter().sum();
        self.finish(Looked { found, sum: map.sum() })
    }
}

/// So many of the steps; how many lookups found their key.
#[inline(never)]
fn taken(
    steps: &mut impl Iterator<Item = Step>,
    count: usize,
    map: &Map,
) -> usize {
    let steps = steps.take(count);
    match map {
        Map::Lock(map) => steps
            .filter(|step| {
                let map = map.lock();
                done(*step, &mut map.unwrap_or_else(PoisonError::into_inner))
            })
            .count(),
        Map::RwLock(map) => steps
            .filter(|step| match *step {
                Step::Read(key) => {
                    let map = map.read();
                    let map = map.unwrap_or_else(PoisonError::into_inner);
                    found(map.get(&key))
                }
                step => {
                    let map = map.write();
                    done(step, &mut map.unwrap_or_else(PoisonError::into_inner))
                }
            })
            .count(),
        Map::Sharded(shelves) => steps
            .filter(|step| {
                let (Step::Read(key) | Step::Add(key, _)) = *step;
                done(*step, &mut shelves[shelf(key)].lock())
            })
            .count(),
        Map::DashMap(map) => steps
            .filter(|step| match *step {
                Step::Read(key) => found(map.get(&key).as_deref()),
                Step::Add(key, number) => {
                    let mut value = map.entry(key).or_default();
                    *value = value.wrapping_add(number);
                    false
                }
            })
            .count(),
    }
}

impl Map {
    /// The sum of a hash of each key with its value.
    fn sum(&self) -> u64 {
        let of = |map: &HashMap<u64, u64>| {
            summed(map.iter().map(|(key, value)| (*key, *value)))
        };
        match self {
            Self::Lock(map) => {
                of(&map.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Self::RwLock(map) => {
                of(&map.read().unwrap_or_else(PoisonError::into_inner))
            }
            Self::Sharded(shelves) => {
                let sums = shelves.iter().map(|shelf| of(&shelf.lock()));
                sums.fold(0, u64::wrapping_add)
            }
            Self::DashMap(map) => {
                summed(map.iter().map(|pair| (*pair.key(), *pair.value())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;
    use std::thread;

    const FORMS: [Sharing; 4] =
        [Sharing::Lock, Sharing::RwLock, Sharing::Sharded, Sharing::DashMap];

    fn job(form: Sharing, tasks: usize, keys: usize) -> Job<Dictionary> {
        let size = Dictionary { tasks, steps: 200, keys, form, grain: 16 };
        Job::new(&size, 7).unwrap()
    }

    #[test]
    fn every_form_has_the_answer_of_the_reference() {
        for form in FORMS {
            for (tasks, keys) in [(0, 1), (1, 1), (5, 3), (4, 100)] {
                let job = job(form, tasks, keys);
                let map = job.map();
                let found = thread::scope(|scope| {
                    let (job, map) = (&job, &map);
                    let look = |task| scope.spawn(move || job.look(task, map));
                    let threads: Vec<_> = (0..tasks).map(look).collect();
                    let found = threads.into_iter().map(|t| t.join().unwrap());
                    found.collect::<Result<Vec<_>, _>>().unwrap()
                });
                let looked = job.looked(found, &map).unwrap();
                assert_eq!(looked, Dictionary::reference(&job), "{form:?}");
            }
        }
    }

    #[test]
    fn one_step_of_ten_writes() {
        let job = job(Sharing::Lock, 50, 100);
        let steps = (0..50).flat_map(|task| job.steps(task));
        let adds = steps.filter(|step| matches!(step, Step::Add(..))).count();
        assert!((800..1200).contains(&adds), "{adds} of 10,000");
        assert_eq!(Dictionary::reference(&job).found, 10_000 - adds);
    }

    #[test]
    fn an_addition_that_is_lost_or_put_elsewhere_is_another_answer() {
        let right = [(0, 5), (1, 7), (2, 0)];
        let sum = |pairs: [(u64, u64); 3]| summed(pairs.into_iter());
        for wrong in [
            [(0, 5), (1, 6), (2, 0)],
            [(0, 5), (1, 7), (2, 1)],
            [(0, 7), (1, 5), (2, 0)],
        ] {
            assert_ne!(sum(wrong), sum(right));
        }
        let digest = |found, sum| Dictionary::digest(&Looked { found, sum });
        assert_ne!(digest(1, 2), digest(2, 1));
    }

    #[test]
    fn a_map_that_lacks_a_key_finds_less() {
        let job = job(Sharing::Lock, 1, 4);
        let map = Map::Lock(Mutex::default());
        let found = job.look(0, &map).unwrap();
        assert!(found < Dictionary::reference(&job).found);
    }

    #[test]
    fn a_stop_ends_the_steps_and_what_cannot_be_is_refused() {
        let job = job(Sharing::DashMap, 1, 4).under(&Context::new());
        job.context().cancel();
        let map = job.map();
        assert_eq!(job.look(0, &map), Err(Error::Cancelled));
        assert_eq!(job.looked([0], &map), Err(Error::Cancelled));
        let size = job.size.clone();
        for size in [
            Dictionary { keys: 0, ..size.clone() },
            Dictionary { grain: 0, ..size.clone() },
            Dictionary { tasks: usize::MAX, ..size },
        ] {
            assert!(matches!(size.input(7), Err(Error::Invalid(_))));
        }
    }
}
