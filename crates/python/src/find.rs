//! Which interpreters are here: each program that is named is asked.

use crate::SUBINTERPRETERS;
use rustix::process::{Pid, Signal, kill_process_group};
use std::fmt;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// An interpreter that the worker script runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// The program.
    pub program: PathBuf,
    /// Its version, as in `3.13.0`.
    pub version: String,
    /// Whether it has no GIL.
    pub free_threaded: bool,
}

/// How long an interpreter may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read of what it says.
const MOST_BYTES: u64 = 4096;
/// How often a program is looked at that has closed its output.
const TICK: Duration = Duration::from_millis(5);

/// One line that no other program prints: mark, implementation, version, GIL,
/// and the program itself, which may have been started by another one. Python 2
/// understands it too, to say that it is one.
const QUESTION: &str = "\
import sys
gil = getattr(sys, '_is_gil_enabled', lambda: True)()
version = '.'.join(map(str, sys.version_info[:3]))
name = getattr(getattr(sys, 'implementation', None), 'name', 'cpython')
words = ['lanes', name, version, str(int(gil)), sys.executable]
sys.stdout.write(' '.join(words) + '\\n')
";

/// The oldest version that the script is written for.
const OLDEST: [u32; 2] = [3, 8];
/// The oldest version whose interpreters can have a GIL each.
const OWN_GILS: [u32; 2] = [3, 12];

impl Interpreter {
    /// Asks a program what it is.
    ///
    /// # Errors
    /// Why it is none that the script runs in, in words that follow "because".
    pub(crate) fn ask(program: &Path) -> Result<Self, String> {
        Self::ask_within(program, PATIENCE)
    }

    fn ask_within(program: &Path, patience: Duration) -> Result<Self, String> {
        let said = say(program, patience)
            .map_err(|what| format!("{} {what}", program.display()))?;
        let wrong = |what: &str| format!("{} {what}", program.display());
        let garbage = || {
            let start: String = said.trim().chars().take(40).collect();
            wrong(&format!("does not say what it is, but {start:?}"))
        };
        let line = said.lines().last().and_then(|l| l.strip_prefix("lanes "));
        let mut words = line.ok_or_else(garbage)?.splitn(4, ' ');
        let mut word = || words.next().ok_or_else(garbage);
        let (name, version, gil) = (word()?, word()?, word()?);
        let own = word()?;
        let numbers = numbers(version).ok_or_else(garbage)?;
        if name != "cpython" {
            let what = format!("is {name}, which is another machine");
            return Err(wrong(&what));
        }
        if numbers < OLDEST {
            let what = format!("is Python {version}, older than 3.8");
            return Err(wrong(&what));
        }
        // Not what started it: that may be a script, which takes its time.
        let program = if Path::new(own).is_absolute() {
            PathBuf::from(own)
        } else {
            program.to_owned()
        };
        let (version, free_threaded) = (version.to_owned(), gil == "0");
        Ok(Self { program, version, free_threaded })
    }

    /// The version's first two numbers, as in `3.13` or, without a GIL, `3.13t`.
    pub(crate) fn minor(&self) -> String {
        let [major, minor] = numbers(&self.version).unwrap_or_default();
        format!("{major}.{minor}{}", self.mark())
    }

    /// The whole version, with a `t` if it has no GIL.
    pub(crate) fn label(&self) -> String {
        format!("{}{}", self.version, self.mark())
    }

    fn mark(&self) -> &'static str {
        if self.free_threaded { "t" } else { "" }
    }

    /// Why it cannot be this model, if it cannot.
    pub(crate) fn lacks(&self, model: &str) -> Option<String> {
        let version = &self.version;
        let old = numbers(version).is_none_or(|numbers| numbers < OWN_GILS);
        (model == SUBINTERPRETERS && old).then(|| {
            format!(
                "not here, because Python {version} has one GIL for all its \
                 interpreters, and from 3.12 on each has its own"
            )
        })
    }
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gil = if self.free_threaded { " without a GIL" } else { "" };
        write!(f, "CPython {}{gil}", self.version)
    }
}

fn numbers(version: &str) -> Option<[u32; 2]> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some([numbers.next()??, numbers.next()??])
}

/// What a program answers to the question.
fn say(program: &Path, patience: Duration) -> Result<String, String> {
    let mut child = Command::new(program)
        // What `-I` stands for, which came with 3.4.
        .args(["-E", "-s", "-c", QUESTION])
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
        // Nobody listens any more after the deadline.
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
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// What is found where a program is this shell script.
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

    #[test]
    fn an_interpreter_says_what_it_is() {
        let found = fake("echo lanes cpython 3.13.0 0 '/opt/a b/python3'");
        let found = found.unwrap();
        assert_eq!(found.program, Path::new("/opt/a b/python3"));
        assert_eq!((&*found.version, found.free_threaded), ("3.13.0", true));
        assert_eq!(found.to_string(), "CPython 3.13.0 without a GIL");
        let found = fake("echo a greeting; echo lanes cpython 3.8.1 1 python3");
        let found = found.unwrap();
        assert!(!found.free_threaded);
        assert!(found.program.ends_with("python3"));
        assert!(found.program.is_absolute());
    }

    #[test]
    fn what_is_none_is_told_apart() {
        let none = Interpreter::ask(Path::new("/no/such/python3"));
        assert!(none.unwrap_err().contains("does not start"));
        let old = why("echo lanes cpython 3.7.16 1 /usr/bin/python3");
        assert!(old.contains("is Python 3.7.16, older than 3.8"), "{old}");
        let other = why("echo lanes pypy 3.10.14 1 /usr/bin/pypy3");
        assert!(other.contains("is pypy"), "{other}");
        assert!(why("exit 3").contains("exit status: 3"));
        assert!(why("kill -9 $$").contains("signal: 9"));
        for script in ["", "echo hello", "echo lanes cpython", "cat /dev/zero"]
        {
            let why = why(script);
            let garbage = why.contains("does not say what it is");
            assert!(garbage || why.contains("ends with"), "{script}: {why}");
        }
        let word = why("echo lanes cpython three 1 python3");
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
        // Killed, it may wait for whoever adopted it.
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
