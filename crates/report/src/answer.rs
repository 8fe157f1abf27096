//! The answer in words: for each kind of work, which models are tied for
//! fastest, which are slower, by how much, and why.
//!
//! The words are made from the verdicts of a session, and the reasons are those
//! that the models give for their fit. Nothing here knows a model by name but
//! the yardstick, which does a workload without any concurrency: where a row
//! measures overhead alone, it would win by doing nothing, so it takes no part.
//! Exhibits, which show where time goes, take no part either.

mod row;

pub use row::{RowAnswer, Slower, Tie};

use crate::catalogue::Catalogue;
use crate::content::ResultFile;
use lanes_core::Point;
use lanes_measure::ranking::{Finding, Ranking, YARDSTICK, rank};
use lanes_measure::results::{Results, RowResult};
use lanes_measure::words::counted;
use row::list;
use std::fmt::{self, Display};

/// What is answered for one kind of work.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The kind: the family of its workloads.
    pub family: String,
    /// The kind, as a heading.
    pub title: String,
    /// Its rows, each of the first session that measured its workload.
    pub rows: Vec<RowAnswer>,
    /// The models over all rows of the kind in the first session that has any:
    /// of work, of overhead, and at a set pace.
    pub rankings: Vec<Ranking>,
}

/// The answers of some sessions, in the order of the catalogue; a workload that
/// several sessions measured is answered by the first of them.
pub fn answers(sessions: &[ResultFile], catalogue: &Catalogue) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let mut ranked: Vec<(String, Results)> = Vec::new();
    for session in sessions {
        let results = &session.results;
        let mut fresh: Vec<&str> = Vec::new();
        for row in &results.rows {
            let name = row.workload.as_str();
            if seen.contains(&name) || row.summary.is_none() {
                continue;
            }
            fresh.push(name);
            let family = family(row, catalogue);
            let row = row::choices(row, catalogue, results);
            let Some(said) = row::answer(&row, catalogue, results) else {
                continue;
            };
            match answers.iter_mut().find(|of| of.family == family) {
                Some(answer) => answer.rows.push(said),
                None => answers.push(Answer {
                    title: title(&family),
                    family: family.clone(),
                    rows: vec![said],
                    rankings: Vec::new(),
                }),
            }
            match ranked.iter_mut().find(|(of, _)| *of == family) {
                // One ranking is of one session.
                Some((_, of)) if of.begun == results.begun => of.rows.push(row),
                Some(_) => {}
                None => {
                    let of = Results { rows: vec![row], ..bare(results) };
                    ranked.push((family, of));
                }
            }
        }
        seen.extend(fresh);
    }
    for (family, results) in ranked {
        if let Some(answer) = answers.iter_mut().find(|a| a.family == family) {
            answer.rankings = rankings(&results);
        }
    }
    let place = |answer: &Answer| {
        let listed = catalogue.workloads.iter();
        listed.map(|l| &l.family).position(|of| *of == answer.family)
    };
    // A kind that is not listed comes last.
    answers.sort_by_key(|answer| place(answer).unwrap_or(usize::MAX));
    answers
}

/// The models that all rows of work have, ranked, and so for those of overhead
/// and those at a set pace; with as many workers as were measured at the most.
fn rankings(results: &Results) -> Vec<Ranking> {
    let mut all = Vec::new();
    for point in [Point::Work, Point::Overhead, Point::Paced] {
        let rows = results.rows.iter();
        let rows = rows.filter(|row| row::point(&row.workload) == point);
        let rows: Vec<RowResult> = rows.cloned().collect();
        let mut names = rows.first().map(row::measured).unwrap_or_default();
        for row in &rows {
            let here = row::measured(row);
            names.retain(|name| here.contains(name));
        }
        names.retain(|name| name != YARDSTICK);
        if names.len() < 2 {
            continue;
        }
        let of_point = Results { rows, ..bare(results) };
        let found = rank(&[of_point], &names, results.level);
        let most = found.iter().map(|ranking| ranking.workers).max();
        all.extend(found.into_iter().filter(|of| Some(of.workers) == most));
    }
    all
}

/// A session without its rows.
fn bare(results: &Results) -> Results {
    Results {
        schema: results.schema.clone(),
        version: results.version,
        state: results.state,
        begun: results.begun.clone(),
        seconds: results.seconds,
        machine: results.machine.clone(),
        build: results.build.clone(),
        seed: results.seed,
        level: results.level,
        margin: results.margin,
        clock: results.clock,
        map: None,
        rows: Vec::new(),
    }
}

fn family(row: &RowResult, catalogue: &Catalogue) -> String {
    let listed = catalogue.workload(&row.workload);
    listed.map_or("others", |listed| &listed.family).to_owned()
}

/// A family as a heading.
fn title(family: &str) -> String {
    match family {
        "data" => "Work on data".into(),
        "waiting" => "Many waits".into(),
        "sharing" => "Shared state".into(),
        "tasks" => "Many small tasks".into(),
        "fork-join" => "Tasks that start tasks".into(),
        other => {
            let mut letters = other.chars();
            let first = letters.next().map(|first| first.to_uppercase());
            first.into_iter().flatten().chain(letters).collect()
        }
    }
}

impl Answer {
    /// What follows from all rows of the kind, in sentences; none for a kind
    /// with one row.
    pub fn overall(&self) -> Vec<String> {
        let several = self.rankings.iter().filter(|of| of.rows.len() > 1);
        several.map(overall).collect()
    }
}

/// What rows measure, in a word or two.
pub(crate) fn ranked(point: Point) -> &'static str {
    match point {
        Point::Work => "work",
        Point::Overhead => "overhead",
        Point::Paced => "work at a set pace",
    }
}

fn overall(ranking: &Ranking) -> String {
    let of = |wanted: Finding| -> Vec<&str> {
        let places = ranking.places.iter();
        let found = places.filter(|place| place.finding == wanted);
        found.map(|place| place.model.as_str()).collect()
    };
    let rows = counted(ranking.rows.len(), "row");
    let rows = format!("{rows} of {}", ranked(ranking.point));
    let is_best = match ranking.point {
        Point::Paced => "spends the least CPU time beside the work",
        Point::Work | Point::Overhead => "is the fastest",
    };
    let first = of(Finding::First);
    let tied = of(Finding::NotDistinguishable);
    let mut text = match tied.is_empty() {
        true => format!("Over its {rows}, {} {is_best}", list(&first)),
        false => format!(
            "Over its {rows}, {} came out first, and {} cannot be told from \
             it",
            list(&first),
            list(&tied)
        ),
    };
    let unknown = of(Finding::Unknown);
    if !unknown.is_empty() {
        text += &format!("; not known: {}", list(&unknown));
    }
    text + "."
}

/// As the terminal shows it.
impl Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for row in &self.rows {
            let RowAnswer { workload, size, .. } = row;
            writeln!(f, "  {workload} {size}: {}", row.brief())?;
        }
        for sentence in self.overall() {
            writeln!(f, "  {sentence}")?;
        }
        Ok(())
    }
}
