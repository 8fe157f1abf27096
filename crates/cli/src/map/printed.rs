//! A map, as it is printed.

use super::axis;
use crate::args::Format;
use crate::fail::Fail;
use crate::printed::foot;
use crate::show::{Sheet, json, number};
use lanes_measure::map::{Map, Point, Verdict, crossings, summaries};
use lanes_measure::results::Results;
use lanes_measure::words::{counted, digits};

/// The map in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(
    map: &Map,
    results: &Results,
    format: Format,
) -> Result<String, Fail> {
    match format {
        Format::Json => json(results),
        Format::Csv => list(map).text(format),
        Format::Table | Format::Markdown => people(map, results, format),
    }
}

/// A session that has no point with a time.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn none(results: &Results, format: Format) -> Result<String, Fail> {
    match format {
        Format::Json => json(results),
        Format::Csv => Sheet::new(&COLUMNS).text(format),
        Format::Table | Format::Markdown => {
            Ok("No point was measured.\n".to_owned() + &foot(results))
        }
    }
}

fn people(
    map: &Map,
    results: &Results,
    format: Format,
) -> Result<String, Fail> {
    let mut text = format!(
        "Who is best. Right: {}. Up: {}.\n\n",
        axis(&map.x),
        axis(&map.y)
    );
    text += &grid(map).text(format)?;
    text += "\n= tied with each other, within the margin; ? one of these, \
             which is open; (next 1.4x) what the best of the others costs\n\n";
    let borders = crossings(map);
    for border in &borders {
        text += &format!("{}\n", border.words(map));
    }
    if !borders.is_empty() {
        text.push('\n');
    }
    for summary in summaries(map) {
        text += &format!("{summary}\n");
    }
    let all = map.all().count();
    text +=
        &format!("\n{} of {} decided\n", map.decided(), counted(all, "point"));
    text += &foot(results);
    Ok(text)
}

/// The upper rows of the map first.
fn grid(map: &Map) -> Sheet {
    let (x, y) = (map.x.parameter, map.y.parameter);
    let columns = map.x.values.iter().map(|value| x.shown(*value));
    let first = [format!("{} \\ {}", y.name(), x.name())];
    let mut sheet = Sheet::with(first.into_iter().chain(columns));
    let lines = map.y.values.iter().zip(&map.points);
    for (value, points) in lines.rev() {
        let mut cells = vec![y.shown(*value)];
        cells.extend(points.iter().map(|point| match point {
            Some(point) => cell(point),
            None => String::new(),
        }));
        sheet.row(cells);
    }
    sheet
}

/// Who is best in a point, and what the next one costs.
fn cell(point: &Point) -> String {
    let names = match &point.verdict {
        Verdict::Best(names) => names.join(" = "),
        Verdict::Open(names) => format!("{}?", names.join(", ")),
        Verdict::Unknown => return "not measured".into(),
    };
    match point.second() {
        Some(next) => {
            format!("{names} (next {}x)", digits(next.ratio.median))
        }
        None => names,
    }
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 10] = [
    "x", "y", "tasks", "model", "seconds", "ratio", "low", "high", "standing",
    "why",
];

/// A line for each model of each point.
fn list(map: &Map) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for point in map.all() {
        let head = || {
            vec![
                number(Some(point.x)),
                number(Some(point.y)),
                point.job.tasks.to_string(),
            ]
        };
        for place in &point.places {
            let standing = match (&point.verdict, place.slower) {
                (_, true) => "slower",
                (Verdict::Best(_), false) => "best",
                _ => "open",
            };
            let mut line = head();
            line.extend([
                place.model.clone(),
                number(Some(place.seconds)),
                number(Some(place.ratio.median)),
                number(Some(place.ratio.low)),
                number(Some(place.ratio.high)),
                standing.into(),
                String::new(),
            ]);
            sheet.row(line);
        }
        for (model, why) in &point.failed {
            let mut line = head();
            line.push(model.clone());
            line.extend([(); 4].map(|()| String::new()));
            line.extend(["failed".into(), why.clone()]);
            sheet.row(line);
        }
    }
    sheet
}
