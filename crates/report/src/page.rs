//! The page: one file with everything, that opens anywhere.
//!
//! It holds no style attribute, no handler in markup and no address of anything
//! else, so that its content policy can forbid all of them.

mod matrix;
mod model;
mod names;
mod policy;
mod workload;

use self::matrix::Sheet;
use self::model::ModelView;
use self::names::Ids;
use self::policy::policy;
use self::workload::WorkloadView;
use crate::timelines::dress;
use crate::words::{digits, percent};
use crate::{Catalogue, Source, Traces, plots};
use askama::Template;
use lanes_measure::results::{Results, RowResult, State};

const STYLE: &str = include_str!("../templates/page.css");
const PLOTS: &str = include_str!("../templates/plots.css");
const SCRIPT: &str = include_str!("../templates/page.js");
/// Runs before anything is laid out, so that only one view ever is.
const EARLY: &str = "document.documentElement.className='js'";

/// What a page is made of.
#[derive(Debug, Clone)]
pub struct Page {
    /// What is known of workloads and models.
    pub catalogue: Catalogue,
    /// The results, the most important first.
    pub sessions: Vec<Session>,
    /// The traces; of a workload that several have, the first one's are drawn.
    pub traces: Vec<Traces>,
    /// The source tree, or why there is none.
    pub source: Result<Source, String>,
    /// When the page is made, in UTC as RFC 3339 writes it.
    pub made: String,
    /// What else a reader should know, in sentences.
    pub notes: Vec<String>,
}

/// The results of a session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The file's name.
    pub name: String,
    /// What it holds.
    pub results: Results,
}

/// The page as HTML.
///
/// # Errors
/// What a template cannot be filled with, in words.
pub fn page(page: &Page) -> Result<String, String> {
    let keys = SizeKeys::of(&page.sessions, &page.catalogue);
    let sheets = matrix::sheets(page, &keys);
    let mut ids = Ids::default();
    for taken in ["matrix", "about", "theme", "main"] {
        ids.of(taken);
    }
    let workloads = workload::workloads(page, &keys, &mut ids);
    let models = model::models(page, &sheets, &mut ids);
    let scenes =
        workloads.iter().filter_map(|workload| workload.scene.as_ref());
    let drawn = scenes.filter_map(|scene| scene.lanes.as_ref().ok());
    let (lanes_style, lanes_tiles) = dress(drawn);
    let style = format!("{lanes_style}\n{PLOTS}\n{STYLE}");
    let facts: Vec<Facts> = page.sessions.iter().map(Facts::of).collect();
    let document = Document {
        policy: policy(&style, &[EARLY, SCRIPT]),
        style: &style,
        early: EARLY,
        script: SCRIPT,
        tiles: lanes_tiles,
        plot_tiles: plots::definitions(),
        measured_on: measured_on(&facts),
        facts,
        notes: notes(page),
        choices: keys.choices(&sheets),
        sheets: &sheets,
        workloads: &workloads,
        models: &models,
        page,
    };
    document.render().map_err(|error| error.to_string())
}

#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    policy: String,
    style: &'a str,
    early: &'a str,
    script: &'a str,
    tiles: String,
    plot_tiles: String,
    /// Machines, commits and versions of all sessions, each once.
    measured_on: Vec<String>,
    facts: Vec<Facts>,
    notes: Vec<String>,
    choices: Choices,
    sheets: &'a [Sheet],
    workloads: &'a [WorkloadView],
    models: &'a [ModelView],
    page: &'a Page,
}

/// Which sizes a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    Quick,
    Full,
    Other,
}

impl Size {
    fn of(row: &RowResult, catalogue: &Catalogue) -> Self {
        let Some(listed) = catalogue.workload(&row.workload) else {
            return Self::Other;
        };
        // Some workloads have the same size in both: the session decides then.
        match (
            listed.quick.contains(&row.size),
            listed.full.contains(&row.size),
        ) {
            (true, _) => Self::Quick,
            (false, true) => Self::Full,
            (false, false) => Self::Other,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Other => "other",
        }
    }
}

/// How the sizes of each session are called: `quick`, and `quick-2` for those of
/// a second session.
pub(crate) struct SizeKeys(Vec<(usize, Size, String)>);

impl SizeKeys {
    fn of(sessions: &[Session], catalogue: &Catalogue) -> Self {
        let mut keys: Vec<(usize, Size, String)> = Vec::new();
        for (number, session) in sessions.iter().enumerate() {
            let rows = session.results.rows.iter();
            let mut sizes: Vec<Size> =
                rows.map(|row| Size::of(row, catalogue)).collect();
            sizes.sort_unstable();
            sizes.dedup();
            for size in sizes {
                let before = keys.iter().filter(|(_, s, _)| *s == size).count();
                let key = match before {
                    0 => size.key().to_owned(),
                    more => format!("{}-{}", size.key(), more + 1),
                };
                keys.push((number, size, key));
            }
        }
        Self(keys)
    }

    /// How the sizes of a session are called.
    fn key(&self, session: usize, size: Size) -> String {
        let mut keys = self.0.iter();
        let found =
            keys.find(|(number, s, _)| *number == session && *s == size);
        found.map_or(size.key(), |(_, _, key)| key).to_owned()
    }

