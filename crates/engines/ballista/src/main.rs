//! The worker of the guest `ballista`.

use lanes_ballista::Ballista;
use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../Cargo.lock");
    let ballista = Entry::of::<Ballista>("ballista", Family::Guest, LOCK);
    let ballista = ballista.package("ballista").directory("engines/ballista");
    let ballista = ballista.nodes();
    asked(&ballista).unwrap_or_else(|| lanes_measure::worker::of(ballista))
}
