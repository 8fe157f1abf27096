//! Every use, run once under the watchdog. What is certain by a library's own
//! documentation is asked for; what depends on its version or on the machine
//! only has to have an outcome.

use lanes_plain::{CASES, LIBRARIES, Observed, Outcome, find};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

/// Runs all uses of a library.
fn observed(library: &str) -> BTreeMap<&'static str, Observed> {
    let library = LIBRARIES.iter().find(|one| one.name == library).unwrap();
    let run = |one: &lanes_plain::Use| {
        let observed = one.run(&AtomicBool::new(false));
        assert_ne!(
            observed.outcome,
            Outcome::Unmeasured,
            "{one:?}: {observed}"
        );
        assert_ne!(observed.outcome, Outcome::Exits, "{one:?}: {observed}");
        assert!(!observed.detail.is_empty(), "{one:?}");
        println!("{one:?}: {observed}");
        (one.case, observed)
    };
    library.uses.iter().map(run).collect()
}

#[track_caller]
fn certain(
    seen: &BTreeMap<&'static str, Observed>,
    expected: &[(&str, Outcome, &str)],
) {
    for (case, outcome, words) in expected {
        let observed = &seen[case];
        assert_eq!(observed.outcome, *outcome, "{case}: {observed}");
        assert!(observed.detail.contains(words), "{case}: {observed}");
    }
}

/// What no library can change, or what they share.
const EVERYWHERE: &[(&str, Outcome, &str)] = &[
    ("fd_limit", Outcome::Errs, "errno 24"),
    ("peer_reset", Outcome::Errs, "errno 104"),
    ("early_close", Outcome::Errs, "UnexpectedEof"),
    ("oversize_input", Outcome::Aborts, "signal 6"),
    ("worker_sigkill", Outcome::Absent, ""),
];

/// All siblings of a task that failed end, before the call returns or later.
#[track_caller]
fn siblings_end(seen: &BTreeMap<&'static str, Observed>, case: &str) {
    let tasks = seen[case].tasks.unwrap();
    assert_eq!((tasks.ended + tasks.later, tasks.of), (7, 7), "{case}");
}

#[test]
fn threads() {
    let seen = observed("threads");
    certain(&seen, EVERYWHERE);
    let loses_the_message = "a scoped thread panicked";
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Rethrows, loses_the_message),
            ("all_tasks_panic", Outcome::Rethrows, loses_the_message),
            ("detached_task_panics", Outcome::Loses, "returns Ok"),
            ("panic_in_drop", Outcome::Aborts, "panicked on drop"),
            ("one_task_errors", Outcome::Errs, "the fault of task 3"),
            ("cancel_midway", Outcome::RunsOn, "handles are dropped"),
            ("deadline_cpu_bound", Outcome::RunsOn, "Err(Timeout)"),
            ("deadline_io_bound", Outcome::Errs, "errno 11"),
            ("panic_holding_lock", Outcome::Poisons, "70 of 100"),
            ("nested_run", Outcome::Answers, ""),
            ("thread_limit", Outcome::Rethrows, "failed to spawn thread"),
        ],
    );
    siblings_end(&seen, "one_task_panics");
    siblings_end(&seen, "detached_task_panics");
}

#[test]
fn crossbeam() {
    let seen = observed("crossbeam");
    certain(&seen, EVERYWHERE);
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Errs, "the fault of task 3"),
            ("all_tasks_panic", Outcome::Errs, "the fault of task 7"),
            ("one_task_errors", Outcome::Errs, "the fault of task 3"),
            ("cancel_midway", Outcome::Waits, "2 of 2"),
            ("drop_while_running", Outcome::RunsOn, ""),
            ("panic_holding_lock", Outcome::Poisons, "70 of 100"),
            ("nested_run", Outcome::Answers, ""),
        ],
    );
}

#[test]
fn rayon() {
    let seen = observed("rayon");
    certain(&seen, EVERYWHERE);
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Rethrows, "the fault of task 3"),
            ("all_tasks_panic", Outcome::Rethrows, "the fault of task"),
            ("detached_task_panics", Outcome::Aborts, "signal 6"),
            ("one_task_errors", Outcome::Errs, "the fault of task 3"),
            ("cancel_midway", Outcome::Waits, "2 of 2"),
            ("drop_while_running", Outcome::RunsOn, ""),
            ("panic_holding_lock", Outcome::Poisons, "70 of 100"),
            ("nested_run", Outcome::Answers, ""),
            ("zero_workers", Outcome::Answers, ""),
        ],
    );
}

#[test]
fn tokio() {
    let seen = observed("tokio");
    certain(&seen, EVERYWHERE);
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Errs, "the fault of task 3"),
            ("all_tasks_panic", Outcome::Errs, "the fault of task 0"),
            ("detached_task_panics", Outcome::Loses, "returns Ok"),
            ("one_task_errors", Outcome::Errs, "the fault of task 3"),
            ("deadline_cpu_bound", Outcome::Waits, "Ok(())"),
            ("deadline_io_bound", Outcome::Errs, "deadline has elapsed"),
            ("panic_holding_lock", Outcome::Torn, "70 of 100"),
            ("nested_run", Outcome::Errs, "within a runtime"),
            ("zero_workers", Outcome::Rethrows, "cannot be set to 0"),
            ("hundred_runs", Outcome::Answers, ""),
        ],
    );
    siblings_end(&seen, "one_task_panics");
    siblings_end(&seen, "detached_task_panics");
}

