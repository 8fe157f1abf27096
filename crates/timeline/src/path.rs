//! The critical path: why the run took as long as it did.

use crate::rows::{Cell, Doing, by_task};
use crate::timeline::Timeline;
use lanes_core::Error;
use std::collections::BTreeMap;
use std::time::Duration;

/// One step of a critical path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The task that was on the path.
    pub task: usize,
    /// The worker that the task held, if any.
    pub worker: Option<usize>,
    /// What the task did; never [`Doing::Idle`].
    pub doing: Doing,
    /// Nanoseconds, by the clock of the spans.
    pub begin: u64,
    /// Nanoseconds, by the clock of the spans.
    pub end: u64,
}

/// The chain of work and waits that decided how long the run took, from its
/// begin to the end of its last span.
///
/// Each step ends where the next begins. So the length of the path is that of
/// the run; what is new is how much of it is computing, being preempted, I/O
/// and waiting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The steps by their begin.
    pub steps: Vec<Step>,
}

impl Path {
    /// From the begin of the run to the end of its last span.
    pub fn length(&self) -> Duration {
        self.sum(|_| true)
    }

    /// How much of it was computing; where CPU times are not known, as if
    /// nothing had been preempted.
    pub fn compute(&self) -> Duration {
        self.sum(|doing| doing == Doing::Compute)
    }

    /// How much of it a task had begun to compute, while its thread was not on
    /// a core.
    pub fn preempted(&self) -> Duration {
        self.sum(|doing| doing == Doing::Preempted)
    }

    /// How much of it was waiting for I/O.
    pub fn io(&self) -> Duration {
        self.sum(|doing| doing == Doing::Io)
    }

    /// How much of it was waiting for a lock or for a worker while no other
    /// task was seen to hold that.
    pub fn waiting(&self) -> Duration {
        self.sum(|doing| matches!(doing, Doing::Turn | Doing::Ready))
    }

    fn sum(&self, counts: impl Fn(Doing) -> bool) -> Duration {
        let steps = self.steps.iter().filter(|step| counts(step.doing));
        steps.map(|step| Duration::from_nanos(step.end - step.begin)).sum()
    }
}

/// How many nanoseconds after the end of a wait its cause may end: a task
/// records that it released a lock only after it did.
const LATE: u64 = 200_000;
/// How many spans that ended after a wait are looked at for its cause.
const LOOKS: usize = 64;

/// The critical path, found from its end.
///
/// It begins with the task that ended last, and follows that task back in time.
/// Where the task waited for a lock or for a worker, the path goes on with the
/// task that held it: of the tasks that computed or waited for I/O meanwhile,
/// the one that stopped last before the wait was over. For a worker, that is a
/// task on the same worker, or else one that stopped just before. Where there
/// is none, the wait itself is part of the path. A trace does not record what a
/// task waits for. So where several tasks stop at the same time, the path is a
/// good guess. Nor does it record whom a thread was preempted for: the path
/// stays with the task that was.
///
/// # Errors
/// [`Error::Invalid`] for a timeline without spans, or with spans outside it.
pub fn critical_path(timeline: &Timeline) -> Result<Path, Error> {
    timeline.check()?;
    Ok(path(timeline))
}

/// The path of a timeline that was checked.
pub(crate) fn path(timeline: &Timeline) -> Path {
    let rows = by_task(timeline);
    let history = History::of(&rows);
    let ends = rows.iter().filter_map(|(task, cells)| {
        Some((cells.last()?.end, std::cmp::Reverse(*task)))
    });
    let Some((mut now, std::cmp::Reverse(mut task))) = ends.max() else {
        return Path::default();
    };
    let mut steps = Vec::new();
    while now > timeline.begin {
        let cells = rows[&task].as_slice();
        let before = cells.partition_point(|cell| cell.begin < now);
        let last = before.checked_sub(1).map(|index| cells[index]);
        let next = cells.get(before);
        let here = match last {
            Some(cell) if now <= cell.end => cell.until(now),
            // A gap in which the task had no worker.
            _ => {
                let worker = next.and_then(|next| next.worker);
                let begin = last.map_or(timeline.begin, |cell| cell.end);
                Cell::gap(Doing::Ready, task, worker, (begin, now))
            }
        };
        let cause = history.cause(&here);
        let begin = match &cause {
            Some(cause) => cause.end.min(now),
            None => here.begin,
        };
        if begin < now {
            // The task has no worker yet.
            let ready = here.doing == Doing::Ready;
            let worker = here.worker.filter(|_| !ready);
            let step = |Cell { doing, begin, end, .. }| Step {
                task,
                worker,
                doing,
                begin,
                end,
            };
            // From the end to the begin.
            let parts = Cell { begin, ..here }.parts().rev();
            steps.extend(parts.map(step));
        }
        if let Some(cause) = cause {
            task = cause.task;
        }
        now = begin;
    }
    steps.reverse();
    Path { steps }
}

/// Computing and I/O, by its end.
struct History {
    all: Vec<Cell>,
    by_worker: BTreeMap<usize, Vec<Cell>>,
}

