//! The processes of a visit, and the steps that all of them take at once.

use crate::failure::{Cause, Failure};
use crate::process::Process;
use crate::results::{ContenderResult, RowResult};
use lanes_core::{Row, seed};
use std::io;
use std::time::{Duration, Instant};

/// A sample lasts about this long: shorter ones depend on what the system
/// happens to do, longer ones drift apart within a round.
pub(super) const SAMPLE: Duration = Duration::from_millis(20);

/// Before each sample its contender runs, since after a pause all its workers
/// are on one core: the system takes 40 ms and more to spread them. It has
/// settled when two batches in a row agree, and is not waited for longer.
pub(super) const SETTLE: Duration = Duration::from_millis(40);

const SETTLE_AT_MOST: Duration = Duration::from_millis(160);

/// In fresh processes, runs are repeated for so long before they count as warm.
const WARM_UP: Duration = Duration::from_millis(100);

/// A contender that takes so many times as long as the fastest, and longer than
/// a sample, is outclassed.
const OUTCLASSED: f64 = 4.0;

/// A contender's process during a visit.
pub(super) struct Lane {
    pub(super) contender: usize,
    pub(super) process: Process,
    /// The time of a run, once it is warm.
    pub(super) time: Duration,
}

impl Lane {
    /// How many runs take about this long.
    pub(super) fn runs(&self, time: Duration) -> u32 {
        let runs = time.as_nanos().div_ceil(self.time.as_nanos());
        u32::try_from(runs).unwrap_or(u32::MAX).max(1)
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
    let runs = lane.runs(SETTLE / 2);
    let mut last = 0.0;
    loop {
        let batch = lane.process.sample(runs, together, None)?;
        let wall = batch.wall_ns as f64;
        let settled = (wall / last - 1.0).abs() < 0.05;
        if settled || begin.elapsed() >= SETTLE_AT_MOST {
            return Ok(());
        }
        last = wall;
    }
}

/// Runs each lane until it is warm, and takes the time of a run. The first run
/// is checked, so that a wrong answer is never the fastest.
pub(super) fn warm_up(
    lanes: &mut Vec<Lane>,
    result: &mut RowResult,
    expected: u64,
) {
    each(lanes, result, |lane, result| {
        let own = result
            .samples
            .iter()
            .rfind(|taken| taken.contender == lane.contender);
        let known = own.map(|taken| Duration::from_secs_f64(taken.seconds()));
        if let Some(known) = known.filter(|known| *known >= SETTLE) {
            // It was run once when its input was made, and needs no more.
            lane.time = known;
            return Ok(());
        }
        let begin = Instant::now();
        let (mut runs, mut check) = (1, Some(expected));
        loop {
            let sample = lane.process.sample(runs, runs > 1, check.take())?;
            let wall = Duration::from_nanos(sample.wall_ns);
            lane.time = (wall / runs).max(Duration::from_nanos(1));
            if begin.elapsed() >= WARM_UP || wall >= SETTLE {
                return Ok(());
            }
            if wall * 2 < SAMPLE {
                // A worker that lies about its times is asked for many.
                runs = runs.saturating_mul(2);
            }
        }
    });
}

/// Ends the lanes that are outclassed.
pub(super) fn retire(lanes: &mut Vec<Lane>) {
    let fastest = lanes.iter().map(|lane| lane.time).min().unwrap_or_default();
    let outclassed = |lane: &mut Lane| {
        lane.time > fastest.mul_f64(OUTCLASSED) && lane.time > SAMPLE
    };
    for lane in lanes.extract_if(.., outclassed) {
        lane.process.end();
    }
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
