//! Runs fib(20) fifty times in one model, under a profiler:
//!
//! `perf stat -e task-clock target/release/examples/forks tokio 2`

use lanes_core::workload::Fib;
use lanes_core::{Config, Job};
use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, workers] = &arguments[..] else {
        return Err("usage: forks MODEL WORKERS".into());
    };
    let entry =
        lanes_suite::find(name).ok_or_else(|| format!("no model {name}"))?;
    let model = entry.start(&Config::new(workers.parse()?)?)?;
    let job = Job::new(&Fib { n: 20, cutoff: 0 }, 7)?;
    for _ in 0..50 {
        model.run(&job)?;
    }
    Ok(())
}
