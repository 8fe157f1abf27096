//! Measuring: sweeps over the rungs that are wanted, with all the models that
//! want them.

use super::estimate::estimate;
use super::ladder::{graph, wanted};
use super::{Curve, Found, Metg, Rung, SCHEMA, Seen, VERSION};
use crate::apart::Apart;
use crate::results::{ContenderResult, Results, RowResult, State, Taken};
use crate::session::{Contender, Plan};
use crate::statistics::median;
use crate::sweep::{Wanted, stopped, sweep};
use lanes_core::workload::{Pattern, Phases};
use lanes_core::{Row, Workload, seed};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{Duration, Instant};

/// What is measured.
pub struct Asked {
    /// The models, the budget, the seed and the limits; it has no rows.
    pub plan: Plan,
    /// The pattern of the graphs.
    pub pattern: Pattern,
    /// How many tasks a step has.
    pub width: usize,
}

/// How far it is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The time since it began.
    pub spent: Duration,
    /// How many rungs of how many models are visited next.
    pub next: (usize, usize),
}

/// Measures the efficiency of each model on a ladder of grains, until the
/// budget is spent or more visits would say nothing. `watch` is called while
/// nothing is measured, with all that was found so far.
///
/// # Errors
/// Those of `watch` and of [`crate::session::run`].
pub fn measure(
    asked: &Asked,
    begun: String,
    watch: &mut dyn FnMut(&Metg, &Progress) -> io::Result<()>,
) -> io::Result<Metg> {
    let (plan, begin) = (&asked.plan, Instant::now());
    let mut metg = empty(asked, begun);
    // Calibrated once, so that all visits to a rung do the same work.
    let mut pinned = BTreeMap::new();
    let mut took = Duration::ZERO;
    for number in 0u64.. {
        metg.seconds = begin.elapsed().as_secs_f64();
        let wishes: Vec<BTreeSet<u32>> = metg
            .curves
            .iter()
            .map(|curve| wanted(curve, metg.apart).into_iter().collect())
            .collect();
        let rungs: BTreeSet<u32> = wishes.iter().flatten().copied().collect();
        let spent = begin.elapsed();
        let next =
            (rungs.len(), wishes.iter().filter(|w| !w.is_empty()).count());
        watch(&metg, &Progress { spent, next })?;
        if rungs.is_empty() || spent + took / 2 > plan.budget || stopped(plan) {
            break;
        }
        for rung in &rungs {
            if !pinned.contains_key(rung) {
                let graph = graph(*rung, asked.pattern, asked.width);
                let graph = Workload::pinned(&graph);
                pinned.insert(*rung, graph.map_err(io::Error::other)?);
            }
        }
        let models = |rung: &u32| {
            let all = plan.contenders.iter().zip(&wishes);
            let wanting = all.filter(|(_, wishes)| wishes.contains(rung));
            wanting.map(|(contender, _)| contender.model.clone()).collect()
        };
        let row = |rung: &u32| -> Wanted {
            (Box::new(pinned[rung].clone()), models(rung))
        };
        let seen = sweep(plan, number, rungs.iter().map(row).collect())?;
        enter(&mut metg, &seen, &pinned);
        let rungs = metg.curves.iter().flat_map(|curve| &curve.rungs);
        let hops = rungs.flat_map(|r| r.visits.iter().filter_map(|s| s.hop));
        metg.apart = Apart::commonest(hops);
        for (index, curve) in metg.curves.iter_mut().enumerate() {
            let seed = seed::part(plan.seed, index as u64);
            estimate(curve, metg.apart, metg.level, seed);
        }
        took = begin.elapsed() - spent;
    }
    metg.seconds = begin.elapsed().as_secs_f64();
    metg.state = match stopped(plan) {
        true => State::Interrupted,
        false => State::Complete,
    };
    Ok(metg)
}

fn empty(asked: &Asked, begun: String) -> Metg {
    let plan = &asked.plan;
    let curve = |contender: &Contender| Curve {
        name: contender.name.clone(),
        workers: contender.workers,
        failure: None,
        found: Found::Unmeasured,
        rungs: Vec::new(),
    };
    Metg {
        schema: SCHEMA.into(),
        version: VERSION,
        state: State::Running,
        begun,
        seconds: 0.0,
        machine: plan.machine.clone(),
        build: plan.build.clone(),
        seed: plan.seed,
        level: plan.level,
        pattern: asked.pattern,
        width: asked.width,
        apart: None,
        curves: plan.contenders.iter().map(curve).collect(),
    }
}

/// Adds what a session has seen to the curves.
fn enter(metg: &mut Metg, seen: &Results, pinned: &BTreeMap<u32, Phases>) {
    for row in &seen.rows {
        let graph = pinned.values().find(|g| Row::label(*g) == row.size);
        let Some(graph) = graph else { continue };
        for (index, contender) in row.contenders.iter().enumerate() {
            let same = |curve: &&mut Curve| {
                curve.name == contender.name
                    && curve.workers == contender.workers
            };
            let curve = metg.curves.iter_mut().find(same);
            let Some(curve) = curve else { continue };
            if curve.failure.is_none() {
                curve.failure.clone_from(&contender.failure);
            }
            if let Some(seen) = of(row, (index, contender), graph) {
                rung(curve, graph).visits.push(seen);
            }
        }
    }
}

/// What a visit to a row says of a contender.
fn of(
    row: &RowResult,
    (index, contender): (usize, &ContenderResult),
    graph: &Phases,
) -> Option<Seen> {
    let own = row.samples.iter().filter(|taken| taken.contender == index);
    let seconds = median(&mut own.map(Taken::seconds).collect::<Vec<_>>())?;
    let limits = row.limits.iter();
    let mut limits = limits.filter(|l| l.workers == contender.workers);
    let limit = limits.next()?.seconds.last()?;
    let grain = limit / graph.grains(contender.workers);
    let hop = row.hops.first().map(|hop| hop.seconds);
    (grain > 0.0 && seconds > 0.0).then_some(Seen { grain, seconds, hop })
}

/// The rung of a graph, in its place.
fn rung<'a>(curve: &'a mut Curve, graph: &Phases) -> &'a mut Rung {
    let nanos = u64::try_from(graph.grain.as_nanos()).unwrap_or(u64::MAX);
    let rungs = &mut curve.rungs;
    let at = match rungs.binary_search_by_key(&nanos, |rung| rung.nanos) {
        Ok(at) => at,
        Err(at) => {
            let (steps, tasks) = (graph.steps, Row::items(graph));
            let (efficiency, interval) = (None, None);
            let visits = Vec::new();
            let rung =
                Rung { nanos, steps, tasks, efficiency, interval, visits };
            rungs.insert(at, rung);
            at
        }
    };
    &mut rungs[at]
}
