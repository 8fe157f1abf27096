//! What this program is built from, and the machine that it runs on.

use lanes_measure::machine::Machine;
use lanes_measure::results::Build;

/// This build: the only place that knows the commit.
pub(crate) fn build() -> Build {
    let commit = env!("LANES_COMMIT");
    let commit = (!commit.is_empty()).then_some(commit);
    Build::here(env!("LANES_RUSTC"), commit, env!("LANES_DIRTY") == "true")
}

/// This machine, and the libraries that are compared.
pub(crate) fn machine() -> Machine {
    Machine::here(lanes_suite::libraries())
}
