//! Standard output and standard error that are closed, full, or read no more.

use super::*;
use std::fs::File;

/// Every subcommand that prints, as it ends quickly, in a folder with a session
/// `a.json`; and what it leaves there.
const COMMANDS: [(&[&str], &[&str]); 13] = [
    (&["--help"], &[]),
    (&["run", "--help"], &[]),
    (&["--version"], &[]),
    (&["completions", "bash"], &[]),
    (&["list"], &[]),
    (&["list", "--format=json"], &[]),
    (&["doctor", "--no-noise"], &[]),
    (&["rank", "a.json"], &[]),
    (&["cmp", "a.json", "a.json"], &[]),
    (&["check", "spawn", "--models=sequential", "--workers=1"], &[]),
    (
        &[
            "run",
            "max",
            "--models=sequential,rayon",
            "--items=10",
            "--rounds=1",
            "--output=b.json",
        ],
        &["b.json"],
    ),
    (
        &[
            "trace",
            "fetch",
            "--models=sequential",
            "--items=2",
            "--runs=1",
            "--output=t",
        ],
        &["t/fetch.perfetto.json", "t/fetch.svg", "t/fetch.traces.json"],
    ),
    (&["report", "a.json", "--output=p"], &["p/index.html"]),
];

/// Runs each in a folder of its own with these streams.
fn each(streams: impl Fn(&mut Command), look: impl Fn(&[&str], &mut Child)) {
    let first = tempfile::tempdir().unwrap();
    let results = session(&first, "a.json");
    for (arguments, files) in COMMANDS {
        let here = tempfile::tempdir().unwrap();
        fs::copy(&results, here.path().join("a.json")).unwrap();
        let mut command = lanes(arguments);
        command.current_dir(here.path());
        streams(&mut command);
        let mut child = command.spawn().unwrap();
        look(arguments, &mut child);
        for file in files {
            assert!(here.path().join(file).exists(), "{arguments:?}: {file}");
        }
    }
}

fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

/// What it said, once it has ended with this code.
fn said(arguments: &[&str], child: &mut Child, code: i32) -> String {
    use std::io::Read;
    let mut errors = String::new();
    if let Some(mut stream) = child.stderr.take() {
        stream.read_to_string(&mut errors).unwrap();
    }
    let status = ended(child);
    assert_eq!(status.code(), Some(code), "{arguments:?}: {errors}");
    assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
    errors
}

#[test]
fn a_full_output_is_an_error_in_a_line() {
    let streams = |command: &mut Command| {
        command.stdout(full());
    };
    each(streams, |arguments, child| {
        // Pages are files; nothing is printed.
        if arguments[0] == "report" {
            said(arguments, child, 0);
            return;
        }
        let errors = said(arguments, child, 1);
        let words = "standard output: No space left on device";
        assert_eq!(errors.matches(words).count(), 1, "{errors}");
    });
}

#[test]
fn an_output_that_nobody_reads_is_no_error() {
    let streams = |command: &mut Command| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(writer);
    };
    each(streams, |arguments, child| {
        let errors = said(arguments, child, 0);
        assert!(!errors.contains("standard output"), "{errors}");
    });
}

#[test]
fn what_cannot_be_said_changes_nothing() {
    let full = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(full());
    };
    each(full, |arguments, child| drop(said(arguments, child, 0)));
    let closed = |command: &mut Command| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(Stdio::null()).stderr(writer);
    };
    each(closed, |arguments, child| drop(said(arguments, child, 0)));
    // Nor does it change how an error ends.
    for (arguments, code) in
        [(&["rank", "none.json"][..], 1), (&["run", "fecth"], 2), (&["x"], 2)]
    {
        let mut child = lanes(arguments).stderr(self::full()).spawn().unwrap();
        said(arguments, &mut child, code);
    }
}

#[test]
fn an_interrupt_with_a_full_output_is_an_interrupt() {
    let here = tempfile::tempdir().unwrap();
    let mut child = lanes(&["run", "max", "--budget=10m", "--output=a.json"])
        .current_dir(here.path())
        .stdout(full())
        .spawn()
        .unwrap();
    let path = here.path().join("a.json");
    until("samples", || {
        fs::read_to_string(&path).is_ok_and(|text| text.contains("wall_ns"))
    });
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let errors = said(&["run"], &mut child, 130);
    assert!(errors.contains("interrupted"), "{errors}");
    assert!(errors.contains("results: a.json"), "{errors}");
}
