//! The site as people make it: where it goes, and what it does not overwrite.

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
fn a_demo_ends_with_the_answer_and_the_path_of_the_site() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let arguments = ["demo", "max", "fetch", "--models=threads,tokio"];
    let [printed, errors] =
        both(lanes(folder).args(arguments).arg("--budget=1s"), 0);
    let last = errors.trim_end().lines().last().unwrap();
    assert_eq!(last, "site: results/site/index.html");
    assert!(folder.join("results/demo.traces.json").is_file());
    let index = page(folder, "results/site/index.html");
    // The terminal says what the first page says.
    let rows = printed.lines().filter_map(|row| row.strip_prefix("  "));
    let rows: Vec<&str> = rows.filter(|row| row.contains(": ")).collect();
    assert!(!rows.is_empty(), "{printed}");
    // Of a busy machine's second not every row has its share.
    let measured = rows[0].split(' ').next().unwrap();
    for row in &rows {
        let (name, words) = row.split_once(": ").unwrap();
        let workload = name.split(' ').next().unwrap();
        assert!(["max", "fetch"].contains(&workload), "{row}");
        let words = words.replace('\'', "&#39;");
        assert!(index.contains(&format!(": {words}.")), "{row}");
    }
    let workload = format!("results/site/workload-{measured}.html");
    let html = page(folder, &workload);
    for part in [
        "data-size=\"quick\"",
        "<article class=\"sibling\" data-models=\"tokio\"",
        "<figure class=\"lane\" data-model=\"tokio\"",
        "Times against the best possible",
    ] {
        assert!(html.contains(part), "{part}");
    }
    // The same folder again: the newest results and traces, the same place.
    let errors = ends(lanes(folder).arg("report"), 0);
    assert!(errors.contains("site: results/site/index.html"), "{errors}");
    let again = page(folder, &workload);
    assert!(again.contains("<figure class=\"lane\" data-model=\"tokio\""));
}

#[test]
fn without_results_the_site_has_the_source_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ends(lanes(folder).args(["report", "-o", "new/site"]), 0);
    let index = page(folder, "new/site/index.html");
    assert!(index.contains("There are no results"));
    let html = page(folder, "new/site/workload-max.html");
    assert!(html.contains("<article class=\"sibling\" data-models=\"rayon\""));
    // And without a source tree not even that.
    let mut bare = lanes(folder);
    bare.args(["report", HOSTILE, "--source", "new", "-o", "bare"]);
    ends(&mut bare, 0);
    let index = page(folder, "bare/index.html");
    assert!(index.contains("These pages have no source: "));
    assert!(index.contains("class=\"heat\""));
    let html = page(folder, "bare/workload-fetch.html");
    assert!(!html.contains("<article class=\"sibling\""));
}

#[test]
fn one_workload_is_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let single = ["report", HOSTILE, "--single", "fetch"];
    for name in ["results/fetch.html", "results/fetch-2.html"] {
        let errors = ends(lanes(folder).args(single), 0);
        assert!(errors.contains(&format!("page: {name}")), "{errors}");
        let html = page(folder, name);
        assert!(html.contains("data-models=\"rayon\""));
        assert!(!html.contains(".html\""), "it leads to no other page");
    }
    let named = ["-o", "one.html"];
    ends(lanes(folder).args(single).args(named), 0);
    page(folder, "one.html");
    let errors = ends(lanes(folder).args(single).args(named), 1);
    assert!(errors.contains("one.html is there already"), "{errors}");
    let unknown = ["report", HOSTILE, "--single", "nothing"];
    let errors = ends(lanes(folder).args(unknown), 2);
    assert!(errors.contains("no workload is called \"nothing\""), "{errors}");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> =
        names.map(|name| name.into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn only_a_report_is_replaced_by_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("file"), "precious").unwrap();
    symlink("file", folder.join("link")).unwrap();
    symlink("nowhere", folder.join("dangling")).unwrap();
    for taken in ["file", "link", "dangling"] {
        let errors = ends(lanes(folder).args(["report", "-o", taken]), 1);
        let words = format!("{taken} is there already");
        assert!(errors.contains(&words), "{errors}");
    }
    for place in ["file/site", "/proc/lanes/site"] {
        let errors = ends(lanes(folder).args(["report", "-o", place]), 1);
        assert!(errors.contains("--output"), "{errors}");
    }
    let errors = ends(lanes(folder).args(["report", "-o", "page.html"]), 2);
    assert!(errors.contains("--single"), "{errors}");
    // A folder with something of somebody.
    fs::create_dir(folder.join("mine")).unwrap();
    fs::write(folder.join("mine/index.html"), "precious").unwrap();
    let errors = ends(lanes(folder).args(["report", "-o", "mine"]), 1);
    assert!(errors.contains("mine has \"index.html\" in it"), "{errors}");
    assert_eq!(names(&folder.join("mine")), ["index.html"]);
    for kept in ["file", "mine/index.html"] {
        let text = fs::read_to_string(folder.join(kept)).unwrap();
        assert_eq!(text, "precious");
    }
    assert_eq!(names(folder), ["dangling", "file", "link", "mine"]);

    // An empty one is taken; pages that are no more go, and a link is no way
    // out of it.
    fs::create_dir(folder.join("site")).unwrap();
    let report = |more: &[&str]| {
        let arguments = [&["report", "-o", "site", "--source", "."], more];
        ends(lanes(folder).args(arguments.concat()), 0)
    };
    report(&[HOSTILE]);
    let site = folder.join("site");
    let before = names(&site);
    assert!(before.contains(&"session-1.html".to_owned()), "{before:?}");
    fs::remove_file(site.join("about.html")).unwrap();
    symlink("../file", site.join("about.html")).unwrap();
    report(&[]);
    let after = names(&site);
    assert!(!after.contains(&"session-1.html".to_owned()), "{after:?}");
    assert!(after.contains(&"lanes-site.txt".to_owned()), "{after:?}");
    page(&site, "about.html");
    let text = fs::read_to_string(folder.join("file")).unwrap();
    assert_eq!(text, "precious");
    // What was put beside the pages is kept, and said.
    fs::write(site.join("notes.txt"), "precious").unwrap();
    let errors = ends(lanes(folder).args(["report", "-o", "site"]), 1);
    assert!(errors.contains("\"notes.txt\""), "{errors}");
    assert_eq!(names(&site).len(), after.len() + 1);
    // A list says nothing of files elsewhere.
    fs::remove_file(site.join("notes.txt")).unwrap();
    let list = site.join("lanes-site.txt");
    let text = fs::read_to_string(&list).unwrap();
    fs::write(&list, format!("../mine/index.html\n{text}")).unwrap();
    report(&[]);
    assert!(folder.join("mine/index.html").is_file());
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
            ends(lanes(folder).args(["report", name, "-o", "site"]), 1);
        assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
        assert!(errors.contains(name), "{errors}");
        assert!(errors.contains("measure again"), "{errors}");
    }
    let errors = ends(lanes(folder).args(["report", "gone.json"]), 1);
    assert!(errors.contains("gone.json: No such file"), "{errors}");
    assert!(!folder.join("site").exists());
    // In a folder such files are left out, and the first page says which.
    let errors = ends(lanes(folder).args(["report", ".", "-o", "site"]), 0);
    assert!(errors.contains("left out: "), "{errors}");
    let html = page(folder, "site/index.html");
    assert!(html.contains("traces.json could not be read."));
    assert!(html.contains("There are no results"));
}
