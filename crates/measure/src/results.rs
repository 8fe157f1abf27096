//! What a session measured, as a file.

mod possible;

use crate::axis::Axes;
use crate::document::{Document, Unreadable};
use crate::failure::Failure;
use crate::foreign;
use crate::machine::Machine;
use crate::protocol::Sample;
use crate::statistics::median;
use crate::summary::Summary;
use lanes_core::{Input, Point, Size, workload};
use possible::possible;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// What a result file says it is.
pub const SCHEMA: &str = "lanes-results";
/// The version of its format.
pub const VERSION: u32 = 3;

/// What a session measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`VERSION`].
    pub version: u32,
    /// How the session ended.
    pub state: State,
    /// When it began, in UTC as RFC 3339 writes it.
    #[serde(deserialize_with = "foreign::text")]
    pub begun: String,
    /// How long it took so far, in seconds.
    pub seconds: f64,
    /// The machine it ran on, and the libraries.
    pub machine: Machine,
    /// What was measured with.
    pub build: Build,
    /// The seed of inputs and orders.
    pub seed: u64,
    /// The probability with which the intervals of a row hold all at once.
    pub level: f64,
    /// Contenders whose difference certainly lies within this fraction are
    /// tied.
    pub margin: f64,
    /// What reading the clock costs, in seconds.
    pub clock: f64,
    /// The parameters that the rows differ in, where they are the points of a
    /// map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<Axes>,
    /// The rows, in the order of the catalogue.
    pub rows: Vec<RowResult>,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not yet; or it was killed.
    Running,
    /// As planned.
    Complete,
    /// From outside, with Ctrl-C.
    Interrupted,
}

impl State {
    /// How it has ended if it is ended now.
    pub fn interrupted(self) -> Self {
        match self {
            Self::Running | Self::Interrupted => Self::Interrupted,
            Self::Complete => Self::Complete,
        }
    }
}

/// What was measured with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The version of Lanes.
    #[serde(deserialize_with = "foreign::text")]
    pub version: String,
    /// The compiler.
    #[serde(deserialize_with = "foreign::text")]
    pub rustc: String,
    /// `release` or `debug`.
    #[serde(deserialize_with = "foreign::text")]
    pub profile: String,
    /// The commit, where it is known.
    #[serde(default, deserialize_with = "foreign::maybe_text")]
    pub commit: Option<String>,
    /// Whether files differed from the commit.
    pub dirty: bool,
    /// The two builds that a duel measured, where there was one: paths or
    /// commits.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "foreign::maybe_pair"
    )]
    pub compared: Option<[String; 2]>,
}

impl Build {
    /// This build, by this compiler, from this commit where it is known, and
    /// from files that differed from it or not. Only the program that measures
    /// knows them: a library that did would be built anew for each commit.
    pub fn here(rustc: &str, commit: Option<&str>, dirty: bool) -> Self {
        let debug = cfg!(debug_assertions);
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            rustc: rustc.into(),
            profile: if debug { "debug" } else { "release" }.into(),
            commit: commit.map(str::to_owned),
            dirty,
            compared: None,
        }
    }
}

/// The compiler, the build and the commit, on one line.
impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, rustc, profile, commit, dirty, .. } = self;
        let commit = commit.as_deref().unwrap_or("unknown");
        let short: String = commit.chars().take(9).collect();
        let changes = if *dirty { ", with changes" } else { "" };
        write!(
            f,
            "{rustc}; lanes {version} ({profile} build), \
             commit {short}{changes}"
        )
    }
}

/// One row: a workload at one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowResult {
    /// The workload.
    #[serde(deserialize_with = "foreign::text")]
    pub workload: String,
    /// The size, as commands spell it.
    #[serde(deserialize_with = "foreign::text")]
    pub size: String,
    /// The size, as workers read it.
    pub parameters: Value,
    /// How many items.
    pub items: usize,
    /// What an item is.
    #[serde(deserialize_with = "foreign::text")]
    pub unit: String,
    /// The contenders that were compared.
    pub contenders: Vec<ContenderResult>,
    /// The limits, one for each number of workers.
    pub limits: Vec<LimitResult>,
    /// How long its visits took, in seconds.
    pub seconds: f64,
    /// How far the first and the last processor were apart in visits, where
    /// that was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hops: Vec<Hop>,
    /// Every sample, in the order in which they were taken.
    pub samples: Vec<Taken>,
    /// What follows from them; there once the session has ended.
    pub summary: Option<Summary>,
}

