//! Pictures as a reader's program sees them.

use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::Subtasks;
use lanes_core::{Config, Context, Error, Job, Model, Run, Watch};
use lanes_threads::Threads;
use lanes_timeline::{
    Doing, MOST_BYTES, MOST_ROWS, Picture, Timeline, View, critical_path,
    dress, strips, svg, totals,
};
use proptest::prelude::*;
use roxmltree::Document;
use std::time::Duration;

const UNIT: Duration = Duration::from_millis(20);
const BOTH: [View; 2] = [View::Tasks, View::Workers];

fn picture(timelines: Vec<Timeline>) -> Picture {
    let views = BOTH.to_vec();
    Picture { title: "Test".into(), views, timelines, ..Picture::default() }
}

/// The three subtasks one after the other.
fn sequential() -> Timeline {
    let parts = [
        (0, Some(0), State::Compute, 0.0, 1.0),
        (0, Some(0), State::Io, 1.0, 4.0),
        (0, Some(0), State::Compute, 4.0, 5.0),
        (1, Some(0), State::Compute, 5.0, 6.0),
        (1, Some(0), State::Io, 6.0, 7.0),
        (1, Some(0), State::Compute, 7.0, 8.0),
        (2, Some(0), State::Compute, 8.0, 10.0),
    ];
    Timeline::drawn("sequential", UNIT, &parts).unwrap()
}

/// Very short spans of many tasks, of which no two neighbours are alike.
fn noise(spans: usize, tasks: usize, workers: usize) -> Timeline {
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let mut now = vec![0u64; workers];
    let one = |_| {
        let worker = random(workers);
        let begin = now[worker] + random(300) as u64;
        let end = begin + 1 + random(900) as u64;
        now[worker] = end;
        let states = [State::Compute, State::Io, State::Lock];
        let (task, state) = (random(tasks), states[random(3)]);
        let cpu = Some(random(1000) as u64);
        Span { task, worker: Some(worker), state, begin, end, cpu }
    };
    let spans: Vec<Span> = (0..spans).map(one).collect();
    let end = spans.iter().map(|span| span.end).max().unwrap();
    let name = "noise".to_owned();
    Timeline { name, spans, end, ..Timeline::default() }
}

/// All text of a document.
fn text(document: &str) -> String {
    let document = Document::parse(document).unwrap();
    let nodes = document.descendants().filter(|node| node.is_text());
    let nodes = nodes.filter_map(|node| node.text());
    nodes.collect::<Vec<_>>().join("\n")
}

/// The paths of the bars with this look, one string for each row.
fn bars(document: &str, look: &str) -> Vec<String> {
    let document = Document::parse(document).unwrap();
    let nodes = document.descendants();
    let paths = nodes.filter(|node| node.tag_name().name() == "path");
    let paths = paths.filter(|node| node.attribute("class") == Some(look));
    paths.map(|node| node.attribute("d").unwrap().to_owned()).collect()
}

#[test]
fn bars_stand_where_the_times_are() {
    let views = vec![View::Tasks];
    let picture =
        Picture { unit: Some(UNIT), views, ..picture(vec![sequential()]) };
    let document = svg(&picture).unwrap();
    // The third subtask: its last two units of ten.
    let [last] = &bars(&document, "c2")[..] else { panic!("one row") };
    let (x, rest) = last[1..].split_once(" 0h").unwrap();
    let (long, _) = rest.split_once('v').unwrap();
    let [x, long] = [x, long].map(|text| text.parse::<f64>().unwrap());
    assert!((x / long - 4.0).abs() < 0.05, "{last}");
    // The first: two bars of one unit, and a wait of three between them.
    assert_eq!(bars(&document, "c0")[0].matches('M').count(), 2);
    let waits = bars(&document, "io");
    assert_eq!(waits.len(), 2);
    // The others are ready before they begin, and no one after it ended.
    let ready = bars(&document, "ready");
    assert_eq!(ready.len(), 2);
    assert!(ready.iter().all(|path| path.starts_with("M0 0h")));
    assert!(ready.iter().all(|path| path.matches('M').count() == 1));
    assert!(bars(&document, "idle").is_empty());
}

#[test]
fn totals_have_units_and_milliseconds() {
    let with = Picture { unit: Some(UNIT), ..picture(vec![sequential()]) };
    let shown = text(&svg(&with).unwrap());
    for part in [
        "10.0 U · 200 ms",
        "critical path 10.0 U = compute 6.0 + I/O 4.0",
        "U = 20 ms",
        "waiting for I/O",
        "ready, waiting for a worker",
        "drawn, not measured",
    ] {
        assert!(shown.contains(part), "{part}");
    }
    let without = text(&svg(&picture(vec![sequential()])).unwrap());
    assert!(without.contains("critical path 200 ms = compute 120 ms"));
    assert!(!without.contains("U = "));
}

