//! Guests as people have them: good ones, and those that something is wrong
//! with, of which one line says so while everything else works.

use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A guest that answers its one request, about itself, with this line.
fn answering(line: &str) -> String {
    format!("#!/bin/sh\nread -r request <&0\nprintf '%s\\n' '{line}' >&0\n")
}

fn described(protocol: u32, model: &str, workload: &str) -> String {
    let cell = json!({
        "workload": workload, "fit": "natural", "reason": "it may",
    });
    let model = json!({"model": model, "unknown": 1, "cells": [cell]});
    let describe = json!({"protocol": protocol, "models": [model]});
    answering(&json!({"describe": describe}).to_string())
}

fn put(folder: &Path, name: &str, script: &str, mode: u32) {
    let path = folder.join(format!("lanes-worker-{name}"));
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The command, with these folders before all others on the PATH.
fn lanes(folders: &[&TempDir], arguments: &[&str]) -> Output {
    let mut path = OsString::new();
    for folder in folders {
        path.push(folder.path());
        path.push(":");
    }
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Command::new(env!("CARGO_BIN_EXE_lanes"))
        .args(arguments)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What `list` and `doctor` print, which both succeed.
fn shown(folders: &[&TempDir]) -> [String; 2] {
    [&["list"][..], &["doctor", "--no-noise"]].map(|arguments| {
        let output = lanes(folders, arguments);
        let printed = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{printed}");
        printed
    })
}

/// In both there is one line that has all of these words.
fn both_say(printed: &[String; 2], words: &[&str]) {
    for printed in printed {
        let has = |line: &&str| words.iter().all(|word| line.contains(word));
        let count = printed.lines().filter(has).count();
        assert_eq!(count, 1, "{words:?} in {printed}");
    }
}

#[test]
fn a_guest_that_cannot_be_used_is_one_line_and_all_else_works() {
    let [first, second] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let good = described(1, "good", "fib");
    put(first.path(), "good", &good, 0o755);
    put(first.path(), "plain", &good, 0o644);
    put(first.path(), "newer", &described(2, "newer", "fib"), 0o755);
    put(first.path(), "strange", &described(1, "strange", "sudoku"), 0o755);
    put(first.path(), "other", &described(1, "another", "fib"), 0o755);
    put(first.path(), "hung", "#!/bin/sh\nexec sleep 30\n", 0o755);
    put(first.path(), "gone", "#!/bin/sh\necho bye >&2\nexit 7\n", 0o755);
    put(first.path(), "prose", &answering("good morning"), 0o755);
    put(first.path(), "lost", "#!/no/such/program\n", 0o755);
    put(first.path(), "twice", &good, 0o755);
    put(second.path(), "twice", &good, 0o755);
    let folders = [&first, &second];

    let printed = shown(&folders);
    both_say(&printed, &["plain", "is not executable"]);
    both_say(&printed, &["newer", "speaks protocol 2"]);
    both_say(&printed, &["strange", "the catalogue has no", "sudoku"]);
    both_say(&printed, &["other", "another name", "another"]);
    both_say(&printed, &["hung", "no reply in 2s"]);
    both_say(&printed, &["gone", "exit status: 7", "bye"]);
    both_say(&printed, &["prose", "good morning"]);
    both_say(&printed, &["lost", "No such file"]);
    let [first_twice, second_twice] = folders.map(|folder| {
        let path = folder.path().canonicalize().unwrap();
        path.join("lanes-worker-twice").display().to_string()
    });
    both_say(&printed, &["twice", &first_twice, &second_twice]);

    let arguments = ["list", "fib/good", "fib/rayon", "--format=json"];
    let output = lanes(&folders, &arguments);
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cells = listed[0]["cells"].as_array().unwrap();
    let cell = |at: usize, key: &str| cells[at][key].as_str().unwrap();
    assert_eq!((cell(0, "model"), cells.len()), ("rayon", 2));
    assert_eq!((cell(1, "model"), cell(1, "reason")), ("good", "it may"));

    let arguments = ["check", "fib/sequential", "--workers=1"];
    let output = lanes(&folders, &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    // A cell that a guest has not is none, and a broken guest fails where it is
    // named.
    let output = lanes(&folders, &["run", "max/good"]);
    assert_eq!(output.status.code(), Some(4));
    let why = text(&output.stderr);
    assert!(why.contains("good has fib"), "{why}");
    let output = lanes(&folders, &["run", "fib", "--models=hung"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("hung: "));
}

#[test]
fn a_worker_that_only_answers_is_shown_and_never_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worker.py");
    let honest = fs::read_to_string(worker).unwrap();
    let only = r#""answers_only": True, "protocol": 1"#;
    let answers = honest.replacen(r#""protocol": 1"#, only, 1);
    assert!(answers.contains(only));
    let path = folder.path().join("worker.py");
    fs::write(&path, answers).unwrap();
    let peer = format!("--peer=py=python3 '{}'", path.display());
    let results = folder.path().join("results.json");
    let output = lanes(
        &[&folder],
        &[
            "run",
            "fib",
            "--models=sequential,py",
            "--items=10",
            "--rounds=5",
            "--workers=1",
            &peer,
            "--output",
            results.to_str().unwrap(),
        ],
    );
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    let shown = "py with 1: only answers, so it is not ranked";
    assert!(printed.contains(shown), "{printed}");
    let file: Value =
        serde_json::from_str(&fs::read_to_string(results).unwrap()).unwrap();
    let row = &file["rows"][0];
    assert_eq!(row["contenders"][1]["answers_only"], true);
    let standings = &row["summary"]["groups"][0]["standings"];
    assert_eq!(standings.as_array().unwrap().len(), 1, "{standings}");
}
