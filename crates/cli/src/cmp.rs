//! `lanes cmp`: two sessions, cell by cell.

use crate::args::Cmp;
use crate::changes::{end, text, visible};
use crate::fail::Fail;
use crate::provenance::differences;
use crate::say::{line, note};
use crate::sessions::is_part;
use crate::show::print;
use lanes_measure::change::{BESIDE, Change, Compared, Limits, changes};
use lanes_measure::results::{Results, State};

/// Prints what changed between two sessions.
///
/// # Errors
/// Those of the files, [`Fail::Nothing`] without a cell that was measured in
/// both, or without one that can be judged under `--fail-on`,
/// [`Fail::Regression`] for one under `--fail-on`, [`Fail::Failure`] for a cell
/// that fails now.
pub(crate) fn cmp(options: &Cmp) -> Result<(), Fail> {
    let load = |path| Results::load(path).map_err(Fail::of);
    let (before, after) = (load(&options.before)?, load(&options.after)?);
    for difference in differences(&before, &after) {
        note!("{difference}");
    }
    if is_part(&before, &after) || is_part(&after, &before) {
        let [before, after] = [&options.before, &options.after];
        let (before, after) = (before.display(), after.display());
        note!("{before} and {after} are of one session");
    }
    for (results, path) in
        [(&before, &options.before), (&after, &options.after)]
    {
        let path = path.display();
        if results.state != State::Complete {
            note!("the session in {path} did not end as planned");
        }
    }
    let path = options.before.display();
    if before.rows.iter().all(|row| row.samples.is_empty()) {
        return Err(Fail::Nothing(format!("{path} has no samples")));
    }
    let limits = Limits {
        level: before.level.max(after.level),
        margin: options.margin,
        most: options.fail_on.unwrap_or(0.0),
    };
    let changes = changes(&before, &after, options.absolute, &limits);
    // A loss is a regression where a limit was named, and a failure always.
    let common = |change: &Change| {
        change.seconds.iter().all(Option::is_some)
            || change.outcome.failure().is_some()
    };
    if !changes.iter().any(common) && options.fail_on.is_none() {
        return Err(Fail::Nothing("the files have no cell in common".into()));
    }
    let format = options.printing.format();
    print(&text(&changes, options.fail_on, format)?)?;
    if format.is_for_people() {
        explain(&changes);
    }
    end(&changes, options.fail_on)
}

fn explain(changes: &[Change]) {
    let visible = visible(changes);
    if !visible.is_empty() {
        line!("{}", visible.trim_end());
    }
    let beside = |c: &Change| c.compared == Compared::BesideOthers;
    if changes.iter().any(beside) {
        line!(
            "Beside the others: a slowdown of all models of a row, as by a \
             busy neighbour, is not in the ratio (--absolute compares bare \
             times)."
        );
    }
    if !changes.iter().all(beside) {
        line!(
            "Absolute: what made the whole machine slower is in the ratio; it \
             takes {BESIDE} other models in a row to tell. `lanes duel` \
             compares two builds in one session."
        );
    }
}
