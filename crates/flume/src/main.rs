//! The worker of the guest `flume`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_flume::Flume;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let flume = Entry::of::<Flume>("flume", Family::Guest, LOCK);
    let flume = flume.package("flume").badge("casually maintained");
    asked(&flume).unwrap_or_else(|| lanes_measure::worker::of(flume))
}
