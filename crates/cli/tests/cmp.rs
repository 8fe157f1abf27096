//! `lanes cmp`: what a gate sees, and what it does not make up.

use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A row with so many models compares each with the others.
const MODELS: [&str; 7] = ["a", "b", "c", "rayon", "e", "f", "g"];

/// What the command printed, said, and ended with.
struct Ended {
    out: String,
    errors: String,
    code: Option<i32>,
}

fn cmp(before: &str, after: &str, more: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(["cmp", before, after]).args(more).stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let errors = text(output.stderr);
    assert!(!errors.contains("panicked"), "{errors}");
    Ended { out: text(output.stdout), errors, code: output.status.code() }
}

/// A session of two rows in which the models take 1, 2, 3 ms and so on; times
/// of visits differ by 2 % at most, and by another bit for each `luck`.
fn session(luck: u64) -> Value {
    let contenders = MODELS.iter().map(|name| {
        json!({
            "name": name, "model": name, "workers": 2, "serial": false,
            "oversubscribed": false, "twin_of": null, "versions": {},
            "failure": null,
        })
    });
    let contenders: Vec<Value> = contenders.collect();
    let mut numbers = lanes_core::seed::numbers(luck);
    let mut row = |workload: &str| {
        let mut samples = Vec::new();
        for visit in 0..8 {
            for contender in 0..MODELS.len() {
                let number = numbers.next().unwrap() % 20_000;
                let nanos = (contender as u64 + 1) * (1_000_000 + number);
                for round in 0..3 {
                    samples.push(json!({
                        "visit": visit, "round": round,
                        "contender": contender, "seed": 7, "runs": 1,
                        "wall_ns": nanos,
                    }));
                }
            }
        }
        json!({
            "workload": workload, "size": "24", "parameters": {"n": 24},
            "items": 24, "unit": "fork", "contenders": contenders.clone(),
            "limits": [], "seconds": 8.0, "samples": samples, "summary": null,
        })
    };
    let rows = [row("fib"), row("spawn")];
    json!({
        "schema": "lanes-results", "version": 3, "state": "complete",
        "begun": "2026-01-01T00:00:00Z", "seconds": 16.0,
        "machine": {
            "processor": "one", "cores": 2, "memory": null,
            "system": "linux", "libraries": [],
        },
        "build": {
            "version": "0.1.0", "rustc": "rustc", "profile": "release",
            "commit": null, "dirty": false,
        },
        "seed": 7, "level": 0.95, "margin": 0.1, "clock": 3e-8, "rows": rows,
    })
}

/// Multiplies the times of a model in a row.
fn slow(results: &mut Value, row: usize, model: usize, times: f64) {
    for sample in results["rows"][row]["samples"].as_array_mut().unwrap() {
        if sample["contender"] == model {
            let nanos = sample["wall_ns"].as_f64().unwrap() * times;
            sample["wall_ns"] = json!(nanos as u64);
        }
    }
}

fn drop_samples(results: &mut Value, row: usize, model: usize) {
    let samples = results["rows"][row]["samples"].as_array_mut().unwrap();
    samples.retain(|sample| sample["contender"] != model);
}

/// Two sessions as files; the second one is changed.
fn files(
    folder: &TempDir,
    change: impl FnOnce(&mut Value),
) -> (String, String) {
    let mut after = session(2);
    change(&mut after);
    let [before, after] =
        [("before", session(1)), ("after", after)].map(|(name, results)| {
            let path = folder.path().join(format!("{name}.json"));
            fs::write(&path, results.to_string()).unwrap();
            path.to_str().unwrap().to_owned()
        });
    (before, after)
}

