//! What a figure was measured on.

use crate::MODELS;
use serde::{Deserialize, Serialize};
use std::env::consts::{ARCH, OS};
use std::fmt;
use std::fs;
use std::thread;

/// The lock file that this was built with: the versions it was built from.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// The machine and the libraries that a figure was measured on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's own name, where the system tells it.
    pub processor: String,
    /// How many threads run at once.
    pub cores: usize,
    /// Memory in bytes, where the system tells it.
    pub memory: Option<u64>,
    /// The operating system and the architecture.
    pub system: String,
    /// The compared libraries, each with its version.
    pub libraries: Vec<String>,
}

impl Machine {
    /// The machine this runs on.
    pub fn here() -> Self {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = |line: &str| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == "model name").then(|| value.trim().to_owned())
        };
        let processor = info.lines().find_map(model);
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let memory = memory.lines().find_map(|line| {
            let total = line.strip_prefix("MemTotal:")?;
            let kibibytes: u64 =
                total.split_whitespace().next()?.parse().ok()?;
            Some(kibibytes * 1024)
        });
        let libraries = MODELS.iter().filter_map(|entry| {
            let package = entry.package?;
            Some(format!("{package} {}", version_of(package)?))
        });
        Self {
            processor: processor.unwrap_or_else(|| "unknown CPU".into()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory,
            system: format!("{OS} {ARCH}"),
            libraries: libraries.collect(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, system, libraries, .. } = self;
        let libraries = libraries.join(", ");
        write!(f, "{processor}, {cores} cores, {system}; {libraries}")
    }
}

/// The version of a package that this was built with; the newest if there are
/// several.
pub fn version_of(package: &str) -> Option<&'static str> {
    let name = format!("name = \"{package}\"");
    let mut lines = LOCK.lines();
    let mut found = None;
    while let Some(line) = lines.next() {
        if line == name {
            let version = lines.next()?.strip_prefix("version = \"")?;
            found = version.strip_suffix('"');
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let dots = |version: &str| version.split('.').count();
        assert_eq!(version_of("tokio").map(dots), Some(3));
        assert_eq!(version_of("no-such-package"), None);
    }

    #[test]
    fn the_machine_fits_one_line() {
        let line = Machine::here().to_string();
        assert!(!line.contains('\n'));
        assert!(line.contains("rayon 1."), "{line}");
    }
}
