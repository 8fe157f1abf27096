//! Which peers there are: each model in each interpreter that is named.

use crate::archive;
use crate::interpreter::{DescribedCell, Interpreter};
use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;

/// The models that the worker can be, in the order in which they are listed.
pub const MODELS: [&str; 9] = [
    "python-sequential",
    "python-threads",
    "python-thread-pool",
    "python-process-pool",
    "python-asyncio",
    SUBINTERPRETERS,
    "python-interpreter-pool",
    "python-dask",
    "python-ray",
];

const SUBINTERPRETERS: &str = "python-subinterpreters";

/// The models that have one worker, however many are asked for. The worker says
/// so, too, but not where there is no interpreter for it.
const SERIAL: [&str; 2] = ["python-sequential", "python-asyncio"];

/// Where interpreters are named: a list as in `PATH`, of programs or paths.
pub const VARIABLE: &str = "LANES_PYTHON";

/// The program that is asked if the variable names none.
const USUAL: &str = "python3";

/// A model in an interpreter, as a worker that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The name that the worker is asked to be: that of the model, and for all
    /// interpreters but the first the interpreter, as in `python-threads@3.13`.
    pub name: String,
    /// The model, one of [`MODELS`].
    pub model: &'static str,
    /// The interpreter.
    pub program: PathBuf,
    /// Its arguments: the worker is among them, as a path that is there as long
    /// as this process is.
    pub arguments: Vec<String>,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// Whether its workers are processes that know each other over a network.
    pub nodes: bool,
    /// The interpreter in words, as in `CPython 3.13.0`, if it is here.
    pub library: Option<String>,
    /// Why it cannot be started, if it cannot.
    pub missing: Option<String>,
    /// The workloads that it runs, and how well that fits, in the order of its
    /// source; none if the interpreter is not here.
    pub cells: Vec<DescribedCell>,
}

/// All models in all interpreters that are named: a peer for each, those of
/// the first interpreter that is here under the plain names. Peers of
/// interpreters that are not here say why.
///
/// The first call starts each interpreter once, all at the same time, and waits
/// for the slowest, at most five seconds; see [`names`] for what costs less.
pub fn peers() -> &'static [Peer] {
    static PEERS: OnceLock<Vec<Peer>> = OnceLock::new();
    PEERS.get_or_init(|| peers_of(found()))
}

/// The names of all [`peers`], in the same order.
///
/// No interpreter is started for this unless several are named: those of one
/// are known beforehand.
pub fn names() -> Vec<String> {
    match programs()[..] {
        [_] => MODELS.map(String::from).to_vec(),
        _ => peers().iter().map(|peer| peer.name.clone()).collect(),
    }
}

/// The peer of a name; for any other name no interpreter is started unless
/// several are named.
pub fn peer(name: &str) -> Option<&'static Peer> {
    let known = names().iter().any(|known| known == name);
    let mut peers = known.then(peers)?.iter();
    peers.find(|peer| peer.name == name)
}

/// The interpreters that are here, the first one first. The first call costs
/// what [`peers`] costs.
pub fn interpreters() -> &'static [Interpreter] {
    static HERE: OnceLock<Vec<Interpreter>> = OnceLock::new();
    HERE.get_or_init(|| {
        let found = found().iter().map(|(_, found)| found.clone());
        found.filter_map(Result::ok).collect()
    })
}

/// Whether a peer's workers have a GIL each within one process: it is
/// `python-subinterpreters`, in an interpreter that has them.
pub fn has_own_gil(peer: &Peer) -> bool {
    peer.model == SUBINTERPRETERS && peer.missing.is_none()
}

/// What was named, and the interpreter there or why there is none.
type Found = (String, Result<Interpreter, String>);

/// The programs that are named; there is at least one.
fn programs() -> Vec<PathBuf> {
    let named = env::var_os(VARIABLE).unwrap_or_default();
    let mut named: Vec<PathBuf> = env::split_paths(&named).collect();
    named.retain(|program| !program.as_os_str().is_empty());
    if named.is_empty() {
        named.push(USUAL.into());
    }
    named
}

fn found() -> &'static [Found] {
    static FOUND: OnceLock<Vec<Found>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let programs = programs();
        thread::scope(|scope| {
            let asked: Vec<_> = programs
                .iter()
                .map(|named| {
                    let thread = thread::Builder::new();
                    thread.spawn_scoped(scope, || Interpreter::ask(named))
                })
                .collect();
            let answers = asked.into_iter().map(|asked| {
                let asked = asked.map_err(|error| {
                    format!("a thread that asks it: {error}")
                })?;
                asked.join().unwrap_or_else(|_| Err("asking failed".into()))
            });
            let names = programs.iter().map(|p| p.display().to_string());
            names.zip(answers).collect()
        })
    })
}

fn peers_of(found: &[Found]) -> Vec<Peer> {
    let mut labels: Vec<String> = Vec::new();
    let first = found.iter().position(|(_, found)| found.is_ok()).unwrap_or(0);
    let mut peers = Vec::new();
    // The plain names come first, whatever was named before.
    let (before, from) = found.split_at(first);
    for (index, (named, found)) in from.iter().chain(before).enumerate() {
        let label = match index {
            0 => String::new(),
            _ => format!("@{}", unused(&mut labels, named, found)),
        };
        let made = |model| made(model, &label, named, found);
        peers.extend(MODELS.map(made));
    }
    peers
}

