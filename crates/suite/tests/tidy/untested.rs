//! What a manifest leaves out of the tests has none.
//!
//! A library without unit tests says `test = false`: its cells would be
//! compiled a second time to find that out. One without examples in its
//! documentation says `doctest = false`. A program has no unit tests: they
//! belong to its library, and no manifest has it built for tests.

use crate::repository::{Finding, assert_none, files};

/// The code blocks that are tests, by what stands behind their fence.
const EXAMPLES: &[&str] =
    &["", "rust", "no_run", "should_panic", "compile_fail", "ignore"];

/// How many examples the documentation of a file has.
fn examples(text: &str) -> usize {
    let fences = text.lines().filter_map(|line| {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or(line.strip_prefix("//!"))?;
        doc.trim_start().strip_prefix("```")
    });
    // Every second one ends a block.
    fences.step_by(2).filter(|fence| EXAMPLES.contains(&fence.trim())).count()
}

fn tests(text: &str) -> usize {
    text.lines().filter(|line| line.trim() == "#[test]").count()
}

/// What a manifest says of its library: nothing if it has none.
fn library(manifest: &str) -> Option<&str> {
    let (_, library) = manifest.split_once("[lib]\n")?;
    Some(library.split_once("\n[").map_or(library, |(library, _)| library))
}

fn breaches(path: &str, manifest: &str, sources: &[&str]) -> Vec<Finding> {
    let Some(library) = library(manifest) else { return Vec::new() };
    let says = |line: &str| library.lines().any(|other| other == line);
    let count = |of: fn(&str) -> usize| sources.iter().map(|s| of(s)).sum();
    let kinds: [(_, usize, _); 2] = [
        ("test = false", count(tests), "unit tests"),
        ("doctest = false", count(examples), "examples to run"),
    ];
    let wrong = kinds.into_iter().filter_map(|(line, count, what)| {
        let what = match (says(line), count) {
            (true, 1..) => format!("{count} {what}: take `{line}` away"),
            (false, 0) => format!("no {what}: say `{line}`"),
            _ => return None,
        };
        Some(Finding::new(path, 1, format!("the library has {what}")))
    });
    wrong.collect()
}

#[test]
fn what_is_not_tested_has_no_tests() {
    let sources = files(&["rs"]);
    let mut found = Vec::new();
    for manifest in files(&["toml"]) {
        let Some(folder) = manifest.path.strip_suffix("Cargo.toml") else {
            continue;
        };
        let below = format!("{folder}src/");
        let own = sources.iter().filter(|file| file.path.starts_with(&below));
        let own: Vec<&str> = own.map(|file| file.text.as_str()).collect();
        found.extend(breaches(&manifest.path, &manifest.text, &own));
    }
    assert_none(&found);
}

#[test]
fn a_program_has_no_unit_tests() {
    let sources = files(&["rs"]);
    let programs = sources.iter().filter(|f| f.path.ends_with("src/main.rs"));
    let with_tests = programs.filter(|file| tests(&file.text) > 0);
    let what = "a program is not built for tests: move them into its library";
    let found = with_tests.map(|file| Finding::new(&file.path, 1, what));
    assert_none(&found.collect::<Vec<_>>());
}

#[test]
fn tests_that_are_left_out_are_found() {
    let test = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() {}\n}\n";
    let example = "/// ```\n/// a();\n/// ```\n/// ```text\n/// a\n/// ```\n";
    assert_eq!((examples(example), tests(test)), (1, 1));
    let found = |lines: &str, sources: &[&str]| {
        let manifest = format!("[lib]\nbench = false\n{lines}\n[lints]\n");
        breaches("Cargo.toml", &manifest, sources).len()
    };
    let both = "test = false\ndoctest = false\n";
    assert_eq!(found(both, &[""]), 0);
    assert_eq!(found(both, &[test, example]), 2);
    assert_eq!(found("", &[test, example]), 0);
    assert_eq!(found("", &[""]), 2);
    assert_eq!(found("test = false\n", &[example]), 0);
    assert_eq!(breaches("Cargo.toml", "[[bin]]\n", &[test]), []);
}
