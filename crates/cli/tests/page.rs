//! The page as people make it: where it goes, and what it does not overwrite.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

const HOSTILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../report/browser/hostile.json");

fn lanes(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// What a command printed and said that ended with this code.
fn both(command: &mut Command, code: i32) -> [String; 2] {
    let output = command.output().unwrap();
    let [printed, errors] = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(code), "{command:?}: {errors}");
    assert!(!errors.contains("panicked"), "{errors}");
    [printed, errors]
}

fn ends(command: &mut Command, code: i32) -> String {
    let [_, errors] = both(command, code);
    errors
}

fn page(folder: &Path, name: &str) -> String {
    let html = fs::read_to_string(folder.join(name)).unwrap();
    assert!(html.starts_with("<!doctype html>"), "{name}");
    html
}

#[test]
fn a_demo_ends_with_a_verdict_and_the_path_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let arguments = ["demo", "max", "fetch", "--models=threads,tokio"];
    let [printed, errors] =
        both(lanes(folder).args(arguments).arg("--budget=1s"), 0);
    let rows: Vec<&str> = printed.lines().collect();
    for (row, name) in rows.iter().zip(["max 2^22: ", "fetch 64x5ms-16: "]) {
        assert!(row.starts_with(name), "{printed}");
        // Of a busy machine's second not every row has its share.
        let is_measured = row.contains("threads") && row.contains("tokio");
        assert!(is_measured || row.ends_with(": not measured"), "{row}");
    }
    assert!(rows.len() >= 2, "{printed}");
    let last = errors.trim_end().lines().last().unwrap();
    assert_eq!(last, "page: results/page.html");
    assert!(folder.join("results/demo.traces.json").is_file());
    let html = page(folder, "results/page.html");
    for part in [
        "data-size=\"quick\"",
        "<article class=\"sibling\" data-models=\"tokio\"",
        "<figure class=\"lane\" data-model=\"tokio\">",
        "Times against the best possible",
    ] {
        assert!(html.contains(part), "{part}");
    }
    // The same folder again: the newest results and traces, another page.
    let errors = ends(lanes(folder).arg("report"), 0);
    assert!(errors.contains("page: results/page-2.html"), "{errors}");
    let again = page(folder, "results/page-2.html");
    assert!(again.contains("<figure class=\"lane\" data-model=\"tokio\">"));
}

#[test]
fn without_results_the_page_has_the_source_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ends(lanes(folder).args(["report", "-o", "new/page.html"]), 0);
    let html = page(folder, "new/page.html");
    assert!(html.contains("There are no results"));
    assert!(html.contains("<article class=\"sibling\" data-models=\"rayon\""));
    // And without a source tree not even that.
    let mut bare = lanes(folder);
    bare.args(["report", HOSTILE, "--source", "new", "-o", "bare.html"]);
    ends(&mut bare, 0);
    let html = page(folder, "bare.html");
    assert!(html.contains("This page has no source: "));
    assert!(!html.contains("<article class=\"sibling\""));
    assert!(html.contains("class=\"heat\""));
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("there.html"), "precious").unwrap();
    symlink("there.html", folder.join("link.html")).unwrap();
    symlink("nowhere.html", folder.join("dangling.html")).unwrap();
    for taken in ["there.html", "link.html", "dangling.html"] {
        let errors = ends(lanes(folder).args(["report", "-o", taken]), 1);
        let words = format!("{taken} is there already");
        assert!(errors.contains(&words), "{errors}");
    }
    let precious = fs::read_to_string(folder.join("there.html")).unwrap();
    assert_eq!(precious, "precious");
    for place in ["there.html/page.html", "/proc/lanes/page.html"] {
        let errors = ends(lanes(folder).args(["report", "-o", place]), 1);
        assert!(errors.contains("--output"), "{errors}");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 3);
}

#[test]
fn files_that_are_no_results_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, text) in [
        ("cut.json", "{\"schema\": \"lanes-results\", \"version\": 1, \"st"),
        ("old.json", "{\"schema\": \"lanes-results\", \"version\": 0}"),
        ("other.json", "{\"schema\": \"other\", \"version\": 1}"),
        ("traces.json", "{\"schema\": \"lanes-traces\", \"version\": 99}"),
        ("empty.json", ""),
    ] {
        fs::write(folder.join(name), text).unwrap();
        let errors =
            ends(lanes(folder).args(["report", name, "-o", "p.html"]), 1);
        assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
        assert!(errors.contains(name), "{errors}");
        assert!(errors.contains("measure again"), "{errors}");
    }
    let errors = ends(lanes(folder).args(["report", "gone.json"]), 1);
    assert!(errors.contains("gone.json: No such file"), "{errors}");
    assert!(!folder.join("p.html").exists());
    // In a folder such files are left out, and the page says which.
    let errors = ends(lanes(folder).args(["report", ".", "-o", "p.html"]), 0);
    assert!(errors.contains("left out: "), "{errors}");
    let html = page(folder, "p.html");
    assert!(html.contains("traces.json could not be read."));
    assert!(html.contains("There are no results"));
}