/// How a further interpreter is called: by as much of its version as no
/// other has, or as it was named, if it is not here.
fn unused(
    labels: &mut Vec<String>,
    named: &str,
    found: &Result<Interpreter, String>,
) -> String {
    let [short, long] = match found {
        Ok(found) => [found.minor(), found.label()],
        Err(_) => {
            let name = named.rsplit('/').next().unwrap_or(named);
            [name.to_owned(), named.to_owned()]
        }
    };
    let numbered = (2..).map(|number| format!("{long}-{number}"));
    let mut all = [short, long.clone()].into_iter().chain(numbered);
    let free = all.find(|label| !labels.contains(label));
    let label = free.expect("there is always another number");
    labels.push(label.clone());
    label
}

fn made(
    model: &'static str,
    label: &str,
    named: &str,
    found: &Result<Interpreter, String>,
) -> Peer {
    let mut peer = Peer {
        name: format!("{model}{label}"),
        model,
        program: named.into(),
        arguments: Vec::new(),
        serial: SERIAL.contains(&model),
        nodes: false,
        library: None,
        missing: None,
        cells: Vec::new(),
    };
    match found {
        Ok(found) => {
            peer.program.clone_from(&found.program);
            let mut described = found.models.iter();
            match described.find(|described| described.model == model) {
                Some(described) => {
                    peer.serial = described.serial;
                    peer.nodes = described.nodes;
                    peer.library = Some(described.library.clone());
                    peer.missing.clone_from(&described.missing);
                    peer.cells.clone_from(&described.cells);
                }
                None => {
                    let why = "not here, because its worker has no such model";
                    peer.missing = Some(why.into());
                }
            }
        }
        Err(why) => peer.missing = Some(format!("not here, because {why}")),
    }
    // Without it no interpreter can have answered.
    if let Ok(archive) = archive::path() {
        peer.arguments = ["-I", archive].map(String::from).to_vec();
    }
    peer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::DescribedModel;

    /// An interpreter whose models run one workload each.
    fn here(version: &str, free_threaded: bool) -> Found {
        let (version, program) = (version.to_owned(), "python3".into());
        let described = |model: &str| DescribedModel {
            model: model.to_owned(),
            serial: model == "python-sequential",
            nodes: ["python-dask", "python-ray"].contains(&model),
            library: format!("CPython {version}"),
            missing: (model == SUBINTERPRETERS && version.starts_with("3.8"))
                .then(|| "not here, because it is old".to_owned()),
            cells: vec![DescribedCell {
                workload: "max".into(),
                fit: "natural".into(),
                reason: format!("{model} was made for it"),
                inputs: Vec::new(),
            }],
        };
        let models = MODELS.map(described).to_vec();
        let built_without = free_threaded;
        let found = Interpreter {
            program,
            version,
            free_threaded,
            built_without,
            models,
        };
        ("python3".into(), Ok(found))
    }

    fn names(peers: &[Peer]) -> Vec<&str> {
        peers.iter().step_by(MODELS.len()).map(|peer| &*peer.name).collect()
    }

    #[test]
    fn the_first_interpreter_has_the_plain_names() {
        let found = [
            ("/opt/none".into(), Err("it died".into())),
            here("3.11.7", false),
            here("3.13.0", false),
            here("3.13.0", true),
            here("3.13.1", false),
            here("3.13.1", false),
        ];
        let peers = peers_of(&found);
        let expected = [
            "python-sequential",
            "python-sequential@3.13",
            "python-sequential@3.13t",
            "python-sequential@3.13.1",
            "python-sequential@3.13.1-2",
            "python-sequential@none",
        ];
        assert_eq!(names(&peers), expected);
        assert_eq!(peers.len(), 6 * MODELS.len());
        for (peer, model) in peers.iter().zip(MODELS.iter().cycle()) {
            assert_eq!(peer.model, *model);
            assert!(peer.name.starts_with(model));
            assert_eq!(peer.arguments[..1], ["-I"]);
        }
        let reason = |peer: &Peer| peer.cells[0].reason.clone();
        let mut of = peers.chunks(MODELS.len());
        let second = of.nth(1).unwrap();
        assert_eq!(reason(&second[1]), "python-threads was made for it");
        assert_eq!(second[1].library.as_deref(), Some("CPython 3.13.0"));
        let (here, none) = peers.split_at(5 * MODELS.len());
        assert!(here.iter().all(|peer| peer.missing.is_none()));
        assert!(none.iter().all(|peer| peer.cells.is_empty()));
        let why = none[0].missing.as_deref();
        assert_eq!(why, Some("not here, because it died"));
    }

    #[test]
    fn without_an_interpreter_the_plain_names_say_why() {
        let found = [("python3".into(), Err("it is not there".into()))];
        let peers = peers_of(&found);
        assert_eq!(names(&peers), ["python-sequential"]);
        let why = Some("not here, because it is not there".to_owned());
        assert!(peers.iter().all(|peer| peer.missing == why));
        assert!(!peers.iter().any(has_own_gil));
        let serial = peers.iter().filter(|peer| peer.serial);
        assert!(serial.map(|peer| peer.model).eq(SERIAL));
    }

    #[test]
    fn what_the_worker_lacks_is_missing() {
        for (version, has) in [("3.8.18", false), ("3.12.0", true)] {
            let peers = peers_of(&[here(version, false)]);
            let missing = peers.iter().filter(|peer| peer.missing.is_some());
            assert_eq!(missing.count(), usize::from(!has));
            assert_eq!(peers.iter().any(has_own_gil), has, "{version}");
        }
    }
    #[test]
    fn a_model_that_a_worker_does_not_describe_is_missing() {
        let (named, found) = here("3.13.0", false);
        let mut found = found.unwrap();
        found.models.truncate(1);
        let peers = peers_of(&[(named, Ok(found))]);
        let missing = peers.iter().map(|peer| peer.missing.is_some());
        assert!(missing.eq((0..MODELS.len()).map(|place| place > 0)));
    }
}
