//! The worker of the guest `timely`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_timely::InThreads;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../../Cargo.lock");
    let timely = Entry::of::<InThreads>("timely", Family::Guest, LOCK);
    let timely = timely.package("timely");
    asked(&timely).unwrap_or_else(|| lanes_measure::worker::of(timely))
}
