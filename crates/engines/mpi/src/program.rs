//! What ranks are asked to do: programs, found by the name of their workload.

use crate::ranks::{Ranks, perform};
use crate::wire;
use lanes_core::{Error, Workload, workload};
use mpi::traits::Equivalence;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::TcpStream;

/// What each rank does of a workload.
pub(crate) trait Program: Workload {
    /// What rank 0 has in the end.
    type Answer: Serialize + DeserializeOwned + 'static;

    /// The work of this rank, with the answer at rank 0. All ranks call the
    /// same collectives, whatever fails.
    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<Self::Answer>;
}

/// What every rank knows of the input.
pub(crate) struct Given<W> {
    /// The size.
    pub(crate) size: W,
    /// The seed.
    pub(crate) seed: u64,
    /// Whether each rank makes its own part.
    pub(crate) local: bool,
}

/// A workload whose input is a list of items that is cut into parts.
pub(crate) trait Parted: Workload {
    /// An item.
    type Item: Equivalence + Clone + Default;

    /// The list.
    fn list(input: &Self::Input) -> &[Self::Item];

    /// How many items each of at most so many parts has.
    fn lengths(input: &Self::Input, count: usize) -> Vec<usize>;

    /// The part that begins at this item, as an input of its own.
    ///
    /// # Errors
    /// Those of making it.
    fn part(
        size: &Self,
        begin: usize,
        items: Vec<Self::Item>,
    ) -> Result<Self::Input, Error>;
}

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
