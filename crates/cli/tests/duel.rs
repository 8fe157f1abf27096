//! Duels as people and CI have them: good ones, regressions that no clock
//! decides, and builds that are none.

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LANES: &str = env!("CARGO_BIN_EXE_lanes");

fn duel(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(LANES);
    command.arg("duel").args(arguments).current_dir(folder);
    command.stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A duel that ends with this code: what it printed, and what it said.
fn ends(folder: &Path, arguments: &[&str], code: i32) -> [String; 2] {
    let output: Output = duel(folder, arguments).output().unwrap();
    let [printed, said] = [&output.stdout, &output.stderr].map(|b| text(b));
    let found = output.status.code();
    assert_eq!(found, Some(code), "{arguments:?}: {said}{printed}");
    assert!(!said.contains("panicked"), "{said}");
    [printed, said]
}

/// A duel that ends with this code and one line that has all of these words.
fn fails(folder: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let [_, said] = ends(folder, arguments, code);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} in {said}");
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn executable(folder: &TempDir, name: &str, script: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A build with one model, in Python, of which `change` makes what it does.
fn python(
    folder: &TempDir,
    name: &str,
    change: impl FnOnce(String) -> String,
) -> PathBuf {
    let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worker.py");
    let worker = fs::read_to_string(worker).unwrap();
    let first = "if ask[\"do\"] == \"hello\"";
    assert!(worker.contains(first));
    let describes = r#"if ask["do"] == "describe":
        cells = [{"workload": name, "fit": "natural"} for name in WORK]
        model = {"model": "sequential", "serial": True, "cells": cells}
        reply = {"describe": {"protocol": 1, "models": [model]}}
    elif ask["do"] == "hello""#;
    let worker = worker.replacen(first, describes, 1);
    let script = format!("#!/usr/bin/env python3\n{}", change(worker));
    executable(folder, name, &script)
}

fn str(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_build_against_itself_is_printed_and_left_as_a_file_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["--items=100000", "--rounds=8", "--workers=2"];
    let models = ["max", "--models=sequential,rayon", "--output=a.json"];
    let all = [&[LANES, LANES][..], &models, &small].concat();
    let [printed, said] = ends(folder.path(), &all, 0);
    assert!(said.contains("results: a.json"), "{said}");
    for word in ["would find", "rayon", "before is", "all cells at once"] {
        assert!(printed.contains(word), "{word} in {printed}");
    }
    let file = json(&folder.path().join("a.json"));
    assert_eq!(file["state"], "complete");
    assert_eq!(file["build"]["compared"][1], LANES);
    let row = &file["rows"][0];
    let names = row["contenders"].as_array().unwrap().iter();
    let names: Vec<&str> = names.map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "sequential@before",
            "sequential@after",
            "rayon@before",
            "rayon@after"
        ]
    );
    let samples = row["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 4 * 8 * 3);
    // Both builds are sampled as often in every visit.
    let visits = |contender: u64| {
        let own = samples.iter().filter(move |s| s["contender"] == contender);
        let mut own: Vec<_> =
            own.map(|s| (s["visit"].as_u64(), s["round"].as_u64())).collect();
        own.sort_unstable();
        own
    };
    assert_eq!(visits(0), visits(1));
    assert_eq!(visits(2), visits(3));

    let page = ["report", "a.json", "-o", "site"];
    let page = Command::new(LANES)
        .args(page)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(page.status.success(), "{}", text(&page.stderr));
    let html = folder.path().join("site/index.html");
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains("rayon@after"));
}

#[test]
fn every_format_is_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["spawn/sequential/100", "--items=100", "--rounds=4"];
    let print = |format: &str| {
        let format = format!("--format={format}");
        let all = [&[LANES, LANES, &format][..], &small].concat();
        ends(folder.path(), &all, 0)[0].clone()
    };
    let parsed: Value = serde_json::from_str(&print("json")).unwrap();
    let cell = &parsed[0];
    assert_eq!(
        (&cell["name"], &cell["visits"]),
        (&"sequential".into(), &serde_json::json!([4, 4]))
    );
    assert!(!cell["outcome"]["measured"]["finding"].is_null(), "{cell}");
    assert!(cell["visible"].is_f64() && cell["ratio"].is_object(), "{cell}");
    let sheet = print("csv");
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    assert_eq!(reader.headers().unwrap().get(9), Some("would_find"));
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 1);
    assert!(records[0][6].parse::<f64>().is_ok(), "{:?}", records[0]);
    assert!(print("markdown").contains("| model "));
}

#[test]
fn one_visit_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let all = ["fib/sequential", "--items=100", "--rounds=1", "--fail-on=0"];
    let [printed, said] =
        ends(folder.path(), &[&[LANES, LANES][..], &all].concat(), 4);
    assert!(printed.contains("unknown: not judged"), "{printed}");
    assert!(said.contains("no cell was judged"), "{said}");
}

