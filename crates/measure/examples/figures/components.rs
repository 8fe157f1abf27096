//! Where the scatter of times comes from: processes, settlings, samples; and
//! what each of them costs.

use crate::lot::cells;
use crate::{limits, own};
use lanes_core::Config;
use lanes_measure::process::{Launch, Process};
use lanes_measure::statistics::median;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

const PROCESSES: usize = 8;
const SETTLINGS: usize = 3;
const SAMPLES: usize = 4;

/// As in a session.
const SAMPLE: Duration = Duration::from_millis(20);
const SETTLE_AT_MOST: Duration = Duration::from_millis(160);

/// A pause after which a pool has fallen asleep.
const PAUSE: Duration = Duration::from_millis(50);

/// Logarithms of seconds, by process, settling and sample.
type Times = Vec<Vec<Vec<f64>>>;

/// Prints the standard deviations for cells that are drawn by lot.
pub(crate) fn print(count: usize) -> Result<(), Box<dyn Error>> {
    let worker = own(&["worker"]);
    let folder = tempfile::tempdir()?;
    println!(
        "| cell | start of a process | settling | of samples | of settlings | \
         of processes |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (row, model) in cells(count) {
        let row = row.pinned()?;
        let (mut starts, mut settlings) = (Vec::new(), Vec::new());
        let mut times: Times = Vec::new();
        for number in 0..PROCESSES {
            let seed = number as u64;
            let begin = Instant::now();
            let mut process = start(&worker, folder.path(), model)?;
            starts.push(begin.elapsed().as_secs_f64());
            let expected = row.digest(seed)?;
            process.prepare(row.workload(), &row.size(), seed)?;
            process.prepared(expected)?;
            let mut all = Vec::new();
            for _ in 0..SETTLINGS {
                std::thread::sleep(PAUSE);
                let begin = Instant::now();
                let run = settled(&mut process)?;
                settlings.push(begin.elapsed().as_secs_f64());
                let runs = SAMPLE.as_nanos().div_ceil(run.as_nanos());
                let runs = u32::try_from(runs).unwrap_or(u32::MAX);
                let mut sample = || -> Result<f64, Box<dyn Error>> {
                    let sample = process.sample(runs, runs > 1, None)?;
                    let nanos = sample.wall_ns as f64 / f64::from(sample.runs);
                    Ok((nanos / 1e9).ln())
                };
                let samples =
                    (0..SAMPLES).map(|_| sample()).collect::<Result<_, _>>();
                all.push(samples?);
            }
            times.push(all);
            process.end();
        }
        let [samples, settling, processes] = deviations(&times);
        let middle =
            |values: &mut Vec<f64>| 1e3 * median(values).unwrap_or(f64::NAN);
        println!(
            "| {} {} {model} | {:.1} ms | {:.0} ms | {:.1} % | {:.1} % | \
             {:.1} % |",
            row.workload(),
            row.label(),
            middle(&mut starts),
            middle(&mut settlings),
            samples * 100.0,
            settling * 100.0,
            processes * 100.0,
        );
    }
    Ok(())
}

fn start(
    worker: &Launch,
    folder: &Path,
    model: &str,
) -> Result<Process, Box<dyn Error>> {
    let entry = lanes_suite::find(model).ok_or("no such model")?;
    let workers = Config::machine().workers();
    let limits = limits();
    let process =
        Process::greeted(worker, folder, &limits, model, workers, entry.serial);
    Ok(process?)
}

/// Runs until two batches agree, and returns the time of a run.
fn settled(process: &mut Process) -> Result<Duration, Box<dyn Error>> {
    let begin = Instant::now();
    let (mut runs, mut last) = (1, Duration::ZERO);
    loop {
        let sample = process.sample(runs, runs > 1, None)?;
        let each = Duration::from_nanos(sample.wall_ns) / sample.runs;
        let each = each.max(Duration::from_nanos(1));
        let agree = each.abs_diff(last) < each / 20 && runs > 1;
        if agree || begin.elapsed() >= SETTLE_AT_MOST || each >= SAMPLE {
            return Ok(each);
        }
        let next = SAMPLE.as_nanos().div_ceil(each.as_nanos());
        runs = u32::try_from(next).unwrap_or(u32::MAX);
        last = each;
    }
}

/// The standard deviations of samples within a settling, of settlings within a
/// process, and of processes: those of the last two without what the level
/// below brings in (analysis of variance of a nested design).
fn deviations(times: &Times) -> [f64; 3] {
    let mean =
        |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let variance = |values: &[f64]| {
        let mean = mean(values);
        let squares = values.iter().map(|value| (value - mean).powi(2));
        squares.sum::<f64>() / (values.len() as f64 - 1.0)
    };
    let within = times.iter().flatten().map(|samples| variance(samples));
    let within = mean(&within.collect::<Vec<_>>());
    let means: Vec<Vec<f64>> = times
        .iter()
        .map(|process| process.iter().map(|own| mean(own)).collect())
        .collect();
    let settling = means.iter().map(|process| variance(process));
    let settling = mean(&settling.collect::<Vec<_>>());
    let processes: Vec<f64> = means.iter().map(|own| mean(own)).collect();
    let between = variance(&processes) - settling / SETTLINGS as f64;
    let settling = settling - within / SAMPLES as f64;
    [within, settling, between].map(|variance| variance.max(0.0).sqrt())
}
