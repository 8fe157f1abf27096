//! A model before it is started, as data.

use crate::{Cell, Cells, Config, Error, Exempt, Started};

/// Why a model is in the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A runtime that Rust programs choose; these models have every cell.
    Runtime,
    /// A way in which programs put runtimes together; any cells.
    Bridge,
    /// A model that shows where time goes: a lock, a GIL, processes.
    Exhibit,
    /// A model in a program of its own.
    Guest,
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
    /// Whether its workers are processes that know each other over a network,
    /// so that each could stand on a machine of its own.
    pub nodes: bool,
    /// Why it is in the matrix.
    pub family: Family,
    /// The cells that it has.
    pub cells: &'static [Cell],
    lock: &'static str,
    start: fn(&Config) -> Result<Started, Error>,
    exemptions: fn() -> &'static [Exempt],
}

impl Entry {
    /// The model `M` under a name: a folder of the same name, no package, no
    /// badge, as many workers as are asked for. `lock` is the text of the
    /// Cargo.lock that it is built with, which has the versions.
    pub const fn of<M: Cells>(
        name: &'static str,
        family: Family,
        lock: &'static str,
    ) -> Self {
        Self {
            name,
            directory: name,
            package: None,
            badge: None,
            serial: false,
            nodes: false,
            family,
            cells: M::CELLS,
            lock,
            start: Started::start::<M>,
            exemptions: M::exemptions,
        }
    }

    /// The same model, of this package.
    pub const fn package(self, package: &'static str) -> Self {
        Self { package: Some(package), ..self }
    }

    /// The same model, with its source in this folder below `crates`.
    pub const fn directory(self, directory: &'static str) -> Self {
        Self { directory, ..self }
    }

    /// The same model, with a warning.
    pub const fn badge(self, badge: &'static str) -> Self {
        Self { badge: Some(badge), ..self }
    }

    /// The same model, which has one worker.
    pub const fn serial(self) -> Self {
        Self { serial: true, ..self }
    }

    /// The same model, whose workers are nodes.
    pub const fn nodes(self) -> Self {
        Self { nodes: true, ..self }
    }

    /// Starts the model.
    ///
    /// # Errors
    /// Those of [`crate::Model::start`].
    pub fn start(&self, config: &Config) -> Result<Started, Error> {
        (self.start)(config)
    }

    /// The cases of the failure contract that it is not asked.
    pub fn exemptions(&self) -> &'static [Exempt] {
        (self.exemptions)()
    }

    /// Whether it has a cell for a workload.
    pub fn has(&self, workload: &str) -> bool {
        self.cells.iter().any(|cell| cell.workload == workload)
    }

    /// The version of its package that this was built with; the newest if there
    /// are several. None for the standard library, and for a package that is
    /// not in the lock file.
    pub fn version(&self) -> Option<&'static str> {
        let name = format!("name = \"{}\"", self.package?);
        let mut lines = self.lock.lines();
        let mut found = None;
        while let Some(line) = lines.next() {
            if line == name {
                let version = lines.next()?.strip_prefix("version = \"")?;
                found = version.strip_suffix('"');
            }
        }
        found
    }

    /// Its library with the version, as in `rayon 1.12.0`; none for the
    /// standard library.
    pub fn library(&self) -> Option<String> {
        Some(format!("{} {}", self.package?, self.version()?))
    }
}
