//! `lanes check`: every cell against its reference.

use crate::args::{Check, Format};
use crate::fail::Fail;
use crate::interrupt;
use crate::models::Model;
use crate::run::limits;
use crate::say::{note, progress};
use crate::select::Cells;
use crate::show::{Sheet, json, print};
use crate::temporary;
use lanes_core::{Config, Row, Size, rows, rows_with};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::{Limits, Process};
use lanes_measure::words::counted;
use serde::Serialize;
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
    let selection = &options.selection;
    let mut cells = Cells::of_all(selection, rows(Size::Quick), false)?;
    cells.find_serial(&options.workers, &limits);
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
            note!("not checked: {}: {why}", model.name);
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
        let right = found.count(Verdict::Right);
        progress!("{}: {right} right so far", model.name);
    }
    found.print(options.printing.format())
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 7] =
    ["model", "workers", "workload", "size", "seed", "verdict", "message"];

/// One cell with one seed.
#[derive(Serialize)]
struct Checked {
    model: String,
    /// How many workers it was asked for.
    workers: usize,
    workload: String,
    size: String,
    /// The seed of the input.
    seed: u64,
    verdict: Verdict,
    /// Why it is not right; empty if it is.
    message: String,
}

/// What came of a check.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Right,
    Refused,
    Wrong,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Refused => "refused",
            Self::Wrong => "wrong",
        }
    }
}

#[derive(Default)]
struct Found {
    checked: Vec<Checked>,
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
                let checked = Checked {
                    model: model.name.clone(),
                    workers,
                    workload: row.workload().into(),
                    size: row.label(),
                    seed: *seed,
                    verdict: Verdict::Right,
                    message: String::new(),
                };
                let mut process = match process {
                    Ok(process) => process,
                    Err(failure) => {
                        self.add(checked, Err(failure));
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
                self.add(checked, result.map(drop));
                if self.interrupted {
                    return;
                }
            }
        }
        if let Some(process) = running {
            process.end();
        }
    }

    /// Adds what came of a cell; an interruption is none.
    fn add(&mut self, mut checked: Checked, result: Result<(), Failure>) {
        if let Err(failure) = result {
            if failure.cause == Cause::Interrupted {
                self.interrupted = true;
                return;
            }
            (checked.verdict, checked.message) = match failure.cause {
                Cause::Unsupported => (Verdict::Refused, failure.message),
                _ => (Verdict::Wrong, failure.to_string()),
            };
        }
        self.checked.push(checked);
    }

    fn all(&self, verdict: Verdict) -> impl Iterator<Item = &Checked> {
        self.checked.iter().filter(move |c| c.verdict == verdict)
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.all(verdict).count()
    }

    fn print(&self, format: Format) -> Result<(), Fail> {
        match format {
            Format::Json => print(&json(&self.checked)?)?,
            Format::Csv => print(&self.sheet().text(format)?)?,
            Format::Markdown => {
                let sheet = self.sheet().text(format)?;
                print(&format!("{sheet}\n{}", self.sum()))?;
            }
            Format::Table => print(&self.text())?,
        }
        if self.interrupted {
            return Err(interrupt::interrupted());
        }
        match self.count(Verdict::Wrong) {
            0 => Ok(()),
            wrong => {
                let cells = counted(wrong, "cell");
                Err(Fail::Failure(format!("{cells} failed")))
            }
        }
    }

    /// What was refused and why, what is wrong, and how many are right.
    fn text(&self) -> String {
        let mut refused = BTreeMap::<String, usize>::new();
        for one in self.all(Verdict::Refused) {
            let Checked { workload, message, .. } = one;
            let why = format!("{}: {workload}: {message}", one.who());
            *refused.entry(why).or_default() += 1;
        }
        let refused = refused.iter().map(|(why, count)| {
            let times = counted(*count, "time");
            format!("refused {times}, {why}\n")
        });
        let wrong = self.all(Verdict::Wrong).map(|one| {
            let Checked { workload, size, message, .. } = one;
            format!("WRONG: {}: {workload} {size} {message}\n", one.who())
        });
        refused.chain(wrong).collect::<String>() + &self.sum()
    }

    fn sum(&self) -> String {
        let [right, refused, wrong] =
            [Verdict::Right, Verdict::Refused, Verdict::Wrong]
                .map(|verdict| self.count(verdict));
        format!("{right} right, {refused} refused, {wrong} wrong\n")
    }

    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(&COLUMNS);
        for checked in &self.checked {
            let Checked { model, workers, workload, size, .. } = checked;
            let Checked { seed, verdict, message, .. } = checked;
            sheet.row(vec![
                model.clone(),
                workers.to_string(),
                workload.clone(),
                size.clone(),
                seed.to_string(),
                verdict.word().into(),
                message.clone(),
            ]);
        }
        sheet
    }
}

impl Checked {
    fn who(&self) -> String {
        format!("{} with {}", self.model, counted(self.workers, "worker"))
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
