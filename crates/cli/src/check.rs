//! `lanes check`: every cell against its reference.

use crate::args::Check;
use crate::fail::Fail;
use crate::interrupt;
use crate::models::Model;
use crate::run::limits;
use crate::say::line;
use crate::select::Cells;
use crate::show::print;
use crate::temporary;
use lanes_core::{Config, Row, Size, rows, rows_with};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::{Limits, Process};
use std::collections::BTreeMap;
use std::path::Path;

/// Every workload is checked with so many items, and in its quick sizes.
const ITEMS: [usize; 4] = [0, 1, 7, 100];
const SEEDS: [u64; 2] = [7, u64::MAX];

/// A row with the digests of its right answers.
struct Known {
    row: Box<dyn Row>,
    digests: Vec<(u64, u64)>,
    /// Whether it takes seconds in an interpreter.
    long: bool,
}

/// Checks every chosen cell with several sizes, seeds and numbers of workers.
///
/// # Errors
/// [`Fail::Failure`] if a cell is wrong, [`Fail::Interrupted`] after Ctrl-C.
pub(crate) fn check(options: &Check) -> Result<(), Fail> {
    let limits = limits(options.deadline, None);
    let cells = Cells::of_all(&options.selection, rows(Size::Quick), false)?;
    let small = ITEMS.into_iter().flat_map(rows_with).map(|row| (row, false));
    let long = rows(Size::Quick).into_iter().map(|row| (row, true));
    let wanted = long.chain(small).filter(|(row, _)| {
        let mut models = cells.models.iter();
        models.any(|model| cells.has(row.workload(), &model.model))
    });
    let known = wanted.map(|(row, long)| {
        interrupt::look()?;
        let name = format!("{} {}", row.workload(), row.label());
        let failed = |error| Fail::Failure(format!("{name}: {error}"));
        let row = row.pinned().map_err(failed)?;
        let digest = |seed| Ok((seed, row.digest(seed).map_err(failed)?));
        let digests = SEEDS.into_iter().map(digest);
        let digests = digests.collect::<Result<_, Fail>>()?;
        Ok(Known { row, digests, long })
    });
    let known = known.collect::<Result<Vec<Known>, Fail>>()?;
    let folder = temporary::folder()?;

    let cores = Config::machine().workers();
    let mut numbers = match &options.workers[..] {
        [] => vec![1, 2, cores, cores * 2],
        numbers => numbers.to_vec(),
    };
    numbers.sort_unstable();
    numbers.dedup();
    let mut found = Found::default();
    for model in &cells.models {
        if let Some(why) = model.missing() {
            print(&format!("{}: {why}\n", model.name))?;
            continue;
        }
        let numbers = if model.serial() { &[1][..] } else { &numbers };
        for workers in numbers {
            let mine = known
                .iter()
                .filter(|known| cells.has(known.row.workload(), &model.model));
            // Of what takes long, an interpreter is asked once.
            let once = model.is_python() && *workers != cores;
            let mine = mine.filter(|known| !(known.long && once));
            let mine: Vec<&Known> = mine.collect();
            found.model(model, *workers, &mine, folder.path(), &limits);
        }
        if found.interrupted {
            break;
        }
        line!("{}: {} right so far", model.name, found.right);
    }
    found.print()
}

#[derive(Default)]
struct Found {
    right: usize,
    refused: BTreeMap<String, usize>,
    wrong: Vec<String>,
    /// Whether Ctrl-C ended the check.
    interrupted: bool,
}

impl Found {
    /// Checks one model with one number of workers. A worker that failed is
    /// started anew for the next row; one that does not start is not tried
    /// again.
    fn model(
        &mut self,
        model: &Model,
        workers: usize,
        known: &[&Known],
        folder: &Path,
        limits: &Limits,
    ) {
        let name = match workers {
            1 => format!("{} with 1 worker", model.name),
            _ => format!("{} with {workers} workers", model.name),
        };
        let mut running = None;
        for known in known {
            let (row, size) = (&known.row, known.row.size());
            let seeds = match known.long && model.is_python() {
                true => 1,
                false => known.digests.len(),
            };
            for (seed, digest) in &known.digests[..seeds] {
                let process = match running.take() {
                    Some(process) => Ok(process),
                    None => start(model, workers, folder, limits),
                };
                let mut process = match process {
                    Ok(process) => process,
                    Err(failure) if failure.cause == Cause::Interrupted => {
                        self.interrupted = true;
                        return;
                    }
                    Err(failure) => {
                        self.wrong.push(format!("{name}: {failure}"));
                        return;
                    }
                };
                let sent = process.prepare(row.workload(), &size, *seed);
                let result = sent
                    .and_then(|()| process.prepared(*digest))
                    .and_then(|()| process.sample(2, false, Some(*digest)));
                let alive = result.as_ref().err().is_none_or(|failure| {
                    matches!(
                        failure.cause,
                        Cause::Unsupported | Cause::Wrong | Cause::Failed
                    )
                });
                running = alive.then_some(process);
                self.count(result.map(drop), &name, &**row);
                if self.interrupted {
                    return;
                }
            }
        }
        if let Some(process) = running {
            process.end();
        }
    }

    fn count(
        &mut self,
        result: Result<(), Failure>,
        model: &str,
        row: &dyn Row,
    ) {
        let workload = row.workload();
        match result {
            Ok(()) => self.right += 1,
            Err(failure) if failure.cause == Cause::Interrupted => {
                self.interrupted = true;
            }
            Err(failure) if failure.cause == Cause::Unsupported => {
                let why = format!("{model}: {workload}: {}", failure.message);
                *self.refused.entry(why).or_default() += 1;
            }
            Err(failure) => {
                let label = row.label();
                let what = format!("{model}: {workload} {label} {failure}");
                self.wrong.push(what);
            }
        }
    }

    fn print(&self) -> Result<(), Fail> {
        for (why, count) in &self.refused {
            print(&format!("refused {count} times, {why}\n"))?;
        }
        for wrong in &self.wrong {
            print(&format!("WRONG: {wrong}\n"))?;
        }
        let refused: usize = self.refused.values().sum();
        let (right, wrong) = (self.right, self.wrong.len());
        print(&format!("{right} right, {refused} refused, {wrong} wrong\n"))?;
        if self.interrupted {
            return Err(interrupt::interrupted());
        }
        if wrong > 0 {
            let cells = if wrong == 1 { "cell" } else { "cells" };
            return Err(Fail::Failure(format!("{wrong} {cells} failed")));
        }
        Ok(())
    }
}

fn start(
    model: &Model,
    workers: usize,
    folder: &Path,
    limits: &Limits,
) -> Result<Process, Failure> {
    let Model { launch, model: name, .. } = model;
    let serial = model.serial();
    Process::greeted(launch, folder, limits, name, workers, serial)
}