fn changes(before: &str, after: &str) -> Vec<Value> {
    let ended = cmp(before, after, &["--format=json"]);
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn a_model_that_became_slower_is_seen_wherever_it_stands_in_its_row() {
    let folder = tempfile::tempdir().unwrap();
    for (model, name) in MODELS.iter().enumerate() {
        let (before, after) = files(&folder, |r| slow(r, 0, model, 2.0));
        let ended = cmp(&before, &after, &["--fail-on=5%"]);
        assert_eq!(ended.code, Some(3), "{}", ended.errors);
        let cell = format!("1 regression: fib/{name}/24 with 2");
        assert!(ended.errors.contains(&cell), "{}", ended.errors);
        for change in changes(&before, &after) {
            let ratio = change["ratio"]["median"].as_f64().unwrap();
            let is_it = change["workload"] == "fib" && change["name"] == *name;
            let expected = if is_it { 2.0 } else { 1.0 };
            assert!((ratio / expected - 1.0).abs() < 0.03, "{change}");
            assert_eq!(change["compared"], "beside-others");
            let measured = &change["outcome"]["measured"];
            let worse = measured["regressed"] == true;
            assert_eq!(worse, is_it, "{change}");
            let faster = !measured["finding"]["faster"].is_null();
            assert!(!faster, "{change}");
            let visible = change["visible"].as_f64().unwrap();
            assert!((0.005..0.2).contains(&visible), "{change}");
        }
    }
}

#[test]
fn nothing_changed_is_no_regression_and_a_machine_that_did_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = files(&folder, |_| ());
    let same = cmp(&before, &after, &["--fail-on=5%"]);
    assert_eq!(same.code, Some(0), "{}", same.errors);
    assert!(same.errors.contains("would find"), "{}", same.errors);
    let (before, after) = files(&folder, |r| {
        (0..MODELS.len()).for_each(|model| slow(r, 0, model, 1.5));
    });
    assert_eq!(cmp(&before, &after, &["--fail-on=5%"]).code, Some(0));
    let absolute = cmp(&before, &after, &["--fail-on=5%", "--absolute"]);
    assert_eq!(absolute.code, Some(3));
    assert!(absolute.errors.contains("7 regressions"), "{}", absolute.errors);
}

#[test]
fn what_was_measured_before_and_is_lost_is_a_regression() {
    let folder = tempfile::tempdir().unwrap();
    let failed = |cause: &str| json!({"cause": cause, "message": "so"});
    let name = "fib/rayon/24 with 2, ";
    let rayon = 3;
    type Loss<'a> = (&'a str, &'a dyn Fn(&mut Value));
    let losses: [Loss<'_>; 5] = [
        ("measured before, and now it fails", &|results| {
            drop_samples(results, 0, rayon);
            let contender = &mut results["rows"][0]["contenders"][rayon];
            contender["failure"] = failed("wrong");
        }),
        ("measured before, and now it fails", &|results| {
            // It fails after some good samples.
            let contender = &mut results["rows"][0]["contenders"][rayon];
            contender["failure"] = failed("died");
        }),
        ("measured before, and not now", &|results| {
            drop_samples(results, 0, rayon);
        }),
        ("measured before, and not now", &|results| {
            drop_samples(results, 0, rayon);
            let contender = &mut results["rows"][0]["contenders"][rayon];
            contender["name"] = json!("other");
        }),
        ("measured before, and not now", &|results| {
            results["rows"].as_array_mut().unwrap().remove(0);
        }),
    ];
    for (words, loss) in losses {
        let (before, after) = files(&folder, loss);
        let ended = cmp(&before, &after, &["--fail-on=5%"]);
        assert_eq!(ended.code, Some(3), "{words}: {}", ended.errors);
        let said = format!("{name}{words}");
        assert!(ended.errors.contains(&said), "{said}: {}", ended.errors);
        // The table names it, too.
        assert!(ended.out.contains(" before, and "), "{}", ended.out);
        // What is new is listed, and is no regression.
        let other_way = cmp(&after, &before, &["--fail-on=5%"]);
        assert_eq!(other_way.code, Some(0), "{}", other_way.errors);
    }
    let (before, after) = files(&folder, losses[0].1);
    // Without a limit a wrong answer is a failure still.
    assert_eq!(cmp(&before, &after, &[]).code, Some(1));
}

#[test]
fn programs_get_seconds_and_ratios() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = files(&folder, |r| slow(r, 0, 0, 2.0));
    let csv = cmp(&before, &after, &["--format=csv"]).out;
    let mut lines = csv.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let first: Vec<&str> = lines.next().unwrap().split(',').collect();
    let number = |name: &str| -> f64 {
        let at = head.iter().position(|column| *column == name).unwrap();
        first[at].parse().unwrap()
    };
    assert!((number("before_seconds") - 0.001).abs() < 5e-5, "{csv}");
    assert!((number("after_seconds") - 0.002).abs() < 1e-4, "{csv}");
    assert!((number("ratio") - 2.0).abs() < 0.1, "{csv}");
    assert!(number("low") < number("ratio"), "{csv}");
    assert!(number("high") > number("ratio"), "{csv}");
}

