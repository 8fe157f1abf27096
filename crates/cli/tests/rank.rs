//! `lanes rank`: files, models and formats as people name them.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PUBLISHED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../report/published/2-full.json");

/// What the command printed, said, and ended with.
struct Ended {
    out: String,
    errors: String,
    code: Option<i32>,
}

fn rank(arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.arg("rank").args(arguments).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let errors = text(output.stderr);
    assert!(!errors.contains("panicked"), "{errors}");
    Ended { out: text(output.stdout), errors, code: output.status.code() }
}

fn rankings(arguments: &[&str]) -> (Vec<Value>, String) {
    let ended = rank(&[arguments, &["--format=json"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    (serde_json::from_str(&ended.out).unwrap(), ended.errors)
}

/// The command fails with one line that has these words.
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let ended = rank(arguments);
    assert_eq!(ended.code, Some(code), "{}", ended.errors);
    assert_eq!(ended.out, "");
    let last = ended.errors.lines().last().unwrap_or_default();
    for word in words {
        assert!(last.contains(word), "{word:?} in {last}");
    }
}

/// The published session with a change, as a file.
fn changed(
    folder: &TempDir,
    name: &str,
    change: impl FnOnce(&mut Value),
) -> PathBuf {
    let text = fs::read_to_string(PUBLISHED).unwrap();
    let mut results: Value = serde_json::from_str(&text).unwrap();
    change(&mut results);
    let path = folder.path().join(name);
    fs::write(&path, results.to_string()).unwrap();
    path
}

fn retain_samples(results: &mut Value, wanted: impl Fn(&Value) -> bool) {
    for row in results["rows"].as_array_mut().unwrap() {
        row["samples"].as_array_mut().unwrap().retain(&wanted);
    }
}

#[test]
fn a_session_counts_once_however_often_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let copy = changed(&folder, "copy.json", |_| {});
    let part = changed(&folder, "part.json", |results| {
        retain_samples(results, |sample| sample["visit"] == 0);
        results["state"] = "running".into();
    });
    let (alone, errors) = rankings(&[PUBLISHED]);
    assert_eq!(errors, "");
    let (twice, errors) = rankings(&[PUBLISHED, PUBLISHED]);
    assert!(errors.contains("named twice"), "{errors}");
    assert_eq!(twice, alone);
    for other in [&copy, &part] {
        let other = other.to_str().unwrap();
        for order in [[PUBLISHED, other], [other, PUBLISHED]] {
            let (both, errors) = rankings(&order);
            assert!(errors.contains("are one session"), "{errors}");
            assert_eq!(both, alone);
        }
    }
}

#[test]
fn another_session_of_a_row_makes_no_other_row() {
    let folder = tempfile::tempdir().unwrap();
    let other = changed(&folder, "other.json", |results| {
        results["begun"] = "2020-01-01T00:00:00Z".into();
        results["state"] = "interrupted".into();
        results["machine"]["processor"] = "another".into();
    });
    let other = other.to_str().unwrap();
    let (alone, _) = rankings(&[PUBLISHED]);
    let (both, errors) = rankings(&[PUBLISHED, other]);
    for words in ["other.json was interrupted", "two machines"] {
        assert!(errors.contains(words), "{words} in {errors}");
    }
    let rows = |rankings: &[Value]| rankings[0]["rows"].clone();
    let count = |rows: &Value| rows.as_array().unwrap().len();
    assert_eq!(count(&rows(&both)), count(&rows(&alone)));
    assert_eq!(rows(&both)[0]["sessions"], 2);
    let shown = rank(&[PUBLISHED, other]).out;
    assert!(shown.contains("rows of several sessions, each"), "{shown}");
}

#[test]
fn models_are_named_by_patterns_and_once() {
    let names = |models: &str| {
        let (rankings, _) = rankings(&[PUBLISHED, models]);
        let places = rankings[0]["places"].as_array().unwrap().clone();
        let names = places.iter().map(|p| p["model"].as_str().unwrap());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    };
    assert_eq!(names("--models=r*,tokio"), ["rayon", "tokio"]);
    assert_eq!(names("--models=rayon,rayon"), ["rayon"]);
    assert_eq!(names("--models=s*"), ["smol"], "sequential is no contestant");
    let near = "no model is called \"crosbeam\"; did you mean \"crossbeam\"?";
    fails(&[PUBLISHED, "--models=rayon,tokio,crosbeam"], 2, &[near]);
    fails(&[PUBLISHED, "--models", ""], 2, &["no model is called \"\""]);
    fails(&[PUBLISHED, "--models=zz*"], 2, &["the sessions have", "rayon"]);
    let yardstick = "is what others are compared with";
    fails(&[PUBLISHED, "--models=sequential"], 4, &[yardstick]);
}

#[test]
fn no_ranking_comes_from_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let changed = |name: &str, wanted: &dyn Fn(&Value) -> bool| {
        let path = changed(&folder, name, |r| retain_samples(r, wanted));
        path.to_str().unwrap().to_owned()
    };
    let empty = changed("empty.json", &|_| false);
    fails(&[&empty], 4, &["no file has samples"]);
    // One of the seven is left, which is not sequential.
    let single = changed("single.json", &|sample| sample["contender"] == 2);
    fails(&[&single], 4, &["crossbeam alone", "two models"]);
    fails(&[PUBLISHED, &single, "--models=zz"], 2, &["no model"]);
    // One visit shows no scatter between processes, one round of some does.
    let visit = changed("visit.json", &|sample| sample["visit"] == 0);
    let round = changed("round.json", &|sample| sample["round"] == 0);
    for (path, known) in [(visit, false), (round, true)] {
        let (rankings, _) = rankings(&[&path]);
        for place in rankings[0]["places"].as_array().unwrap() {
            let ratio = &place["ratio"];
            assert!(ratio["value"].is_f64());
            assert_eq!(ratio["low"].is_f64(), known, "{place}");
            assert_eq!(ratio["high"].is_f64(), known, "{place}");
        }
        let text = rank(&[&path, "--models=rayon,tokio"]).out;
        let row = text.lines().find(|line| line.starts_with(" rayon"));
        assert_eq!(row.unwrap().contains("unknown"), !known, "{text}");
    }
}

