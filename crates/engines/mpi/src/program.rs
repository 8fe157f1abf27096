//! What ranks are asked to do: programs, found by the name of their workload.

use crate::ranks::{Program, Ranks, perform};
use crate::wire;
use lanes_core::{Error, Workload, workload};
use std::net::TcpStream;

/// Sends an answer.
pub(crate) type Answer = Box<dyn FnOnce(&mut &TcpStream) -> Result<(), Error>>;

/// The program of a workload in this rank, with its answer if it has it.
type Perform = fn(&Ranks<'_>) -> Result<Option<Answer>, Error>;

/// The program of the workload with this name.
///
/// # Errors
/// [`Error::Unsupported`] if there is none.
pub(crate) fn find(name: &str) -> Result<Perform, Error> {
    use workload::{Max, Primes, Sort, Uts, Wordcount};
    const ALL: [(&str, Perform); 5] = [
        (Max::NAME, erased::<Max>),
        (Sort::NAME, erased::<Sort>),
        (Wordcount::NAME, erased::<Wordcount>),
        (Primes::NAME, erased::<Primes>),
        (Uts::NAME, erased::<Uts>),
    ];
    let found = ALL.iter().find(|(known, _)| *known == name);
    let found = found.map(|(_, perform)| *perform);
    found.ok_or_else(|| Error::Unsupported(format!("no program for {name}")))
}

fn erased<W: Program>(ranks: &Ranks<'_>) -> Result<Option<Answer>, Error> {
    let answer = perform::<W>(ranks)?;
    Ok(answer.map(|answer| -> Answer {
        Box::new(move |to| wire::send(to, &answer))
    }))
}
