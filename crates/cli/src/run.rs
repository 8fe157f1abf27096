//! `lanes run`: measures the models and ranks them.

use crate::args::{Conditions, Format, Run};
use crate::fail::Fail;
use crate::files::{OUTPUT, remedy};
use crate::interrupt;
use crate::models::Model;
use crate::namespaces::Namespaces;
use crate::nodes;
use crate::planned;
use crate::printed;
use crate::say::{is_quiet, line, note, progress};
use crate::select::Cells;
use crate::show::print;
use crate::stamp;
use crate::temporary;
use crate::usual::usual;
use indicatif::{ProgressBar, ProgressStyle};
use lanes_core::{Config, Row, Size, rows, rows_with};
use lanes_measure::document::Output;
use lanes_measure::process::Limits;
use lanes_measure::results::{Results, State};
use lanes_measure::session::{self, Contender, Plan, Progress, Refused};
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What workers may use: the memory in bytes, or a quarter of what this process
/// may have. A signal ends them.
pub(crate) fn limits(deadline: Duration, memory: Option<u64>) -> Limits {
    let memory = memory.or_else(|| Some(stamp::machine().allowed()? / 4));
    // 4 GiB where the system does not report its memory.
    let memory = memory.unwrap_or(4 << 30);
    Limits { deadline, memory, stop: interrupt::flag() }
}

/// Measures what was chosen, saves it, and prints the grades; or prints what
/// would be measured.
///
/// # Errors
/// Those of [`measured`], [`Fail::Failure`] if a cell failed,
/// [`Fail::Interrupted`] after Ctrl-C.
pub(crate) fn run(options: &Run) -> Result<(), Fail> {
    let format = options.printing.format();
    if options.list || options.dry_run {
        let plan = plan(options, false, None)?;
        if options.list {
            return planned::list(&plan, format);
        }
        let output =
            output(&options.place.output, "", &jiff::Timestamp::now())?;
        return planned::dry_run(&plan, &output, options);
    }
    let (results, path) = measured(options)?;
    let text = printed::results(&results, format, options.details)?;
    let printed = print(&text);
    // Also where nobody reads the output.
    if format == Format::Table || printed.is_err() {
        line!("results: {}", path.display());
    }
    printed?;
    end(&results, &path)
}

/// All rows: small ones, large ones, or those with so many items.
pub(crate) fn sized(full: bool, items: Option<usize>) -> Vec<Box<dyn Row>> {
    match items {
        Some(items) => rows_with(items),
        None if full => rows(Size::Full),
        None => rows(Size::Quick),
    }
}

/// Measures what was chosen, and saves it in the file that is returned.
///
/// # Errors
/// Those of the selection, of the places for files, and of inputs that cannot
/// be made.
pub(crate) fn measured(options: &Run) -> Result<(Results, PathBuf), Fail> {
    let namespaces = match options.nodes.is_empty() {
        true => None,
        false => nodes::namespaces(&options.links)?,
    };
    let mut plan = plan(options, true, namespaces.as_ref())?;
    let has_items = options.items.is_some();
    session(&mut plan, has_items, &options.place.output, "")
}

