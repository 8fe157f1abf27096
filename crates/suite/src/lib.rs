//! The matrix: every model and every workload.
//!
//! This is the only place that names all models. Each is a [`Complete`], so
//! that a cell that is missing anywhere does not compile.

mod machine;

pub use machine::{Machine, version_of};

use lanes_core::{Complete, Config, Error, Model};

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
    start: fn(&Config) -> Result<Box<dyn Complete>, Error>,
}

impl Entry {
    /// Starts the model.
    ///
    /// # Errors
    /// Those of [`Model::start`].
    pub fn start(&self, config: &Config) -> Result<Box<dyn Complete>, Error> {
        (self.start)(config)
    }
}

/// Every model, in the order in which they are listed.
pub const MODELS: [Entry; 11] = [
    Entry {
        serial: true,
        ..entry::<lanes_sequential::Sequential>("sequential", None)
    },
    entry::<lanes_threads::Threads>("threads", None),
    entry::<lanes_crossbeam::Crossbeam>("crossbeam", Some("crossbeam")),
    entry::<lanes_rayon::Rayon>("rayon", Some("rayon")),
    entry::<lanes_tokio::Tokio>("tokio", Some("tokio")),
    Entry {
        badge: Some("discontinued: RUSTSEC-2025-0052"),
        ..entry::<lanes_async_std::AsyncStd>("async-std", Some("async-std"))
    },
    entry::<lanes_smol::Smol>("smol", Some("smol")),
    exhibit::<lanes_mutex::Mutex>("mutex"),
    exhibit::<lanes_gil::Gil>("gil"),
    exhibit::<lanes_processes::OverSockets>("processes"),
    Entry {
        directory: "processes",
        ..exhibit::<lanes_processes::OverMemory>("processes-shared")
    },
];

const fn entry<M: Complete + 'static>(
    name: &'static str,
    package: Option<&'static str>,
) -> Entry {
    Entry {
        name,
        directory: name,
        package,
        badge: None,
        serial: false,
        family: Family::Runtime,
        start: start::<M>,
    }
}

const fn exhibit<M: Complete + 'static>(name: &'static str) -> Entry {
    Entry { family: Family::Exhibit, ..entry::<M>(name, None) }
}

fn start<M: Model + Complete + 'static>(
    config: &Config,
) -> Result<Box<dyn Complete>, Error> {
    Ok(Box::new(M::start(config)?))
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
