//! The page of traps: programs without and with a remedy, side by side, and
//! what each did.

use super::addresses::{self, report};
use super::frame::Frame;
use askama::Template;
use lanes_measure::results::State;
use lanes_measure::traps::{
    Finding, Issue, Language, Outcome, Side, Trap, Traps,
};
use lanes_measure::words::counted;
use lanes_source::colored;

#[derive(Template)]
#[template(path = "traps.html")]
pub(super) struct TrapsPage<'a> {
    frame: Frame<'a>,
    traps: &'a Traps,
    totals: String,
    interrupted: bool,
    views: Vec<TrapView<'a>>,
}

/// One trap.
struct TrapView<'a> {
    /// The place on the page: a name from outside is none.
    id: String,
    trap: &'a Trap,
    class: &'static str,
    finding: String,
    sides: Vec<SideView<'a>>,
    /// The lines that the programs share, as HTML.
    shared: Vec<String>,
    issues: Vec<IssueView<'a>>,
}

/// One program.
struct SideView<'a> {
    role: &'static str,
    what: &'a str,
    class: &'static str,
    outcome: &'static str,
    figure: String,
    runs: String,
    detail: &'a str,
    /// As HTML.
    lines: Vec<String>,
}

/// A report, with its address if it may be a link.
struct IssueView<'a> {
    href: Option<&'a str>,
    address: &'a str,
    says: &'a str,
}

impl<'a> TrapsPage<'a> {
    pub(super) fn of(traps: &'a Traps, frame: Frame<'a>) -> Self {
        let view = |(index, trap)| TrapView::of(index, trap);
        Self {
            frame,
            totals: traps.totals(),
            interrupted: traps.state != State::Complete,
            views: traps.traps.iter().enumerate().map(view).collect(),
            traps,
        }
    }
}

impl<'a> TrapView<'a> {
    fn of(index: usize, trap: &'a Trap) -> Self {
        let language = match trap.language {
            Language::Rust => lanes_source::Language::Rust,
            Language::Python => lanes_source::Language::Python,
        };
        let html = |lines: &[String]| colored(language, &joined(lines));
        let side = |(at, side): (usize, &'a Side)| SideView {
            role: if at == 0 { "Without a remedy" } else { "With a remedy" },
            what: &side.what,
            class: side.outcome.map_or("missing", class),
            outcome: side.outcome.map_or("not run", Outcome::word),
            figure: trap.figure(side),
            runs: counted(side.runs.len(), "run"),
            detail: side.detail(),
            lines: html(&side.lines),
        };
        let finding = match &trap.missing {
            Some(why) => format!("not here, because {why}"),
            None => trap.finding.words().to_owned(),
        };
        Self {
            id: addresses::trap(index),
            class: match trap.finding {
                Finding::Shown => "passed",
                Finding::Broken => "failed",
                _ => "missing",
            },
            finding,
            sides: trap.sides().enumerate().map(side).collect(),
            shared: html(&trap.shared),
            issues: trap.issues.iter().map(issue).collect(),
            trap,
        }
    }
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| line.clone() + "\n").collect()
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Right => "passed",
        Outcome::Costly | Outcome::Slow | Outcome::Late => "exempt",
        Outcome::Wrong | Outcome::Dies | Outcome::Hangs => "failed",
    }
}

fn issue(issue: &Issue) -> IssueView<'_> {
    let Issue { address, says } = issue;
    IssueView { href: report(address), address, says }
}
