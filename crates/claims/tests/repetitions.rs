//! Each repetition of a ratio is made in a process of its own.
//!
//! The workers are this test's own executable; an argument names the ignored
//! "test" to run.

use lanes_claims::{Finding, Found, Group, Study, study};
use lanes_core::Error;
use lanes_measure::process::{Launch, Limits};
use lanes_measure::worker::{self, Candidate};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn serve(show: worker::Show<'_>) {
    worker::serve_any(&[], &|_| None, show).unwrap();
}

/// Shows which process it is, whatever is asked for.
#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn shows_its_process() {
    serve(&|_, _| Some(Ok(vec![std::process::id().into()])));
}

/// Dies in the fourth repetition that any of these workers makes.
#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn dies_in_the_fourth() {
    serve(&|_, _| {
        let known = std::env::temp_dir().join("repetitions");
        let mut file =
            OpenOptions::new().create(true).append(true).open(&known);
        file.as_mut().unwrap().write_all(b".").unwrap();
        if fs::metadata(known).unwrap().len() == 4 {
            std::process::exit(3);
        }
        Some(Ok(vec![1.0]))
    });
}

/// Fails, and says why.
#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn fails() {
    serve(&|_: &str, how: &Value| {
        Some(Err(Error::Task(format!("no {} today", how["who"]))))
    });
}

fn limits() -> Limits {
    Limits {
        deadline: Duration::from_secs(60),
        memory: 4 << 30,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

/// What such workers show of `tokio` in the first claim about loops. The study
/// is stopped before anything is measured in Python.
fn of_tokio(worker: &str, folder: &Path) -> Found {
    first(Group::Loops, "tokio", worker, folder)
}

/// What such workers show first in a group, of this model. Then the study is
/// stopped.
fn first(group: Group, who: &str, worker: &str, folder: &Path) -> Found {
    let limits = limits();
    let stop = Arc::clone(&limits.stop);
    let arguments = ["--exact", worker, "--ignored", "--nocapture"];
    let program = std::env::current_exe().unwrap();
    let own = Launch::named(program, arguments.map(String::from).to_vec());
    let findings = study(Study {
        groups: &[group],
        limits: &limits,
        folder,
        own,
        watch: &mut |_: &Finding| stop.store(true, Ordering::Relaxed),
    });
    // Nothing was measured after that.
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.who, who);
    finding.found.clone()
}

#[test]
fn no_two_repetitions_share_a_process() {
    let folder = tempfile::tempdir().unwrap();
    let found = of_tokio("shows_its_process", folder.path());
    let Found::Measured { samples, .. } = found else { panic!("{found:?}") };
    let own = f64::from(std::process::id());
    let processes: BTreeSet<u64> =
        samples.iter().map(|process| process.to_bits()).collect();
    assert_eq!((processes.len(), samples.len()), (9, 9), "{samples:?}");
    assert!(!processes.contains(&own.to_bits()));
}

#[test]
fn a_process_that_dies_in_one_repetition_leaves_the_claim_without_a_ratio() {
    let folder = tempfile::tempdir().unwrap();
    let found = of_tokio("dies_in_the_fourth", folder.path());
    let Found::Missing(why) = found else { panic!("{found:?}") };
    assert!(why.starts_with("died: exit status: 3"), "{why}");
    // No repetition was made after it.
    let made = fs::read(folder.path().join("repetitions")).unwrap();
    assert_eq!(made.len(), 4);
}

#[test]
fn the_reason_of_a_worker_is_that_of_the_finding() {
    let folder = tempfile::tempdir().unwrap();
    let found = of_tokio("fails", folder.path());
    let Found::Missing(why) = found else { panic!("{found:?}") };
    assert_eq!(why, "failed: a task failed: no \"tokio\" today");
}

/// Is any model of the suite.
#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn is_a_model() {
    let find = |name: &str| lanes_suite::find(name).map(Candidate::from);
    worker::serve_any(&[], &find, &|_, _| None).unwrap();
}

#[test]
fn a_row_is_run_by_models_in_workers_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let found = first(Group::Tasks, "tokio", "is_a_model", folder.path());
    let Found::Measured { samples, .. } = found else { panic!("{found:?}") };
    assert_eq!(samples.len(), 9);
    // A thread has a stack.
    assert!(samples.iter().all(|ratio| *ratio > 1.0), "{samples:?}");
}
