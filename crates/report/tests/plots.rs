//! Plots as a reader's program sees them.

use lanes_measure::statistics::Interval;
use lanes_report::plots::{
    Efficiency, Finding, Scaling, Times, Whisker, definitions, efficiency,
    latencies, ratios, scaling, standalone, times,
};
use proptest::prelude::*;
use roxmltree::{Document, Node};

const INFINITY: f64 = f64::INFINITY;
const CSS: &str = include_str!("../templates/plots.css");

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or("0");
    text.parse().unwrap_or_else(|_| panic!("{name} {text}"))
}

/// The points that a path goes through, corners of its marks among them.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut tokens = Vec::new();
    for letter in path.chars() {
        match letter {
            'M' | 'm' | 'L' | 'l' | 'H' | 'h' | 'V' | 'v' | 'z' => {
                tokens.push(letter.to_string());
                tokens.push(String::new());
            }
            ' ' => tokens.push(String::new()),
            '-' => tokens.push("-".into()),
            '.' | '0'..='9' => tokens.last_mut().unwrap().push(letter),
            _ => panic!("{letter} in {path}"),
        }
    }
    tokens.retain(|token| !token.is_empty());
    let (mut x, mut y, mut command) = (0.0, 0.0, 'M');
    let mut points = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.peek() {
        if let Some(letter) = token.chars().find(char::is_ascii_alphabetic) {
            command = letter;
            tokens.next();
        }
        if command == 'z' {
            continue;
        }
        let mut next = || {
            let token = tokens.next().unwrap();
            token.parse::<f64>().unwrap_or_else(|_| panic!("{token}: {path}"))
        };
        match command {
            'M' | 'L' => (x, y) = (next(), next()),
            'm' | 'l' => (x, y) = (x + next(), y + next()),
            'H' => x = next(),
            'h' => x += next(),
            'V' => y = next(),
            _ => y += next(),
        }
        points.push((x, y));
    }
    points
}

/// All points of a part of a plot, but those of its texts.
fn drawn(part: Node<'_, '_>) -> Vec<(f64, f64)> {
    let mut all = Vec::new();
    for node in part.descendants() {
        let n = |name| number(node, name);
        match node.tag_name().name() {
            "path" => all.extend(points(node.attribute("d").unwrap())),
            "rect" => {
                assert!(n("width") >= 0.0 && n("height") > 0.0);
                all.push((n("x"), n("y")));
                all.push((n("x") + n("width"), n("y") + n("height")));
            }
            "circle" => {
                let (x, y, r) = (n("cx"), n("cy"), n("r"));
                all.push((x - r, y - r));
                all.push((x + r, y + r));
            }
            _ => {}
        }
    }
    all
}

/// A plot's groups of models, in turn.
fn groups<'a>(plot: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    let model = |node: &Node<'_, '_>| node.has_attribute("data-model");
    plot.descendants().filter(model).collect()
}

fn class(node: Node<'_, '_>, class: &str) -> bool {
    let classes = node.attribute("class").unwrap_or("");
    classes.split(' ').any(|other| other == class)
}

/// The first text of a node: a name as it is written.
fn shown(group: Node<'_, '_>) -> String {
    let text = group.descendants().find(|node| node.has_tag_name("text"));
    let texts = text.unwrap().children().filter(Node::is_text);
    texts.filter_map(|node| node.text()).collect()
}

/// What is true of every plot: that it is well-formed, that all of it is inside
/// of the picture, that no model is left out, and no two texts touch.
fn check(plot: &str, names: &[&str]) {
    if names.is_empty() {
        assert_eq!(plot, "");
        return;
    }
    for part in ["style=", "<script", "<style", " id=", "NaN", "href"] {
        assert!(!plot.contains(part) || names.concat().contains(part));
    }
    let document = Document::parse(plot).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name("svg") && class(root, "plot"));
    assert_eq!(root.attribute("role"), Some("img"));
    let height = number(root, "height");
    let size = format!("0 0 720 {height}");
    assert_eq!(root.attribute("viewBox"), Some(&*size));
    let elements: Vec<&str> =
        root.children().take(2).map(|node| node.tag_name().name()).collect();
    assert_eq!(elements, ["title", "desc"]);
    for (x, y) in drawn(root) {
        assert!((0.0..=720.0).contains(&x), "x {x} in {plot}");
        assert!((0.0..=height).contains(&y), "y {y} in {plot}");
    }
    let groups = groups(&document);
    assert_eq!(groups.len(), names.len());
    for (group, name) in groups.iter().zip(names) {
        let legal = |letter: char| !letter.is_control();
        if name.chars().all(legal) {
            assert_eq!(group.attribute("data-model"), Some(*name));
        }
        let start: String = shown(*group).chars().take(1).collect();
        let first = name.chars().next().filter(|letter| legal(*letter));
        if let Some(first) = first.filter(|letter| !letter.is_whitespace()) {
            assert_eq!(start, first.to_string(), "{plot}");
        }
    }
    apart(root, height);
}

