//! The command on a bad day: signals, streams that are closed or full, names
//! that nothing has, files that are no files, limits of the system.

mod input;
mod names;
mod signals;
mod streams;
mod system;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything here takes, on a machine that is busy as well.
const PATIENCE: Duration = Duration::from_secs(60);

const SMALL: [&str; 5] = [
    "max",
    "--models=sequential,rayon",
    "--items=1000",
    "--rounds=3",
    "--workers=2",
];

fn lanes(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What it says when it ends with this code.
fn ends(output: &Output, code: i32) -> String {
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    errors
}

/// Waits until something is so.
fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// How a process ends, unless it hangs.
fn ended(child: &mut Child) -> ExitStatus {
    let mut status = None;
    let begin = Instant::now();
    while status.is_none() {
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs");
        }
        status = child.try_wait().unwrap();
        thread::sleep(Duration::from_millis(2));
    }
    status.unwrap()
}

/// A session of a few rounds.
fn session(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let place = path.to_str().unwrap();
    let all = [&["run", "--output", place][..], &SMALL].concat();
    ends(&lanes(&all).output().unwrap(), 0);
    path
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let names = entries.map(|entry| entry.file_name());
    let mut names: Vec<String> =
        names.map(|name| name.into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// A pipe with a name, which nobody writes.
fn fifo(path: &Path) {
    let status = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success());
}

/// A program with this text.
fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
