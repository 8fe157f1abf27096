//! Rows of the catalogue, as `lanes run` measures them: by models of this
//! program, each in a new worker.

use crate::lab::{Lab, words};
use lanes_core::Row;
use lanes_measure::process::Process;
use lanes_measure::protocol::Sample;

/// How many workers a model has.
pub(crate) const WORKERS: usize = 2;

const SEED: u64 = 7;

/// So many runs of a row in a model, after one that is not measured.
///
/// # Errors
/// Why there are none, in words.
pub(crate) fn sampled(
    lab: &Lab<'_>,
    model: &str,
    row: &dyn Row,
    runs: u32,
) -> Result<Sample, String> {
    let entry = lanes_suite::find(model);
    let entry = entry.ok_or_else(|| format!("no model {model}"))?;
    let digest = row.digest(SEED).map_err(words)?;
    let Lab { own, folder, limits } = lab;
    let serial = entry.serial;
    let mut process =
        Process::greeted(own, folder, limits, model, WORKERS, serial)
            .map_err(words)?;
    process.prepare(row.workload(), &row.size(), SEED).map_err(words)?;
    process.prepared(digest).map_err(words)?;
    process.sample(runs, false, Some(digest)).map_err(words)
}
