//! Measuring: sweeps over the points that are wanted, with all the models that
//! want them, and the yardstick.

use super::search::{found, most_points, wanted};
use super::verdict::enter;
use super::{
    Compared, Crossover, Finding, Found, Point, SCHEMA, Seen, VERSION,
};
use crate::results::{ContenderResult, Results, RowResult, State, Taken};
use crate::session::{Contender, Plan};
use crate::statistics::median;
use crate::sweep::{Wanted, stopped, sweep};
use lanes_core::{Definition, Error, Row};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{Duration, Instant};

/// What is measured.
pub struct Asked {
    /// The models, the yardstick among them, the budget, the seed and the
    /// limits; it has no rows.
    pub plan: Plan,
    /// The workload, whose size is a length and a grain.
    pub workload: &'static Definition,
    /// The name of the model that all others are compared with.
    pub yardstick: String,
    /// The lengths that may be measured, the shortest first; one at least.
    pub lengths: Vec<u64>,
    /// The grains that are tried.
    pub grains: Vec<u64>,
}

/// How far it is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The time since it began.
    pub spent: Duration,
    /// How many points of how many models are visited next.
    pub next: (usize, usize),
}

impl Asked {
    /// The row of a point.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the workload's size is no length and grain.
    pub fn row(&self, len: u64, grain: u64) -> Result<Box<dyn Row>, Error> {
        self.workload.read(&json!({"len": len, "grain": grain}))
    }

    fn is_yardstick(&self, contender: &ContenderResult) -> bool {
        contender.name == self.yardstick
    }
}

/// Compares each model with the yardstick, until the budget is spent or all is
/// decided. `watch` is called while nothing is measured, with all that was
/// found so far.
///
/// # Errors
/// Those of `watch` and of [`crate::session::run`], and of an input that cannot
/// be made.
pub fn measure(
    asked: &Asked,
    begun: String,
    watch: &mut dyn FnMut(&Crossover, &Progress) -> io::Result<()>,
) -> io::Result<Crossover> {
    let (plan, begin) = (&asked.plan, Instant::now());
    let mut crossover = empty(asked, begun);
    let mut took = Duration::ZERO;
    for number in 0u64.. {
        crossover.seconds = begin.elapsed().as_secs_f64();
        // By length, so that models that want the same share a visit.
        let mut wishes: BTreeMap<(u64, u64), BTreeSet<String>> =
            BTreeMap::new();
        let mut models = 0;
        for model in &crossover.models {
            let points = wanted(model, &asked.lengths, &asked.grains);
            models += usize::from(!points.is_empty());
            for point in points {
                let contender = |c: &&Contender| {
                    c.name == model.name && c.workers == model.workers
                };
                let contender = plan.contenders.iter().find(contender);
                let name = contender.map(|c| c.model.clone());
                wishes.entry(point).or_default().extend(name);
            }
        }
        let (spent, next) = (begin.elapsed(), (wishes.len(), models));
        watch(&crossover, &Progress { spent, next })?;
        let late = spent + took / 2 > plan.budget;
        if wishes.is_empty() || late || stopped(plan) {
            break;
        }
        let rows = wishes.into_iter().map(|((len, grain), mut models)| {
            models.insert(yardstick(asked));
            Ok((asked.row(len, grain)?, models))
        });
        let rows = rows.collect::<Result<Vec<Wanted>, Error>>();
        let seen = sweep(plan, number, rows.map_err(io::Error::other)?)?;
        take(&mut crossover, asked, &seen);
        took = begin.elapsed() - spent;
    }
    crossover.seconds = begin.elapsed().as_secs_f64();
    crossover.state = match stopped(plan) {
        true => State::Interrupted,
        false => State::Complete,
    };
    Ok(crossover)
}

/// What the yardstick's worker is asked to be.
fn yardstick(asked: &Asked) -> String {
    let mut all = asked.plan.contenders.iter();
    let own = all.find(|contender| contender.name == asked.yardstick);
    own.map_or_else(|| asked.yardstick.clone(), |own| own.model.clone())
}

fn empty(asked: &Asked, begun: String) -> Crossover {
    let plan = &asked.plan;
    let others = plan.contenders.iter();
    let others = others.filter(|other| other.name != asked.yardstick);
    let model = |contender: &Contender| Compared {
        name: contender.name.clone(),
        workers: contender.workers,
        failure: None,
        found: Found::Unmeasured,
        points: Vec::new(),
    };
    Crossover {
        schema: SCHEMA.into(),
        version: VERSION,
        state: State::Running,
        begun,
        seconds: 0.0,
        machine: plan.machine.clone(),
        build: plan.build.clone(),
        seed: plan.seed,
        level: plan.level,
        workload: asked.workload.name.into(),
        yardstick: asked.yardstick.clone(),
        shortest: asked.lengths.first().copied().unwrap_or(0),
        longest: asked.lengths.last().copied().unwrap_or(0),
        models: others.map(model).collect(),
    }
}

/// Adds what a sweep has seen to the points.
fn take(crossover: &mut Crossover, asked: &Asked, seen: &Results) {
    let each = most_points(&asked.lengths, &asked.grains);
    let tests = crossover.models.len() * each;
    let level = crossover.level;
    for row in &seen.rows {
        let number = |name: &str| row.parameters.get(name)?.as_u64();
        let Some(place) = number("len").zip(number("grain")) else { continue };
        let mut all = row.contenders.iter().enumerate();
        let own = all.find(|(_, contender)| asked.is_yardstick(contender));
        let yardstick = own.and_then(|(index, _)| seconds(row, index));
        for (index, contender) in row.contenders.iter().enumerate() {
            let same = |model: &&mut Compared| {
                model.name == contender.name
                    && model.workers == contender.workers
            };
            let model = crossover.models.iter_mut().find(same);
            let Some(model) = model else { continue };
            if model.failure.is_none() {
                model.failure.clone_from(&contender.failure);
            }
            if let Some(lost) = own.and_then(|(_, own)| own.failure.as_ref()) {
                // Without it there is nothing to compare with.
                model.failure.get_or_insert_with(|| lost.clone());
            }
            let both = seconds(row, index).zip(yardstick);
            if let Some((seconds, yardstick)) = both {
                let seen = Seen { seconds, yardstick };
                enter(point(model, place), seen, level, tests);
            }
        }
    }
    for model in &mut crossover.models {
        model.found = found(model, &asked.lengths, &asked.grains);
    }
}

/// The time of a run of a contender, in the one visit.
fn seconds(row: &RowResult, contender: usize) -> Option<f64> {
    let own = row.samples.iter().filter(|taken| taken.contender == contender);
    let seconds = median(&mut own.map(Taken::seconds).collect::<Vec<_>>());
    seconds.filter(|seconds| *seconds > 0.0)
}

/// A point, in its place.
fn point(model: &mut Compared, (len, grain): (u64, u64)) -> &mut Point {
    let points = &mut model.points;
    let key = |point: &Point| (point.len, point.grain);
    let at = match points.binary_search_by_key(&(len, grain), key) {
        Ok(at) => at,
        Err(at) => {
            let (ratio, finding) = (None, Finding::Open);
            let visits = Vec::new();
            points.insert(at, Point { len, grain, ratio, finding, visits });
            at
        }
    };
    &mut points[at]
}
