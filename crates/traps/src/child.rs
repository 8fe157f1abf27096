//! A process of its own for each run, and the watchdog over it.

use crate::spans;
use crate::trap::{Program, Run, Seen, Trap};
use lanes_core::trace::monotonic;
use lanes_measure::traps::{Outcome, Ran, Recorded};
use lanes_watchdog::own::{self, last_line};
use lanes_watchdog::{Ended, watched};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The name that the process of a program is started under.
const MARK: &str = "lanes-trap";
/// What it is also asked for, if it is to record who does what.
const RECORDS: &str = "records";

/// How a program is started.
pub(crate) enum Start<'a> {
    /// As this executable.
    Own,
    /// In an interpreter, of this file.
    Script { interpreter: &'a Path, script: &'a Path },
}

/// Runs a program once. None if `stop` was set meanwhile.
///
/// # Errors
/// If no process can be started for it.
pub(crate) fn ran(
    trap: &Trap,
    program: &Program,
    start: &Start<'_>,
    deadline: Duration,
    stop: &AtomicBool,
) -> io::Result<Option<Ran>> {
    let mut command = match start {
        Start::Own => own_command(trap, program),
        Start::Script { interpreter, script } => {
            let mut command = Command::new(interpreter);
            command.arg("-I").arg(script).arg(program.name);
            command
        }
    };
    watch(&mut command, deadline, stop)
}

/// Runs a program of this executable once more, and has it record who did what.
/// None if `stop` was set meanwhile, and if it recorded nothing.
///
/// # Errors
/// If no process can be started for it.
pub(crate) fn recorded(
    trap: &Trap,
    program: &Program,
    deadline: Duration,
    stop: &AtomicBool,
) -> io::Result<Option<Recorded>> {
    let mut command = own_command(trap, program);
    let mut printed = Printed::new()?;
    let ended = printed.by(command.arg(RECORDS), deadline, stop)?;
    let hung = (ended == Ended::Hung).then(monotonic);
    match ended {
        Ended::Stopped => Ok(None),
        _ => Ok(spans::recorded(&printed.text()?, hung)),
    }
}

fn own_command(trap: &Trap, program: &Program) -> Command {
    let mut command = own::command(MARK);
    command.arg(trap.name).arg(program.name);
    command
}

/// What a process prints, and what it says of errors.
struct Printed {
    output: File,
    errors: File,
}

impl Printed {
    fn new() -> io::Result<Self> {
        let (output, errors) = (tempfile::tempfile()?, tempfile::tempfile()?);
        Ok(Self { output, errors })
    }

    /// Runs a process to its end.
    fn by(
        &mut self,
        command: &mut Command,
        deadline: Duration,
        stop: &AtomicBool,
    ) -> io::Result<Ended> {
        command
            .stdin(Stdio::null())
            .stdout(self.output.try_clone()?)
            .stderr(self.errors.try_clone()?)
            .env_remove("RAYON_NUM_THREADS")
            .env_remove("TOKIO_WORKER_THREADS")
            .env_remove("RUST_BACKTRACE");
        watched(command, deadline, stop)
    }

