//! What a benchmark was built from.

use lanes_measure::results::Build;
use std::process::Command;

/// The compiler and the commit of the working directory, looked up while the
/// benchmark runs: what was built by `cargo bench` a moment ago is this.
pub fn build() -> Build {
    let rustc = output("rustc", &["--version"]).unwrap_or_default();
    let commit = output("git", &["rev-parse", "HEAD"]);
    let status = output("git", &["status", "--porcelain", "--", ":(top)*.rs"]);
    let dirty = status.is_some_and(|changes| !changes.is_empty());
    Build::here(&rustc, commit.as_deref(), dirty)
}

/// What a command prints, if it is there and succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
