//! What the measurements work with: workers in CPython, models of the suite,
//! and repetitions.

use crate::python::Python;
use lanes_core::{Config, Error, Started};
use lanes_measure::process::{Launch, Limits};
use lanes_python::Peer;
use lanes_suite::MODELS;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::sync::atomic::Ordering;

/// How often most ratios are measured: an interval of 95 % then leaves out the
/// largest and the smallest, and holds the true median with 96 %.
const REPETITIONS: usize = 9;
/// How often a ratio is measured where both cores compute, which other work on
/// the machine disturbs most: the interval leaves out three at each end, and
/// holds with 96 %.
pub(crate) const MORE: usize = 15;

/// The repetitions of a ratio, or why there are none.
pub(crate) type Samples = Result<Vec<f64>, String>;

/// What the measurements work with.
pub(crate) struct Lab<'a> {
    /// What workers may use.
    pub(crate) limits: &'a Limits,
    /// Where their temporary files go.
    pub(crate) folder: &'a Path,
    /// How the workers of this program's own models are started.
    pub(crate) own: &'a Launch,
    /// Workers in CPython that several claims of a group use, by peer.
    pythons: BTreeMap<String, Result<Python, String>>,
    /// Numbers that several claims of a group use, by what they are.
    shared: BTreeMap<String, Samples>,
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

impl<'a> Lab<'a> {
    pub(crate) fn new(
        limits: &'a Limits,
        folder: &'a Path,
        own: &'a Launch,
    ) -> Self {
        let (pythons, shared) = Default::default();
        Self { limits, folder, own, pythons, shared }
    }

    /// Ends the workers and forgets the numbers of the last group.
    pub(crate) fn clear(&mut self) {
        self.pythons.clear();
        self.shared.clear();
    }

    /// Repeats a measurement [`REPETITIONS`] times.
    pub(crate) fn repeat<E: Display>(
        &self,
        once: impl FnMut() -> Result<f64, E>,
    ) -> Samples {
        repeat(self.limits, once)
    }

    /// Repeats a measurement, unless the study is interrupted.
    pub(crate) fn times<T, E: Display>(
        &self,
        count: usize,
        once: impl FnMut() -> Result<T, E>,
    ) -> Result<Vec<T>, String> {
        times(self.limits, count, once)
    }

    /// Repeats a measurement [`REPETITIONS`] times in the first Python.
    pub(crate) fn in_python(
        &mut self,
        mut once: impl FnMut(&mut Python) -> Result<f64, String>,
    ) -> Samples {
        let limits = self.limits;
        let python = self.python()?;
        repeat(limits, || once(python))
    }

    /// The worker that runs exhibits in the first Python.
    pub(crate) fn python(&mut self) -> Result<&mut Python, String> {
        self.python_of(peer("python-sequential")?)
    }

    /// The worker of a serial peer: the same one for all claims of a group.
    pub(crate) fn python_of(
        &mut self,
        peer: &Peer,
    ) -> Result<&mut Python, String> {
        let (folder, limits) = (self.folder, self.limits);
        let start = || Python::start(peer, 1, folder, limits);
        let python = self.pythons.entry(peer.name.clone());
        python.or_insert_with(start).as_mut().map_err(|why| why.clone())
    }

    /// A new worker of a model in the first Python.
    pub(crate) fn start_python(
        &self,
        model: &str,
        workers: usize,
    ) -> Result<Python, String> {
        Python::start(peer(model)?, workers, self.folder, self.limits)
    }

    /// Numbers that are measured when the first claim needs them.
    pub(crate) fn shared(
        &mut self,
        what: String,
        measure: impl FnOnce(&mut Self) -> Samples,
    ) -> Samples {
        if let Some(known) = self.shared.get(&what) {
            return known.clone();
        }
        let measured = measure(self);
        self.shared.insert(what, measured.clone());
        measured
    }
}

/// See [`Lab::repeat`].
pub(crate) fn repeat<E: Display>(
    limits: &Limits,
    once: impl FnMut() -> Result<f64, E>,
) -> Samples {
    times(limits, REPETITIONS, once)
}

fn times<T, E: Display>(
    limits: &Limits,
    count: usize,
    mut once: impl FnMut() -> Result<T, E>,
) -> Result<Vec<T>, String> {
    let again = |_| match limits.stop.load(Ordering::Relaxed) {
        true => Err("the study was interrupted".into()),
        false => once().map_err(words),
    };
    (0..count).map(again).collect()
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
