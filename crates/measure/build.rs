//! Tells the crate what it is built from: the commit and the compiler.

use std::env;
use std::process::Command;

fn main() {
    // A change of any source file may make the tree differ from the commit.
    for path in ["crates", "Cargo.lock", ".git/HEAD", ".git/index"] {
        println!("cargo::rerun-if-changed=../../{path}");
    }
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version = output(&rustc, &["--version"]).unwrap_or_default();
    let commit = output("git", &["rev-parse", "HEAD"]).unwrap_or_default();
    let changes = output("git", &["status", "--porcelain"]);
    let dirty = changes.is_some_and(|changes| !changes.is_empty());
    println!("cargo::rustc-env=LANES_RUSTC={version}");
    println!("cargo::rustc-env=LANES_COMMIT={commit}");
    println!("cargo::rustc-env=LANES_DIRTY={dirty}");
}

/// What a command prints, if it is there and succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