/// How wide a text is at least, if it is not one of narrow letters: less than
/// in common fonts, and nothing that the plots themselves estimate.
fn wide(text: &str) -> f64 {
    let usual = |letter: char| letter == ' ' || letter.is_ascii_graphic();
    if text.chars().all(usual) { text.len() as f64 * 5.0 } else { 1.0 }
}

fn apart(root: Node<'_, '_>, height: f64) {
    let texts = root.descendants().filter(|node| node.has_tag_name("text"));
    let boxes = texts.map(|node| {
        let own = node.descendants().filter(|node| {
            node.is_text() && !node.parent().unwrap().has_tag_name("title")
        });
        let text: String = own.filter_map(|node| node.text()).collect();
        let (x, y) = (number(node, "x"), number(node, "y"));
        let wide = wide(&text);
        let from = match () {
            () if class(node, "end") => x - wide,
            () if class(node, "mid") => x - wide / 2.0,
            () => x,
        };
        assert!((10.0..=height).contains(&y), "{text}");
        assert!(from >= 0.0 && from + wide <= 720.0, "{text}");
        (from, from + wide, y, text)
    });
    let boxes: Vec<_> = boxes.collect();
    for (index, (from, to, y, text)) in boxes.iter().enumerate() {
        for (other_from, other_to, other_y, other) in &boxes[..index] {
            let beside = from >= other_to || other_from >= to;
            let over = (y - other_y).abs() >= 12.0;
            assert!(beside || over, "{text} on {other}");
        }
    }
}

fn row(
    name: &str,
    ratio: f64,
    ends: Option<(f64, f64)>,
    finding: Finding,
) -> Whisker {
    Whisker { name: name.into(), ratio, ends, finding }
}

fn cell() -> Vec<Whisker> {
    vec![
        row("async-std", 1.0, None, Finding::Fastest),
        row("tokio", 1.002, Some((1.0, 1.01)), Finding::AsFast),
        row("smol", 1.004, Some((1.0, 1.04)), Finding::Open),
        row("threads", 1.3, Some((1.0, INFINITY)), Finding::Open),
        row("gil", 1.31, Some((1.0, 1.4)), Finding::AtMost),
        row("rayon", 7.65, Some((7.34, 7.97)), Finding::Slower),
    ]
}

/// A log-ratio between these ratios.
fn twin(low: f64, high: f64) -> Interval {
    Interval { low: low.ln(), median: 0.0, high: high.ln() }
}

/// The middle of a row's dot.
fn dot(group: Node<'_, '_>) -> f64 {
    let mut dots = group.descendants();
    let dot = dots.find(|n| class(*n, "dot") || class(*n, "ring")).unwrap();
    if dot.has_tag_name("circle") {
        return number(dot, "cx");
    }
    points(dot.attribute("d").unwrap())[0].0
}

/// The ends of a row's whisker.
fn ends(group: Node<'_, '_>) -> (f64, f64) {
    let mut whiskers = group.descendants();
    let whisker = whiskers.find(|node| class(*node, "whisker")).unwrap();
    let points = points(whisker.attribute("d").unwrap());
    (points[0].0, points[1].0)
}

