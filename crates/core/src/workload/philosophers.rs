//! `philosophers`: tasks round a table, each of which needs two locks at once.

use super::bound;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// Philosophers round a table, with a chopstick between each two; to eat, one
/// needs those on either side.
///
/// The dining philosophers of Dijkstra ("Hierarchical ordering of sequential
/// processes", 1971), with one of the remedies: chopsticks are taken in the
/// order of their numbers, so that no circle of philosophers waits for each
/// other. A lonely one has two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Philosophers {
    /// How many philosophers.
    pub philosophers: usize,
    /// How often each eats.
    pub meals: usize,
    /// How many meals come between two looks at the cancel flag.
    pub grain: usize,
}

/// What lies between two philosophers: models put it under a lock.
#[derive(Debug, Default, Clone, Copy)]
pub struct Chopstick {
    meals: u64,
}

/// One philosopher, who eats from time to time.
pub struct Philosopher {
    job: Job<Philosophers>,
    number: usize,
    eaten: usize,
}

impl Workload for Philosophers {
    const NAME: &'static str = "philosophers";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str =
        "two locks at once, each of which a neighbour wants as well";
    const OMITS: &'static str =
        "work under the locks, and time in which nobody wants them";
    const UNIT: &'static str = "meal";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    /// How many meals each chopstick was used for.
    type Output = Vec<u64>;

    /// Five, one, whom nobody disturbs, and a thousand, of whom few meet.
    fn sizes(size: Size) -> Vec<Self> {
        let meals = match size {
            Size::Quick => 5_000,
            Size::Full => 50_000,
        };
        let of = |philosophers| {
            let meals = meals / philosophers;
            Self { philosophers, meals, grain: 64 }
        };
        [5, 1, 1000].map(of).into()
    }

    fn with_items(&self, items: usize) -> Self {
        let philosophers = self.philosophers.min(items.max(1));
        let meals = items.div_ceil(philosophers);
        Self { philosophers, meals, grain: 2 }
    }

    fn items(&self) -> usize {
        self.philosophers.saturating_mul(self.meals)
    }

    /// `counter` says first what a contended lock costs.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        format!("{}x{}", self.philosophers, self.meals)
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        if self.philosophers == 0 {
            return Err(Error::Invalid("a table without philosophers".into()));
        }
        let Self { philosophers, meals, .. } = self;
        if philosophers.checked_mul(*meals).is_none_or(|all| all > MOST) {
            let what = format!("{philosophers} times {meals} meals");
            return Err(Error::Invalid(what));
        }
        preflight::memory(*philosophers, 512)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Vec<u64> {
        let mut chopsticks = vec![0; input.chopsticks()];
        for philosopher in 0..input.philosophers {
            let (first, second) = input.beside(philosopher);
            chopsticks[first] += input.meals as u64;
            chopsticks[second] += input.meals as u64;
        }
        chopsticks
    }

    fn digest(output: &Vec<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let work = bound::together(1, |_| {
            let mut chopsticks = [Chopstick::default(); 2];
            for _ in 0..job.items() {
                let [first, second] = black_box(&mut chopsticks);
                used(first, second);
            }
        })?;
        // Of neighbours one eats at a time.
        let pairs = u32::try_from(job.philosophers / 2).unwrap_or(u32::MAX);
        let what = "all meals without a lock / workers or pairs";
        Ok(Limit::shared(what, workers, work, work / pairs.max(1)))
    }
}

/// No table has more meals: that is about a day.
const MOST: usize = 1_000_000_000_000;

impl Philosophers {
    /// How many chopsticks there are: one for each philosopher, two at least.
    pub fn chopsticks(&self) -> usize {
        self.philosophers.max(2)
    }

    /// The numbers of the chopsticks beside a philosopher, in the order in
    /// which they are taken.
    fn beside(&self, philosopher: usize) -> (usize, usize) {
        let next = (philosopher + 1) % self.chopsticks();
        (philosopher.min(next), philosopher.max(next))
    }
}

impl Job<Philosophers> {
    /// All philosophers, in the order in which they sit.
    pub fn table(&self) -> impl Iterator<Item = Philosopher> + use<> {
        let job = self.clone();
        (0..job.philosophers).map(move |number| Philosopher {
            job: job.clone(),
            number,
            eaten: 0,
        })
    }

