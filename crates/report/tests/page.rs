//! The page, of results good and bad.

use lanes_core::seed;
use lanes_measure::faults::{Case, Faults, Judged, Observed, Verdict};
use lanes_measure::protocol::Traced;
use lanes_measure::results::{Results, RowResult, State};
use lanes_measure::summarize::summarize;
use lanes_report::{
    Catalogue, ListedCell, ListedModel, ListedWorkload, Page, ResultFile, page,
};
use lanes_timeline::{TracedModel, TracedWorkload, Traces};
use serde_json::{Value, json};
use std::path::Path;

const HOSTILE: &str = include_str!("../browser/hostile.json");

fn catalogue() -> Catalogue {
    let names = ["sequential", "threads", "rayon", "tokio"];
    let models = names.map(|name| ListedModel {
        model: name.into(),
        family: "Runtimes".into(),
        directory: Some(name.into()),
        library: None,
        badge: None,
        missing: None,
        serial: name == "sequential",
    });
    let cells = names.map(|name| ListedCell {
        model: name.into(),
        fit: "natural".into(),
        reason: format!("why {name}"),
    });
    let workload = |name: &str, quick: &str, full: &str| ListedWorkload {
        workload: name.into(),
        family: "waiting".into(),
        stresses: "what it stresses".into(),
        omits: "what it omits".into(),
        unit: "item".into(),
        quick: vec![quick.into()],
        full: vec![full.into()],
        cells: cells.to_vec(),
    };
    let workloads = vec![
        workload("max", "2^22", "2^24"),
        workload("fetch", "64x5ms-16", "256x20ms-64"),
    ];
    Catalogue { workloads, models: models.to_vec() }
}

/// A row in which each contender takes so many milliseconds, with noise of two
/// percent.
fn row(workload: &str, size: &str, all: &[(&str, usize, f64)]) -> RowResult {
    let contender = |&(name, workers, _): &(&str, usize, f64)| {
        json!({
            "name": name, "model": name, "workers": workers,
            "serial": name == "sequential", "oversubscribed": false,
            "twin_of": null, "versions": {}, "failure": null,
        })
    };
    let mut noise = seed::numbers(7).map(|n| (n >> 44) as f64 / 1048576.0);
    let mut samples = Vec::new();
    for (visit, round) in (0..6).flat_map(|v| (0..8).map(move |r| (v, r))) {
        for (contender, (.., time)) in all.iter().enumerate() {
            let noise = 0.99 + 0.02 * noise.next().unwrap();
            samples.push(json!({
                "visit": visit, "round": round, "contender": contender,
                "seed": 7, "runs": 1, "wall_ns": (time * 1e6 * noise) as u64,
            }));
        }
    }
    let limit = json!({"workers": 2, "what": "the least", "seconds": [0.004]});
    let mut row: RowResult = serde_json::from_value(json!({
        "workload": workload, "size": size, "parameters": null, "items": 1,
        "unit": "item", "samples": samples, "limits": [limit], "summary": null,
        "seconds": 1.5,
        "contenders": all.iter().map(contender).collect::<Vec<Value>>(),
    }))
    .unwrap();
    row.summary = summarize(&row, 0.95, 0.1);
    row
}

fn results(rows: Vec<RowResult>) -> Results {
    let hostile: Value = serde_json::from_str(HOSTILE).unwrap();
    let mut results: Results = serde_json::from_value(hostile).unwrap();
    results.state = State::Complete;
    results.machine.processor = "a processor".into();
    results.machine.system = "a system".into();
    results.machine.libraries = vec!["tokio 1".into()];
    results.build.rustc = "rustc 1".into();
    results.build.commit = Some("0123456789abcdef".into());
    results.rows = rows;
    results
}

/// A file of traces from the machine of the results.
fn traces(begun: &str, traced: TracedWorkload) -> Traces {
    let Results { machine, build, .. } = results(Vec::new());
    Traces::new(begun.into(), machine, build, vec![traced])
}

