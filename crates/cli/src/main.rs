//! `lanes`: measures every model fairly and says what is faster, by how much,
//! and when the evidence does not decide.

use std::process::ExitCode;

fn main() -> ExitCode {
    lanes_cli::main()
}