#[test]
fn nothing_is_said_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // One visit has no error.
    let (before, after) = files(&folder, |results| {
        for row in results["rows"].as_array_mut().unwrap() {
            let samples = row["samples"].as_array_mut().unwrap();
            samples.retain(|sample| sample["visit"] == 0);
        }
        results["state"] = json!("interrupted");
    });
    let ended = cmp(&before, &after, &["--fail-on=5%"]);
    // Nothing was judged, so nothing has passed.
    assert_eq!(ended.code, Some(4), "{}", ended.errors);
    assert!(ended.errors.contains("did not end as planned"));
    assert!(ended.errors.contains("no cell was judged"), "{}", ended.errors);
    let ended = cmp(&before, &after, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    assert!(ended.errors.contains("14 cells not judged"), "{}", ended.errors);
    for change in changes(&before, &after) {
        assert_eq!(change["outcome"], "unmeasured", "{change}");
        assert_eq!(change["ratio"], Value::Null, "{change}");
    }
    let (before, after) = files(&folder, |results| {
        for row in results["rows"].as_array_mut().unwrap() {
            row["samples"] = json!([]);
        }
    });
    let ended = cmp(&before, &after, &[]);
    assert_eq!(ended.code, Some(4), "{}", ended.errors);
    assert!(ended.errors.contains("no cell in common"), "{}", ended.errors);
    // All of it is lost, which no gate passes.
    let ended = cmp(&before, &after, &["--fail-on=5%"]);
    assert_eq!(ended.code, Some(3), "{}", ended.errors);
    assert!(ended.errors.contains("14 regressions"), "{}", ended.errors);
    let ended = cmp(&after, &before, &["--fail-on=5%"]);
    assert_eq!(ended.code, Some(4), "{}", ended.errors);
    assert!(ended.errors.contains("has no samples"), "{}", ended.errors);
    // Every model fails now.
    let (before, after) = files(&folder, |results| {
        for row in results["rows"].as_array_mut().unwrap() {
            row["samples"] = json!([]);
            for contender in row["contenders"].as_array_mut().unwrap() {
                contender["failure"] =
                    json!({"cause": "wrong", "message": "so"});
            }
        }
    });
    for (more, code) in [(&["--fail-on=5%"][..], 3), (&[], 1)] {
        let ended = cmp(&before, &after, more);
        assert_eq!(ended.code, Some(code), "{}", ended.errors);
        assert!(ended.out.contains("answered wrongly"), "{}", ended.out);
    }
    // No model in common with another is compared by itself, and that is said.
    let (before, after) = files(&folder, |results| {
        for row in results["rows"].as_array_mut().unwrap() {
            row["contenders"].as_array_mut().unwrap().truncate(1);
            let samples = row["samples"].as_array_mut().unwrap();
            samples.retain(|sample| sample["contender"] == 0);
        }
    });
    let ended = cmp(&before, &after, &[]);
    assert!(ended.errors.contains("Absolute"), "{}", ended.errors);
}

#[test]
fn impossible_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    type Spoil<'a> = (&'a str, &'a dyn Fn(&mut Value));
    let spoilt: [Spoil<'_>; 7] = [
        ("spawn 24: a sample of rayon, visit 0, has no time", &|results| {
            let samples = results["rows"][1]["samples"].as_array_mut().unwrap();
            let rayon = samples.iter_mut().find(|s| s["contender"] == 3);
            rayon.unwrap()["wall_ns"] = json!(0);
        }),
        ("no runs", &|results| {
            results["rows"][0]["samples"][0]["runs"] = json!(0);
        }),
        ("no probability", &|results| results["level"] = json!(1.0)),
        ("not a complete file", &|results| {
            results["rows"][0]["samples"][0]["wall_ns"] = json!(-5);
        }),
        ("not a complete file", &|results| {
            results["rows"][0]["samples"][0]["wall_ns"] = json!(1e300);
        }),
        ("version 1", &|results| results["version"] = json!(1)),
        ("a sample of a contender", &|results| {
            results["rows"][0]["samples"][0]["contender"] = json!(99);
        }),
    ];
    for (words, spoil) in spoilt {
        let (before, after) = files(&folder, spoil);
        let ended = cmp(&before, &after, &["--fail-on=5%"]);
        assert_eq!(ended.code, Some(1), "{words}: {}", ended.errors);
        assert!(ended.errors.contains(words), "{words}: {}", ended.errors);
        assert_eq!(ended.errors.lines().count(), 1, "{}", ended.errors);
    }
    let (before, after) = files(&folder, |_| ());
    let text = fs::read_to_string(&after).unwrap();
    fs::write(
        &after,
        text.replacen("\"wall_ns\":", "\"wall_ns\":NaN,\"x\":", 1),
    )
    .unwrap();
    assert_eq!(cmp(&before, &after, &[]).code, Some(1));
}
