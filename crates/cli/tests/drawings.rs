//! `lanes trace` and `lanes figures`: what they write, and what they say when
//! they cannot.

use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A worker of `max` with one worker, whose trace is one span of 40 ms.
const WORKER: &str = r#"
import json, os, socket, time

def numbers(seed):
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) % 2**64
        z = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        yield z ^ (z >> 31)

stream = socket.socket(fileno=0).makefile("rw")
for line in stream:
    ask = json.loads(line)
    if ask["do"] == "hello":
        reply = {"hello": {"protocol": 1, "model": ask["model"], "workers": 1,
                           "threads": [os.getpid()]}}
    elif ask["do"] == "prepare" and ask["workload"] == "max":
        stream_of = numbers(ask["seed"])
        most = max(next(stream_of) >> 1 for _ in range(ask["size"]["len"]))
        digest = next(numbers(most))
        reply = {"prepared": {"digest": digest}}
    elif ask["do"] == "run":
        time.sleep(0.001)
        reply = {"sample": {"runs": ask["runs"], "wall_ns": 1000000,
                            "digest": digest}}
    elif ask["do"] == "trace":
        begin = time.monotonic_ns() - ask["origin"]
        time.sleep(0.04)
        end = time.monotonic_ns() - ask["origin"]
        reply = {"trace": {"begin": begin, "end": end, "workers": ["one"],
                           "digest": digest, "cpu": "CPU",
                           "spans": [[0, 0, "compute", begin, end]]}}
    else:
        reply = {"error": {"kind": "unsupported", "message": "only max"}}
    print(json.dumps(reply), file=stream, flush=True)
"#;