impl History {
    fn of(rows: &BTreeMap<usize, Vec<Cell>>) -> Self {
        let mut all: Vec<Cell> = rows.values().flatten().copied().collect();
        all.retain(|cell| matches!(cell.doing, Doing::Compute | Doing::Io));
        all.sort_by_key(|cell| (cell.end, cell.begin, cell.task));
        let mut by_worker: BTreeMap<usize, Vec<Cell>> = BTreeMap::new();
        for cell in &all {
            if let Some(worker) = cell.worker {
                by_worker.entry(worker).or_default().push(*cell);
            }
        }
        Self { all, by_worker }
    }

    /// What ended this wait.
    fn cause(&self, wait: &Cell) -> Option<Cell> {
        match wait.doing {
            Doing::Turn => self.release(wait),
            Doing::Ready => {
                let worker = wait.worker.and_then(|w| self.by_worker.get(&w));
                let same = worker.and_then(|cells| before(cells, wait));
                same.or_else(|| {
                    // Another task's end is a cause only if this task went on
                    // soon after it.
                    let soon = LATE.max(wait.length() / 10);
                    let other = before(&self.all, wait);
                    other.filter(|cell| wait.end - cell.end <= soon)
                })
            }
            Doing::Compute | Doing::Preempted | Doing::Io | Doing::Idle => None,
        }
    }

    /// What ended nearest to the end of the wait.
    fn release(&self, wait: &Cell) -> Option<Cell> {
        let late = wait.length().min(LATE);
        let from = self.all.partition_point(|cell| cell.end <= wait.end);
        let after = self.all[from..]
            .iter()
            .take(LOOKS)
            .take_while(|cell| cell.end - wait.end <= late)
            .find(|cell| cell.task != wait.task && cell.begin < wait.end);
        let before = before(&self.all, wait);
        match (before, after.copied()) {
            (Some(before), Some(after)) => {
                let soon = after.end - wait.end < wait.end - before.end;
                Some(if soon { after } else { before })
            }
            (before, after) => before.or(after),
        }
    }
}

