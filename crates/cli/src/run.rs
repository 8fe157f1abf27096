//! `lanes run`: measures the models and ranks them.

use crate::args::{Format, Run};
use crate::fail::Fail;
use crate::printed;
use crate::select::Cells;
use crate::show::print;
use crate::stamp;
use indicatif::{ProgressBar, ProgressStyle};
use lanes_core::{Config, Size, rows, rows_with};
use lanes_measure::process::Limits;
use lanes_measure::results::{Results, State};
use lanes_measure::session::{self, Contender, Plan, Progress};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What workers may use: the memory in bytes, or a quarter of the machine's.
/// The first Ctrl-C ends the session, the second the process.
///
/// # Errors
/// If the system takes no signal handlers.
pub(crate) fn limits(
    deadline: Duration,
    memory: Option<u64>,
) -> Result<Limits, Fail> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .map_err(Fail::of)?;
    }
    let memory = memory.or_else(|| stamp::machine().memory.map(|all| all / 4));
    // 4 GiB where the system does not report its memory.
    Ok(Limits { deadline, memory: memory.unwrap_or(4 << 30), stop })
}

/// Measures what was chosen, saves it, and prints the verdicts.
///
/// # Errors
/// Those of [`measured`], [`Fail::Failure`] if a cell failed,
/// [`Fail::Interrupted`] after Ctrl-C.
pub(crate) fn run(options: &Run) -> Result<(), Fail> {
    let (results, path) = measured(options)?;
    print(&printed::results(&results, options.format, options.details)?)?;
    if options.format == Format::Table {
        eprintln!("results: {}", path.display());
    }
    end(&results, &path)
}

/// Measures what was chosen, and saves it in the file that is returned.
///
/// # Errors
/// Those of the selection and of the results folder.
pub(crate) fn measured(options: &Run) -> Result<(Results, PathBuf), Fail> {
    let rows = match options.items {
        Some(items) => rows_with(items),
        None if options.full => rows(Size::Full),
        None => rows(Size::Quick),
    };
    let cells = Cells::choose(&options.selection, rows)?.here()?;
    let workers = match &options.workers[..] {
        [] => vec![Config::machine().workers()],
        workers => workers.to_vec(),
    };
    let contenders = contenders(&cells, &workers);
    let control = !options.no_control;
    let (rows, wants) = cells.into_parts();
    let mut plan = Plan {
        rows,
        contenders,
        wants,
        control,
        rounds: options.rounds.map(|rounds| rounds as usize),
        budget: Duration::ZERO,
        seed: options.seed,
        level: 0.95,
        margin: options.margin,
        limits: limits(options.deadline, options.memory)?,
        machine: stamp::machine(),
        build: stamp::build(),
    };
    let default = || Plan::default_budget(plan.cells());
    plan.budget = options.budget.unwrap_or_else(default);
    session::check(&plan).map_err(|(row, error)| {
        let items = if options.items.is_some() { "--items" } else { "size" };
        Fail::Usage(format!("{row}: {error}; choose a smaller {items}"))
    })?;
    let begun = jiff::Timestamp::now();
    let path = path(&options.output, &begun)?;
    let bar = bar(&plan);
    let mut watch = |results: &Results, progress: &Progress| {
        results.save(&path).map_err(|error| {
            let path = path.display();
            let what = "choose another place with --output";
            io::Error::other(format!("{path}: {error}; {what}"))
        })?;
        if cfg!(debug_assertions) && progress.visits == 0 {
            eprintln!(
                "lanes: a debug build; `cargo lanes` makes a release build"
            );
        }
        show(&bar, progress);
        Ok(())
    };
    let begun = begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let results = session::run(&plan, begun, &mut watch).map_err(Fail::of)?;
    bar.finish_and_clear();
    Ok((results, path))
}

fn contenders(cells: &Cells, workers: &[usize]) -> Vec<Contender> {
    let mut contenders = Vec::new();
    for model in &cells.models {
        // One worker is one worker, however many others have.
        let workers = if model.serial() { &[1][..] } else { workers };
        let mut seen = Vec::new();
        for workers in workers {
            if seen.contains(workers) {
                continue;
            }
            seen.push(*workers);
            contenders.push(Contender {
                name: model.name.clone(),
                model: model.model.clone(),
                workers: *workers,
                serial: model.serial(),
                answers_only: model.described.answers_only,
                launch: model.launch.clone(),
            });
        }
    }
    contenders
}

/// The file that results go to, which must not be there yet.
fn path(output: &Path, begun: &jiff::Timestamp) -> Result<PathBuf, Fail> {
    let is_file = output.extension().is_some_and(|end| end == "json");
    if !is_file {
        let name = begun.strftime("%Y-%m-%dT%H-%M-%SZ").to_string();
        let names = (1..).map(|number| match number {
            1 => output.join(format!("{name}.json")),
            _ => output.join(format!("{name}-{number}.json")),
        });
        let mut free = names.filter(|path| path.symlink_metadata().is_err());
        return Ok(free.next().expect("numbers do not end"));
    }
    if output.symlink_metadata().is_ok() {
        let path = output.display();
        return Err(Fail::Failure(format!(
            "{path} is there already; remove it or choose another --output"
        )));
    }
    Ok(output.to_owned())
}

/// Drawn between visits only: nothing is drawn while a sample runs.
fn bar(plan: &Plan) -> ProgressBar {
    let seconds = match plan.rounds {
        Some(_) => None,
        None => Some(plan.budget.as_secs()),
    };
    let bar = seconds.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let template = match seconds {
        Some(_) => "{bar:30} {pos} of {len} s  {msg}",
        None => "{pos} s  {msg}",
    };
    let style = ProgressStyle::with_template(template);
    bar.with_style(style.expect("the template is fixed"))
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_position(progress.spent.as_secs());
    let next = progress.next.clone().unwrap_or_default();
    bar.set_message(next);
    bar.tick();
}

/// How a session ended, as an exit code.
pub(crate) fn end(results: &Results, path: &Path) -> Result<(), Fail> {
    if results.state == State::Interrupted {
        let path = path.display();
        let what = "interrupted; what was measured is in";
        return Err(Fail::Interrupted(format!("{what} {path}")));
    }
    let contenders = results.rows.iter().flat_map(|row| &row.contenders);
    let failures = contenders.filter_map(|c| c.failure.as_ref());
    match failures.filter(|failure| failure.is_wrong()).count() {
        0 => Ok(()),
        1 => Err(Fail::Failure("a cell failed, see above".into())),
        count => Err(Fail::Failure(format!("{count} cells failed, see above"))),
    }
}
