//! `lanes rank`: models over all rows.

use crate::args::{Format, Rank};
use crate::fail::Fail;
use crate::near::nearest;
use crate::say::note;
use crate::select::like;
use crate::sessions::sessions;
use crate::show::{Sheet, json, number, print};
use lanes_core::Point;
use lanes_measure::ranking::{
    self, Figure, Finding, Place, RankedRow, Ranking, YARDSTICK,
};
use lanes_measure::results::Results;
use lanes_measure::tables::UNKNOWN;
use lanes_measure::words::{counted, digits, percent, range, time};
use std::collections::BTreeSet;

/// Prints the ranking of some sessions.
///
/// # Errors
/// Those of the files, [`Fail::Usage`] for a model that none has,
/// [`Fail::Nothing`] if no row has two models.
pub(crate) fn rank(options: &Rank) -> Result<(), Fail> {
    let results = sessions(&options.results)?;
    let only = models(&options.models, &results)?;
    for workload in ranking::unknown(&results) {
        note!("no workload is called {workload:?} here: it is not ranked");
    }
    let level = results.iter().map(|results| results.level);
    let level = level.fold(0.5, f64::max);
    let rankings = ranking::rank(&results, &only, level);
    if rankings.is_empty() {
        return Err(nothing(&results, &only));
    }
    let format = options.printing.format();
    match format {
        Format::Json => print(&json(&rankings)?),
        Format::Csv => print(&csv(&rankings)?),
        Format::Table | Format::Markdown => {
            let texts = rankings.iter().map(|r| text(r, format));
            let texts = texts.collect::<Result<Vec<_>, _>>()?;
            print(&texts.join("\n"))
        }
    }
}

/// The names of the contenders, without twins.
fn names(results: &[Results]) -> BTreeSet<&str> {
    let rows = results.iter().flat_map(|results| &results.rows);
    let contenders = rows.flat_map(|row| &row.contenders);
    let own = contenders.filter(|contender| contender.twin_of.is_none());
    own.map(|contender| contender.name.as_str()).collect()
}

/// The models that these patterns mean, each once.
fn models(
    patterns: &[String],
    results: &[Results],
) -> Result<Vec<String>, Fail> {
    let names = names(results);
    let mut only: Vec<String> = Vec::new();
    for pattern in patterns {
        let found = names.iter().filter(|name| like(pattern, name));
        let found: Vec<&str> = found.copied().collect();
        if found.is_empty() {
            let all = Vec::from_iter(names.iter().copied()).join(", ");
            let near = nearest(pattern, names.iter().copied());
            let hint = match near {
                Some(name) => format!("did you mean {name:?}?"),
                None => format!("the sessions have {all}"),
            };
            let what = format!("no model is called {pattern:?}; {hint}");
            return Err(Fail::Usage(what));
        }
        for name in found {
            if !only.iter().any(|known| known == name) {
                only.push(name.to_owned());
            }
        }
    }
    Ok(only)
}

/// Why there is no ranking.
fn nothing(results: &[Results], only: &[String]) -> Fail {
    let mut all = BTreeSet::new();
    for row in results.iter().flat_map(|results| &results.rows) {
        let sampled = row.samples.iter().map(|t| &row.contenders[t.contender]);
        let own = sampled.filter(|c| c.twin_of.is_none() && !c.answers_only);
        all.extend(own.map(|contender| contender.name.as_str()));
    }
    if !only.is_empty() {
        all.retain(|name| only.iter().any(|wanted| wanted == name));
    }
    Fail::Nothing(match Vec::from_iter(all)[..] {
        [YARDSTICK] => format!(
            "{YARDSTICK} is what others are compared with, and is not ranked; \
             name another model"
        ),
        [one] => format!("{one} alone cannot be ranked; it takes two models"),
        _ => "no row has samples of all these models; name fewer with --models"
            .into(),
    })
}

/// A ranking as text for people.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(ranking: &Ranking, format: Format) -> Result<String, Fail> {
    let work = ranking.point != Point::Overhead;
    let mean = if work { "mean ratio" } else { "cost of an item" };
    let last = if work { "range with one row left out" } else { "each" };
    let columns = [
        "model",
        mean,
        "interval",
        "to the first",
        "its interval",
        "finding",
        last,
    ];
    let mut sheet = Sheet::new(&columns);
    for place in &ranking.places {
        let figure = place.ratio.or(place.seconds_per_item);
        let show = if work { digits } else { time };
        let is_reference = place.model == ranking.reference.model;
        let [ratio, its] = match place.finding {
            Finding::First => [String::new(), String::new()],
            _ => [
                digits(place.to_first.value),
                ends(&place.to_first, &|low, high| range(low, high)),
            ],
        };
        let last = match place.without_one_row {
            _ if !work => each(place, &ranking.rows),
            Some([least, most]) => range(least, most),
            None => String::new(),
        };
        sheet.row(vec![
            place.model.clone(),
            figure.map_or(UNKNOWN.into(), |figure| show(figure.value)),
            // A model is as fast as itself.
            figure
                .filter(|_| !(work && is_reference))
                .map(|figure| interval(&figure, work))
                .unwrap_or_default(),
            ratio,
            its,
            finding(place.finding).into(),
            last,
        ]);
    }
    if !ranking.reference.ranked {
        let cost = ranking.yardstick_seconds_per_item;
        let [mean, interval] = match cost {
            Some(cost) => [time(cost.value), interval(&cost, work)],
            None => ["1.00".into(), String::new()],
        };
        let mut texts = vec![ranking.reference.model.clone(), mean, interval];
        texts.extend([String::new(), String::new()]);
        texts.extend(["not ranked: the yardstick".into(), String::new()]);
        sheet.row(texts);
    }
    let sheet = sheet.text(format)?;
    let title = title(ranking);
    let title = match format {
        Format::Markdown => format!("**{title}**\n\n"),
        _ => format!("{title}\n"),
    };
    Ok(title + &sheet + &notes(ranking, format))
}

