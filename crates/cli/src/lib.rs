//! The command `lanes`: a file for each of its subcommands.

mod args;
mod catalogue;
mod changes;
mod check;
mod claims;
mod cmp;
mod demo;
mod doctor;
mod draw;
mod duel;
pub mod excerpts;
mod fail;
mod figures;
mod files;
mod list;
mod models;
mod printed;
mod provenance;
mod rank;
mod report;
mod revision;
mod run;
mod select;
mod sessions;
mod show;
mod side;
mod stamp;
mod temporary;
mod trace;
mod tree;

use crate::args::{Arguments, Command};
use crate::fail::Fail;
use clap::{CommandFactory, Parser};
use lanes_measure::worker::{self, Candidate};
use std::io;
use std::process::ExitCode;

/// Does what the command line asks for, and returns the exit code.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::List(options) => list::list(&options),
        Command::Check(options) => check::check(&options),
        Command::Doctor(options) => doctor::doctor(&options),
        Command::Run(options) => run::run(&options),
        Command::Cmp(options) => cmp::cmp(&options),
        Command::Duel(options) => duel::duel(&options),
        Command::Rank(options) => rank::rank(&options),
        Command::Trace(options) => trace::trace(&options),
        Command::Figures(options) => figures::figures(&options),
        Command::Claims(options) => claims::claims(&options),
        Command::Report(options) => report::report(&options),
        Command::Demo(options) => demo::demo(&options),
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            clap_complete::generate(
                shell,
                &mut command,
                "lanes",
                &mut io::stdout(),
            );
            Ok(())
        }
        Command::Worker => {
            let find =
                |name: &str| lanes_suite::find(name).map(Candidate::from);
            let show = &lanes_claims::exhibit;
            worker::serve_any(&lanes_suite::MODELS, &find, show)
                .map_err(Fail::of)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            eprintln!("lanes: {fail}");
            fail.code()
        }
    }
}
