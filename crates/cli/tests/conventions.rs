//! What other tools have taught people to expect: formats for programs, quiet,
//! a list, a dry run, peers that take part, hints.

use lanes_core::WORKLOADS;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const WORKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worker.py");
const PUBLISHED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../report/published/2-full.json");
/// A session of one cell and a moment.
const SMALL: [&str; 5] = [
    "run",
    "max/sequential/1000",
    "--items=1000",
    "--rounds=2",
    "--no-control",
];

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

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn peer(name: &str) -> String {
    format!("--peer={name}=python3 '{WORKER}'")
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn json_is_short_for_its_format_and_the_columns_are_those_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let page = ends(folder, &["formats"], 0)[0].clone();
    let commands: [&[&str]; 9] = [
        &SMALL,
        &["run", "max", "--list"],
        &["run", "max", "--dry-run"],
        &["cmp", PUBLISHED, PUBLISHED],
        &["rank", PUBLISHED],
        &["list", "max"],
        &["check", "fib/sequential"],
        &["doctor", "--no-noise"],
        &["claims", "loops"],
    ];
    for command in commands {
        let with = |option| [command, &[option]].concat();
        let out = ends(folder, &with("--json"), 0)[0].clone();
        assert!(!json(&out).is_null(), "{command:?}");
        let sheet = ends(folder, &with("--format=csv"), 0)[0].clone();
        let mut reader = csv::Reader::from_reader(sheet.as_bytes());
        let columns = reader.headers().unwrap().clone();
        let records = reader.records().map(Result::unwrap).count();
        assert!(records > 0, "{command:?}");
        for column in &columns {
            let name = format!("`{column}`");
            assert!(page.contains(&name), "{name} of {command:?}");
        }
        let both = [command, &["--json", "--format=csv"]].concat();
        ends(folder, &both, 2);
    }
}

#[test]
fn quiet_leaves_out_progress_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (command, step) in [
        (&["check", "fib/sequential"][..], "right so far"),
        (&["claims", "loops"], "tokio"),
        (&["report", PUBLISHED], " MB in "),
        (
            &["trace", "all", "--models=sequential", "--runs=1", "-o", "a"],
            "subtasks\n",
        ),
    ] {
        let [out, loud] = ends(folder, command, 0);
        assert!(loud.contains(step), "{loud}");
        for option in ["-q", "--quiet"] {
            let [still, quiet] =
                ends(folder, &[command, &[option]].concat(), 0);
            assert!(!quiet.contains(step), "{quiet}");
            assert_eq!(still.is_empty(), out.is_empty());
        }
    }
    // Where the results are is no progress, and neither is an error.
    let quiet = [&["-q"][..], &SMALL].concat();
    let errors = ends(folder, &quiet, 0)[1].clone();
    assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
    assert!(errors.starts_with("results: results/"), "{errors}");
    let errors = ends(folder, &["-q", "run", "fecth"], 2)[1].clone();
    assert!(errors.contains("did you mean"), "{errors}");
}

