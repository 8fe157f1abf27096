//! The worker of the guest `timely-processes`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_timely::OverTcp;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../../Cargo.lock");
    let timely = Entry::of::<OverTcp>("timely-processes", Family::Guest, LOCK);
    let timely = timely.package("timely").directory("timely").nodes();
    asked(&timely).unwrap_or_else(|| lanes_measure::worker::of(timely))
}
