//! Signals in every subcommand: it ends at once, says so, leaves a valid file,
//! no child and no temporary folder.

use super::*;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A command that runs, its folder for temporary files, and the folder it is
/// in.
struct Running {
    child: Child,
    temporary: TempDir,
    here: TempDir,
}

fn start(arguments: &[&str]) -> Running {
    let [temporary, here] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    // Guests that do not say what they are, for those who ask all models.
    script(&here.path().join("lanes-worker-mute"), "exec /bin/sleep 1000");
    fifo(&here.path().join("pipe.json"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", here.path().display());
    let child = lanes(arguments)
        .env("TMPDIR", temporary.path())
        .env("PATH", path)
        .current_dir(here.path())
        .spawn()
        .unwrap();
    Running { child, temporary, here }
}

fn status(id: u32, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{id}/status"));
    let text = text.unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_default().trim_start_matches(':').trim().to_owned()
}

/// Whether a process is there and not yet dead.
fn runs(id: u32) -> bool {
    !matches!(status(id, "State").chars().next(), None | Some('Z' | 'X'))
}

/// Whether it waits for signals.
fn waits(id: u32) -> bool {
    let mask = u64::from_str_radix(&status(id, "SigCgt"), 16).unwrap_or(0);
    mask >> (Signal::INT.as_raw() - 1) & 1 == 1
}

fn children(id: u32) -> Vec<u32> {
    let mut all = Vec::new();
    let tasks = fs::read_dir(format!("/proc/{id}/task"));
    for task in tasks.into_iter().flatten().flatten() {
        let text = fs::read_to_string(task.path().join("children"));
        let text = text.unwrap_or_default();
        all.extend(
            text.split_whitespace().map(|id| id.parse::<u32>().unwrap()),
        );
    }
    all
}

fn send(id: u32, signal: Signal) {
    let id = Pid::from_raw(id.cast_signed()).unwrap();
    kill_process(id, signal).unwrap();
}

/// Ends a command with a signal once it has a child, or waits for signals if it
/// will have none, and looks at what it leaves.
fn interrupted(arguments: &[&str], signal: Signal, has_child: bool) {
    let Running { mut child, temporary, here } = start(arguments);
    let id = child.id();
    until("handlers", || waits(id));
    let mut workers = Vec::new();
    if has_child {
        until("children", || {
            workers = children(id);
            !workers.is_empty()
        });
    }
    send(id, signal);
    ended(&mut child);
    let output = child.wait_with_output().unwrap();
    let errors = ends(&output, 130);
    assert!(errors.contains("interrupted"), "{arguments:?}: {errors}");
    assert_eq!(entries(temporary.path()), [""; 0], "{arguments:?}");
    until("no child", || !workers.iter().any(|worker| runs(*worker)));
    for file in entries(here.path()).iter().filter(|n| n.ends_with(".json")) {
        if file != "pipe.json" {
            let text = fs::read_to_string(here.path().join(file)).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value["state"], "interrupted", "{arguments:?}");
        }
    }
}

const SIGNALS: [Signal; 3] = [Signal::INT, Signal::HUP, Signal::TERM];

#[test]
fn every_subcommand_ends_at_a_signal() {
    let own = env!("CARGO_BIN_EXE_lanes");
    let with_children: [&[&str]; 14] = [
        &["run", "max", "--budget=10m", "--output=a.json"],
        &["check", "--models=sequential,threads"],
        &["duel", own, own, "fib", "--budget=10m", "--output=a.json"],
        &["map", "--budget=10m", "--output=a.json"],
        &["advise", "--compute=1ms", "--budget=10m", "--output=a.json"],
        &["metg", "--budget=10m", "--output=a.json"],
        &["crossover", "max", "--budget=10m", "--output=a.json"],
        &["trace", "fetch", "--runs=1000", "--output=."],
        &["figures", "--runs=1000", "--output=."],
        &["claims", "computing"],
        &["report", "--output=site"],
        &["demo", "--output=a.json"],
        &["list"],
        &["doctor"],
    ];
    for (at, arguments) in with_children.into_iter().enumerate() {
        interrupted(arguments, SIGNALS[at % 3], true);
    }
    let without: [&[&str]; 3] = [
        &["rank", "pipe.json"],
        &["cmp", "pipe.json", "pipe.json"],
        &["report", "pipe.json"],
    ];
    for (at, arguments) in without.into_iter().enumerate() {
        interrupted(arguments, SIGNALS[at % 3], false);
    }
}

#[test]
fn a_session_ends_at_any_of_them() {
    for signal in SIGNALS.into_iter().chain([Signal::QUIT]) {
        let all = ["run", "max", "--budget=10m", "--output=a.json"];
        interrupted(&all, signal, true);
    }
}

/// A worker that does not read its socket does not see that it has ended.
#[test]
fn a_worker_that_takes_no_notice_is_ended_too() {
    let deaf = "--peer=deaf=sleep 1000";
    let all = ["run", "max", "--models=deaf", deaf, "--output=a.json"];
    interrupted(&all, Signal::INT, true);
}

#[test]
fn a_guest_that_says_nothing_ends_with_the_command() {
    let Running { mut child, temporary, here: _here } = start(&["list"]);
    let mut mute = None;
    until("the guest", || {
        let name = |id: &u32| status(*id, "Name") == "sleep";
        mute = children(child.id()).into_iter().find(name);
        mute.is_some()
    });
    // The command waits two seconds for it, and is ended before.
    send(child.id(), Signal::QUIT);
    ended(&mut child);
    ends(&child.wait_with_output().unwrap(), 130);
    assert_eq!(entries(temporary.path()), [""; 0]);
    until("no child", || !mute.is_some_and(runs));
}

#[test]
fn a_second_signal_ends_it_and_leaves_nothing() {
    let all = ["run", "max", "--budget=10m", "--output=a.json"];
    let Running { mut child, temporary, here } = start(&all);
    let id = child.id();
    let path = here.path().join("a.json");
    until("samples", || {
        fs::read_to_string(&path).is_ok_and(|text| text.contains("wall_ns"))
    });
    let workers = children(id);
    send(id, Signal::INT);
    send(id, Signal::TERM);
    ended(&mut child);
    ends(&child.wait_with_output().unwrap(), 130);
    assert_eq!(entries(temporary.path()), [""; 0]);
    until("no child", || !workers.iter().any(|worker| runs(*worker)));
    let text = fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["state"], "interrupted");
    assert!(text.contains("wall_ns"));
}

