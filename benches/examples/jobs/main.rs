//! The jobs of three people as bare programs, each written with threads, with
//! rayon and with tokio as the documentation of these teaches, to compare with
//! what `lanes advise` says of them:
//!
//! ```sh
//! cargo run --release -p lanes-benches --example jobs
//! cargo run --release -p lanes-benches --example jobs -- crawler
//! ```
//!
//! They have fewer tasks than the jobs, so that each ends in some seconds. The
//! options of `lanes advise` that describe a job are at the head of its file,
//! and are printed with the times.

mod api;
mod crawler;
mod pictures;
mod work;

use std::error::Error;
use std::time::Duration;
use work::Work;

/// A program that does a job, and what a person who waits for it sees.
type Program = fn(Work) -> Duration;

struct Job {
    name: &'static str,
    /// The job in a sentence.
    words: &'static str,
    /// The command that asks for advice on it.
    advise: &'static str,
    /// What the time of a program is.
    time: &'static str,
    programs: [(&'static str, Program); 3],
}

const JOBS: [&Job; 3] = [&crawler::JOB, &pictures::JOB, &api::JOB];

/// Each program runs so often, in turns with the others.
const ROUNDS: usize = 5;
/// One that takes longer than this runs once: it is not close.
const LONG: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn Error>> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let known = |name: &String| JOBS.iter().any(|job| job.name == *name);
    if let Some(name) = asked.iter().find(|name| !known(name)) {
        let names = JOBS.map(|job| job.name).join(", ");
        return Err(format!("no job is called {name}: {names}").into());
    }
    let work = Work::calibrated();
    let chosen = |job: &&&Job| {
        asked.is_empty() || asked.iter().any(|name| name == job.name)
    };
    for job in JOBS.iter().filter(chosen) {
        compare(job, work);
    }
    Ok(())
}

/// Runs the programs of a job and prints their times, the shortest first.
fn compare(job: &Job, work: Work) {
    println!("{}: {}\n{}", job.name, job.words, job.advise);
    let mut times = job.programs.map(|(name, _)| (name, Vec::new()));
    for _ in 0..ROUNDS {
        for ((_, program), (_, times)) in job.programs.iter().zip(&mut times) {
            if times.last().is_none_or(|time| *time < LONG) {
                times.push(program(work));
            }
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let mut medians = times.map(|(name, times)| (median(times), name));
    medians.sort();
    let best = medians[0].0.as_secs_f64();
    for (time, name) in medians {
        let seconds = time.as_secs_f64();
        let (millis, ratio) = (seconds * 1e3, seconds / best);
        println!("  {name:8} {millis:8.1} ms  {ratio:5.2}  {}", job.time);
    }
    println!("  fastest: {}\n", medians[0].1);
}
