//! The worker of the guest `mpi`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_mpi::Mpi;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../Cargo.lock");
    let mpi = Entry::of::<Mpi>("mpi", Family::Guest, LOCK);
    let mpi = mpi.package("mpi").directory("engines/mpi").nodes();
    asked(&mpi).unwrap_or_else(|| lanes_measure::worker::of(mpi))
}
