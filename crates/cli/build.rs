//! Sets the variables that name the commit and the compiler of this build.

use std::env;
use std::path::Path;
use std::process::Command;

/// What the command is built from, as git names files: no tests, no benches.
const SOURCES: [&str; 8] = [
    ":(top)Cargo.toml",
    ":(top)Cargo.lock",
    ":(top).cargo",
    ":(top,glob)crates/*/Cargo.toml",
    ":(top,glob)crates/*/build.rs",
    ":(top,glob)crates/*/src/**",
    ":(top,glob)crates/python/worker/**",
    ":(top,glob)crates/report/templates/**",
];

fn main() {
    let root = Path::new("../..");
    // A source file that changes may make the tree differ from the commit. A
    // test that changes does not, and builds nothing anew.
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo",
        "crates/python/worker",
        "crates/report/templates",
    ] {
        watch(&root.join(name));
    }
    for folder in root.join("crates").read_dir().into_iter().flatten() {
        let Ok(folder) = folder else { continue };
        for name in ["src", "build.rs", "Cargo.toml"] {
            watch(&folder.path().join(name));
        }
    }
    // Git writes a line here for each commit and each checkout.
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        watch(Path::new(&log));
    }
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version = output(&rustc, &["--version"]).unwrap_or_default();
    // The commit of a repository that this tree only lies in is about other
    // files.
    let top = git(&["rev-parse", "--show-toplevel"]);
    let top = top.and_then(|top| Path::new(&top).canonicalize().ok());
    let is_top = top.is_some() && top == root.canonicalize().ok();
    let (mut commit, mut dirty) = (String::new(), false);
    if is_top {
        commit = git(&["rev-parse", "HEAD"]).unwrap_or_default();
        // A source file that is not added yet is a change as well.
        let all = ["status", "--porcelain", "--untracked-files=all", "--"];
        let status = [&all[..], &SOURCES].concat();
        dirty = git(&status).is_some_and(|changes| !changes.is_empty());
    }
    println!("cargo::rustc-env=LANES_RUSTC={version}");
    println!("cargo::rustc-env=LANES_COMMIT={commit}");
    println!("cargo::rustc-env=LANES_DIRTY={dirty}");
}

/// Runs this again when the path changes. A path that is not there would run it
/// each time.
fn watch(path: &Path) {
    if path.exists() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// What git prints, without a lock on its index.
fn git(arguments: &[&str]) -> Option<String> {
    let all = [&["--no-optional-locks"], arguments].concat();
    output("git", &all)
}

/// What a command prints, if it is there and succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    // A hook of git has it look at another tree.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let output = command.args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
