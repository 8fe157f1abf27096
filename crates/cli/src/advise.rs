//! `lanes advise`: which model to take for a job, by measuring that job and its
//! neighbours.

mod answer;
mod failures;
mod neighbours;
pub(crate) mod printed;
mod questions;

use crate::args::{Advise, Job};
use crate::fail::Fail;
use crate::jobs::{ends_in_time, plan, row, workers};
use crate::run::{end, limits, session};
use crate::say::progress;
use crate::show::print;
use answer::{Answer, LeftOut};
use lanes_core::workload::Shape;
use lanes_measure::failure::Cause;
use lanes_measure::process::Limits;
use lanes_measure::results::{Results, State};
use lanes_suite::MODELS;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A model that takes longer than this for one run of the job is not measured
/// further, unless every model does.
const PATIENCE: Duration = Duration::from_secs(2);
/// A model that takes so many times as long as the fastest is behind: one run
/// says as much.
const BEHIND: f64 = 5.0;
/// In the neighbours take part those that take at most so many times as long.
const NEAR: f64 = 2.5;
/// So many visits are planned for the job and each neighbour: of fewer there is
/// no verdict.
const VISITS: f64 = 4.0;
/// A job is measured with fewer tasks where it computes or arrives for longer.
const LONGEST: f64 = 0.25;

/// Measures the job, saves what was found, and prints the advice.
///
/// # Errors
/// [`Fail::Usage`] for a job that cannot be, and those of `lanes run`.
pub(crate) fn advise(options: &Advise) -> Result<(), Fail> {
    let job = match options.job.is_empty() {
        true => questions::ask()?,
        false => options.job.clone(),
    };
    let workers = workers(&options.among);
    let asked = asked(&job)?;
    let measured = with_fewer_tasks(&asked, workers);
    ends_in_time(&measured, options.deadline)?;
    let begin = Instant::now();

    progress!("lanes: every model once");
    let look = look(options, &measured)?;
    let (times, left_out) = times(&look);
    let left = options.budget.saturating_sub(begin.elapsed());

    let mut neighbours = neighbours::of(&measured, &job);
    let all = neighbours.len();
    neighbours.truncate(affordable(left, visit(&look, &times)));
    if neighbours.len() < all {
        progress!(
            "lanes: no time for {} of {all} neighbours; a longer --budget \
             measures them",
            all - neighbours.len()
        );
    }
    progress!("lanes: the job and its neighbours, about {} s", left.as_secs());
    let mut rows = vec![row(measured.clone())];
    rows.extend(neighbours.iter().map(|n| row(n.job.clone())));
    let limits = limits(options.deadline, None);
    let mut plan = plan(&among(options), rows, limits)?;
    let best = times.values().copied().fold(f64::INFINITY, f64::min);
    let own = serde_json::to_value(&measured).map_err(Fail::of)?;
    plan.wants = Box::new(move |row, model| {
        let most = if row.size() == own { BEHIND } else { NEAR };
        times.get(model).is_some_and(|time| time / best <= most)
    });
    plan.until = Some(options.margin);
    plan.budget = left.max(Duration::from_secs(1));
    plan.seed = options.seed;
    let (results, path) =
        session(&mut plan, false, &options.place.output, "advise-")?;
    let answer = Answer {
        asked,
        measured,
        workers,
        memory: options.memory,
        neighbours,
        left_out,
        results: &results,
    };
    let format = options.printing.format();
    print(&printed::text(&answer, format, &path)?)?;
    end(&results, &path)
}

/// How long a visit of those takes that are measured further, in seconds: their
/// share of the look.
fn visit(look: &Results, times: &HashMap<String, f64>) -> f64 {
    let Some(row) = look.rows.first() else { return 0.0 };
    let best = times.values().copied().fold(f64::INFINITY, f64::min);
    let all: f64 = times.values().sum();
    let kept = times.values().filter(|time| *time / best <= BEHIND);
    let hung = row.contenders.iter().filter_map(|c| c.failure.as_ref());
    let hung = hung.filter(|found| found.cause == Cause::Hung).count();
    let seconds = row.seconds - hung as f64 * PATIENCE.as_secs_f64();
    if all > 0.0 { seconds.max(0.0) * kept.sum::<f64>() / all } else { 0.0 }
}

/// For how many neighbours there is time, where a visit takes so many seconds:
/// all of them and the job get [`VISITS`].
fn affordable(left: Duration, visit: f64) -> usize {
    let rows = left.as_secs_f64() / (visit * VISITS);
    // A visit without a length leaves time for any number.
    (rows - 1.0).clamp(0.0, 1e3) as usize
}

