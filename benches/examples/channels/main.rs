//! `channel` in OS threads and in crossbeam beside the loops that their
//! channels are benchmarked by, in one process, in turns:
//!
//! `cargo run --release -p lanes-benches --example channels [SIZE...]`
//!
//! A cell hashes each message and sees to the order of those of a producer. The
//! bare loop sends as many bytes, and drops them. Exit status 1 where a cell
//! takes more than 1.1 times as long. The guests whose libraries are channels
//! have such a program of their own.

mod bare;

use lanes_core::{Config, Error, Started};
use lanes_measure::beside::{Form, program};
use std::process::ExitCode;

fn main() -> ExitCode {
    program(&[
        Form { start: |config| start("threads", config), bare: bare::std },
        Form {
            start: |config| start("crossbeam", config),
            bare: bare::crossbeam,
        },
    ])
}

fn start(name: &str, config: &Config) -> Result<Started, Error> {
    let model = lanes_suite::find(name);
    model.expect("a model of the suite").start(config)
}
