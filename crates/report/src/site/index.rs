//! The page that is opened first: the answer, the matrix, the ranking.

use super::addresses::{Addresses, TRAPS, trap};
use super::facts::measured_on;
use super::frame::Frame;
use super::map::MapView;
use super::matrix::Sheet;
use super::session::SessionView;
use crate::answer::{Answer, ranked};
use crate::content::Content;
use askama::Template;
use lanes_measure::ranking::{Finding, Place, Ranking};
use lanes_measure::tables::{Table, UNKNOWN};
use lanes_measure::traps::{Finding as Shown, Traps};
use lanes_measure::words::{counted, digits, percent, range};
use lanes_source::Source;

#[derive(Template)]
#[template(path = "index.html")]
pub(crate) struct Index<'a> {
    frame: Frame<'a>,
    notes: Vec<String>,
    kinds: Vec<Kind>,
    /// Machines, commits and versions of all sessions, each once.
    measured_on: Vec<String>,
    /// Within which models are as fast, in each session, each once.
    margins: String,
    sheet: Option<&'a Sheet>,
    others: Vec<&'a Sheet>,
    sessions: &'a [SessionView],
    has_source: bool,
    maps: &'a [MapView],
    /// Whether the first map is drawn here.
    drawn: bool,
    metg: Option<&'static str>,
    traps: Option<TrapsShown>,
    questions: Option<&'static str>,
}

/// What was found of traps.
struct TrapsShown {
    href: &'static str,
    totals: String,
    /// The places of those that showed, and their names.
    shown: Vec<(String, String)>,
}

/// The answer of one kind of work.
struct Kind {
    title: String,
    overall: Vec<String>,
    rows: Vec<Said>,
    rankings: Vec<(String, Table)>,
}

/// The answer of one row.
struct Said {
    workload: String,
    size: String,
    words: String,
}

impl<'a> Index<'a> {
    pub(crate) fn of(
        content: &'a Content,
        addresses: &Addresses,
        answers: &[Answer],
        frame: Frame<'a>,
        sheets: &'a [Sheet],
        sessions: &'a [SessionView],
        maps: &'a [MapView],
    ) -> Self {
        let kind = |answer: &Answer| Kind {
            title: answer.title.clone(),
            overall: answer.overall(),
            rows: answer
                .rows
                .iter()
                .map(|row| Said {
                    workload: addresses.workload(&row.workload).to_string(),
                    size: format!(
                        "{}, {}",
                        row.size,
                        counted(row.workers, "worker")
                    ),
                    words: row.brief(),
                })
                .collect(),
            rankings: answer.rankings.iter().map(ranking).collect(),
        };
        // As many workers as there are cores say most: they come last.
        let first = sheets.first().map(|sheet| &sheet.key);
        let of_first = sheets.iter().filter(|of| Some(&of.key) == first);
        let sheet = of_first.max_by_key(|sheet| sheet.workers);
        let facts = sessions.iter().map(|view| &view.facts);
        Self {
            metg: frame.menu.and_then(|menu| menu.metg),
            traps: content.traps.first().map(TrapsShown::of),
            questions: frame.menu.and_then(|menu| menu.questions),
            frame,
            notes: notes(content),
            kinds: answers.iter().map(kind).collect(),
            measured_on: measured_on(facts),
            margins: margins(content),
            sheet,
            others: sheet.map_or_else(Vec::new, |of| of.others(sheets)),
            sessions,
            has_source: content.source.is_ok(),
            maps,
            drawn: true,
        }
    }

    /// Leads to the picture of the map instead; whether there was one.
    pub(crate) fn leave_out_the_picture(&mut self) -> bool {
        let first = self.maps.first();
        let had = first.is_some_and(|map| map.picture.is_some());
        std::mem::replace(&mut self.drawn, false) && had
    }
}

impl TrapsShown {
    fn of(traps: &Traps) -> Self {
        let shown = traps.traps.iter().enumerate();
        let shown = shown.filter(|(_, of)| of.finding == Shown::Shown);
        let shown = shown.map(|(at, of)| (trap(at), of.name.clone()));
        Self { href: TRAPS, totals: traps.totals(), shown: shown.collect() }
    }
}

/// A ranking as a table, with what is ranked.
fn ranking(ranking: &Ranking) -> (String, Table) {
    let what = ranked(ranking.point);
    let rows: Vec<&str> =
        ranking.rows.iter().map(|row| row.workload.as_str()).collect();
    let title = format!(
        "{} of {what} ({}), {}",
        counted(rows.len(), "row"),
        rows.join(", "),
        counted(ranking.workers, "worker"),
    );
    let columns = ["model", "to the first", "interval", "finding"];
    let mut table = Table::new(&columns);
    for place in &ranking.places {
        table.row(row(place));
    }
    (title, table)
}

fn row(place: &Place) -> Vec<String> {
    let ends = (place.to_first.low, place.to_first.high);
    let interval = match (place.finding, ends) {
        (Finding::First, _) => String::new(),
        (_, (Some(low), Some(high))) => range(low, high),
        _ => UNKNOWN.into(),
    };
    let finding = match place.finding {
        Finding::First => "first",
        Finding::NotDistinguishable => "not distinguishable from the first",
        Finding::Slower => "slower",
        Finding::Unknown => UNKNOWN,
    };
    vec![
        place.model.clone(),
        digits(place.to_first.value),
        interval,
        finding.to_owned(),
    ]
}

fn margins(content: &Content) -> String {
    let all = content.sessions.iter().map(|s| percent(s.results.margin));
    let mut margins: Vec<String> = all.collect();
    margins.dedup();
    margins.join(" or ")
}

/// Notes to the reader, besides the figures.
fn notes(content: &Content) -> Vec<String> {
    let mut notes = content.notes.clone();
    if content.sessions.is_empty() && content.maps.is_empty() {
        notes.push(
            "There are no results, so these pages have no figures: “lanes \
             run” measures some."
                .into(),
        );
    }
    if content.traces.is_empty() {
        notes.push(
            "There are no traces, so these pages have no timelines: “lanes \
             trace all” records some."
                .into(),
        );
    }
    match &content.source {
        Err(why) => notes.push(format!("These pages have no source: {why}.")),
        Ok(source) => notes.extend(other_source(content, source)),
    }
    notes
}

/// A note if the source is of another commit than the figures.
fn other_source(content: &Content, source: &Source) -> Option<String> {
    let sessions = content.sessions.iter().chain(&content.maps);
    let measured = sessions.map(|session| &session.results.build);
    let other = measured.filter(|build| {
        build.dirty || source.dirty || build.commit != source.commit
    });
    let short = |commit: &Option<String>| match commit {
        Some(commit) => commit.chars().take(9).collect(),
        None => "an unknown commit".to_owned(),
    };
    let changed = |dirty| if dirty { " with changes" } else { "" };
    let other = other.map(|build| {
        format!("{}{}", short(&build.commit), changed(build.dirty))
    });
    let mut other: Vec<String> = other.collect();
    other.dedup();
    (!other.is_empty()).then(|| {
        format!(
            "The figures were measured at {}; the source shown is that of \
             {}{}.",
            other.join(" and "),
            short(&source.commit),
            changed(source.dirty)
        )
    })
}