/// The models that take part: those that were named, or every model that Rust
/// programs choose from, with the plain loop.
fn among(options: &Advise) -> crate::args::Among {
    let mut among = options.among.clone();
    if among.models.is_empty() {
        use lanes_core::Family::{Bridge, Runtime};
        let all = MODELS.iter();
        let taken = all.filter(|e| matches!(e.family, Runtime | Bridge));
        among.models = taken.map(|entry| entry.name.to_owned()).collect();
    }
    among
}

/// The job that was described.
///
/// # Errors
/// [`Fail::Usage`] for one that cannot be.
fn asked(job: &Job) -> Result<Shape, Fail> {
    let shape = job.shape(1000, Duration::ZERO, Duration::ZERO);
    // Whatever is wrong with its numbers is wrong with those of few tasks.
    let few = Shape { tasks: shape.tasks.min(16), ..shape.clone() };
    row(few).job(7).map_err(|error| Fail::Usage(error.to_string()))?;
    Ok(shape)
}

/// The job with as many tasks as keep the workers busy for a quarter of a
/// second, or arrive in half of one, where it has more; at least four for each
/// worker.
fn with_fewer_tasks(job: &Shape, workers: usize) -> Shape {
    let workers = workers.max(1) as f64;
    let each = |time: f64, cost: f64| {
        if cost > 0.0 { time / cost } else { f64::INFINITY }
    };
    let compute = each(LONGEST * workers, job.compute.as_secs_f64());
    // All tasks in turns: as many as may be under way at once wait together.
    let lanes = job.at_once.min(job.tasks).max(1) as f64;
    let wait = match job.at_once < job.tasks {
        true => each(4.0 * LONGEST * lanes, job.wait.as_secs_f64()),
        false => f64::INFINITY,
    };
    let arrival = job.rate.map_or(f64::INFINITY, |rate| rate * 0.5);
    let most = compute.min(wait).min(arrival).max(4.0 * workers);
    let most = most.min(1e9) as usize;
    let tasks = job.tasks.min(most);
    let at_once = match job.at_once >= job.tasks {
        true => tasks.max(1),
        false => job.at_once.min(tasks).max(1),
    };
    Shape { tasks, at_once, ..job.clone() }
}

/// One visit of every model, none of which may take long.
///
/// # Errors
/// Those of `lanes run`.
fn look(options: &Advise, job: &Shape) -> Result<Results, Fail> {
    let of = |patience: Duration| {
        let Limits { memory, stop, .. } = limits(options.deadline, None);
        let limits = Limits { deadline: patience, memory, stop };
        let mut plan = plan(&among(options), vec![row(job.clone())], limits)?;
        plan.rounds = Some(1);
        plan.seed = options.seed;
        let place = &options.place.output;
        let (results, path) = session(&mut plan, false, place, "look-")?;
        end_of_look(&results, &path)?;
        // What was seen is in the advice; this is no session to keep.
        let _ = std::fs::remove_file(&path);
        Ok(results)
    };
    let patience = PATIENCE.min(options.deadline);
    let results = of(patience)?;
    let any = results.rows.iter().any(|row| row.summary.is_some());
    if any || patience == options.deadline {
        return Ok(results);
    }
    of(options.deadline)
}

/// # Errors
/// [`Fail::Interrupted`] after Ctrl-C.
fn end_of_look(results: &Results, path: &std::path::Path) -> Result<(), Fail> {
    if results.state == State::Interrupted {
        return end(results, path);
    }
    Ok(())
}

/// The time of each model in seconds, and those that are not measured further.
fn times(look: &Results) -> (HashMap<String, f64>, Vec<LeftOut>) {
    let Some(row) = look.rows.first() else { return Default::default() };
    let groups = row.summary.iter().flat_map(|summary| &summary.groups);
    let standings = groups.flat_map(|group| &group.standings);
    let seconds: HashMap<usize, f64> =
        standings.map(|s| (s.contender, s.seconds)).collect();
    let best = seconds.values().copied().fold(f64::INFINITY, f64::min);
    let (mut times, mut left_out) = (HashMap::new(), Vec::new());
    for (index, contender) in row.contenders.iter().enumerate() {
        let model = contender.name.clone();
        match (&contender.failure, seconds.get(&index)) {
            (None, Some(time)) => {
                times.insert(contender.model.clone(), *time);
                if time / best > BEHIND {
                    left_out.push(LeftOut {
                        model,
                        seconds: Some(*time),
                        why: format!("{:.0} times the best", time / best),
                    });
                }
            }
            (failure, _) => {
                let why = match failure {
                    Some(found) if found.cause == Cause::Hung => {
                        format!("no answer within {} s", PATIENCE.as_secs())
                    }
                    Some(found) => found.to_string(),
                    None => "no time".into(),
                };
                left_out.push(LeftOut { model, seconds: None, why });
            }
        }
    }
    (times, left_out)
}

#[cfg(test)]
pub(crate) mod tests;