#[test]
fn a_larger_ratio_is_further_right_and_inside_of_its_whisker() {
    let plot = ratios(&cell(), Some(&twin(0.98, 1.03)));
    check(&plot, &["async-std", "tokio", "smol", "threads", "gil", "rayon"]);
    let document = Document::parse(&plot).unwrap();
    let groups = groups(&document);
    let dots: Vec<f64> = groups.iter().map(|group| dot(*group)).collect();
    assert!(dots.is_sorted_by(|a, b| a < b), "{dots:?}");
    for (group, dot) in groups.iter().zip(&dots).skip(1) {
        let (from, to) = ends(*group);
        assert!(from < *dot && *dot < to, "{from} {dot} {to}");
    }
    // Equal ratios are equal distances: 1.3 to 7.65 against 1 to 1.3.
    let part = (dots[5] - dots[3]) / (dots[3] - dots[0]);
    let expected = (7.65f64 / 1.3).ln() / 1.3f64.ln();
    assert!((part / expected - 1.0).abs() < 0.01, "{part} {expected}");
    let classes = groups.iter().map(|group| group.attribute("class").unwrap());
    let classes: Vec<&str> = classes.collect();
    assert_eq!(
        classes,
        [
            "is-fastest",
            "is-as-fast",
            "is-open",
            "is-open",
            "is-at-most",
            "is-slower"
        ]
    );
    // Two rows, and one in the legend.
    assert_eq!(plot.matches("class=\"hatch\"").count(), 3);
}

#[test]
fn a_band_shows_the_twin_where_it_is_known() {
    let plot = ratios(&cell(), Some(&twin(0.98, 1.03)));
    let document = Document::parse(&plot).unwrap();
    let band = document.descendants().find(|node| class(*node, "twin"));
    let band = band.unwrap();
    let (from, wide) = (number(band, "x"), number(band, "width"));
    let one = document.descendants().find(|node| class(*node, "one"));
    let one = points(one.unwrap().attribute("d").unwrap())[0].0;
    // As far as the logarithms say.
    let part = (one - from) / wide;
    let expected = -0.98f64.ln() / (1.03f64.ln() - 0.98f64.ln());
    assert!((part - expected).abs() < 0.02, "{part} {expected}");
    assert!(plot.contains(">twin 0.98 to 1.03 of its time<"));
    let unknown = Interval { low: f64::NAN, median: 0.0, high: 1.0 };
    for unknown in [None, Some(&unknown)] {
        let plot = ratios(&cell(), unknown);
        assert!(!plot.contains("class=\"twin\""));
        assert!(plot.contains(">twin not known<"));
    }
    let unbounded = ratios(&cell(), Some(&Interval::UNKNOWN));
    assert!(!unbounded.contains("class=\"twin\""));
    assert!(unbounded.contains(">twin 0.00 to ∞ of its time<"));
}

#[test]
fn ratios_have_a_description() {
    let plot = ratios(&cell(), Some(&twin(0.98, 1.03)));
    let document = Document::parse(&plot).unwrap();
    let words = |name| {
        let node = document.descendants().find(|n| n.has_tag_name(name));
        node.unwrap().text().unwrap().to_owned()
    };
    assert_eq!(
        words("title"),
        "Slowdown of 6 models against the fastest, async-std"
    );
    assert_eq!(
        words("desc"),
        "async-std 1.00, fastest. tokio 1.00 (1.00 to 1.01), as fast. smol \
         1.00 (1.00 to 1.04), open. threads 1.30 (1.00 to ∞), open. gil 1.31 \
         (1.00 to 1.40), at most so much slower. rayon 7.65 (7.34 to 7.97), \
         slower. The twin took 0.98 to 1.03 of its time."
    );
    // Where none is the fastest for certain, none is named.
    let tied = ratios(&cell()[1..4], None);
    assert!(tied.contains("Slowdown of 3 models against the fastest of them<"));
    assert!(tied.contains("time is not known."));
}

#[test]
fn what_an_axis_does_not_hold_is_an_arrow() {
    let unbounded = Some((f64::NEG_INFINITY, INFINITY));
    let rows = [
        row("a", 1.0, None, Finding::Fastest),
        row("b", 1.1, unbounded, Finding::Open),
        row("c", 1.1, Some((1e-9, 1e9)), Finding::Open),
    ];
    let plot = ratios(&rows, None);
    check(&plot, &["a", "b", "c"]);
    assert_eq!(plot.matches("m5-4l-5 4 5 4").count(), 2);
    assert_eq!(plot.matches("m-5-4l5 4-5 4").count(), 2);
}

fn wall_time(name: &str, wall: f64) -> Times {
    Times { name: name.into(), wall, cpu: None }
}

