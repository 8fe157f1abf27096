//! The matrix: every model and every workload.
//!
//! This is the only place that names all models. The seven runtimes have every
//! cell: one that is missing does not compile. Other models have any subset.

mod machine;

pub use machine::{Machine, version_of};

use lanes_core::{Cell, Cells, Config, Error, Started, WORKLOADS};

/// What a model is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// What a Rust program chooses from.
    Runtime,
    /// What shows where time goes: turns under a lock, a GIL, processes.
    Exhibit,
}

/// A model, before it is started.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The name, as benchmarks and commands spell it.
    pub name: &'static str,
    /// The folder below `crates` that its source lies in.
    pub directory: &'static str,
    /// The package that is compared, as in Cargo.lock; none for the standard
    /// library.
    pub package: Option<&'static str>,
    /// A warning that goes with the name wherever it is listed.
    pub badge: Option<&'static str>,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// What it is here for.
    pub family: Family,
    /// The cells that it has.
    pub cells: &'static [Cell],
    start: fn(&Config) -> Result<Started, Error>,
}

impl Entry {
    /// Starts the model.
    ///
    /// # Errors
    /// Those of [`lanes_core::Model::start`].
    pub fn start(&self, config: &Config) -> Result<Started, Error> {
        (self.start)(config)
    }
}

/// Every model, in the order in which they are listed.
pub const MODELS: [Entry; 11] = [
    Entry {
        serial: true,
        ..runtime::<lanes_sequential::Sequential>("sequential", None)
    },
    runtime::<lanes_threads::Threads>("threads", None),
    runtime::<lanes_crossbeam::Crossbeam>("crossbeam", Some("crossbeam")),
    runtime::<lanes_rayon::Rayon>("rayon", Some("rayon")),
    runtime::<lanes_tokio::Tokio>("tokio", Some("tokio")),
    Entry {
        badge: Some("discontinued: RUSTSEC-2025-0052"),
        ..runtime::<lanes_async_std::AsyncStd>("async-std", Some("async-std"))
    },
    runtime::<lanes_smol::Smol>("smol", Some("smol")),
    exhibit::<lanes_mutex::Mutex>("mutex"),
    exhibit::<lanes_gil::Gil>("gil"),
    exhibit::<lanes_processes::OverSockets>("processes"),
    Entry {
        directory: "processes",
        ..exhibit::<lanes_processes::OverMemory>("processes-shared")
    },
];

/// A model that Rust programs choose from, with every cell of the catalogue.
const fn runtime<M: Cells>(
    name: &'static str,
    package: Option<&'static str>,
) -> Entry {
    assert_complete(M::CELLS);
    Entry { family: Family::Runtime, package, ..exhibit::<M>(name) }
}

/// A model that shows where time goes, with any cells.
const fn exhibit<M: Cells>(name: &'static str) -> Entry {
    Entry {
        name,
        directory: name,
        package: None,
        badge: None,
        serial: false,
        family: Family::Exhibit,
        cells: M::CELLS,
        start: Started::start::<M>,
    }
}

/// Evaluated where the list of models is compiled, so that a missing cell is an
/// error there, which names the workload.
const fn assert_complete(cells: &[Cell]) {
    let mut workload = 0;
    while workload < WORKLOADS.len() {
        let name = WORKLOADS[workload].name;
        let mut cell = 0;
        while cell < cells.len() && !same(cells[cell].workload, name) {
            cell += 1;
        }
        if cell == cells.len() {
            // The message of a panic in a constant is a text, or this.
            panic!("{}", name);
        }
        workload += 1;
    }
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut index = 0;
    while index < left.len() && index < right.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    left.len() == right.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_answers_to_its_name_and_has_a_version() {
        for entry in MODELS {
            let model = entry.start(&Config::new(2).unwrap()).unwrap();
            assert_eq!(model.name(), entry.name);
            assert_eq!(model.workers(), if entry.serial { 1 } else { 2 });
            let version = entry.package.map(version_of);
            assert_ne!(version, Some(None), "{}", entry.name);
        }
    }
}
