//! How workers end: nothing of them is left, what they said last is shown, and
//! it is said who ended them.

use crate::{digest, hello, launch, limits, size, until_run};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::{Launch, Limits, Process};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A worker that is this shell script.
fn script(script: &str) -> Launch {
    Launch::named("sh", ["-c", script].map(String::from).to_vec())
}

fn start(launch: &Launch, limits: &Limits) -> Result<Process, Failure> {
    Process::start(launch, &std::env::temp_dir(), limits)
}

/// What becomes of a worker that is asked what it is.
fn asked(launch: &Launch, limits: &Limits) -> Failure {
    start(launch, limits).unwrap().describe().unwrap_err()
}

/// What becomes of a run of a worker of this program.
fn ran(worker: &str, limits: &Limits) -> Failure {
    let mut process = start(&launch(worker), limits).unwrap();
    process.send(&hello(worker, 1)).unwrap();
    process.hello(worker, 1).unwrap();
    let digest = digest();
    process.prepare("max", &size(), 7).unwrap();
    process.prepared(digest).unwrap();
    process.sample(1, false, Some(digest)).unwrap_err()
}

/// The processes with this argument.
fn with_argument(argument: &str) -> Vec<PathBuf> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let has = |path: &PathBuf| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|a| a == argument.as_bytes())
    };
    all.map(|entry| entry.path()).filter(has).collect()
}

fn wait_until(what: &str, is: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A number of seconds that no other test sleeps.
fn unique(number: u32) -> String {
    format!("1000.{}{number}", std::process::id())
}

#[test]
fn a_worker_that_ignores_everything_is_killed_at_its_deadline() {
    let deadline = Duration::from_secs(1);
    let limits = Limits { deadline, ..limits() };
    let deaf = "trap '' TERM INT HUP QUIT PIPE";
    for (number, what) in [
        "while :; do :; done",
        "kill -STOP $$",
        "exec 0<&-; while :; do :; done",
        "setsid sleep N & kill -STOP $$",
        "(setsid sh -c \"trap '' TERM; sleep N; :\" &); while :; do :; done",
        "(env -i setsid sleep N; :) & while :; do :; done",
    ]
    .into_iter()
    .enumerate()
    {
        let seconds = unique(number as u32);
        let what = format!("{deaf}; {}", what.replace('N', &seconds));
        let begin = Instant::now();
        let mut process = start(&script(&what), &limits).unwrap();
        if what.contains("sleep") {
            let begun = || !with_argument(&seconds).is_empty();
            wait_until(&what, begun);
        }
        let leader = PathBuf::from(format!("/proc/{}", process.id()));
        assert!(leader.exists());
        let hung = process.describe().unwrap_err();
        let cause = match what.contains("exec 0<&-") {
            true => Cause::Protocol,
            false => Cause::Hung,
        };
        assert_eq!(hung.cause, cause, "{what}: {hung}");
        drop(process);
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        assert!(!leader.exists(), "{what}");
        wait_until(&what, || with_argument(&seconds).is_empty());
    }
}

#[test]
fn the_last_words_of_a_worker_are_shown_every_time() {
    for round in 0..60 {
        for what in [
            "echo cannot open display >&2; exit 1",
            "echo cannot open display; kill -9 $$",
            "sleep 1000 & echo cannot open display >&2; exit 1",
            "(setsid sleep 1000 &) ; echo cannot open display >&2; exit 1",
        ] {
            let begin = Instant::now();
            let died = asked(&script(what), &limits());
            // It must be noticed in half a second on a machine that is idle.
            assert!(begin.elapsed() < Duration::from_secs(5), "{what}");
            assert_eq!(died.cause, Cause::Died, "{round}: {what}: {died}");
            let words = "it printed: cannot open display";
            assert!(died.message.ends_with(words), "{round}: {what}: {died}");
        }
    }
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn eats_in_a_child() {
    until_run(|_, _| {
        // A line without an end is kept as a whole, until its end.
        let eats = "(head -c 600000000 /dev/zero; sleep 1000) | setsid tail";
        Command::new("sh").args(["-c", eats]).status().unwrap();
    });
}

#[test]
fn the_memory_of_all_that_a_worker_has_started_counts() {
    let deadline = Duration::from_secs(60);
    let limits = Limits { deadline, ..limits() };
    let failure = ran("endings::eats_in_a_child", &limits);
    assert_eq!(failure.cause, Cause::Memory, "{failure}");
}

/// What this test's own program prints as this test, and whether it passed.
fn apart(test: &str) -> (String, bool) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (text, output.status.success())
}

/// Allows no more of a resource than there is.
fn allow(resource: Resource, most: u64) {
    let maximum = getrlimit(resource).maximum;
    setrlimit(resource, Rlimit { current: Some(most), maximum }).unwrap();
}

fn children() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    let children = tasks.map(|task| {
        fs::read_to_string(task.path().join("children")).unwrap_or_default()
    });
    children.filter(|children| !children.trim().is_empty()).collect()
}