/// A file of faults: a case in which one model passed, one broke the contract,
/// and one was not run.
fn faults(case: &str, why: &str) -> Faults {
    let Results { machine, build, .. } = results(Vec::new());
    let judged =
        |verdict, why: &str| Judged { verdict, why: why.into(), seconds: 0.1 };
    let observed = Observed { what: "hangs".into(), detail: why.into() };
    let mut faults = Faults::new("2026-01-02".into(), machine, build);
    faults.models = ["rayon", "tokio", "smol"].map(String::from).to_vec();
    faults.libraries = vec!["tokio 1".into()];
    faults.cases = vec![Case {
        name: case.into(),
        asks: "A run ends.".into(),
        here: vec![judged(Verdict::Passed, ""), judged(Verdict::Broken, why)],
        alone: vec![observed],
    }];
    faults
}

fn two_rows() -> Results {
    results(vec![
        row(
            "max",
            "2^22",
            &[
                ("sequential", 1, 10.0),
                ("threads", 1, 10.0),
                ("rayon", 1, 10.0),
                ("threads", 2, 6.0),
                ("rayon", 2, 6.03),
            ],
        ),
        row("fetch", "256x20ms-64", &[("threads", 2, 5.0), ("tokio", 2, 25.0)]),
    ])
}

fn content(sessions: Vec<Results>) -> Page {
    let sessions = sessions.into_iter().enumerate().map(|(index, results)| {
        ResultFile { name: format!("{index}.json"), results }
    });
    Page {
        catalogue: catalogue(),
        sessions: sessions.collect(),
        traces: Vec::new(),
        faults: Vec::new(),
        source: Err("it was not looked for".into()),
        made: "2026-01-02T00:00:00Z".into(),
        notes: Vec::new(),
    }
}

fn html(sessions: Vec<Results>) -> String {
    page(&content(sessions)).unwrap()
}

/// The tags of a page, without what lies in scripts and styles.
fn tags(html: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = &rest[at..end];
        tags.push(tag);
        rest = &rest[end..];
        for raw in ["script", "style"] {
            if tag.starts_with(&format!("<{raw}")) {
                let close = rest.find(&format!("</{raw}>")).unwrap();
                rest = &rest[close..];
            }
        }
    }
    tags
}

/// The cell of a model in the table of a size and a number of workers.
fn cell<'a>(
    html: &'a str,
    size: &str,
    workers: usize,
    workload: &str,
    model: &str,
) -> &'a str {
    let table = format!(
        "<table class=\"heat\" data-size=\"{size}\" data-workers=\"{workers}\""
    );
    let after = |text: &'a str, what: &str| {
        text.split_once(what).unwrap_or_else(|| panic!("no {what}")).1
    };
    let table = after(html, &table);
    let row = after(table, &format!("<tr data-workload=\"{workload}\""));
    let row = row.split("<tr").next().unwrap();
    let model = format!("data-model=\"{model}\"");
    row.split("<td").find(|cell| cell.contains(&model)).unwrap()
}

#[test]
fn a_cell_has_ratio_grade_and_link() {
    let html = html(vec![two_rows()]);
    let best = cell(&html, "quick", 2, "max", "threads");
    let other = cell(&html, "quick", 2, "max", "rayon");
    for same in [best, other] {
        assert!(same.contains("class=\"as-fast h0\""), "{same}");
        assert!(same.contains(" =</a>"), "{same}");
        assert!(same.contains("as fast (within "), "{same}");
    }
    let serial = cell(&html, "quick", 2, "max", "sequential");
    assert!(serial.contains("class=\"slower h4\""), "{serial}");
    let ratio = serial.split("data-ratio=\"").nth(1).unwrap();
    let ratio: f64 = ratio.split('"').next().unwrap().parse().unwrap();
    assert!((1.6..1.7).contains(&ratio), "{ratio}");
    let missing = cell(&html, "quick", 2, "max", "tokio");
    assert!(missing.contains("class=\"missing\""), "{missing}");
    assert!(missing.contains("not measured in this session"), "{missing}");
    let first = cell(&html, "full", 2, "fetch", "threads");
    assert!(first.contains("class=\"fastest h0\""), "{first}");
    assert!(first.contains(">1.00 ◆</a>"), "{first}");
    let far = cell(&html, "full", 2, "fetch", "tokio");
    assert!(far.contains("href=\"#fetch?m=threads,tokio\""), "{far}");
    // Both numbers of workers were measured, and the ideal line is there.
    assert!(html.contains("data-size=\"quick\" data-workers=\"1\""));
    assert!(html.contains("Scaling."));
    assert!(html.contains("commit 012345678"));
}

