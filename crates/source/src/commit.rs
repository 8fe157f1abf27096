//! Which commit a source tree is of.

use std::path::Path;
use std::process::{Command, Stdio};

/// The commit of a tree, and whether its crates differ from it. No commit if
/// git is not installed, or if the tree is only a part of a repository, whose
/// commit would be about other files.
pub(crate) fn commit(root: &Path) -> (Option<String>, bool) {
    let found = || {
        let inside = git(root, &["rev-parse", "--show-prefix"])?;
        if !inside.trim().is_empty() {
            return None;
        }
        let commit = git(root, &["rev-parse", "--verify", "HEAD"])?;
        let changed = git(root, &["status", "--porcelain", "--", "crates"])?;
        Some((commit.trim().to_owned(), !changed.trim().is_empty()))
    };
    match found() {
        Some((commit, dirty)) => (Some(commit), dirty),
        None => (None, false),
    }
}

/// The answer of a git command, if it succeeds.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        // A tree may name programs that watch its files: they are not run.
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false"])
        .args(arguments)
        // Set where this runs in a hook, for another repository.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let output = output.status.success().then_some(output.stdout)?;
    String::from_utf8(output).ok()
}
