//! `lanes map` and `lanes advise`, from the command line to their files, with
//! jobs that cannot be, and jobs that hardly can.

use lanes_measure::map::{Map, Verdict};
use lanes_measure::results::{Results, State};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

fn lanes(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// What the command printed and said, if it ended with this code.
fn ends(folder: &Path, arguments: &[&str], code: i32) -> [String; 2] {
    let output = lanes(folder, arguments).output().unwrap();
    let [out, errors] = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    [out, errors]
}

/// The advice on a job of two workers, as JSON.
fn advice(job: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let usual = ["advise", "--workers=2", "--json"];
    let all = [&usual[..], job].concat();
    let out = ends(folder.path(), &all, 0)[0].clone();
    serde_json::from_str(&out).unwrap()
}

fn names(all: &Value, key: &str) -> Vec<String> {
    let each = all[key].as_array().unwrap().iter();
    each.map(|one| one["model"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_cannot_be_a_job_is_a_usage_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (arguments, hint) in [
        (&["map", "--x=wait", "--y=wait"][..], "both wait"),
        (&["map", "--x=wiat"], "did you mean \"wait\"?"),
        (&["map", "--x=skew=0.5..2"], "no mean length"),
        (&["map", "--x=wait=2ms..1ms"], "2ms is more than 1ms"),
        (&["map", "--points=0"], "0 is not in 1..=16"),
        (&["map", "--lock=101%"], "0% to 100%"),
        (&["map", "--models=ryon"], "did you mean \"rayon\"?"),
        (&["advise", "--skew=1"], "an exponent above 1"),
        (&["advise", "--lock=100.1%"], "0% to 100%"),
        (&["advise", "--rate=0"], "a rate above zero"),
        (&["advise", "--compute=1"], "has no unit"),
        (&["advise", "--tasks=0"], "at least 1"),
        (&["advise", "--at-once=0"], "at least 1"),
        (&["advise", "--compute=1ms", "--models=tokyo"], "\"tokio\""),
        (&["advise", "--compute=60m"], "too much for one run"),
        (&["advise", "--tasks=1e15", "--wait=2m"], "too much for one run"),
        (&["map", "--x=compute=1s..60m"], "or raise --deadline"),
        (&["advise", "--wait=5s", "--rate=1/s"], "no longer latency"),
        // Nobody is there to be asked.
        (&["advise"], "describe the job: lanes advise --tasks"),
    ] {
        let said = ends(folder, arguments, 2)[1].clone();
        assert!(said.contains(hint), "{hint} in {said}");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_map_of_one_point_is_measured_saved_drawn_and_printed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let all = [
        "map",
        "--points=1",
        "--x=compute=1 ms..0.001s",
        "--models=rayon,threads",
        "--workers=2",
        "--budget=2s",
        "--output=a.json",
        "--svg=new/a.svg",
    ];
    let [out, errors] = ends(folder, &all, 0);
    for words in ["compute per task: 1 ms", "rayon", "of 1 point decided"] {
        assert!(out.contains(words), "{words} in {out}");
    }
    for words in ["results: a.json", "picture: new/a.svg"] {
        assert!(errors.contains(words), "{words} in {errors}");
    }
    let map = Map::of(&Results::load(&folder.join("a.json")).unwrap());
    let map = map.unwrap();
    assert_eq!((map.all().count(), map.models.len()), (1, 2));
    let svg = fs::read_to_string(folder.join("new/a.svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
}

#[test]
fn a_picture_that_cannot_be_written_is_an_error_before_measuring() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.svg"), "mine").unwrap();
    fs::create_dir(folder.join("pictures")).unwrap();
    let is_there = "is there already; remove it or choose another name";
    for (arguments, hint) in [
        (["--svg=a.svg", "--output=b.json"], is_there),
        (["--svg=pictures", "--output=b.json"], is_there),
        // Its picture would be the file that is there.
        (["--models=rayon", "--output=a.json"], is_there),
        (["--svg=a.svg/b.svg", "--output=b.json"], "choose another place"),
    ] {
        let all = [&["map", "--budget=10m"], &arguments[..]].concat();
        let said = ends(folder, &all, 1)[1].clone();
        assert!(said.contains(hint), "{hint} in {said}");
    }
    // No session was begun, and what was there is as it was.
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2);
    assert_eq!(fs::read_to_string(folder.join("a.svg")).unwrap(), "mine");
}

#[test]
fn a_map_that_is_interrupted_draws_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let all = [
        "map",
        "--models=rayon,threads",
        "--workers=2",
        "--budget=10m",
        "--output=a.json",
    ];
    let mut command = lanes(folder.path(), &all);
    let [out, errors] = [(); 2].map(|()| Stdio::piped());
    let child = command.stdout(out).stderr(errors).spawn().unwrap();
    let begin = Instant::now();
    let has_samples =
        || fs::read_to_string(&path).is_ok_and(|t| t.contains("wall_ns"));
    while !has_samples() {
        assert!(begin.elapsed() < Duration::from_secs(120), "no samples");
        sleep(Duration::from_millis(20));
    }
    let id = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.contains("of 25 points decided"), "{out}");
    let results = Results::load(&path).unwrap();
    assert_eq!(results.state, State::Interrupted);
    let map = Map::of(&results).unwrap();
    let known = map.all().filter(|point| !point.places.is_empty()).count();
    assert!((1..25).contains(&known), "{known}");
    assert!(map.all().any(|point| point.verdict == Verdict::Unknown));
    let svg = fs::read_to_string(path.with_extension("svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
}

#[test]
fn tasks_that_do_nothing_have_an_answer() {
    let said = advice(&[
        "--tasks=100",
        "--compute=0",
        "--wait=0",
        "--models=rayon,tokio",
        "--budget=4s",
    ]);
    assert_eq!(said["job"], "100 tasks that do nothing, all at once");
    assert!(said["take"].is_string(), "{said}");
    assert_eq!(said["best_possible"].as_f64().unwrap_or(0.0), 0.0, "{said}");
}

#[test]
fn more_tasks_than_threads_are_refused_by_name_and_others_answer() {
    let said = advice(&[
        "--tasks=20000",
        "--wait=1ms",
        "--models=threads,tokio",
        "--budget=5s",
    ]);
    assert_eq!(said["take"], "tokio", "{said}");
    assert_eq!(names(&said, "left_out"), ["threads"]);
    let why = said["left_out"][0]["why"].as_str().unwrap();
    assert!(why.contains("a thread each for 20000 tasks"), "{why}");
}

#[test]
fn more_tasks_than_memory_holds_are_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing that they do makes them fewer: they all wait at once.
    let all = ["advise", "--tasks=1e12", "--wait=1ms", "--models=tokio"];
    let said = ends(folder.path(), &all, 1)[1].clone();
    assert!(said.contains("memory"), "{said}");
}

#[test]
fn a_rate_that_nobody_holds_has_no_latencies() {
    let said = advice(&[
        "--tasks=200",
        "--compute=500us",
        "--rate=1e6/s",
        "--models=rayon,tokio",
        "--budget=6s",
    ]);
    let models = said["models"].as_array().unwrap();
    assert!(!models.is_empty(), "{said}");
    for model in models {
        assert_eq!(model["saturated"], true, "{model}");
        assert!(model["p50"].is_null() && model["p99"].is_null(), "{model}");
    }
}

#[test]
fn little_time_is_spent_on_the_job_itself() {
    let said = advice(&[
        "--tasks=1000",
        "--compute=1ms",
        "--models=rayon",
        "--budget=1s",
    ]);
    // No time is left for neighbours, and the job has its answer.
    assert_eq!(said["take"], "rayon", "{said}");
    assert_eq!(names(&said, "models"), ["rayon"], "{said}");
}
