//! Nothing of a compiler and nothing of a machine is in the repository.

use crate::repository::{Finding, assert_none, paths, root};
use std::fs;

/// What compilers, interpreters and editors leave behind.
const ARTEFACTS: &[&str] = &[
    ".a", ".d", ".dll", ".dylib", ".exe", ".o", ".orig", ".pdb", ".profraw",
    ".pyc", ".rej", ".rlib", ".rmeta", ".so", ".swp",
];
const FOLDERS: &[&str] = &["__pycache__", "node_modules", "target"];

/// Where people and programs of one machine keep their files. In pieces, so
/// that this file has none of them.
const PLACES: &[&str] = &[
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "Users/"),
    concat!("/", "work/"),
    concat!("C:", "\\Users\\"),
];

fn artefact(path: &str) -> Option<Finding> {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let left = ARTEFACTS.iter().any(|end| path.ends_with(end))
        || folders.split('/').any(|folder| FOLDERS.contains(&folder));
    let what = "left behind by a tool: remove it, and let .gitignore name it";
    left.then(|| Finding::new(path, 1, what))
}

fn places(path: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for place in PLACES {
            let begins = |at: usize| {
                let before = line[..at].chars().next_back();
                !before
                    .is_some_and(|c| c.is_alphanumeric() || "_.-".contains(c))
            };
            if line.match_indices(place).any(|(at, _)| begins(at)) {
                let what = format!(
                    "`{place}` is a folder of one machine: name a path of \
                     the repository"
                );
                found.push(Finding::new(path, index + 1, what));
            }
        }
    }
    found
}

#[test]
fn nothing_of_a_compiler_is_kept() {
    let paths = paths();
    let left = paths.iter().filter_map(|path| artefact(path));
    assert_none(&left.collect::<Vec<_>>());
}

#[test]
fn nothing_of_a_machine_is_kept() {
    let mut found = Vec::new();
    for path in paths() {
        // A picture is no text.
        let Ok(text) = fs::read_to_string(root().join(&path)) else {
            continue;
        };
        found.extend(places(&path, &text));
    }
    assert_none(&found);
}

#[test]
fn artefacts_are_found() {
    for path in ["a/b.rlib", "target/debug/lanes", "x/__pycache__/a.cpython"] {
        assert!(artefact(path).is_some(), "{path}");
    }
    for path in ["src/target.rs", "a/o", "README.md", "targets/a.rs"] {
        assert_eq!(artefact(path), None);
    }
}

#[test]
fn places_are_found() {
    let home = concat!("see /", "home/me/notes\n");
    let found = places("a.md", &format!("one\n{home}"));
    assert_eq!((found.len(), found[0].line), (1, 2));
    let below = concat!("in frame", "work/ or ./", "work/a or ../", "work/a");
    assert_eq!(places("a.md", below), []);
}