    /// The sizes in words.
    fn label(&self, session: usize, size: Size) -> String {
        let several = self.0.iter().filter(|(_, s, _)| *s == size).count() > 1;
        let of = match several {
            true => format!(" of session {}", session + 1),
            false => String::new(),
        };
        format!("{} sizes{of}", size.key())
    }

    /// What can be chosen.
    fn choices(&self, sheets: &[Sheet]) -> Choices {
        let sizes = self.0.iter().map(|(session, size, key)| {
            (key.clone(), self.label(*session, *size))
        });
        let mut workers: Vec<usize> =
            sheets.iter().map(|sheet| sheet.workers).collect();
        workers.sort_unstable();
        workers.dedup();
        Choices { sizes: sizes.collect(), workers }
    }
}

/// What can be chosen at the matrix.
struct Choices {
    sizes: Vec<(String, String)>,
    workers: Vec<usize>,
}

/// What is told of a session at the top.
struct Facts {
    name: String,
    begun: String,
    /// The machine and the commit in a line.
    on: String,
    versions: Vec<String>,
    floor: String,
    rows: Vec<(&'static str, String)>,
    /// What a reader must know before the figures.
    warning: Option<String>,
}

impl Facts {
    fn of(session: &Session) -> Self {
        let results = &session.results;
        let machine = &results.machine;
        let memory = machine.memory.map_or_else(String::new, |bytes| {
            format!(", {} GiB", digits(bytes as f64 / f64::from(1 << 30)))
        });
        let floors = results.rows.iter().filter_map(|row| {
            row.contenders.iter().find(|c| c.twin_of.is_some())?;
            Some(row.summary.as_ref()?.floor.exp_m1())
        });
        let mut floors: Vec<f64> = floors.collect();
        floors.sort_unstable_by(f64::total_cmp);
        let floor = match (floors.first(), floors.last()) {
            (Some(least), Some(most)) if least < most => {
                format!("{} to {} by row", percent(*least), percent(*most))
            }
            (Some(least), _) => percent(*least),
            _ => "no control was measured".into(),
        };
        let mut versions: Vec<String> = machine.libraries.clone();
        let attested = results.rows.iter().flat_map(|row| &row.contenders);
        for (what, version) in attested.flat_map(|c| &c.versions) {
            let told = format!("{what} {version}");
            if !versions.contains(&told) {
                versions.push(told);
            }
        }
        let contenders = results.rows.iter().flat_map(matrix::own).count();
        let samples: usize =
            results.rows.iter().map(|row| row.samples.len()).sum();
        let what = format!(
            "{} rows, {contenders} cells, {samples} samples in {:.0} s",
            results.rows.len(),
            results.seconds
        );
        let commit = results.build.commit.as_deref().unwrap_or("unknown");
        let commit: String = commit.chars().take(9).collect();
        let on = format!(
            "{}, {} cores, {}, commit {commit}{}",
            machine.processor,
            machine.cores,
            machine.system,
            if results.build.dirty { " with changes" } else { "" },
        );
        let rows = vec![
            (
                "machine",
                format!(
                    "{}, {} cores{memory}, {}",
                    machine.processor, machine.cores, machine.system
                ),
            ),
            ("built with", results.build.to_string()),
            ("versions", versions.join(", ")),
            ("measured", what),
            ("noise floor", floor.clone()),
            ("intervals hold with", percent(results.level)),
        ];
        let warning = match results.state {
            _ if results.rows.is_empty() => {
                Some("This session measured nothing.".to_owned())
            }
            State::Complete => None,
            State::Running => Some(
                "This session did not end: it still ran when the page was \
                 made, or was killed. Its figures are of what there was."
                    .into(),
            ),
            State::Interrupted => Some(
                "This session was interrupted: its figures are of what there \
                 was until then."
                    .into(),
            ),
        };
        let name = session.name.clone();
        Self {
            name,
            begun: results.begun.clone(),
            on,
            versions,
            floor,
            rows,
            warning,
        }
    }
}

/// Machines with commits, then versions, each once.
fn measured_on(facts: &[Facts]) -> Vec<String> {
    let machines = facts.iter().map(|facts| &facts.on);
    let versions = facts.iter().flat_map(|facts| &facts.versions);
    let mut all: Vec<String> = Vec::new();
    for what in machines.chain(versions) {
        if !all.contains(what) {
            all.push(what.clone());
        }
    }
    all
}

/// What a reader should know, besides the figures.
fn notes(page: &Page) -> Vec<String> {
    let mut notes = page.notes.clone();
    if page.sessions.is_empty() {
        notes.push(
            "There are no results, so that this page has no figures: “lanes run” \
             measures some."
                .into(),
        );
    }
    if page.traces.is_empty() {
        notes.push(
            "There are no traces, so that this page has no timelines: “lanes \
             trace all” records some."
                .into(),
        );
    }
    match &page.source {
        Err(why) => notes.push(format!("This page has no source: {why}.")),
        Ok(source) => notes.extend(other_source(page, source)),
    }
    notes
}

/// Whether the source is another than what was measured.
fn other_source(page: &Page, source: &Source) -> Option<String> {
    let measured = page.sessions.iter().map(|s| &s.results.build);
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