#[test]
fn a_build_that_answers_wrongly_is_a_regression() {
    let folder = tempfile::tempdir().unwrap();
    let honest = python(&folder, "honest", |worker| worker);
    // The list that is doubled is right for all but its last number.
    let liar = python(&folder, "liar", |worker| {
        let lies = "number * 2 + (number == job[-1])";
        let worker = worker.replace("number * 2", lies);
        assert!(worker.contains(lies));
        worker
    });
    let cells = ["double/*/300", "--items=300", "--rounds=4", "--workers=1"];
    let duel = |before: &Path, after: &Path, code: i32, more: &[&str]| {
        let both = [str(before), str(after)];
        ends(folder.path(), &[&both[..], &cells, more].concat(), code)
    };
    let [printed, said] = duel(&honest, &liar, 3, &["--fail-on=5%"]);
    assert!(said.contains("1 regression: double/sequential/300"), "{said}");
    assert!(
        printed.contains("broken: measured before, and now answered wrongly"),
        "{printed}"
    );
    let [_, said] = duel(&honest, &liar, 1, &[]);
    assert!(said.contains("1 cell failed"), "{said}");
    let [printed, _] = duel(&liar, &honest, 0, &["--fail-on=5%"]);
    assert!(printed.contains("repaired: before, "), "{printed}");
    let [printed, _] = duel(&liar, &liar, 1, &["--fail-on=5%"]);
    assert!(printed.contains("fails: "), "{printed}");
}

#[test]
fn a_model_that_is_gone_is_a_regression_and_a_new_one_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let python = python(&folder, "lanes-python", |worker| worker);
    let cells = ["spawn/*/20", "fib/sequential", "--models=sequential,rayon"];
    let small = ["--items=20", "--rounds=4", "--workers=1"];
    let duel = |both: [&str; 2], more: &[&str], code: i32| {
        ends(folder.path(), &[&both[..], &cells, &small, more].concat(), code)
    };
    let python = str(&python);
    let [printed, said] = duel([LANES, python], &["--fail-on=900%"], 3);
    for gone in ["spawn/sequential/20 with 1", "spawn/rayon/20 with 1"] {
        assert!(said.contains(gone), "{said}");
    }
    assert!(printed.contains("gone: measured before"), "{printed}");
    let [printed, _] = duel([python, LANES], &["--fail-on=900%"], 0);
    assert!(printed.contains("new: not measured before"), "{printed}");
    // Without a cell in common nothing is measured, and no file is left.
    let alone = [LANES, python, "spawn", "--output=none.json"];
    let [printed, _] = ends(folder.path(), &alone, 0);
    assert!(printed.contains("gone"), "{printed}");
    assert!(!folder.path().join("none.json").exists());
}