#[test]
fn a_cell_that_is_not_there_and_one_that_only_answers_say_so() {
    let mut results = two_rows();
    let row = &mut results.rows[0];
    let rayon = row.contenders.iter().position(|c| c.name == "rayon");
    for contender in &mut row.contenders[rayon.unwrap()..] {
        contender.answers_only = contender.name == "rayon";
    }
    row.summary = summarize(row, 0.95, 0.1);
    let mut content = content(vec![results]);
    let fetch = &mut content.catalogue.workloads[0];
    fetch.cells.retain(|cell| cell.model != "tokio");
    let html = page(&content).unwrap();
    let answers = cell(&html, "quick", 2, "max", "rayon");
    assert!(answers.contains("only answers, without the work"), "{answers}");
    assert!(answers.contains("ms"), "{answers}");
    let lacking = cell(&html, "quick", 2, "max", "tokio");
    assert!(lacking.contains("has no cell for this workload"), "{lacking}");
}

#[test]
fn a_cell_between_margin_and_wide_says_at_most_how_much() {
    // Now longer and now shorter: it may be the fastest, and the interval
    // reaches far beyond the margin.
    let mut results = two_rows();
    let row = &mut results.rows[1];
    for taken in &mut row.samples {
        let often = if taken.visit % 2 == 0 { 1.18 } else { 0.96 };
        taken.sample.wall_ns = match taken.contender {
            0 => 5_000_000 + taken.round as u64 * 100,
            _ => (5e6 * often) as u64 + taken.round as u64 * 70,
        };
    }
    row.summary = summarize(row, 0.95, 0.1);
    let html = html(vec![results]);
    let tokio = cell(&html, "full", 2, "fetch", "tokio");
    assert!(tokio.contains("class=\"at-most "), "{tokio}");
    let bound = tokio.split(">≤ ").nth(1).unwrap().split('<').next().unwrap();
    let bound: f64 = bound.parse().unwrap();
    assert!((1.1..1.25).contains(&bound), "{bound}");
    assert!(tokio.contains("at most "), "{tokio}");
    assert!(!html.contains("class=\"open h"));
}

#[test]
fn cpu_times_and_twins_are_shown() {
    let mut results = two_rows();
    let row = &mut results.rows[0];
    for taken in &mut row.samples {
        // Rayon with two workers takes twice the CPU time of the others.
        let times = if taken.contender == 4 { 2 } else { 1 };
        taken.sample.user_ns = Some(taken.sample.wall_ns * times);
        taken.sample.system_ns = Some(0);
    }
    let mut twin = row.contenders[3].clone();
    twin.twin_of = Some(3);
    row.contenders.push(twin);
    let of_threads = row.samples.iter().filter(|t| t.contender == 3).cloned();
    let seconds: Vec<_> = of_threads
        .map(|mut taken| {
            taken.contender = 5;
            taken.sample.wall_ns += taken.sample.wall_ns / 10;
            taken
        })
        .collect();
    row.samples.extend(seconds);
    row.summary = summarize(row, 0.95, 0.1);
    let html = html(vec![results]);
    let rayon = cell(&html, "quick", 2, "max", "rayon");
    assert!(rayon.contains(", CPU time 12."), "{rayon}");
    assert!(rayon.contains("times the CPU"), "{rayon}");
    assert!(html.contains("Of those that may be as fast as "));
    let band = "The grey band is the twin";
    // The row with a twin has one and two workers, the other row has none.
    assert_eq!(html.matches(band).count(), 2);
    assert!(html.contains(">1.10 to 1.10<"), "the twin's column");
    assert!(
        html.contains("twin 1.10 to 1.10 of its time (not known in 1 row)")
    );
    let unknown = "<td class=\"twin\">not known";
    assert_eq!(html.matches(unknown).count(), 1);
}