/// What was chosen. Only where it is going to be measured, peers are started,
/// to find out which are serial.
///
/// # Errors
/// Those of the selection.
fn plan(
    options: &Run,
    starts: bool,
    namespaces: Option<&Namespaces>,
) -> Result<Plan, Fail> {
    let rows = sized(options.full, options.items);
    let mut cells = Cells::choose(&options.selection, rows)?.here()?;
    if !options.every {
        usual(&mut cells.rows, &options.selection.filters);
    }
    let Conditions { seed, deadline, memory } = options.conditions;
    let limits = limits(deadline, memory);
    if starts {
        cells.find_serial(&options.workers, &limits);
    }
    let has_nodes = |model: &Model| model.described.nodes;
    if !options.nodes.is_empty() && !cells.models.iter().any(has_nodes) {
        let what = format!("--nodes: {}", nodes::NONE);
        return Err(Fail::Usage(what));
    }
    let mut contenders = contenders(&cells, &options.workers, &options.nodes);
    if let Some(namespaces) = namespaces {
        nodes::place(&mut contenders, namespaces)?;
    }
    let control = !options.no_control;
    let (rows, wants) = cells.into_parts();
    let mut plan = Plan {
        rows,
        wants,
        control,
        rounds: options.rounds.map(|rounds| rounds as usize),
        until: options.until,
        seed,
        margin: options.margin,
        ..Plan::new(contenders, limits, stamp::machine(), stamp::build())
    };
    let default = || Plan::default_budget(plan.cells());
    plan.budget = options.budget.unwrap_or_else(default);
    Ok(plan)
}

/// Measures what is planned, and saves it after each visit in the file that is
/// returned, whose name in a folder begins with `kind`. `has_items` says that
/// the sizes follow from `--items`.
///
/// # Errors
/// Those of the places for files, and of inputs that cannot be made.
pub(crate) fn session(
    plan: &mut Plan,
    has_items: bool,
    place: &Path,
    kind: &str,
) -> Result<(Results, PathBuf), Fail> {
    // Every session needs it: no row is to blame.
    drop(temporary::folder()?);
    let begun = jiff::Timestamp::now();
    let output = output(place, kind, &begun)?;
    let refused = session::check(plan);
    possible(plan, &refused, has_items)?;
    let bar = bar(plan);
    let file = Arc::new(Mutex::new(Some((output, plan.level))));
    interrupt::keep({
        let file = Arc::clone(&file);
        move || keep(&file)
    });
    let mut watch = |results: &Results, progress: &Progress| {
        let mut file = lock(&file);
        // Without one the command is being ended.
        let Some((output, level)) = &mut *file else { return Ok(()) };
        *level = progress.level;
        if refused.is_empty() {
            save(output, results)?;
        } else {
            save(output, &whole(results.clone(), &refused))?;
        }
        if cfg!(debug_assertions) && progress.visits == 0 {
            progress!(
                "lanes: a debug build; `cargo lanes` makes a release build"
            );
        }
        show(&bar, progress);
        Ok(())
    };
    let begun = begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let results = session::run(plan, begun, &mut watch);
    interrupt::seen();
    bar.finish_and_clear();
    let Some((output, _)) = lock(&file).take() else {
        return Err(interrupt::interrupted());
    };
    let path = output.path().to_owned();
    match results {
        Ok(results) => Ok((whole(results, &refused), path)),
        Err(error) if output.is_written() => {
            let path = path.display();
            let what = "what was measured before is in";
            Err(Fail::Failure(format!("{error}; {what} {path}")))
        }
        Err(error) => Err(Fail::of(error)),
    }
}

/// The file of a session, with the level that it has if it ends now; none once
/// it has ended.
type File = Mutex<Option<(Output, f64)>>;

fn lock(file: &File) -> MutexGuard<'_, Option<(Output, f64)>> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes what was saved last the results of a session that was interrupted, and
/// returns its path.
fn keep(file: &File) -> Option<String> {
    let (mut output, level) = lock(file).take()?;
    if !output.is_written() {
        return None;
    }
    let results = Results::load(output.path()).ok()?;
    // If this fails, the file is valid, and says that the session runs.
    let _ = output.save(&session::interrupted(results, level));
    Some(output.path().display().to_string())
}

/// Writes what was found, unless there is a file of its name.
pub(crate) fn save(
    output: &mut Output,
    found: &impl Serialize,
) -> io::Result<()> {
    output.save(found).map_err(|error| {
        let path = output.path();
        let what = match error.kind() {
            io::ErrorKind::AlreadyExists => return taken(path),
            _ => format!("{error}; {}", remedy(&error, OUTPUT)),
        };
        io::Error::other(format!("{}: {what}", path.display()))
    })
}

