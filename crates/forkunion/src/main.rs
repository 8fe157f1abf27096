//! The worker of the guest `forkunion`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_forkunion::ForkUnion;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let model = Entry::of::<ForkUnion>("forkunion", Family::Guest, LOCK);
    let model = model.package("forkunion");
    asked(&model).unwrap_or_else(|| lanes_measure::worker::of(model))
}
