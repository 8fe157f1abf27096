//! The site, of results good and bad.

use lanes_claims::{Found, Published};
use lanes_core::seed;
use lanes_core::trace::{Span, State as SpanState};
use lanes_measure::document::Document;
use lanes_measure::faults::{Case, Faults, Judged, Observed, Verdict};
use lanes_measure::protocol::Traced;
use lanes_measure::results::{Results, RowResult, State};
use lanes_measure::summarize::summarize;
use lanes_measure::traps::{
    Finding as TrapFinding, Issue, Kind, Language, Outcome as TrapOutcome, Ran,
    Recorded, Side, Trap, Traps,
};
use lanes_report::{
    Catalogue, Content, ListedCell, ListedModel, ListedQuestion,
    ListedWorkload, PageFile, ResultFile, single, site,
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
        exhibit: false,
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
        by_name: Vec::new(),
        cells: cells.to_vec(),
    };
    let workloads = vec![
        workload("max", "2^22", "2^24"),
        workload("fetch", "64x5ms-16", "256x20ms-64"),
    ];
    Catalogue { workloads, models: models.to_vec(), questions: Vec::new() }
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

fn content(sessions: Vec<Results>) -> Content {
    let sessions = sessions.into_iter().enumerate().map(|(index, results)| {
        ResultFile { name: format!("{index}.json"), results }
    });
    Content {
        catalogue: catalogue(),
        sessions: sessions.collect(),
        maps: Vec::new(),
        metgs: Vec::new(),
        crossovers: Vec::new(),
        traces: Vec::new(),
        faults: Vec::new(),
        traps: Vec::new(),
        claims: Vec::new(),
        source: Err("it was not looked for".into()),
        made: "2026-01-02T00:00:00Z".into(),
        notes: Vec::new(),
    }
}

/// A page of a site.
fn page<'a>(pages: &'a [PageFile], name: &str) -> &'a str {
    let found = pages.iter().find(|page| page.name == name);
    let names: Vec<&str> = pages.iter().map(|page| &*page.name).collect();
    &found.unwrap_or_else(|| panic!("no {name}: {names:?}")).html
}

fn pages(sessions: Vec<Results>) -> Vec<PageFile> {
    site(&content(sessions)).unwrap()
}

/// The page of the quick sizes with two workers, that of full sizes, or the
/// like.
fn table(key: &str) -> String {
    format!("matrix-{key}.html")
}

/// The text of an index.
fn index(content: &Content) -> String {
    page(&site(content).unwrap(), "index.html").to_owned()
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

/// The cell of a model in the table of a page.
fn cell<'a>(html: &'a str, workload: &str, model: &str) -> &'a str {
    let after = |text: &'a str, what: &str| {
        text.split_once(what).unwrap_or_else(|| panic!("no {what}")).1
    };
    let table = after(html, "<table class=\"heat\"");
    let row = after(table, &format!("<tr data-workload=\"{workload}\""));
    let row = row.split("<tr").next().unwrap();
    let model = format!("data-model=\"{model}\"");
    row.split("<td").find(|cell| cell.contains(&model)).unwrap()
}

#[test]
fn a_cell_has_ratio_grade_and_link() {
    let pages = pages(vec![two_rows()]);
    let html = page(&pages, "index.html");
    let best = cell(html, "max", "threads");
    let other = cell(html, "max", "rayon");
    for same in [best, other] {
        assert!(same.contains("class=\"as-fast h0\""), "{same}");
        assert!(same.contains(" =</a>"), "{same}");
        assert!(same.contains("as fast (within "), "{same}");
    }
    let serial = cell(html, "max", "sequential");
    assert!(serial.contains("class=\"slower h4\""), "{serial}");
    let ratio = serial.split("data-ratio=\"").nth(1).unwrap();
    let ratio: f64 = ratio.split('"').next().unwrap().parse().unwrap();
    assert!((1.6..1.7).contains(&ratio), "{ratio}");
    let missing = cell(html, "max", "tokio");
    assert!(missing.contains("class=\"missing\""), "{missing}");
    assert!(missing.contains("not measured in this session"), "{missing}");
    let full = page(&pages, &table("full-2"));
    let first = cell(full, "fetch", "threads");
    assert!(first.contains("class=\"fastest h0\""), "{first}");
    assert!(first.contains(">1.00 ◆</a>"), "{first}");
    let far = cell(full, "fetch", "tokio");
    let link = "href=\"workload-fetch.html#source?m=threads,tokio\"";
    assert!(far.contains(link), "{far}");
    // Both numbers of workers were measured, and the ideal line is there.
    page(&pages, &table("quick-1"));
    let max = page(&pages, "workload-max.html");
    assert!(max.contains("data-size=\"quick\" data-workers=\"1\""));
    assert!(max.contains("Scaling."));
    assert!(html.contains("commit 012345678"));
}

