//! The commands that answer questions are accepted, with every name in them.

use lanes_cli::understands;
use lanes_traps::questions::QUESTIONS;
use std::process::{Command, Stdio};

/// Makes sure that the command succeeds, which measures nothing.
fn succeeds(arguments: &[String]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
    assert!(!output.stdout.is_empty(), "{arguments:?}");
}

#[test]
fn every_command_is_accepted_and_its_names_are_known() {
    let (mut count, mut listed) = (0, 0);
    for line in QUESTIONS.iter().flat_map(|question| question.commands) {
        let line = line.strip_prefix("taskset -c 0 ").unwrap_or(line);
        let mut words = shell_words::split(line).unwrap();
        assert_eq!(words[0], "lanes", "{line}");
        assert!(understands(words.clone()), "{line}");
        count += 1;
        if let Some(at) = words.iter().position(|word| word == "--models") {
            let models = ["list", "--models", &words[at + 1]];
            succeeds(&models.map(str::to_owned));
        }
        if ["run", "traps"].contains(&&*words[1]) {
            words.push("--list".into());
            succeeds(&words[1..]);
            listed += 1;
        }
    }
    assert!(count > 30 && listed > 25, "{count}, {listed}");
}

#[test]
fn questions_are_printed_in_every_format() {
    for format in ["table", "json", "csv", "markdown"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
        command.args(["traps", "--questions", "--format", format]);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        for question in &QUESTIONS {
            let last = question.issues[question.issues.len() - 1];
            for part in [question.asks, question.shows, last] {
                let csv = part.replace('"', "\"\"");
                let there = printed.contains(part) || printed.contains(&csv);
                assert!(there, "{part} in {format}");
            }
        }
    }
}
