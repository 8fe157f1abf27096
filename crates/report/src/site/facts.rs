//! The facts about a session: machine, versions, twins, and whether it ended.

use crate::content::ResultFile;
use lanes_measure::results::{Results, State};
use lanes_measure::tables::own;
use lanes_measure::words::{counted, digits, percent, range};

/// The facts about a session.
pub(super) struct Facts {
    pub(super) name: String,
    pub(super) begun: String,
    /// The machine and the commit in a line.
    pub(super) on: String,
    pub(super) versions: Vec<String>,
    /// By how much second processes of the fastest models differed.
    pub(super) twin: String,
    pub(super) rows: Vec<(&'static str, String)>,
    /// A warning above the figures.
    pub(super) warning: Option<String>,
}

impl Facts {
    pub(super) fn of(session: &ResultFile) -> Self {
        let results = &session.results;
        let machine = &results.machine;
        let memory = machine.memory.map_or_else(String::new, |bytes| {
            format!(", {} GiB", digits(bytes as f64 / f64::from(1 << 30)))
        });
        let twin = twin(results);
        let mut versions: Vec<String> = machine.libraries.clone();
        let attested = results.rows.iter().flat_map(|row| &row.contenders);
        for (what, version) in attested.flat_map(|c| &c.versions) {
            let version = format!("{what} {version}");
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
        let contenders = results.rows.iter().flat_map(own).count();
        let samples: usize =
            results.rows.iter().map(|row| row.samples.len()).sum();
        let what = format!(
            "{}, {}, {} in {:.0} s",
            counted(results.rows.len(), "row"),
            counted(contenders, "cell"),
            counted(samples, "sample"),
            results.seconds
        );
        let commit = results.build.commit.as_deref().unwrap_or("unknown");
        let commit: String = commit.chars().take(9).collect();
        let on = format!(
            "{}, {} cores, {}, commit {commit}{}",
            machine.processor,
            machine.cores,
            machine.system,
            if results.build.dirty { " with changes" } else { "" },
        );
        let rows = vec![
            (
                "machine",
                format!(
                    "{}, {} cores{memory}, {}",
                    machine.processor, machine.cores, machine.system
                ),
            ),
            ("built with", results.build.to_string()),
            ("versions", versions.join(", ")),
            ("measured", what),
            ("twins, by row", twin.clone()),
            ("intervals of a row hold with", percent(results.level)),
            ("as fast", format!("within {}", percent(results.margin))),
        ];
        let warning = match results.state {
            _ if results.rows.is_empty() => {
                Some("This session measured nothing.".to_owned())
            }
            State::Complete => None,
            State::Running => Some(
                "This session did not end: it still ran when these pages were \
                 made, or was killed. Its figures are from the samples so far."
                    .into(),
            ),
            State::Interrupted => Some(
                "This session was interrupted: its figures are from the \
                 samples until then."
                    .into(),
            ),
        };
        let name = session.name.clone();
        Self {
            name,
            begun: results.begun.clone(),
            on,
            versions,
            twin,
            rows,
            warning,
        }
    }
}

/// Between which ratios the times of second processes to those of the first
/// lie, in all rows.
fn twin(results: &Results) -> String {
    let twins = results.rows.iter().filter_map(|row| {
        let twin = row.summary.as_ref()?.twin?.ratio();
        (twin.low.is_finite() && twin.high.is_finite()).then_some(twin.median)
    });
    let mut twins: Vec<f64> = twins.collect();
    twins.sort_unstable_by(f64::total_cmp);
    let (Some(least), Some(most)) = (twins.first(), twins.last()) else {
        return "not known".into();
    };
    let unknown = match results.rows.len() - twins.len() {
        0 => String::new(),
        rows => format!(" (not known in {})", counted(rows, "row")),
    };
    format!("{} of its time{unknown}", range(*least, *most))
}

/// Machines with commits, then versions, each once.
pub(super) fn measured_on<'a>(
    facts: impl Iterator<Item = &'a Facts> + Clone,
) -> Vec<String> {
    let machines = facts.clone().map(|facts| &facts.on);
    let versions = facts.flat_map(|facts| &facts.versions);
    let mut all: Vec<String> = Vec::new();
    for what in machines.chain(versions) {
        if !all.contains(what) {
            all.push(what.clone());
        }
    }
    all
}