#[test]
fn async_std() {
    let seen = observed("async-std");
    certain(&seen, EVERYWHERE);
    certain(
        &seen,
        &[
            ("one_task_errors", Outcome::Errs, "the fault of task 3"),
            ("deadline_io_bound", Outcome::Errs, "TimedOut"),
            ("panic_holding_lock", Outcome::Torn, "70 of 100"),
            ("zero_workers", Outcome::Answers, "computed: 1"),
            ("hundred_runs", Outcome::Leaves, ""),
        ],
    );
}

#[test]
fn smol() {
    let seen = observed("smol");
    certain(&seen, EVERYWHERE);
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Rethrows, "the fault of task 3"),
            ("one_task_errors", Outcome::Errs, "the fault of task 3"),
            ("deadline_io_bound", Outcome::Errs, "TimedOut"),
            ("panic_holding_lock", Outcome::Torn, "70 of 100"),
            ("zero_workers", Outcome::Hangs, ""),
            ("hundred_runs", Outcome::Leaves, ""),
        ],
    );
}

#[test]
fn mutex() {
    let seen = observed("mutex");
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Rethrows, ""),
            ("panic_holding_lock", Outcome::Poisons, "70 of 100"),
        ],
    );
    // It may panic as well, says its documentation.
    let twice = seen["nested_run"].outcome;
    assert!([Outcome::Hangs, Outcome::Rethrows].contains(&twice));
}

#[test]
fn processes() {
    let seen = observed("processes");
    certain(
        &seen,
        &[
            ("one_task_panics", Outcome::Errs, "exit status: 101"),
            ("one_task_errors", Outcome::Errs, "exit status: 1"),
            ("cancel_midway", Outcome::Stops, "signal: 9"),
            ("deadline_io_bound", Outcome::Hangs, ""),
            ("drop_while_running", Outcome::RunsOn, "done"),
            ("nested_run", Outcome::Answers, ""),
            ("fd_limit", Outcome::Errs, "errno 24"),
            ("oversize_input", Outcome::Errs, "signal: 6"),
            ("worker_sigkill", Outcome::Waits, "signal: 9"),
            ("hundred_runs", Outcome::Answers, ""),
        ],
    );
    assert_eq!(tasks_alive(), 0, "the watchdog ends what a use started");
}

/// How many tasks of other processes there are: only one library has any.
fn tasks_alive() -> usize {
    let own = process::id().to_string();
    let alive = uses_alive().into_iter();
    alive.filter(|words| words[0] != own && words[1] == "task").count()
}

/// The arguments of every process of a use: who started it, the library and
/// the case.
fn uses_alive() -> Vec<Vec<String>> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| {
        let line = fs::read(process.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let arguments = line.strip_prefix("lanes-plain-use\0")?;
        Some(arguments.split('\0').map(str::to_owned).collect())
    });
    lines.filter(|words: &Vec<_>| words.len() >= 3).collect()
}

#[test]
fn a_use_ends_with_who_started_it() {
    let begin = Instant::now();
    let within = |seconds| begin.elapsed() < Duration::from_secs(seconds);
    // The test above whose last use waits for ever.
    let mut starter = Command::new("/proc/self/exe")
        .args(["--exact", "mutex"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let pid = starter.id().to_string();
    let hanging = || {
        let mut alive = uses_alive().into_iter();
        alive.any(|words| words[0] == pid && words[2] == "nested_run")
    };
    while !hanging() {
        assert!(within(60), "the use has not begun");
        thread::sleep(Duration::from_millis(5));
    }
    starter.kill().unwrap();
    starter.wait().unwrap();
    while hanging() {
        assert!(within(120), "the use goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn files_have_the_cases_in_one_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    for library in LIBRARIES {
        let path = root.unwrap().join(library.uses[0].source);
        let text = fs::read_to_string(&path).unwrap();
        let place = |case: &str| text.find(&format!("pub(crate) fn {case}()"));
        let mut last = 0;
        let mut uses = library.uses.iter().peekable();
        for case in &CASES {
            let Some(one) = uses.next_if(|one| one.case == case.name) else {
                assert_eq!(place(case.name), None, "{path:?}: not listed");
                continue;
            };
            assert!(find(library.name, one.case).is_some());
            let place = place(one.case).unwrap();
            assert!(place > last, "{path:?}: {} stands too early", one.case);
            last = place;
        }
        assert!(uses.next().is_none(), "{}: another order", library.name);
    }
}

#[test]
fn notes_are_addresses() {
    let uses = LIBRARIES.iter().flat_map(|library| library.uses);
    let notes: Vec<&str> = uses.filter_map(|one| one.note()).collect();
    assert!(notes.len() > 40, "{}", notes.len());
    for note in notes {
        let address = note.rsplit(' ').next().unwrap();
        assert!(address.starts_with("https://"), "{note}");
    }
}