#[test]
#[ignore = "a process of its own, since its limits are those of a process"]
fn starts_without_descriptors() {
    let limits = limits();
    let open = || fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    let before = open();
    // A limit is the number of the first descriptor that there is not.
    for most in before - 2..before + 8 {
        allow(Resource::Nofile, most);
        if let Err(failure) = start(&script("sleep 1000"), &limits) {
            println!("{most}: {failure}");
        }
        allow(Resource::Nofile, 1000);
        assert_eq!(children(), [""; 0]);
        wait_until("descriptors", || open() == before);
    }
}

#[test]
#[ignore = "a process of its own, since its limits are those of a process"]
fn starts_without_threads() {
    let limits = limits();
    let status = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = status.split(' ').next().unwrap().parse().unwrap();
    let all = pages * rustix::param::page_size() as u64;
    // A thread's stack needs more than this.
    allow(Resource::As, all + (1 << 20));
    let started = start(&script("sleep 1000"), &limits);
    allow(Resource::As, 1 << 40);
    assert_eq!(children(), [""; 0]);
    println!("{}", started.err().unwrap());
}

#[test]
fn a_start_that_the_system_refuses_names_the_call_and_leaves_nothing() {
    let (text, passed) = apart("endings::starts_without_descriptors");
    assert!(passed, "{text}");
    for call in ["socketpair: ", "pipe2: ", "fcntl: "] {
        let said = format!("could not be started: sh: {call}out of a resource");
        assert!(text.contains(&said), "{call}: {text}");
    }
    assert!(text.contains("; raise `ulimit -n`"), "{text}");
    let (text, passed) = apart("endings::starts_without_threads");
    assert!(passed, "{text}");
    let said = "could not be started: sh: a thread for prints: ";
    assert!(text.contains(said), "{text}");
}

/// A control group with 128 MiB for this process, if there can be one.
fn small_group() -> Option<PathBuf> {
    let name = format!("lanes-{}", std::process::id());
    let own = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = |controllers: &str| {
        let mut lines = own.lines().map(|line| line.splitn(3, ':').skip(1));
        lines.find_map(|mut parts| {
            (parts.next()? == controllers).then_some(parts.next()?)
        })
    };
    let below = |root: &str, path: &str| {
        Path::new(root).join(path.trim_start_matches('/')).join(&name)
    };
    let groups = [
        (path("memory"), "/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        (path(""), "/sys/fs/cgroup", "memory.max"),
    ];
    groups.into_iter().find_map(|(path, root, limit)| {
        let group = below(root, path?);
        fs::create_dir(&group).ok()?;
        let made = fs::write(group.join(limit), "134217728").and_then(|()| {
            // What is swapped out would not count.
            let _ = fs::write(group.join("memory.swap.max"), "0");
            let own = std::process::id().to_string();
            fs::write(group.join("cgroup.procs"), own)
        });
        if made.is_err() {
            let _ = fs::remove_dir(&group);
        }
        made.ok().map(|()| group)
    })
}

#[test]
#[ignore = "a process of its own, since it enters a control group"]
fn starts_in_a_small_group() {
    let Some(group) = small_group() else {
        println!("no control group can be made here");
        return;
    };
    println!("group {}", group.display());
    let limits = Limits {
        deadline: Duration::from_secs(60),
        memory: 1 << 40,
        ..limits()
    };
    println!("{}", ran("eats", &limits));
    // Killed by somebody else.
    println!("{}", asked(&script("kill -9 $$"), &limits));
}

#[test]
fn a_worker_that_the_system_killed_for_memory_is_reported_as_that() {
    let (text, passed) = apart("endings::starts_in_a_small_group");
    assert!(passed, "{text}");
    let group = text.lines().find_map(|line| line.strip_prefix("group "));
    let Some(group) = group else {
        assert!(text.contains("no control group can be made here"), "{text}");
        eprintln!("skipped: no control group can be made here");
        return;
    };
    wait_until("the group is empty", || fs::remove_dir(group).is_ok());
    let said = "took too much memory: the system killed it for memory";
    assert!(text.contains(said), "{text}");
    assert!(text.contains("died: signal: 9 (SIGKILL)"), "{text}");
}