#[test]
fn cpu_times_stand_beside_wall_times() {
    let all = |least: f64| {
        [
            ("tokio", least, Some(0.02)),
            ("rayon", 0.05, Some(0.1)),
            ("gil", 0.05, None),
        ]
        .map(|(name, wall, cpu)| Times {
            name: name.into(),
            wall,
            cpu,
        })
    };
    let names = ["tokio", "rayon", "gil"];
    let plot = times(&all(0.025), Some(("the delays", 0.02)));
    check(&plot, &names);
    let document = Document::parse(&plot).unwrap();
    let wide = |class_name: &str| -> Vec<f64> {
        let bars = document.descendants().filter(|n| class(*n, class_name));
        bars.map(|bar| number(bar, "width")).collect()
    };
    let (wall, cpu) = (wide("bar"), wide("cpu"));
    assert_eq!((wall.len(), cpu.len()), (3, 2));
    assert!((cpu[1] / wall[1] - 2.0).abs() < 0.01, "{wall:?} {cpu:?}");
    assert!((cpu[1] / cpu[0] - 5.0).abs() < 0.02, "{cpu:?}");
    for text in [
        "time in ms, from zero; thin bars: CPU time",
        ">CPU time<",
        ">100 ms<",
        ">not known<",
        "rayon 50.0 ms, CPU time 100 ms, 40.0 % of the best possible. gil",
    ] {
        assert!(plot.contains(text), "{text}");
    }
    let plot = times(&all(0.001), None);
    check(&plot, &names);
    assert!(plot.contains("on a logarithmic axis; rings: CPU time"));
    assert_eq!(plot.matches("class=\"ring\"").count(), 2);
    assert_eq!(plot.matches("class=\"dot\"").count(), 3);
}

#[test]
fn bars_begin_at_zero_and_dots_do_not() {
    let named = |all: &[f64]| -> Vec<Times> {
        let names = ["tokio", "rayon", "threads"].into_iter();
        names.zip(all).map(|(name, wall)| wall_time(name, *wall)).collect()
    };
    let limit = Some(("the delays", 0.02));
    let names = ["tokio", "rayon", "threads"];
    let plot = times(&named(&[0.025, 0.05, 0.2]), limit);
    check(&plot, &names);
    let document = Document::parse(&plot).unwrap();
    let bars = document.descendants().filter(|n| class(*n, "bar"));
    let bars: Vec<f64> = bars.map(|bar| number(bar, "width")).collect();
    assert!((bars[1] / bars[0] - 2.0).abs() < 0.01, "{bars:?}");
    assert!((bars[2] / bars[1] - 4.0).abs() < 0.01, "{bars:?}");
    for text in [
        "time in ms, from zero",
        "best possible 20.0 ms: the delays",
        ">80.0 %<",
    ] {
        assert!(plot.contains(text), "{text}");
    }
    let plot = times(&named(&[0.025, 0.05, 0.4]), limit);
    check(&plot, &names);
    assert!(!plot.contains("class=\"bar\""));
    assert!(plot.contains("time, on a logarithmic axis"));
    let document = Document::parse(&plot).unwrap();
    let dots: Vec<f64> = groups(&document).into_iter().map(dot).collect();
    let part = (dots[2] - dots[1]) / (dots[1] - dots[0]);
    assert!((part - 3.0).abs() < 0.01, "{dots:?}");
    let far = times(&named(&[0.025, 0.05, 0.06]), Some(("nothing", 1e9)));
    check(&far, &names);
    assert!(far.contains("nothing, not on this axis"));
    assert!(far.contains("class=\"bar\""));
}

fn line(group: Node<'_, '_>) -> Vec<(f64, f64)> {
    let line = group.descendants().find(|node| class(*node, "line")).unwrap();
    points(line.attribute("d").unwrap())
}

