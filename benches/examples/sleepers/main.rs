//! What a waiting task takes of the memory, in each model and in a bare program
//! of the same library:
//!
//! `cargo run --release -p lanes-benches --example sleepers [MODEL...]`
//!
//! A figure is a slope: the largest memory of a process with many sleepers less
//! that of one with a tenth of them, over the difference of their numbers. What
//! a process has whatever it runs falls out. Each process runs once, in the
//! sizes of `sleepers`; the two forms take turns. Exit status 1 where a model
//! takes more than 3 % above its bare program.

mod bare;

use lanes_core::workload::Sleepers;
use lanes_core::{Config, Job, Workload};
use lanes_measure::statistics::median;
use std::env;
use std::error::Error;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// The models that have a bare program, and how many sleepers each has at most:
/// a system has tens of thousands of threads.
const MODELS: [(&str, usize); 4] = [
    ("threads", 10_000),
    ("tokio", 1_000_000),
    ("async-std", 1_000_000),
    ("smol", 1_000_000),
];
const WORKERS: usize = 2;
/// Long beside the start of all.
const WAIT: Duration = Duration::from_secs(5);
/// How many slopes a median is of.
const SLOPES: usize = 5;
const MOST: f64 = 1.03;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [run, form, model, tasks] = &arguments[..]
        && run == "run"
    {
        let tasks = tasks.parse()?;
        match &**form {
            "bare" => bare::run(model, tasks)?,
            _ => ours(model, tasks)?,
        }
        println!("{}", peak()?);
        return Ok(ExitCode::SUCCESS);
    }
    let unknown =
        |name: &&String| MODELS.iter().all(|(known, _)| known != *name);
    if let Some(name) = arguments.iter().find(unknown) {
        eprintln!("{name} has no bare program");
        return Ok(ExitCode::from(2));
    }
    println!("| model | tasks | bytes each | bare | ratio |");
    println!("|---|---:|---:|---:|---:|");
    let mut kept = true;
    for (model, most) in MODELS {
        if !arguments.is_empty() && arguments.iter().all(|name| name != model) {
            continue;
        }
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..SLOPES {
            ours.push(slope("ours", model, most)?);
            bare.push(slope("bare", model, most)?);
        }
        let ours = median(&mut ours).ok_or("no slope")?;
        let bare = median(&mut bare).ok_or("no slope")?;
        let ratio = ours / bare;
        kept &= ratio <= MOST;
        println!("| {model} | {most} | {ours:.0} | {bare:.0} | {ratio:.3} |");
    }
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The bytes of one sleeper more.
fn slope(form: &str, model: &str, most: usize) -> Result<f64, Box<dyn Error>> {
    let few = most / 10;
    let (many, less) = (of(form, model, most)?, of(form, model, few)?);
    Ok((many - less) / (most - few) as f64)
}

/// The largest memory of a process that runs so many sleepers, in bytes.
fn of(form: &str, model: &str, tasks: usize) -> Result<f64, Box<dyn Error>> {
    let run = Command::new(env::current_exe()?)
        .args(["run", form, model, &tasks.to_string()])
        .env("ASYNC_STD_THREAD_COUNT", WORKERS.to_string())
        .output()?;
    if !run.status.success() {
        let why = String::from_utf8_lossy(&run.stderr).into_owned();
        return Err(format!("{form} {model} of {tasks}: {why}").into());
    }
    Ok(String::from_utf8(run.stdout)?.trim().parse()?)
}

fn ours(model: &str, tasks: usize) -> Result<(), Box<dyn Error>> {
    let model = lanes_suite::find(model).ok_or("no such model")?;
    let model = model.start(&Config::new(WORKERS)?)?;
    let job = Job::new(&Sleepers { tasks, wait: WAIT }, 7)?;
    let answer = model.run(&job)?;
    assert_eq!(answer, Sleepers::reference(&job));
    Ok(())
}

/// The largest memory that this process had, in bytes.
fn peak() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kibibytes.ok_or("no VmHWM")?.parse::<u64>()? * 1024)
}
