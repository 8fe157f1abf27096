//! What a program is that is named as an interpreter: it is asked.

use crate::archive;
use lanes_core::Input;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use std::fmt;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// An interpreter that the worker runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// The program.
    pub program: PathBuf,
    /// Its version, as in `3.13.0`.
    pub version: String,
    /// Whether it has no GIL.
    pub free_threaded: bool,
    /// Whether it was built to run without one: its GIL may be on all the same.
    pub built_without: bool,
    /// What its worker says of the models.
    pub(crate) models: Vec<DescribedModel>,
}

/// A model, as the worker describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct DescribedModel {
    pub(crate) model: String,
    pub(crate) serial: bool,
    /// Whether its workers know each other over a network.
    #[serde(default)]
    pub(crate) nodes: bool,
    pub(crate) library: String,
    pub(crate) missing: Option<String>,
    pub(crate) cells: Vec<DescribedCell>,
}

/// How well a model suits a workload, as the worker describes it. A workload
/// that a model has no cell for is one that it does not run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DescribedCell {
    /// The workload.
    pub workload: String,
    /// `natural`, `possible` or `unsuitable`.
    pub fit: String,
    /// Why, in one sentence.
    pub reason: String,
    /// Where its input may be, for a model with nodes; empty where that is
    /// with the process that sends it.
    #[serde(default)]
    pub inputs: Vec<Input>,
}

/// The line that a program prints which runs the worker.
#[derive(Deserialize)]
struct Line {
    describe: Described,
}

#[derive(Deserialize)]
struct Described {
    models: Vec<DescribedModel>,
    interpreter: Identity,
}

#[derive(Deserialize)]
struct Identity {
    implementation: String,
    version: String,
    gil: bool,
    /// Whether it is a free-threaded build.
    #[serde(default)]
    free_threaded: bool,
    /// The interpreter itself, which may have been started by another program.
    program: Option<PathBuf>,
}

/// How long an interpreter may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of what it says.
const MOST_BYTES: u64 = 1 << 20;
/// How often a program is looked at after it has closed its output.
const TICK: Duration = Duration::from_millis(5);

/// The oldest version that the worker is written for.
const OLDEST: [u32; 2] = [3, 8];

impl Interpreter {
    /// Asks a program what it is, and what its models are: it is started once.
    ///
    /// # Errors
    /// Why the worker does not run in it, in words that follow "because".
    pub(crate) fn ask(program: &Path) -> Result<Self, String> {
        Self::ask_within(program, PATIENCE)
    }

    fn ask_within(program: &Path, patience: Duration) -> Result<Self, String> {
        let wrong = |what: &str| format!("{} {what}", program.display());
        let said = say(program, patience).map_err(|what| wrong(&what))?;
        let garbage = || {
            let start: String = said.trim().chars().take(40).collect();
            wrong(&format!("does not say what it is, but {start:?}"))
        };
        let line = said.lines().last().ok_or_else(garbage)?;
        let line = serde_json::from_str(line).map_err(|_| garbage())?;
        let Line { describe: Described { models, interpreter } } = line;
        let Identity { implementation, version, gil, .. } = interpreter;
        let free_threaded = !gil;
        let built_without = interpreter.free_threaded || free_threaded;
        let numbers = numbers(&version).ok_or_else(garbage)?;
        // It is printed as it is.
        if !is_plain(&version) {
            return Err(garbage());
        }
        if implementation != "cpython" {
            let what = format!("is {implementation}, which is another machine");
            return Err(wrong(&what));
        }
        if numbers < OLDEST {
            let what = format!("is Python {version}, older than 3.8");
            return Err(wrong(&what));
        }
        // Not what started it: that may be a script, which takes its time.
        let own = interpreter.program.filter(|own| own.is_absolute());
        let program = own.unwrap_or_else(|| program.to_owned());
        Ok(Self { program, version, free_threaded, built_without, models })
    }

    /// The version's first two numbers, as in `3.13` or, of a free-threaded
    /// build, `3.13t`.
    pub(crate) fn minor(&self) -> String {
        let [major, minor] = numbers(&self.version).unwrap_or_default();
        format!("{major}.{minor}{}", self.mark())
    }

    /// The whole version, with a `t` if it is a free-threaded build.
    pub(crate) fn label(&self) -> String {
        format!("{}{}", self.version, self.mark())
    }

    fn mark(&self) -> &'static str {
        if self.built_without { "t" } else { "" }
    }
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gil = match (self.free_threaded, self.built_without) {
            (true, _) => " without a GIL",
            (false, true) => ", free-threaded, with its GIL on",
            (false, false) => "",
        };
        write!(f, "CPython {}{gil}", self.version)
    }
}

fn is_plain(version: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".+-_".contains(c);
    version.len() <= 40 && version.chars().all(plain)
}

fn numbers(version: &str) -> Option<[u32; 2]> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some([numbers.next()??, numbers.next()??])
}

