//! Sessions of one build, compared two by two, and with one cell made slower.

use lanes_measure::change::{Change, Limits, Outcome, changes};
use lanes_measure::results::{Results, RowResult};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// `--fail-on 5%`.
const LIMITS: Limits = Limits { level: 0.95, margin: 0.1, most: 0.05 };

/// How much slower one cell is made, and in how many of 108 it must be found.
const SLOWED: [(f64, Option<usize>); 5] = [
    (1.1, None),
    (1.2, Some(70)),
    (1.5, Some(100)),
    (2.0, Some(106)),
    (3.0, None),
];

/// Compares the sessions of a folder as `lanes cmp --fail-on 5%` does.
///
/// They are made one after another, such as 24 times:
///
/// ```sh
/// lanes run fib 'counter/*/atomic*' fetch --models rayon,tokio,sequential \
///     --budget 12s --seed N -o FOLDER/N.json
/// ```
pub(crate) fn print(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|end| end == "json"));
    files.sort();
    let sessions = files.iter().map(|file| Results::load(file));
    let sessions: Vec<Results> = sessions.collect::<Result<_, _>>()?;
    let (mut pairs, mut exits, mut claims) = (0, 0, 0);
    for (at, before) in sessions.iter().enumerate() {
        for after in &sessions[at + 1..] {
            let found = changes(before, after, false, &LIMITS);
            let worse = found.iter().filter(|c| c.outcome.is_regression());
            for change in worse.clone() {
                let Change { workload, name, ratio, .. } = change;
                eprintln!("{workload}/{name}: {ratio:?}");
            }
            exits += usize::from(worse.count() > 0);
            claims += usize::from(found.iter().any(claimed));
            pairs += 1;
        }
    }
    println!(
        "{} sessions, {pairs} pairs: {exits} end with exit code 3 (must \
         reach: 5 of 276 or fewer), {claims} have a claim of any kind",
        sessions.len()
    );
    println!("| one cell slower | found | of | must reach |");
    println!("|--:|--:|--:|--:|");
    for (times, least) in SLOWED {
        let (mut found, mut all) = (0, 0);
        for pair in sessions.chunks_exact(2) {
            let [before, after] = pair else { continue };
            for (row, contender) in cells(after) {
                let slowed = slowed(after, row, contender, times);
                let compared = changes(before, &slowed, false, &LIMITS);
                let row = &after.rows[row];
                let cell = compared.iter().find(|c| {
                    c.name == row.contenders[contender].name
                        && (&c.workload, &c.size) == (&row.workload, &row.size)
                });
                let worse = cell.map(|cell| cell.outcome.is_regression());
                found += usize::from(worse == Some(true));
                all += 1;
            }
        }
        let least = least.map_or_else(String::new, |l| l.to_string());
        println!("| {times} times | {found} | {all} | {least} |");
    }
    Ok(())
}

fn claimed(change: &Change) -> bool {
    use lanes_measure::change::Finding::{Faster, Slower};
    let Outcome::Measured { finding, .. } = &change.outcome else {
        return true;
    };
    matches!(finding, Slower { .. } | Faster { .. })
}

/// The cells of a session, by row and contender, without twins.
fn cells(results: &Results) -> Vec<(usize, usize)> {
    let own = |(at, row): (usize, &RowResult)| -> Vec<(usize, usize)> {
        let all = row.contenders.iter().enumerate();
        let all = all.filter(|(_, c)| c.twin_of.is_none());
        all.map(|(contender, _)| (at, contender)).collect()
    };
    results.rows.iter().enumerate().flat_map(own).collect()
}

/// The session with the times of one cell multiplied.
fn slowed(
    results: &Results,
    row: usize,
    contender: usize,
    times: f64,
) -> Results {
    let mut results = results.clone();
    let samples = results.rows[row].samples.iter_mut();
    for taken in samples.filter(|taken| taken.contender == contender) {
        taken.sample.wall_ns = (taken.sample.wall_ns as f64 * times) as u64;
    }
    results
}