#[test]
fn the_index_says_who_is_tied_who_is_slower_and_why() {
    let mut content = content(vec![two_rows()]);
    let fetch = &mut content.catalogue.workloads[1];
    let tokio = fetch.cells.iter_mut().find(|cell| cell.model == "tokio");
    let tokio = tokio.unwrap();
    tokio.fit = "unsuitable".into();
    tokio.reason = "it has <one> request in flight".into();
    let html = index(&content);
    let answer = html.split("id=\"matrix\"").next().unwrap();
    for words in [
        "<h3>Many waits</h3>",
        "<a href=\"workload-max.html\">max</a></b>",
        "threads and rayon tied; sequential 67 % slower.",
        "threads is the fastest; tokio 5.0 times slower (it has &#60;one&#62; \
         request in flight).",
    ] {
        assert!(answer.contains(words), "{words} in {answer}");
    }
    // The workload's own page begins with it, before any figure.
    let pages = site(&content).unwrap();
    let fetch = page(&pages, "workload-fetch.html");
    let before = fetch.split("<h2>Figures").next().unwrap();
    assert!(before.contains("threads is the fastest; tokio 5.0 times slower"));
}

#[test]
fn exhibits_and_doing_nothing_are_no_answer() {
    // The plain loop would win what measures overhead alone.
    let spawn = row(
        "spawn",
        "1000",
        &[("sequential", 1, 1.0), ("threads", 2, 20.0), ("rayon", 2, 4.0)],
    );
    let mut content = content(vec![results(vec![spawn])]);
    let mut workload = content.catalogue.workloads[0].clone();
    (workload.workload, workload.family) = ("spawn".into(), "tasks".into());
    content.catalogue.workloads.push(workload);
    let html = index(&content);
    let words = "rayon is the fastest; threads 5.0 times slower.";
    assert!(html.contains(words), "{html}");
    // The matrix shows all.
    let first = cell(&html, "spawn", "sequential");
    assert!(first.contains("class=\"fastest h0\""), "{first}");
    let ranking = html.split("id=\"ranking\"").nth(1).unwrap();
    assert!(ranking.contains("1 row of overhead (spawn), 2 workers"));
    assert!(!ranking.contains("<th scope=\"row\">sequential"));
    content.catalogue.models[2].exhibit = true;
    let html = index(&content);
    assert!(html.contains("only threads was measured."), "{html}");
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
    let html = index(&content);
    let answers = cell(&html, "max", "rayon");
    assert!(answers.contains("only answers, without the work"), "{answers}");
    assert!(answers.contains("ms"), "{answers}");
    let lacking = cell(&html, "max", "tokio");
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
    let pages = pages(vec![results]);
    let html = page(&pages, &table("full-2"));
    let tokio = cell(html, "fetch", "tokio");
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
    let pages = pages(vec![results]);
    let quick = page(&pages, &table("quick-2"));
    let rayon = cell(quick, "max", "rayon");
    assert!(rayon.contains(", CPU time 12."), "{rayon}");
    assert!(rayon.contains("times the CPU"), "{rayon}");
    let html = page(&pages, "workload-max.html");
    assert!(html.contains("Of those that may be as fast as "));
    let band = "The grey band is the twin";
    // The row with a twin has one and two workers, the other row has none.
    assert_eq!(html.matches(band).count(), 2);
    let other = page(&pages, "workload-fetch.html");
    assert_eq!(other.matches(band).count(), 0);
    assert!(quick.contains(">1.10 to 1.10<"), "the twin's column");
    let twins = "1.10 to 1.10 of its time (not known in 1 row)";
    assert!(page(&pages, "index.html").contains(twins));
    assert!(page(&pages, "session-1.html").contains(twins));
    let unknown = "<td class=\"twin\">not known";
    let full = page(&pages, &table("full-2"));
    assert_eq!(full.matches(unknown).count(), 1);
}

