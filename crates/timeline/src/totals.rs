//! What a run's time was spent on.

use crate::rows::{Cell, Doing, by_task, by_worker, gaps};
use crate::timeline::Timeline;
use lanes_core::Error;
use lanes_measure::words;
use std::time::Duration;

/// What one task, one worker or all tasks together spent their time on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// The number of the task or worker; zero for all together.
    pub number: usize,
    /// Computing, [`Share::unknown`] included.
    pub compute: Duration,
    /// Preempted: ready to go on computing, while the thread was not on a core.
    pub preempted: Duration,
    /// Of the computing, that whose CPU time is not known: some of it may have
    /// been preempted.
    pub unknown: Duration,
    /// Waiting for I/O.
    pub io: Duration,
    /// Waiting for a lock, or for another task.
    pub turn: Duration,
    /// Of a task: ready, without a worker. Zero for a worker.
    pub ready: Duration,
    /// Of a worker: nothing to do. Zero for a task.
    pub idle: Duration,
}

/// The totals of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Totals {
    /// How long the run took.
    pub wall: Duration,
    /// The sums over all tasks.
    pub sum: Share,
    /// Each task that has spans, by its number.
    pub tasks: Vec<Share>,
    /// Each worker that has spans, by its number.
    pub workers: Vec<Share>,
    /// The share of all workers' time in which they computed and were on a
    /// core, as far as that is known, 0 to 1; zero for a run without workers.
    pub utilisation: f64,
}

impl Share {
    /// The share of these cells, also of cells that were taken apart.
    pub(crate) fn of(number: usize, cells: &[Cell]) -> Self {
        let mut share = Self { number, ..Self::default() };
        for cell in cells.iter().flat_map(|cell| cell.parts()) {
            share.add(&cell);
        }
        share
    }

    fn add(&mut self, cell: &Cell) {
        let time = Duration::from_nanos(cell.length());
        *match cell.doing {
            Doing::Compute => &mut self.compute,
            Doing::Preempted => &mut self.preempted,
            Doing::Io => &mut self.io,
            Doing::Turn => &mut self.turn,
            Doing::Ready => &mut self.ready,
            Doing::Idle => &mut self.idle,
        } += time;
        if cell.doing == Doing::Compute && cell.cpu.is_none() {
            self.unknown += time;
        }
    }

    /// How long it was preempted, if the CPU times of all its computing are
    /// known.
    pub fn known_preempted(&self) -> Option<Duration> {
        self.unknown.is_zero().then_some(self.preempted)
    }

    /// What the time was spent on, in words: `computing 3.10 ms, preempted 2.00
    /// ms`. What took no time is left out.
    pub fn words(&self) -> String {
        let text = |time: Duration| words::time(time.as_secs_f64());
        let mut parts = Vec::new();
        for (what, spent) in [
            ("computing", self.compute),
            ("preempted", self.preempted),
            ("waiting for I/O", self.io),
            ("waiting for a lock", self.turn),
            ("ready, without a worker", self.ready),
            ("idle", self.idle),
        ] {
            if !spent.is_zero() {
                parts.push(format!("{what} {}", text(spent)));
            }
        }
        if !self.unknown.is_zero() {
            let unknown = text(self.unknown);
            parts.push(format!(
                "of {unknown} it is not known how much was computing and how \
                 much preempted"
            ));
        }
        parts.join(", ")
    }
}