/// How far two processors were apart in a visit; see [`crate::apart`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The number of the visit.
    pub visit: usize,
    /// What a cache line takes from one to the other, in seconds.
    pub seconds: f64,
}

impl RowResult {
    /// Whether its time is set from outside, so that models differ only in the
    /// CPU time that they spend beside the work.
    pub fn is_paced(&self) -> bool {
        workload::find(&self.workload)
            .is_some_and(|known| known.point == Point::Paced)
    }

    /// The CPU time of a run's work itself, in seconds, for a row that is
    /// paced; the least that was measured.
    pub fn work(&self) -> Option<f64> {
        let limits = self.limits.iter().filter(|_| self.is_paced());
        let work = limits.flat_map(|limit| limit.work.iter().copied());
        work.min_by(f64::total_cmp)
    }

    /// The best time that is possible: the least that was measured for the
    /// limit, in seconds. What fewer workers can do, more can do too.
    pub fn least(&self, workers: usize) -> Option<f64> {
        let known = self.limits.iter().any(|limit| limit.workers == workers);
        let fewer = self.limits.iter();
        let fewer = fewer.filter(|l| known && l.workers <= workers);
        let seconds = fewer.flat_map(|limit| limit.seconds.iter().copied());
        seconds.min_by(f64::total_cmp)
    }

    /// How far the processors were apart in a visit, where it was measured.
    pub(crate) fn hop(&self, visit: usize) -> Option<f64> {
        let mut hops = self.hops.iter();
        hops.find(|hop| hop.visit == visit).map(|hop| hop.seconds)
    }
}

/// A model with its number of workers, in one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContenderResult {
    /// The name it is listed by.
    #[serde(deserialize_with = "foreign::text")]
    pub name: String,
    /// The model.
    #[serde(deserialize_with = "foreign::text")]
    pub model: String,
    /// How many workers were asked for.
    pub workers: usize,
    /// Whether it has one worker, however many are asked for.
    pub serial: bool,
    /// Whether its workers are nodes, so that it is beside any number of
    /// workers on one machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub nodes: bool,
    /// Which nodes had the input when the time of a run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    /// Whether each node had a network namespace of its own; otherwise they had
    /// addresses of the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub namespaces: bool,
    /// How long its nodes took to start and to know each other, in seconds, in
    /// each visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<f64>,
    /// Whether these are more workers than the machine runs at once.
    pub oversubscribed: bool,
    /// For a twin, a second process that serves as a control: the contender
    /// that it repeats.
    pub twin_of: Option<usize>,
    /// Whether it says that it only answers: it is shown, and never ranked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub answers_only: bool,
    /// The versions it attested.
    #[serde(deserialize_with = "foreign::texts_by_name")]
    pub versions: BTreeMap<String, String>,
    /// Why it has no samples, or no more of them.
    pub failure: Option<Failure>,
    /// Latencies in nanoseconds, each with how often it was seen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub latencies: BTreeMap<u64, u64>,
    /// In how many runs steps came faster than they were done, so that the
    /// latencies of all are unknown.
    #[serde(
        default,
        deserialize_with = "foreign::count",
        skip_serializing_if = "is_zero"
    )]
    pub saturated: u64,
}

/// What bounds a row from below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitResult {
    /// For so many workers.
    pub workers: usize,
    /// What it is, in words.
    #[serde(deserialize_with = "foreign::text")]
    pub what: String,
    /// The time as it was measured in each visit, in seconds; empty if the
    /// limit is no time.
    pub seconds: Vec<f64>,
    /// In the same visits the time of all the work on one worker, where the
    /// limit follows from that; empty otherwise, and in older files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<f64>,
    /// In the same visits the time of the longest chain of work, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub span: Vec<f64>,
}

