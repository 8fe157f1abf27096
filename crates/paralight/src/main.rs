//! The worker of the guest `paralight`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_paralight::Paralight;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let model = Entry::of::<Paralight>("paralight", Family::Guest, LOCK);
    let model = model.package("paralight");
    asked(&model).unwrap_or_else(|| lanes_measure::worker::of(model))
}
