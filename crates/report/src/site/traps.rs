//! The page of traps: programs without and with a remedy, side by side, and
//! what each did.

use super::addresses::{self, report};
use super::frame::Frame;
use askama::Template;
use lanes_measure::results::State;
use lanes_measure::traps::{
    Finding, Issue, Language, Outcome, Recorded, Side, Trap, Traps,
};
use lanes_measure::words::counted;
use lanes_source::colored;
use lanes_timeline::{Picture, Strips, Timeline, View, strips};

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
    /// Who did what in its programs; none where that says nothing.
    timelines: Option<&'a Result<Strips, String>>,
}

/// Who did what in the programs of a trap, on one axis; none where nothing was
/// recorded, and why there is no picture.
pub(super) type Drawn = Option<Result<Strips, String>>;

/// The timelines of a trap take no more bytes than this, in the coarsest
/// resolution but little more.
const MOST_STRIPS: usize = 25_000;

/// Who did what in the programs of each trap.
pub(super) fn drawn(traps: &Traps) -> Vec<Drawn> {
    let drawn = |trap: &Trap| {
        let recorded = trap
            .sides()
            .filter_map(|side| Some(timeline(side, side.recorded.as_ref()?)));
        let timelines: Vec<Timeline> = recorded.collect();
        let views = vec![View::Tasks, View::Workers];
        let picture = Picture { views, timelines, ..Picture::default() };
        let strips = || strips(&picture, MOST_STRIPS);
        let any = !picture.timelines.is_empty();
        any.then(|| strips().map_err(|error| error.to_string()))
    };
    traps.traps.iter().map(drawn).collect()
}

fn timeline(side: &Side, recorded: &Recorded) -> Timeline {
    let Recorded { hung, end, tasks, workers, spans } = recorded;
    let note = "The watchdog ended it: what was open then ends there.";
    Timeline {
        name: side.what.clone(),
        spans: spans.clone(),
        workers: workers.clone(),
        tasks: tasks.clone(),
        end: *end,
        note: hung.then(|| note.to_owned()),
        ..Timeline::default()
    }
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
    pub(super) fn of(
        traps: &'a Traps,
        drawn: &'a [Drawn],
        frame: Frame<'a>,
    ) -> Self {
        let view = |(index, (trap, drawn)): (usize, (_, &'a Drawn))| {
            TrapView::of(index, trap, drawn.as_ref())
        };
        Self {
            frame,
            totals: traps.totals(),
            interrupted: traps.state != State::Complete,
            views: traps
                .traps
                .iter()
                .zip(drawn)
                .enumerate()
                .map(view)
                .collect(),
            traps,
        }
    }
}

impl<'a> TrapView<'a> {
    fn of(
        index: usize,
        trap: &'a Trap,
        timelines: Option<&'a Result<Strips, String>>,
    ) -> Self {
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
            timelines,
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
