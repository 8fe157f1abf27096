//! The processes of a visit, and the steps that all of them take at once.

use super::plan::Nodes;
use crate::failure::{Cause, Failure};
use crate::process::Process;
use crate::protocol::Sample;
use crate::results::{ContenderResult, RowResult};
use lanes_core::{Row, seed};
use std::io;
use std::time::{Duration, Instant};

/// A sample lasts about this long: shorter ones depend on what the system
/// happens to do, longer ones drift apart.
pub(super) const SAMPLE: Duration = Duration::from_millis(20);

/// So many samples follow one settling. The settling takes longer than they do,
/// and their median is that of three, which one disturbance leaves alone.
pub(super) const SAMPLES: usize = 3;

/// A contender runs before its samples, since it was started a moment ago or
/// has paused: the system has all its workers on one core then, and takes 40 ms
/// and more to spread them. It has settled when two batches in a row agree, and
/// is not waited for longer. A run of this length settles by itself.
pub(super) const SETTLE: Duration = Duration::from_millis(40);

const SETTLE_AT_MOST: Duration = Duration::from_millis(160);

/// A contender's process during a visit.
pub(super) struct Lane {
    pub(super) contender: usize,
    pub(super) process: Process,
    /// The time of a run, as far as is known.
    pub(super) time: Duration,
    /// Where its workers are, if they are nodes.
    pub(super) nodes: Option<Nodes>,
}

impl Lane {
    /// How many bytes have crossed between its nodes, where that is counted.
    pub(super) fn moved(&self) -> Option<u64> {
        self.nodes.as_ref()?.moved()
    }

    /// How many runs take about this long.
    pub(super) fn runs(&self, time: Duration) -> u32 {
        let runs = time.as_nanos().div_ceil(self.time.as_nanos());
        u32::try_from(runs).unwrap_or(u32::MAX).max(1)
    }

    /// A batch of runs, whose last answer must have this digest, if one is
    /// given. The next batch has as many runs as this one's time suggests.
    pub(super) fn batch(
        &mut self,
        runs: u32,
        together: bool,
        expected: Option<u64>,
    ) -> Result<Sample, Failure> {
        let sample = self.process.sample(runs, together, expected)?;
        let each = Duration::from_nanos(sample.wall_ns) / runs;
        self.time = each.max(Duration::from_nanos(1));
        Ok(sample)
    }
}

/// Does something with each lane; one that fails leaves the visit and the row.
pub(super) fn each(
    lanes: &mut Vec<Lane>,
    result: &mut RowResult,
    mut act: impl FnMut(&mut Lane, &mut RowResult) -> Result<(), Failure>,
) {
    lanes.retain_mut(|lane| match act(lane, result) {
        Ok(()) => true,
        Err(failure) => {
            if failure.cause != Cause::Interrupted {
                result.contenders[lane.contender].failure = Some(failure);
            }
            false
        }
    });
}

/// Lets all lanes make the input of this seed at once, and checks their answers
/// against the reference, which is made here meanwhile: its digest.
pub(super) fn prepare(
    lanes: &mut Vec<Lane>,
    row: &dyn Row,
    result: &mut RowResult,
    seed: u64,
) -> io::Result<u64> {
    let size = row.size();
    each(lanes, result, |lane, _| {
        lane.process.prepare(row.workload(), &size, seed)
    });
    let expected = row.digest(seed).map_err(io::Error::other)?;
    each(lanes, result, |lane, _| lane.process.prepared(expected));
    Ok(expected)
}

/// Runs a lane until two batches in a row take the same time.
pub(super) fn settle(lane: &mut Lane, together: bool) -> Result<(), Failure> {
    let begin = Instant::now();
    let mut last = Duration::ZERO;
    loop {
        lane.batch(lane.runs(SETTLE / 2), together, None)?;
        let agree = lane.time.abs_diff(last) < lane.time / 20;
        if agree || begin.elapsed() >= SETTLE_AT_MOST {
            return Ok(());
        }
        last = lane.time;
    }
}

/// Takes the time of a run of each lane: that of its last sample, or else that
/// of a batch long enough to be timed. The first run is checked, so that a
/// wrong answer is never the fastest.
pub(super) fn gauge(
    lanes: &mut Vec<Lane>,
    result: &mut RowResult,
    expected: u64,
) {
    each(lanes, result, |lane, result| {
        let mut samples = result.samples.iter();
        let own = samples.rfind(|taken| taken.contender == lane.contender);
        if let Some(own) = own {
            let time = Duration::from_secs_f64(own.seconds());
            lane.time = time.max(Duration::from_nanos(1));
            return Ok(());
        }
        let (mut runs, mut check) = (1_u32, Some(expected));
        loop {
            let sample = lane.batch(runs, runs > 1, check.take())?;
            // A worker that lies about its times is asked for many.
            let enough = Duration::from_nanos(sample.wall_ns) * 2 >= SAMPLE;
            if enough || runs == u32::MAX {
                return Ok(());
            }
            runs = runs.saturating_mul(2);
        }
    });
}

/// Enters the fastest lane's contender a second time.
pub(super) fn twin(lanes: &[Lane], result: &mut RowResult) -> Option<usize> {
    let ranked = |lane: &&Lane| !result.contenders[lane.contender].answers_only;
    let ranked = lanes.iter().filter(ranked);
    let fastest = ranked.min_by_key(|lane| lane.time)?.contender;
    let twin_of = Some(fastest);
    let original = result.contenders[fastest].clone();
    result.contenders.push(ContenderResult { twin_of, ..original });
    Some(result.contenders.len() - 1)
}

pub(super) fn shuffle(lanes: &mut [Lane], random: &mut seed::Numbers) {
    for last in (1..lanes.len()).rev() {
        let number = random.next().expect("the stream is endless");
        // The bias of a remainder of so few is below 2^-50.
        let other = number % (last as u64 + 1);
        lanes.swap(last, other as usize);
    }
}
