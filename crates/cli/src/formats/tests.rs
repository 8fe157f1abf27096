//! The page has every column and key that is printed, and no other.

use super::PAGE;
use crate::args::{Format, Selection};
use crate::catalogue::questions;
use crate::select::Cells;
use crate::{
    advise, changes, check, claims, crossover, doctor, faults, list, map, metg,
    planned, printed, rank, traps,
};
use lanes_claims::{Found, Published};
use lanes_core::trace::{Span, State};
use lanes_core::{Input, Size, rows};
use lanes_measure::apart::Apart;
use lanes_measure::change::{Change, Compared, Finding, Outcome};
use lanes_measure::crossover::Crossover;
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::faults::{Case, Faults, Judged, Observed, Verdict};
use lanes_measure::map::{Axes, Parameter};
use lanes_measure::metg::Metg;
use lanes_measure::ranking;
use lanes_measure::results::{Hop, Results};
use lanes_measure::statistics::{Grade, Interval};
use lanes_measure::summary::Scale;
use lanes_measure::traps::{Outcome as TrapOutcome, Ran, Recorded, Traps};
use lanes_traps::TRAPS;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

type Names = BTreeSet<String>;

/// The names in the tables of a section whose first heading is this one.
fn documented(section: &str, heading: &str) -> Vec<String> {
    let mut sections = PAGE.split("\n# ").filter(|text| {
        let title = text.lines().next().unwrap_or_default();
        title.split('`').any(|part| part == section)
    });
    let text = sections.next().unwrap_or_else(|| panic!("no {section}"));
    let head = format!("| {heading} |");
    let table = text.lines().skip_while(|line| !line.starts_with(&head));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.split('|').nth(1).unwrap_or_default());
    // Between each two backticks there is a name.
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.flat_map(expanded).collect()
}

/// `a.{b,c}` as `a.b` and `a.c`.
fn expanded(name: &str) -> Vec<String> {
    let Some((start, rest)) = name.split_once('{') else {
        return vec![name.to_owned()];
    };
    let (inner, end) = rest.split_once('}').unwrap();
    let each = |part: &str| expanded(&format!("{start}{part}{end}"));
    inner.split(',').flat_map(each).collect()
}

/// The paths to all values but null.
fn paths(value: &Value, path: &str, to: &mut Names) {
    // Their keys are names of the user's or numbers.
    const FREE: [&str; 3] = ["parameters", "versions", "latencies"];
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            let last = path.rsplit('.').next().unwrap_or_default();
            for (key, value) in fields {
                let key = if FREE.contains(&last) { "*" } else { key };
                let dot = if path.is_empty() { "" } else { "." };
                paths(value, &format!("{path}{dot}{key}"), to);
            }
        }
        Value::Array(all) => {
            let path = format!("{path}[]");
            all.iter().for_each(|value| paths(value, &path, to));
        }
        _ => {
            to.insert(path.to_owned());
        }
    }
}

/// The keys of these documents are those that the page has for a section.
fn has_keys(section: &str, documents: &[Value]) {
    let mut printed = Names::new();
    for document in documents {
        paths(document, "", &mut printed);
    }
    let documented = documented(section, "key");
    assert_eq!(printed, documented.into_iter().collect(), "{section}");
}

