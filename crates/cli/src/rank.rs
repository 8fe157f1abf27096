//! `lanes rank`: models over all rows.

use crate::args::{Format, Rank};
use crate::fail::Fail;
use crate::show::{Sheet, print};
use lanes_measure::ranking::{self, Ranking};
use lanes_measure::results::Results;
use lanes_measure::words::{counted, digits, range};

/// Prints the ranking of some sessions.
///
/// # Errors
/// Those of the files, [`Fail::Nothing`] if no row has two models.
pub(crate) fn rank(options: &Rank) -> Result<(), Fail> {
    let results = options.results.iter().map(|path| Results::load(path));
    let results = results.collect::<Result<Vec<_>, _>>().map_err(Fail::of)?;
    for other in results.iter().skip(1) {
        warn_if_other(&results[0], other);
    }
    let level = results.iter().map(|results| results.level);
    let level = level.fold(0.5, f64::max);
    let rankings = ranking::rank(&results, &options.models, level);
    if rankings.is_empty() {
        return Err(Fail::Nothing(
            "no row has samples of all these models; name fewer with --models"
                .into(),
        ));
    }
    if options.format == Format::Json {
        let json = serde_json::to_string_pretty(&rankings).map_err(Fail::of)?;
        return print(&(json + "\n"));
    }
    rankings
        .iter()
        .try_for_each(|ranking| print(&text(ranking, options.format)?))
}

/// Says on standard error if two sessions ran on different machines.
pub(crate) fn warn_if_other(one: &Results, other: &Results) {
    let [a, b] = [&one.machine, &other.machine];
    if (&a.processor, a.cores, &a.system) != (&b.processor, b.cores, &b.system)
    {
        eprintln!("lanes: two machines are compared: {a}; and {b}");
    } else if a.libraries != b.libraries || one.build.rustc != other.build.rustc
    {
        eprintln!("lanes: the versions differ: {a}; and {b}");
    }
}

/// A ranking as text.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(ranking: &Ranking, format: Format) -> Result<String, Fail> {
    let columns = [
        "model",
        "mean ratio to the best",
        "interval",
        "range with one row left out",
    ];
    let mut sheet = Sheet::new(&columns);
    for place in &ranking.places {
        sheet.row(vec![
            place.name.clone(),
            digits(place.mean),
            range(place.low, place.high),
            range(place.least, place.most),
        ]);
    }
    let sheet = sheet.text(format)?;
    if format == Format::Csv {
        return Ok(sheet);
    }
    let (rows, left_out) = (ranking.rows.len(), ranking.left_out);
    let left_out = match left_out {
        0 => String::new(),
        _ => format!(", {left_out} rows left out that some models lack"),
    };
    let workers = counted(ranking.workers, "worker");
    let title = format!(
        "ranking over {rows} rows with {workers}: geometric means{left_out}"
    );
    let title = match format {
        Format::Markdown => format!("**{title}**\n\n"),
        _ => format!("{title}\n"),
    };
    let partial = match &ranking.partial[..] {
        [] => String::new(),
        partial => {
            let names = partial.join(", ");
            format!("not ranked, since they lack some of the rows: {names}\n")
        }
    };
    Ok(title + &sheet + &partial)
}
