//! The files that the rules are about, and how a breach of one is reported.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A place that breaks a rule, and what to do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Below the root of the repository.
    pub(crate) path: String,
    /// From 1.
    pub(crate) line: usize,
    /// What is wrong, and what to do.
    pub(crate) what: String,
}

impl Finding {
    pub(crate) fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
    ) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Fails with one line for each finding.
#[track_caller]
pub(crate) fn assert_none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

/// Where the workspace lies.
pub(crate) fn root() -> PathBuf {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = suite.ancestors().nth(2).expect("a crate in a workspace");
    root.to_owned()
}

/// A file of the repository, by its path below the root.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The paths that git lists, or would after an `add`, below the root.
pub(crate) fn paths() -> Vec<String> {
    let root = root();
    let arguments =
        ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let mut git = Command::new("git");
    let listed = git.args(arguments).current_dir(&root).output();
    let listed = listed.expect("git is installed");
    assert!(listed.status.success(), "git lists no files here");
    let listed = String::from_utf8(listed.stdout).expect("paths in UTF-8");
    let paths = listed.split_terminator('\0').map(str::to_owned);
    let mut paths: Vec<String> =
        paths.filter(|path| root.join(path).is_file()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The listed files whose names end with one of these, with what is in them.
pub(crate) fn files(extensions: &[&str]) -> Vec<File> {
    let wanted = |path: &String| {
        let extension = Path::new(path).extension();
        let extension = extension.and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extensions.contains(&extension))
    };
    let read = |path: String| {
        let text = fs::read_to_string(root().join(&path));
        let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
        File { path, text }
    };
    paths().into_iter().filter(wanted).map(read).collect()
}

/// Whether a file is a test: some rules are about what is tested only.
pub(crate) fn is_test(path: &str) -> bool {
    let named = |name: &str| name == "tests" || name.contains(".test.");
    path.split('/').any(named)
}