    /// How many meals each chopstick was used for, in order, when all have
    /// eaten.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn used(
        &self,
        chopsticks: impl IntoIterator<Item = Chopstick>,
    ) -> Result<Vec<u64>, Error> {
        let meals =
            chopsticks.into_iter().map(|chopstick| chopstick.meals).collect();
        self.finish(meals)
    }
}

impl Philosopher {
    /// The numbers of the two chopsticks, in the order in which all take them.
    pub fn chopsticks(&self) -> (usize, usize) {
        self.job.beside(self.number)
    }

    /// Whether there is a meal left; asked without a chopstick in hand.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn is_hungry(&self) -> Result<bool, Error> {
        if self.eaten.is_multiple_of(self.job.grain) {
            self.job.context().grain(self.number)?;
        }
        Ok(self.eaten < self.job.meals)
    }

    /// Eats, with both chopsticks in hand.
    pub fn eat(&mut self, first: &mut Chopstick, second: &mut Chopstick) {
        used(first, second);
        self.eaten += 1;
    }
}

#[inline(never)]
fn used(first: &mut Chopstick, second: &mut Chopstick) {
    first.meals += 1;
    second.meals += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;
    use std::sync::Mutex;
    use std::thread;

    fn job(philosophers: usize, meals: usize) -> Job<Philosophers> {
        let size = Philosophers { philosophers, meals, grain: 2 };
        Job::new(&size, 7).unwrap()
    }

    #[test]
    fn forks_are_those_beside_and_taken_in_order() {
        let chopsticks = |philosophers: usize| -> Vec<(usize, usize)> {
            let table = job(philosophers, 1).table();
            table.map(|philosopher| philosopher.chopsticks()).collect()
        };
        assert_eq!(chopsticks(1), [(0, 1)]);
        assert_eq!(chopsticks(2), [(0, 1), (0, 1)]);
        assert_eq!(chopsticks(3), [(0, 1), (1, 2), (0, 2)]);
        assert_eq!(chopsticks(5)[3..], [(3, 4), (0, 4)]);
    }

    #[test]
    fn all_eat_and_every_meal_uses_two_forks() {
        for (philosophers, meals) in [(1, 100), (2, 100), (5, 100), (3, 0)] {
            let job = job(philosophers, meals);
            let chopsticks: Vec<Mutex<Chopstick>> =
                (0..job.chopsticks()).map(|_| Mutex::default()).collect();
            thread::scope(|scope| {
                for mut philosopher in job.table() {
                    let chopsticks = &chopsticks;
                    scope.spawn(move || {
                        let (first, second) = philosopher.chopsticks();
                        while philosopher.is_hungry().unwrap() {
                            let mut first = chopsticks[first].lock().unwrap();
                            let mut second = chopsticks[second].lock().unwrap();
                            philosopher.eat(&mut first, &mut second);
                        }
                    });
                }
            });
            let chopsticks =
                chopsticks.into_iter().map(|chopstick| chopstick.into_inner());
            let used = job.used(chopsticks.map(Result::unwrap)).unwrap();
            assert_eq!(used, Philosophers::reference(&job));
            let all = used.iter().sum::<u64>();
            assert_eq!(all, 2 * (philosophers * meals) as u64);
        }
    }

    #[test]
    fn a_meal_that_is_lost_or_eaten_elsewhere_is_another_answer() {
        let right = Philosophers::reference(&job(3, 10));
        assert_eq!(right, [20, 20, 20]);
        for wrong in [vec![20, 20, 19], vec![21, 20, 19], vec![20, 20]] {
            assert_ne!(wrong, right);
            let digest = Philosophers::digest(&wrong);
            assert_ne!(digest, Philosophers::digest(&right));
        }
    }

    #[test]
    fn a_stop_ends_the_dinner_and_what_cannot_be_is_refused() {
        let job = job(2, 10).under(&Context::new());
        let philosopher = job.table().next().unwrap();
        assert_eq!(philosopher.is_hungry(), Ok(true));
        job.context().cancel();
        assert_eq!(philosopher.is_hungry(), Err(Error::Cancelled));
        assert_eq!(job.used([]), Err(Error::Cancelled));
        for (philosophers, meals, grain) in
            [(0, 1, 1), (1, 1, 0), (2, usize::MAX, 1), (1, MOST + 1, 1)]
        {
            let size = Philosophers { philosophers, meals, grain };
            assert!(matches!(size.input(7), Err(Error::Invalid(_))));
        }
    }
}