#[test]
fn a_row_of_few_visits_is_open() {
    let mut results = two_rows();
    let row = &mut results.rows[0];
    row.samples.retain(|taken| taken.visit == 0 && taken.round < 3);
    row.summary = summarize(row, 0.95, 0.1);
    let html = html(vec![results]);
    let serial = cell(&html, "quick", 2, "max", "sequential");
    assert!(serial.contains("class=\"open "), "{serial}");
    assert!(serial.contains(" ?</a>"), "{serial}");
}

#[test]
fn sessions_of_the_same_sizes_have_different_keys() {
    let html = html(vec![two_rows(), two_rows()]);
    for key in ["quick", "quick-2", "full", "full-2"] {
        assert!(html.contains(&format!("<option value=\"{key}\">")), "{key}");
    }
    assert!(html.contains("quick sizes of session 2"));
}

#[test]
fn the_policy_allows_the_page_and_nothing_else() {
    let html = html(vec![two_rows()]);
    let policy = "content=\"default-src &#39;none&#39;; style-src &#39;sha256-";
    assert!(html.contains(policy), "{}", &html[..600]);
    assert!(!html.contains("unsafe"));
    for tag in tags(&html) {
        assert!(!tag.contains(" style="), "{tag}");
        assert!(!tag.contains(" src="), "{tag}");
        let mut words = tag.split_ascii_whitespace().skip(1);
        assert!(!words.any(|word| word.starts_with("on")), "{tag}");
        if let Some((_, to)) = tag.split_once("href=\"") {
            assert!(to.starts_with('#'), "{tag}");
        }
    }
}

#[test]
fn every_identifier_is_there_once_and_every_link_leads_somewhere() {
    let html = html(vec![two_rows()]);
    let tags = tags(&html);
    let of = |name: &str| {
        let prefix = format!(" {name}=\"");
        let value = |tag: &&str| {
            let (_, value) = tag.split_once(&*prefix)?;
            Some(value.split('"').next()?.to_owned())
        };
        tags.iter().filter_map(value).collect::<Vec<_>>()
    };
    let mut ids = of("id");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    let links = of("href");
    assert!(links.len() > 50, "{}", links.len());
    for link in links {
        let target = link[1..].split('?').next().unwrap().to_owned();
        assert!(ids.contains(&target), "{link}");
    }
}

#[test]
fn results_that_are_empty_or_interrupted_say_so() {
    let none = html(vec![results(Vec::new())]);
    assert!(none.contains("This session measured nothing."));
    assert!(none.contains("max was not measured."));
    let mut interrupted = two_rows();
    interrupted.state = State::Interrupted;
    interrupted.rows[1].samples.clear();
    interrupted.rows[1].summary = None;
    let html = html(vec![interrupted]);
    assert!(html.contains("0.json: This session was interrupted"));
    let unmeasured = cell(&html, "full", 2, "fetch", "tokio");
    assert!(unmeasured.contains("the session ended before"), "{unmeasured}");
    let without = page(&content(Vec::new())).unwrap();
    assert!(without.contains("There are no results"));
    assert!(without.contains("There are no traces"));
    assert!(without.contains("no source: it was not looked for."));
}

