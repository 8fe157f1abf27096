//! `lanes traps`: what is found, printed and said.

use lanes_measure::traps::{Finding, Outcome, Traps};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn traps(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lanes"))
        .args(["traps", "--output"])
        .arg(folder.join("found.json"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_trap_is_tried_saved_and_printed() {
    let folder = TempDir::new().unwrap();
    let chosen = ["tokio-dropped*", "--repeat=1", "--deadline=60s"];
    let output = traps(folder.path(), &chosen);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    for part in [
        "tokio-dropped-handle",
        "wrong",
        "1 effect",
        "https://github.com/tokio-rs/tokio/issues/1830",
        "1 shown, 0 could not be shown here, 0 not here",
    ] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
    let found = Traps::load(&folder.path().join("found.json")).unwrap();
    assert_eq!(found.traps[0].finding, Finding::Shown);
    assert_eq!(found.traps[0].without.outcome, Some(Outcome::Wrong));
    assert!(found.traps[0].without.lines.len() > 3);
}

#[test]
fn a_remedy_that_hangs_is_a_failure() {
    let folder = TempDir::new().unwrap();
    // No process has started so soon.
    let chosen = ["tokio-slot", "--repeat=1", "--deadline=1ms", "--format=csv"];
    let output = traps(folder.path(), &chosen);
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{printed}{said}");
    assert!(said.contains("a remedy fails"), "{said}");
    let remedy = printed.lines().find(|line| line.contains(",remedy,"));
    let remedy = remedy.unwrap();
    assert!(remedy.starts_with("tokio-slot,broken,remedy,"), "{remedy}");
    assert!(remedy.contains(",hangs,delay,,1,"), "{remedy}");
}

#[test]
fn python_that_is_not_here_is_no_failure() {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(["traps", "python-starved", "--repeat=1", "--output"]);
    let command = command.arg(folder.path().join("found.json"));
    let output =
        command.env("LANES_PYTHON", "/no/such/python3").output().unwrap();
    let (printed, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{printed}{said}");
    let why = "python-starved: not here, because /no/such/python3 does not";
    assert!(printed.contains(why), "{printed}");
    assert!(printed.contains("1 not here"), "{printed}");
}

#[test]
fn traps_are_listed_and_names_are_known() {
    let folder = TempDir::new().unwrap();
    let output = traps(folder.path(), &["--list", "rayon*"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains("rayon-lock"), "{printed}");
    assert!(!printed.contains("tokio-slot"), "{printed}");
    assert!(!folder.path().join("found.json").exists());
    for (name, hint) in [
        ("tokio-slto", "did you mean \"tokio-slot\"?"),
        ("xylophones-of-brass", "`lanes traps --list` has them all"),
    ] {
        let output = traps(folder.path(), &[name]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(hint), "{said}");
    }
}
