//! What a look at the cancel flag costs: code with it against the same code
//! without.

use crate::bare::look::{Blind, Grain};
use crate::bare::{Bare, Forks, Spawns, form};
use crate::session::{Session, WORKERS, job, right, runtimes, start};
use lanes_core::workload::{Double, Fib, Max, Spawn};
use lanes_core::{Entry, Error, Workload, kernel};
use lanes_measure::statistics::Bound;
use std::cell::RefCell;
use std::time::Duration;

pub(crate) fn measure(session: &Session) {
    for entry in runtimes() {
        let name = |workload| format!("look/{}/{workload}", entry.name);
        let wanted = [Spawn::NAME, Fib::NAME].map(|w| session.wants(&name(w)));
        if !wanted.contains(&true) {
            continue;
        }
        // A model sets how many threads the executor of async-std has.
        let alone = entry.name == "async-std";
        let _model = alone.then(|| start(&entry, WORKERS));
        if let Some(bare) = form(entry.name, WORKERS) {
            spawns(session, &entry, &*bare);
            forks(session, &entry, &*bare);
        }
    }
    grains(session);
}

fn print(
    session: &Session,
    name: &str,
    looking: impl FnMut() -> Duration,
    blind: impl FnMut() -> Duration,
) {
    if session.wants(name) {
        session.print(name, Bound::at_most(1.01), looking, blind);
    }
}

/// A look before the start of each task, and one in it.
fn spawns(session: &Session, entry: &Entry, bare: &dyn Bare) {
    let spawn = session.spawn();
    let sum = Spawn::reference(&spawn);
    let looking = || {
        let run = || {
            // Few enough for one round.
            let round = spawn.rounds().next().expect("nothing stops the run");
            Spawns::spawn(bare, spawn.empty(), round)
        };
        right(run, &sum)
    };
    let blind = || right(|| Spawns::spawn(bare, Blind, 0..spawn.tasks), &sum);
    let name = format!("look/{}/{}", entry.name, Spawn::NAME);
    print(session, &name, looking, blind);
}

/// A look in each fork.
fn forks(session: &Session, entry: &Entry, bare: &dyn Bare) {
    let fib = session.fib(entry);
    let value = Fib::reference(&fib);
    let looking = || right(|| Forks::fib(bare, fib.fork(), fib.n), &value);
    let blind = || right(|| Forks::fib(bare, Blind, fib.n), &value);
    let name = format!("look/{}/{}", entry.name, Fib::NAME);
    print(session, &name, looking, blind);
}

/// A look before each grain of a list, on one thread.
fn grains(session: &Session) {
    let names = [Max::NAME, Double::NAME].map(|w| format!("look/grain/{w}"));
    let (len, grain) = (if session.test { 1 << 17 } else { 1 << 22 }, 1 << 16);
    if session.wants(&names[0]) {
        let list = job(&Max::plain(len, grain));
        let most = Ok(Max::reference(&list).unwrap_or(0));
        let looking =
            || right(|| max(list.context(), list.list(), grain), &most);
        let blind = || right(|| max(Blind, list.list(), grain), &most);
        print(session, &names[0], looking, blind);
    }
    if session.wants(&names[1]) {
        let list = job(&Double::plain(len, grain));
        let last = Ok(list.list().last().map(|number| number * 2));
        // Both write into the same pages: others may be faster or slower.
        let twice = RefCell::new(vec![0; len]);
        let looking = || {
            let twice = &mut twice.borrow_mut();
            right(|| double(list.context(), list.list(), twice, grain), &last)
        };
        let blind = || {
            let twice = &mut twice.borrow_mut();
            right(|| double(Blind, list.list(), twice, grain), &last)
        };
        print(session, &names[1], looking, blind);
    }
}

/// The largest number.
#[inline(never)]
fn max(look: impl Grain, list: &[u64], grain: usize) -> Result<u64, Error> {
    let mut most = 0;
    for numbers in list.chunks(grain) {
        look.grain(0)?;
        most = most.max(kernel::max(numbers));
    }
    Ok(most)
}

/// Every number times two; returns the last.
#[inline(never)]
fn double(
    look: impl Grain,
    list: &[u64],
    twice: &mut [u64],
    grain: usize,
) -> Result<Option<u64>, Error> {
    let pieces = twice.chunks_mut(grain);
    for (numbers, twice) in list.chunks(grain).zip(pieces) {
        look.grain(0)?;
        kernel::double(numbers, twice);
    }
    Ok(twice.last().copied())
}