/// What is ranked, over what, and compared with what.
fn title(ranking: &Ranking) -> String {
    let rows = counted(ranking.rows.len(), "row");
    let workers = counted(ranking.workers, "worker");
    let what = match ranking.point {
        Point::Work => format!(
            "ranking over {rows} of work with {workers}: geometric means of \
             the ratios of times to those of {}",
            ranking.reference.model
        ),
        Point::Paced => format!(
            "ranking over {rows} of work at a set pace with {workers}: \
             geometric means of the ratios of CPU time beside the work to \
             those of {}",
            ranking.reference.model
        ),
        Point::Overhead => {
            let mut units: Vec<&str> = Vec::new();
            for row in &ranking.rows {
                if !units.contains(&row.unit.as_str()) {
                    units.push(&row.unit);
                }
            }
            let units = units.join(", ");
            format!(
                "ranking over {rows} of overhead with {workers}: geometric \
                 means of the cost of an item ({units})"
            )
        }
    };
    let several = ranking.rows.iter().filter(|row| row.sessions > 1).count();
    let several = match several {
        0 => String::new(),
        _ => format!(
            "; {} of several sessions, each counted once",
            counted(several, "row")
        ),
    };
    let left_out = match ranking.left_out {
        0 => String::new(),
        count => format!(
            "; {} left out that some models lack",
            counted(count, "other row")
        ),
    };
    what + &several + &left_out
}

fn notes(ranking: &Ranking, format: Format) -> String {
    let mut notes = Vec::new();
    if !ranking.partial.is_empty() {
        let names = ranking.partial.join(", ");
        notes.push(format!(
            "not ranked, since they lack some of the rows: {names}"
        ));
    }
    if ranking.reference.ranked {
        let name = &ranking.reference.model;
        notes.push(format!(
            "not all rows have {YARDSTICK}, so the reference is the first \
             model by the alphabet, {name}"
        ));
    }
    notes.push(format!(
        "intervals hold with {} for each model, those to the first for all at \
         once; {UNKNOWN} with fewer than three visits",
        percent(ranking.level)
    ));
    // In Markdown a paragraph of its own.
    let before = if format == Format::Markdown { "\n" } else { "" };
    notes.iter().map(|note| format!("{before}{note}\n")).collect()
}

fn interval(figure: &Figure, work: bool) -> String {
    ends(figure, &|low, high| match work {
        true => range(low, high),
        false => format!("{} to {}", time(low), time(high)),
    })
}

fn ends(figure: &Figure, show: &dyn Fn(f64, f64) -> String) -> String {
    let ends = figure.low.zip(figure.high);
    ends.map_or_else(|| UNKNOWN.into(), |(low, high)| show(low, high))
}

/// What an item costs in each row.
fn each(place: &Place, rows: &[RankedRow]) -> String {
    let costs = rows.iter().zip(&place.by_row).map(|(row, seconds)| {
        let RankedRow { workload, size, unit, .. } = row;
        format!("{workload} {size}: {} a {unit}", time(*seconds))
    });
    costs.collect::<Vec<_>>().join(", ")
}

fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::First => "first",
        Finding::NotDistinguishable => "not distinguishable from the first",
        Finding::Slower => "slower than the first",
        Finding::Unknown => UNKNOWN,
    }
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 17] = [
    "workers",
    "point",
    "rows",
    "reference",
    "model",
    "ratio",
    "ratio_low",
    "ratio_high",
    "seconds_per_item",
    "seconds_per_item_low",
    "seconds_per_item_high",
    "to_first",
    "to_first_low",
    "to_first_high",
    "finding",
    "least_without_one_row",
    "most_without_one_row",
];

/// All rankings for spreadsheets: numbers in seconds and ratios, and an empty
/// cell for what is not known.
fn csv(rankings: &[Ranking]) -> Result<String, Fail> {
    let mut sheet = Sheet::new(&COLUMNS);
    let figure = |figure: Option<Figure>| {
        let value = figure.map(|figure| figure.value);
        let low = figure.and_then(|figure| figure.low);
        let high = figure.and_then(|figure| figure.high);
        [value, low, high].map(number)
    };
    for ranking in rankings {
        let point = match ranking.point {
            Point::Work => "work",
            Point::Overhead => "overhead",
            Point::Paced => "paced",
        };
        let start = [
            ranking.workers.to_string(),
            point.into(),
            ranking.rows.len().to_string(),
            ranking.reference.model.clone(),
        ];
        for place in &ranking.places {
            let finding = match place.finding {
                Finding::First => "first",
                Finding::NotDistinguishable => "not-distinguishable",
                Finding::Slower => "slower",
                Finding::Unknown => "unknown",
            };
            let mut texts = start.to_vec();
            texts.push(place.model.clone());
            texts.extend(figure(place.ratio));
            texts.extend(figure(place.seconds_per_item));
            texts.extend(figure(Some(place.to_first)));
            texts.push(finding.into());
            let ends = place.without_one_row;
            texts.extend([0, 1].map(|end| number(ends.map(|ends| ends[end]))));
            sheet.row(texts);
        }
    }
    sheet.text(Format::Csv)
}
