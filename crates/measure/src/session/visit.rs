//! A visit to a row: fresh processes, and some samples of each.

use super::lane::{
    Lane, SAMPLE, SAMPLES, SETTLE, each, gauge, prepare, settle, shuffle, twin,
};
use super::plan::{Contender, Plan};
use crate::apart::hop;
use crate::failure::Failure;
use crate::process::Process;
use crate::protocol::{self, Request};
use crate::results::{ContenderResult, Hop, LimitResult, RowResult, Taken};
use lanes_core::{Row, seed};
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// The pools of the other contenders fall asleep within this time, once their
/// work is done.
const PAUSE: Duration = Duration::from_micros(300);

/// Makes visits.
pub(super) struct Visitor<'a> {
    pub(super) plan: &'a Plan,
    /// Where temporary files go.
    pub(super) folder: &'a Path,
    /// The time that a reading of the clock takes.
    pub(super) clock: Duration,
    /// The order in each visit.
    pub(super) random: seed::Numbers,
}

impl Visitor<'_> {
    /// Makes a visit to a row. It ends early if the session is stopped.
    pub(super) fn visit(
        &mut self,
        (index, number): (usize, usize),
        row: &dyn Row,
        result: &mut RowResult,
    ) -> io::Result<()> {
        let begin = Instant::now();
        let seed = self.seed(index, number);
        let folder = tempfile::tempdir_in(self.folder)?;

        let chosen = result.contenders.iter().enumerate();
        let chosen = chosen.filter(|(_, c)| c.failure.is_none());
        let chosen: Vec<usize> = chosen.map(|(index, _)| index).collect();
        let mut lanes = self.start(&chosen, folder.path(), result);
        if self.stopped() {
            // The processes are killed: they may be at work for long.
            return Ok(());
        }
        let expected = prepare(&mut lanes, row, result, seed)?;
        gauge(&mut lanes, result, expected);
        if self.stopped() {
            return Ok(());
        }
        if self.plan.control && number == 0 {
            let twin = twin(&lanes, result);
            let mut twins = self.start(twin.as_slice(), folder.path(), result);
            prepare(&mut twins, row, result, seed)?;
            gauge(&mut twins, result, expected);
            lanes.append(&mut twins);
        }
        self.limits(row, result, seed);
        if !self.stopped() {
            let hop = hop().map(|seconds| Hop { visit: number, seconds });
            result.hops.extend(hop);
            shuffle(&mut lanes, &mut self.random);
            self.sample(&mut lanes, result, number, (seed, expected));
        }
        if !self.stopped() {
            lanes.into_iter().for_each(|lane| lane.process.end());
        }
        result.seconds += begin.elapsed().as_secs_f64();
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.plan.limits.stop.load(Ordering::Relaxed)
    }

    /// Starts the contenders' processes, and lets them attest: all at once, and
    /// then those with nodes one after the other, whose start takes a time that
    /// is reported.
    fn start(
        &self,
        chosen: &[usize],
        folder: &Path,
        result: &mut RowResult,
    ) -> Vec<Lane> {
        let is_on_nodes =
            |contender: &&usize| result.contenders[**contender].nodes;
        let (apart, together): (Vec<&usize>, Vec<_>) =
            chosen.iter().partition(is_on_nodes);
        let mut lanes = Vec::new();
        for contender in together {
            lanes.extend(self.started(*contender, folder, result));
        }
        each(&mut lanes, result, |lane, result| self.attest(lane, result));
        for contender in apart {
            let begin = Instant::now();
            let mut one: Vec<Lane> =
                self.started(*contender, folder, result).into_iter().collect();
            each(&mut one, result, |lane, result| {
                self.attest(lane, result)?;
                let seconds = begin.elapsed().as_secs_f64();
                result.contenders[lane.contender].starts.push(seconds);
                Ok(())
            });
            lanes.append(&mut one);
        }
        lanes
    }

    /// A contender's process, which was asked to start its model; none if the
    /// session is stopped, or it failed.
    fn started(
        &self,
        contender: usize,
        folder: &Path,
        result: &mut RowResult,
    ) -> Option<Lane> {
        if self.stopped() {
            return None;
        }
        let planned = self.planned(&result.contenders[contender]);
        let nodes = planned.nodes.clone();
        let process =
            Process::start(&planned.launch, folder, &self.plan.limits);
        let greeted = process.and_then(|mut process| {
            process.send(&Request::Hello {
                protocol: protocol::VERSION,
                model: planned.model.clone(),
                workers: planned.workers,
                input: nodes.as_ref().map(|nodes| nodes.input),
                network: nodes.as_ref().map(|nodes| nodes.network.clone()),
            })?;
            Ok(process)
        });
        match greeted {
            Ok(process) => {
                Some(Lane { contender, process, time: Duration::ZERO, nodes })
            }
            Err(failure) => {
                result.contenders[contender].failure = Some(failure);
                None
            }
        }
    }

    /// What a process says of itself, once its model runs.
    fn attest(
        &self,
        lane: &mut Lane,
        result: &mut RowResult,
    ) -> Result<(), Failure> {
        let contender = &mut result.contenders[lane.contender];
        let planned = self.planned(contender);
        let workers = if planned.serial { 1 } else { planned.workers };
        let hello = lane.process.hello(&planned.model, workers)?;
        contender.versions = hello.versions;
        contender.answers_only |= hello.answers_only;
        Ok(())
    }

    /// The plan of a contender; that of its original for a twin.
    fn planned(&self, contender: &ContenderResult) -> &Contender {
        let mut planned = self.plan.contenders.iter();
        let same = |planned: &&Contender| {
            planned.name == contender.name
                && planned.workers == contender.workers
        };
        planned.find(same).expect("every contender was planned")
    }

    /// The limit for each number of workers, measured now.
    fn limits(&self, row: &dyn Row, result: &mut RowResult, seed: u64) {
        let mut workers: Vec<usize> =
            self.plan.contenders.iter().map(|c| c.workers).collect();
        workers.sort_unstable();
        workers.dedup();
        for workers in workers {
            if self.stopped() {
                return;
            }
            // A row without a limit is still a row.
            let Ok(limit) = row.limit(seed, workers) else { continue };
            let same = |known: &&mut LimitResult| known.workers == workers;
            let known = match result.limits.iter_mut().find(same) {
                Some(known) => known,
                None => {
                    let what = limit.what.into();
                    let [seconds, work, span] = [const { Vec::new() }; 3];
                    result.limits.push(LimitResult {
                        workers,
                        what,
                        seconds,
                        work,
                        span,
                    });
                    result.limits.last_mut().expect("it was added")
                }
            };
            let seconds = |time: Duration| time.as_secs_f64();
            known.seconds.extend(limit.time.map(seconds));
            known.work.extend(limit.work.map(seconds));
            known.span.extend(limit.span.map(seconds));
        }
    }

    /// The samples of each lane, one lane after the other.
    fn sample(
        &self,
        lanes: &mut Vec<Lane>,
        result: &mut RowResult,
        visit: usize,
        (seed, expected): (u64, u64),
    ) {
        let clock = self.clock;
        each(lanes, result, |lane, result| {
            thread::sleep(PAUSE);
            // The clock's own time is to stay below a thousandth.
            let together = lane.time < clock * 1000;
            let mut count = 1;
            if lane.time < SETTLE {
                settle(lane, together)?;
                count = SAMPLES;
            }
            let contender = lane.contender;
            for round in 0..count {
                let runs = lane.runs(SAMPLE);
                let before = lane.moved();
                let mut sample = lane.batch(runs, together, Some(expected))?;
                let moved = lane.moved().zip(before);
                let own = &mut result.contenders[contender];
                for (nanos, count) in std::mem::take(&mut sample.latencies) {
                    *own.latencies.entry(nanos).or_default() += count;
                }
                let saturated = sample.saturated.take().unwrap_or(0);
                own.saturated = own.saturated.saturating_add(saturated);
                result.samples.push(Taken {
                    visit,
                    round,
                    contender,
                    seed,
                    moved_bytes: moved.map(|(now, then)| now - then),
                    sample,
                });
            }
            Ok(())
        });
    }

    /// A seed for each visit.
    fn seed(&self, row: usize, visit: usize) -> u64 {
        [row, visit].into_iter().fold(self.plan.seed, |seed, part| {
            seed::part(seed, part as u64 + 1)
        })
    }
}
