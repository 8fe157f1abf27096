//! The same exhibits in real CPython, by its worker.

use lanes_measure::process::{Launch, Limits, Process};
use lanes_python::Peer;
use serde_json::{Value, json};
use std::path::Path;

/// A worker in CPython.
pub(crate) struct Python {
    pub(crate) process: Process,
}

impl Python {
    /// Starts the worker of a peer.
    ///
    /// # Errors
    /// Why it is not here, in words.
    pub(crate) fn start(
        peer: &Peer,
        workers: usize,
        folder: &Path,
        limits: &Limits,
    ) -> Result<Self, String> {
        if let Some(why) = &peer.missing {
            return Err(why.clone());
        }
        let launch = Launch::named(&peer.program, peer.arguments.clone());
        let (name, serial) = (&peer.name, peer.serial);
        Process::greeted(&launch, folder, limits, name, workers, serial)
            .map(|process| Self { process })
            .map_err(|failure| failure.to_string())
    }

    /// The figures of an exhibit; times in nanoseconds.
    pub(crate) fn exhibit(
        &mut self,
        name: &str,
        parameters: Value,
    ) -> Result<Vec<f64>, String> {
        self.process
            .exhibit(name, &parameters)
            .map_err(|failure| failure.to_string())
    }

    /// The only or first figure of an exhibit.
    pub(crate) fn one(
        &mut self,
        name: &str,
        parameters: Value,
    ) -> Result<f64, String> {
        let numbers = self.exhibit(name, parameters)?;
        let none = || format!("the exhibit {name} showed nothing");
        numbers.first().copied().ok_or_else(none)
    }

    /// The share of additions that are lost.
    pub(crate) fn lost(&mut self, form: &str) -> Result<f64, String> {
        let how = json!({
            "form": form, "threads": 4, "adds": 50_000, "interval": 1e-5,
        });
        match self.exhibit("lost", how)?[..] {
            [expected, found] if expected > 0.0 => Ok(1.0 - found / expected),
            ref other => Err(format!("the exhibit lost showed {other:?}")),
        }
    }
}
