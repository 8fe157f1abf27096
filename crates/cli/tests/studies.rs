//! `lanes metg` and `lanes crossover`, from the command line to their files.

use lanes_measure::crossover::{self, Crossover};
use lanes_measure::metg::{Found, Metg};
use lanes_measure::results::State;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the command printed and said, if it ended with this code.
fn ends(folder: &Path, arguments: &[&str], code: i32) -> [String; 2] {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap();
    let [out, errors] = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    [out, errors]
}

#[test]
fn curves_are_measured_saved_drawn_and_printed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let all = [
        "metg",
        "--pattern=trivial",
        "--models=rayon,threads",
        "--workers=2",
        "--budget=4s",
        "--output=a.json",
        "--plot=a.svg",
    ];
    let [out, errors] = ends(folder, &all, 0);
    for words in ["trivial, 2 tasks a step", "rayon", "threads", "METG"] {
        assert!(out.contains(words), "{words} in {out}");
    }
    assert!(errors.contains("metg: a.json"), "{errors}");
    let metg = Metg::load(&folder.join("a.json")).unwrap();
    assert_eq!((metg.state, metg.width), (State::Complete, 2));
    let names = metg.curves.iter().map(|curve| curve.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["rayon", "threads"]);
    for curve in &metg.curves {
        assert_eq!(curve.failure, None);
        assert!(!curve.rungs.is_empty() && curve.found != Found::Unmeasured);
    }
    let svg = fs::read_to_string(folder.join("a.svg")).unwrap();
    let start = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot";
    assert!(svg.starts_with(start) && svg.contains("data-model=\"rayon\""));
    // What is there already is kept.
    let errors = ends(folder, &all, 1)[1].clone();
    assert!(errors.contains("a.svg is there already"), "{errors}");
}

#[test]
fn formats_for_programs_have_all_that_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let few = ["--models=rayon", "--workers=2", "--budget=1s"];
    let csv = [&["metg", "--format=csv"], &few[..]].concat();
    let out = ends(folder, &csv, 0)[0].clone();
    assert!(out.starts_with("pattern,width,model,workers,grain_seconds,"));
    assert!(out.contains("\nstencil,2,rayon,2,"), "{out}");
    let short = ["--shortest=2^10", "--longest=2^12", "--json"];
    let json = [&["crossover", "max"], &few[..], &short].concat();
    let out = ends(folder, &json, 0)[0].clone();
    let printed: Crossover = serde_json::from_str(&out).unwrap();
    let mut files = fs::read_dir(folder.join("results")).unwrap();
    let file = files.find_map(|file| {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        name.starts_with("crossover-").then_some(path)
    });
    assert_eq!(Crossover::load(&file.unwrap()).unwrap(), printed);
    assert_eq!((printed.shortest, printed.longest), (1 << 10, 1 << 12));
}

#[test]
fn a_crossover_is_searched_and_never_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // A thread for each part costs more than so short a list.
    let all = [
        "crossover",
        "max",
        "--models=threads",
        "--workers=2",
        "--shortest=2^9",
        "--longest=2^10",
        "--budget=60s",
        "--output=a.json",
    ];
    let [out, errors] = ends(folder, &all, 0);
    assert!(out.contains("never up to 2^10"), "{out}");
    assert!(errors.contains("crossover: a.json"), "{errors}");
    let found = Crossover::load(&folder.join("a.json")).unwrap();
    assert_eq!(found.yardstick, "sequential");
    let [threads] = &found.models[..] else { panic!("{found:?}") };
    assert_eq!(threads.found, crossover::Found::Never { up_to: 1 << 10 });
}

#[test]
fn what_cannot_be_measured_is_a_usage_error_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (arguments, hint) in [
        (&["metg", "--pattern=star"][..], "trivial, stencil, tree"),
        (&["metg", "--models=ryon"], "did you mean \"rayon\"?"),
        (&["metg", "--width=0"], "a number from 1 to"),
        (&["crossover", "fib"], "those of max, double, join are"),
        (&["crossover", "maks"], "did you mean \"max\"?"),
        (&["crossover", "--shortest=9", "--longest=10"], "no power of two"),
        (&["crossover", "--longest=2^50"], "choose a smaller --longest"),
        (&["crossover", "--grains=0"], "a number such as 2^16"),
    ] {
        let said = ends(folder, arguments, 2)[1].clone();
        assert!(said.contains(hint), "{hint} in {said}");
    }
    let said = ends(folder, &["crossover", "--models=sequential"], 4);
    assert!(said[1].contains("no model is left"), "{said:?}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}
