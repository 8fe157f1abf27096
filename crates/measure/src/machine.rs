//! What a figure was measured on.

use crate::foreign;
use lanes_core::limits::Limits;
use procfs::{CpuInfo, Current};
use serde::{Deserialize, Serialize};
use std::env::consts::{ARCH, OS};
use std::fmt;

/// The machine and the libraries that a figure was measured on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name, where the system reports it.
    #[serde(deserialize_with = "foreign::text")]
    pub processor: String,
    /// How many threads run at once.
    pub cores: usize,
    /// Memory in bytes, where the system reports it.
    pub memory: Option<u64>,
    /// The memory that control groups or `ulimit -v` leave, in bytes, where
    /// that is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// The operating system and the architecture.
    #[serde(deserialize_with = "foreign::text")]
    pub system: String,
    /// The compared libraries, each with its version.
    #[serde(deserialize_with = "foreign::texts")]
    pub libraries: Vec<String>,
}

impl Machine {
    /// The machine this runs on, and the libraries that are compared, each with
    /// its version.
    pub fn here(libraries: Vec<String>) -> Self {
        let info = CpuInfo::current().ok();
        let processor =
            info.and_then(|info| Some(info.model_name(0)?.to_owned()));
        let limits = Limits::here();
        Self {
            processor: processor.unwrap_or_else(|| "unknown CPU".into()),
            cores: limits.cores(),
            memory: limits.machine,
            memory_limit: limits.memory,
            system: format!("{OS} {ARCH}"),
            libraries,
        }
    }
}

impl Machine {
    /// The memory that a process here may have, in bytes.
    pub fn allowed(&self) -> Option<u64> {
        self.memory_limit.or(self.memory)
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, system, libraries, .. } = self;
        let libraries = libraries.join(", ");
        write!(f, "{processor}, {cores} cores, ")?;
        if let Some(limit) = self.memory_limit {
            write!(f, "{} MiB allowed, ", limit >> 20)?;
        }
        write!(f, "{system}; {libraries}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_fits_one_line() {
        let line = Machine::here(vec!["rayon 1.12.0".into()]).to_string();
        assert!(!line.contains('\n'));
        assert!(line.contains("rayon 1."), "{line}");
    }
}