fn value(document: impl Serialize) -> Value {
    // As text, in which infinite numbers are null.
    let text = serde_json::to_string(&document).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn published(name: &str) -> Results {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Results::load(&root.join("../report/published").join(name)).unwrap()
}

#[test]
fn columns_are_those_that_are_printed() {
    for (section, columns) in [
        ("lanes run", &printed::COLUMNS[..]),
        ("lanes run --list", &planned::LIST),
        ("lanes run --dry-run", &planned::DRY_RUN),
        ("lanes cmp", &changes::COLUMNS),
        ("lanes duel", &changes::COLUMNS),
        ("lanes rank", &rank::COLUMNS),
        ("lanes list", &list::COLUMNS),
        ("lanes check", &check::COLUMNS),
        ("lanes doctor", &doctor::COLUMNS),
        ("lanes claims", &claims::COLUMNS),
        ("lanes faults", &faults::grid::COLUMNS),
        ("lanes faults --nodes", &faults::nodes::COLUMNS),
        ("lanes traps", &traps::printed::COLUMNS),
        ("lanes traps --list", &traps::listed::COLUMNS),
        ("lanes traps --questions", &traps::asked::COLUMNS),
        ("lanes map", &map::printed::COLUMNS),
        ("lanes advise", &advise::printed::COLUMNS),
        ("lanes metg", &metg::printed::COLUMNS),
        ("lanes crossover", &crossover::printed::COLUMNS),
    ] {
        assert_eq!(documented(section, "column"), columns, "{section}");
    }
}

#[test]
fn keys_of_a_session_are_those_of_its_file() {
    let mut one = published("1-quick.json");
    let two = published("3-python.json");
    // What a session has seldom.
    one.build.compared = Some(["a", "b"].map(String::from));
    let row = &mut one.rows[0];
    row.hops = vec![Hop { visit: 0, seconds: 25e-9 }];
    row.limits[0].work = vec![25e-3];
    row.limits[0].span = vec![1e-3];
    row.contenders[0].saturated = 1;
    row.samples[0].sample.grown_bytes = Some(4096);
    row.samples[0].sample.vain = Some(1);
    row.contenders[0].answers_only = true;
    row.contenders[0].nodes = true;
    row.contenders[0].input = Some(Input::Local);
    row.contenders[0].namespaces = true;
    row.contenders[0].starts = vec![0.1];
    row.samples[0].moved_bytes = Some(4096);
    row.contenders[0].failure = Some(Failure::new(Cause::Died, "why"));
    let summary = row.summary.as_mut().unwrap();
    let ratio = Interval { low: -0.1, median: 0.0, high: 0.1 };
    let (moved, start) = (Some(4096.0), Some(0.1));
    summary.scale = vec![Scale { contender: 0, one: 0, ratio, moved, start }];
    let standings = summary.groups[0].standings.iter_mut();
    for (standing, grade) in standings.zip([
        Grade::Fastest,
        Grade::AsFast { within: 0.1 },
        Grade::AtMost { within: 0.2 },
        Grade::Slower { low: 0.1, high: 0.2 },
        Grade::Open { more_visits: Some(7) },
    ]) {
        standing.grade = Some(grade);
    }
    has_keys("lanes run", &[value(one), value(two)]);
}

#[test]
fn keys_of_changes_are_those_of_every_outcome() {
    let failure = || Failure::new(Cause::Wrong, "why");
    let measured = |finding| Outcome::Measured { finding, regressed: false };
    let outcomes = [
        measured(Finding::Slower { low: 0.1, high: 0.2 }),
        measured(Finding::Faster { low: 0.1, high: 0.2 }),
        measured(Finding::Same { within: 0.1 }),
        measured(Finding::Inconclusive),
        Outcome::Unmeasured,
        Outcome::Moved { before: 25e-9, after: 175e-9 },
        Outcome::Gone,
        Outcome::New,
        Outcome::Broken(failure()),
        Outcome::Repaired(failure()),
        Outcome::Fails(failure()),
    ];
    let change = |outcome| Change {
        workload: "max".into(),
        size: "1".into(),
        name: "rayon".into(),
        workers: 2,
        seconds: [Some(1.0); 2],
        visits: [8; 2],
        compared: Compared::Absolute,
        ratio: Some(Interval { low: 0.9, median: 1.0, high: 1.1 }),
        visible: Some(0.1),
        outcome,
    };
    let all: Vec<Change> = outcomes.into_iter().map(change).collect();
    let json = changes::text(&all, None, Format::Json).unwrap();
    has_keys("lanes cmp", &[serde_json::from_str(&json).unwrap()]);
    let csv = changes::text(&all, None, Format::Csv).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for record in reader.records() {
        let record = record.unwrap();
        // A number, a name or a word; what went wrong has a field of its own.
        for field in record.iter().take(record.len() - 1) {
            assert!(!field.contains([' ', '%']), "{field:?} in {record:?}");
        }
    }
}

#[test]
fn keys_of_rankings_are_those_of_both_kinds() {
    let results = [published("1-quick.json")];
    let all = ranking::rank(&results, &[], 0.95);
    let mut value = value(&all);
    value[0]["partial"] = serde_json::json!(["a"]);
    has_keys("lanes rank", &[value]);
}

#[test]
fn keys_of_what_is_listed_and_planned_and_checked() {
    let selection = Selection {
        filters: vec!["max".into(), "fib".into()],
        ..Selection::default()
    };
    let rows = || rows(Size::Quick);
    let cells = Cells::of_all(&selection, rows(), false).unwrap();
    has_keys("lanes list", &[value(list::listed(&cells))]);
}

#[test]
fn keys_of_claims_are_those_that_are_published() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../claims/published/claims.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut published: Published = serde_json::from_str(&text).unwrap();
    let mut missing = published.findings[0].clone();
    missing.found = Found::Missing("why".into());
    published.findings.push(missing);
    has_keys("lanes claims", &[value(published)]);
}