#[test]
fn a_command_that_does_not_see_the_flag_keeps_what_it_has() {
    // This limit takes minutes: two threads that wake each other.
    let all = [
        "run",
        "event/sequential",
        "event/threads",
        "--items=4000000",
        "--workers=2",
        "--output=a.json",
    ];
    let Running { mut child, temporary, here } = start(&all);
    let path = here.path().join("a.json");
    until("a file", || path.exists());
    send(child.id(), Signal::INT);
    ended(&mut child);
    let errors = ends(&child.wait_with_output().unwrap(), 130);
    assert!(errors.contains("is in a.json"), "{errors}");
    assert_eq!(entries(temporary.path()), [""; 0]);
    let text = fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["state"], "interrupted");
}

#[test]
fn nohup_keeps_its_promise() {
    let here = tempfile::tempdir().unwrap();
    let path = here.path().join("a.json");
    let mut child = Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_lanes"))
        .args(["run", "max", "--budget=10m", "--output=a.json"])
        .current_dir(here.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = child.id();
    until("handlers", || waits(id));
    send(id, Signal::HUP);
    let samples = || {
        let text = fs::read_to_string(&path).unwrap_or_default();
        text.matches("wall_ns").count()
    };
    // It goes on: one visit and another.
    until("samples", || samples() > 0);
    let before = samples();
    until("more samples", || samples() > before);
    send(id, Signal::INT);
    assert_eq!(ended(&mut child).code(), Some(130));
}

#[test]
fn what_a_killed_command_left_is_removed_by_the_next() {
    let all = ["run", "read", "--budget=10m", "--output=a.json"];
    let Running { mut child, temporary, here } = start(&all);
    let path = here.path().join("a.json");
    until("samples", || {
        fs::read_to_string(&path).is_ok_and(|text| text.contains("wall_ns"))
    });
    let workers = children(child.id());
    // Another one runs meanwhile, and its folder stays.
    let place = temporary.path();
    let budget = ["run", "max", "--budget=10m", "--output=b.json"];
    let other =
        lanes(&budget).env("TMPDIR", place).current_dir(here.path()).spawn();
    let mut other = other.unwrap();
    until("two folders", || entries(place).len() == 2);
    child.kill().unwrap();
    ended(&mut child);
    until("no child", || !workers.iter().any(|worker| runs(*worker)));
    assert_eq!(entries(place).len(), 2);
    let listed = lanes(&["list"]).env("TMPDIR", place).output().unwrap();
    ends(&listed, 0);
    assert_eq!(entries(place).len(), 1);
    until("handlers", || waits(other.id()));
    send(other.id(), Signal::TERM);
    assert_eq!(ended(&mut other).code(), Some(130));
    assert_eq!(entries(place), [""; 0]);
}