#[test]
fn a_row_of_few_visits_is_open() {
    let mut results = two_rows();
    let row = &mut results.rows[0];
    row.samples.retain(|taken| taken.visit == 0 && taken.round < 3);
    row.summary = summarize(row, 0.95, 0.1);
    let pages = pages(vec![results]);
    let html = page(&pages, &table("quick-2"));
    let serial = cell(html, "max", "sequential");
    assert!(serial.contains("class=\"open "), "{serial}");
    assert!(serial.contains(" ?</a>"), "{serial}");
    let html = page(&pages, "index.html");
    assert!(html.contains("undecided: "), "{html}");
}

#[test]
fn every_table_has_a_page_and_every_session_too() {
    let pages = pages(vec![two_rows(), two_rows()]);
    let index = page(&pages, "index.html");
    for key in ["quick-1", "full-2", "quick-2-1", "quick-2-2", "full-2-2"] {
        let name = table(key);
        let html = page(&pages, &name);
        assert_eq!(html.matches("<table class=\"heat\"").count(), 1, "{key}");
        assert!(index.contains(&format!("<a href=\"{name}\">")), "{key}");
    }
    assert!(index.contains("quick sizes of session 2"));
    for number in [1, 2] {
        let html = page(&pages, &format!("session-{number}.html"));
        assert!(html.contains(&format!("{}.json, begun", number - 1)));
        assert!(html.contains("rustc 1"));
    }
}

/// The values of an attribute.
fn values(tags: &[&str], name: &str) -> Vec<String> {
    let prefix = format!(" {name}=\"");
    let value = |tag: &&str| {
        let (_, value) = tag.split_once(&*prefix)?;
        Some(value.split('"').next()?.to_owned())
    };
    tags.iter().filter_map(value).collect()
}

/// Checks that pages allow themselves and nothing else, have each identifier
/// once, and lead to pages and places that are there.
fn assert_sound(pages: &[PageFile]) {
    let ids: Vec<(&str, Vec<String>)> = pages
        .iter()
        .map(|page| (&*page.name, values(&tags(&page.html), "id")))
        .collect();
    for PageFile { name, html } in pages {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(name.chars().all(plain) && name.ends_with(".html"), "{name}");
        let policy =
            "content=\"default-src &#39;none&#39;; style-src &#39;sha256-";
        assert!(html.contains(policy), "{name}");
        assert!(!html.contains("&#39;unsafe-"), "{name}");
        let tags = tags(html);
        for tag in &tags {
            // Without what stands in quotes.
            let bare: Vec<&str> = tag.split('"').step_by(2).collect();
            let bare = bare.join("");
            assert!(!bare.contains(" style="), "{tag}");
            assert!(!bare.contains(" src="), "{tag}");
            let mut words = bare.split_ascii_whitespace().skip(1);
            let handler = |word: &str| word.starts_with("on");
            assert!(!words.any(handler), "{name}: {tag}");
        }
        let mut own = values(&tags, "id");
        let count = own.len();
        own.sort_unstable();
        own.dedup();
        assert_eq!(own.len(), count, "{name}");
        let links = values(&tags, "href");
        // Reports of traps lead out, and nothing else does.
        let out = |link: &&String| link.starts_with("https://github.com/");
        for link in links.iter().filter(|link| !out(link)) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { name } else { file };
            let place = place.split('?').next().unwrap();
            let found = ids.iter().find(|(page, _)| page == &file);
            let (_, there) = found.unwrap_or_else(|| panic!("{name}: {link}"));
            let is_there =
                place.is_empty() || there.iter().any(|id| id == place);
            assert!(is_there, "{name}: {link}");
        }
    }
    let mut names: Vec<String> =
        pages.iter().map(|page| page.name.to_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), pages.len());
}

#[test]
fn pages_allow_themselves_and_lead_to_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut content = content(vec![two_rows(), two_rows()]);
    content.source = content.catalogue.source(&root);
    content.faults = vec![faults("one_task_panics", "why")];
    let pages = site(&content).unwrap();
    assert_sound(&pages);
    let links = pages.iter().flat_map(|p| values(&tags(&p.html), "href"));
    assert!(links.count() > 300);
}

