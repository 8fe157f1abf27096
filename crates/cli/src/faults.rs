//! `lanes faults`: every case of the failure contract in every model, and what
//! each library does by itself.

mod apart;
pub(crate) mod grid;
pub(crate) mod nodes;
mod outside;

use crate::args::{Faults as Options, Format, Selection};
use crate::fail::Fail;
use crate::interrupt;
use crate::models::{Known, Model, Origin, known};
use crate::run::{output, save};
use crate::say::{line, progress};
use crate::select::matching;
use crate::show::print;
use crate::stamp;
use lanes_conformance::cases::CASES;
use lanes_measure::faults::{Case, Faults, Verdict};
use lanes_measure::results::State;
use std::time::Instant;

/// Runs the cases, saves what was found, and prints it.
///
/// # Errors
/// [`Fail::Failure`] if a model breaks the contract, [`Fail::Usage`] for an
/// unknown name, [`Fail::Interrupted`] after Ctrl-C.
pub(crate) fn faults(options: &Options) -> Result<(), Fail> {
    if let Some(nodes) = options.nodes {
        return nodes::faults(options, nodes);
    }
    let models = models(options)?;
    // What is asked by the protocol, beside the models whose cases are run in
    // their own programs.
    let described: Vec<Option<Model>> = models
        .iter()
        .map(|known| {
            outside::is_outside(known)
                .then(|| outside::described(known))
                .transpose()
        })
        .collect::<Result<_, _>>()?;
    let names: Vec<&str> = CASES.iter().map(|case| case.name).collect();
    let cases = matching("case", &options.cases, &names)?;
    let libraries = libraries(&models);
    let stop = interrupt::flag();
    let (begin, begun) = (Instant::now(), jiff::Timestamp::now());
    let mut output = output(&options.place.output, "faults-", &begun)?;
    let stamp = begun.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut faults = Faults::new(stamp, stamp::machine(), stamp::build());
    faults.models = models.iter().map(|known| known.name.clone()).collect();
    faults.libraries =
        libraries.iter().map(|library| (*library).to_owned()).collect();
    for case in CASES.iter().filter(|case| cases.contains(&case.name)) {
        if interrupt::happened() {
            break;
        }
        progress!("{}", case.name);
        let mut found = Case {
            name: case.name.to_owned(),
            asks: case.asks.to_owned(),
            here: Vec::new(),
            alone: Vec::new(),
        };
        for (known, model) in models.iter().zip(&described) {
            let most = options.deadline;
            let judged = match model {
                Some(model) => outside::judge(model, case.name, most)?,
                None => apart::judge(known, case.name, most, &stop)?,
            };
            found.here.extend(judged);
        }
        for library in &libraries {
            found.alone.extend(apart::observe(library, case.name, &stop));
        }
        faults.cases.push(found);
        faults.seconds = begin.elapsed().as_secs_f64();
        save(&mut output, &faults).map_err(Fail::of)?;
    }
    interrupt::seen();
    faults.seconds = begin.elapsed().as_secs_f64();
    faults.state = if interrupt::happened() {
        State::Interrupted
    } else {
        State::Complete
    };
    save(&mut output, &faults).map_err(Fail::of)?;
    let format = options.printing.format();
    print(&grid::text(&faults, format, options.details)?)?;
    if format == Format::Table {
        line!("faults: {}", output.path().display());
    }
    match faults.count(Verdict::Broken) {
        _ if interrupt::happened() => Err(interrupt::interrupted()),
        0 => Ok(()),
        1 => Err(Fail::Failure("a case is broken, see above".into())),
        count => {
            let what = format!("{count} cases are broken, see above");
            Err(Fail::Failure(what))
        }
    }
}

/// The models that were named, or those of this program and the guests; and
/// the peers.
fn models(options: &Options) -> Result<Vec<Known>, Fail> {
    let peers = options.peers.clone();
    let mut all = known(&Selection { peers, ..Selection::default() })?;
    let by_default = |known: &Known| {
        matches!(known.origin, Origin::Suite(_) | Origin::Guest(_))
    };
    let names: Vec<&str> = all.iter().map(|known| &*known.name).collect();
    let chosen = matching("model", &options.models, &names)?;
    let chosen: Vec<String> = chosen.into_iter().map(str::to_owned).collect();
    let named = !options.models.is_empty();
    all.retain(|known| match &known.origin {
        Origin::Peer(_) => true,
        _ => chosen.contains(&known.name) && (named || by_default(known)),
    });
    Ok(all)
}

/// The libraries of these models whose plain use is known.
fn libraries(models: &[Known]) -> Vec<&'static str> {
    let all = lanes_plain::LIBRARIES.iter().map(|library| library.name);
    all.filter(|name| models.iter().any(|known| known.name == *name)).collect()
}
