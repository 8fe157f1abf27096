//! Workers that are killed, hang, eat memory or print garbage: how long it
//! takes until each is reported, and whether the others go on.

use crate::{contender, own, row};
use lanes_core::workload::Max;
use lanes_core::{Config, Workload};
use lanes_measure::process::{Limits, Process};
use lanes_measure::protocol::{Hello, Reply, Request, Sample};
use lanes_measure::session::{self, Plan};
use lanes_measure::worker;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

const FAULTS: [&str; 4] = ["killed", "hung", "eating", "garbage"];
const DEADLINE: Duration = Duration::from_secs(2);
const MEMORY: u64 = 512 << 20;

fn limits() -> Limits {
    let stop = Arc::new(AtomicBool::new(false));
    Limits { deadline: DEADLINE, memory: MEMORY, stop }
}

/// A worker for `max` that behaves for three runs.
pub(crate) fn serve(fault: &str) -> io::Result<()> {
    let (mut good, mut known) = (3, 0);
    worker::answer(|request, socket| {
        Ok(match request {
            Request::Hello { model, workers, .. } => {
                Some(Reply::Hello(Hello::plain(model, workers)))
            }
            Request::Prepare { size, seed, .. } => {
                let max: Max = serde_json::from_value(size)?;
                let input = max.input(seed).map_err(io::Error::other)?;
                known = Max::digest(&Max::reference(&input));
                Some(Reply::Prepared { digest: known })
            }
            Request::Describe { .. }
            | Request::Trace { .. }
            | Request::Exhibit { .. }
            | Request::Cancel => {
                Some(Reply::unsupported("neither traces nor exhibits"))
            }
            Request::Run { runs, .. } if good > 0 => {
                good -= 1;
                thread::sleep(Duration::from_millis(10));
                Some(Reply::Sample(Sample {
                    runs,
                    wall_ns: 10_000_000,
                    digest: Some(known),
                    ..Sample::default()
                }))
            }
            Request::Run { .. } => {
                misbehave(fault, socket)?;
                None
            }
        })
    })
}

fn misbehave(fault: &str, socket: &mut UnixStream) -> io::Result<()> {
    match fault {
        "killed" => {
            let own = Pid::from_raw(std::process::id().cast_signed());
            kill_process(own.expect("a process"), Signal::KILL)?;
        }
        "hung" => thread::sleep(Duration::from_secs(3600)),
        "eating" => {
            let mut eaten = Vec::new();
            loop {
                eaten.push(vec![1u8; 1 << 20]);
                if eaten.len() as u64 == MEMORY >> 20 {
                    // From here on it is over its cap; the clock is the same
                    // in all processes.
                    println!("{}", now());
                }
            }
        }
        _ => socket.write_all(b"\x00garbage that is no reply\n")?,
    }
    Ok(())
}

/// Nanoseconds of the machine's own clock.
fn now() -> u128 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u128 * 1_000_000_000 + now.tv_nsec as u128
}

pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    println!("| worker | reported as | seconds after its limit |");
    println!("|---|---|--:|");
    let folder = tempfile::tempdir()?;
    let row = row("max");
    let digest = row.digest(7)?;
    for fault in FAULTS {
        let launch = own(&["faulty", fault]);
        let mut process = Process::start(&launch, folder.path(), &limits())?;
        process.send(&Request::hello(fault, 1))?;
        process.hello(fault, 1)?;
        process.prepare(row.workload(), &row.size(), 7)?;
        process.prepared(digest)?;
        for _ in 0..3 {
            process.sample(1, false, Some(digest))?;
        }
        let begin = Instant::now();
        let answer = process.sample(1, false, Some(digest));
        let (end, elapsed) = (now(), begin.elapsed());
        let failure = answer.err().ok_or("nothing was reported")?;
        drop(process);
        let after = match fault {
            "hung" => elapsed.saturating_sub(DEADLINE),
            "eating" => {
                // The worker printed when it went over its cap.
                let printed = failure.message.rsplit(' ').next();
                let over: u128 = printed.unwrap_or_default().parse()?;
                Duration::from_nanos((end - over) as u64)
            }
            _ => elapsed,
        };
        println!(
            "| {fault} | {} | {:.3} |",
            failure.cause,
            after.as_secs_f64()
        );
    }
    println!("must reach: 1 or less");
    others_go_on(row)
}

/// A whole session with all four among good ones.
fn others_go_on(row: Box<dyn lanes_core::Row>) -> Result<(), Box<dyn Error>> {
    let worker = own(&["worker"]);
    let good = lanes_suite::MODELS.iter().map(|entry| {
        let mut model = contender(entry.name, entry.name, &worker);
        model.serial = entry.serial;
        model
    });
    let mut contenders: Vec<_> = good.collect();
    for fault in FAULTS {
        contenders.push(contender(fault, fault, &own(&["faulty", fault])));
    }
    let rounds = 8;
    let plan = Plan {
        rounds: Some(rounds),
        limits: limits(),
        ..crate::plan(row, contenders)
    };
    let results = session::run(&plan, String::new(), &mut |_, _| Ok(()))?;
    let row = &results.rows[0];
    let complete = |index: usize| {
        let own = row.samples.iter().filter(|taken| taken.contender == index);
        // A visit has one sample or several.
        let visits: BTreeSet<usize> = own.map(|taken| taken.visit).collect();
        visits.len() == rounds
    };
    let good = lanes_suite::MODELS.len();
    let whole = (0..good).filter(|index| complete(*index)).count();
    let failed = row.contenders.iter().filter(|c| c.failure.is_some());
    println!(
        "a session with all four, {} workers each: {} reported, {whole} of \
         {good} other cells complete",
        Config::machine().workers(),
        failed.count()
    );
    Ok(())
}
