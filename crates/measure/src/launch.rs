//! Programs that are started again and again: the same one each time, or none.

use crate::failure::{Cause, Failure};
use crate::identity::Identity;
use lanes_core::Error;
use std::env;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The image that a process runs. In a child that has not yet started another
/// program this is its parent's, also where the file is gone.
const OWN_IMAGE: &str = "/proc/self/exe";

/// How a worker's process is started: a program and its arguments, no shell.
#[derive(Debug, Clone)]
pub struct Launch {
    /// How the program is called, in messages and as its argument 0.
    name: PathBuf,
    program: Program,
    /// Its arguments.
    pub arguments: Vec<String>,
}

#[derive(Debug, Clone)]
enum Program {
    /// What this process runs.
    Own,
    /// A file that is kept open.
    Open(Arc<File>, Identity),
    /// A file that is looked at before each start.
    Path(PathBuf, Identity),
    /// There was no such file; the system says so at each start.
    Missing,
}

impl Launch {
    /// The image that this process runs, which must call
    /// [`crate::worker::serve`] when its only argument is `worker`. Its file
    /// may be replaced or deleted meanwhile.
    pub fn own() -> Self {
        let name = env::args_os().next();
        Self {
            name: name.map_or_else(|| OWN_IMAGE.into(), PathBuf::from),
            program: Program::Own,
            arguments: vec!["worker".into()],
        }
    }

    /// A program by its path or, without a slash, by its name on the PATH. If
    /// its file is replaced or written to after this call, it is started no
    /// more.
    pub fn named(name: impl Into<PathBuf>, arguments: Vec<String>) -> Self {
        let name = name.into();
        let found = find(&name).and_then(|path| {
            let identity = Identity::of(&path.metadata().ok()?);
            Some(Program::Path(path, identity))
        });
        let program = found.unwrap_or(Program::Missing);
        Self { name, program, arguments }
    }

    /// A program whose file is opened now. The same file is started ever after,
    /// also where it was replaced or deleted. A script has its interpreter look
    /// for it by its path, as may its own lines: it is as [`Launch::named`].
    pub fn opened(path: impl Into<PathBuf>, arguments: Vec<String>) -> Self {
        let name = path.into();
        match image(&name) {
            Ok(program) => Self { name, program, arguments },
            // What can be started need not be readable.
            Err(_) => Self::named(name, arguments),
        }
    }

    /// How the program is called.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// Whether it is the image that this process runs.
    pub fn is_own(&self) -> bool {
        matches!(self.program, Program::Own)
    }

    /// The command that starts the program.
    ///
    /// # Errors
    /// [`Cause::Start`] if its file is not there any more, [`Cause::Mismatch`]
    /// if it is another one by now.
    pub fn command(&self) -> Result<Command, Failure> {
        let mut command = match &self.program {
            Program::Own => Command::new(OWN_IMAGE),
            Program::Open(file, seen) => {
                self.same(file.metadata(), seen)?;
                // The child has this descriptor until the program is started.
                Command::new(format!("/proc/self/fd/{}", file.as_raw_fd()))
            }
            Program::Path(path, seen) => {
                self.same(path.metadata(), seen)?;
                Command::new(path)
            }
            Program::Missing => Command::new(&self.name),
        };
        command.arg0(&self.name).args(&self.arguments);
        Ok(command)
    }

    fn same(
        &self,
        now: io::Result<Metadata>,
        seen: &Identity,
    ) -> Result<(), Failure> {
        let now = now.map_err(|error| self.not_started(&error))?;
        if Identity::of(&now) == *seen {
            return Ok(());
        }
        let name = self.name.display();
        let what = format!(
            "{name} was replaced or changed since it was first looked at; \
             measure again"
        );
        Err(Failure::new(Cause::Mismatch, what))
    }

    /// Why a worker cannot be started: the system refuses this call.
    pub(crate) fn refused(&self, call: &str, error: &io::Error) -> Failure {
        let name = self.name.display();
        // Its way out, where there is one.
        let why = why(error);
        Failure::new(Cause::Start, format!("{name}: {call}: {why}"))
    }

