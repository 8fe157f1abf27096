//! The command `lanes`: a file for each of its subcommands.
//!
#![doc = include_str!("../FORMATS.md")]
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod advise;
mod args;
mod catalogue;
mod changes;
mod check;
mod claims;
mod cmp;
mod crossover;
mod demo;
mod doctor;
mod draw;
mod duel;
pub mod excerpts;
mod fail;
mod faults;
mod figures;
mod files;
mod folder;
mod formats;
mod grid;
mod hints;
mod interrupt;
mod jobs;
mod kept;
mod list;
mod map;
mod metg;
mod models;
mod namespaces;
mod near;
mod nodes;
mod planned;
mod printed;
mod provenance;
mod rank;
mod report;
mod revision;
mod run;
mod say;
mod select;
mod sessions;
mod show;
mod side;
mod stamp;
mod studied;
mod temporary;
mod trace;
mod traps;
mod tree;
mod usual;

use crate::args::{Arguments, Command};
use crate::fail::Fail;
use crate::say::note;
use crate::show::print;
use clap::{CommandFactory, Parser};
use lanes_conformance::spoken;
use lanes_measure::worker::{self, Candidate};
use std::io::ErrorKind::BrokenPipe;
use std::process::ExitCode;

/// Whether these are a subcommand and options of `lanes`, with its name before
/// them; nothing is done. What fuzzing calls.
#[doc(hidden)]
pub fn understands(arguments: Vec<String>) -> bool {
    Arguments::try_parse_from(arguments).is_ok()
}

/// Does what the command line asks for, and returns the exit code.
pub fn main() -> ExitCode {
    let done = match Arguments::try_parse() {
        Ok(Arguments { command, quiet }) => {
            if quiet {
                say::be_quiet();
            }
            perform(command)
        }
        Err(error) => return explain(&hints::with_hint(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            note!("{fail}");
            fail.code()
        }
    }
}

/// Prints the help or the version that was asked for, or what is wrong with the
/// command line.
fn explain(error: &clap::Error) -> ExitCode {
    match error.print() {
        // Of a usage error the exit code says enough.
        Err(why) if !error.use_stderr() && why.kind() != BrokenPipe => {
            let fail = Fail::of(format!("standard output: {why}"));
            note!("{fail}");
            fail.code()
        }
        _ => u8::try_from(error.exit_code()).unwrap_or(2).into(),
    }
}

/// Does it, and leaves nothing behind.
fn perform(command: Command) -> Result<(), Fail> {
    // What these do is at once, or ends with the socket.
    match command {
        Command::Completions { shell } => return complete(shell),
        Command::Worker => return work(),
        Command::Case { model, case } => return judge(&model, &case),
        _ => {}
    }
    interrupt::watch()?;
    let home = match command {
        Command::Cmp(_) | Command::Rank(_) => None,
        _ => temporary::open(),
    };
    let done = measure(&command);
    interrupt::seen();
    drop(home);
    match done {
        Err(fail @ Fail::Interrupted(_)) => Err(fail),
        // What failed since the workers were ended is no failure.
        _ if interrupt::happened() => Err(interrupt::interrupted()),
        done => done,
    }
}

fn measure(command: &Command) -> Result<(), Fail> {
    match command {
        Command::List(options) => list::list(options),
        Command::Check(options) => check::check(options),
        Command::Doctor(options) => doctor::doctor(options),
        Command::Run(options) => run::run(options),
        Command::Advise(options) => advise::advise(options),
        Command::Map(options) => map::map(options),
        Command::Cmp(options) => cmp::cmp(options),
        Command::Duel(options) => duel::duel(options),
        Command::Rank(options) => rank::rank(options),
        Command::Trace(options) => trace::trace(options),
        Command::Figures(options) => figures::figures(options),
        Command::Claims(options) => claims::claims(options),
        Command::Faults(options) => faults::faults(options),
        Command::Traps(options) => traps::traps(options),
        Command::Metg(options) => metg::metg(options),
        Command::Crossover(options) => crossover::crossover(options),
        Command::Report(options) => report::report(options),
        Command::Demo(options) => demo::demo(options),
        Command::Formats => formats::formats(),
        Command::Completions { shell } => complete(*shell),
        Command::Worker => work(),
        Command::Case { model, case } => judge(model, case),
    }
}

fn complete(shell: clap_complete::Shell) -> Result<(), Fail> {
    let (mut command, mut text) = (Arguments::command(), Vec::new());
    clap_complete::generate(shell, &mut command, "lanes", &mut text);
    print(&String::from_utf8_lossy(&text))
}

fn work() -> Result<(), Fail> {
    let find = |name: &str| lanes_suite::find(name).map(Candidate::from);
    let show = &lanes_claims::exhibit;
    worker::serve_any(&lanes_suite::MODELS, &find, show).map_err(Fail::of)
}

/// Puts a case to a model, in this process, and prints the outcome.
fn judge(model: &str, case: &str) -> Result<(), Fail> {
    let unknown = |what, name| Fail::Usage(format!("no {what} {name:?}"));
    let entry = lanes_suite::find(model);
    let entry = entry.ok_or_else(|| unknown("model", model))?;
    if spoken::speak(entry, case) {
        return Ok(());
    }
    Err(unknown("case", case))
}