#[test]
fn what_is_no_build_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let plain = here.join("plain");
    fs::write(&plain, "#!/bin/sh\n").unwrap();
    fails(here, &["plain", LANES], 2, &["BEFORE plain", "Permission denied"]);
    fails(here, &[LANES, "plain"], 2, &["AFTER plain", "Permission denied"]);
    fails(here, &["/bin/true", LANES], 2, &["is no worker", "exit status: 0"]);
    executable(&folder, "hung", "#!/bin/sh\nexec sleep 30\n");
    fails(here, &["hung", LANES], 2, &["is no worker", "no reply in 2s"]);
    fails(here, &["v0.0.0", LANES], 2, &["\"v0.0.0\"", "neither", "git"]);
    fails(here, &["/", LANES], 2, &["\"/\"", "neither"]);
    let answers = |reply: &str| {
        format!(
            "#!/bin/sh\nread -r request <&0\nprintf '%s\\n' '{reply}' >&0\n"
        )
    };
    let newer = answers(r#"{"describe":{"protocol":9,"models":[]}}"#);
    executable(&folder, "newer", &newer);
    fails(here, &["./newer", LANES], 2, &["./newer", "speaks protocol 9"]);
    let empty = answers(r#"{"describe":{"protocol":1,"models":[]}}"#);
    executable(&folder, "empty", &empty);
    fails(here, &[LANES, "empty"], 2, &["empty", "without models"]);
    let strange = r#"{"model":"a\u001bb","cells":[]}"#;
    let strange =
        format!(r#"{{"describe":{{"protocol":1,"models":[{strange}]}}}}"#);
    executable(&folder, "strange", &answers(&strange));
    fails(here, &[LANES, "strange"], 2, &["strange", "model"]);
    let both = [LANES, LANES];
    let with = |more: &[&'static str]| [&both[..], more].concat();
    fails(here, &with(&["max/rayn"]), 2, &["\"rayon\""]);
    fails(here, &with(&["max/rayon/2^24"]), 4, &["no cell matches"]);
    fails(here, &with(&["--models=chili"]), 2, &["\"chili\""]);
    let place = ["fib/rayon", "--output=/proc/lanes"];
    fails(here, &with(&place), 1, &["/proc/lanes", "--output"]);
}

#[test]
fn an_interrupted_duel_leaves_a_valid_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let all = [LANES, LANES, "--budget=10m", "--output=a.json"];
    let mut command = duel(folder.path(), &all);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    let begin = Instant::now();
    // It is written before the first visit.
    while !path.exists() {
        assert!(begin.elapsed() < Duration::from_secs(60), "no file");
        thread::sleep(Duration::from_millis(5));
    }
    interrupt(child.id());
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    assert!(text(&output.stdout).contains("unknown"));
    assert_eq!(json(&path)["state"], "interrupted");
}

fn interrupt(id: u32) {
    let id = rustix::process::Pid::from_raw(id.cast_signed()).unwrap();
    let signal = rustix::process::Signal::INT;
    rustix::process::kill_process(id, signal).unwrap();
}

/// A repository whose package `lanes` has this program and this build script.
fn repository(program: &str, build: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let manifest = "[package]\nname = \"lanes\"\nedition = \"2024\"\n";
    fs::write(here.join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(here.join("src")).unwrap();
    fs::write(here.join("src/main.rs"), program).unwrap();
    fs::write(here.join("build.rs"), build).unwrap();
    fs::write(here.join(".gitignore"), "/target\n").unwrap();
    git(here, &["init", "--quiet"]);
    commit(here);
    folder
}

fn commit(here: &Path) {
    git(here, &["add", "."]);
    let who = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    git(here, &[&who[..], &["commit", "--quiet", "--message=x"]].concat());
}

fn git(here: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    let output = command.current_dir(here).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).trim_end().to_owned()
}

/// Nothing of a worktree is left.
fn is_clean(here: &Path) {
    let trees = git(here, &["worktree", "list"]);
    assert_eq!(trees.lines().count(), 1, "{trees}");
    let builds = fs::read_dir(here.join("target/duel")).unwrap();
    for build in builds {
        for file in fs::read_dir(build.unwrap().path()).unwrap() {
            let name = file.unwrap().file_name();
            let is_source = name.to_str().unwrap().starts_with("source");
            assert!(!is_source, "{name:?}");
        }
    }
}

/// A worker that has one cell, and refuses to run it.
const REFUSES: &str = r##"
use std::io::{BufRead, BufReader, Write};
use std::os::fd::FromRawFd;
use std::os::unix::net::UnixStream;

fn main() {
    let mut socket = unsafe { UnixStream::from_raw_fd(0) };
    let requests = BufReader::new(socket.try_clone().unwrap());
    for request in requests.lines() {
        let reply = if request.unwrap().contains("describe") {
            r#"{"describe":{"protocol":1,"models":[{"model":"sequential",
                "serial":true,"cells":[{"workload":"fib","fit":"natural"}]}]}}"#
        } else {
            r#"{"error":{"kind":"unsupported","message":"not today"}}"#
        };
        let reply = reply.replace('\n', "");
        socket.write_all((reply + "\n").as_bytes()).unwrap();
    }
}
"##;

#[test]
fn a_revision_is_built_once_from_what_was_committed() {
    let folder = repository(REFUSES, "fn main() {}\n");
    let here = folder.path();
    let first = git(here, &["rev-parse", "HEAD"]);
    let program = here.join("src/main.rs");
    fs::write(&program, REFUSES.replace("not today", "not now")).unwrap();
    commit(here);
    fs::write(&program, "this is not committed").unwrap();
    let revisions = ["HEAD~1", "HEAD", "--rounds=1", "--output=a.json"];
    let [printed, said] = ends(here, &revisions, 0);
    assert!(said.contains(&format!("builds {}", &first[..9])), "{said}");
    assert!(said.contains("HEAD is what was committed"), "{said}");
    assert!(!said.contains("HEAD~1 is what"), "{said}");
    assert!(printed.contains("not now"), "{printed}");
    is_clean(here);
    let file = json(&here.join("a.json"));
    assert_eq!(file["build"]["compared"][0], *first);
    let failure = &file["rows"][0]["contenders"][0]["failure"];
    assert_eq!(failure["message"], "not today");
    // What was built is not built again.
    let again = [&first, "HEAD", "--rounds=1", "--output=b.json"];
    let [_, said] = ends(here, &again, 0);
    assert!(!said.contains("builds"), "{said}");
}

#[test]
fn a_revision_that_does_not_build_ends_with_the_compilers_words() {
    let folder = repository("fn main() { no_such() }\n", "fn main() {}\n");
    let here = folder.path();
    let [_, said] = ends(here, &["HEAD", LANES], 1);
    assert!(said.contains("does not build"), "{said}");
    assert!(said.contains("no_such"), "{said}");
    is_clean(here);
}

#[test]
fn an_interrupted_build_leaves_no_worktree() {
    let sleeps = "fn main() {
        std::fs::write(\"../../begun\", \"\").unwrap();
        std::thread::sleep(std::time::Duration::from_secs(600));
    }\n";
    let folder = repository(REFUSES, sleeps);
    let here = folder.path();
    let mut command = duel(here, &["HEAD", LANES]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    let begin = Instant::now();
    // Beside the folder of the commit, two above the worktree.
    while !here.join("target/duel/begun").exists() {
        assert!(begin.elapsed() < Duration::from_secs(120), "no build");
        thread::sleep(Duration::from_millis(20));
    }
    fs::remove_file(here.join("target/duel/begun")).unwrap();
    interrupt(child.id());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    is_clean(here);
}