    /// All that it has printed.
    fn text(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        self.output.rewind()?;
        self.output.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn watch(
    command: &mut Command,
    deadline: Duration,
    stop: &AtomicBool,
) -> io::Result<Option<Ran>> {
    let mut printed = Printed::new()?;
    match printed.by(command, deadline, stop)? {
        Ended::Stopped => Ok(None),
        Ended::Hung => {
            let detail = format!("no end in {deadline:?}");
            Ok(Some(Ran { outcome: Outcome::Hangs, figure: None, detail }))
        }
        Ended::Exited(status, _) => {
            let Printed { output, errors } = &mut printed;
            ended(status, output, errors).map(Some)
        }
    }
}

/// What a process did that has ended by itself.
fn ended(
    status: ExitStatus,
    output: &mut File,
    errors: &mut File,
) -> io::Result<Ran> {
    let printed = last_line(output)?;
    let seen = serde_json::from_str(&printed).ok();
    if let Some(Seen { right, figure, detail }) =
        seen.filter(|_| status.success())
    {
        let outcome = if right { Outcome::Right } else { Outcome::Wrong };
        return Ok(Ran { outcome, figure: Some(figure), detail });
    }
    let how = match status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => format!("status {}", status.code().unwrap_or_default()),
    };
    let said = last_line(errors)?;
    let detail = if said.is_empty() { how } else { format!("{how}: {said}") };
    Ok(Ran { outcome: Outcome::Dies, figure: None, detail })
}

/// Becomes a program, if this process was started for it.
pub(crate) fn become_program(find: fn(&str) -> Option<&'static Trap>) {
    let Some(asked) = own::asked(MARK) else { return };
    if let [trap, name, how @ ..] = &asked[..]
        && let Some(trap) = find(trap)
        && let Some(program) = trap.programs().find(|one| one.name == name)
        && let Run::Rust(run) = program.run
    {
        let records = how == [RECORDS];
        if records {
            spans::start();
        }
        let seen = run();
        if records {
            spans::over();
        }
        let seen = serde_json::to_string(&seen).expect("plain values");
        println!("{seen}");
        process::exit(0);
    }
    eprintln!("no program {asked:?}");
    process::exit(2);
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::trace::{Span, State};
    use std::time::Instant;

    fn sh(script: &str) -> Ran {
        let deadline = Duration::from_millis(500);
        let mut command = Command::new("sh");
        let command = command.args(["-c", script]);
        watch(command, deadline, &AtomicBool::new(false)).unwrap().unwrap()
    }

    fn what(ran: &Ran) -> (Outcome, Option<f64>, &str) {
        (ran.outcome, ran.figure, &ran.detail)
    }

    #[test]
    fn a_process_says_what_it_has_seen() {
        let says = |right, status| {
            let seen = Seen::new(right, 2.5).detail("two and a half");
            let seen = serde_json::to_string(&seen).unwrap();
            sh(&format!("echo hello; echo '{seen}'; exit {status}"))
        };
        let right = (Outcome::Right, Some(2.5), "two and a half");
        assert_eq!(what(&says(true, 0)), right);
        let wrong = (Outcome::Wrong, Some(2.5), "two and a half");
        assert_eq!(what(&says(false, 0)), wrong);
        assert_eq!(what(&says(true, 3)), (Outcome::Dies, None, "status 3"));
    }

    #[test]
    fn one_that_dies_or_hangs_has_no_figure() {
        let dies = sh("echo boom >&2; kill -9 $$");
        assert_eq!(what(&dies), (Outcome::Dies, None, "signal 9: boom"));
        let silent = sh("true");
        assert_eq!(what(&silent), (Outcome::Dies, None, "status 0"));
        let begin = Instant::now();
        let hangs = sh("sleep 60 & sleep 60");
        assert_eq!(what(&hangs), (Outcome::Hangs, None, "no end in 500ms"));
        assert!(begin.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_run_is_recorded_until_its_end_or_the_watchdog() {
        let stop = AtomicBool::new(false);
        let recorded = |name: &str, deadline| {
            let trap = crate::find(name).unwrap();
            let found = recorded(trap, &trap.without, deadline, &stop);
            found.unwrap().unwrap()
        };
        let long = Duration::from_secs(60);
        let charged = recorded("tokio-dropped-handle", long);
        assert!(!charged.hung && charged.is_possible());
        let last = charged.spans.iter().max_by_key(|span| span.end).unwrap();
        assert_eq!(charged.tasks[last.task], "charge");
        // Nobody waits for it any more.
        let waits = |span: &&Span| span.state == State::Lock;
        let request = charged.spans.iter().find(waits).unwrap();
        assert_eq!(charged.tasks[request.task], "request");
        assert!(request.worker.is_none() && request.end < last.end);
        let hung = recorded("tokio-std-mutex", Duration::from_secs(1));
        assert!(hung.hung && hung.is_possible());
        let blocked = hung.spans.iter().max_by_key(|span| span.begin).unwrap();
        assert_eq!((blocked.state, blocked.end), (State::Lock, hung.end));
        assert_eq!(hung.workers[blocked.worker.unwrap()], "main");
    }

    #[test]
    fn one_that_is_stopped_has_no_outcome() {
        let mut command = Command::new("sleep");
        let stop = AtomicBool::new(true);
        let deadline = Duration::from_secs(60);
        let stopped = watch(command.arg("60"), deadline, &stop).unwrap();
        assert_eq!(stopped, None);
    }
}
