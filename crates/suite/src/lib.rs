//! The matrix: every model and every workload.
//!
//! This crate is the only place that names all models. The seven runtimes have
//! a cell for every workload: one that is missing does not compile. Other
//! models have any subset, and refuse a cell with
//! [`Error::Unsupported`](lanes_core::Error::Unsupported) and a reason where
//! they cannot run it. `cargo lanes list` shows how well each model fits each
//! workload, which the model crates give in a constant, `FIT`.

use lanes_core::{Cell, Cells, Entry, Family, WORKLOADS};

/// The lock file that this was built with: the versions it was built from.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// The compared libraries, each once with its version, as in `rayon 1.12.0`.
pub fn libraries() -> Vec<String> {
    let mut libraries = Vec::new();
    for library in MODELS.iter().filter_map(Entry::library) {
        if !libraries.contains(&library) {
            libraries.push(library);
        }
    }
    libraries
}

/// The model with this name, if there is one.
pub fn find(name: &str) -> Option<&'static Entry> {
    MODELS.iter().find(|entry| entry.name == name)
}

/// Every model, in the order in which they are listed.
pub static MODELS: [Entry; 14] = [
    runtime::<lanes_sequential::Sequential>("sequential").serial(),
    runtime::<lanes_threads::Threads>("threads"),
    runtime::<lanes_crossbeam::Crossbeam>("crossbeam").package("crossbeam"),
    runtime::<lanes_rayon::Rayon>("rayon").package("rayon"),
    runtime::<lanes_tokio::Tokio>("tokio").package("tokio"),
    runtime::<lanes_async_std::AsyncStd>("async-std")
        .package("async-std")
        .badge("discontinued: RUSTSEC-2025-0052"),
    runtime::<lanes_smol::Smol>("smol").package("smol"),
    bridge::<lanes_tokio_blocking::TokioBlocking>("tokio-blocking")
        .package("tokio"),
    bridge::<lanes_tokio_rayon::TokioRayon>("tokio-rayon").package("tokio"),
    bridge::<lanes_tokio_per_core::TokioPerCore>("tokio-per-core")
        .package("tokio"),
    exhibit::<lanes_mutex::Mutex>("mutex"),
    exhibit::<lanes_gil::Gil>("gil"),
    exhibit::<lanes_processes::OverSockets>("processes"),
    exhibit::<lanes_processes::OverMemory>("processes-shared")
        .directory("processes"),
];

/// A model that Rust programs choose from, with every cell of the catalogue.
const fn runtime<M: Cells>(name: &'static str) -> Entry {
    assert_complete(M::CELLS);
    Entry::of::<M>(name, Family::Runtime, LOCK)
}

/// A way in which programs put runtimes together, with any cells.
const fn bridge<M: Cells>(name: &'static str) -> Entry {
    Entry::of::<M>(name, Family::Bridge, LOCK)
}

/// A model that shows where time goes, with any cells.
const fn exhibit<M: Cells>(name: &'static str) -> Entry {
    Entry::of::<M>(name, Family::Exhibit, LOCK)
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
    use lanes_core::Config;

    #[test]
    fn versions_come_from_the_lock_file() {
        let tokio = find("tokio").unwrap().version().unwrap();
        assert_eq!(tokio.split('.').count(), 3);
        let libraries = libraries();
        let of = |name| libraries.iter().filter(move |l| l.starts_with(name));
        assert_eq!((of("rayon 1.").count(), of("tokio 1.").count()), (1, 1));
        let missing = MODELS[0].package("no-such-package");
        assert_eq!(missing.version(), None);
    }

    #[test]
    fn every_model_answers_to_its_name_and_has_a_version() {
        for entry in &MODELS {
            let model = entry.start(&Config::new(2).unwrap()).unwrap();
            assert_eq!(model.name(), entry.name);
            assert_eq!(model.workers(), if entry.serial { 1 } else { 2 });
            let version = entry.package.map(|_| entry.version());
            assert_ne!(version, Some(None), "{}", entry.name);
        }
    }
}