#[test]
fn a_folder_without_source_is_noted_and_the_rest_is_shown() {
    let folder = std::env::temp_dir();
    let mut content = content(vec![two_rows()]);
    content.source = content.catalogue.source(&folder);
    let html = page(&content).unwrap();
    assert!(html.contains("This page has no source: "));
    assert!(html.contains("There is no source of max here."));
    assert!(html.contains("class=\"as-fast h0\""));
}

#[test]
fn source_of_another_commit_than_the_figures_is_noted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut content = content(vec![two_rows()]);
    content.source = content.catalogue.source(&root);
    assert!(content.source.is_ok());
    let html = page(&content).unwrap();
    assert!(html.contains("The figures were measured at 012345678"));
    assert!(html.contains("data-models=\"tokio\""));
}

#[test]
fn names_that_would_be_markup_stay_names() {
    let hostile: Results =
        serde_json::from_str(HOSTILE).expect("of this version");
    let name = "</script><script>alert(1)</script>".to_owned();
    let span = (0, Some(0), lanes_core::trace::State::Compute, 0, 10);
    let run = Traced {
        begin: 0,
        end: 10,
        workers: vec![name.clone()],
        digest: 0,
        spans: vec![span],
    };
    let traced =
        TracedModel { name: name.clone(), note: Some(name.clone()), run };
    let traced_workload = TracedWorkload {
        workload: name.clone(),
        size: name.clone(),
        workers: 1,
        runs: 1,
        unit: None,
        tasks: vec![name.clone()],
        models: vec![traced],
        failed: vec![(name.clone(), name.clone())],
    };
    let mut content = content(vec![hostile]);
    content.traces = vec![traces(&name, traced_workload)];
    content.faults = vec![faults(&name, &name)];
    content.made.clone_from(&name);
    content.notes.push(name.clone());
    content.source = Err(name);
    let html = page(&content).unwrap();
    let scripts = html.matches("<script").count();
    assert_eq!((scripts, html.matches("<style").count()), (2, 1));
    assert!(!html.contains("<iframe") && !html.contains("<img"));
    assert!(html.contains("&#60;script&#62;alert(1)"), "shown literally");
}

#[test]
fn faults_are_a_grid_of_verdicts_with_reasons() {
    let mut content = content(vec![two_rows()]);
    assert!(!page(&content).unwrap().contains("id=\"faults\""));
    content.faults = vec![faults("one_task_panics", "it waits for ever")];
    let html = page(&content).unwrap();
    for part in [
        "<a href=\"#faults\">",
        "1 passed, 0 exempt, 0 not applicable, 1 broken",
        "<td class=\"passed\">ok",
        "<td class=\"failed\" title=\"it waits for ever\">BROKEN",
        "<td class=\"missing\" title=\"not run\">",
        "broken: one_task_panics, tokio: it waits for ever",
        "<td title=\"it waits for ever\">hangs",
        "Not all cases were run.",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn a_model_without_spans_is_named_beside_the_others() {
    let run = |spans| Traced {
        begin: 0,
        end: 10,
        workers: vec!["main".into()],
        digest: 0,
        spans,
    };
    let span = (0, Some(0), lanes_core::trace::State::Compute, 0, 10);
    let model =
        |name: &str, run| TracedModel { name: name.into(), note: None, run };
    let traced_workload = TracedWorkload {
        workload: "max".into(),
        size: "2^22".into(),
        workers: 2,
        runs: 3,
        unit: None,
        tasks: Vec::new(),
        models: vec![
            model("rayon", run(vec![span])),
            model("tokio", run(Vec::new())),
        ],
        failed: vec![("threads".into(), "died".into())],
    };
    let mut content = content(Vec::new());
    content.traces = vec![traces("2026", traced_workload)];
    let html = page(&content).unwrap();
    assert!(html.contains("<figure class=\"lane\" data-model=\"rayon\">"));
    assert!(!html.contains("<figure class=\"lane\" data-model=\"tokio\">"));
    assert!(html.contains("tokio: its steps are too short"));
    assert!(html.contains("threads: died"));
}
