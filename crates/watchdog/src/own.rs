//! Processes of the running executable, which become something else before its
//! `main` runs.
//!
//! An executable that is to be such a process calls [`asked`] before `main`,
//! does what it says, and exits.

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use std::env;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{self, Command, Stdio};

/// A process of the executable that runs now, under a name of its own: what it
/// is asked for are the arguments that the caller adds. It reads nothing, and
/// is killed when this process ends.
pub fn command(mark: &str) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(mark).arg(process::id().to_string());
    command.stdin(Stdio::null());
    command
}

/// What this process is asked for, if it was started under that name. It ends
/// here if its parent was killed meanwhile, since nobody watches it then.
pub fn asked(mark: &str) -> Option<Vec<String>> {
    let mut arguments = env::args_os();
    if arguments.next().as_deref() != Some(OsStr::new(mark)) {
        return None;
    }
    let parent: i32 = arguments.next()?.to_str()?.parse().ok()?;
    end_with(parent);
    arguments.map(|argument| argument.into_string().ok()).collect()
}

/// This process is killed when the thread ends that started it, in the process
/// with this number. It ends here if that is gone already.
pub fn end_with(parent: i32) {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    if getppid().map(Pid::as_raw_nonzero).map(i32::from) != Some(parent) {
        process::exit(1);
    }
}

/// The last line of a file that says something: of what a process printed, or
/// of its last words. What the standard library adds below the message of a
/// panic is left out.
///
/// # Errors
/// Those of the file system.
pub fn last_line(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("note: "));
    Ok(lines.next_back().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_last_line_is_the_message() {
        let mut file = tempfile::tempfile().unwrap();
        let text = "thread panicked at a.rs:\nboom\nnote: run with it\n\n";
        file.write_all(text.as_bytes()).unwrap();
        assert_eq!(last_line(&mut file).unwrap(), "boom");
    }

    #[test]
    fn nobody_is_asked_who_was_not_started_for_it() {
        assert_eq!(asked("a name that no test has"), None);
        let command = command("mark");
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, [process::id().to_string().as_str()]);
    }
}
