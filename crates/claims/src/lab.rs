//! What the measurements work with: new workers in CPython, models of the
//! suite, and repetitions.

use crate::python::Python;
use lanes_core::{Config, Error, Started};
use lanes_measure::process::{Launch, Limits};
use lanes_python::Peer;
use lanes_suite::MODELS;
use std::fmt::Display;
use std::path::Path;
use std::sync::atomic::Ordering;

/// The repetitions of a ratio, or why there are none.
pub(crate) type Samples = Result<Vec<f64>, String>;

/// What the measurements work with.
pub(crate) struct Lab<'a> {
    /// What workers may use.
    pub(crate) limits: &'a Limits,
    /// Where their temporary files go.
    pub(crate) folder: &'a Path,
    /// How the workers of this program are started.
    pub(crate) own: &'a Launch,
}

/// A Python that is here, or was named and is not.
pub(crate) struct PythonHere {
    /// Its peer `python-threads`: the name that its findings are listed by.
    pub(crate) who: &'static str,
    /// Its peer `python-sequential`, which runs the exhibits.
    pub(crate) peer: &'static Peer,
    /// The second number of its version, where it is known.
    pub(crate) minor: Option<u32>,
}

impl Lab<'_> {
    /// Makes so many repetitions of a measurement, unless one fails or the
    /// study is stopped.
    pub(crate) fn repeat(
        &self,
        count: usize,
        once: &dyn Fn(&Self) -> Result<f64, String>,
    ) -> Samples {
        let again = |_| match self.is_stopped() {
            true => Err("the study was interrupted".into()),
            false => once(self),
        };
        (0..count).map(again).collect()
    }

    /// Whether the study is to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.limits.stop.load(Ordering::Relaxed)
    }

    /// A new worker in the first Python, which runs exhibits.
    pub(crate) fn python(&self) -> Result<Python, String> {
        self.start_python("python-sequential", 1)
    }

    /// A new worker of a model in the first Python.
    pub(crate) fn start_python(
        &self,
        model: &str,
        workers: usize,
    ) -> Result<Python, String> {
        self.start(peer(model)?, workers)
    }

    /// A new worker of a peer.
    pub(crate) fn start(
        &self,
        peer: &Peer,
        workers: usize,
    ) -> Result<Python, String> {
        Python::start(peer, workers, self.folder, self.limits)
    }
}

/// An error in words.
pub(crate) fn words(error: impl Display) -> String {
    error.to_string()
}

fn peer(name: &str) -> Result<&'static Peer, String> {
    let mut peers = lanes_python::peers().iter();
    let peer = peers.find(|peer| peer.name == name);
    peer.ok_or_else(|| format!("no peer is called {name}"))
}

/// Every Python, in the order of the peers: each has one of every model.
pub(crate) fn pythons() -> Vec<PythonHere> {
    let pythons = lanes_python::peers().chunks(lanes_python::MODELS.len());
    let here = |peers: &'static [Peer]| {
        let of = |model| peers.iter().find(|peer| peer.model == model);
        let peer = of("python-sequential")?;
        let mut all = lanes_python::interpreters().iter();
        let own = all.find(|python| python.program == peer.program);
        let minor =
            own.and_then(|own| own.version.split('.').nth(1)?.parse().ok());
        Some(PythonHere { who: &of("python-threads")?.name, peer, minor })
    };
    pythons.filter_map(here).collect()
}

/// A model of the suite with so many workers.
///
/// # Errors
/// That there is none of this name, and those of [`lanes_core::Entry::start`].
pub(crate) fn model(name: &str, workers: usize) -> Result<Started, Error> {
    let entry = MODELS.iter().find(|entry| entry.name == name);
    let entry =
        entry.ok_or_else(|| Error::Invalid(format!("no model {name}")))?;
    entry.start(&Config::new(workers)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    #[test]
    fn each_worker_in_python_is_a_new_process_and_nothing_follows_a_stop() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            deadline: Duration::from_secs(60),
            memory: 4 << 30,
            stop: Arc::new(AtomicBool::new(false)),
        };
        let own = Launch::named("none", Vec::new());
        let folder = folder.path();
        let lab = Lab { limits: &limits, folder, own: &own };
        let process =
            |lab: &Lab<'_>| lab.python().map(|python| python.process.id());
        let numbers = |lab: &Lab<'_>| process(lab).map(f64::from);
        let processes = lab.repeat(3, &numbers).unwrap();
        let [a, b, c] = processes[..] else { panic!("{processes:?}") };
        assert!(a != b && b != c && c != a, "{processes:?}");
        limits.stop.store(true, Ordering::Relaxed);
        let stopped = lab.repeat(3, &|_| panic!("a repetition was made"));
        assert_eq!(stopped.unwrap_err(), "the study was interrupted");
    }
}