fn lanes(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a command says that has to succeed.
fn succeeds(command: &mut Command) -> (String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let errors = text(&stderr);
    assert!(status.success(), "{status}: {errors}");
    (text(&stdout), errors)
}

/// What a command says that has to end with this code.
fn fails(command: &mut Command, code: i32) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let errors = text(&stderr);
    assert_eq!(status.code(), Some(code), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    errors
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.unwrap().file_name().into_string().unwrap()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort_unstable();
    names
}

/// A program in the place of Python that does this.
fn fake(folder: &TempDir, script: &str) -> String {
    let path = folder.path().join("python");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_trace_is_a_table_a_picture_and_a_file_for_a_viewer() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let arguments = [
        "trace",
        "--models=sequential,mutex,gil,tokio,processes",
        "--unit=2ms",
        "--runs=1",
        "--workers=2",
        "--output",
        place,
    ];
    for _ in 0..2 {
        let (table, _) = succeeds(&mut lanes(&arguments));
        for model in ["sequential", "mutex", "gil", "tokio", "processes"] {
            assert!(table.contains(model), "{model} in {table}");
        }
    }
    // The second time nothing was overwritten.
    let names = [
        "subtasks-2.perfetto.json",
        "subtasks-2.svg",
        "subtasks-2.traces.json",
        "subtasks.perfetto.json",
        "subtasks.svg",
        "subtasks.traces.json",
    ];
    assert_eq!(files(folder.path()), names);
    let picture = folder.path().join("subtasks.svg");
    let picture = fs::read_to_string(picture).unwrap();
    assert!(picture.starts_with("<svg") || picture.starts_with("<?xml"));
    for word in ["sequential", "gil", "subtask 3", "critical path"] {
        assert!(picture.contains(word), "{word}");
    }
    let trace = folder.path().join("subtasks.perfetto.json");
    let trace: Value =
        serde_json::from_str(&fs::read_to_string(trace).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let mut computed = events.iter().filter(|event| event["cat"] == "compute");
    assert!(computed.clone().count() > 5);
    assert!(computed.all(|event| {
        let cpu = event["args"]["cpu_ms"].as_f64().unwrap();
        // Both are rounded.
        let most = event["dur"].as_f64().unwrap() / 1e3 + 1e-6;
        (0.0..=most).contains(&cpu)
    }));
    let traces = folder.path().join("subtasks.traces.json");
    let traces: Value =
        serde_json::from_str(&fs::read_to_string(traces).unwrap()).unwrap();
    let models = traces["scenes"][0]["models"].as_array().unwrap();
    assert_eq!(models.len(), 5);
    for model in models {
        let count = |key: &str| model["run"][key].as_array().unwrap().len();
        assert_eq!(count("cpu"), count("spans"), "{model}");
        assert!(model["note"].as_str().unwrap().contains("CPU times"));
    }
}

#[test]
fn a_trace_without_cpu_times_says_so_and_one_with_wrong_ones_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let arguments = ["trace", "max", "--items=64", "--runs=1", "--workers=2"];
    let trace = |cpu: &str| {
        let peer = folder.path().join("worker.py");
        fs::write(&peer, WORKER.replace("\"CPU\"", cpu)).unwrap();
        let peer = format!("--peer=mine=python3 {}", peer.to_str().unwrap());
        let out = tempfile::tempdir_in(place).unwrap();
        let to = ["--models=mine", &peer, "-o", out.path().to_str().unwrap()];
        let output = lanes(&arguments).args(to).output().unwrap();
        let Output { status, stdout, stderr } = output;
        let picture = fs::read_to_string(out.path().join("max.svg"));
        let picture = picture.unwrap_or_default();
        (status.success(), text(&stdout), text(&stderr), picture)
    };
    const BLIND: &str = "CPU times were not recorded";
    let (right, table, errors, picture) = trace("[]");
    assert!(right && table.contains("unknown"), "{table}{errors}");
    assert!(picture.contains(BLIND) && !picture.contains("preempted: ready"));
    let (right, table, errors, picture) = trace("[(end - begin) // 4]");
    assert!(right && table.contains("Preempted for"), "{table}{errors}");
    assert!(!picture.contains(BLIND) && picture.contains("preempted: ready"));
    assert!(picture.contains(".lanes .p0{fill:url(#lanes-p0)"));
    for lie in ["[end - begin + 10 ** 9]", "[1, 2]", "[-1]", "[0.5]"] {
        let (right, _, errors, _) = trace(lie);
        assert!(!right, "{lie}");
        assert!(errors.contains("mine"), "{lie}: {errors}");
    }
}

#[test]
fn any_workload_can_be_traced_in_any_size() {
    for (workload, size) in
        [("fetch", "--items=5"), ("counter", "--size=lock-16x10000")]
    {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let models = "--models=threads,smol";
        succeeds(&mut lanes(&[
            "trace", workload, size, models, "--runs=1", "-o", place,
        ]));
        assert_eq!(files(folder.path()).len(), 3, "{workload}");
    }
}

#[test]
fn what_cannot_be_drawn_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let trace = |arguments: &[&str], code| {
        let mut all = vec!["trace", "--runs=1", "-o", place];
        all.extend(arguments);
        fails(&mut lanes(&all), code)
    };
    assert!(trace(&["subtask"], 2).contains("\"subtasks\""));
    assert!(trace(&["--models=gill"], 2).contains("\"gil\""));
    assert!(trace(&["max", "--size=3"], 2).contains("lanes list"));
    assert!(trace(&["--unit=0s"], 2).contains("unit"));
    // No item, no span.
    let empty = ["spawn", "--items=0", "--models=sequential"];
    assert!(trace(&empty, 1).contains("no spans"));
    let refused = ["fib", "--models=processes"];
    assert!(trace(&refused, 1).contains("unsupported"));
    assert!(files(folder.path()).is_empty());
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let file = file.to_str().unwrap();
    let errors = fails(
        &mut lanes(&[
            "trace",
            "--models=sequential",
            "--unit=1ms",
            "--runs=1",
            "-o",
            file,
        ]),
        1,
    );
    assert!(errors.contains("--output"), "{errors}");
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn the_articles_five_pictures_are_drawn_with_and_without_python() {
    for python in [None, Some("/nowhere/python3")] {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let mut command =
            lanes(&["figures", "--unit=2ms", "--runs=1", "-o", place]);
        command.env_remove("LANES_PYTHON");
        if let Some(python) = python {
            command.env("LANES_PYTHON", python);
        }
        let (table, errors) = succeeds(&mut command);
        assert_eq!(files(folder.path()).len(), 5, "{errors}");
        assert_eq!(table.contains("python-threads"), python.is_none());
        let missing = "python-threads: not here, because";
        assert_eq!(errors.contains(missing), python.is_some(), "{errors}");
        let lock = folder.path().join("3-one-lock.svg");
        let lock = fs::read_to_string(lock).unwrap();
        assert!(lock.contains("drawn, not measured"), "{lock}");
    }
}

#[test]
fn a_python_that_is_none_is_reported_and_the_others_go_on() {
    for (script, word) in [
        ("exit 3", "not here, because"),
        ("echo garbage", "not here, because"),
        ("sleep 600", "not here, because"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let python = fake(&folder, script);
        let (list, _) = succeeds(
            lanes(&["list", "max/python-threads"]).env("LANES_PYTHON", &python),
        );
        assert!(list.contains(word), "{script}: {list}");
        let place = folder.path().join("out");
        let place = place.to_str().unwrap();
        let models = "--models=sequential,python-threads";
        let (_, errors) = succeeds(
            lanes(&["trace", models, "--unit=1ms", "--runs=1", "-o", place])
                .env("LANES_PYTHON", &python),
        );
        assert!(errors.contains(word), "{script}: {errors}");
        let errors = fails(
            lanes(&["trace", "--models=python-threads", "-o", place])
                .env("LANES_PYTHON", &python),
            1,
        );
        assert!(errors.contains(word), "{script}: {errors}");
    }
}

#[test]
fn claims_are_measured_in_rust_and_in_python_and_reported() {
    let output = lanes(&["claims", "loops", "--format=json"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let written: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = written["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 4);
    for finding in findings {
        let measured = &finding["found"]["measured"];
        assert_eq!(measured["samples"].as_array().unwrap().len(), 9);
        assert!(measured["verdict"].is_string(), "{finding}");
    }
    let mut without = lanes(&["claims", "loops"]);
    let (table, _) = succeeds(without.env("LANES_PYTHON", "/nowhere/python3"));
    assert!(table.contains("python-asyncio"), "{table}");
    assert!(table.contains("not here, because"), "{table}");
    let errors = fails(&mut lanes(&["claims", "loop"]), 2);
    assert!(errors.contains("loops"), "{errors}");
}
