//! Sessions that were made with `lanes run`: how many cells they decide, and
//! whether they contradict each other.

use lanes_measure::results::Results;
use lanes_measure::statistics::Grade;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// A workload, a size, a number of workers and a model.
type Cell<'a> = (&'a str, &'a str, usize, &'a str);

/// Prints the share of decided cells of each session, and the cells of which
/// two sessions say what cannot both be true.
pub(crate) fn print(files: &[&str]) -> Result<(), Box<dyn Error>> {
    let load = |file: &&str| Results::load(Path::new(file));
    let sessions = files.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    println!("| session | time | cells | decided | share |");
    println!("|---|--:|--:|--:|--:|");
    for (file, results) in files.iter().zip(&sessions) {
        let all = grades(results);
        let open = all.values().filter(|grade| grade.is_open()).count();
        let decided = all.len() - open;
        let share = 100.0 * decided as f64 / all.len().max(1) as f64;
        println!(
            "| {file} | {:.0} s | {} | {decided} | {share:.1} % |",
            results.seconds,
            all.len()
        );
    }
    let (mut contradictions, mut apart, mut compared) = (0, 0, 0);
    for (at, one) in sessions.iter().enumerate() {
        for other in &sessions[at + 1..] {
            let others = grades(other);
            for (cell, grade) in grades(one) {
                let Some(second) = others.get(&cell) else { continue };
                compared += 1;
                if contradicts(grade, second) {
                    contradictions += 1;
                } else if lie_apart(grade, second) {
                    apart += 1;
                } else {
                    continue;
                }
                println!("{cell:?}: {grade:?}, and {second:?}");
            }
        }
    }
    println!(
        "{contradictions} of {compared} cells are the fastest, or as fast, in \
         one session, and slower than that in the other"
    );
    println!(
        "{apart} of {compared} cells are slower in both, by intervals that \
         have nothing in common"
    );
    println!("must reach: 90 % decided in two sessions in a row, 0 between");
    Ok(())
}

fn grades(results: &Results) -> BTreeMap<Cell<'_>, &Grade> {
    let mut all = BTreeMap::new();
    for row in &results.rows {
        for group in row.summary.iter().flat_map(|s| &s.groups) {
            for standing in &group.standings {
                let name = row.contenders[standing.contender].name.as_str();
                let cell = (&*row.workload, &*row.size, group.workers, name);
                all.extend(standing.grade.as_ref().map(|said| (cell, said)));
            }
        }
    }
    all
}

/// Whether one grade says that a cell is slower, and the other one that it is
/// not, or not by so much.
fn contradicts(one: &Grade, other: &Grade) -> bool {
    let slower = |grade: &Grade| matches!(grade, Grade::Slower { .. });
    let fastest = |grade: &Grade| matches!(grade, Grade::Fastest);
    let both = fastest(one) && slower(other) || slower(one) && fastest(other);
    both || slower(one) != slower(other) && lie_apart(one, other)
}

/// Whether what two grades say of how much slower a cell is than the fastest
/// has nothing in common.
fn lie_apart(one: &Grade, other: &Grade) -> bool {
    let range = |grade: &Grade| match *grade {
        Grade::Fastest => (0.0, 0.0),
        Grade::AsFast { within } | Grade::AtMost { within } => (0.0, within),
        Grade::Slower { low, high } => (low, high),
        Grade::Open { .. } => (0.0, f64::INFINITY),
    };
    let ((a, b), (c, d)) = (range(one), range(other));
    b < c || d < a
}