/// What a program prints that is asked to run the worker.
fn say(program: &Path, patience: Duration) -> Result<String, String> {
    let archive = archive::path()
        .map_err(|why| format!("cannot be given the worker: {why}"))?;
    let mut child = Command::new(program)
        // What `-I` stands for, which came with 3.4.
        .args(["-E", "-s", archive, "describe"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("does not start: {error}"))?;
    let said = listen(&mut child, patience);
    // With what it may have started, which may hold its output.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let _ = child.wait();
    said
}

fn listen(child: &mut Child, patience: Duration) -> Result<String, String> {
    let deadline = Instant::now() + patience;
    let silent = || format!("does not answer in {patience:?}");
    let output = child.stdout.take().expect("it is piped");
    let (to, from) = mpsc::channel();
    let reader = thread::Builder::new().name("python-asks".into());
    let read = move || {
        let mut said = Vec::new();
        let read = output.take(MOST_BYTES).read_to_end(&mut said);
        // After the deadline the other end is gone.
        let _ = to.send(read.map(|_| said));
    };
    // It ends when the program does, which is killed at the latest.
    reader.spawn(read).map_err(|error| error.to_string())?;
    let said = match from.recv_timeout(patience) {
        Ok(said) => said.map_err(|error| error.to_string())?,
        Err(RecvTimeoutError::Timeout) => return Err(silent()),
        Err(RecvTimeoutError::Disconnected) => {
            return Err("cannot be listened to".into());
        }
    };
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => break,
            Some(status) => return Err(format!("ends with {status}")),
            None if Instant::now() > deadline => return Err(silent()),
            None => thread::sleep(TICK),
        }
    }
    Ok(String::from_utf8_lossy(&said).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// The answer of a program that is this shell script.
    fn fake(script: &str) -> Result<Interpreter, String> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("python3");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&program, mode).unwrap();
        let patience = Duration::from_secs(1);
        let mut found = Interpreter::ask_within(&program, patience);
        // Another test's fork may hold the script open for a moment.
        for _ in 0..20 {
            match &found {
                Err(why) if why.contains("busy") => {
                    thread::sleep(Duration::from_millis(20));
                    found = Interpreter::ask_within(&program, patience);
                }
                _ => break,
            }
        }
        found
    }

    fn why(script: &str) -> String {
        fake(script).unwrap_err()
    }

    /// A script that prints what such an interpreter would.
    fn says(implementation: &str, version: &str, program: Value) -> String {
        let line = json!({"describe": {"models": [], "interpreter": {
            "implementation": implementation, "version": version,
            "gil": version != "3.13.0", "program": program,
        }}});
        format!("echo '{line}'")
    }

    #[test]
    fn an_interpreter_says_what_it_is() {
        let program = json!("/opt/a b/python3");
        let found = fake(&says("cpython", "3.13.0", program)).unwrap();
        assert_eq!(found.program, Path::new("/opt/a b/python3"));
        assert_eq!((&*found.version, found.free_threaded), ("3.13.0", true));
        assert_eq!(found.to_string(), "CPython 3.13.0 without a GIL");
        for program in [json!(null), json!(""), json!("python3")] {
            let says = says("cpython", "3.8.1", program);
            let found = fake(&format!("echo a greeting; {says}")).unwrap();
            assert!(!found.free_threaded);
            assert!(found.program.ends_with("python3"));
            assert!(found.program.is_absolute());
        }
    }

    #[test]
    fn a_free_threaded_build_is_named_with_and_without_its_gil() {
        for (gil, words) in [
            (false, "CPython 3.14.0 without a GIL"),
            (true, "CPython 3.14.0, free-threaded, with its GIL on"),
        ] {
            let line = json!({"describe": {"models": [], "interpreter": {
                "implementation": "cpython", "version": "3.14.0", "gil": gil,
                "free_threaded": true, "program": null,
            }}});
            let found = fake(&format!("echo '{line}'")).unwrap();
            assert_eq!(found.free_threaded, !gil);
            assert_eq!(
                (&*found.minor(), &*found.label()),
                ("3.14t", "3.14.0t")
            );
            assert_eq!(found.to_string(), words);
        }
    }

    #[test]
    fn what_is_no_interpreter_of_ours_says_why() {
        let none = Interpreter::ask(Path::new("/no/such/python3"));
        assert!(none.unwrap_err().contains("does not start"));
        let old = why(&says("cpython", "3.7.16", json!(null)));
        assert!(old.contains("is Python 3.7.16, older than 3.8"), "{old}");
        let other = why(&says("pypy", "3.10.14", json!(null)));
        assert!(other.contains("is pypy"), "{other}");
        assert!(why("exit 3").contains("exit status: 3"));
        assert!(why("kill -9 $$").contains("signal: 9"));
        for script in ["", "echo hello", "echo {}", "cat /dev/zero"] {
            let why = why(script);
            let garbage = why.contains("does not say what it is");
            assert!(garbage || why.contains("ends with"), "{script}: {why}");
        }
        let word = why(&says("cpython", "three", json!(null)));
        assert!(word.contains("does not say"), "{word}");
    }

    #[test]
    fn one_that_never_answers_is_left_with_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", note.display());
        let begin = Instant::now();
        let silent = why(&script);
        assert!(silent.contains("does not answer in 1s"), "{silent}");
        assert!(begin.elapsed() >= Duration::from_secs(1));
        let child = fs::read_to_string(note).unwrap();
        let status = format!("/proc/{}/stat", child.trim());
        // Once killed it may wait for the process that adopted it.
        let gone = || {
            let stat = fs::read_to_string(&status).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        while !gone() {
            assert!(begin.elapsed() < Duration::from_secs(20));
            thread::sleep(TICK);
        }
    }
}
