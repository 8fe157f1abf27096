//! Whether what a worker says it took fits the measuring process's own clock.

use crate::protocol::{Sample, Traced, TracedSpan};
use std::fs;
use std::sync::OnceLock;
use std::time::Duration;

/// Clocks may run apart by a thousandth, and be read to a millisecond.
const SLACK: Duration = Duration::from_millis(1);
/// So many runs in a nanosecond are none: a clock cycle of any machine is
/// longer.
const MOST_RUNS_PER_NANO: u64 = 16;
/// CPU time may be counted in ticks, for each core.
const TICKS: Duration = Duration::from_millis(40);

/// From this time on a batch says something about what its worker says.
const NOTABLE: Duration = Duration::from_millis(50);
/// Less than this part of the time that passed is too little.
const PART: u32 = 100;
/// How often in a row it must be too little. A worker may be interrupted
/// outside its runs once, and twice.
const OFTEN: u32 = 3;

/// Whether runs can have taken what a sample says, where so much time passed
/// from the request to the reply.
///
/// # Errors
/// What cannot be, in words.
pub(super) fn possible(
    sample: &Sample,
    elapsed: Duration,
) -> Result<(), String> {
    let wall = Duration::from_nanos(sample.wall_ns);
    let most = elapsed + elapsed / 1000 + SLACK;
    if sample.wall_ns == 0 {
        return Err("a sample that took no time".into());
    }
    if wall > most {
        return Err(format!("runs of {wall:?} in a reply after {elapsed:?}"));
    }
    let runs = sample.runs;
    if u64::from(runs) > MOST_RUNS_PER_NANO.saturating_mul(sample.wall_ns) {
        return Err(format!("{runs} runs in {wall:?}"));
    }
    if let Some((nanos, _)) = sample.latencies.iter().max() {
        // The ends of buckets are up to a hundredth above what is in them.
        let longest = Duration::from_nanos(*nanos);
        if longest > most + most / 50 {
            return Err(format!(
                "a latency of {longest:?} in a reply after {elapsed:?}"
            ));
        }
    }
    if let Some(saturated) = sample.saturated
        && saturated > u64::from(runs)
    {
        return Err(format!("{saturated} saturated runs of {runs}"));
    }
    used(sample, elapsed)
}

/// Whether so much CPU time can have been used meanwhile.
fn used(sample: &Sample, elapsed: Duration) -> Result<(), String> {
    let Some(cores) = cores() else { return Ok(()) };
    let most = (elapsed + elapsed / 4 + TICKS) * cores;
    let (user, system) = (sample.user_ns, sample.system_ns);
    let all = user.unwrap_or(0).saturating_add(system.unwrap_or(0));
    let served = sample.served_ns.unwrap_or(0);
    for cpu in [all, served].map(Duration::from_nanos) {
        if cpu > most {
            return Err(format!(
                "{cpu:?} of CPU time in a reply after {elapsed:?}, on {cores} \
                 cores"
            ));
        }
    }
    Ok(())
}

/// How many cores the machine has, whether or not this process may use them;
/// `None` where the system does not say.
fn cores() -> Option<u32> {
    static CORES: OnceLock<Option<u32>> = OnceLock::new();
    *CORES.get_or_init(|| {
        let text = fs::read_to_string("/sys/devices/system/cpu/online").ok()?;
        count(text.trim())
    })
}

/// The count of a list such as `0-3,8`; see cpuset(7).
fn count(list: &str) -> Option<u32> {
    let ranges = list.split(',').map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) =
            (first.parse().ok()?, last.parse().ok()?);
        last.checked_sub(first)?.checked_add(1)
    });
    ranges.sum()
}

/// How often in a row a worker has said that its runs took next to none of the
/// time that passed.
///
/// Only batches without a digest count: computing one takes as long as it
/// takes, and is no part of the time. Dropping answers is none either, but
/// takes no hundred times as long as making them.
#[derive(Debug, Default)]
pub(super) struct Doubt(u32);

impl Doubt {
    /// Looks at a batch for which no digest was asked.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub(super) fn look(
        &mut self,
        sample: &Sample,
        elapsed: Duration,
    ) -> Result<(), String> {
        let wall = Duration::from_nanos(sample.wall_ns);
        if elapsed < NOTABLE {
            return Ok(());
        }
        self.0 = if wall < elapsed / PART { self.0 + 1 } else { 0 };
        if self.0 < OFTEN {
            return Ok(());
        }
        Err(format!(
            "runs of {wall:?} in a reply after {elapsed:?}, the third time"
        ))
    }
}