#[test]
fn a_series_as_good_as_the_ideal_lies_on_it() {
    let series = |name: &str, speeds: &[f64]| Scaling {
        name: name.into(),
        points: [1, 2, 4]
            .into_iter()
            .zip(speeds)
            .map(|(workers, speed)| {
                (workers, *speed, Some((speed * 0.9, speed * 1.1)))
            })
            .collect(),
    };
    let all = [
        series("ideal", &[1.0, 2.0, 4.0]),
        series("good", &[1.0, 1.9, 3.0]),
        series("bad", &[1.0, 0.8, 0.5]),
        series("none", &[]),
    ];
    let plot = scaling(&all, 2);
    check(&plot, &["ideal", "good", "bad", "none"]);
    assert!(plot.contains("cores of this machine: 2"));
    check(&scaling(&all, 1), &["ideal", "good", "bad", "none"]);
    assert!(plot.contains("not measured"));
    let document = Document::parse(&plot).unwrap();
    let ideal = document.descendants().find(|node| class(*node, "ideal"));
    let ideal = points(ideal.unwrap().attribute("d").unwrap());
    let groups = groups(&document);
    let [perfect, good, bad] = [0, 1, 2].map(|index| line(groups[index]));
    for index in [0, 2] {
        let (x, y) = ideal[index / 2];
        // Whiskers stand side by side.
        assert!((perfect[index].0 - x).abs() < 6.0);
        assert!((perfect[index].1 - y).abs() < 0.2);
    }
    for index in 1..3 {
        assert!(perfect[index].1 < good[index].1);
        assert!(good[index].1 < bad[index].1);
    }
    for (group, line) in groups.iter().zip([&perfect, &good, &bad]) {
        let whisker = group.descendants().find(|n| class(*n, "whisker"));
        let points = points(whisker.unwrap().attribute("d").unwrap());
        for (x, y) in &line[..3] {
            let here = points.iter().filter(|point| point.0 == *x);
            let ys: Vec<f64> = here.map(|point| point.1).collect();
            assert!(ys.iter().any(|end| end < y), "{ys:?} {y}");
            assert!(ys.iter().any(|end| end > y), "{ys:?} {y}");
        }
    }
    for cores in [0, 8] {
        assert!(!scaling(&all, cores).contains("cores of this machine"));
    }
}

#[test]
fn one_number_of_workers_gives_no_speed_up() {
    let points = vec![(1, 1.0, None)];
    let one = [Scaling { name: "tokio".into(), points }];
    let plot = scaling(&one, 2);
    check(&plot, &["tokio"]);
    assert!(plot.contains("only measured with 1 worker"));
    assert!(!plot.contains("class=\"ideal\""));
}

#[test]
fn efficiency_rises_to_the_right_and_crosses_the_line_at_one_half() {
    let grains = [1e-6, 2e-6, 4e-6, 8e-6];
    let point = |grain: f64| {
        let part = grain / (grain + 3e-6);
        (grain, part, Some((part - 0.02, part + 0.02)))
    };
    let known = Efficiency {
        name: "rayon".into(),
        points: grains.map(point).to_vec(),
        half: Some(3e-6),
    };
    let none =
        Efficiency { name: "tokio".into(), points: Vec::new(), half: None };
    let plot = efficiency(&[known, none]);
    check(&plot, &["rayon", "tokio"]);
    for words in ["3.00 µs", "not measured", "the smallest task at one half"] {
        assert!(plot.contains(words), "{words} in {plot}");
    }
    let document = Document::parse(&plot).unwrap();
    let line = line(groups(&document)[0]);
    let half = document.descendants().find(|node| class(*node, "limit"));
    let half = points(half.unwrap().attribute("d").unwrap())[0].1;
    let rises =
        |pair: &[(f64, f64)]| pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1;
    assert!(line[..4].windows(2).all(rises), "{line:?}");
    assert!(line[1].1 > half && half > line[2].1, "{line:?} {half}");
    // As a file of its own it has all that it refers to.
    let file = standalone(&plot);
    let file = Document::parse(&file).unwrap();
    let has =
        |id: &str| file.descendants().any(|n| n.attribute("id") == Some(id));
    assert!(has("plot-m0") && has("plot-hatch"));
    assert_eq!(standalone(&efficiency(&[])), "");
}

