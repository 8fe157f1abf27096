//! The page of questions that come back, each with the commands that answer it.

use super::addresses::{Addresses, Link, QUESTIONS, TRAPS, report, trap};
use super::frame::{Frame, Maker, Needs};
use crate::catalogue::ListedQuestion;
use crate::content::Content;
use askama::Template;

#[derive(Template)]
#[template(path = "questions.html")]
pub(super) struct QuestionsPage<'a> {
    frame: Frame<'a>,
    views: Vec<QuestionView<'a>>,
}

/// One question.
struct QuestionView<'a> {
    question: &'a ListedQuestion,
    /// The commands, as words of which some lead to what was measured.
    commands: Vec<Vec<Link>>,
    /// The reports, with their addresses if they may be links.
    issues: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> QuestionsPage<'a> {
    pub(super) fn of(
        content: &'a Content,
        addresses: &Addresses,
        maker: &'a Maker<'_>,
    ) -> Self {
        let view = |question: &'a ListedQuestion| {
            let words = |command: &String| {
                let words = command.split_whitespace();
                words.map(|word| link(word, content, addresses)).collect()
            };
            let issue = |issue: &'a String| (issue.as_str(), report(issue));
            QuestionView {
                commands: question.commands.iter().map(words).collect(),
                issues: question.issues.iter().map(issue).collect(),
                question,
            }
        };
        Self {
            frame: maker.frame("Questions", QUESTIONS, &Needs::default()),
            views: content.catalogue.questions.iter().map(view).collect(),
        }
    }
}

/// A word of a command, which leads to the page of a workload or to a trap.
fn link(word: &str, content: &Content, addresses: &Addresses) -> Link {
    let traps = content.traps.first().map_or(&[][..], |of| &of.traps);
    match traps.iter().position(|of| of.name == word) {
        Some(at) => {
            let (text, href) = (word.into(), format!("{TRAPS}#{}", trap(at)));
            Link { text, href: Some(href) }
        }
        None => addresses.workload(word),
    }
}
