//! Workers whose texts and times cannot be: each is refused or made harmless.

use crate::prepared_as;
use lanes_core::Row;
use lanes_core::workload::Max;
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::protocol::{
    self, Hello, Kind, Refusal, Reply, Request, Sample,
};
use lanes_measure::worker;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

/// What is red, rings, and clears the screen.
const HOSTILE: &str = "\u{1b}[31mred\u{7}\u{1b}[2J\u{202e}\nnext";

/// Tells the lie that its model's name says, from its first sample on.
#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn liar() {
    let (mut lie, mut digest) = (String::new(), None);
    worker::answer(|request, socket| {
        Ok(match request {
            Request::Hello { model, workers, .. } => {
                lie.clone_from(&model);
                let mut hello = Hello::plain(model, workers);
                hello.versions.insert(HOSTILE.into(), HOSTILE.into());
                Some(Reply::Hello(hello))
            }
            Request::Prepare { size, seed, .. } => {
                let max: Max = serde_json::from_value(size)?;
                digest =
                    Some(Row::digest(&max, seed).map_err(io::Error::other)?);
                Some(Reply::Prepared { digest: digest.unwrap_or(0) })
            }
            Request::Run { runs, .. } => {
                let sample = Sample { runs, digest, ..Sample::default() };
                tell(&lie, sample, socket)?
            }
            _ => Some(Reply::unsupported(HOSTILE)),
        })
    })
    .unwrap();
}

fn tell(
    lie: &str,
    mut sample: Sample,
    socket: &mut UnixStream,
) -> io::Result<Option<Reply>> {
    let slept = Duration::from_millis(60);
    thread::sleep(slept);
    sample.wall_ns = slept.as_nanos() as u64;
    match lie {
        "honest" => {}
        "endless" => sample.wall_ns = u64::MAX,
        "unsafe" => sample.minor_faults = Some(u64::MAX),
        "longer" => sample.wall_ns *= 1000,
        "no-time" => sample.wall_ns = 1,
        "little-time" => sample.wall_ns = u64::from(sample.runs) * 1000,
        "busy" => sample.user_ns = Some(3_600_000_000_000),
        "served" => sample.served_ns = Some(3_600_000_000_000),
        "late" => sample.latencies = vec![(3_600_000_000_000, 1)],
        "coloured" => return Ok(Some(Reply::unsupported(HOSTILE))),
        "long" => {
            let (kind, message) = (Kind::Failed, "x\u{1b}".repeat(1 << 20));
            return Ok(Some(Reply::Error(Refusal { kind, message })));
        }
        "prints" => {
            println!("{HOSTILE}");
            println!("{}", "\0".repeat(1 << 20));
            socket.write_all(b"\x1b[31mno reply\n")?;
            return Ok(None);
        }
        other => panic!("no lie is called {other}"),
    }
    protocol::write(socket, &Reply::Sample(sample))?;
    Ok(None)
}

/// What becomes of a batch of so many runs.
fn said(lie: &str, runs: u32) -> Result<Sample, Failure> {
    let (mut process, digest) = prepared_as("liars::liar", lie);
    process.sample(runs, true, Some(digest))
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || c == '\u{202e}')
        && text.chars().count() <= 400
}

#[test]
fn times_that_the_own_clock_denies_are_refused() {
    assert_eq!(said("honest", 3).unwrap().runs, 3);
    for lie in
        ["endless", "unsafe", "longer", "no-time", "busy", "served", "late"]
    {
        let failure = said(lie, 100).unwrap_err();
        assert_eq!(failure.cause, Cause::Protocol, "{lie}: {failure}");
        assert!(is_plain(&failure.message), "{lie}: {failure}");
    }
}

#[test]
fn a_worker_that_says_again_and_again_that_it_took_no_time_is_refused() {
    let (mut process, digest) = prepared_as("liars::liar", "little-time");
    // Of batches whose answer is asked for nothing is known.
    for _ in 0..4 {
        process.sample(1, true, Some(digest)).unwrap();
    }
    for _ in 0..2 {
        process.sample(1, true, None).unwrap();
    }
    let failure = process.sample(1, true, None).unwrap_err();
    assert_eq!(failure.cause, Cause::Protocol, "{failure}");
}

#[test]
fn what_a_worker_says_moves_no_cursor_and_fills_no_screen() {
    for lie in ["coloured", "long", "prints"] {
        let failure = said(lie, 1).unwrap_err();
        assert!(is_plain(&failure.message), "{lie}: {failure}");
        assert!(failure.message.contains(r"\x"), "{lie}: {failure}");
    }
    let (mut process, _) = prepared_as("liars::liar", "honest");
    process.send(&crate::hello("honest", 1)).unwrap();
    let hello = process.hello("honest", 1).unwrap();
    for (name, version) in &hello.versions {
        assert!(is_plain(name) && is_plain(version), "{hello:?}");
        assert!(version.starts_with(r"\x1b[31mred\x07"), "{version}");
    }
    assert_eq!(hello.versions.len(), 1);
}
