//! Maps, smallest tasks and crossovers on the site, of names that would like to
//! be markup.

use lanes_core::workload::Shape;
use lanes_measure::crossover::Crossover;
use lanes_measure::map::Map;
use lanes_measure::metg::Metg;
use lanes_measure::results::Results;
use lanes_report::{Catalogue, Content, PageFile, ResultFile, map, site};
use roxmltree::Document;
use std::time::Duration;

fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("of this version")
}

fn mapped() -> Results {
    read(include_str!("../browser/hostile-map.json"))
}

/// A session whose workloads are no points of a map.
fn session() -> Results {
    read(include_str!("../browser/hostile.json"))
}

fn content(all: Vec<Results>) -> Content {
    let mut content = Content {
        catalogue: Catalogue::default(),
        sessions: Vec::new(),
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
    };
    for (index, results) in all.into_iter().enumerate() {
        content.add(ResultFile { name: format!("{index}.json"), results });
    }
    content
}

fn page<'a>(pages: &'a [PageFile], name: &str) -> &'a str {
    let found = pages.iter().find(|page| page.name == name);
    &found.unwrap_or_else(|| panic!("no {name}")).html
}

/// A map of so many values on each axis, of the models of another.
fn of_side(side: u32) -> Results {
    let mut results = mapped();
    let first = results.rows[0].clone();
    let job: Shape = serde_json::from_value(first.parameters.clone()).unwrap();
    let rows = (0..side * side).map(|at| {
        let time = |value: u32| Duration::from_micros((value + 1).into());
        let job = Shape {
            compute: time(at % side),
            wait: time(at / side),
            ..job.clone()
        };
        let mut row = first.clone();
        row.parameters = serde_json::to_value(job).unwrap();
        row
    });
    results.rows = rows.collect();
    results
}

#[test]
fn a_map_is_a_picture_and_sentences_and_in_no_table() {
    let alone = site(&content(vec![session()])).unwrap();
    let both = site(&content(vec![mapped(), session()])).unwrap();
    for name in ["index.html", "map-1.html"] {
        let html = page(&both, name);
        assert_eq!(html.matches("id=\"map-open\"").count(), 1, "{name}");
        for part in [
            "3 of 4 points decided",
            "below about 5.94 µs of compute per task &#60;script&#62;alert(21)",
            "tokio: among the best in 1 of 3 decided points",
            "&#60;iframe src=&#34;https://example.org/map&#34;",
            "in 1 point: failed: &#60;u&#62;alert(23)&#60;/u&#62;",
        ] {
            assert!(html.contains(part), "{part} in {name}");
        }
    }
    // The rest of the site is as without the map.
    let names = |pages: &[PageFile]| {
        let all = pages.iter().map(|page| page.name.clone());
        all.filter(|name| name != "map-1.html").collect::<Vec<_>>()
    };
    assert_eq!(names(&alone), names(&both));
    let index = page(&both, "index.html");
    let matrix = |html: &str| {
        let (_, rest) = html.split_once("<section id=\"matrix\">").unwrap();
        rest.split_once("</section>").unwrap().0.to_owned()
    };
    assert_eq!(matrix(page(&alone, "index.html")), matrix(index));
    assert!(!index.contains("workload-shape"));
}

#[test]
fn a_map_alone_is_a_site() {
    let pages = site(&content(vec![mapped()])).unwrap();
    let index = page(&pages, "index.html");
    assert!(index.contains("Only a map was measured, so there is no table"));
    assert!(!index.contains("There are no results"));
    let mut empty = mapped();
    empty.rows.clear();
    let pages = site(&content(vec![empty])).unwrap();
    for name in ["index.html", "map-1.html"] {
        assert!(page(&pages, name).contains("No point was measured."));
        assert!(page(&pages, name).contains("This session measured nothing."));
    }
}

#[test]
fn several_maps_have_pages_and_the_first_is_on_the_index() {
    let pages = site(&content(vec![mapped(), of_side(3)])).unwrap();
    let index = page(&pages, "index.html");
    assert_eq!(index.matches("id=\"map-open\"").count(), 1);
    assert!(index.contains("3 of 4 points decided"));
    assert!(index.contains("Other maps: <a href=\"map-2.html\">Map 2</a>"));
    assert!(page(&pages, "map-2.html").contains("9 of 9 points decided"));
}

