//! Files of results, of traces, of faults and of traps, up to the pages that
//! show them.

use lanes_core::{Size, WORKLOADS};
use lanes_measure::change::{Limits, changes};
use lanes_measure::faults::{Faults, Verdict};
use lanes_measure::ranking::{rank, unknown};
use lanes_measure::results::{Results, RowResult};
use lanes_measure::tables;
use lanes_measure::traps::Traps;
use lanes_report::{Catalogue, Content, ListedWorkload, ResultFile};
use lanes_timeline::{
    Picture, Timeline, TracedWorkload, Traces, View, critical_path, perfetto,
    svg, totals,
};
use std::cell::RefCell;
use std::fs;
use std::path::Path;
use tempfile::NamedTempFile;

thread_local! {
    /// The file that is written anew for each input.
    static INPUT: RefCell<Option<NamedTempFile>> = const { RefCell::new(None) };
}

/// Loads a file of these bytes.
pub(crate) fn load<T>(
    bytes: &[u8],
    read: impl FnOnce(&Path) -> Option<T>,
) -> Option<T> {
    INPUT.with_borrow_mut(|file| {
        let file = file.get_or_insert_with(|| {
            let file = tempfile::Builder::new().suffix(".json").tempfile();
            file.expect("a temporary file")
        });
        fs::write(file.path(), bytes).expect("a temporary file is written");
        read(file.path())
    })
}

/// A file of results: its tables, what changed since itself, its ranking.
pub fn results(bytes: &[u8]) {
    let loaded = load(bytes, |path| Results::load(path).ok());
    let Some(results) = loaded else { return };
    results.rows.iter().for_each(all_tables);
    let level = results.level;
    let limits = Limits { level, margin: 0.1, most: 0.05 };
    for absolute in [false, true] {
        let changed = changes(&results, &results, absolute, &limits);
        let _ = serde_json::to_string(&changed);
    }
    let sessions = [results];
    let _ = unknown(&sessions);
    let ranked = rank(&sessions, &[], level);
    let _ = serde_json::to_string(&ranked);
}

fn all_tables(row: &RowResult) {
    let _ = (tables::latencies(row), tables::used(row));
    for (_, seconds) in row.answers() {
        let _ = lanes_measure::words::time(seconds);
    }
    let Some(summary) = &row.summary else { return };
    let _ = tables::speedups(row, summary);
    for group in &summary.groups {
        let _ = tables::heading("row", row, summary, group);
        let _ = tables::standings(row, group);
    }
}

/// A file of traces: its critical paths, its sums, its events.
pub fn traces(bytes: &[u8]) {
    let loaded = load(bytes, |path| Traces::load(path).ok());
    let Some(traces) = loaded else { return };
    for traced in &traces.workloads {
        let timelines: Vec<Timeline> = traced.timelines().collect();
        for timeline in &timelines {
            if let Ok(path) = critical_path(timeline) {
                let _ = (path.length(), path.waiting());
            }
            let _ = totals(timeline);
        }
        let _ = perfetto(&timelines);
    }
}

/// A file of faults: what is no pass, and the pages of it.
///
/// # Panics
/// If it is not read again as it was written.
pub fn faults(bytes: &[u8]) {
    let loaded = load(bytes, |path| Faults::load(path).ok());
    let Some(faults) = loaded else { return };
    let all = [Verdict::Passed, Verdict::Exempt, Verdict::Broken];
    for verdict in all {
        let _ = (faults.count(verdict), faults.remarks(verdict));
    }
    let written = serde_json::to_vec(&faults).expect("it is written");
    let again = load(&written, |path| Faults::load(path).ok());
    assert_eq!(again.as_ref(), Some(&faults), "read again");
    whole(Vec::new(), Vec::new(), vec![faults]);
}

/// A file of traps: what is found if they are judged again, and the page of it.
///
/// # Panics
/// If it is not read again as it was written.
pub fn traps(bytes: &[u8]) {
    let loaded = load(bytes, |path| Traps::load(path).ok());
    let Some(traps) = loaded else { return };
    let written = serde_json::to_vec(&traps).expect("it is written");
    let again = load(&written, |path| Traps::load(path).ok());
    assert_eq!(again.as_ref(), Some(&traps), "read again");
    for trap in &traps.traps {
        trap.clone().judge(traps.repeats);
        let _ = trap.failures();
    }
    pages(&Content { traps: vec![traps], ..empty() });
}

/// A file of results or of traces: the pages and the pictures of it.
///
/// # Panics
/// If a page has a script that is not its own.
pub fn page(bytes: &[u8]) {
    let name = "session.json".to_owned();
    if let Some(results) = load(bytes, |path| Results::load(path).ok()) {
        whole(vec![ResultFile { name, results }], Vec::new(), Vec::new());
    }
    if let Some(traces) = load(bytes, |path| Traces::load(path).ok()) {
        traces.workloads.iter().for_each(picture);
        whole(Vec::new(), vec![traces], Vec::new());
    }
}

fn picture(traced: &TracedWorkload) {
    let _ = svg(&Picture {
        unit: traced.unit,
        views: vec![View::Tasks, View::Workers],
        timelines: traced.timelines().collect(),
        ..Picture::default()
    });
}

/// The pages of these.
fn whole(sessions: Vec<ResultFile>, traces: Vec<Traces>, faults: Vec<Faults>) {
    let mut content = Content { traces, faults, ..empty() };
    sessions.into_iter().for_each(|file| content.add(file));
    pages(&content);
}

fn empty() -> Content {
    Content {
        catalogue: catalogue(),
        sessions: Vec::new(),
        maps: Vec::new(),
        metgs: Vec::new(),
        crossovers: Vec::new(),
        traces: Vec::new(),
        faults: Vec::new(),
        traps: Vec::new(),
        claims: Vec::new(),
        source: Err("no source".into()),
        made: "2026-01-02T00:00:00Z".into(),
        notes: Vec::new(),
    }
}

/// Makes the pages, without markup of an input.
fn pages(content: &Content) {
    if let Ok(pages) = lanes_report::site(content) {
        let foreign = |html: &str| html.contains("<script>&");
        let mut pages = pages.iter();
        assert!(!pages.any(|page| foreign(&page.html)), "markup of an input");
    }
}

fn catalogue() -> Catalogue {
    let labels = |rows: Vec<Box<dyn lanes_core::Row>>| {
        rows.iter().map(|row| row.label()).collect()
    };
    let listed = WORKLOADS.iter().map(|workload| ListedWorkload {
        workload: workload.name.into(),
        family: workload.family.into(),
        stresses: workload.stresses.into(),
        omits: workload.omits.into(),
        unit: workload.unit.into(),
        quick: labels(workload.sizes(Size::Quick)),
        full: labels(workload.sizes(Size::Full)),
        by_name: Vec::new(),
        cells: Vec::new(),
    });
    Catalogue { workloads: listed.collect(), ..Catalogue::default() }
}
