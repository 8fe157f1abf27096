//! Feeds decoders with as many inputs as wanted, with any compiler.
//!
//! An input that breaks one is written down, and given to it again by its path.

use clap::Parser;
use lanes_fuzz::{TARGETS, Target, explore};
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Feeds the decoders of Lanes with bytes that nobody would send.
#[derive(Parser)]
struct Arguments {
    /// The targets; by default all of them
    targets: Vec<String>,

    /// How many inputs to give each
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,

    /// The seed of the inputs
    #[arg(long, default_value_t = 7)]
    seed: u64,

    /// One input from a file, instead of those that are made
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// Where an input that breaks a target is written
    #[arg(long, default_value = "target/fuzz", value_name = "FOLDER")]
    output: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let known = |name: &&String| !TARGETS.iter().any(|t| t.name == **name);
    if let Some(name) = arguments.targets.iter().find(known) {
        let names = TARGETS.iter().map(|target| target.name);
        let names = names.collect::<Vec<_>>().join(", ");
        eprintln!("lanes-fuzz: no target is called {name:?}: {names}");
        return ExitCode::from(2);
    }
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("lanes-fuzz: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether no target broke.
fn run(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    let chosen = TARGETS.iter().filter(|target| {
        let names = &arguments.targets;
        names.is_empty() || names.iter().any(|name| name == target.name)
    });
    let mut whole = true;
    for target in chosen {
        if let Some(path) = &arguments.input {
            let input = fs::read(path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            (target.decode)(&input);
            println!("{:8} takes {}", target.name, path.display());
        } else {
            whole &= explored(target, arguments)?;
        }
    }
    Ok(whole)
}

fn explored(
    target: &Target,
    arguments: &Arguments,
) -> Result<bool, Box<dyn Error>> {
    let Arguments { inputs, seed, output, .. } = arguments;
    let (name, begin) = (target.name, Instant::now());
    let found = explore(target, *inputs, *seed)
        .map_err(|error| format!("the corpus of {name}: {error}"))?;
    println!(
        "{name:8} {} inputs, seed {seed}, {:.1} s, the slowest {:.1} ms",
        found.inputs,
        begin.elapsed().as_secs_f64(),
        found.slowest.as_secs_f64() * 1e3
    );
    let Some(broken) = found.broken else { return Ok(true) };
    fs::create_dir_all(output)?;
    let path = output.join(format!("{name}-{seed}-{}", broken.number));
    fs::write(&path, &broken.input)?;
    println!(
        "{name:8} BROKEN: give it again with `{name} --input {}`",
        path.display()
    );
    Ok(false)
}
