//! What every library does by itself in every case, as it is now: a table in
//! Markdown, and the same as JSON, a line for each use.
//!
//! `cargo run -p lanes-plain --example observe [LIBRARY or CASE...]`

use lanes_plain::{CASES, Case, LIBRARIES, Library, Observed, find};
use serde_json::json;
use std::env;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

fn main() -> ExitCode {
    let names: Vec<String> = env::args().skip(1).collect();
    let known = |name: &str| {
        LIBRARIES.iter().any(|library| library.name == name)
            || CASES.iter().any(|case| case.name == name)
    };
    if let Some(name) = names.iter().find(|name| !known(name)) {
        eprintln!("{name} is no library and no case; the cases are:");
        CASES.iter().for_each(|case| eprintln!("  {}", case.name));
        return ExitCode::from(2);
    }
    let chosen = |name: &str, mut all: Box<dyn Iterator<Item = &str>>| {
        let some = all.any(|one| names.iter().any(|name| name == one));
        !some || names.iter().any(|chosen| chosen == name)
    };
    let library_names = || Box::new(LIBRARIES.iter().map(|one| one.name));
    let case_names = || Box::new(CASES.iter().map(|one| one.name));
    let libraries: Vec<&Library> = LIBRARIES
        .iter()
        .filter(|one| chosen(one.name, library_names()))
        .collect();
    let cases: Vec<&Case> =
        CASES.iter().filter(|one| chosen(one.name, case_names())).collect();

    let head: String =
        libraries.iter().map(|one| format!(" {} |", one.name)).collect();
    println!("| case |{head}");
    println!("|---|{}", "---|".repeat(libraries.len()));
    let mut lines = Vec::new();
    for case in cases {
        print!("| {} |", case.name);
        for library in &libraries {
            let Some(one) = find(library.name, case.name) else {
                print!(" |");
                continue;
            };
            let observed = one.run(&AtomicBool::new(false));
            print!(" {} |", cell(&observed));
            lines.push(json!({
                "library": one.library,
                "case": one.case,
                "source": one.source,
                "note": one.note(),
                "observed": observed,
            }));
        }
        println!();
    }
    println!();
    lines.iter().for_each(|line| println!("{line}"));
    ExitCode::SUCCESS
}

/// In a table, a bar ends a cell.
fn cell(observed: &Observed) -> String {
    let word = observed.outcome.word();
    format!("**{word}**: {}", observed.detail.replace('|', "\\|"))
}