/// The totals of a run.
///
/// # Errors
/// [`Error::Invalid`] for a timeline without spans, or with spans outside it.
pub fn totals(timeline: &Timeline) -> Result<Totals, Error> {
    timeline.check()?;
    let (begin, end) = (timeline.begin, timeline.end);
    let idle = |gaps: Vec<(u64, u64)>| {
        gaps.iter().map(|(a, b)| Duration::from_nanos(b - a)).sum()
    };
    let task = |(number, cells): (usize, Vec<Cell>)| {
        let last = cells.last().map_or(begin, |cell| cell.end);
        let ready = idle(gaps(&cells, begin, last));
        Share { ready, ..Share::of(number, &cells) }
    };
    let worker = |(number, cells): (usize, Vec<Cell>)| {
        let idle = idle(gaps(&cells, begin, end));
        Share { idle, ..Share::of(number, &cells) }
    };
    let tasks: Vec<_> = by_task(timeline).into_iter().map(task).collect();
    let workers: Vec<_> = by_worker(timeline).into_iter().map(worker).collect();
    let sum_of = |part: fn(&Share) -> Duration| tasks.iter().map(part).sum();
    let sum = Share {
        number: 0,
        compute: sum_of(|share| share.compute),
        preempted: sum_of(|share| share.preempted),
        unknown: sum_of(|share| share.unknown),
        io: sum_of(|share| share.io),
        turn: sum_of(|share| share.turn),
        ready: sum_of(|share| share.ready),
        idle: Duration::ZERO,
    };
    let wall = Duration::from_nanos(timeline.wall());
    let busy: Duration = workers.iter().map(|share| share.compute).sum();
    let all = wall.as_secs_f64() * timeline.worker_count() as f64;
    let utilisation = if all > 0.0 { busy.as_secs_f64() / all } else { 0.0 };
    Ok(Totals { wall, sum, tasks, workers, utilisation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::trace::State;

    #[test]
    fn every_nanosecond_is_counted_once() {
        let unit = Duration::from_millis(1);
        let parts = [
            (0, Some(0), State::Compute, 0.0, 4.0),
            (0, Some(0), State::Lock, 1.0, 2.0),
            (1, Some(1), State::Compute, 1.0, 2.0),
            (1, None, State::Io, 2.0, 7.0),
            (1, Some(0), State::Compute, 8.0, 10.0),
        ];
        let mut timeline = Timeline::drawn("drawn", unit, &parts).unwrap();
        timeline.workers = vec![String::new(); 4];
        let share = |number, unknown: u32, parts: [u32; 6]| {
            let [compute, preempted, io, turn, ready, idle] =
                parts.map(|count| unit * count);
            let unknown = unit * unknown;
            Share { number, compute, preempted, unknown, io, turn, ready, idle }
        };
        let found = totals(&timeline).unwrap();
        assert_eq!(found.wall, unit * 10);
        assert_eq!(
            found.tasks,
            [share(0, 3, [3, 0, 0, 1, 0, 0]), share(1, 3, [3, 0, 5, 0, 2, 0])]
        );
        assert_eq!(
            found.workers,
            [share(0, 5, [5, 0, 0, 1, 0, 4]), share(1, 1, [1, 0, 0, 0, 0, 9])]
        );
        assert_eq!(found.sum, share(0, 6, [6, 0, 5, 1, 2, 0]));
        assert_eq!(found.sum.known_preempted(), None);
        // 6 of 40, two of the four workers never seen.
        assert!((found.utilisation - 0.15).abs() < 1e-9);

        // With CPU times: 1 of the 3 that are task 0's own, both of the last
        // span of task 1, and nothing is known of its first.
        timeline.spans[0].cpu = Some(1_000_000);
        timeline.spans[4].cpu = Some(2_000_000);
        let found = totals(&timeline).unwrap();
        assert_eq!(
            found.tasks,
            [share(0, 0, [1, 2, 0, 1, 0, 0]), share(1, 1, [3, 0, 5, 0, 2, 0])]
        );
        assert_eq!(
            found.workers,
            [share(0, 0, [3, 2, 0, 1, 0, 4]), share(1, 1, [1, 0, 0, 0, 0, 9])]
        );
        assert_eq!(found.sum, share(0, 1, [4, 2, 5, 1, 2, 0]));
        assert_eq!(found.workers[0].known_preempted(), Some(2 * unit));
        assert_eq!(found.tasks[1].known_preempted(), None);
        assert!((found.utilisation - 0.1).abs() < 1e-9);
        assert_eq!(
            found.tasks[0].words(),
            "computing 1.00 ms, preempted 2.00 ms, waiting for a lock 1.00 ms"
        );
        assert!(found.tasks[1].words().ends_with(
            "of 1.00 ms it is not known how much was computing and how much \
             preempted"
        ));
    }
}
