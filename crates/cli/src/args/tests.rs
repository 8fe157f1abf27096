//! The command line as a whole.

use super::*;
use clap::{Arg, CommandFactory, Parser};

/// Every subcommand that is shown, with its long help.
fn shown() -> Vec<(clap::Command, String)> {
    let mut all = Arguments::command();
    all.build();
    let own = std::iter::once(all.clone());
    let commands = own.chain(all.get_subcommands().cloned());
    let shown = commands.filter(|command| !command.is_hide_set());
    let shown = shown.filter(|command| command.get_name() != "help");
    let with_help = |mut command: clap::Command| {
        let help = command.render_long_help().to_string();
        (command, help)
    };
    shown.map(with_help).collect()
}

fn help(arg: &Arg) -> String {
    let long = arg.get_long_help().or(arg.get_help());
    long.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn the_command_line_is_consistent() {
    Arguments::command().debug_assert();
}

#[test]
fn every_option_has_a_value_name_and_a_default_that_is_shown() {
    let mut values = 0;
    for (command, _) in shown() {
        for arg in command.get_arguments() {
            let place = format!("{} {}", command.get_name(), arg.get_id());
            let help = help(arg);
            assert!(!help.is_empty(), "{place}");
            if !arg.get_action().takes_values() || arg.is_positional() {
                continue;
            }
            values += 1;
            let names = arg.get_value_names().unwrap_or_default();
            let own = arg.get_id().as_str().to_uppercase();
            let named = names.iter().any(|name| **name != *own);
            let is_plain = ["FORMAT", "SIZE"].contains(&&*own);
            assert!(named || is_plain, "{place}: {names:?}");
            // What may be given several times is nothing by default.
            let several = help.contains("several times");
            let has_default = !arg.get_default_values().is_empty()
                || help.to_lowercase().contains("by default");
            assert!(several || has_default, "{place}: {help}");
        }
    }
    assert!(values > 30, "{values}");
}

#[test]
fn the_examples_of_the_help_are_commands() {
    let mut examples = 0;
    for (command, help) in shown() {
        let lines = help.lines().map(str::trim);
        for line in lines.filter(|line| line.starts_with("lanes ")) {
            let line = line.split(" > ").next().unwrap_or_default();
            let words = shell_words::split(line).unwrap();
            let parsed = Arguments::try_parse_from(words);
            let is_help = |error: &clap::Error| error.exit_code() == 0;
            let fine = parsed.as_ref().err().is_none_or(is_help);
            let name = command.get_name();
            assert!(fine, "{name}: {line}: {}", parsed.err().unwrap());
            examples += 1;
        }
    }
    assert!(examples > 20, "{examples}");
}
