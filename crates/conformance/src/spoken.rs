//! A case in the process of a program that was asked for it, and its outcome
//! as the last line that this prints.

use crate::cases;
use crate::outcome::Outcome;
use lanes_core::Entry;
use rustix::process::{Signal, set_parent_process_death_signal};
use std::env;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// What stands before an outcome, so that nothing else is taken for one.
const MARK: &str = "lanes-case ";

/// Runs the case that the program was asked for with the arguments `case
/// NAME`, prints its outcome, and returns the status that the program ends
/// with; `None` if it was asked for something else.
pub fn asked(model: &Entry) -> Option<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [asked, case] = &arguments[..] else { return None };
    (asked == "case").then(|| match speak(model, case) {
        true => ExitCode::SUCCESS,
        // As for other usage errors.
        false => ExitCode::from(2),
    })
}

/// Runs a case and prints its outcome, or returns that there is no such case.
/// The process ends with the one that has started it.
pub fn speak(model: &Entry, case: &str) -> bool {
    let Some(case) = cases::find(case) else { return false };
    // Without it, a case that hangs could outlive a killed command.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    println!("{MARK}begun");
    // Panics are expected by the hundred.
    panic::set_hook(Box::new(|_| {}));
    let run = AssertUnwindSafe(|| case.run(model));
    let outcome = panic::catch_unwind(run).unwrap_or_else(|_| {
        Outcome::Failed("a panic reached the caller".to_owned())
    });
    let (word, why) = match &outcome {
        Outcome::Passed => ("passed", String::new()),
        Outcome::Failed(why) => ("failed", why.clone()),
        Outcome::Exempt(exempt) => {
            ("exempt", format!("{} {}", exempt.why, exempt.issue))
        }
        Outcome::NotApplicable(why) => ("inapplicable", why.clone()),
    };
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    println!("{MARK}{word} {why}");
    true
}

/// The word and the reason of the outcome that a program has printed: `begun`
/// if it has only begun the case, none if it does not know cases.
pub fn heard(printed: &str) -> Option<(&str, &str)> {
    let mut lines = printed.lines().rev();
    let said = lines.find_map(|line| line.strip_prefix(MARK))?;
    Some(said.split_once(' ').unwrap_or((said, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_outcome_is_heard() {
        let printed = "noise\nlanes-case failed of no use\nmore noise\n";
        assert_eq!(heard(printed), Some(("failed", "of no use")));
        assert_eq!(heard("lanes-case passed \n"), Some(("passed", "")));
        assert_eq!(heard("lanes-case passed\n"), Some(("passed", "")));
        assert_eq!(heard("nothing of the kind\n"), None);
    }
}
