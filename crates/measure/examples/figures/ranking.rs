//! Sessions of one build: how often the interval of a ranking holds the middle
//! of all sessions.

use lanes_core::Point;
use lanes_measure::ranking::{Figure, Finding, Ranking, rank};
use lanes_measure::results::Results;
use lanes_measure::statistics::median;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

/// One model in all sessions: its figure in each, and what was found.
#[derive(Default)]
struct Seen {
    figures: Vec<Figure>,
    slower: usize,
}

/// The rankings of one number of workers, of work or of overhead.
#[derive(Default)]
struct Table {
    models: BTreeMap<String, Seen>,
}

/// Ranks each of the sessions in a folder by itself, as `lanes rank` does.
pub(crate) fn print(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    let is_json =
        |path: &PathBuf| path.extension().is_some_and(|e| e == "json");
    paths.retain(is_json);
    paths.sort();
    let mut tables: BTreeMap<(usize, Point), Table> = BTreeMap::new();
    for path in &paths {
        let results = [Results::load(path)?];
        for ranking in rank(&results, &[], results[0].level) {
            let key = (ranking.workers, ranking.point);
            tables.entry(key).or_default().add(ranking);
        }
    }
    if paths.len() < 3 || tables.is_empty() {
        let folder = folder.display();
        let text = format!("{folder}: three sessions are needed, better 24");
        return Err(text.into());
    }
    let sessions = paths.len();
    println!("{sessions} sessions of one build, each ranked by itself:");
    println!(
        "| workers | rows | model | middle of all | holds it | half-width | \
         not known |"
    );
    println!("|--:|---|---|--:|--:|--:|--:|");
    let (mut least, mut falsely) = (1.0f64, 0);
    for ((workers, point), table) in &tables {
        for (model, seen) in &table.models {
            let mut line = format!("| {workers} | {point:?} | {model} ");
            let found = seen.found();
            least = least.min(found.share);
            line += &format!(
                "| {:.3e} | {} of {} ",
                found.middle, found.held, found.known
            );
            line += &format!("| {:.1} % ", found.half_width * 100.0);
            println!("{line}| {} |", seen.figures.len() - found.known);
        }
        falsely += table.fastest().map_or(0, |seen| seen.slower);
    }
    println!("the fastest of all sessions is called slower in {falsely}");
    println!("least share: {:.0} %; must reach: 90 %", least * 100.0);
    Ok(())
}

/// What became of the intervals of one model.
struct Found {
    middle: f64,
    held: usize,
    known: usize,
    share: f64,
    half_width: f64,
}

impl Seen {
    fn middle(&self) -> f64 {
        let mut values: Vec<f64> =
            self.figures.iter().map(|figure| figure.value).collect();
        median(&mut values).unwrap_or(f64::NAN)
    }

    fn found(&self) -> Found {
        let middle = self.middle();
        let holds = self.figures.iter().filter_map(|f| f.holds(middle));
        let holds: Vec<bool> = holds.collect();
        let held = holds.iter().filter(|held| **held).count();
        let widths = self
            .figures
            .iter()
            .filter_map(|figure| Some((figure.high? / figure.low?).ln() / 2.0));
        let half_width = median(&mut widths.collect::<Vec<_>>());
        Found {
            middle,
            held,
            known: holds.len(),
            share: held as f64 / holds.len().max(1) as f64,
            half_width: half_width.unwrap_or(f64::NAN),
        }
    }
}

impl Table {
    fn add(&mut self, ranking: Ranking) {
        for place in ranking.places {
            let own = place.model == ranking.reference.model;
            let figure = place.ratio.or(place.seconds_per_item);
            // A reference that is ranked is 1 by definition.
            let figure = figure.filter(|_| !own || place.ratio.is_none());
            let seen = self.models.entry(place.model).or_default();
            seen.figures.extend(figure);
            seen.slower += usize::from(place.finding == Finding::Slower);
        }
    }

    /// The model with the least middle.
    fn fastest(&self) -> Option<&Seen> {
        let all = self.models.values().filter(|seen| !seen.figures.is_empty());
        all.min_by(|a, b| a.middle().total_cmp(&b.middle()))
    }
}
