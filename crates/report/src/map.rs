//! A map as a picture: who is best where, and how much slower each model is
//! where.

use lanes_measure::map::{Axis, Map, Point, Verdict};
use lanes_measure::words::{counted, digits};
use lanes_timeline::svg::text::{cut, escape, width, wrap};
use std::fmt::Write;

/// The cells of the large picture, in pixels, where their text is not wider.
const WIDE: f64 = 150.0;
const HIGH: f64 = 74.0;
/// The cells of the small ones.
const SMALL: f64 = 44.0;
const LOW: f64 = 26.0;
/// The room for the values of the axis to the right, and for its title.
const VALUES: f64 = 22.0;
const TITLE: f64 = 20.0;
/// The sizes of letters: of text, of notes, and of headings.
const TEXT: f64 = 13.0;
const NOTE: f64 = 11.0;
const HEADING: f64 = 15.0;
/// A name has no more room than this.
const NAME: f64 = 150.0;
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

/// How wide things are: as wide as their texts.
struct Layout {
    /// A cell of the large picture.
    wide: f64,
    /// A cell of a small one.
    small: f64,
    /// The values of the axis upwards.
    left: f64,
}

impl Layout {
    fn of(map: &Map) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = String>, size| {
            texts.map(|text| width(&text, size)).fold(0.0, f64::max)
        };
        let cells = || map.all().map(|point| (names(point), costs(point)));
        let mut lines = cells().flat_map(|(names, _)| names);
        let mut notes = cells().map(|(_, costs)| costs);
        let wide = widest(&mut lines, TEXT).max(widest(&mut notes, NOTE));
        let small = widest(&mut values(&map.x).into_iter(), NOTE);
        let left = widest(&mut values(&map.y).into_iter(), NOTE);
        Self {
            wide: (wide + 12.0).max(WIDE),
            small: (small + 8.0).max(SMALL),
            left: left + 8.0,
        }
    }
}

/// The map as an SVG document without a script.
pub fn map(map: &Map) -> String {
    let layout = Layout::of(map);
    let Layout { wide, small, left } = layout;
    let (columns, rows) = (map.x.values.len(), map.y.values.len());
    let large = (columns as f64 * wide, rows as f64 * HIGH);
    let each_small = (columns as f64 * small, rows as f64 * LOW);
    let across = ACROSS.min(map.models.len().max(1));
    let down = map.models.len().div_ceil(across);
    let step = (
        (left + each_small.0).max(NAME) + MARGIN,
        each_small.1 + VALUES + 2.0 * MARGIN,
    );
    // Room for a heading and a title of an axis, whatever the cells are.
    let inner = (left + large.0).max(across as f64 * step.0 - MARGIN);
    let inner = inner.max(440.0);
    let decided = counted(map.all().count(), "point");
    let note = format!(
        "{} of {decided} decided. = tied. Hatched and ? open: one of these. \
         Below: what the best of the others costs, and how many tasks there \
         are.",
        map.decided()
    );
    let notes = wrap(&note, NOTE, inner);
    let top = MARGIN + 34.0 + notes.len() as f64 * 15.0 + TITLE;
    let second = top + large.1 + VALUES + TITLE + 2.0 * MARGIN;
    let first_small = second + 2.0 * MARGIN + 8.0;
    let (width, height) =
        (inner + 2.0 * MARGIN, first_small + down as f64 * step.1 - MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" \
         font-family=\"system-ui, sans-serif\" font-size=\"{TEXT}\" \
         fill=\"#1a1a1a\">\n<title>Which model is best, by {} and {}</title>\n\
         {HATCH}<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        map.x.parameter.title(),
        map.y.parameter.title(),
    );
    text(&mut svg, (MARGIN, 34.0), "start bold", "Who is best");
    for (line, words) in notes.iter().enumerate() {
        let y = 54.0 + line as f64 * 15.0;
        text(&mut svg, (MARGIN, y), "start small", words);
    }
    let origin = (MARGIN + left, top);
    let upwards = format!("↑ {}", map.y.parameter.title());
    text(&mut svg, (MARGIN, top - 8.0), "start small", &upwards);
    let right = format!("→ {}", map.x.parameter.title());
    let below = top + large.1 + VALUES + 12.0;
    text(&mut svg, (origin.0, below), "start small", &right);
    axes(&mut svg, map, origin, (wide, HIGH));
    each(map, |column, row, point| {
        let at =
            (origin.0 + column as f64 * wide, origin.1 + row as f64 * HIGH);
        large_cell(&mut svg, map, at, wide, point);
    });
    let title = "How many times slower each model is than the best";
    text(&mut svg, (MARGIN, second), "start bold", title);
    let axes_note = format!("{right}, {upwards}");
    text(&mut svg, (MARGIN, second + 18.0), "start small", &axes_note);
    for (index, model) in map.models.iter().enumerate() {
        let place = (index % across, index / across);
        let origin = (
            MARGIN + left + place.0 as f64 * step.0,
            first_small + place.1 as f64 * step.1,
        );
        // Bold letters are wider.
        let name = cut(model, HEADING * 1.15, step.0 - MARGIN);
        let at = (origin.0 - left, origin.1 - 8.0);
        text(&mut svg, at, "start bold", &name);
        axes(&mut svg, map, origin, (small, LOW));
        each(map, |column, row, point| {
            let at =
                (origin.0 + column as f64 * small, origin.1 + row as f64 * LOW);
            small_cell(&mut svg, at, small, point, model);
        });
    }
    svg += "</svg>\n";
    svg
}