/// Whether a traced run can have been when it says, where times are
/// nanoseconds and the request and the reply came at these.
///
/// # Errors
/// What cannot be, in words.
pub(super) fn traced(
    traced: &Traced,
    asked: u64,
    replied: u64,
) -> Result<(), String> {
    let slack = SLACK.as_nanos() as u64;
    let (first, last) = (asked.saturating_sub(slack), replied + slack);
    let within = |at: u64| (first..=last).contains(&at);
    let workers = traced.workers.len();
    let fits = |&(_, worker, _, begin, end): &TracedSpan| {
        let known = worker.is_none_or(|worker| worker < workers);
        known && begin <= end && within(begin) && within(end)
    };
    if traced.begin > traced.end || !traced.spans.iter().all(fits) {
        return Err("a trace with spans that cannot be".into());
    }
    if !within(traced.begin) || !within(traced.end) {
        return Err("a trace of another time than it was asked for".into());
    }
    if !traced.has_possible_cpu() {
        return Err("a trace with CPU times that its spans cannot have".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn sample(runs: u32, wall_ns: u64) -> Sample {
        Sample { runs, wall_ns, ..Sample::default() }
    }

    #[test]
    fn times_that_cannot_be_are_refused() {
        let said = |sample| possible(&sample, SECOND);
        assert_eq!(said(sample(1, 1_000_000_000)), Ok(()));
        assert_eq!(said(sample(1, 1_001_500_000)), Ok(()));
        assert_eq!(said(sample(1000, 100)), Ok(()));
        for wrong in [0, 1_100_000_000, 1 << 53, u64::MAX] {
            assert!(said(sample(1, wrong)).is_err(), "{wrong}");
        }
        assert!(said(sample(17, 1)).is_err());
        let cpu = u64::from(cores().unwrap()) * 900_000_000;
        let user = |user_ns| Sample { user_ns, ..sample(1, 5) };
        assert_eq!(said(user(Some(cpu))), Ok(()));
        assert!(said(user(Some(cpu * 3))).is_err());
        assert!(said(user(Some(u64::MAX))).is_err());
        let served = Sample { served_ns: Some(cpu * 3), ..sample(1, 5) };
        assert!(said(served).is_err());
        let late =
            |nanos| Sample { latencies: vec![(nanos, 1)], ..sample(1, 5) };
        assert_eq!(said(late(1_000_000_000)), Ok(()));
        assert!(said(late(2_000_000_000)).is_err());
        let saturated = |runs| Sample { saturated: Some(runs), ..sample(1, 5) };
        assert_eq!(said(saturated(1)), Ok(()));
        assert!(said(saturated(2)).is_err());
    }

    #[test]
    fn too_little_time_is_refused_when_it_is_said_again_and_again() {
        let mut doubt = Doubt::default();
        let (short, long) = (sample(1, 1_000), sample(1, 500_000_000));
        for _ in 0..2 {
            assert_eq!(doubt.look(&short, SECOND), Ok(()));
            assert_eq!(doubt.look(&short, SECOND), Ok(()));
            assert_eq!(doubt.look(&long, SECOND), Ok(()));
        }
        for _ in 0..10 {
            assert_eq!(doubt.look(&short, SECOND / 100), Ok(()));
        }
        assert_eq!(doubt.look(&short, SECOND), Ok(()));
        assert_eq!(doubt.look(&short, SECOND), Ok(()));
        assert!(doubt.look(&short, SECOND).is_err());
    }

    #[test]
    fn cores_are_counted_in_ranges() {
        for (list, cores) in
            [("0", Some(1)), ("0-3,8", Some(5)), ("", None), ("3-1", None)]
        {
            assert_eq!(count(list), cores, "{list}");
        }
    }

    #[test]
    fn a_trace_lies_between_its_request_and_its_reply() {
        use lanes_core::trace::State::Compute;
        let of = |begin, end, span: TracedSpan| Traced {
            begin,
            end,
            workers: vec!["one".into()],
            digest: 7,
            spans: vec![span],
            cpu: Vec::new(),
        };
        let second = SECOND.as_nanos() as u64;
        let said = |one: Traced| traced(&one, second, 2 * second);
        let (begin, end) = (second + 5, 2 * second - 5);
        let span = (0, Some(0), Compute, begin, end);
        assert_eq!(said(of(begin, end, span)), Ok(()));
        let used = |cpu| Traced { cpu, ..of(begin, end, span) };
        assert_eq!(said(used(vec![Some(end - begin)])), Ok(()));
        assert_eq!(said(used(vec![None])), Ok(()));
        for lie in [vec![Some(2 * second)], vec![Some(1), None]] {
            assert!(said(used(lie)).is_err());
        }
        for (begin, end, span) in [
            (end, begin, span),
            (begin, end, (0, Some(1), Compute, begin, end)),
            (begin, end, (0, Some(0), Compute, end, begin)),
            (begin, end, (0, None, Compute, 5, end)),
            (begin, end, (0, None, Compute, begin, 3 * second)),
            (begin, 3 * second, span),
            (0, end, span),
        ] {
            assert!(said(of(begin, end, span)).is_err(), "{begin} {end}");
        }
    }
}