#[test]
fn a_map_that_is_too_large_is_left_out_of_pages() {
    let pages = site(&content(vec![of_side(21)])).unwrap();
    for name in ["index.html", "map-1.html"] {
        let html = page(&pages, name);
        assert!(!html.contains("id=\"map-open\""));
        assert!(html.contains("too many points to draw"), "{name}");
    }
    // As large as is drawn, on an index that has no room for it.
    let mut content = content(vec![of_side(20)]);
    let largest = |content: &Content| {
        let pages = site(content).unwrap();
        pages.iter().map(|page| page.html.len()).max().unwrap()
    };
    assert!(largest(&content) < 500_000);
    content.notes = vec!["n".repeat(200_000)];
    assert!(largest(&content) < 500_000);
    let pages = site(&content).unwrap();
    let index = page(&pages, "index.html");
    assert!(!index.contains("id=\"map-open\""));
    assert!(index.contains("on <a href=\"map-1.html\">a page of its own"));
    assert!(page(&pages, "map-1.html").contains("id=\"map-open\""));
}

#[test]
fn the_picture_holds_its_texts_whatever_the_names() {
    for results in [mapped(), of_side(1), of_side(5)] {
        let svg = map(&Map::of(&results).unwrap());
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        let number = |node: &roxmltree::Node<'_, '_>, name: &str| {
            node.attribute(name).unwrap().parse::<f64>().unwrap()
        };
        let (most, high) = (number(&root, "width"), number(&root, "height"));
        let texts = root.descendants().filter(|n| n.has_tag_name("text"));
        let mut count = 0;
        for text in texts {
            count += 1;
            let words = text.text().unwrap_or_default();
            let size: f64 = text
                .attribute("font-size")
                .map_or(13.0, |size| size.parse().unwrap());
            let wide = lanes_timeline::svg::text::width(words, size);
            let x = number(&text, "x");
            let left = match text.attribute("text-anchor").unwrap() {
                "middle" => x - wide / 2.0,
                "end" => x - wide,
                _ => x,
            };
            assert!(left >= 0.0 && left + wide <= most, "{words}");
            assert!((0.0..high).contains(&number(&text, "y")), "{words}");
        }
        assert!(count > 10);
    }
}

#[test]
fn smallest_tasks_and_crossovers_are_curves_and_tables() {
    let mut content = content(vec![session()]);
    let without = site(&content).unwrap();
    assert!(without.iter().all(|page| page.name != "metg.html"));
    assert!(!page(&without, "index.html").contains("metg.html"));
    let metg: Metg = read(include_str!("../browser/hostile-metg.json"));
    let crossover: Crossover =
        read(include_str!("../browser/hostile-crossover.json"));
    content.crossovers = vec![crossover];
    let only = site(&content).unwrap();
    let html = page(&only, "metg.html");
    assert!(html.contains("id=\"crossover\"") && !html.contains("id=\"metg\""));
    content.metgs = vec![metg];
    let pages = site(&content).unwrap();
    let html = page(&pages, "metg.html");
    for part in [
        "<h3>stencil, 2 tasks a step",
        "<th scope=\"row\">&#60;script&#62;alert(21)&#60;/script&#62;<td>2\
         <td>10.0 µs<td>9.00 µs to 12.0 µs<td>3",
        "<td>unknown<td>never reached one half up to 1.00 ms",
        "Each interval holds the true value with 95.0 % probability",
        "It was interrupted",
        "&#60;i onclick=alert(25)&#62;max&#60;/i&#62;: faster than \
         &#60;b&#62;sequential",
        "<td>from 2^12 on<td>2^10<td>0.80 times (0.72 to 0.88)\
         <td>not for certain at 2^11",
        "It did not end",
        "failed: &#60;u&#62;alert(23)&#60;/u&#62; failed",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("class=\"plot efficiency\"").count(), 1);
    for PageFile { name, html } in &pages {
        assert!(html.contains("href=\"metg.html\""), "{name}");
        for foreign in
            ["<script>alert", "<iframe", "<img", "<u>", "<i onclick", "<b>seq"]
        {
            assert!(!html.contains(foreign), "{foreign} in {name}");
        }
    }
}
