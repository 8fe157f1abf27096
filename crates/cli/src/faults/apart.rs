//! A process of its own for each case.

use crate::fail::Fail;
use crate::models::{Known, Origin};
use lanes_conformance::spoken::heard;
use lanes_measure::faults::{Judged, Observed, Verdict};
use lanes_measure::process::Launch;
use lanes_watchdog::{Ended, watched};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Of what a process prints, only the end is read.
const TAIL: u64 = 1 << 16;

/// Puts a case to a model. `None` if `stop` was set meanwhile.
///
/// # Errors
/// If no process can be started for it.
pub(super) fn judge(
    known: &Known,
    case: &str,
    most: Duration,
    stop: &AtomicBool,
) -> Result<Option<Judged>, Fail> {
    let launch = match &known.origin {
        Origin::Guest(guest) => match &guest.program {
            // A guest has but one model.
            Ok(program) => Launch::opened(
                program,
                ["case", case].map(str::to_owned).to_vec(),
            ),
            Err(why) => {
                let (verdict, why) = (Verdict::Inapplicable, why.clone());
                return Ok(Some(Judged { verdict, why, seconds: 0.0 }));
            }
        },
        _ => {
            let mut launch = Launch::own();
            launch.arguments =
                ["case", &known.name, case].map(str::to_owned).to_vec();
            launch
        }
    };
    let begin = Instant::now();
    let (ended, printed) = run(&launch, most, stop)?;
    let (verdict, why) = match ended {
        Ended::Stopped => return Ok(None),
        Ended::Hung => {
            (Verdict::Broken, format!("it has not ended in {most:?}"))
        }
        Ended::Exited(_, left) if left > 0 => {
            let left = match left {
                1 => "1 process".to_owned(),
                _ => format!("{left} processes"),
            };
            (Verdict::Broken, format!("it leaves {left} behind"))
        }
        Ended::Exited(status, _) => match heard(&printed) {
            Some(("passed", _)) => (Verdict::Passed, String::new()),
            Some(("exempt", why)) => (Verdict::Exempt, why.to_owned()),
            Some(("inapplicable", why)) => {
                (Verdict::Inapplicable, why.to_owned())
            }
            Some(("failed", why)) => (Verdict::Broken, why.to_owned()),
            None if status.signal().is_none() => {
                (Verdict::Inapplicable, "its program knows no cases".into())
            }
            Some(_) | None => (Verdict::Broken, died(status)),
        },
    };
    let seconds = begin.elapsed().as_secs_f64();
    Ok(Some(Judged { verdict, why, seconds }))
}

/// Tries the plain use of a library in a case. `None` if `stop` was set
/// meanwhile.
pub(super) fn observe(
    library: &str,
    case: &str,
    stop: &AtomicBool,
) -> Option<Observed> {
    let Some(plain) = lanes_plain::find(library, case) else {
        return Some(Observed { what: String::new(), detail: String::new() });
    };
    let observed = plain.run(stop);
    if stop.load(std::sync::atomic::Ordering::Relaxed) {
        return None;
    }
    let what = observed.outcome.word().to_owned();
    Some(Observed { what, detail: observed.detail })
}

fn run(
    launch: &Launch,
    most: Duration,
    stop: &AtomicBool,
) -> Result<(Ended, String), Fail> {
    let failed = |error: io::Error| {
        Fail::Failure(format!("{}: {error}", launch.name().display()))
    };
    let mut output = tempfile::tempfile().map_err(failed)?;
    let mut command = launch.command().map_err(Fail::of)?;
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command.stdout(output.try_clone().map_err(failed)?);
    let ended = watched(&mut command, most, stop).map_err(failed)?;
    Ok((ended, tail(&mut output).map_err(failed)?))
}

/// The end of what was printed.
fn tail(file: &mut File) -> io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(io::SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// How a process ended that printed no outcome.
fn died(status: ExitStatus) -> String {
    match status.signal() {
        Some(_) => format!("it aborts its process: {status}"),
        None => format!("its process ends without an outcome: {status}"),
    }
}
