//! A session: visits to rows, each with fresh processes.

mod clock;
mod lane;
mod plan;
mod schedule;
mod visit;

pub use clock::clock;
pub use plan::{Contender, MARGIN, Nodes, Plan, Wants};

use crate::results::{
    ContenderResult, Results, RowResult, SCHEMA, State, VERSION,
};
use crate::summarize::summarize;
use lanes_core::{Error, Row, seed};
use schedule::Schedule;
use std::io;
use std::mem;
use std::time::{Duration, Instant};
use visit::Visitor;

/// How far a session is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The time since it began.
    pub spent: Duration,
    /// The row that is visited next, `workload size`; none at the end.
    pub next: Option<String>,
    /// How many visits were made.
    pub visits: usize,
    /// The level of the intervals if the session ended now.
    pub level: f64,
}

/// A row whose input cannot be made.
pub struct Refused {
    /// Its place among all rows.
    pub place: usize,
    /// Why there is no input.
    pub error: Error,
    /// The row without a sample: every contender has failed.
    pub result: RowResult,
}

/// Makes every input once, so that one that cannot be made is reported before
/// anything is measured. Its row leaves the plan, and is returned.
pub fn check(plan: &mut Plan) -> Vec<Refused> {
    let mut refused = Vec::new();
    let mut left = Vec::new();
    for (place, row) in mem::take(&mut plan.rows).into_iter().enumerate() {
        let digest = row.pinned().and_then(|row| row.digest(plan.seed));
        let Err(error) = digest else {
            left.push(row);
            continue;
        };
        let mut result = empty(&*row, plan);
        for contender in &mut result.contenders {
            contender.failure = Some(error.clone().into());
        }
        refused.push(Refused { place, error, result });
    }
    plan.rows = left;
    refused
}

/// Measures what is planned. `watch` is called before each visit and after the
/// last one, while nothing is measured, with all results so far.
///
/// Failures of workers are part of the results.
///
/// # Errors
/// Those of `watch`, of the system where temporary files cannot be made, and
/// of an input that cannot be made.
pub fn run(
    plan: &Plan,
    begun: String,
    watch: &mut dyn FnMut(&Results, &Progress) -> io::Result<()>,
) -> io::Result<Results> {
    let begin = Instant::now();
    let pinned = plan.rows.iter().map(|row| row.pinned());
    let rows: Vec<_> =
        pinned.collect::<Result<_, _>>().map_err(io::Error::other)?;
    let mut results = Results {
        schema: SCHEMA.into(),
        version: VERSION,
        state: State::Running,
        begun,
        seconds: 0.0,
        machine: plan.machine.clone(),
        build: plan.build.clone(),
        seed: plan.seed,
        level: plan.level,
        margin: plan.until.unwrap_or(plan.margin),
        clock: clock().as_secs_f64(),
        map: plan.map,
        rows: rows.iter().map(|row| empty(&**row, plan)).collect(),
    };
    let folder = tempfile::Builder::new().prefix("lanes-").tempdir();
    let folder =
        folder.map_err(|error| io::Error::other(Error::temporary(&error)))?;
    let mut schedule = Schedule::new(plan, begin);
    let mut visitor = Visitor {
        plan,
        folder: folder.path(),
        clock: Duration::from_secs_f64(results.clock),
        random: seed::numbers(plan.seed),
    };
    let mut visits = 0;
    loop {
        let next = schedule.next(&mut visitor.random);
        results.seconds = begin.elapsed().as_secs_f64();
        let name = |index: usize| {
            format!("{} {}", rows[index].workload(), rows[index].label())
        };
        let level = (0..rows.len()).map(|index| schedule.level(index));
        let progress = Progress {
            spent: begin.elapsed(),
            next: next.map(name),
            visits,
            level: level.fold(plan.level, f64::max),
        };
        if next.is_none() {
            results.state = if schedule.stopped() {
                State::Interrupted
            } else {
                State::Complete
            };
            for (index, row) in results.rows.iter_mut().enumerate() {
                row.summary =
                    summarize(row, schedule.level(index), results.margin);
            }
        }
        watch(&results, &progress)?;
        let Some(index) = next else { break };
        let row = &mut results.rows[index];
        let number = schedule.visits(index);
        let visited = Instant::now();
        visitor.visit((index, number), &*rows[index], row)?;
        schedule.visited(index, visited.elapsed(), row);
        visits += 1;
    }
    Ok(results)
}

/// The results of a session that ends before its next visit does, with
/// intervals of this level; see [`Progress::level`].
pub fn interrupted(mut results: Results, level: f64) -> Results {
    if results.state == State::Running {
        results.state = State::Interrupted;
        for row in &mut results.rows {
            row.summary = summarize(row, level, results.margin);
        }
    }
    results
}

fn empty(row: &dyn Row, plan: &Plan) -> RowResult {
    let cores = plan.machine.cores;
    let contender = |contender: &Contender| ContenderResult {
        name: contender.name.clone(),
        model: contender.model.clone(),
        workers: contender.workers,
        serial: contender.serial,
        nodes: contender.nodes.is_some(),
        input: contender.nodes.as_ref().map(|nodes| nodes.input),
        namespaces: contender.nodes.as_ref().is_some_and(Nodes::are_apart),
        starts: Vec::new(),
        oversubscribed: !contender.serial && contender.workers > cores,
        twin_of: None,
        answers_only: contender.answers_only,
        versions: Default::default(),
        failure: None,
        latencies: Default::default(),
        saturated: 0,
    };
    RowResult {
        workload: row.workload().into(),
        size: row.label(),
        parameters: row.size(),
        items: row.items(),
        unit: row.unit().into(),
        contenders: plan.of(row).map(contender).collect(),
        limits: Vec::new(),
        seconds: 0.0,
        hops: Vec::new(),
        samples: Vec::new(),
        summary: None,
    }
}
