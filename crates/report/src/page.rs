//! The page: one file with everything in it, which opens anywhere.
//!
//! It has no style attribute, no handler in its markup and no address of
//! another file, so that its content policy can forbid all of these.

mod content;
mod facts;
mod faults;
mod matrix;
mod model;
mod names;
mod policy;
mod sizes;
mod workload;

use crate::plots;
use askama::Template;
use facts::{Facts, measured_on};
use faults::FaultsView;
use lanes_measure::words::percent;
use lanes_source::Source;
use lanes_timeline::dress;
use matrix::Sheet;
use model::ModelView;
use names::Ids;
use policy::policy;
use sizes::SizeKeys;
use workload::WorkloadView;

pub use content::{Page, ResultFile};

const STYLE: &str = include_str!("../templates/page.css");
const PLOTS: &str = include_str!("../templates/plots.css");
const SCRIPT: &str = include_str!("../templates/page.js");
/// Runs before the layout, so that only one view is ever laid out.
const EARLY: &str = "document.documentElement.className='js'";

/// The page as HTML.
///
/// # Errors
/// Why the template could not be filled, in words.
pub fn page(page: &Page) -> Result<String, String> {
    let keys = SizeKeys::of(&page.sessions, &page.catalogue);
    let sheets = matrix::sheets(page, &keys);
    let mut ids = Ids::default();
    for taken in ["matrix", "about", "faults", "theme", "main"] {
        ids.of(taken);
    }
    let workloads = workload::workloads(page, &keys, &mut ids);
    let models = model::models(page, &sheets, &mut ids);
    let traced = workloads.iter().filter_map(|view| view.traced.as_ref());
    let drawn = traced.filter_map(|traced| traced.strips.as_ref().ok());
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
        choices: Choices {
            sizes: keys.labels(),
            workers: matrix::workers(&sheets),
        },
        margins: margins(page),
        sheets: &sheets,
        workloads: &workloads,
        models: &models,
        faults: page.faults.first().map(FaultsView::of),
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
    /// Within which models are as fast, in each session, each once.
    margins: String,
    sheets: &'a [Sheet],
    workloads: &'a [WorkloadView],
    models: &'a [ModelView],
    faults: Option<FaultsView<'a>>,
    page: &'a Page,
}

/// The choices at the matrix.
struct Choices {
    sizes: Vec<(String, String)>,
    workers: Vec<usize>,
}

fn margins(page: &Page) -> String {
    let all = page.sessions.iter().map(|s| percent(s.results.margin));
    let mut margins: Vec<String> = all.collect();
    margins.dedup();
    margins.join(" or ")
}

/// Notes to the reader, besides the figures.
fn notes(page: &Page) -> Vec<String> {
    let mut notes = page.notes.clone();
    if page.sessions.is_empty() {
        notes.push(
            "There are no results, so this page has no figures: “lanes run” \
             measures some."
                .into(),
        );
    }
    if page.traces.is_empty() {
        notes.push(
            "There are no traces, so this page has no timelines: “lanes trace \
             all” records some."
                .into(),
        );
    }
    match &page.source {
        Err(why) => notes.push(format!("This page has no source: {why}.")),
        Ok(source) => notes.extend(other_source(page, source)),
    }
    notes
}

/// A note if the source is of another commit than the figures.
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
