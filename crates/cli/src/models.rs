//! The models that are available: those of this program, of CPython, of guests
//! and of the command line.

use crate::args::Selection;
use crate::fail::Fail;
use crate::say::note;
use crate::tree::tree;
use lanes_core::{Entry, Family, Input};
use lanes_measure::foreign::line;
use lanes_measure::guest::{Guest, PREFIX, guests};
use lanes_measure::process::Launch;
use lanes_measure::protocol::{Described, DescribedCell, Grade};
use lanes_suite::{MODELS, find};
use std::fs;

/// A model by its name. Python and guests are not yet asked what they are: that
/// starts a program.
#[derive(Clone)]
pub(crate) struct Known {
    /// The name.
    pub(crate) name: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// Where a model comes from.
#[derive(Clone)]
pub(crate) enum Origin {
    /// This program.
    Suite(&'static Entry),
    /// CPython, which computes in another language.
    Python,
    /// A program that was found.
    Guest(Guest),
    /// A program that was named with `--peer`.
    Peer(Launch),
    /// Builds of Lanes that are compared; what one or the other has.
    Builds(Described),
}

/// A model that its worker has described.
#[derive(Clone)]
pub(crate) struct Model {
    /// The name that its worker knows it by.
    pub(crate) model: String,
    /// The name it is listed by: with a number if it takes part twice.
    pub(crate) name: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// How its worker is started; meaningless if it is missing.
    pub(crate) launch: Launch,
    /// What it is; for a peer of the command line little is known before it is
    /// started.
    pub(crate) described: Described,
    /// Whether [`Described::cells`] are all the cells it has.
    cells_known: bool,
}

/// All models, in the order in which they are listed.
///
/// # Errors
/// [`Fail::Usage`] for a peer with the name of another model.
pub(crate) fn known(selection: &Selection) -> Result<Vec<Known>, Fail> {
    let suite = MODELS.iter().map(|entry| Known {
        name: entry.name.to_owned(),
        origin: Origin::Suite(entry),
    });
    let python = lanes_python::names()
        .into_iter()
        .map(|name| Known { name, origin: Origin::Python });
    let mut known: Vec<Known> = suite.chain(python).collect();
    for guest in guests() {
        // A program on the PATH does not replace a model of this program.
        if known.iter().all(|other| other.name != guest.name) {
            let name = guest.name.clone();
            known.push(Known { name, origin: Origin::Guest(guest) });
        }
    }
    for (name, command) in &selection.peers.all {
        if known.iter().any(|other| other.name == *name) {
            let what = format!("a model is called {name} already");
            return Err(Fail::Usage(format!("--peer {name}: {what}")));
        }
        let launch = Launch::named(&command[0], command[1..].to_vec());
        let name = name.clone();
        known.push(Known { name, origin: Origin::Peer(launch) });
    }
    Ok(known)
}

impl Known {
    /// Whether the model is measured only where it is named: unless it is, the
    /// runtimes and the peers of the command line are.
    pub(crate) fn by_name(&self) -> bool {
        match &self.origin {
            Origin::Suite(entry) => entry.family != Family::Runtime,
            Origin::Builds(described) => find(&described.model)
                .is_some_and(|entry| entry.family != Family::Runtime),
            Origin::Python | Origin::Guest(_) => true,
            Origin::Peer(_) => false,
        }
    }

    /// Asks the model's worker what it is.
    ///
    /// # Errors
    /// If the system does not say where this program is.
    pub(crate) fn ask(&self) -> Result<Model, Fail> {
        let name = || Described { model: self.name.clone(), ..default() };
        Ok(match &self.origin {
            Origin::Suite(entry) => {
                self.model(Described::from(*entry), Launch::own(), true)
            }
            Origin::Peer(launch) => self.model(name(), launch.clone(), false),
            Origin::Builds(described) => {
                self.model(described.clone(), nothing(), true)
            }
            Origin::Python => self.python(name()),
            Origin::Guest(guest) => self.guest(guest, name()),
        })
    }

    fn model(
        &self,
        described: Described,
        launch: Launch,
        cells_known: bool,
    ) -> Model {
        let (model, origin) = (described.model.clone(), self.origin.clone());
        let name = model.clone();
        Model { model, name, origin, launch, described, cells_known }
    }