#[test]
fn a_futures_wait_is_a_row_of_its_task_only() {
    let parts = [
        (0, Some(0), State::Compute, 0.0, 1.0),
        (0, None, State::Io, 1.0, 4.0),
    ];
    let timeline = Timeline::drawn("future", UNIT, &parts).unwrap();
    let document = svg(&picture(vec![timeline.clone()])).unwrap();
    assert_eq!(bars(&document, "io").len(), 1);
    assert_eq!(bars(&document, "idle").len(), 1);
    assert_eq!(bars(&document, "away").len(), 1);
    assert!(text(&document).contains("they hold no worker (1 wait)"));
    let by_task =
        Picture { views: vec![View::Tasks], ..picture(vec![timeline]) };
    assert!(!text(&svg(&by_task).unwrap()).contains("hold no worker"));
}

/// Two threads on one core, half of the time each, as measured.
fn shared() -> Timeline {
    let compute = State::Compute;
    let parts =
        [(0, Some(0), compute, 0.0, 2.0), (1, Some(1), compute, 0.0, 2.0)];
    let mut shared = Timeline::drawn("shared", UNIT, &parts).unwrap();
    shared.drawn = false;
    for span in &mut shared.spans {
        span.cpu = Some(20_000_000);
    }
    shared
}

#[test]
fn what_was_preempted_is_drawn_apart_at_the_end() {
    let document = svg(&picture(vec![shared()])).unwrap();
    for task in 0..2 {
        // By task and by worker.
        let computes = bars(&document, &format!("c{task}"));
        let preempted = bars(&document, &format!("p{task}"));
        assert_eq!((computes.len(), preempted.len()), (2, 2));
        let number = |path: &str, from: char, to: &str| {
            let (_, rest) = path.split_once(from).unwrap();
            rest.split_once(to).unwrap().0.parse::<f64>().unwrap()
        };
        for (computes, preempted) in computes.iter().zip(&preempted) {
            let long = number(computes, 'h', "v");
            assert!(computes.starts_with("M0 0h"), "{computes}");
            assert!((number(preempted, 'M', " 0") - long).abs() < 1.5);
            assert!((number(preempted, 'h', "v") - long).abs() < 1.5);
        }
    }
    let shown = text(&document);
    for part in [
        "preempted: ready, but the thread was not on a core",
        "it is drawn at the end",
        "critical path 40.0 ms = compute 20.0 ms + preempted 20.0 ms",
        "computing 20.0 ms, preempted 20.0 ms",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(document.matches("<title>computing 20.0 ms").count(), 4);
    assert!(document.contains("<pattern id=\"lanes-p1\""));
    assert!(!shown.contains("CPU time"), "{shown}");
    let strips = strips(&picture(vec![shared()]), MOST_BYTES).unwrap();
    assert!(strips.legend.contains("preempted: ready"));
    assert!(strips.remarks.iter().any(|line| line.contains("at the end")));
    let (css, tiles) = dress([&strips].into_iter());
    assert!(css.contains(".lanes .p0{") && tiles.contains("lanes-p0"));
}

#[test]
fn what_is_not_known_is_not_drawn_as_nothing() {
    let blind = "CPU times were not recorded";
    let mut unknown = shared();
    unknown.spans[1].cpu = None;
    let document = svg(&picture(vec![unknown.clone()])).unwrap();
    let shown = text(&document);
    assert!(shown.contains("Of 1 of 2 spans of computing the CPU time is not"));
    assert!(shown.contains("of 40.0 ms it is not known how much"), "{shown}");
    assert!(bars(&document, "p1").is_empty() && !shown.contains(blind));
    // All of it is said once, and once for each of those without.
    unknown.spans[0].cpu = None;
    let several = picture(vec![unknown.clone(), unknown.clone()]);
    let shown = text(&svg(&several).unwrap());
    assert_eq!(shown.matches(blind).count(), 1, "{shown}");
    assert!(!shown.contains("spans of computing"), "{shown}");
    let mixed = picture(vec![unknown, shared()]);
    let shown = text(&svg(&mixed).unwrap());
    assert!(shown.contains("Of 2 of 2 spans of computing"), "{shown}");
    assert!(!shown.contains(blind), "{shown}");
    // A drawing means what it draws.
    let drawn = text(&svg(&picture(vec![sequential()])).unwrap());
    assert!(!drawn.contains(blind) && !drawn.contains("not known"));
}

#[test]
fn nothing_that_is_named_becomes_markup() {
    let bad = "<script>alert(\"1\")</script> & 'x' ]]> \u{1b}";
    let mut timeline = sequential();
    timeline.name = bad.into();
    timeline.heading = Some(bad.into());
    timeline.note = Some(bad.into());
    timeline.tasks = vec![bad.into(); 3];
    timeline.workers = vec![bad.into()];
    let timelines = vec![timeline];
    let picture = Picture {
        title: bad.into(),
        subtitle: bad.into(),
        above: bad.into(),
        below: bad.into(),
        unit: None,
        views: BOTH.to_vec(),
        timelines,
    };
    let document = svg(&picture).unwrap();
    assert!(!document.contains("<script"));
    let tree = Document::parse(&document).unwrap();
    let root = tree.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let child = |name: &str| {
        let mut children = root.children();
        children.find(|node| node.tag_name().name() == name).unwrap()
    };
    assert!(child("title").text().unwrap().starts_with("<script>alert(\"1\""));
    assert!(child("desc").text().unwrap().contains("<script>alert"));
    let shown = text(&document);
    // Title, description, name, each also as shown; heading, note, and the
    // lines around.
    assert!(shown.matches("<script>alert(\"1\")</script>").count() >= 9);
}

#[test]
fn a_document_stands_alone() {
    let document = svg(&picture(vec![sequential()])).unwrap();
    let rest = document.replace("http://www.w3.org/2000/svg", "");
    for outside in ["http", "href", "@import", "<script", "<image", "<use"] {
        assert!(!rest.contains(outside), "{outside}");
    }
    let tree = Document::parse(&document).unwrap();
    for node in tree.descendants() {
        let class = node.attribute("class").unwrap_or("");
        if matches!(class, "c0" | "c1" | "c2" | "io" | "idle" | "ready") {
            assert!(document.contains(&format!(".lanes .{class}{{fill")));
        }
    }
    let used = document.matches("url(#lanes-").count();
    assert_eq!(used, document.matches("<pattern id=\"lanes-").count());
}

#[test]
fn the_same_picture_is_the_same_text() {
    let picture = picture(vec![noise(5000, 40, 7), sequential()]);
    assert_eq!(svg(&picture).unwrap(), svg(&picture.clone()).unwrap());
}

#[test]
fn very_many_spans_are_merged_and_a_note_says_so() {
    let many = noise(100_000, 1000, 300);
    let narrow = |document: &str| {
        let found = text(document);
        let line =
            found.lines().find(|line| line.starts_with("Short spans merged: "));
        line.unwrap().to_owned()
    };
    let one = svg(&picture(vec![many.clone()])).unwrap();
    assert!(one.len() <= MOST_BYTES, "{}", one.len());
    let found = narrow(&one);
    assert!(found.contains(" of 100,000 are narrower than"), "{found}");
    assert_eq!(one.matches("tasks 0–49<").count(), 1);
    let shown = text(&one);
    assert!(shown.contains("Each colour stands for 50 tasks"));
    assert!(shown.contains("A row of several workers"));
    let rows = shown.lines().filter(|line| {
        line.starts_with("tasks ") || line.starts_with("workers ")
    });
    assert!(rows.count() <= 2 * MOST_ROWS);
    let several = svg(&picture(vec![many; 4])).unwrap();
    assert!(several.len() <= MOST_BYTES, "{}", several.len());
}

#[test]
fn what_does_not_fit_is_refused() {
    let small = noise(2000, 24, 24);
    let error = svg(&picture(vec![small; 60])).unwrap_err();
    let found = error.to_string();
    assert!(
        found.contains("60 timelines does not fit into 300,000"),
        "{found}"
    );
    let long = Picture {
        above: "word ".repeat(80_000),
        ..picture(vec![sequential()])
    };
    assert!(matches!(svg(&long), Err(Error::Invalid(_))));
}

#[test]
fn what_is_not_a_picture_is_refused() {
    let why = |picture: &Picture| svg(picture).unwrap_err().to_string();
    let empty = Timeline { name: "gil".into(), ..Timeline::default() };
    let found = why(&picture(vec![sequential(), empty.clone()]));
    assert!(found.contains("the trace of \"gil\" has no spans: "), "{found}");
    assert!(critical_path(&empty).is_err() && totals(&empty).is_err());
    assert!(why(&picture(vec![])).contains("without a timeline"));
    let blind = Picture { views: vec![], ..picture(vec![sequential()]) };
    assert!(why(&blind).contains("without a view"));
    let unit = Some(Duration::ZERO);
    let zero = Picture { unit, ..picture(vec![sequential()]) };
    assert!(why(&zero).contains("unit is zero"));
    let late = Timeline { begin: 1, ..sequential() };
    assert!(why(&picture(vec![late])).contains("outside the run"));
}

#[test]
fn a_note_says_that_colours_repeat() {
    let parts: Vec<_> = (0..12)
        .map(|task| {
            (task, Some(0), State::Compute, task as f64, task as f64 + 1.0)
        })
        .collect();
    let twelve = Timeline::drawn("twelve", UNIT, &parts).unwrap();
    let document = svg(&picture(vec![twelve])).unwrap();
    assert!(text(&document).contains("Colours repeat every 8 tasks"));
    // By task and by worker: a look of its own for each.
    for task in 0..12 {
        assert_eq!(bars(&document, &format!("c{task}")).len(), 2);
    }
    let three = svg(&picture(vec![sequential()])).unwrap();
    assert!(!text(&three).contains("Colours repeat"));
}

#[test]
fn a_measured_run_has_a_path_of_its_length() {
    let plan = Subtasks { unit: Duration::from_millis(2), rounds: None };
    let model = Threads::start(&Config::new(3).unwrap()).unwrap();
    let trace = Trace::new();
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    let job = Job::new(&plan, 7).unwrap();
    let job = job.under(&Context::watching(watch).unwrap());
    let begin = trace.now();
    model.run(&job).unwrap();
    let timeline = Timeline {
        name: model.name().into(),
        spans: trace.spans(),
        workers: trace.workers(),
        begin,
        end: trace.now(),
        ..Timeline::default()
    };
    let path = critical_path(&timeline).unwrap();
    let last = timeline.spans.iter().map(|span| span.end).max().unwrap();
    assert_eq!(path.length(), Duration::from_nanos(last - begin));
    assert!(path.compute() > Duration::ZERO);
    assert!(path.steps.iter().all(|step| step.doing != Doing::Idle));
    // The longest subtask waits for three units, and its answer is not early.
    let sums = totals(&timeline).unwrap();
    assert!(sums.tasks[0].io >= Duration::from_millis(6));
    assert!(sums.wall >= path.length());
    assert!((0.0..=1.0).contains(&sums.utilisation));
    let picture = Picture { unit: Some(plan.unit), ..picture(vec![timeline]) };
    assert!(text(&svg(&picture).unwrap()).contains("threads"));
}

fn timelines() -> impl Strategy<Value = Vec<Timeline>> {
    let states = [State::Compute, State::Io, State::Lock];
    let number = prop_oneof![0..5usize, 0..500usize, Just(usize::MAX)];
    let worker = prop::option::of(number.clone());
    let time = prop_oneof![0..100u64, 0..1_000_000_000u64, Just(u64::MAX)];
    let state = (0..3usize).prop_map(move |index| states[index]);
    let cpu = prop::option::of(time.clone());
    let span = (number, worker, state, time.clone(), time, cpu);
    let span = span.prop_map(|(task, worker, state, one, other, cpu)| {
        let (begin, end) = (one.min(other), one.max(other));
        Span { task, worker, state, begin, end, cpu }
    });
    let timeline = (prop::collection::vec(span, 0..40), "\\PC{0,40}");
    let timeline = timeline.prop_map(|(spans, name)| {
        let begin = spans.iter().map(|span| span.begin).min().unwrap_or(0);
        let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
        let tasks = vec![name.clone()];
        Timeline { name, spans, begin, end, tasks, ..Timeline::default() }
    });
    prop::collection::vec(timeline, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the trace: a document that parses, with numbers in it, or an
    /// error; never a panic.
    #[test]
    fn any_trace_is_a_document_or_an_error(
        timelines in timelines(),
        unit in prop::option::of(1..u64::MAX),
    ) {
        let unit = unit.map(Duration::from_nanos);
        let picture = Picture { unit, ..picture(timelines) };
        match svg(&picture) {
            Err(error) => prop_assert!(matches!(error, Error::Invalid(_))),
            Ok(document) => {
                let tree = Document::parse(&document).unwrap();
                for node in tree.descendants() {
                    for attribute in node.attributes() {
                        let value = attribute.value();
                        prop_assert!(!value.contains("NaN"), "{}", value);
                        prop_assert!(!value.contains("inf"), "{}", value);
                    }
                }
                prop_assert!(document.len() <= MOST_BYTES);
            }
        }
        for timeline in &picture.timelines {
            if let Ok(totals) = totals(timeline) {
                prop_assert!(totals.utilisation <= 1.000_001);
                // Without CPU times nothing but the split is another.
                let mut unknown = timeline.clone();
                for span in &mut unknown.spans {
                    span.cpu = None;
                }
                let plain = lanes_timeline::totals(&unknown).unwrap();
                for (one, other) in totals.tasks.iter().zip(&plain.tasks) {
                    prop_assert_eq!(
                        one.compute + one.preempted,
                        other.compute
                    );
                    prop_assert_eq!(other.unknown, other.compute);
                    prop_assert_eq!(one.io, other.io);
                    prop_assert_eq!(one.ready, other.ready);
                }
            }
        }
    }
}