#[test]
fn keys_of_faults_are_those_of_their_file() {
    let Results { machine, build, .. } = published("1-quick.json");
    let mut faults = Faults::new("now".into(), machine, build);
    let name = || "a".to_owned();
    faults.models = vec![name()];
    faults.libraries = vec![name()];
    let verdict = Verdict::Broken;
    faults.cases = vec![Case {
        name: name(),
        asks: name(),
        here: vec![Judged { verdict, why: name(), seconds: 1.0 }],
        alone: vec![Observed { what: name(), detail: name() }],
    }];
    has_keys("lanes faults", &[value(faults)]);
    has_keys("lanes faults --nodes", &[value([faults::nodes::example()])]);
}

#[test]
fn keys_of_traps_are_those_of_their_file() {
    let Results { machine, build, .. } = published("1-quick.json");
    let mut found = Traps::new("now".into(), machine, build);
    found.pythons = vec!["CPython 3".into()];
    let mut trap = TRAPS[0].untried();
    trap.missing = Some("why".into());
    let detail = "why".to_owned();
    let figure = Some(1.0);
    let ran = Ran { outcome: TrapOutcome::Right, figure, detail };
    for side in [&mut trap.without].into_iter().chain(&mut trap.remedies) {
        side.runs.push(ran.clone());
        let (begin, end, cpu) = (1, 2, Some(1));
        let (task, worker, state) = (0, Some(0), State::Lock);
        let span = Span { task, worker, state, begin, end, cpu };
        side.recorded = Some(Recorded {
            hung: true,
            end,
            tasks: vec!["a".into()],
            workers: vec!["main".into()],
            spans: vec![span],
        });
    }
    trap.judge(1);
    found.traps.push(trap);
    has_keys("lanes traps", &[value(found)]);
    let listed = [traps::listed::listed(&TRAPS[0])];
    has_keys("lanes traps --list", &[value(listed)]);
    has_keys("lanes traps --questions", &[value(questions())]);
}

/// The example of a file of this kind that fuzzing begins with.
fn example(kind: &str) -> std::path::PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("../fuzz/corpus").join(kind).join("whole.json")
}

#[test]
fn keys_of_studies_are_those_of_their_files() {
    let mut metg = Metg::load(&example("metg")).unwrap();
    metg.apart = Some(Apart { low: 22e-9, high: 28e-9 });
    let rungs = metg.curves.iter_mut().flat_map(|curve| &mut curve.rungs);
    for seen in rungs.flat_map(|rung| &mut rung.visits) {
        seen.hop = Some(25e-9);
    }
    has_keys("lanes metg", &[value(metg)]);
    let crossover = Crossover::load(&example("crossover")).unwrap();
    has_keys("lanes crossover", &[value(crossover)]);
}

#[test]
fn keys_of_advice_are_those_of_every_kind_of_model() {
    let advice = advise::tests::example();
    has_keys("lanes advise", &[serde_json::from_str(&advice).unwrap()]);
}

#[test]
fn a_map_has_the_keys_of_a_session_and_its_own() {
    let mut map = published("1-quick.json");
    let mut before = Names::new();
    paths(&value(&map), "", &mut before);
    map.map = Some(Axes { x: Parameter::Compute, y: Parameter::Wait });
    let mut after = Names::new();
    paths(&value(&map), "", &mut after);
    let added = after.difference(&before).cloned().collect::<Names>();
    let documented = documented("lanes map", "key");
    assert_eq!(added, documented.into_iter().collect());
}

#[test]
fn names_in_braces_are_several() {
    assert_eq!(expanded("a.{b,c}.{d,e}").len(), 4);
    assert_eq!(expanded("a[].b"), ["a[].b"]);
    let mut found = Names::new();
    let value = serde_json::json!({"a": [{"b": 1, "c": null}], "d": []});
    paths(&value, "", &mut found);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a[].b"]);
}
