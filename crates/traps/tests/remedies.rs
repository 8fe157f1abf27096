//! Every trap, tried once. What a remedy must be is certain; whether the trap
//! shows depends on the machine and on the versions of the libraries, but for
//! those that a library's documentation is certain of.

use lanes_measure::traps::{Finding, Recorded, Trap};
use lanes_traps::{Asked, TRAPS, find};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// Long enough for a machine on which other tests run.
const PATIENCE: Duration = Duration::from_secs(60);

fn tried(name: &str, deadline: Duration) -> Trap {
    let stop = AtomicBool::new(false);
    let asked = Asked { repeats: 1, deadline, stop: &stop };
    let trap = find(name).unwrap().tried(&asked).unwrap();
    for side in trap.sides() {
        let (what, outcome) = (&side.what, side.outcome);
        let (figure, detail) = (trap.figure(side), side.detail());
        println!("{name}: {what}: {outcome:?}, {figure}, {detail}");
    }
    trap
}

/// Tries all traps of a library with patience, but for those that hang.
#[track_caller]
fn remedies_are_right(library: &str) {
    let hang = ["rayon-lock", "tokio-std-mutex"];
    let mut count = 0;
    for trap in TRAPS.iter().filter(|trap| trap.library == library) {
        let deadline = match hang.contains(&trap.name) {
            true => Duration::from_secs(5),
            false => PATIENCE,
        };
        let tried = tried(trap.name, deadline);
        count += 1;
        if let Some(why) = &tried.missing {
            assert_eq!(library, "CPython", "{why}");
            continue;
        }
        let failures = tried.failures();
        assert!(failures.is_empty(), "{}: {failures:?}", trap.name);
        assert_ne!(tried.finding, Finding::Unfinished, "{}", trap.name);
        for side in &tried.remedies {
            assert!(side.figure.is_some(), "{}: {side:?}", trap.name);
        }
        for side in tried.sides() {
            let name = trap.name;
            assert_eq!(side.recorded.is_some(), trap.timelines, "{name}");
            let possible = side.recorded.iter().all(Recorded::is_possible);
            assert!(possible, "{name}: {side:?}");
        }
    }
    assert!(count >= 5, "{library} has {count}");
}

#[test]
fn remedies_of_rayon_are_right() {
    remedies_are_right("rayon");
}

#[test]
fn remedies_of_tokio_are_right() {
    remedies_are_right("tokio");
}

#[test]
fn remedies_of_python_are_right() {
    remedies_are_right("CPython");
}