#[test]
fn one_workload_alone_leads_nowhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut content = content(vec![two_rows()]);
    content.source = content.catalogue.source(&root);
    let html = single(&content, "max").unwrap();
    assert_sound(&[PageFile { name: "max.html".into(), html: html.clone() }]);
    for part in [
        "threads and rayon tied",
        "data-models=\"tokio\"",
        "<th scope=\"row\">rayon<td class=\"natural\">",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let why = single(&content, "nothing").unwrap_err();
    assert!(why.contains("no workload is called \"nothing\""), "{why}");
    assert!(why.contains("max, fetch"), "{why}");
}

#[test]
fn no_page_grows_with_workloads_times_models() {
    let size = |workloads: usize, models: usize| {
        let mut content = content(Vec::new());
        let all = (0..models).map(|number| ListedModel {
            model: format!("model-{number}"),
            ..content.catalogue.models[0].clone()
        });
        content.catalogue.models = all.collect();
        let cells = content.catalogue.models.iter().map(|listed| ListedCell {
            model: listed.model.clone(),
            fit: "possible".into(),
            reason: "a reason of some length, in one sentence".into(),
        });
        let cells: Vec<ListedCell> = cells.collect();
        let all = (0..workloads).map(|number| ListedWorkload {
            workload: format!("workload-{number}"),
            cells: cells.clone(),
            ..content.catalogue.workloads[0].clone()
        });
        content.catalogue.workloads = all.collect();
        let names: Vec<String> =
            content.catalogue.models.iter().map(|m| m.model.clone()).collect();
        let times: Vec<(&str, usize, f64)> =
            names.iter().map(|name| (&**name, 2, 5.0)).collect();
        let rows = (0..workloads)
            .map(|number| row(&format!("workload-{number}"), "2^22", &times));
        content.sessions = vec![ResultFile {
            name: "0.json".into(),
            results: results(rows.collect()),
        }];
        let pages = site(&content).unwrap();
        // The matrix is the product itself, once a page.
        let others = pages.iter().filter(|page| {
            page.name != "index.html" && !page.name.starts_with("matrix")
        });
        let most = |pages: &mut dyn Iterator<Item = &PageFile>| {
            pages.map(|page| page.html.len()).max().unwrap()
        };
        (most(&mut pages.iter()), most(&mut others.into_iter()))
    };
    let (all, others) = size(30, 20);
    assert!(all < 500_000, "{all}");
    let (_, fewer) = size(3, 20);
    // Another workload adds its links to the menu, and a row to each model.
    assert!(others - fewer < 27 * 1000, "{fewer} and {others}");
}

#[test]
fn results_that_are_empty_or_interrupted_say_so() {
    let none = pages(vec![results(Vec::new())]);
    let index = page(&none, "index.html");
    assert!(index.contains("This session measured nothing."));
    assert!(index.contains("Nothing was measured, so there is no table."));
    let max = page(&none, "workload-max.html");
    assert!(max.contains("max was not measured."));
    let mut interrupted = two_rows();
    interrupted.state = State::Interrupted;
    interrupted.rows[1].samples.clear();
    interrupted.rows[1].summary = None;
    let pages = pages(vec![interrupted]);
    for name in ["index.html", "session-1.html"] {
        let html = page(&pages, name);
        assert!(html.contains("0.json: This session was interrupted"));
    }
    let full = page(&pages, &table("full-2"));
    let unmeasured = cell(full, "fetch", "tokio");
    assert!(unmeasured.contains("the session ended before"), "{unmeasured}");
    let without = self::index(&content(Vec::new()));
    assert!(without.contains("There are no results"));
    assert!(without.contains("There are no traces"));
    assert!(without.contains("no source: it was not looked for."));
}

#[test]
fn a_folder_without_source_is_noted_and_the_rest_is_shown() {
    let folder = std::env::temp_dir();
    let mut content = content(vec![two_rows()]);
    content.source = content.catalogue.source(&folder);
    let pages = site(&content).unwrap();
    let index = page(&pages, "index.html");
    assert!(index.contains("These pages have no source: "));
    assert!(index.contains("class=\"as-fast h0\""));
    let max = page(&pages, "workload-max.html");
    assert!(max.contains("There is no source of max here."));
}

