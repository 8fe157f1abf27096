//! `lanes faults`: verdicts of models that keep the contract, and of guests
//! that break it in every way that is seen from outside.

use lanes_measure::faults::{Faults, Verdict};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The command, which finds guests in this folder and writes to it.
fn faults(folder: &Path, arguments: &[&str]) -> Output {
    let mut path = OsString::from(folder);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Command::new(env!("CARGO_BIN_EXE_lanes"))
        .arg("faults")
        .args(arguments)
        .arg("--output")
        .arg(folder.join("found.json"))
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A guest that does this when it is asked for a case.
fn guest(folder: &Path, name: &str, script: &str) {
    let path = folder.join(format!("lanes-worker-{name}"));
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_model_that_keeps_the_contract_passes_beside_its_library() {
    let folder = TempDir::new().unwrap();
    let chosen =
        ["tokio", "--cases", "one_task_panics,zero_w*", "--format", "csv"];
    let output = faults(folder.path(), &chosen);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    let mut lines = printed.lines();
    assert_eq!(
        lines.next(),
        Some("case,who,kind,outcome,detail,seconds"),
        "{printed}"
    );
    for begin in [
        "zero_workers,tokio,model,passed,",
        "zero_workers,tokio,library,rethrows,",
        "one_task_panics,tokio,model,passed,",
        "one_task_panics,tokio,library,errs,",
    ] {
        let found = lines.clone().filter(|line| line.starts_with(begin));
        assert_eq!(found.count(), 1, "{begin} in {printed}");
    }
    let file = Faults::load(&folder.path().join("found.json")).unwrap();
    assert_eq!((file.count(Verdict::Passed), file.cases.len()), (2, 2));
    // What is there already is kept.
    let again = faults(folder.path(), &chosen);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("found.json"), "{again:?}");
}

#[test]
fn a_guest_that_breaks_the_contract_is_named_and_the_command_fails() {
    let folder = TempDir::new().unwrap();
    for (name, script) in [
        ("fails", "echo noise; echo lanes-case failed it answers wrongly"),
        ("aborts", "kill -ABRT $$"),
        ("silent", "echo lanes-case begun"),
        ("unasked", "exit 1"),
        ("hangs", "sleep 600"),
        ("leaves", "sleep 600 & echo lanes-case passed"),
        ("exempt", "echo lanes-case exempt its library cannot"),
        ("passes", "echo lanes-case passed"),
    ] {
        guest(folder.path(), name, script);
    }
    let models = [
        "aborts", "exempt", "fails", "hangs", "leaves", "passes", "silent",
        "unasked",
    ];
    let others = ["--cases", "nested_run", "--deadline", "2s"];
    let output = faults(folder.path(), &[&models[..], &others[..]].concat());
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{printed}{said}");
    for line in [
        "broken: nested_run in aborts: it aborts its process: signal: 6",
        "broken: nested_run in fails: it answers wrongly",
        "broken: nested_run in hangs: it has not ended in 2s",
        "broken: nested_run in leaves: it leaves 1 process behind",
        "broken: nested_run in silent: its process ends without an outcome",
        "exempt: nested_run in exempt: its library cannot",
        "not applicable: nested_run in unasked: its program knows no cases",
        "1 passed, 1 exempt, 1 not applicable, 5 broken",
    ] {
        assert!(printed.contains(line), "{line} in {printed}");
    }
    let file = Faults::load(&folder.path().join("found.json")).unwrap();
    assert_eq!(file.models, models);
}

#[test]
fn names_that_are_not_known_are_usage_errors() {
    let folder = TempDir::new().unwrap();
    for (arguments, hint) in [
        (&["tokyo"][..], "did you mean \"tokio\"?"),
        (&["--cases", "nested_runs"][..], "did you mean \"nested_run\"?"),
        (&[""][..], "no model is called \"\""),
        (&["--cases", ""][..], "no case is called \"\""),
    ] {
        let output = faults(folder.path(), arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(hint), "{hint} in {said}");
    }
    assert!(!folder.path().join("found.json").exists());
}

/// A worker in Python, as the document of the protocol names one.
fn peer(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let worker = folder.join("tests/worker.py");
    format!("{name}=python3 '{}'", worker.display())
}

#[test]
fn a_peer_is_asked_what_the_protocol_can_ask() {
    let folder = TempDir::new().unwrap();
    let peer = peer("forty-lines");
    let cases = "matches_reference,workers_are_real,zero_workers,\
                 cancel_midway,one_task_panics,drop_while_running,\
                 worker_sigkill,server_refuses";
    let arguments = ["sequential", "--peer", &peer, "--cases", cases];
    let output = faults(folder.path(), &arguments);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{printed}{said}");
    let found = Faults::load(&folder.path().join("found.json")).unwrap();
    assert_eq!(found.models, ["sequential", "forty-lines"]);
    let of_peer = |name: &str| {
        let case = found.cases.iter().find(|case| case.name == name).unwrap();
        (case.here[1].verdict, case.here[1].why.as_str())
    };
    for passed in ["matches_reference", "workers_are_real", "worker_sigkill"] {
        assert_eq!(of_peer(passed), (Verdict::Passed, ""), "{passed}");
    }
    for (case, verdict, why) in [
        ("zero_workers", Verdict::Broken, "it takes 0 workers"),
        // It reads its socket between two requests only.
        ("drop_while_running", Verdict::Broken, "1 process runs on"),
        ("cancel_midway", Verdict::Inapplicable, "it does not know `cancel`"),
        (
            "one_task_panics",
            Verdict::Inapplicable,
            "the protocol cannot ask it",
        ),
        ("server_refuses", Verdict::Inapplicable, "not in Python"),
    ] {
        assert_eq!(of_peer(case), (verdict, why), "{case}");
    }
}

#[test]
fn the_models_of_python_keep_what_the_protocol_can_ask() {
    let folder = TempDir::new().unwrap();
    let cases = "empty_and_one,zero_workers,cancel_before_start,\
                 deadline_cpu_bound,cancel_while_waiting,slow_drip,\
                 peer_reset,fd_limit,drop_while_running,parent_killed,\
                 worker_sigkill,oversize_input";
    let models = ["python-thread-pool", "python-process-pool"];
    let arguments = [&models[..], &["--cases", cases]].concat();
    let output = faults(folder.path(), &arguments);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    let found = Faults::load(&folder.path().join("found.json")).unwrap();
    assert_eq!(found.models, models);
    assert_eq!(found.count(Verdict::Passed), 2 * found.cases.len());
}