    /// Why the system does not start it.
    pub(crate) fn not_started(&self, error: &io::Error) -> Failure {
        let (name, why) = (self.name.display(), why(error));
        Failure::new(Cause::Start, format!("{name}: {why}"))
    }
}

/// What the system says, with the way out where there is one.
fn why(error: &io::Error) -> String {
    let same = error.raw_os_error().map(io::Error::from_raw_os_error);
    match same.map(Error::from) {
        Some(resource @ Error::Resource(_)) => resource.to_string(),
        _ => error.to_string(),
    }
}

/// The program, if it is a binary that can be kept open.
fn image(path: &Path) -> io::Result<Program> {
    let mut file = File::open(path)?;
    let mut magic = [0; 4];
    file.read_exact(&mut magic)?;
    if magic != *b"\x7fELF" {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let identity = Identity::of(&file.metadata()?);
    Ok(Program::Open(Arc::new(file), identity))
}

/// Where a command is, as a shell looks for it.
fn find(name: &Path) -> Option<PathBuf> {
    if name.as_os_str().as_encoded_bytes().contains(&b'/') {
        return Some(name.to_owned());
    }
    let path = env::var_os("PATH")?;
    let mut all = env::split_paths(&path).map(|folder| folder.join(name));
    all.find(|path| fs::metadata(path).is_ok_and(|data| is_program(&data)))
}

/// Whether a file can be started.
pub(crate) fn is_program(data: &Metadata) -> bool {
    data.is_file() && data.permissions().mode() & 0o111 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script that prints this word.
    fn script(path: &Path, word: &str) {
        fs::write(path, format!("#!/bin/sh\necho {word}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn printed(launch: &Launch) -> String {
        let output = launch.command().unwrap().output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// A program of the system, copied by another process: one that is being
    /// written cannot be started, and this process has other threads.
    fn copied(from: &str, to: &Path) {
        let from = find(Path::new(from)).unwrap();
        let status = Command::new("cp").arg(from).arg(to).status().unwrap();
        assert!(status.success());
    }

    #[test]
    fn an_opened_program_stays_the_same_when_its_file_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        copied("echo", &path);
        let launch = Launch::opened(&path, vec!["first".into()]);
        assert!(matches!(launch.program, Program::Open(..)));
        fs::remove_file(&path).unwrap();
        assert_eq!(printed(&launch), "first\n");
        script(&path, "second");
        assert_eq!(printed(&launch), "first\n");
        assert!(!launch.is_own());
    }

    #[test]
    fn a_program_that_was_written_to_is_started_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        copied("true", &path);
        let launches =
            [Launch::opened(&path, vec![]), Launch::named(&path, vec![])];
        for launch in &launches {
            assert!(launch.command().is_ok());
        }
        copied("false", &path);
        for launch in &launches {
            let failure = launch.command().unwrap_err();
            assert_eq!(failure.cause, Cause::Mismatch);
            assert!(failure.message.contains("was replaced"), "{failure}");
        }
    }

    #[test]
    fn a_script_that_was_replaced_is_started_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        script(&path, "first");
        let launch = Launch::opened(&path, vec![]);
        assert!(launch.command().is_ok());
        fs::remove_file(&path).unwrap();
        let gone = launch.command().unwrap_err();
        assert_eq!(gone.cause, Cause::Start);
        script(&path, "another");
        let replaced = launch.command().unwrap_err();
        assert_eq!(replaced.cause, Cause::Mismatch);
    }

    #[test]
    fn a_command_is_looked_for_on_the_path() {
        let launch = Launch::named("echo", vec!["found".into()]);
        assert!(matches!(&launch.program, Program::Path(path, _)
            if path.is_absolute() && path.ends_with("echo")));
        assert_eq!(printed(&launch), "found\n");
        let none = Launch::named("no-such-program", vec![]);
        let error = none.command().unwrap().output().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
