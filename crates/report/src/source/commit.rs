//! Which commit a source tree is of.

use std::path::Path;
use std::process::{Command, Stdio};

/// The commit of a tree, and whether its crates differ from it. No commit if
/// git is not there, or the tree is not the whole of a repository: the commit
/// around it would say nothing of it.
pub(super) fn commit(root: &Path) -> (Option<String>, bool) {
    let told = || {
        let inside = git(root, &["rev-parse", "--show-prefix"])?;
        if !inside.trim().is_empty() {
            return None;
        }
        let commit = git(root, &["rev-parse", "--verify", "HEAD"])?;
        let changed = git(root, &["status", "--porcelain", "--", "crates"])?;
        Some((commit.trim().to_owned(), !changed.trim().is_empty()))
    };
    match told() {
        Some((commit, dirty)) => (Some(commit), dirty),
        None => (None, false),
    }
}

/// What git answers, if it does.
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
