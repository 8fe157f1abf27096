//! Files that are there, that come, and that go while a session runs: the
//! program's own, those it writes, and the folder for temporary ones.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
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

const SMALL: [&str; 4] = [
    "max/*/1000",
    "--models=sequential,threads",
    "--items=1000",
    "--workers=2",
];

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
    assert_eq!(samples, 40 * 3 * 3);
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

#[test]
fn of_two_sessions_that_want_one_name_one_gets_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("same.json");
    let name = path.to_str().unwrap();
    let models = ["--models=sequential", "--models=threads"];
    let shape = ["--items=10", "--rounds=1", "--no-control", "--output", name];
    for _ in 0..3 {
        let children = models.map(|model| {
            let all = [&["run", "max", model][..], &shape].concat();
            lanes(&all).spawn().unwrap()
        });
        let ended = children.map(|child| child.wait_with_output().unwrap());
        let codes = ended.each_ref().map(|output| output.status.code());
        let won = codes.iter().position(|code| *code == Some(0)).unwrap();
        let errors = ends(&ended[1 - won], 1);
        assert!(errors.contains("same.json is there already"), "{errors}");
        let file = json(&path);
        assert_eq!(file["state"], "complete");
        let model = file["rows"][0]["contenders"][0]["name"].as_str().unwrap();
        assert!(models[won].ends_with(model), "{model}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn two_sessions_in_one_folder_have_a_file_each() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let shape = ["--items=10", "--rounds=1", "--no-control", "--output", place];
    let all = [&["run", "max", "--models=sequential"][..], &shape].concat();
    let children = [(); 4].map(|()| lanes(&all).spawn().unwrap());
    for child in children {
        ends(&child.wait_with_output().unwrap(), 0);
    }
    let files = fs::read_dir(folder.path()).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    assert!(files.iter().all(|path| json(path)["state"] == "complete"));
}

#[test]
fn without_a_folder_for_temporary_files_that_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let all = ["run", "read", "--models=threads", "--items=1", "--rounds=1"];
    let mut command = lanes(&all);
    command.arg("--output").arg(&path).env("TMPDIR", "/nonexistent");
    let errors = ends(&command.output().unwrap(), 1);
    assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
    for word in ["TMPDIR: ", "/nonexistent", "No such file"] {
        assert!(errors.contains(word), "{word} in {errors}");
    }
    assert!(!errors.contains("--items"), "{errors}");
    assert!(!path.exists());
}

#[test]
fn when_temporary_files_have_no_place_any_more_the_file_stays_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let temporary = folder.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let all = ["run", "read", "--models=sequential", "--rounds=1000"];
    let mut command = lanes(&all);
    command.arg("--output").arg(&path).env("TMPDIR", &temporary);
    let child = command.spawn().unwrap();
    sampled(&path);
    // As when its disk is full: nothing can be written there.
    fs::rename(&temporary, folder.path().join("moved")).unwrap();
    let errors = ends(&child.wait_with_output().unwrap(), 1);
    let place = temporary.to_str().unwrap();
    for word in [place, "what was measured before is in", "a.json"] {
        assert!(errors.contains(word), "{word} in {errors}");
    }
    let file = json(&path);
    assert_eq!(file["state"], "running");
    assert!(!file["rows"][0]["samples"].as_array().unwrap().is_empty());
}