#[test]
fn quantiles_stand_in_equal_steps() {
    let quantiles = [0.5, 0.9, 0.99, 0.999, 1.0];
    let series = |name: &str, times: [f64; 5]| {
        (name.to_owned(), quantiles.into_iter().zip(times).collect())
    };
    let all = [
        series("tokio", [1e-3, 2e-3, 4e-3, 8e-3, 16e-3]),
        series("rayon", [1e-3, 1e-3, 1e-3, 1e-3, 15.9e-3]),
    ];
    let plot = latencies(&all);
    check(&plot, &["tokio", "rayon"]);
    for quantile in ["50 %", "90 %", "99 %", "99.9 %", "100 %"] {
        assert!(plot.contains(&format!(">{quantile}<")), "{quantile}");
    }
    assert!(plot.contains("the least at 100 %: rayon, 15.9 ms"));
    let document = Document::parse(&plot).unwrap();
    let points = line(groups(&document)[0]);
    let [first, last] = [points[0], points[4]];
    for (step, (x, y)) in points[..5].iter().enumerate() {
        let part = step as f64 / 4.0;
        assert!((x - first.0 - part * (last.0 - first.0)).abs() < 0.2);
        assert!((y - first.1 - part * (last.1 - first.1)).abs() < 0.2);
    }
    let labels = groups(&document).into_iter().map(|group| {
        let text = group.descendants().find(|n| n.has_tag_name("text"));
        number(text.unwrap(), "y")
    });
    let labels: Vec<f64> = labels.collect();
    assert!(labels[1] - labels[0] >= 14.0, "{labels:?}");
}

#[test]
fn plots_of_many_models_are_small() {
    let names = (0..17).map(|index| format!("model-number-{index}"));
    let names: Vec<String> = names.collect();
    let rows = names.iter().enumerate().map(|(index, name)| {
        let ratio = 1.0 + index as f64 / 7.0;
        let finding = [Finding::Slower, Finding::Open][index % 2];
        row(name, ratio, Some((ratio * 0.9, ratio * 1.2)), finding)
    });
    let plot = ratios(&rows.collect::<Vec<_>>(), None);
    assert!(plot.len() < 9_000, "{}", plot.len());
    let all = names
        .iter()
        .map(|name| Times { cpu: Some(0.02), ..wall_time(name, 0.0123) });
    let all: Vec<Times> = all.collect();
    let plot = times(&all, Some(("the critical path", 0.01)));
    assert!(plot.len() < 9_000, "{}", plot.len());
    let points = [0.5, 0.9, 0.99, 0.999, 1.0].map(|q| (q, q * 1e-3));
    let all = names.iter().map(|name| (name.clone(), points.to_vec()));
    let plot = latencies(&all.collect::<Vec<_>>());
    assert!(plot.len() < 7_000, "{}", plot.len());
    let points = [1, 2, 4].map(|w| (w, w as f64 * 0.9, None)).to_vec();
    let all = names
        .iter()
        .map(|name| Scaling { name: name.clone(), points: points.clone() });
    let plot = scaling(&all.collect::<Vec<_>>(), 2);
    assert!(plot.len() < 7_000, "{}", plot.len());
}

#[test]
fn the_style_knows_what_is_defined_and_the_other_way_round() {
    let definitions = definitions();
    let document = Document::parse(&definitions).unwrap();
    let ids = document.descendants().filter_map(|node| node.attribute("id"));
    let mut count = 0;
    for id in ids {
        assert!(id.starts_with("plot-"));
        assert!(CSS.contains(&format!("url(#{id})")), "{id}");
        count += 1;
    }
    assert_eq!(CSS.matches("url(#").count(), count);
    assert!(!definitions.contains("style"));
}

/// Relative luminance and contrast as WCAG 2 defines them.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let part = |at: usize| {
            let part = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let part = f64::from(part) / 255.0;
            match part {
                ..=0.04045 => part / 12.92,
                _ => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    (one / other).max(other / one)
}

#[test]
fn colours_stand_out_from_the_paper() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    let blocks = CSS.split("--s0:").skip(1).map(|block| {
        let block = format!("--s0:{}", block.split('}').next().unwrap());
        let colours = block.split(';').map(|colour| colour[5..].to_owned());
        colours.collect::<Vec<_>>()
    });
    // What follows the last is `var(--s0)` of a class.
    let blocks: Vec<Vec<String>> =
        blocks.filter(|block| block.len() == 8).collect();
    let [light, dark, chosen] = &blocks[..] else { panic!("{blocks:?}") };
    assert_eq!(dark, chosen);
    for (colours, paper) in [(light, "#ffffff"), (dark, "#14171a")] {
        for colour in colours {
            let got = contrast(colour, paper);
            assert!(got >= 3.0, "{colour} on {paper}: {got}");
        }
    }
}