/// A sample, and when it was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// In which visit: all processes are started afresh for each.
    pub visit: usize,
    /// Which one of the samples that follow one settling.
    pub round: usize,
    /// The contender, as an index into those of the row.
    pub contender: usize,
    /// The seed of the input.
    pub seed: u64,
    /// How many bytes crossed between nodes meanwhile, and from the process
    /// that started them, with the headers of Ethernet, IP and TCP, where that
    /// was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_bytes: Option<u64>,
    /// What was measured.
    #[serde(flatten)]
    pub sample: Sample,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl RowResult {
    /// Whether two rows are the same work. What a size of the catalogue leaves
    /// open is found out anew by each session, and is no other work.
    pub fn is_same(&self, other: &Self) -> bool {
        let key = |row: &Self| {
            let mut parameters = row.parameters.clone();
            let size = workload::find(&row.workload)
                .and_then(|found| found.sizes(Size::Quick).pop())
                .map(|row| row.size());
            if let (Some(Value::Object(size)), Value::Object(own)) =
                (size, &mut parameters)
            {
                let given =
                    |name: &str| size.get(name).is_none_or(|v| !v.is_null());
                own.retain(|name, _| given(name.as_str()));
            }
            (row.workload.clone(), row.size.clone(), row.items, parameters)
        };
        key(self) == key(other)
    }

    /// The workers that only answer, each with its median time in seconds.
    pub fn answers(&self) -> impl Iterator<Item = (&ContenderResult, f64)> {
        let all = self.contenders.iter().enumerate();
        let only = all.filter(|(_, contender)| contender.answers_only);
        only.filter_map(|(index, contender)| {
            let own = self.samples.iter().filter(|t| t.contender == index);
            let seconds =
                median(&mut own.map(Taken::seconds).collect::<Vec<_>>());
            Some((contender, seconds?))
        })
    }
}

impl Taken {
    /// Wall time of one run, in seconds.
    pub fn seconds(&self) -> f64 {
        self.sample.wall_ns as f64 / 1e9 / f64::from(self.sample.runs.max(1))
    }

    /// How many bytes crossed in one run, where that was counted.
    pub fn moved(&self) -> Option<f64> {
        let runs = f64::from(self.sample.runs.max(1));
        self.moved_bytes.map(|bytes| bytes as f64 / runs)
    }

    /// CPU time of one run in seconds, without the workload's own server.
    pub fn cpu(&self) -> Option<f64> {
        let sample = &self.sample;
        // Two numbers from outside: a sum that cannot be is not known.
        let all = sample.user_ns?.checked_add(sample.system_ns?)?;
        let own = all.saturating_sub(sample.served_ns.unwrap_or(0));
        Some(own as f64 / 1e9 / f64::from(sample.runs.max(1)))
    }
}

impl Results {
    /// Reads a result file.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::of(&Document::read(path)?)
    }

    /// The results in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.possible(SCHEMA, VERSION, possible)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::document::Output;
    use std::fs;
    use std::io;
    use std::os::unix::fs::symlink;

    pub(crate) fn empty() -> Results {
        Results {
            schema: SCHEMA.into(),
            version: VERSION,
            state: State::Complete,
            begun: "2026-01-01T00:00:00Z".into(),
            seconds: 1.5,
            machine: Machine::here(Vec::new()),
            build: Build::here("rustc", None, false),
            seed: u64::MAX,
            level: 0.95,
            margin: 0.03,
            clock: 3e-8,
            map: None,
            rows: Vec::new(),
        }
    }

    #[test]
    fn a_file_is_written_as_a_whole_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/results.json");
        Output::exactly(&path).save(&empty()).unwrap();
        assert_eq!(Results::load(&path).unwrap(), empty());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn neither_a_link_nor_what_it_points_to_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) =
            (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "precious").unwrap();
        symlink(&target, &link).unwrap();
        let refused = Output::exactly(&link).save(&empty()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn another_file_is_no_result_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.json");
        let load = |text: &str| {
            fs::write(&path, text).unwrap();
            Results::load(&path).unwrap_err()
        };
        let whole = serde_json::to_string(&empty()).unwrap();
        let cut = load(&whole[..whole.len() / 2]);
        assert!(matches!(cut, Unreadable::Broken { .. }), "{cut}");
        let newer = load(&whole.replace("\"version\":3,", "\"version\":4,"));
        assert!(matches!(newer, Unreadable::Schema { .. }), "{newer}");
        let other = load("{\"name\":\"x\"}");
        assert!(other.to_string().contains("not a file of lanes"), "{other}");
        let gone = Results::load(&folder.path().join("gone")).unwrap_err();
        assert!(matches!(gone, Unreadable::Io { .. }), "{gone}");
    }
}
