//! The page of questions is what the program has, and every trap that a
//! command names is there.

use lanes_measure::between;
use lanes_traps::find;
use lanes_traps::questions::{QUESTIONS, Question, markdown};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_page_has_the_questions() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("QUESTIONS.md");
    between::verify(&page, "questions", &markdown()).unwrap_or_else(|stale| {
        let again = "cargo run -p lanes-traps --example questions";
        panic!("{stale}: {again}")
    });
}

#[test]
fn every_question_has_reports_and_a_sentence() {
    let mut asked = BTreeSet::new();
    for Question { asks, issues, commands, shows } in &QUESTIONS {
        assert!(asked.insert(asks), "{asks} twice");
        assert!(asks.ends_with('?'), "{asks}");
        assert!(shows.ends_with('.') && !shows.contains(". "), "{shows}");
        assert_eq!(commands.is_empty(), shows.starts_with("Not here, because"));
        assert!(!issues.is_empty(), "{asks}");
        for issue in *issues {
            let path = issue.strip_prefix("https://github.com/").unwrap();
            let [_, _, kind, number] = path.split('/').collect::<Vec<_>>()[..]
            else {
                panic!("{issue}")
            };
            assert!(["issues", "pull"].contains(&kind), "{issue}");
            assert!(number.parse::<u32>().is_ok(), "{issue}");
        }
    }
}

#[test]
fn reports_are_shown_by_their_number() {
    let issue = "https://github.com/rayon-rs/rayon/pull/1167";
    assert_eq!(Question::short(issue), "rayon-rs/rayon#1167");
}

#[test]
fn a_trap_that_is_named_is_one() {
    let all = QUESTIONS.iter().flat_map(|question| question.commands);
    let named = all.filter_map(|line| line.strip_prefix("lanes traps "));
    let named: Vec<&str> = named.collect();
    assert!(named.len() > 10, "{named:?}");
    for name in named {
        assert!(find(name).is_some(), "{name}");
    }
}
