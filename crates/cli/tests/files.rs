//! Files that are there, that come, and that go while a session runs: the
//! program's own, those it writes, and the folder for temporary ones.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn lanes(arguments: &[&str]) -> Command {
    command(Path::new(env!("CARGO_BIN_EXE_lanes")), arguments)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What the command says when it ends with this code.
fn ends(output: &Output, code: i32) -> String {
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    errors
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Waits until the session has written a sample.
fn sampled(path: &Path) {
    let begin = Instant::now();
    let has = || fs::read_to_string(path).is_ok_and(|t| t.contains("wall_ns"));
    while !has() {
        assert!(begin.elapsed() < Duration::from_secs(60), "no samples");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Another process copies it: what this one writes cannot be started while one
/// of its threads starts something else.
fn copied(from: &Path, to: &Path) {
    let status = Command::new("cp").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}

const SMALL: [&str; 4] =
    ["max", "--models=sequential,threads", "--items=1000", "--workers=2"];

/// Starts a session of a copy of the program, changes the copy's file once
/// there are samples, and expects the session to go on as if nothing were.
fn while_it_runs(change: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lanes");
    copied(Path::new(env!("CARGO_BIN_EXE_lanes")), &program);
    let path = folder.path().join("a.json");
    let mut all = vec!["run", "--rounds=40", "--output"];
    all.push(path.to_str().unwrap());
    all.extend(SMALL);
    let child = command(&program, &all).spawn().unwrap();
    sampled(&path);
    change(&program);
    let before = json(&path)["rows"][0]["samples"].as_array().unwrap().len();
    let errors = ends(&child.wait_with_output().unwrap(), 0);
    assert!(!errors.contains("failed"), "{errors}");
    let file = json(&path);
    let row = &file["rows"][0];
    // The visits that followed had fresh processes, of the same image.
    let samples = row["samples"].as_array().unwrap().len();
    assert_eq!(samples, 40 * 3);
    assert!(before < samples, "the session was over: {before}");
    for contender in row["contenders"].as_array().unwrap() {
        assert!(contender["failure"].is_null(), "{contender}");
    }
}

#[test]
fn a_session_goes_on_when_its_program_is_deleted() {
    while_it_runs(|program| fs::remove_file(program).unwrap());
}

#[test]
fn a_session_goes_on_with_its_own_build_when_its_program_is_replaced() {
    while_it_runs(|program| {
        // One that would fail each worker that is started from it.
        let other = program.with_file_name("other");
        copied(Path::new("/bin/false"), &other);
        fs::rename(other, program).unwrap();
    });
}
