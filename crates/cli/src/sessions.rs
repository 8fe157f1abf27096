//! Several result files, each session once.

use crate::fail::Fail;
use crate::provenance::differences;
use crate::say::note;
use lanes_measure::results::{Results, State};
use std::path::{Path, PathBuf};

/// Reads the sessions. What a reader should know of them is said on standard
/// error: files that count once, sessions that did not end, other machines.
///
/// # Errors
/// Those of the files, [`Fail::Nothing`] if none has a sample.
pub(crate) fn sessions(paths: &[PathBuf]) -> Result<Vec<Results>, Fail> {
    let mut all: Vec<(&Path, Results)> = Vec::new();
    for path in once(paths) {
        let results = Results::load(path).map_err(Fail::of)?;
        let twin = all.iter_mut().find(|(_, other)| {
            is_part(&results, other) || is_part(other, &results)
        });
        let Some((other, kept)) = twin else {
            all.push((path, results));
            continue;
        };
        let (one, two) = (path.display(), other.display());
        note!("{one} and {two} are one session, and count once");
        if !is_part(&results, kept) {
            (*other, *kept) = (path, results);
        }
    }
    let mut sampled = false;
    for (path, results) in &all {
        let path = path.display();
        match results.state {
            State::Complete => {}
            State::Running => {
                note!("the session in {path} is running, or was killed");
            }
            State::Interrupted => {
                note!("the session in {path} was interrupted");
            }
        }
        match results.rows.iter().any(|row| !row.samples.is_empty()) {
            true => sampled = true,
            false => note!("{path} has no samples"),
        }
    }
    if !sampled {
        let text = "no file has samples; measure with `lanes run`";
        return Err(Fail::Nothing(text.into()));
    }
    for (path, other) in all.iter().skip(1) {
        let (first, path) = (all[0].0.display(), path.display());
        for difference in differences(&all[0].1, other) {
            match all.len() {
                2 => note!("{difference}"),
                // Else nobody knows which of them it is about.
                _ => note!("{first} and {path}: {difference}"),
            }
        }
    }
    Ok(all.into_iter().map(|(_, results)| results).collect())
}

/// The files, without those that were named before.
fn once(paths: &[PathBuf]) -> Vec<&Path> {
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut all = Vec::new();
    for path in paths {
        // What does not exist is an error where it is read.
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.contains(&real) {
            let path = path.display();
            note!("{path} is named twice, and counts once");
            continue;
        }
        seen.push(real);
        all.push(path.as_path());
    }
    all
}

/// Whether one file is a copy of another one, or of its state at an earlier
/// time.
pub(crate) fn is_part(part: &Results, whole: &Results) -> bool {
    let mut rows = part.rows.iter();
    (&part.begun, part.seed) == (&whole.begun, whole.seed)
        && (&part.machine, &part.build) == (&whole.machine, &whole.build)
        && rows.all(|row| {
            whole.rows.iter().any(|other| {
                let same = (&row.workload, &row.size);
                same == (&other.workload, &other.size)
                    && other.samples.starts_with(&row.samples)
            })
        })
}