/// The pattern's name is its own: a page has other pictures too.
const HATCH: &str = "<defs><pattern id=\"map-open\" width=\"8\" height=\"8\" \
    patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect width=\"8\" height=\"8\" fill=\"#fafafa\"/>\
    <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"8\" stroke=\"#dadada\" \
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

/// The values of an axis, each in one line.
fn values(axis: &Axis) -> Vec<String> {
    let values = axis.values.iter();
    let shown = values.map(|value| axis.parameter.shown(*value));
    shown.map(|value| value.replace(' ', "\u{a0}")).collect()
}

fn axes(svg: &mut String, map: &Map, origin: (f64, f64), cell: (f64, f64)) {
    let bottom = origin.1 + map.y.values.len() as f64 * cell.1;
    for (column, value) in values(&map.x).iter().enumerate() {
        let x = origin.0 + (column as f64 + 0.5) * cell.0;
        text(svg, (x, bottom + 16.0), "middle small", value);
    }
    for (row, value) in values(&map.y).iter().rev().enumerate() {
        let y = origin.1 + (row as f64 + 0.5) * cell.1 + 4.0;
        text(svg, (origin.0 - 6.0, y), "end small", value);
    }
}

/// Those that are or may be best in a point, a line each.
fn names(point: &Point) -> Vec<String> {
    let names = point.verdict.names();
    let open = !point.verdict.is_decided();
    let more = names.len().saturating_sub(NAMES);
    let shown = names.len().min(NAMES);
    let line = |(index, name): (usize, &String)| {
        let end = match (index + 1 == shown, more, open) {
            (true, 0, true) => " ?".to_owned(),
            (true, 0, false) => String::new(),
            (true, more, true) => format!(" +{more} ?"),
            (true, more, false) => format!(" +{more}"),
            (false, _, false) => " =".to_owned(),
            (false, _, true) => ",".to_owned(),
        };
        format!("{}{end}", cut(name, TEXT, NAME))
    };
    match shown {
        0 => vec!["not measured".into()],
        shown => names.iter().take(shown).enumerate().map(line).collect(),
    }
}

/// What the best of the others costs in a point, and how many tasks it has.
fn costs(point: &Point) -> String {
    let tasks = counted(point.job.tasks, "task");
    match point.second() {
        Some(next) => format!("next {}×, {tasks}", digits(next.ratio.median)),
        None => tasks,
    }
}

/// Who is best in a point.
fn large_cell(
    svg: &mut String,
    map: &Map,
    at: (f64, f64),
    wide: f64,
    point: Option<&Point>,
) {
    let fill = match point.map(|point| &point.verdict) {
        Some(Verdict::Best(names)) => colour(map, &names[0]),
        Some(Verdict::Open(_)) => "url(#map-open)",
        Some(Verdict::Unknown) | None => "#ffffff",
    };
    rect(svg, at, (wide, HIGH), fill);
    // A tie has a mark of each of its models.
    if let Some(Verdict::Best(names)) = point.map(|point| &point.verdict)
        && names.len() > 1
    {
        let part = wide / names.len() as f64;
        for (index, name) in names.iter().enumerate() {
            let x = at.0 + index as f64 * part;
            rect(svg, (x, at.1), (part, 7.0), colour(map, name));
        }
    }
    let Some(point) = point else { return };
    let middle = at.0 + wide / 2.0;
    let lines = names(point);
    let first = at.1 + 24.0 - (lines.len() as f64 - 2.0) * 2.0;
    for (index, line) in lines.iter().enumerate() {
        let y = first + index as f64 * 14.0;
        text(svg, (middle, y), "middle", line);
    }
    text(svg, (middle, at.1 + HIGH - 7.0), "middle small", &costs(point));
}

/// How much slower a model is in a point.
fn small_cell(
    svg: &mut String,
    at: (f64, f64),
    wide: f64,
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
                1e5.. => format!("{ratio:.0e}"),
                10.0.. => format!("{ratio:.0}"),
                _ => format!("{ratio:.1}"),
            };
            (*fill, *ink, label)
        }
        None => ("url(#map-open)", "#1a1a1a", "–".into()),
    };
    rect(svg, at, (wide, LOW), fill);
    let (x, y) = (at.0 + wide / 2.0, at.1 + LOW / 2.0 + 4.0);
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
        Some("bold") => format!(" font-weight=\"600\" font-size=\"{HEADING}\""),
        Some(_) => format!(" font-size=\"{NOTE}\""),
        None => String::new(),
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
