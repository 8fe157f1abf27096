//! Builds of git revisions: each is compiled in a worktree of its own, and kept
//! by its commit.

use crate::fail::Fail;
use crate::interrupt;
use crate::say::progress;
use std::env;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// How many of the last lines of a failed build are shown.
const LAST_LINES: usize = 20;
/// What git sets for the hooks that it runs, and what would have another tree
/// be looked at.
const OF_HOOKS: [&str; 3] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];
/// How often a build looks whether it is to stop.
const TICK: Duration = Duration::from_millis(50);

/// A commit of the repository around the current folder.
pub(crate) struct Revision {
    /// The top of the work tree.
    root: PathBuf,
    /// All digits of the commit.
    pub(crate) commit: String,
}

impl Revision {
    /// The commit that a name stands for, if it is one.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let here = Path::new(".");
        let root = git(here, &["rev-parse", "--show-toplevel"]).ok()?;
        let named = format!("{name}^{{commit}}");
        let verify = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
        let commit = git(here, &[&verify[..], &[&named]].concat()).ok()?;
        Some(Self { root: root.into(), commit })
    }

    /// Whether it is checked out here, and files differ from it.
    pub(crate) fn is_changed_here(&self) -> bool {
        let head = git(&self.root, &["rev-parse", "HEAD"]);
        let status = ["status", "--porcelain", "--untracked-files=no"];
        head.is_ok_and(|head| head == self.commit)
            && git(&self.root, &status).is_ok_and(|text| !text.is_empty())
    }

    /// The executable `lanes` of this commit: that of an earlier build by the
    /// same compiler with the same flags, or a new one.
    ///
    /// # Errors
    /// [`Fail::Failure`] with the last lines of a build that failed,
    /// [`Fail::Interrupted`] if `stop` was set meanwhile.
    pub(crate) fn build(&self, stop: &AtomicBool) -> Result<PathBuf, Fail> {
        let folder = self.root.join("target/duel").join(&self.commit);
        let program = folder.join("release/lanes");
        let (stamp, by) = (folder.join("built-by"), self.compiler()?);
        let known = fs::read_to_string(&stamp).is_ok_and(|text| text == by);
        if known && program.is_file() {
            return Ok(program);
        }
        let place = folder.display();
        let failed = |error| Fail::Failure(format!("{place}: {error}"));
        fs::create_dir_all(&folder).map_err(failed)?;
        let short = &self.commit[..9.min(self.commit.len())];
        progress!("lanes: builds {short}, which takes minutes the first time");
        let tree = Worktree::add(&self.root, &self.commit, &folder)?;
        let mut log = tempfile::tempfile().map_err(Fail::of)?;
        let status = compile(&tree, &folder, &log, stop)?;
        drop(tree);
        if !status.success() {
            let said = last_lines(&mut log);
            return Err(Fail::Failure(format!(
                "{} does not build: {status}\n{said}",
                self.commit
            )));
        }
        if !program.is_file() {
            let path = program.display();
            return Err(Fail::Failure(format!(
                "the build of {} made no {path}; unset build.target in \
                 cargo's configuration",
                self.commit
            )));
        }
        fs::write(&stamp, by).map_err(failed)?;
        Ok(program)
    }

    /// The compiler and its flags: builds by two compilers differ in more than
    /// their commits.
    fn compiler(&self) -> Result<String, Fail> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut command = Command::new(rustc);
        command.arg("-vV").current_dir(&self.root);
        let version = output(&mut command).map_err(|error| {
            Fail::Failure(format!("a revision needs rustc to build: {error}"))
        })?;
        let flags = env::var("RUSTFLAGS").unwrap_or_default();
        Ok(format!("{version}\n{flags}\n"))
    }
}

/// A work tree of one commit, which is gone when this is dropped.
struct Worktree {
    root: PathBuf,
    path: TempDir,
}

impl Worktree {
    /// Its path is as long for every commit: paths that are compiled in do not
    /// move anything else.
    fn add(root: &Path, commit: &str, folder: &Path) -> Result<Self, Fail> {
        let path =
            tempfile::Builder::new().prefix("source-").tempdir_in(folder);
        let path = path.map_err(Fail::of)?;
        let tree = Self { root: root.to_owned(), path };
        let to = tree.path.path().to_string_lossy();
        // A process that was killed may have left the record of its own.
        let pruned = git(root, &["worktree", "prune"]);
        let add = ["worktree", "add", "--quiet", "--force", "--detach"];
        let added = pruned.and_then(|_| {
            // A hook of the repository has nothing to do with this tree.
            let no_hooks = ["-c", "core.hooksPath=/dev/null"];
            git(root, &[&no_hooks[..], &add, &[&to, commit]].concat())
        });
        added.map_err(|error| {
            Fail::Failure(format!("no worktree of {commit}: {error}"))
        })?;
        Ok(tree)
    }
}

impl Drop for Worktree {
    fn drop(&mut self) {
        let path = self.path.path().to_string_lossy();
        // The folder itself goes with `path`, whatever git says.
        let _ = git(&self.root, &["worktree", "remove", "--force", &path]);
    }
}

/// Runs cargo in a worktree until it ends or `stop` is set.
fn compile(
    tree: &Worktree,
    target: &Path,
    log: &File,
    stop: &AtomicBool,
) -> Result<ExitStatus, Fail> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let both = || log.try_clone().map_err(Fail::of);
    let mut command = Command::new(cargo);
    command
        .args(["build", "--release", "--package", "lanes"])
        .current_dir(tree.path.path())
        .env("CARGO_TARGET_DIR", target)
        .env_remove("CARGO_BUILD_TARGET")
        .stdin(Stdio::null())
        .stdout(both()?)
        .stderr(both()?)
        .process_group(0);
    for name in OF_HOOKS {
        command.env_remove(name);
    }
    let child = command.spawn();
    let mut child = child.map_err(|error| {
        Fail::Failure(format!("a revision needs cargo to build: {error}"))
    })?;
    loop {
        if let Some(status) = child.try_wait().map_err(Fail::of)? {
            return Ok(status);
        }
        if stop.load(Ordering::Relaxed) {
            // The tree goes, which git takes its time for.
            interrupt::seen();
            end(&mut child);
            return Err(Fail::Interrupted("interrupted in a build".into()));
        }
        thread::sleep(TICK);
    }
}

/// Ends cargo and the compilers that it started.
fn end(child: &mut Child) {
    let group = rustix::process::Pid::from_child(child);
    let signal = rustix::process::Signal::KILL;
    let _ = rustix::process::kill_process_group(group, signal);
    let _ = child.wait();
}

fn last_lines(log: &mut File) -> String {
    let mut bytes = Vec::new();
    let read = log.rewind().and_then(|()| log.read_to_end(&mut bytes));
    if let Err(error) = read {
        return format!("what it printed cannot be read: {error}");
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

/// What git prints, without the end of the line.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    for name in OF_HOOKS {
        command.env_remove(name);
    }
    output(&mut command)
}

/// What a command prints, or the last line of why it failed.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.trim_end().lines().last().unwrap_or_default();
        return Err(format!("{}: {last}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