#[test]
fn a_row_that_the_system_refuses_has_failed_and_the_others_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let limited = "ulimit -n 64 && exec \"$0\" \"$@\"";
    let output = command(Path::new("sh"), &["-c", limited])
        .arg(env!("CARGO_BIN_EXE_lanes"))
        .args(["run", "fetch", "max/*/1", "--models=sequential", "--items=1"])
        .args(["--rounds=1", "--no-control", "--output"])
        .arg(&path)
        .output()
        .unwrap();
    let errors = ends(&output, 1);
    for word in ["not measured: fetch", "open files", "ulimit -n"] {
        assert!(errors.contains(word), "{word} in {errors}");
    }
    assert!(!errors.contains("--items"), "{errors}");
    let printed = text(&output.stdout);
    assert!(printed.contains("sequential: failed: out of"), "{printed}");
    let file = json(&path);
    assert_eq!(file["state"], "complete");
    let rows = file["rows"].as_array().unwrap().iter();
    let samples = rows.map(|row| {
        let name = row["workload"].as_str().unwrap();
        let failed = !row["contenders"][0]["failure"].is_null();
        (name, row["samples"].as_array().unwrap().len(), failed)
    });
    let mut samples: Vec<_> = samples.collect();
    samples.sort_unstable();
    assert_eq!(samples, [("fetch", 0, true), ("max", 3, false)]);
}

#[test]
fn the_newest_results_of_a_folder_are_those_that_began_last() {
    let published =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../report/published/2-full.json");
    let newer = fs::read_to_string(published).unwrap();
    let begun =
        json(Path::new(published))["begun"].as_str().unwrap().to_owned();
    let older = newer.replacen(&begun, "2025-01-01T00:00:00Z", 1);
    // Keys in another order, as other programs write them.
    let sorted: Value = serde_json::from_str(&newer).unwrap();
    let sorted = sorted.to_string();
    assert!(!sorted[..64].contains("lanes-results"));
    for newer in [newer, sorted] {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).unwrap();
            thread::sleep(Duration::from_millis(20));
        };
        put("b.json", &newer);
        put("a.json", &older);
        put("c.json", &older);
        let site = folder.path().join("site");
        let mut command = lanes(&["report", "--output"]);
        command.arg(&site).arg(folder.path());
        ends(&command.output().unwrap(), 0);
        let html = fs::read_to_string(site.join("index.html")).unwrap();
        assert!(html.contains(&begun) && !html.contains("2025-01-01T"));
    }
}

/// What the build script prints for a source tree with this repository around
/// it, or as a repository of its own.
fn built(outer: &Path, tree: &Path, change: impl FnOnce(&Path)) -> [String; 3] {
    let git = |folder: &Path, arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b", "-C"])
            .arg(folder)
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    };
    let package = tree.join("crates/cli");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(tree.join("Cargo.toml"), "").unwrap();
    fs::write(package.join("src/main.rs"), "").unwrap();
    git(outer, &["init", "--quiet"]);
    git(outer, &["add", "."]);
    git(outer, &["commit", "--quiet", "--message=x"]);
    change(tree);
    let script = tempfile::tempdir().unwrap();
    let program = script.path().join("build");
    let compiled = Command::new("rustc")
        .args(["--edition=2024", "-o"])
        .arg(&program)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/build.rs"))
        .status()
        .unwrap();
    assert!(compiled.success());
    let output = command(&program, &[]).current_dir(package).output().unwrap();
    let printed = text(&output.stdout);
    let value = |name: &str| {
        let mark = format!("cargo::rustc-env={name}=");
        let mut lines = printed.lines();
        lines.find_map(|l| l.strip_prefix(&mark)).unwrap().to_owned()
    };
    let head = git(outer, &["rev-parse", "HEAD"]);
    [value("LANES_COMMIT"), value("LANES_DIRTY"), head]
}

#[test]
fn a_build_names_the_commit_of_its_own_repository_and_of_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let outer = folder.path();
    let [commit, dirty, _] = built(outer, &outer.join("lanes"), |_| ());
    assert_eq!((&*commit, &*dirty), ("", "false"));

    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let [commit, dirty, head] = built(own, own, |tree| {
        // Results that a session left are no part of the sources.
        fs::create_dir(tree.join("myresults")).unwrap();
        fs::write(tree.join("myresults/a.json"), "{}").unwrap();
    });
    assert_eq!((&*commit, &*dirty), (&*head, "false"));

    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let [_, dirty, _] = built(own, own, |tree| {
        fs::write(tree.join("crates/cli/src/main.rs"), "changed").unwrap();
    });
    assert_eq!(dirty, "true");
}