#[test]
fn numbers_are_for_programs() {
    let ended = rank(&[PUBLISHED, "--format=csv"]);
    let mut lines = ended.out.lines().map(|line| line.split(','));
    let columns: Vec<&str> = lines.next().unwrap().collect();
    let (rankings, _) = rankings(&[PUBLISHED]);
    let of_json = rankings.iter().flat_map(|ranking| {
        ranking["places"].as_array().unwrap().iter().map(move |p| (ranking, p))
    });
    let mut count = 0;
    for (cells, (ranking, place)) in lines.zip(of_json) {
        let cells: Vec<&str> = cells.collect();
        assert_eq!(cells.len(), columns.len());
        let cell = |name: &str| {
            let at = columns.iter().position(|column| *column == name);
            cells[at.unwrap()]
        };
        assert_eq!(place["model"], cell("model"));
        assert_eq!(ranking["point"], cell("point"));
        assert_eq!(place["finding"], cell("finding"));
        for name in ["ratio", "seconds_per_item", "to_first"] {
            for (end, column) in [
                ("value", name.to_owned()),
                ("low", format!("{name}_low")),
                ("high", format!("{name}_high")),
            ] {
                // The last digit is lost when JSON is read.
                let number = cell(&column).parse::<f64>().unwrap_or(-1.0);
                let other = place[name][end].as_f64().unwrap_or(-1.0);
                assert!((number / other - 1.0).abs() < 1e-12, "{column}");
            }
        }
        // Work has ratios, overhead has seconds.
        let is_work = cell("point") == "work";
        assert_eq!(cell("ratio").is_empty(), !is_work);
        assert_eq!(cell("seconds_per_item").is_empty(), is_work);
        count += 1;
    }
    assert!(count > 6 && columns.len() == 17, "{count}");
    let text = rank(&[PUBLISHED]).out;
    for words in ["rows of work", "rows of overhead", "a task", "yardstick"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}
