//! Real CPython as a peer: one worker script, six models.
//!
//! The script `worker.py` lies beside this file and is read beside the Rust
//! siblings: a class for each model, with a method for each workload. It is
//! compiled into the program and handed to an interpreter as an argument, so
//! that no file has to be found; it speaks the protocol of the measuring
//! process, as any worker does.

mod find;
mod fit;

pub use find::Interpreter;
pub use fit::fit;

use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The models that the script can be, in the order in which they are listed.
pub const MODELS: [&str; 6] = [
    "python-sequential",
    "python-threads",
    "python-thread-pool",
    "python-process-pool",
    "python-asyncio",
    SUBINTERPRETERS,
];

const SUBINTERPRETERS: &str = "python-subinterpreters";

/// Where interpreters are named: a list as in `PATH`, of programs or paths.
pub const VARIABLE: &str = "LANES_PYTHON";

/// What is looked for if the variable names none.
const USUAL: &str = "python3";

/// The script; small enough for one argument, which the system bounds.
const SCRIPT: &str = include_str!("worker.py");

/// A model in an interpreter, as a worker that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The name that the worker is asked to be: that of the model, and for all
    /// interpreters but the first which one it is, as in `python-threads@3.13`.
    pub name: String,
    /// The model, one of [`MODELS`].
    pub model: &'static str,
    /// The interpreter.
    pub program: PathBuf,
    /// Its arguments, the script among them.
    pub arguments: Vec<String>,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// Why it cannot be started, if it cannot.
    pub missing: Option<String>,
}

/// All models in all interpreters that are here: six peers for each, those of the
/// first one under the plain names. Peers of interpreters that are not here say
/// why. Interpreters are looked for once.
pub fn peers() -> &'static [Peer] {
    static PEERS: OnceLock<Vec<Peer>> = OnceLock::new();
    PEERS.get_or_init(|| peers_of(found()))
}

/// The interpreters that are here, the first one first.
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

fn found() -> &'static [Found] {
    static FOUND: OnceLock<Vec<Found>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let named = env::var_os(VARIABLE).unwrap_or_default();
        let mut named: Vec<PathBuf> = env::split_paths(&named).collect();
        named.retain(|program| !program.as_os_str().is_empty());
        if named.is_empty() {
            named.push(USUAL.into());
        }
        let ask = |program: &PathBuf| {
            (program.display().to_string(), Interpreter::ask(program))
        };
        named.iter().map(ask).collect()
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
        let peer = |model| peer(model, &label, named, found);
        peers.extend(MODELS.map(peer));
    }
    peers
}

/// How a further interpreter is called: by its version, as far as that tells
/// interpreters apart, or as it was named, if it is not here.
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

fn peer(
    model: &'static str,
    label: &str,
    named: &str,
    found: &Result<Interpreter, String>,
) -> Peer {
    let (program, missing) = match found {
        Ok(found) => (found.program.clone(), found.lacks(model)),
        Err(why) => (named.into(), Some(format!("not here, because {why}"))),
    };
    let arguments = ["-I", "-c", SCRIPT, model].map(String::from).to_vec();
    Peer {
        name: format!("{model}{label}"),
        model,
        program,
        arguments,
        serial: ["python-sequential", "python-asyncio"].contains(&model),
        missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(version: &str, free_threaded: bool) -> Found {
        let (version, program) = (version.to_owned(), "python3".into());
        let found = Interpreter { program, version, free_threaded };
        ("python3".into(), Ok(found))
    }

    fn names(peers: &[Peer]) -> Vec<&str> {
        peers.iter().step_by(6).map(|peer| &*peer.name).collect()
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
        assert_eq!(peers.len(), 36);
        for (peer, model) in peers.iter().zip(MODELS.iter().cycle()) {
            assert_eq!(peer.model, *model);
            assert!(peer.name.starts_with(model));
            assert_eq!(peer.arguments.last().unwrap(), model);
        }
        let why = peers[30].missing.as_deref();
        assert_eq!(why, Some("not here, because it died"));
        assert!(peers[6..30].iter().all(|peer| peer.missing.is_none()));
    }

    #[test]
    fn without_an_interpreter_the_plain_names_say_why() {
        let found = [("python3".into(), Err("it is not there".into()))];
        let peers = peers_of(&found);
        assert_eq!(names(&peers), ["python-sequential"]);
        let why = Some("not here, because it is not there".to_owned());
        assert!(peers.iter().all(|peer| peer.missing == why));
        assert!(!peers.iter().any(has_own_gil));
    }

    #[test]
    fn interpreters_with_a_gil_each_came_with_3_12() {
        for (version, has) in [("3.8.18", false), ("3.12.0", true)] {
            let peers = peers_of(&[here(version, false)]);
            let missing = peers.iter().filter(|peer| peer.missing.is_some());
            assert_eq!(missing.count(), usize::from(!has));
            assert_eq!(peers.iter().any(has_own_gil), has, "{version}");
        }
    }

    #[test]
    fn the_script_fits_an_argument() {
        // Linux takes 128 KiB, whatever the limit of all arguments together.
        assert!(SCRIPT.len() < 128 * 1024, "{} bytes", SCRIPT.len());
        assert!(!SCRIPT.contains('\0'));
    }

    /// The methods of a class of the script, in order.
    fn methods(class: &str) -> Vec<&str> {
        let begin = format!("\nclass {class}:\n");
        let (_, text) = SCRIPT.split_once(&begin).unwrap();
        let text = text.split("\n\n\n").next().unwrap();
        let name = |line: &'static str| {
            line.strip_prefix("    def ")?.split('(').next()
        };
        text.lines().filter_map(name).collect()
    }

    #[test]
    fn every_model_has_every_workload_in_the_same_order() {
        let workloads = [
            "max", "double", "join", "subtasks", "fetch", "read", "counter",
            "event", "spawn", "fib",
        ];
        for class in [
            "Sequential",
            "Threads",
            "ThreadPool",
            "ProcessPool",
            "Asyncio",
            "Subinterpreters",
        ] {
            let methods = methods(class);
            let first = methods.iter().position(|name| *name == "max").unwrap();
            assert_eq!(methods[first..][..10], workloads, "{class}");
            let (_, text) =
                SCRIPT.split_once(&format!("\nclass {class}:")).unwrap();
            let header = text.split("\"\"\"").nth(1).unwrap();
            let keys = ["- share: ", "- start: ", "- wait: ", "- join: "];
            let places = keys.map(|key| header.find(key));
            assert!(places.is_sorted() && places[0].is_some(), "{class}");
        }
        assert!(SCRIPT.lines().all(|line| line.chars().count() <= 80));
    }
}
