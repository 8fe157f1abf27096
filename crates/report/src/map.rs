//! A map as a picture: who is best where, and how much slower each model is
//! where.

use lanes_measure::map::{Axis, Map, Point, Verdict};
use lanes_measure::words::{counted, digits};
use lanes_timeline::svg::text::escape;
use std::fmt::Write;

/// The cells of the large picture, in pixels.
const WIDE: f64 = 150.0;
const HIGH: f64 = 74.0;
/// The cells of the small ones.
const SMALL: f64 = 44.0;
const LOW: f64 = 26.0;
/// The room for the values of the axes.
const LEFT: f64 = 92.0;
const BELOW: f64 = 46.0;
/// How many small pictures stand side by side.
const ACROSS: usize = 3;
const MARGIN: f64 = 24.0;
/// How many names a cell has room for.
const NAMES: usize = 3;

/// One colour for each model, light enough for dark text: those of Paul Tol's
/// "light" scheme, which differ for all kinds of colour vision.
const COLOURS: [&str; 9] = [
    "#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#44BB99",
    "#BBCC33", "#AAAA00", "#DDDDDD",
];

/// How a model that is so many times slower is drawn: up to each ratio, with
/// this colour, from light to dark, and the colour of text on it.
const SLOWER: [(f64, &str, &str); 6] = [
    (1.1, "#ffffff", "#1a1a1a"),
    (1.5, "#dbe7f1", "#1a1a1a"),
    (2.0, "#b3cce0", "#1a1a1a"),
    (4.0, "#7fa5c8", "#1a1a1a"),
    (10.0, "#44719f", "#ffffff"),
    (f64::INFINITY, "#1c3d63", "#ffffff"),
];

/// The map as an SVG document without a script.
pub fn map(map: &Map) -> String {
    let (columns, rows) = (map.x.values.len(), map.y.values.len());
    let large = (columns as f64 * WIDE, rows as f64 * HIGH);
    let small = (columns as f64 * SMALL, rows as f64 * LOW);
    let across = ACROSS.min(map.models.len().max(1));
    let down = map.models.len().div_ceil(across);
    let step = (small.0 + LEFT + MARGIN, small.1 + BELOW + 2.0 * MARGIN);
    let width = (LEFT + large.0).max(across as f64 * step.0) + 2.0 * MARGIN;
    let top = 3.0 * MARGIN;
    let multiples = top + large.1 + BELOW + 2.0 * MARGIN;
    let height = multiples + down as f64 * step.1 + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\" \
         fill=\"#1a1a1a\">\n<title>Which model is best, by {} and {}</title>\n\
         {HATCH}<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        map.x.parameter.title(),
        map.y.parameter.title(),
    );
    let decided = format!(
        "{} of {} decided",
        map.decided(),
        counted(map.all().count(), "point")
    );
    text(&mut svg, (MARGIN, 30.0), "start bold", "Who is best");
    let note = format!(
        "{decided}; = tied; hatched and ? open; below: what the best of the \
         others costs, and how many tasks there are"
    );
    text(&mut svg, (MARGIN, 50.0), "start small", &note);
    let origin = (MARGIN + LEFT, top);
    axes(&mut svg, map, origin, (WIDE, HIGH));
    each(map, |column, row, point| {
        let at =
            (origin.0 + column as f64 * WIDE, origin.1 + row as f64 * HIGH);
        large_cell(&mut svg, map, at, point);
    });
    let title = "How many times slower each model is than the best";
    text(&mut svg, (MARGIN, multiples - MARGIN), "start bold", title);
    for (index, model) in map.models.iter().enumerate() {
        let place = (index % across, index / across);
        let origin = (
            MARGIN + LEFT + place.0 as f64 * step.0,
            multiples + MARGIN + place.1 as f64 * step.1,
        );
        text(&mut svg, (origin.0, origin.1 - 8.0), "start bold", model);
        axes(&mut svg, map, origin, (SMALL, LOW));
        each(map, |column, row, point| {
            let at =
                (origin.0 + column as f64 * SMALL, origin.1 + row as f64 * LOW);
            small_cell(&mut svg, at, point, model);
        });
    }
    svg += "</svg>\n";
    svg
}

const HATCH: &str = "<defs><pattern id=\"open\" width=\"8\" height=\"8\" \
    patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect width=\"8\" height=\"8\" fill=\"#f4f4f4\"/>\
    <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"8\" stroke=\"#b0b0b0\" \
    stroke-width=\"3\"/></pattern></defs>\n";

/// Calls with the column, the row from above, and the point.
fn each<'a>(
    map: &'a Map,
    mut draw: impl FnMut(usize, usize, Option<&'a Point>),
) {
    for (row, points) in map.points.iter().rev().enumerate() {
        for (column, point) in points.iter().enumerate() {
            draw(column, row, point.as_ref());
        }
    }
}

