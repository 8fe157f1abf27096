//! What a run's time was spent on.

use crate::rows::{Cell, Doing, by_task, by_worker, gaps};
use crate::timeline::Timeline;
use lanes_core::Error;
use std::time::Duration;

/// What one task, one worker or all tasks together spent their time on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// The number of the task or worker; zero for all together.
    pub number: usize,
    /// Computing.
    pub compute: Duration,
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
    /// The share of all workers' time in which they computed, 0 to 1; zero for
    /// a run without workers.
    pub utilisation: f64,
}

impl Share {
    fn of(number: usize, cells: &[Cell]) -> Self {
        let mut share = Self { number, ..Self::default() };
        for cell in cells {
            share.add(cell.doing, Duration::from_nanos(cell.length()));
        }
        share
    }

    fn add(&mut self, doing: Doing, time: Duration) {
        *match doing {
            Doing::Compute => &mut self.compute,
            Doing::Io => &mut self.io,
            Doing::Turn => &mut self.turn,
            Doing::Ready => &mut self.ready,
            Doing::Idle => &mut self.idle,
        } += time;
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
    let mut sum = Share::default();
    for share in &tasks {
        sum.add(Doing::Compute, share.compute);
        sum.add(Doing::Io, share.io);
        sum.add(Doing::Turn, share.turn);
        sum.add(Doing::Ready, share.ready);
    }
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
        let totals = totals(&timeline).unwrap();
        let share = |number, [compute, io, turn, ready, idle]: [u32; 5]| {
            let [compute, io, turn, ready, idle] =
                [compute, io, turn, ready, idle].map(|count| unit * count);
            Share { number, compute, io, turn, ready, idle }
        };
        assert_eq!(totals.wall, unit * 10);
        assert_eq!(
            totals.tasks,
            [share(0, [3, 0, 1, 0, 0]), share(1, [3, 5, 0, 2, 0])]
        );
        assert_eq!(
            totals.workers,
            [share(0, [5, 0, 1, 0, 4]), share(1, [1, 0, 0, 0, 9])]
        );
        assert_eq!(totals.sum, share(0, [6, 5, 1, 2, 0]));
        // 6 of 40, two of the four workers never seen.
        assert!((totals.utilisation - 0.15).abs() < 1e-9);
    }
}