/// That a file is there already.
fn taken(path: &Path) -> io::Error {
    let path = path.display();
    io::Error::other(format!(
        "{path} is there already; remove it or choose another --output"
    ))
}

/// Whether something is left to measure, of a size that makes sense.
fn possible(
    plan: &Plan,
    refused: &[Refused],
    has_items: bool,
) -> Result<(), Fail> {
    let text = |Refused { result, error, .. }: &Refused| {
        format!("{} {}: {error}", result.workload, result.size)
    };
    let too_large = refused.iter().find(|refused| refused.error.is_of_size());
    if let Some(refused) = too_large.filter(|_| has_items) {
        let what = "choose a smaller --items";
        return Err(Fail::Usage(format!("{}; {what}", text(refused))));
    }
    let texts: Vec<String> = refused.iter().map(text).collect();
    if plan.rows.is_empty() {
        return Err(Fail::Failure(texts.join("; ")));
    }
    texts.iter().for_each(|text| note!("not measured: {text}"));
    Ok(())
}

/// The results with the rows that were not measured, in their places.
fn whole(mut results: Results, refused: &[Refused]) -> Results {
    for Refused { place, result, .. } in refused {
        results.rows.insert(*place, result.clone());
    }
    results
}

/// The chosen models, each with each of these numbers of workers; without one,
/// with as many as the machine runs at once. Those that have nodes get numbers
/// of nodes instead, if there are any, and once more for each place where their
/// input may be; they have addresses of this machine.
pub(crate) fn contenders(
    cells: &Cells,
    workers: &[usize],
    nodes: &[usize],
) -> Vec<Contender> {
    let machine = [Config::machine().workers()];
    let workers = if workers.is_empty() { &machine } else { workers };
    let mut contenders = Vec::new();
    for model in &cells.models {
        let on_nodes = model.described.nodes && !nodes.is_empty();
        let workers = match model.serial() {
            // One worker is one worker, however many others have.
            true => &[1][..],
            false if on_nodes => nodes,
            false => workers,
        };
        let inputs = match on_nodes {
            true => nodes::inputs(model),
            false => vec![None],
        };
        let mut seen = Vec::new();
        for workers in workers {
            if seen.contains(workers) {
                continue;
            }
            seen.push(*workers);
            for input in &inputs {
                let nodes = input.as_ref().map(|own| own.of(*workers));
                let name = &model.name;
                let name = match &nodes {
                    Some(nodes) => nodes::name(name, *workers, nodes.input),
                    None => name.clone(),
                };
                contenders.push(Contender {
                    name,
                    model: model.model.clone(),
                    workers: *workers,
                    serial: model.serial(),
                    nodes,
                    answers_only: model.described.answers_only,
                    launch: model.launch.clone(),
                });
            }
        }
    }
    contenders
}

/// The file that results go to, which must not be there yet. In a folder, its
/// name is `kind` and the time.
pub(crate) fn output(
    place: &Path,
    kind: &str,
    begun: &jiff::Timestamp,
) -> Result<Output, Fail> {
    if place.extension().is_none_or(|end| end != "json") {
        let time = begun.strftime("%Y-%m-%dT%H-%M-%SZ");
        return Ok(Output::numbered(place.join(format!("{kind}{time}.json"))));
    }
    // The first to write it gets it; but most are there long before.
    if place.symlink_metadata().is_ok() {
        return Err(Fail::of(taken(place)));
    }
    Ok(Output::exactly(place))
}

/// Drawn between visits only: nothing is drawn while a sample runs.
fn bar(plan: &Plan) -> ProgressBar {
    let seconds = match plan.rounds {
        Some(_) => None,
        None => Some(plan.budget.as_secs()),
    };
    if is_quiet() {
        return ProgressBar::hidden();
    }
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