fn axes(svg: &mut String, map: &Map, origin: (f64, f64), cell: (f64, f64)) {
    let (columns, rows) = (map.x.values.len(), map.y.values.len());
    let bottom = origin.1 + rows as f64 * cell.1;
    let shown = |axis: &Axis, at: usize| {
        axis.parameter.shown(axis.values[at]).replace(' ', "\u{a0}")
    };
    for column in 0..columns {
        let x = origin.0 + (column as f64 + 0.5) * cell.0;
        text(svg, (x, bottom + 16.0), "middle small", &shown(&map.x, column));
    }
    for row in 0..rows {
        let y = origin.1 + (row as f64 + 0.5) * cell.1 + 4.0;
        let value = shown(&map.y, rows - 1 - row);
        text(svg, (origin.0 - 6.0, y), "end small", &value);
    }
    let middle = origin.0 + columns as f64 * cell.0 / 2.0;
    text(svg, (middle, bottom + 33.0), "middle small", map.x.parameter.title());
    let (x, y) = (origin.0 - 68.0, origin.1 + rows as f64 * cell.1 / 2.0);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" \
         font-size=\"11\" transform=\"rotate(-90 {x:.1} {y:.1})\">{}</text>",
        escape(map.y.parameter.title())
    );
}

/// Who is best in a point.
fn large_cell(
    svg: &mut String,
    map: &Map,
    at: (f64, f64),
    point: Option<&Point>,
) {
    let names = point.map_or(&[][..], |point| point.verdict.names());
    let fill = match point.map(|point| &point.verdict) {
        Some(Verdict::Best(names)) => colour(map, &names[0]),
        Some(Verdict::Open(_)) => "url(#open)",
        Some(Verdict::Unknown) | None => "#ffffff",
    };
    rect(svg, at, (WIDE, HIGH), fill);
    // A tie has a mark of each of its models.
    if let Some(Verdict::Best(names)) = point.map(|point| &point.verdict)
        && names.len() > 1
    {
        let part = WIDE / names.len() as f64;
        for (index, name) in names.iter().enumerate() {
            let x = at.0 + index as f64 * part;
            rect(svg, (x, at.1), (part, 7.0), colour(map, name));
        }
    }
    let Some(point) = point else { return };
    let open = !point.verdict.is_decided();
    let middle = at.0 + WIDE / 2.0;
    let more = names.len().saturating_sub(NAMES);
    let mut lines: Vec<String> = Vec::new();
    for (index, name) in names.iter().take(NAMES).enumerate() {
        let last = index + 1 == names.len().min(NAMES);
        let end = match (last, more, open) {
            (true, 0, true) => " ?".to_owned(),
            (true, 0, false) => String::new(),
            (true, more, true) => format!(" +{more} ?"),
            (true, more, false) => format!(" +{more}"),
            (false, _, false) => " =".to_owned(),
            (false, _, true) => ",".to_owned(),
        };
        lines.push(format!("{name}{end}"));
    }
    if lines.is_empty() {
        lines.push("not measured".into());
    }
    let first = at.1 + 24.0 - (lines.len() as f64 - 2.0) * 2.0;
    for (index, line) in lines.iter().enumerate() {
        let y = first + index as f64 * 14.0;
        text(svg, (middle, y), "middle", line);
    }
    let tasks = counted(point.job.tasks, "task");
    let next = match point.second() {
        Some(next) => format!("next {}×, {tasks}", digits(next.ratio.median)),
        None => tasks,
    };
    text(svg, (middle, at.1 + HIGH - 7.0), "middle small", &next);
}

/// How much slower a model is in a point.
fn small_cell(
    svg: &mut String,
    at: (f64, f64),
    point: Option<&Point>,
    model: &str,
) {
    let place = point.and_then(|point| point.place(model));
    let (fill, ink, label) = match place {
        Some(place) => {
            let ratio = place.ratio.median.max(1.0);
            let step = SLOWER.iter().find(|(most, ..)| ratio <= *most);
            let (_, fill, ink) = step.unwrap_or(&SLOWER[5]);
            let label = match ratio {
                100.0.. => format!("{ratio:.0}"),
                10.0.. => format!("{ratio:.0}"),
                _ => format!("{ratio:.1}"),
            };
            (*fill, *ink, label)
        }
        None => ("url(#open)", "#1a1a1a", "–".into()),
    };
    rect(svg, at, (SMALL, LOW), fill);
    let (x, y) = (at.0 + SMALL / 2.0, at.1 + LOW / 2.0 + 4.0);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" \
         font-size=\"11\" fill=\"{ink}\">{label}</text>"
    );
}

fn colour(map: &Map, model: &str) -> &'static str {
    let at = map.models.iter().position(|name| name == model);
    COLOURS[at.unwrap_or(0) % COLOURS.len()]
}

fn rect(svg: &mut String, at: (f64, f64), size: (f64, f64), fill: &str) {
    let _ = writeln!(
        svg,
        "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
         fill=\"{fill}\" stroke=\"#8a8a8a\" stroke-width=\"0.7\"/>",
        at.0, at.1, size.0, size.1
    );
}

/// A text at the start, the middle or the end of a place, `bold` or `small`.
fn text(svg: &mut String, at: (f64, f64), style: &str, words: &str) {
    let mut style = style.split(' ');
    let anchor = style.next().unwrap_or("start");
    let style = match style.next() {
        Some("bold") => " font-weight=\"600\" font-size=\"15\"",
        Some(_) => " font-size=\"11\"",
        None => "",
    };
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\"{style}>\
         {}</text>",
        at.0,
        at.1,
        escape(words)
    );
}
