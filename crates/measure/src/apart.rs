//! How far two processors are apart: the time that a cache line takes from one
//! to the other.
//!
//! The host of a virtual machine moves its processors about. At one time they
//! share a cache, at another they do not, and what one thread hands to another
//! then takes several times as long: on a machine with two of them 22 to 28 ns
//! or 160 to 180 ns, and it changed every few seconds to minutes. Models that
//! hand over much get up to twice as slow by it, and a loop of one thread does
//! not. So it is measured beside each visit, and what was seen at one distance
//! is compared with what was seen at the same.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// So many times there and back in a batch: long beside a reading of the clock.
const ROUNDS: u32 = 32;
/// The shortest of so many batches is undisturbed.
const BATCHES: usize = 40;
/// One of so few says nothing.
const FEWEST: usize = 4;
/// Where other threads have the processors, it is given up after this time.
const MOST: Duration = Duration::from_millis(10);
/// The clock is looked at after so many looks at the line.
const PATIENCE: u32 = 1 << 12;
/// Distances that differ by less than this factor are the same one.
const SAME: f64 = 1.6;

/// The number of the last hop, on a line of its own.
#[repr(align(128))]
struct Line(AtomicU64);

/// How long a cache line takes from the first to the last processor that this
/// process may use, in seconds. `None` with one processor, and where other
/// threads do not let it be measured. Takes about a millisecond.
pub fn hop() -> Option<f64> {
    let mask = sched_getaffinity(None).ok()?;
    let mut own = (0..CpuSet::MAX_CPU).filter(|cpu| mask.is_set(*cpu));
    let first = own.next()?;
    let last = own.next_back()?;
    let line = Arc::new(Line(AtomicU64::new(0)));
    let ended = Arc::new(AtomicBool::new(false));
    let partner = {
        let (line, ended) = (Arc::clone(&line), Arc::clone(&ended));
        let run = move || {
            pin(last);
            answer(&line, &ended);
        };
        // The system may refuse a thread: the distance is not known then.
        thread::Builder::new().spawn(run).ok()?
    };
    let run = move || {
        pin(first);
        ask(&line)
    };
    let asker = thread::Builder::new().spawn(run);
    let shortest = asker.ok().and_then(|asker| asker.join().ok().flatten());
    ended.store(true, Ordering::Relaxed);
    partner.join().ok()?;
    shortest
}

/// Keeps the calling thread on one processor; where the system refuses, it is
/// as good as it gets.
fn pin(cpu: usize) {
    let mut mask = CpuSet::new();
    mask.set(cpu);
    let _ = sched_setaffinity(None, &mask);
}

/// Sends each odd hop back as the even one after it.
fn answer(line: &Line, ended: &AtomicBool) {
    loop {
        let hop = line.0.load(Ordering::Acquire);
        if hop % 2 == 1 {
            line.0.store(hop + 1, Ordering::Release);
        } else if ended.load(Ordering::Relaxed) {
            return;
        }
        spin_loop();
    }
}

/// The time of a hop in the fastest batch.
fn ask(line: &Line) -> Option<f64> {
    let until = Instant::now() + MOST;
    let (mut hop, mut shortest, mut batches) = (0, f64::INFINITY, 0);
    while batches < BATCHES {
        let begin = Instant::now();
        for _ in 0..ROUNDS {
            line.0.store(hop + 1, Ordering::Release);
            hop += 2;
            let mut spins = 0u32;
            while line.0.load(Ordering::Acquire) != hop {
                spin_loop();
                spins += 1;
                // A look at the clock takes as long as a hop.
                if spins.is_multiple_of(PATIENCE) && Instant::now() > until {
                    return (batches >= FEWEST).then_some(shortest);
                }
            }
        }
        let each = begin.elapsed().as_secs_f64() / f64::from(2 * ROUNDS);
        shortest = shortest.min(each);
        batches += 1;
    }
    Some(shortest)
}

/// Distances that are taken for the same, in seconds.
#[derive(
    Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize,
)]
pub struct Apart {
    /// The shortest.
    pub low: f64,
    /// The longest.
    pub high: f64,
}

impl Apart {
    /// The distances that most of these are at: they are cut where the next is
    /// longer by more than chance makes it. `None` where there are none.
    pub fn commonest(hops: impl IntoIterator<Item = f64>) -> Option<Self> {
        let groups = Self::groups(hops.into_iter().collect());
        let largest = groups.into_iter().max_by_key(|(_, count)| *count);
        largest.map(|(group, _)| group)
    }

    /// The distances that two sessions have in common: those that leave most
    /// visits of the one that has fewer of them. `None` where there are none.
    pub fn common([one, other]: [&[f64]; 2]) -> Option<Self> {
        let groups = Self::groups([one, other].concat()).into_iter();
        let groups = groups.map(|(group, _)| group);
        let least = |group: &Self| {
            let count = |hops: &[f64]| {
                hops.iter().filter(|hop| group.has(Some(**hop))).count()
            };
            count(one).min(count(other))
        };
        groups.max_by_key(least).filter(|group| least(group) > 0)
    }

    /// Distances that are the same, and how many each are.
    fn groups(mut hops: Vec<f64>) -> Vec<(Self, usize)> {
        hops.sort_unstable_by(f64::total_cmp);
        let groups = hops.chunk_by(|one, next| next / one < SAME);
        let of = |group: &[f64]| {
            let (low, high) = (group[0], group[group.len() - 1]);
            (Self { low, high }, group.len())
        };
        groups.map(of).collect()
    }

    /// Whether a distance is among them; one that is not known may be.
    pub fn has(&self, hop: Option<f64>) -> bool {
        hop.is_none_or(|hop| (self.low..=self.high).contains(&hop))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_takes_some_time_or_is_not_known() {
        // Beside other tests, the processors may not be had.
        if let Some(hop) = hop() {
            assert!(hop > 1e-10 && hop < 0.01, "{hop}");
        }
    }

    #[test]
    fn most_are_at_the_commonest_distance() {
        let apart = Apart::commonest([25e-9, 170e-9, 22e-9, 28e-9, 180e-9]);
        let apart = apart.unwrap();
        assert_eq!((apart.low, apart.high), (22e-9, 28e-9));
        assert!(apart.has(Some(25e-9)) && apart.has(None));
        assert!(!apart.has(Some(170e-9)));
        assert_eq!(Apart::commonest([]), None);
    }

    #[test]
    fn two_sessions_are_compared_at_a_distance_that_both_have() {
        let near = [22e-9, 25e-9];
        let both = [170e-9, 24e-9, 180e-9, 175e-9];
        let apart = Apart::common([&near, &both]).unwrap();
        assert_eq!((apart.low, apart.high), (22e-9, 25e-9));
        let apart = Apart::common([&both, &both]).unwrap();
        assert_eq!((apart.low, apart.high), (170e-9, 180e-9));
        assert_eq!(Apart::common([&near, &both[2..]]), None);
        assert_eq!(Apart::common([&near, &[]]), None);
    }
}
