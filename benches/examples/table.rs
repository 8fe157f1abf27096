//! Prints what the last `cargo bench` measured as a Markdown table: medians, a
//! row for each workload and size, a column for each model.
//!
//! `cargo run -p lanes-benches --example table`

use lanes_benches::build::build;
use lanes_core::WORKLOADS;
use lanes_measure::machine::Machine;
use lanes_measure::words::time;
use lanes_suite::MODELS;
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Medians in nanoseconds: by workload and size, then by model.
type Medians = BTreeMap<(usize, String), BTreeMap<String, f64>>;

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target.join("criterion");
    let mut medians = Medians::new();
    collect(&folder, &mut medians)?;
    if medians.is_empty() {
        let folder = folder.display();
        return Err(format!("nothing in {folder}: run `cargo bench`").into());
    }
    let machine = Machine::here(lanes_suite::libraries());
    let mut text = format!("{machine}; {}\n\n", build());
    let names = MODELS.iter().map(|entry| entry.name);
    let measured =
        |name: &&str| medians.values().any(|cells| cells.contains_key(*name));
    let names: Vec<&str> = names.filter(measured).collect();
    text += &format!("| workload | {} |\n", names.join(" | "));
    text += &format!("|---{}|\n", "|--:".repeat(names.len()));
    for ((_, workload), cells) in &medians {
        let cell = |name: &&str| {
            cells
                .get(*name)
                .map_or_else(|| "–".to_owned(), |nanos| time(*nanos / 1e9))
        };
        let cells: Vec<String> = names.iter().map(cell).collect();
        text += &format!("| `{workload}` | {} |\n", cells.join(" | "));
    }
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Finds each cell by the file that criterion names it in.
fn collect(folder: &Path, medians: &mut Medians) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("new") {
            collect(&path, medians)?;
        } else if path.ends_with("new") {
            let id = read(&path.join("benchmark.json"))?;
            let id = id["full_id"].as_str().unwrap_or_default();
            let mut words = id.splitn(3, '/');
            let (Some(workload), Some(model), Some(size)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let estimates = read(&path.join("estimates.json"))?;
            let median = &estimates["median"]["point_estimate"];
            if let (Some(place), Some(median)) = (
                WORKLOADS.iter().position(|known| known.name == workload),
                median.as_f64(),
            ) {
                let row = (place, format!("{workload} {size}"));
                let cells = medians.entry(row).or_default();
                cells.insert(model.to_owned(), median);
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}
