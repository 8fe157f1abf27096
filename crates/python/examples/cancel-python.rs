//! How long CPython's models take to end a run that is cancelled: for each cell
//! the median and the longest of twenty, in milliseconds.
//!
//! `cargo run --release -p lanes-python --example cancel-python [MODEL...]`. It
//! exits with 1 if one took more than 100 ms and a grain.

use lanes_core::{Row, Size, rows};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::{Launch, Limits, Process};
use lanes_python::Peer;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

/// How often each cell is cancelled.
const OFTEN: u32 = 20;
/// No run may take longer to end, but for a grain.
const BOUND: Duration = Duration::from_millis(100);
/// Runs are cancelled after times up to this one, in even steps.
const LATEST: Duration = Duration::from_millis(200);
/// More runs than are made until then.
const ENDLESS: u32 = 1_000_000;
const SEED: u64 = 7;

/// What one cell took to end, in milliseconds, the shortest first.
fn times(process: &mut Process, row: &dyn Row) -> Result<Vec<f64>, Failure> {
    let digest = row.digest(SEED)?;
    process.prepare(row.workload(), &row.size(), SEED)?;
    process.prepared(digest)?;
    let mut times = Vec::new();
    for step in 1..=OFTEN {
        process.ask(ENDLESS, false, false)?;
        thread::sleep(LATEST * step / OFTEN);
        let begin = Instant::now();
        if !process.cancel()? {
            let what = "it was not cancelled";
            return Err(Failure::new(Cause::Failed, what));
        }
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    // The worker goes on, and answers rightly.
    process.sample(1, false, Some(digest))?;
    times.sort_unstable_by(f64::total_cmp);
    Ok(times)
}

fn start(peer: &Peer) -> Result<Process, Failure> {
    let limits = Limits {
        deadline: Duration::from_secs(60),
        memory: 4 << 30,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let launch = Launch::named(&peer.program, peer.arguments.clone());
    let folder = std::env::temp_dir();
    Process::greeted(&launch, &folder, &limits, &peer.name, 2, peer.serial)
}

fn main() -> ExitCode {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |peer: &&Peer| named.is_empty() || named.contains(&peer.name);
    let mut late = 0;
    println!("| model | workload | p50, ms | longest of {OFTEN}, ms |");
    println!("|---|---|--:|--:|");
    for peer in lanes_python::peers().iter().filter(wanted) {
        if let Some(why) = &peer.missing {
            println!("| {} | | {why} | |", peer.name);
            continue;
        }
        for row in rows(Size::Quick) {
            let Ok(row) = row.pinned() else { continue };
            let cell = format!("{} {}", row.workload(), row.label());
            let found =
                start(peer).and_then(|mut process| times(&mut process, &*row));
            let text = match &found {
                Ok(times) => {
                    let longest = times[times.len() - 1];
                    let is_late = longest > BOUND.as_secs_f64() * 1e3;
                    late += u32::from(is_late);
                    let mark = if is_late { " !" } else { "" };
                    let middle = times[times.len() / 2];
                    format!("{middle:.1} | {longest:.1}{mark}")
                }
                Err(failure) if failure.cause == Cause::Unsupported => {
                    "refused | ".into()
                }
                Err(failure) => {
                    late += 1;
                    format!("{failure} | !")
                }
            };
            println!("| {} | {cell} | {text} |", peer.name);
        }
    }
    println!("must reach: {BOUND:?} and a grain; {late} cells do not");
    if late == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