/// What ended last during the wait, of these by their end.
fn before(cells: &[Cell], wait: &Cell) -> Option<Cell> {
    let until = cells.partition_point(|cell| cell.end <= wait.end);
    let ended = cells[..until].iter().rev();
    // The task's own cells do not end while it waits: this looks at few.
    let mut ended = ended.take_while(|cell| cell.end > wait.begin);
    ended.find(|cell| cell.task != wait.task).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Part;
    use lanes_core::trace::{Span, State};
    use proptest::prelude::*;

    const UNIT: Duration = Duration::from_millis(10);

    fn units(path: &Path) -> [u128; 4] {
        [path.length(), path.compute(), path.io(), path.waiting()]
            .map(|time| time.as_nanos() / UNIT.as_nanos())
    }

    fn drawn(parts: &[Part]) -> Timeline {
        Timeline::drawn("drawn", UNIT, parts).unwrap()
    }

    #[test]
    fn one_after_the_other_everything_is_critical() {
        let one = drawn(&[
            (0, Some(0), State::Compute, 0.0, 1.0),
            (0, Some(0), State::Io, 1.0, 4.0),
            (0, Some(0), State::Compute, 4.0, 5.0),
            (1, Some(0), State::Compute, 5.0, 6.0),
            (1, Some(0), State::Io, 6.0, 7.0),
            (1, Some(0), State::Compute, 7.0, 8.0),
            (2, Some(0), State::Compute, 8.0, 10.0),
        ]);
        let path = critical_path(&one).unwrap();
        assert_eq!(units(&path), [10, 6, 4, 0]);
        let tasks: Vec<_> = path.steps.iter().map(|step| step.task).collect();
        assert_eq!(tasks, [0, 0, 0, 1, 1, 1, 2]);
    }

    #[test]
    fn at_once_the_longest_task_is_critical() {
        let free = drawn(&[
            (0, Some(0), State::Compute, 0.0, 1.0),
            (0, Some(0), State::Io, 1.0, 4.0),
            (0, Some(0), State::Compute, 4.0, 5.0),
            (1, Some(1), State::Compute, 0.0, 1.0),
            (1, Some(1), State::Io, 1.0, 2.0),
            (1, Some(1), State::Compute, 2.0, 3.0),
            (2, Some(2), State::Compute, 0.0, 2.0),
        ]);
        let path = critical_path(&free).unwrap();
        assert_eq!(units(&path), [5, 2, 3, 0]);
        assert!(path.steps.iter().all(|step| step.task == 0));
    }

    #[test]
    fn a_wait_for_a_lock_leads_to_its_holder() {
        let lock = drawn(&[
            (0, Some(0), State::Compute, 0.0, 4.0),
            (1, Some(1), State::Lock, 0.0, 4.0),
            (1, Some(1), State::Compute, 4.0, 6.0),
            (2, Some(2), State::Compute, 0.0, 3.0),
        ]);
        let path = critical_path(&lock).unwrap();
        assert_eq!(units(&path), [6, 6, 0, 0]);
        let tasks: Vec<_> = path.steps.iter().map(|step| step.task).collect();
        assert_eq!(tasks, [0, 1]);
    }

    #[test]
    fn a_wait_for_a_worker_leads_to_its_last_task() {
        let pool = drawn(&[
            (0, Some(0), State::Compute, 0.0, 3.0),
            (1, Some(1), State::Compute, 0.0, 4.0),
            (2, Some(0), State::Compute, 5.0, 7.0),
        ]);
        let path = critical_path(&pool).unwrap();
        assert_eq!(units(&path), [7, 5, 0, 2]);
        let tasks: Vec<_> = path.steps.iter().map(|step| step.task).collect();
        assert_eq!(tasks, [0, 2, 2]);
        assert_eq!(path.steps[1].doing, Doing::Ready);
    }

    #[test]
    fn a_wait_for_a_slot_leads_to_the_task_that_just_left_it() {
        let slots = |end| {
            drawn(&[
                (0, Some(0), State::Io, 0.0, end),
                (1, Some(1), State::Io, 3.0, 6.0),
            ])
        };
        let path = critical_path(&slots(2.9)).unwrap();
        assert_eq!(path.steps[0].task, 0);
        assert_eq!(units(&path), [6, 0, 5, 0]);
        let path = critical_path(&slots(1.0)).unwrap();
        assert!(path.steps.iter().all(|step| step.task == 1));
        assert_eq!(units(&path), [6, 0, 3, 3]);
    }

    #[test]
    fn a_wait_without_a_cause_is_part_of_the_path() {
        let alone = drawn(&[
            (0, Some(0), State::Lock, 1.0, 3.0),
            (0, Some(0), State::Compute, 3.0, 4.0),
            (1, Some(1), State::Compute, 0.0, 3.9),
        ]);
        let path = critical_path(&alone).unwrap();
        assert_eq!(units(&path), [4, 1, 0, 3]);
    }

    #[test]
    fn a_preempted_holder_stays_on_the_path() {
        let mut lock = drawn(&[
            (0, Some(0), State::Compute, 0.0, 4.0),
            (1, Some(1), State::Lock, 0.0, 4.0),
            (1, Some(1), State::Compute, 4.0, 6.0),
        ]);
        let whole = critical_path(&lock).unwrap();
        assert_eq!(whole.preempted(), Duration::ZERO);
        lock.spans[0].cpu = Some(10_000_000);
        lock.spans[2].cpu = Some(20_000_000);
        let path = critical_path(&lock).unwrap();
        assert_eq!(units(&path), [6, 3, 0, 0]);
        assert_eq!(path.preempted(), 3 * UNIT);
        let steps = path.steps.iter().map(|step| {
            let at = step.begin / UNIT.as_nanos() as u64;
            (step.task, step.doing, at)
        });
        assert_eq!(
            steps.collect::<Vec<_>>(),
            [
                (0, Doing::Compute, 0),
                (0, Doing::Preempted, 1),
                (1, Doing::Compute, 4),
            ]
        );
        assert_eq!(path.length(), whole.length());
    }

    proptest! {
        /// Whatever the spans: the steps follow each other without a gap, from
        /// the begin of the run to the last end, and each computing step lies
        /// within a span of its task.
        #[test]
        fn the_path_is_whole(
            parts in prop::collection::vec(
                (
                    0..4usize,
                    0..3usize,
                    0..3usize,
                    0..100u64,
                    1..40u64,
                    prop::option::of(0..50u64),
                ),
                1..40,
            ),
        ) {
            let states = [State::Compute, State::Io, State::Lock];
            let spans: Vec<Span> = parts
                .iter()
                .map(|&(task, worker, state, begin, length, cpu)| Span {
                    task,
                    worker: worker.checked_sub(1),
                    state: states[state],
                    begin: 7 + begin,
                    end: 7 + begin + length,
                    cpu,
                })
                .collect();
            let last = spans.iter().map(|span| span.end).max().unwrap();
            let timeline = Timeline {
                spans,
                begin: 7,
                end: last + 5,
                ..Timeline::default()
            };
            let path = critical_path(&timeline).unwrap();
            let mut now = 7;
            for step in &path.steps {
                prop_assert_eq!(step.begin, now);
                prop_assert!(step.begin < step.end);
                now = step.end;
                let doing = match step.doing {
                    Doing::Preempted => Doing::Compute,
                    doing => doing,
                };
                let covers = |span: &Span| {
                    span.task == step.task
                        && Doing::from(span.state) == doing
                        && span.begin <= step.begin
                        && step.end <= span.end
                };
                prop_assert!(
                    step.doing == Doing::Ready
                        || timeline.spans.iter().any(covers)
                );
            }
            prop_assert_eq!(now, last);
            let parts = [path.compute(), path.preempted(), path.io()];
            let parts: Duration = parts.into_iter().sum();
            prop_assert_eq!(parts + path.waiting(), path.length());
            // It is the same path without CPU times.
            let mut unknown = timeline;
            for span in &mut unknown.spans {
                span.cpu = None;
            }
            let plain = critical_path(&unknown).unwrap();
            prop_assert_eq!(plain.io(), path.io());
            prop_assert_eq!(
                plain.compute(),
                path.compute() + path.preempted()
            );
        }
    }
}