#[test]
fn a_list_names_cells_that_are_filters() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let chosen =
        ["fib", "counter/*/lock*", "max/gil/2^22", "--models=rayon,gil"];
    let list = |cells: &[&str]| {
        let all = [&["run", "--list"], cells].concat();
        ends(folder, &all, 0)[0].clone()
    };
    let first = list(&chosen);
    let expected = [
        "max/gil/2^22",
        "counter/rayon/lock-16x10000",
        "counter/gil/lock-16x10000",
        "fib/rayon/18",
        "fib/gil/18",
        "fib/rayon/30/16",
        "fib/gil/30/16",
    ];
    assert_eq!(first.lines().collect::<Vec<_>>(), expected);
    assert_eq!(list(&expected), first);
    // Numbers of workers, and a model that takes part twice, are no filters.
    let more = ["spawn/rayon/1000", "--models=rayon,rayon", "--workers=1,2"];
    assert_eq!(list(&more), "spawn/rayon/1000\n");
    let all = [&["run", "--list", "--json"], &more[..]].concat();
    let cells = json(&ends(folder, &all, 0)[0]);
    let workers = cells.as_array().unwrap().iter().map(|c| &c["workers"]);
    assert_eq!(workers.collect::<Vec<_>>(), [1, 2, 1, 2]);
    assert!(list(&["fib/rayon", "--full"]).starts_with("fib/rayon/"));
    assert_eq!(list(&["fib/rayon", "--items=9"]).lines().count(), 2);
    ends(folder, &["run", "--list", "fecth"], 2);
    ends(folder, &["run", "--list", "zz*"], 4);
    assert!(is_empty(folder));
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let dry = |more: &[&str]| {
        let all = [&["run", "spawn/*/1000", "--dry-run"], more].concat();
        ends(folder, &all, 0)[0].clone()
    };
    let models = "--models=rayon,tokio,gil";
    let text = dry(&[models, "--rounds=6"]);
    for words in [
        "3 cells in 1 row and 1 control",
        "processes: 4 a round, 24 in 6 rounds",
        "time: unknown",
        "results: results/",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let text = dry(&[models, "--until=5%", "--budget=10m"]);
    assert!(text.contains("600 s at most"), "{text}");
    let all = json(&dry(&[models, "--output=a.json", "--json"]));
    assert_eq!(all["output"], "a.json");
    assert_eq!(all["most_seconds"], 20.0);
    assert_eq!(
        (&all["rounds"], &all["processes"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(all["cells"].as_array().unwrap().len(), 3);
    // A peer is not started either.
    let text = dry(&["--models=rayon", "--peer=x=/no/such/program"]);
    assert!(text.contains("2 cells"), "{text}");
    assert!(is_empty(folder));
    fs::write(folder.join("a.json"), "").unwrap();
    let taken = ["run", "spawn/*/1000", "--dry-run", "--output=a.json"];
    let errors = ends(folder, &taken, 1)[1].clone();
    assert!(errors.contains("there already"), "{errors}");
}

#[test]
fn a_peer_that_is_named_takes_part_and_a_serial_one_is_measured_as_serial() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let peer = peer("py");
    let [out, errors] = ends(
        folder,
        &[
            "run",
            "max/sequential/300",
            "max/threads/300",
            "--models=sequential,threads",
            &peer,
            "--workers=2",
            "--items=300",
            "--rounds=2",
            "--no-control",
            "--json",
        ],
        0,
    );
    let said = "py says that it has 1 worker when 2 are asked for";
    assert!(errors.contains(said), "{errors}");
    let file = json(&out);
    let all = file["rows"][0]["contenders"].as_array().unwrap();
    let py = all.iter().find(|c| c["name"] == "py").unwrap();
    assert_eq!((&py["serial"], &py["workers"]), (&true.into(), &1.into()));
    assert!(py["failure"].is_null(), "{py}");
    // One that has as many workers as it is asked for is not serial.
    let own = env!("CARGO_BIN_EXE_lanes");
    let own = format!("--peer=rayon-again={own} worker");
    let [list, errors] =
        ends(folder, &["check", "fib/sequential", &own, "--json"], 1);
    assert!(!errors.contains("1 worker when 2"), "{errors}");
    // It answers to its own name only.
    assert!(list.contains("no model") || list.contains("asked for"), "{list}");
}

#[test]
fn a_peer_without_timelines_is_a_clear_line_of_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let peer = peer("py");
    let trace = ["trace", "max", "--items=64", "--runs=1", "-o", "out", &peer];
    let models = "--models=sequential";
    let [table, errors] = ends(folder, &[&trace[..], &[models]].concat(), 0);
    assert!(table.contains("sequential"), "{table}");
    let line = "lanes: not traced: py: unsupported: it records no timelines \
                (only runs)";
    assert!(errors.lines().any(|said| said == line), "{errors}");
    let names = ["max.perfetto.json", "max.svg", "max.traces.json"];
    let files = fs::read_dir(folder.join("out")).unwrap();
    let files = files.map(|file| file.unwrap().file_name());
    let mut files: Vec<_> = files.collect();
    files.sort_unstable();
    assert_eq!(files, names);
    // A site is made of the folder, which has a file for another program too.
    ends(folder, &["report", "out", "-o", "site"], 0);
    let page = folder.join("site/workload-max.html");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("data-model=\"sequential\""));
    // Alone it is all that was to be traced.
    let alone = [&trace[..], &["--models=py"]].concat();
    let errors = ends(folder, &alone, 1)[1].clone();
    assert!(errors.contains("it records no timelines"), "{errors}");
}

#[test]
fn a_list_is_a_grid_with_the_reasons_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let list =
        |more: &[&str]| ends(folder, &[&["list"], more].concat(), 0)[0].clone();
    let all = list(&[]);
    let grid = all.split("\n\n").next().unwrap();
    let wide = grid.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(wide <= 100, "{wide}: {grid}");
    // A line for each model and each workload, and at most one more for a
    // model that says why it is not here.
    let most = WORKLOADS.len() + 2 * grid.lines().count();
    assert!(all.lines().count() < most, "{all}");
    for words in ["● natural", "waking the task that waits for another"] {
        assert!(all.contains(words), "{words} in {all}");
    }
    let few = list(&["fetch/rayon", "fetch/tokio", "event/tokio"]);
    // What was not chosen has no mark.
    let row = few.lines().find(|line| line.starts_with("rayon")).unwrap();
    assert_eq!(row.split_whitespace().count(), 2, "{few}");
    let long = list(&["fetch/rayon", "--details"]);
    for word in ["model  fit", "does not measure", "64x5ms-16"] {
        assert!(long.contains(word), "{word} in {long}");
        assert!(!few.contains(word), "{word} in {few}");
    }
    let csv = list(&["fetch/rayon", "--format=csv"]);
    assert!(csv.contains("64x5ms-16"), "{csv}");
}
