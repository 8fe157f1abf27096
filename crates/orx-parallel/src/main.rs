//! The worker of the guest `orx-parallel`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_orx_parallel::OrxParallel;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let model = Entry::of::<OrxParallel>("orx-parallel", Family::Guest, LOCK);
    let model = model.package("orx-parallel");
    asked(&model).unwrap_or_else(|| lanes_measure::worker::of(model))
}