#[test]
fn source_of_another_commit_than_the_figures_is_noted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut content = content(vec![two_rows()]);
    content.source = content.catalogue.source(&root);
    assert!(content.source.is_ok());
    let pages = site(&content).unwrap();
    let index = page(&pages, "index.html");
    assert!(index.contains("The figures were measured at 012345678"));
    let max = page(&pages, "workload-max.html");
    assert!(max.contains("data-models=\"tokio\""));
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
        cpu: Vec::new(),
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
    let pages = site(&content).unwrap();
    assert_sound(&pages);
    let names = content.sessions[0].results.rows.iter().map(|r| &*r.workload);
    let alone = names.map(|name| single(&content, name).unwrap());
    let alone: Vec<String> = alone.collect();
    let mut shown = 0;
    for html in pages.iter().map(|page| &page.html).chain(&alone) {
        let of = |element: &str| html.matches(element).count();
        // One before the layout, and at most four at the end.
        assert!((2..=5).contains(&of("<script>")), "{}", of("<script>"));
        assert_eq!((of("<script"), of("<style")), (of("<script>"), 1));
        assert!(!html.contains("<iframe") && !html.contains("<img"));
        shown += of("&#60;script&#62;alert(1)");
    }
    assert!(shown > 10, "{shown} times shown literally");
}

