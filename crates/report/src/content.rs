//! The content of a site.

use crate::catalogue::Catalogue;
use lanes_claims::Published;
use lanes_measure::crossover::Crossover;
use lanes_measure::faults::Faults;
use lanes_measure::metg::Metg;
use lanes_measure::results::Results;
use lanes_measure::traps::Traps;
use lanes_source::Source;
use lanes_timeline::Traces;

/// The content of a site.
#[derive(Debug, Clone)]
pub struct Content {
    /// The workloads and the models.
    pub catalogue: Catalogue,
    /// The results of sessions without a map, the most important first.
    pub sessions: Vec<ResultFile>,
    /// The results of sessions with a map, the most important first. Their rows
    /// are points of the map, and take no part in any table.
    pub maps: Vec<ResultFile>,
    /// Curves of efficiency, and the smallest tasks that follow from them.
    pub metgs: Vec<Metg>,
    /// From which length on models are faster than a plain loop.
    pub crossovers: Vec<Crossover>,
    /// The traces; the first one that has a workload is drawn for it.
    pub traces: Vec<Traces>,
    /// What models do about faults; the first file is shown.
    pub faults: Vec<Faults>,
    /// What was measured of traps; the first file is shown.
    pub traps: Vec<Traps>,
    /// What was measured of claims; the first file is shown.
    pub claims: Vec<Published>,
    /// The source tree, or why there is none.
    pub source: Result<Source, String>,
    /// When the site is made, in UTC, as in RFC 3339.
    pub made: String,
    /// Further notes to the reader, in sentences.
    pub notes: Vec<String>,
}

/// A file with the results of a session.
#[derive(Debug, Clone)]
pub struct ResultFile {
    /// Its name.
    pub name: String,
    /// The results in it.
    pub results: Results,
}

impl Content {
    /// Adds the results of a session to the maps, or to the sessions.
    pub fn add(&mut self, file: ResultFile) {
        match file.results.map {
            Some(_) => self.maps.push(file),
            None => self.sessions.push(file),
        }
    }

    /// Whether a session has models on nodes.
    pub(crate) fn has_nodes(&self) -> bool {
        let mut rows = self.sessions.iter().flat_map(|s| &s.results.rows);
        rows.any(|row| {
            row.summary.as_ref().is_some_and(|own| !own.scale.is_empty())
        })
    }

    /// Every workload that is listed, measured or traced, each once.
    pub(crate) fn workloads(&self) -> Vec<&str> {
        let listed = self.catalogue.workloads.iter().map(|l| &*l.workload);
        let rows = self.sessions.iter().flat_map(|s| &s.results.rows);
        let traced = self.traces.iter().flat_map(|traces| &traces.workloads);
        let traced = traced.map(|traced| &*traced.workload);
        once(listed.chain(rows.map(|row| &*row.workload)).chain(traced))
    }

    /// Every model that is listed, and every name that was measured, each once.
    pub(crate) fn models(&self) -> Vec<&str> {
        let listed = self.catalogue.models.iter().map(|l| &*l.model);
        let rows = self.sessions.iter().flat_map(|s| &s.results.rows);
        let own = rows.flat_map(lanes_measure::tables::own);
        once(listed.chain(own.map(|contender| &*contender.name)))
    }
}

fn once<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
