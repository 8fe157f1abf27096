//! The command as people use it: what it prints, how it ends, what it leaves.

use lanes_core::{Cell, WORKLOADS};
use lanes_suite::MODELS;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn lanes(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(arguments).stdin(Stdio::null()).env_remove("NO_COLOR");
    command
}

fn output(arguments: &[&str]) -> Output {
    lanes(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What the command says when it ends with this code.
fn fails(arguments: &[&str], code: i32) -> String {
    let output = output(arguments);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    errors
}

/// One line on standard error that has all of these words.
fn fails_with(arguments: &[&str], code: i32, words: &[&str]) {
    let errors = fails(arguments, code);
    assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
    for word in words {
        assert!(errors.contains(word), "{word:?} in {errors}");
    }
}

/// A session of a few rounds, and the file it left.
fn session(folder: &TempDir, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.path().join(name);
    let mut all = vec!["run", "--output", path.to_str().unwrap()];
    all.extend(arguments);
    let output = output(&all);
    let errors = text(&output.stderr);
    assert!(output.status.success(), "{errors}");
    path
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

const SMALL: [&str; 5] = [
    "max/*/100000",
    "--models=sequential,rayon",
    "--items=100000",
    "--rounds=6",
    "--workers=2",
];

#[test]
fn a_session_is_printed_and_left_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = session(&folder, "a.json", &SMALL);
    let file = json(&path);
    assert_eq!(file["schema"], "lanes-results");
    assert_eq!(file["state"], "complete");
    assert!(file["build"]["rustc"].as_str().unwrap().starts_with("rustc 1."));
    let row = &file["rows"][0];
    let names = row["contenders"].as_array().unwrap().iter();
    let names: Vec<&str> = names.map(|c| c["name"].as_str().unwrap()).collect();
    // The third is the control, of whichever was faster.
    assert_eq!(names[..2], ["sequential", "rayon"]);
    assert_eq!(names.len(), 3);
    // Three samples of each in each round.
    assert_eq!(row["samples"].as_array().unwrap().len(), 54);
    let sample = &row["samples"][0];
    for field in ["wall_ns", "user_ns", "voluntary", "peak_bytes", "threads"] {
        assert!(sample[field].is_u64(), "{field} of {sample}");
    }
    assert!(row["summary"]["groups"][0]["standings"][1]["ratio"].is_object());
    assert_eq!(row["limits"][0]["what"], "memory read bandwidth");
    // Everybody's temporary files are gone with the session.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn every_format_is_what_it_says() {
    let print = |format: &str| {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let mut all = vec!["run", "--format", format, "--output", place];
        all.extend(SMALL);
        let output = output(&all);
        assert!(output.status.success(), "{}", text(&output.stderr));
        // A pipe is no terminal: no colour and no bar.
        assert!(!text(&output.stdout).contains('\u{1b}'));
        assert!(!text(&output.stderr).contains('\u{1b}'));
        text(&output.stdout)
    };
    let parsed: Value = serde_json::from_str(&print("json")).unwrap();
    assert_eq!(parsed["rows"][0]["workload"], "max");
    let sheet = print("csv");
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    assert_eq!(reader.headers().unwrap().get(3), Some("model"));
    assert_eq!(reader.records().map(Result::unwrap).count(), 2);
    assert!(print("markdown").contains("| model "));
    let table = print("table");
    for word in ["grade", "twin", "best possible", "ratio"] {
        assert!(table.contains(word), "{word}");
    }
}

#[test]
fn a_goal_ends_a_session_and_is_its_margin() {
    let folder = tempfile::tempdir().unwrap();
    // Whatever the machine does, all is within so wide a margin.
    let few = ["spawn/sequential/1000", "spawn/rayon/1000", "--items=1000"];
    let wide = [&few[..], &["--until=999%", "--budget=10m"]].concat();
    let file = json(&session(&folder, "a.json", &wide));
    assert_eq!(file["margin"], 9.99);
    let summary = &file["rows"][0]["summary"];
    // The first look spends half of what may go wrong.
    assert_eq!(summary["visits"], 8);
    assert_eq!(summary["level"], 0.975);
}

#[test]
fn nothing_is_said_of_one_round_or_of_one_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let path = path.to_str().unwrap();
    let few = ["--items=1000", "--rounds=1", "--output", path];
    let once = ["run", "spawn/*/1000", "--models=sequential,rayon"];
    let output = output(&[&once[..], &few].concat());
    let printed = text(&output.stdout);
    assert_eq!(printed.matches("open (too few visits)").count(), 2);
    assert!(printed.contains("twin not known"), "{printed}");
    let file = json(Path::new(path));
    let standing = &file["rows"][0]["summary"]["groups"][0]["standings"][1];
    assert_eq!(standing["ratio"]["high"], Value::Null);
    fs::remove_file(path).unwrap();
    let alone = ["run", "spawn/*/1000", "--models=rayon"];
    let output = self::output(&[&alone[..], &few].concat());
    assert!(text(&output.stdout).contains("the only model"));
}

#[test]
fn more_workers_show_speed_up_and_more_than_cores_are_marked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let output = output(&[
        "run",
        "fib/rayon",
        "--items=100",
        "--rounds=6",
        "--workers=1,2,64",
        "--output",
        path.to_str().unwrap(),
    ]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(printed.contains("efficiency"), "{printed}");
    assert!(printed.contains("more than cores"), "{printed}");
    let file = json(&path);
    assert_eq!(file["rows"][0]["summary"]["speedups"][1]["base"], 0);
}

#[test]
fn a_worker_in_another_language_is_a_model_like_others() {
    let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worker.py");
    let peer = format!("--peer=python=python3 '{worker}'");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let output = output(&[
        "run",
        "max/*/300",
        "fib",
        "spawn/*/300",
        "--models=sequential,python",
        &peer,
        "--items=300",
        "--rounds=6",
        "--workers=1",
        "--output",
        path.to_str().unwrap(),
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = json(&path);
    for (row, samples) in [(0, 18), (1, 0), (2, 18)] {
        let row = &file["rows"][row];
        let all = row["samples"].as_array().unwrap().iter();
        let own = all.filter(|sample| sample["contender"] == 1);
        assert_eq!(own.count(), samples, "{}", row["workload"]);
        let failure = &row["contenders"][1]["failure"];
        if samples == 0 {
            assert_eq!(failure["cause"], "unsupported");
        } else {
            assert!(row["contenders"][1]["versions"]["python"].is_string());
            assert!(failure.is_null(), "{failure}");
        }
    }
}

#[test]
fn a_peer_that_fails_is_reported_and_the_others_are_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let mut all = vec!["run", "--peer=gone=/no/such/program"];
    all.extend(["--peer=mute=sleep 1000", "--deadline=5s"]);
    all.extend(["--output", path.to_str().unwrap()]);
    let models = "--models=sequential,rayon,gone,mute";
    all.extend(SMALL.iter().map(|argument| match argument {
        argument if argument.starts_with("--models") => models,
        argument => argument,
    }));
    let output = output(&all);
    let (printed, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("2 cells failed"), "{errors}");
    assert!(printed.contains("gone with 2: could not be started"), "{printed}");
    assert!(printed.contains("mute with 2: hung"), "{printed}");
    assert_eq!(json(&path)["state"], "complete");
}

#[test]
fn what_makes_no_sense_is_reported_in_a_line() {
    fails_with(&["run", "fecth"], 2, &["\"fetch\"", "did you mean"]);
    fails_with(&["run", "max/rayn"], 2, &["\"rayon\""]);
    fails_with(&["run", "--models=toko"], 2, &["\"tokio\""]);
    fails_with(&["list", "xylophone"], 2, &["lanes list"]);
    fails_with(&["run", "zz*"], 4, &["lanes list"]);
    fails_with(&["run", "max/rayon/2^24"], 4, &["no cell matches"]);
    for huge in ["1000000000000000000", "18446744073709551615"] {
        let items = format!("--items={huge}");
        fails_with(&["run", "max", &items], 2, &["max", "--items"]);
    }
    // These are clap's own, with the usage below.
    for wrong in [
        &["run", "--workers=0"][..],
        &["run", "--workers=1025"],
        &["run", "--rounds=0"],
        &["run", "--items=-1"],
        &["run", "--budget=0s"],
        &["run", "--budget=soon"],
        &["run", "--until=0%"],
        &["run", "--until=-5%"],
        &["run", "--until=NaN"],
        &["run", "--until=5%", "--rounds=4"],
        &["run", "--until=5%", "--margin=5%"],
        &["run", "--quick", "--full"],
        &["run", "--peer=x"],
        &["dance"],
        &[],
    ] {
        fails(wrong, 2);
    }
    fails_with(&["run", "max", "--peer=rayon=x"], 2, &["called rayon already"]);
}

#[test]
fn places_that_cannot_be_written_are_reported_before_anything_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "precious").unwrap();
    let below = file.join("results");
    for place in [below.to_str().unwrap(), "/proc/lanes", "/dev/null/x.json"] {
        let mut all = vec!["run", "--output", place];
        all.extend(SMALL);
        fails_with(&all, 1, &[place, "--output"]);
    }
    let there = folder.path().join("there.json");
    fs::write(&there, "precious").unwrap();
    let mut all = vec!["run", "--output", there.to_str().unwrap()];
    all.extend(SMALL);
    fails_with(&all, 1, &["there already"]);
    assert_eq!(fs::read_to_string(&there).unwrap(), "precious");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A session that runs until the test ends it.
fn endless(path: &Path) -> std::process::Child {
    let path = path.to_str().unwrap();
    let arguments =
        ["run", "max", "--budget=10m", "--items=1000", "--output", path];
    let mut command = lanes(&arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    let begin = Instant::now();
    let sampled =
        || fs::read_to_string(path).is_ok_and(|t| t.contains("\"wall_ns\""));
    while !sampled() {
        assert!(begin.elapsed() < Duration::from_secs(60), "no samples");
        thread::sleep(Duration::from_millis(20));
    }
    child
}

/// The workers of a process: its children.
fn children(id: u32) -> Vec<u32> {
    let path = format!("/proc/{id}/task/{id}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

/// Whether a process is there and not yet dead.
fn runs(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/stat"));
    status.is_ok_and(|status| {
        let state = status.rsplit(") ").next().unwrap_or_default();
        !state.starts_with(['Z', 'X'])
    })
}

fn signal(id: u32, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_raw(id.cast_signed()).unwrap();
    rustix::process::kill_process(id, signal).unwrap();
}

#[test]
fn an_interrupted_session_leaves_a_valid_file_and_no_worker() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let child = endless(&path);
    let workers = children(child.id());
    signal(child.id(), rustix::process::Signal::INT);
    let output = child.wait_with_output().unwrap();
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{errors}");
    assert!(errors.contains("interrupted"), "{errors}");
    assert!(text(&output.stdout).contains("max 1000"));
    assert_eq!(json(&path)["state"], "interrupted");
    assert!(workers.into_iter().all(|worker| !runs(worker)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn interrupted_claims_end_at_once_and_leave_no_worker() {
    let mut command = lanes(&["claims", "computing"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    let begin = Instant::now();
    let mut workers = children(child.id());
    while workers.is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(60), "no workers");
        workers = children(child.id());
    }
    signal(child.id(), rustix::process::Signal::INT);
    let output = child.wait_with_output().unwrap();
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{errors}");
    // Nothing was found, and what was being measured is not called missing.
    assert!(output.stdout.is_empty() && !errors.contains("gil"), "{errors}");
    assert!(errors.contains("interrupted"), "{errors}");
    assert!(workers.into_iter().all(|worker| !runs(worker)));
}

#[test]
fn a_session_that_is_killed_leaves_a_valid_file_and_no_worker() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let mut child = endless(&path);
    let begin = Instant::now();
    let mut workers = children(child.id());
    while workers.is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(30), "no workers");
        workers = children(child.id());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    while workers.iter().any(|worker| runs(*worker)) {
        assert!(begin.elapsed() < Duration::from_secs(60), "workers live on");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(json(&path)["state"], "running");
}

#[test]
fn sessions_are_compared_and_a_regression_ends_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let models = "--models=sequential,rayon,crossbeam";
    let arguments = [
        "max/*/100000",
        models,
        "--items=100000",
        "--rounds=16",
        "--no-control",
    ];
    let before = session(&folder, "before.json", &arguments);
    // Made-up times, so that a busy machine does not decide: a millisecond
    // each, with a little noise; then one model half as fast again.
    let write = |path: &Path, slower: f64| {
        let mut results = json(&before);
        let samples = results["rows"][0]["samples"].as_array_mut().unwrap();
        for (index, sample) in samples.iter_mut().enumerate() {
            let noise = 1.0 + (index * 37 % 11) as f64 / 1000.0;
            let runs = sample["runs"].as_f64().unwrap();
            let is_slower = sample["contender"] == 1;
            let factor = if is_slower { slower } else { 1.0 };
            sample["wall_ns"] = ((1e6 * runs * noise * factor) as u64).into();
        }
        fs::write(path, results.to_string()).unwrap();
    };
    let after = folder.path().join("after.json");
    write(&after, 1.5);
    write(&before, 1.0);
    let [before, after] = [&before, &after].map(|path| path.to_str().unwrap());
    let same = output(&["cmp", before, before, "--fail-on=1%"]);
    assert!(same.status.success(), "{}", text(&same.stderr));
    let compared = ["cmp", before, after, "--fail-on=40%", "--format=json"];
    let output = output(&compared);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("max/rayon/100000"));
    let changes: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(changes.as_array().unwrap().len(), 3);
    // The other way round it is faster, which is no regression.
    let faster = self::output(&["cmp", after, before, "--fail-on=40%"]);
    assert!(faster.status.success(), "{}", text(&faster.stderr));
    assert!(text(&faster.stdout).contains("faster by"));
    // Another machine is compared, with a warning.
    let mut other = json(Path::new(before));
    other["machine"]["processor"] = "another".into();
    let other_path = folder.path().join("other.json");
    fs::write(&other_path, other.to_string()).unwrap();
    let warned = self::output(&["cmp", before, other_path.to_str().unwrap()]);
    assert!(warned.status.success());
    assert!(text(&warned.stderr).contains("two machines"));
    let ranked = self::output(&["rank", before, "--format=json"]);
    let ranked: Value = serde_json::from_slice(&ranked.stdout).unwrap();
    // Three models, of which one is what the others are compared with.
    assert_eq!(ranked[0]["places"].as_array().unwrap().len(), 2);
    assert_eq!(ranked[0]["reference"]["model"], "sequential");
    fails_with(&["rank", before, "--models=none"], 2, &["no model"]);
}

#[test]
fn files_that_are_no_results_are_reported_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let good = session(&folder, "good.json", &SMALL);
    let good = good.to_str().unwrap();
    let whole = fs::read_to_string(good).unwrap();
    let bad = folder.path().join("bad.json");
    let name = bad.to_str().unwrap();
    let newer = whole.replacen("\"version\":3", "\"version\":99", 1);
    let lying = whole.replacen("\"contender\":0", "\"contender\":77", 1);
    for (content, words) in [
        (&whole[..whole.len() / 2], &["measure again"][..]),
        ("", &["measure again"]),
        ("{\"a\": 1}", &["not a file of lanes"]),
        (&newer, &["version 99"]),
        (&lying, &["not there"]),
    ] {
        fs::write(&bad, content).unwrap();
        let words: Vec<&str> = words.iter().copied().chain([name]).collect();
        fails_with(&["cmp", good, name], 1, &words);
        fails_with(&["rank", name], 1, &words);
    }
    fs::remove_file(&bad).unwrap();
    fails_with(&["rank", name], 1, &["No such file"]);
}

#[test]
fn cells_are_checked_and_listed() {
    let output =
        output(&["check", "max", "event", "--models=sequential,rayon"]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    assert!(printed.contains(" right, "), "{printed}");
    assert!(
        printed.contains("rayon with 1 worker: event: two jobs"),
        "{printed}"
    );
    let output = self::output(&["list", "--format=json"]);
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), WORKLOADS.len());
    for (workload, known) in listed.iter().zip(WORKLOADS) {
        assert_eq!(workload["workload"], known.name);
        let cells = workload["cells"].as_array().unwrap();
        for entry in &MODELS {
            let has = cells.iter().any(|cell| cell["model"] == entry.name);
            let listed = |cell: &Cell| cell.workload == known.name;
            assert_eq!(has, entry.cells.iter().any(listed), "{}", entry.name);
        }
    }
    let threads = |w: &Value| {
        let cells = w["cells"].as_array().unwrap();
        cells.iter().any(|cell| cell["model"] == "python-threads")
    };
    assert!(listed.iter().any(threads));
    let output = self::output(&["list", "fetch/*ro*", "--format=csv"]);
    assert_eq!(text(&output.stdout).lines().count(), 5);
}

#[test]
fn a_model_that_answers_wrongly_does_not_pass_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worker.py");
    let honest = fs::read_to_string(worker).unwrap();
    let liar = folder.path().join("liar.py");
    let lies = honest.replace("number * 2", "number * 2 + (number == job[-1])");
    // Python takes long for millions, and the lie shows in a hundred.
    let large = "not in WORK or ask[\"size\"][\"len\"] > 1000";
    let lies = lies.replace("not in WORK", large);
    assert!(lies.contains(large) && lies.contains("job[-1]"));
    fs::write(&liar, lies).unwrap();
    let peer = format!("--peer=liar=python3 '{}'", liar.display());
    let models = "--models=liar";
    // It has one worker, and says so, when more are asked for.
    let output = output(&["check", "double/liar", models, &peer]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("WRONG: liar"), "{printed}");
    assert!(printed.contains("answered wrongly"), "{printed}");
}

#[test]
fn the_machine_is_looked_at_and_shells_are_served() {
    let output = output(&["doctor", "--no-noise"]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}");
    for word in ["cores", "governor", "load", "descriptors", "threads", "clock"]
    {
        assert!(printed.contains(word), "{word} in {printed}");
    }
    let output = self::output(&["completions", "bash"]);
    assert!(text(&output.stdout).contains("complete -F _lanes"));
}
