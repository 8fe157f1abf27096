//! The parts of the documentation that are made of data: rows as the
//! terminal prints them, and siblings as they are.

use crate::args::Format;
use crate::fail::Fail;
use crate::faults;
use crate::printed;
use crate::traps::printed as trapped;
use lanes_measure::faults::Faults;
use lanes_measure::results::Results;
use lanes_measure::traps::Traps;
use std::fs;
use std::path::Path;

/// A part of a page, which stands between the markers `NAME:begin` and
/// `NAME:end`; see [`lanes_measure::between`].
#[derive(Debug)]
pub struct Part {
    /// The page, from the root of the repository on.
    pub page: &'static str,
    /// The name of the markers.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

/// Some rows of a session, and whether the ranking of all its rows follows.
struct Excerpt {
    page: &'static str,
    name: &'static str,
    /// The results, from the root of the repository on.
    results: &'static str,
    /// The rows, as `WORKLOAD SIZE`.
    rows: &'static [&'static str],
    workers: usize,
    /// Whether latencies, memory and CPU time beside the work stand below.
    details: bool,
    ranking: bool,
}

const EXCERPTS: &[Excerpt] = &[
    Excerpt {
        page: "README.md",
        name: "verdict",
        results: "crates/report/published/1-quick.json",
        rows: &["fetch 64x5ms-16"],
        workers: 2,
        details: false,
        ranking: false,
    },
    Excerpt {
        page: "crates/measure/METHOD.md",
        name: "verdict",
        results: "crates/report/published/1-quick.json",
        rows: &["subtasks 2000us"],
        workers: 2,
        details: false,
        ranking: false,
    },
    Excerpt {
        page: "crates/report/WAITING.md",
        name: "sleepers",
        results: "crates/report/published/7-sleepers.json",
        rows: &["sleepers 1000000x3s"],
        workers: 2,
        details: true,
        ranking: false,
    },
    Excerpt {
        page: "crates/report/WAITING.md",
        name: "echo",
        results: "crates/report/published/8-echo.json",
        rows: &["echo 64x50000", "echo 1024x50000"],
        workers: 1,
        details: true,
        ranking: false,
    },
    Excerpt {
        page: "crates/report/WAITING.md",
        name: "paced",
        results: "crates/report/published/9-paced.json",
        rows: &["burst 20x64x10us-10ms", "trickle 60x50us-3ms"],
        workers: 2,
        details: true,
        ranking: true,
    },
];

/// The verdicts of all cases, from the root of the repository on.
const FAULTS: &str = "crates/report/published/faults.json";

/// What was found of all traps.
const TRAPS: &str = "crates/report/published/10-traps.json";

/// The siblings that the README shows.
const PAIR: [&str; 2] = ["crates/rayon/src/fib.rs", "crates/tokio/src/fib.rs"];

/// Every part of every page, from the files in the repository at `root`.
///
/// # Errors
/// The results that cannot be read, and the row that they lack.
pub fn parts(root: &Path) -> Result<Vec<Part>, String> {
    let text = pair(root, PAIR)?;
    let mut parts = vec![Part { page: "README.md", name: "pair", text }];
    for excerpt in EXCERPTS {
        let results = Results::load(&root.join(excerpt.results));
        let results = results.map_err(|error| error.to_string())?;
        let text = row(&results, excerpt);
        let text = text.map_err(|fail| fail.to_string())?;
        let &Excerpt { page, name, .. } = excerpt;
        parts.push(Part { page, name, text });
    }
    let faults = Faults::load(&root.join(FAULTS));
    let faults = faults.map_err(|error| error.to_string())?;
    let text = faults::grid::text(&faults, Format::Markdown, false);
    let text = text.map_err(|fail| fail.to_string())?;
    let page = "crates/conformance/FAULTS.md";
    parts.push(Part { page, name: "faults", text });
    let traps = Traps::load(&root.join(TRAPS));
    let traps = traps.map_err(|error| error.to_string())?;
    let text = trapped::text(&traps, Format::Markdown);
    let text = text.map_err(|fail| fail.to_string())?;
    parts.push(Part { page: "crates/traps/TRAPS.md", name: "found", text });
    Ok(parts)
}

/// The rows of an excerpt, as the terminal prints them.
fn row(results: &Results, excerpt: &Excerpt) -> Result<String, Fail> {
    let workers = excerpt.workers;
    let mut text = String::from("```text\n");
    for name in excerpt.rows {
        let mut rows = results.rows.iter();
        let row = rows.find(|row| *name == printed::name(row));
        let found = row.and_then(|row| {
            let summary = row.summary.as_ref()?;
            let mut groups = summary.groups.iter();
            Some((row, summary, groups.find(|g| g.workers == workers)?))
        });
        let (row, summary, group) = found.ok_or_else(|| {
            Fail::Nothing(format!("no row {name} with {workers} workers"))
        })?;
        text += &printed::group(row, summary, group, Format::Table)?;
        if excerpt.details {
            text += &printed::details(row, results, Format::Table)?;
        }
    }
    if excerpt.ranking {
        let workers = Some(workers);
        text += &printed::rankings(results, workers, Format::Table)?;
    }
    Ok(text.trim_end().to_owned() + "\n```\n\n" + &printed::foot(results))
}

/// Two siblings beside each other: the four keys of their headers, and what
/// stands below their `impl`.
fn pair(root: &Path, [left, right]: [&str; 2]) -> Result<String, String> {
    let column = |path: &str| {
        let text = fs::read_to_string(root.join(path));
        let text = text.map_err(|error| format!("{path}: {error}"))?;
        let keys = text.lines().skip_while(|line| !line.starts_with("//! - "));
        let keys = keys.take_while(|line| line.starts_with("//!"));
        let keys: Vec<&str> = keys.collect();
        let below = text.split_once("\n}\n\n").map(|(_, below)| below);
        let below = below.ok_or_else(|| format!("{path}: nothing below"))?;
        let keys = keys.join("\n");
        Ok::<_, String>(format!("```rust,ignore\n{keys}\n\n{below}```"))
    };
    Ok(format!(
        "<table>\n<tr><th><code>{left}</code></th><th><code>{right}</code></th>\
         </tr>\n<tr><td>\n\n{}\n\n</td><td>\n\n{}\n\n</td></tr>\n</table>\n",
        column(left)?,
        column(right)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_not_there_is_an_error() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let file = root.join(EXCERPTS[0].results);
        let results = Results::load(&file).unwrap();
        let excerpt = |rows, workers| Excerpt {
            rows,
            workers,
            ranking: true,
            ..EXCERPTS[0]
        };
        let text = row(&results, &excerpt(&["fib 18"], 2)).unwrap();
        for word in ["fib 18, 2 workers", "ranking over", " commit "] {
            assert!(text.contains(word), "{word}: {text}");
        }
        for gone in [excerpt(&["fib 1"], 2), excerpt(&["fib 18"], 9)] {
            assert!(row(&results, &gone).is_err());
        }
    }
}
