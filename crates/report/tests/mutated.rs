//! Files with errors in any place: each is refused, or summed up, ranked,
//! compared and drawn without a panic.

use lanes_core::seed::{Numbers, numbers};
use lanes_measure::change::{Limits, changes};
use lanes_measure::document::Unreadable;
use lanes_measure::ranking::rank;
use lanes_measure::results::Results;
use lanes_measure::summarize::summarize;
use lanes_report::{Catalogue, Content, ResultFile, site};
use lanes_timeline::Traces;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// How many files of each kind are tried.
const MANY: usize = 3000;

/// What stands in the place of a value.
fn strange(random: &mut Numbers, old: &Value) -> Value {
    let all = [
        json!(null),
        json!(0),
        json!(1),
        json!(-1),
        json!(7),
        json!(usize::MAX),
        json!(u64::MAX - 1),
        json!((1u64 << 53) + 1),
        json!(1u64 << 53),
        json!(1e308),
        json!(-1e308),
        json!(1e-320),
        json!(0.5),
        json!(true),
        json!(""),
        json!("\u{1b}[31m\0<script>"),
        json!("x".repeat(100_000)),
        json!([]),
        json!({}),
        json!([old, old]),
        json!(old.as_u64().unwrap_or(3).saturating_add(1)),
        json!(old.as_u64().unwrap_or(3).saturating_sub(1)),
        json!(old.as_f64().unwrap_or(3.0) * 2.0),
        json!({"low": 2.0, "median": 1.0, "high": null}),
    ];
    all[below(random, all.len())].clone()
}

fn below(random: &mut Numbers, count: usize) -> usize {
    (random.next().unwrap() % count as u64) as usize
}

/// Changes one value, somewhere.
fn mutate(value: &mut Value, random: &mut Numbers) {
    let inside = match value {
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        _ => 0,
    };
    if inside == 0 || below(random, 12) == 0 {
        *value = strange(random, value);
        return;
    }
    let at = below(random, inside);
    match value {
        Value::Array(list) => match below(random, 24) {
            0 => drop(list.remove(at)),
            1 => list.push(list[at].clone()),
            _ => mutate(&mut list[at], random),
        },
        Value::Object(map) => {
            let key = map.keys().nth(at).unwrap().clone();
            match below(random, 24) {
                0 => drop(map.remove(&key)),
                _ => mutate(map.get_mut(&key).unwrap(), random),
            }
        }
        _ => {}
    }
}

/// The file with some errors, or with bytes that are not its own.
fn broken(whole: &Value, random: &mut Numbers) -> Vec<u8> {
    let mut value = whole.clone();
    for _ in 0..=below(random, 3) {
        mutate(&mut value, random);
    }
    let mut text = value.to_string().into_bytes();
    match below(random, 10) {
        0 => text.truncate(below(random, text.len().max(1))),
        1 if !text.is_empty() => {
            let at = below(random, text.len());
            text[at] = random.next().unwrap() as u8;
        }
        _ => {}
    }
    text
}

fn published(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("published");
    let text = fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A published session, with few rows, contenders and visits.
fn session() -> Value {
    let mut session = published("3-python.json");
    let rows = session["rows"].as_array_mut().unwrap();
    rows.retain(|row| {
        ["event", "fetch"].contains(&row["workload"].as_str().unwrap())
    });
    for row in rows {
        let samples = row["samples"].as_array_mut().unwrap();
        samples.retain(|taken| taken["visit"].as_u64() < Some(3));
        assert!(!samples.is_empty());
        let text = row.to_string();
        let mut result = serde_json::from_str(&text).unwrap();
        let summary = summarize(&result, 0.95, 0.1);
        result.summary = summary;
        *row = serde_json::to_value(result).unwrap();
    }
    session
}

fn draw(sessions: Vec<Results>, traces: Vec<Traces>) {
    let sessions = sessions
        .into_iter()
        .map(|results| ResultFile { name: "0.json".into(), results });
    let mut content = Content {
        catalogue: Catalogue::default(),
        sessions: Vec::new(),
        maps: Vec::new(),
        metgs: Vec::new(),
        crossovers: Vec::new(),
        traces,
        faults: Vec::new(),
        traps: Vec::new(),
        claims: Vec::new(),
        source: Err("it was not looked for".into()),
        made: "2026-01-02T00:00:00Z".into(),
        notes: Vec::new(),
    };
    sessions.for_each(|file| content.add(file));
    let pages = site(&content).unwrap();
    for page in pages {
        let html = page.html;
        assert!(!html.contains('\u{1b}') && !html.contains('\0'));
        assert!(!html.contains("<script>\""));
    }
}

/// Loads each broken file, and does something with those that are accepted; how
/// many those are.
fn each<T>(
    whole: &Value,
    load: impl Fn(&Path) -> Result<T, Unreadable>,
    act: impl Fn(T),
) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.json");
    let mut random = numbers(7);
    let mut accepted = 0;
    fs::write(&path, whole.to_string()).unwrap();
    act(load(&path).unwrap_or_else(|error| panic!("{error}")));
    for _ in 0..MANY {
        fs::write(&path, broken(whole, &mut random)).unwrap();
        match load(&path) {
            Ok(found) => {
                accepted += 1;
                act(found);
            }
            Err(error) => {
                let error = error.to_string();
                let line = !error.chars().any(char::is_control);
                assert!(line && error.len() < 2000, "{error}");
            }
        }
    }
    accepted
}

#[test]
fn a_broken_session_is_refused_or_shown() {
    let whole = session();
    let sound: Results = serde_json::from_value(whole.clone()).unwrap();
    let limits = Limits { level: 0.95, margin: 0.1, most: 0.05 };
    let accepted = each(&whole, Results::load, |results| {
        for row in &results.rows {
            summarize(row, results.level, results.margin);
        }
        for (one, other) in [(&sound, &results), (&results, &sound)] {
            for absolute in [false, true] {
                changes(one, other, absolute, &limits);
            }
        }
        let both = [sound.clone(), results];
        rank(&both, &[], 0.95);
        let [_, results] = both;
        draw(vec![results], Vec::new());
    });
    // What is not read is no matter, and most numbers may be others.
    assert!((MANY / 20..MANY).contains(&accepted), "{accepted}");
}

#[test]
fn broken_traces_are_refused_or_drawn() {
    let mut whole = published("all.traces.json");
    let workloads = whole["scenes"].as_array_mut().unwrap();
    workloads.truncate(2);
    for of in workloads {
        let models = of["models"].as_array_mut().unwrap();
        models.truncate(3);
        for model in models {
            let spans = model["run"]["spans"].as_array_mut().unwrap();
            spans.truncate(20);
            // An index would enter what older files do not have.
            if let Some(cpu) = model["run"].get_mut("cpu") {
                cpu.as_array_mut().unwrap().truncate(20);
            }
        }
    }
    let accepted = each(&whole, Traces::load, |traces| {
        draw(Vec::new(), vec![traces]);
    });
    // Most of it is places and times.
    assert!((MANY / 100..MANY).contains(&accepted), "{accepted}");
}
