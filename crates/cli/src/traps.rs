//! `lanes traps`: what programs in the plain use of a library step into, and
//! what their remedies do.

pub(crate) mod asked;
pub(crate) mod listed;
pub(crate) mod printed;

use crate::args::{Format, Traps as Options};
use crate::fail::Fail;
use crate::interrupt;
use crate::run::{output, save};
use crate::say::{line, progress};
use crate::select::matching;
use crate::show::print;
use crate::stamp;
use lanes_measure::results::State;
use lanes_measure::traps::{Finding, Trap as Tried, Traps};
use lanes_traps::{Asked, TRAPS, Trap};
use std::time::Instant;

/// Runs the programs, saves what was found, and prints it.
///
/// # Errors
/// [`Fail::Failure`] if a remedy fails, [`Fail::Usage`] for an unknown name,
/// [`Fail::Interrupted`] after Ctrl-C.
pub(crate) fn traps(options: &Options) -> Result<(), Fail> {
    let format = options.printing.format();
    if options.questions {
        return print(&asked::text(format)?);
    }
    let names = TRAPS.each_ref().map(|trap| trap.name);
    let names = matching("trap", &options.traps, &names)?;
    let chosen = TRAPS.iter().filter(|trap| names.contains(&trap.name));
    let chosen: Vec<&Trap> = chosen.collect();
    if options.list {
        return print(&listed::text(&chosen, format)?);
    }
    let stop = interrupt::flag();
    let (begin, begun) = (Instant::now(), jiff::Timestamp::now());
    let mut output = output(&options.place.output, "traps-", &begun)?;
    let stamp = begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut traps = Traps::new(stamp, stamp::machine(), stamp::build());
    let pythons = lanes_python::interpreters().iter();
    traps.pythons = pythons.map(ToString::to_string).collect();
    traps.repeats = options.repeat;
    traps.deadline = options.deadline.as_secs_f64();
    let asked = Asked {
        repeats: options.repeat,
        deadline: options.deadline,
        stop: &stop,
    };
    for trap in chosen {
        if interrupt::happened() {
            break;
        }
        let tried = trap.tried(&asked).map_err(|error| {
            Fail::Failure(format!("{}: {error}", trap.name))
        })?;
        progress!("{}: {}", trap.name, said(&tried));
        traps.traps.push(tried);
        traps.seconds = begin.elapsed().as_secs_f64();
        save(&mut output, &traps).map_err(Fail::of)?;
    }
    interrupt::seen();
    traps.seconds = begin.elapsed().as_secs_f64();
    traps.state = if interrupt::happened() {
        State::Interrupted
    } else {
        State::Complete
    };
    save(&mut output, &traps).map_err(Fail::of)?;
    print(&printed::text(&traps, format)?)?;
    if format == Format::Table {
        line!("traps: {}", output.path().display());
    }
    match traps.count(Finding::Broken) {
        _ if interrupt::happened() => Err(interrupt::interrupted()),
        0 => Ok(()),
        1 => Err(Fail::Failure("a remedy fails, see above".into())),
        count => {
            let what = format!("remedies of {count} traps fail, see above");
            Err(Fail::Failure(what))
        }
    }
}

/// What was found of a trap, in a line.
fn said(tried: &Tried) -> String {
    match (tried.finding, &tried.missing) {
        (Finding::Absent, Some(why)) => format!("not here, because {why}"),
        (finding, _) => finding.words().to_owned(),
    }
}