    fn python(&self, name: Described) -> Model {
        let Some(peer) = lanes_python::peer(&self.name) else {
            let missing = Some("no interpreter has it".into());
            return self.model(Described { missing, ..name }, nothing(), false);
        };
        let described = Described {
            serial: peer.serial,
            nodes: peer.nodes,
            library: peer.library.as_deref().map(line),
            missing: peer.missing.as_deref().map(line),
            source: Some("crates/python".into()),
            cells: peer.cells.iter().filter_map(of_python).collect(),
            ..name
        };
        let cells_known = !described.cells.is_empty();
        let launch = Launch::named(&peer.program, peer.arguments.clone());
        self.model(described, launch, cells_known)
    }

    fn guest(&self, guest: &Guest, name: Described) -> Model {
        match guest.ask() {
            Ok(answer) => {
                answer.notes.iter().for_each(|note| note!("{note}"));
                self.model(answer.model, answer.launch, true)
            }
            Err(why) => {
                let missing = Described { missing: Some(why), ..name };
                self.model(missing, nothing(), false)
            }
        }
    }
}

/// A line for each guest of the source tree that has no program yet, with the
/// command that builds it.
pub(crate) fn not_built() -> Vec<String> {
    let built = guests();
    let mut lines = Vec::new();
    for folder in tree().join("crates").read_dir().into_iter().flatten() {
        let Ok(folder) = folder else { continue };
        let manifest = fs::read_to_string(folder.path().join("Cargo.toml"));
        let manifest = manifest.unwrap_or_default();
        // The name of the program, as its manifest says it.
        let names = manifest.lines().filter_map(|line| {
            line.strip_prefix("name = \"")?.strip_suffix('"')
        });
        let names: Vec<&str> = names.collect();
        let guest = names.iter().find_map(|name| name.strip_prefix(PREFIX));
        let Some(guest) = guest else { continue };
        if built.iter().all(|built| built.name != guest) {
            let package = names[0];
            lines.push(format!(
                "{guest}: a guest that is not built; `cargo build --release \
                 --package {package}` does it"
            ));
        }
    }
    lines.sort_unstable();
    lines
}

impl Model {
    /// The same model, listed by this name.
    pub(crate) fn named(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// Whether it is real CPython, which computes in another language.
    pub(crate) fn is_python(&self) -> bool {
        matches!(self.origin, Origin::Python)
    }

    /// Whether it has one worker, however many are asked for.
    pub(crate) fn serial(&self) -> bool {
        self.described.serial
    }

    /// Why it cannot be started here, if it cannot.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.described.missing.as_deref()
    }

    /// Whether it has a cell for a workload, as far as is known before it runs.
    pub(crate) fn has(&self, workload: &str) -> bool {
        let mut cells = self.described.cells.iter();
        !self.cells_known || cells.any(|cell| cell.workload == workload)
    }

    /// Whether it shows where time goes, and is no choice for a program.
    pub(crate) fn is_exhibit(&self) -> bool {
        matches!(&self.origin, Origin::Suite(entry)
            if entry.family == Family::Exhibit)
    }

    /// Its kind, as a heading.
    pub(crate) fn family(&self) -> &'static str {
        match &self.origin {
            Origin::Suite(entry) => match entry.family {
                Family::Runtime => "What Rust programs choose from",
                Family::Bridge => "Other ways to use tokio",
                Family::Exhibit => "Locks and processes",
                Family::Guest => "Guests",
            },
            Origin::Python => "CPython",
            Origin::Guest(_) => "Guests",
            Origin::Peer(_) => "Peers",
            Origin::Builds(_) => "Builds",
        }
    }
}

fn of_python(cell: &lanes_python::DescribedCell) -> Option<DescribedCell> {
    let fit = match cell.fit.as_str() {
        "natural" => Grade::Natural,
        "possible" => Grade::Possible,
        "unsuitable" => Grade::Unsuitable,
        _ => return None,
    };
    let (workload, reason) = (line(&cell.workload), line(&cell.reason));
    let inputs = match &cell.inputs {
        inputs if inputs.is_empty() => vec![Input::Shipped],
        inputs => inputs.clone(),
    };
    Some(DescribedCell { workload, fit, reason, inputs })
}

fn default() -> Described {
    Described::default()
}

/// A launch that starts nothing.
fn nothing() -> Launch {
    Launch::named("", Vec::new())
}