/// Numbers as they should be, and as they should not.
fn figure() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.5..50.0,
        1 => -1.0..2000.0,
        1 => any::<f64>(),
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => Just(INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(f64::MAX),
        1 => Just(5e-324),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{1,12}",
        1 => ".{0,80}",
        1 => Just("<script>alert('&\"')</script>".to_owned()),
        1 => Just("m".repeat(500)),
        1 => Just("\u{0}\n]]>".to_owned()),
        1 => Just("漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字".to_owned()),
    ]
}

fn whisker() -> impl Strategy<Value = Whisker> {
    let all = vec![
        Finding::Fastest,
        Finding::AsFast,
        Finding::AtMost,
        Finding::Slower,
        Finding::Open,
        Finding::Only,
    ];
    let finding = prop::sample::select(all);
    let ends = prop::option::of((figure(), figure()));
    (name(), figure(), ends, finding).prop_map(
        |(name, ratio, ends, finding)| Whisker { name, ratio, ends, finding },
    )
}

fn series() -> impl Strategy<Value = Scaling> {
    let workers = prop_oneof![
        4 => 0..9usize,
        1 => any::<usize>(),
    ];
    let ends = prop::option::of((figure(), figure()));
    let points = prop::collection::vec((workers, figure(), ends), 0..6);
    (name(), points).prop_map(|(name, points)| Scaling { name, points })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn no_ratios_break_a_plot(
        rows in prop::collection::vec(whisker(), 0..=40),
        twin in prop::option::of((figure(), figure())),
    ) {
        let names: Vec<&str> = rows.iter().map(|row| &*row.name).collect();
        let twin =
            twin.map(|(low, high)| Interval { low, median: 0.0, high });
        check(&ratios(&rows, twin.as_ref()), &names);
    }

    #[test]
    fn no_times_break_a_plot(
        rows in prop::collection::vec(
            (name(), figure(), prop::option::of(figure())),
            0..=40,
        ),
        limit in prop::option::of((name(), figure())),
    ) {
        let rows = rows.into_iter();
        let rows: Vec<Times> =
            rows.map(|(name, wall, cpu)| Times { name, wall, cpu }).collect();
        let names: Vec<&str> = rows.iter().map(|row| &*row.name).collect();
        let limit = limit.as_ref().map(|(what, limit)| (&**what, *limit));
        check(&times(&rows, limit), &names);
    }

    #[test]
    fn no_speed_ups_break_a_plot(
        all in prop::collection::vec(series(), 0..=40),
        cores in prop_oneof![0..20usize, any::<usize>()],
    ) {
        let names: Vec<&str> = all.iter().map(|one| &*one.name).collect();
        check(&scaling(&all, cores), &names);
    }

    #[test]
    fn no_efficiencies_break_a_plot(
        all in prop::collection::vec(
            (
                name(),
                prop::collection::vec(
                    (
                        prop_oneof![4 => 1e-8..1e-2, 1 => figure()],
                        prop_oneof![4 => 0.0..1.1, 1 => figure()],
                        prop::option::of((figure(), figure())),
                    ),
                    0..8,
                ),
                prop::option::of(figure()),
            ),
            0..=40,
        ),
    ) {
        let series = |(name, points, half)| Efficiency { name, points, half };
        let all: Vec<Efficiency> = all.into_iter().map(series).collect();
        let names: Vec<&str> = all.iter().map(|one| &*one.name).collect();
        check(&efficiency(&all), &names);
    }

    #[test]
    fn no_latencies_break_a_plot(
        all in prop::collection::vec(
            (name(), prop::collection::vec((figure(), figure()), 0..8)),
            0..=40,
        ),
    ) {
        let names: Vec<&str> = all.iter().map(|one| &*one.0).collect();
        check(&latencies(&all), &names);
    }

    #[test]
    fn usual_latencies_do_not_break_a_plot(
        all in prop::collection::vec(
            ("[a-z]{1,30}", prop::collection::vec(1e-7..10.0, 5)),
            0..=40,
        ),
    ) {
        let all: Vec<(String, Vec<(f64, f64)>)> = all
            .into_iter()
            .map(|(name, times)| {
                let quantiles = [0.5, 0.9, 0.99, 0.999, 1.0];
                (name, quantiles.into_iter().zip(times).collect())
            })
            .collect();
        let names: Vec<&str> = all.iter().map(|one| &*one.0).collect();
        check(&latencies(&all), &names);
    }
}
