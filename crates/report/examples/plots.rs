//! Plots of made-up figures in a page, light and dark: written to the folder
//! given as the argument.

use lanes_measure::statistics::Interval;
use lanes_report::plots::{
    Finding, Scaling, Times, Whisker, definitions, latencies, ratios, scaling,
    times,
};
use std::path::Path;

const MODELS: [&str; 17] = [
    "tokio",
    "smol",
    "async-std",
    "threads",
    "crossbeam",
    "rayon",
    "timely",
    "mutex",
    "gil",
    "processes",
    "python-threads",
    "python-asyncio",
    "python-processes",
    "python-free-threads",
    "tokio-tuned",
    "rayon-tuned",
    "sequential",
];

/// A page's own colours, which the plots refer to.
const INK: &str = "
:root{--ink:#1c2024;--soft:#5b6470;--line:#d9dee3;--paper:#fff;--accent:#0b57d0}
:root[data-theme=dark]{--ink:#e6e9ec;--soft:#a0a9b3;--line:#3a424b;\
--paper:#14171a;--accent:#8ab4f8}
body{background:var(--paper);color:var(--ink);margin:16px;\
font:14px system-ui,sans-serif}
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("a folder, please")?;
    let plots = plots();
    let mut body = definitions();
    for (title, plot) in &plots {
        println!("{title}: {} bytes", plot.len());
        body.push_str(&format!("<h2>{title}</h2><div>{plot}</div>\n"));
    }
    let css = include_str!("../templates/plots.css");
    for theme in ["light", "dark"] {
        let page = format!(
            "<!doctype html><html data-theme={theme}><meta charset=utf-8>\
             <meta name=viewport content=width=device-width>\
             <title>Plots</title><style>{INK}{css}</style>{body}"
        );
        std::fs::write(
            Path::new(&folder).join(theme).with_extension("html"),
            page,
        )?;
    }
    Ok(())
}

fn plots() -> Vec<(&'static str, String)> {
    vec![
        ("A cell of the README", ratios(&fetch(), Some(&twin(0.016)))),
        ("All models", ratios(&many(17), Some(&twin(0.05)))),
        ("Nearly equal", ratios(&equal(), Some(&twin(0.01)))),
        ("Forty, with hostile names", ratios(&hostile(), Some(&twin(0.3)))),
        ("One", ratios(&fetch()[..1], None)),
        (
            "Bars",
            times(
                &named(&[0.0105, 0.0106, 0.0118, 0.0125, 0.0124, 0.0207]),
                Some(("the critical path, or all compute / workers", 0.01)),
            ),
        ),
        (
            "Dots",
            times(
                &named(&[0.0219, 0.0220, 0.0221, 0.167, 0.326, 1.9]),
                Some(("the delays, as many at once as allowed", 0.02)),
            ),
        ),
        (
            "A limit far below",
            times(
                &named(&[861e-6, 1.33e-3, 1.32e-3, f64::NAN, f64::INFINITY]),
                Some(("one thread, no lock", 42.4e-6)),
            ),
        ),
        ("No limit", times(&named(&[3.1, 2.0, 9.0]), None)),
        ("Two cores, up to four workers", scaling(&two_cores(), 2)),
        ("Seventeen on sixteen cores", scaling(&sixteen_cores(), 16)),
        ("One worker only", scaling(&one_worker(), 2)),
        ("Latencies", latencies(&some_latencies(6))),
        ("Latencies of all models", latencies(&some_latencies(17))),
        ("Of forty", latencies(&some_latencies(40))),
    ]
}

fn row(
    name: &str,
    ratio: f64,
    ends: Option<(f64, f64)>,
    finding: Finding,
) -> Whisker {
    Whisker { name: name.into(), ratio, ends, finding }
}

/// A twin that differs by so much either way.
fn twin(by: f64) -> Interval {
    Interval { low: -by, median: 0.0, high: by }
}

fn fetch() -> Vec<Whisker> {
    vec![
        row("async-std", 1.0, None, Finding::Fastest),
        row("tokio", 1.0, Some((1.0, 1.01)), Finding::AsFast),
        row("smol", 1.0, Some((1.0, 1.14)), Finding::AtMost),
        row("threads", 1.01, Some((1.0, 1.47)), Finding::Open),
        row("rayon", 7.65, Some((7.34, 7.97)), Finding::Slower),
        row("sequential", 14.9, Some((14.3, 15.5)), Finding::Slower),
    ]
}

/// Numbers that look like measured ones.
fn noise(index: usize) -> f64 {
    (index * 7919 % 101) as f64 / 101.0
}

fn many(count: usize) -> Vec<Whisker> {
    let models = (0..count).map(|index| {
        let ratio = 1.0 + 0.02 * (1.45f64.powi(index as i32) - 1.0);
        let half = 1.02 + 0.3 * noise(index);
        let finding = match index {
            0 => Finding::Fastest,
            1..3 => Finding::AsFast,
            3 => Finding::AtMost,
            _ if ratio < half => Finding::Open,
            _ => Finding::Slower,
        };
        let ends = (index > 0).then_some((ratio / half, ratio * half));
        row(MODELS[index % MODELS.len()], ratio, ends, finding)
    });
    models.collect()
}

fn equal() -> Vec<Whisker> {
    let unbounded = (f64::NEG_INFINITY, f64::INFINITY);
    vec![
        row("rayon", 1.0, None, Finding::Fastest),
        row("crossbeam", 1.0, Some((1.0, 1.006)), Finding::AsFast),
        row("threads", 1.03, Some((1.012, 1.05)), Finding::Slower),
        row("smol", 1.02, Some(unbounded), Finding::Open),
        row("tokio", 1.04, Some((1.0, 90.0)), Finding::Open),
    ]
}

fn hostile() -> Vec<Whisker> {
    let mut rows = many(40);
    rows[3].name = "<script>alert('a name')</script> & \"more\"".into();
    rows[4].name = "a name that is longer than it has to be, by far".into();
    rows[5].ratio = f64::NAN;
    rows[6].ratio = f64::INFINITY;
    rows[7].ratio = -1.0;
    rows[39].ratio = 1e9;
    rows
}

fn named(times: &[f64]) -> Vec<Times> {
    let all = MODELS.iter().zip(times).enumerate();
    all.map(|(index, (name, wall))| Times {
        name: name.to_string(),
        wall: *wall,
        cpu: (index < 5).then_some(wall * 2.0 * noise(index + 1)),
    })
    .collect()
}

fn series(name: &str, speeds: &[(usize, f64)]) -> Scaling {
    let points = speeds.iter().map(|&(workers, speed)| {
        let ends = (speed * 0.93, speed * 1.08);
        (workers, speed, (workers > 1).then_some(ends))
    });
    Scaling { name: name.into(), points: points.collect() }
}

fn two_cores() -> Vec<Scaling> {
    vec![
        series("threads", &[(1, 1.0), (2, 1.92), (4, 1.88)]),
        series("rayon", &[(1, 1.0), (2, 1.95), (4, 1.93)]),
        series("tokio", &[(1, 1.0), (2, 1.7), (4, 1.6)]),
        series("mutex", &[(1, 1.0), (2, 0.8), (4, 0.61)]),
        series("gil", &[(1, 1.0), (2, 0.97)]),
        series("sequential", &[(1, 1.0)]),
        series("timely", &[]),
    ]
}

fn sixteen_cores() -> Vec<Scaling> {
    let model = |(index, name): (usize, &&str)| {
        let part = noise(index) * 0.3;
        let points = [1, 2, 4, 8, 16, 32].map(|workers| {
            let most = workers.min(16) as f64;
            (workers, 1.0 / (part + (1.0 - part) / most), None)
        });
        Scaling { name: name.to_string(), points: points.to_vec() }
    };
    MODELS.iter().enumerate().map(model).collect()
}

fn one_worker() -> Vec<Scaling> {
    ["threads", "rayon"].map(|name| series(name, &[(1, 1.0)])).to_vec()
}

fn some_latencies(count: usize) -> Vec<(String, Vec<(f64, f64)>)> {
    let model = |index: usize| {
        let name = MODELS[index % MODELS.len()].to_owned();
        let middle = 1e-3 * (1.0 + noise(index));
        let tail = 1.3 + noise(index * 3 + 1);
        let points = [0.5, 0.9, 0.99, 0.999, 1.0];
        let points = points.iter().enumerate().map(|(step, quantile)| {
            (*quantile, middle * tail.powi(step as i32))
        });
        (name, points.collect())
    };
    (0..count).map(model).collect()
}