#[test]
fn faults_are_a_grid_of_verdicts_with_reasons() {
    let mut content = content(vec![two_rows()]);
    let names = site(&content).unwrap();
    assert!(names.iter().all(|page| page.name != "faults.html"));
    content.faults = vec![faults("one_task_panics", "it waits for ever")];
    let pages = site(&content).unwrap();
    let html = page(&pages, "faults.html");
    for part in [
        "<a href=\"faults.html\">",
        "1 passed, 0 exempt, 0 not applicable, 1 broken",
        "<td class=\"passed\">ok",
        "<td class=\"failed\" title=\"it waits for ever\">BROKEN",
        "<td class=\"missing\" title=\"not run\">",
        "broken: one_task_panics in tokio: it waits for ever",
        "<td title=\"it waits for ever\">hangs",
        "Not all cases were run.",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn questions_lead_to_reports_and_to_what_was_measured() {
    let mut content = content(vec![two_rows()]);
    let names = site(&content).unwrap();
    assert!(names.iter().all(|page| page.name != "questions.html"));
    let report = "https://github.com/smol-rs/smol/issues/210";
    let question = |issue: &str, shows: &str| ListedQuestion {
        question: 1,
        asks: "smol or <b>tokio?".into(),
        commands: vec!["lanes run fetch".into(), "lanes traps slot".into()],
        shows: shows.into(),
        issues: vec![issue.into()],
    };
    content.catalogue.questions = vec![question(report, "It shows <i>both.")];
    content.traps = vec![traps("slot", report)];
    let pages = site(&content).unwrap();
    assert_sound(&pages);
    let html = page(&pages, "questions.html");
    for part in [
        "<h2>1. smol or &#60;b&#62;tokio?</h2>",
        "lanes run <a href=\"workload-fetch.html\">fetch</a>",
        "lanes traps <a href=\"traps.html#trap-1\">slot</a>",
        "<p>It shows &#60;i&#62;both.</p>",
        "<a href=\"https://github.com/smol-rs/smol/issues/210\" rel=",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for PageFile { name, html } in &pages {
        assert!(html.contains("href=\"questions.html\""), "{name}");
    }
    let index = page(&pages, "index.html");
    assert!(index.contains("Shown: <a href=\"traps.html#trap-1\">slot</a>."));
    content.catalogue.questions = vec![question("https://a.org/", "Both.")];
    let pages = site(&content).unwrap();
    assert!(!page(&pages, "questions.html").contains("href=\"https://a.org"));
}

/// A file of traps: one that shows, in whose texts these names are.
fn traps(name: &str, address: &str) -> Traps {
    let Results { machine, build, .. } = results(Vec::new());
    let side = |what: &str, figure| {
        let comment = format!("// {name}");
        let lines = vec!["fn of(a: &A) {".into(), comment, "}".into()];
        let detail = name.to_owned();
        let (outcome, figure) = (TrapOutcome::Right, Some(figure));
        let runs = vec![Ran { outcome, figure, detail }];
        let (begin, end, cpu) = (1_000_000, 9_000_000, Some(3_000_000));
        let (task, worker, state) = (0, Some(0), SpanState::Compute);
        let recorded = Some(Recorded {
            hung: true,
            end: 20_000_000,
            tasks: vec![name.into()],
            workers: vec![name.into()],
            spans: vec![Span { task, worker, state, begin, end, cpu }],
        });
        Side { runs, recorded, ..Side::new(what, lines) }
    };
    let mut trap = Trap {
        name: name.into(),
        library: "tokio".into(),
        language: Language::Rust,
        asks: "Does it wait?".into(),
        expects: "It waits.".into(),
        measures: "how late it runs".into(),
        kind: Kind::Delay,
        issues: vec![Issue { address: address.into(), says: name.into() }],
        finding: TrapFinding::Unfinished,
        missing: None,
        source: "crates/traps/src/a.rs".into(),
        shared: vec![name.into()],
        without: side("waits", 0.2),
        remedies: vec![side(name, 0.0)],
    };
    trap.judge(1);
    let mut traps = Traps::new("2026-01-02".into(), machine, build);
    traps.traps.push(trap);
    traps
}

#[test]
fn traps_are_programs_side_by_side() {
    let mut content = content(vec![two_rows()]);
    let names = site(&content).unwrap();
    assert!(names.iter().all(|page| page.name != "traps.html"));
    let report = "https://github.com/tokio-rs/tokio/issues/4941";
    content.traps = vec![traps("tokio-slot", report)];
    let pages = site(&content).unwrap();
    assert_sound(&pages);
    let html = page(&pages, "traps.html");
    for part in [
        "<a href=\"traps.html\">",
        "1 shown, 0 could not be shown here, 0 not here, 0 with a remedy",
        "<a href=\"#trap-1\">tokio-slot</a>",
        "<td class=\"exempt\">late<td>200 ms late",
        "<td class=\"passed\">right",
        "<li><i class=k>fn</i> <i class=f>of</i>",
        "<a href=\"https://github.com/tokio-rs/tokio/issues/4941\" rel=",
        "Not all traps were tried.",
        "aria-label=\"waits by task\"",
        "aria-label=\"tokio-slot by worker\"",
        "The watchdog ended it: what was open then ends there.",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for elsewhere in
        ["https://example.org/", "javascript:alert(1)", "https://github.com/\""]
    {
        let name = "<script>alert(1)</script>";
        content.traps = vec![traps(name, elsewhere)];
        let pages = site(&content).unwrap();
        assert_sound(&pages);
        let html = page(&pages, "traps.html");
        assert!(!html.contains("href=\"https://"), "{elsewhere}");
        assert!(!html.contains("<script>alert"), "{elsewhere}");
        assert!(html.contains("&lt;script&gt;"), "{elsewhere}");
    }
}

#[test]
fn claims_are_ratios_with_verdicts() {
    let mut content = content(Vec::new());
    let names = site(&content).unwrap();
    assert!(names.iter().all(|page| page.name != "claims.html"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../claims/published/claims.json");
    let document = Document::read(&path).unwrap();
    let mut published = Published::of(&document).unwrap();
    published.findings[0].claim = "<b>a claim</b>".into();
    published.findings[1].found = Found::Missing("no <i>Python".into());
    content.claims = vec![published];
    let pages = site(&content).unwrap();
    assert_sound(&pages);
    let html = page(&pages, "claims.html");
    for part in [
        "<a href=\"claims.html\">",
        "&#60;b&#62;a claim",
        "not measured: no &#60;i&#62;Python",
        "<td class=\"passed\">holds",
        "CPython 3.13.0",
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
        cpu: Vec::new(),
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
    let pages = site(&content).unwrap();
    let html = page(&pages, "workload-max.html");
    assert!(html.contains("<figure class=\"lane\" data-model=\"rayon\""));
    assert!(!html.contains("<figure class=\"lane\" data-model=\"tokio\""));
    assert!(html.contains("tokio: its steps are too short"));
    assert!(html.contains("threads: died"));
}
