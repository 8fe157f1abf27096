//! The panels of a picture, their rows and how many tasks share one: the same
//! for every resolution.

use crate::path::{Path, path};
use crate::picture::{Picture, View};
use crate::rows::{Row, task_rows, worker_rows};
use crate::timeline::Timeline;
use lanes_measure::words;
use std::time::Duration;

/// No view of a panel has more rows; tasks or workers share rows where there
/// are more of them.
pub const MOST_ROWS: usize = 24;

/// A picture's panels and rows.
pub(crate) struct Layout<'a> {
    pub(crate) picture: &'a Picture,
    /// The longest run, in nanoseconds.
    pub(crate) axis: u64,
    /// How many tasks and how many workers share a row.
    pub(crate) tasks: usize,
    pub(crate) workers: usize,
    /// How many groups of tasks there are, and the number of the last task.
    pub(crate) classes: usize,
    pub(crate) last: usize,
    pub(crate) panels: Vec<Panel<'a>>,
}

pub(crate) struct Panel<'a> {
    pub(crate) timeline: &'a Timeline,
    pub(crate) path: Path,
    pub(crate) views: Vec<(View, Vec<Row>)>,
}

impl<'a> Layout<'a> {
    pub(crate) fn of(picture: &'a Picture) -> Self {
        let all = || picture.timelines.iter();
        let last = all().map(Timeline::last_task).max().unwrap_or(0);
        let workers = all().map(Timeline::worker_count).max().unwrap_or(0);
        let tasks = shared(last);
        let workers = shared(workers.saturating_sub(1));
        let panel = |timeline: &'a Timeline| {
            let rows = |view: &View| match view {
                View::Tasks => task_rows(timeline, tasks),
                View::Workers => worker_rows(timeline, workers),
            };
            let views = picture.views.iter().map(|view| (*view, rows(view)));
            let (path, views) = (path(timeline), views.collect());
            Panel { timeline, path, views }
        };
        Self {
            picture,
            axis: all().map(Timeline::wall).max().unwrap_or(0).max(1),
            tasks,
            workers,
            classes: last / tasks + 1,
            last,
            panels: all().map(panel).collect(),
        }
    }

    /// `7.1 U · 142 ms`, or the time alone.
    pub(crate) fn total(&self, time: Duration) -> String {
        let text = words::time(time.as_secs_f64());
        match self.picture.unit {
            Some(unit) => format!("{} U · {text}", in_units(time, unit)),
            None => text,
        }
    }

    /// A length and what it is made of.
    pub(crate) fn made_of(&self, path: &Path) -> String {
        let brief = |time: Duration| match self.picture.unit {
            Some(unit) => in_units(time, unit),
            None => words::time(time.as_secs_f64()),
        };
        let parts = [
            ("compute", path.compute()),
            ("preempted", path.preempted()),
            ("I/O", path.io()),
            ("waiting", path.waiting()),
        ];
        // A thousandth cannot be seen.
        let seen = parts.iter().filter(|(_, t)| *t * 1000 >= path.length());
        let parts = seen.map(|(what, time)| format!("{what} {}", brief(*time)));
        let unit = if self.picture.unit.is_some() { " U" } else { "" };
        format!(
            "critical path {}{unit} = {}",
            brief(path.length()),
            parts.collect::<Vec<_>>().join(" + ")
        )
    }

    /// The label of a row.
    pub(crate) fn label(
        &self,
        timeline: &Timeline,
        view: View,
        row: usize,
    ) -> String {
        let (size, count, noun) = match view {
            View::Tasks => {
                (self.tasks, timeline.last_task().saturating_add(1), "tasks")
            }
            View::Workers => (self.workers, timeline.worker_count(), "workers"),
        };
        let first = row * size;
        match (view, size) {
            (View::Tasks, 1) => timeline.task_label(first),
            (View::Workers, 1) => timeline.worker_label(first),
            _ => {
                let last = first.saturating_add(size - 1).min(count - 1);
                let one = noun.trim_end_matches('s');
                match last - first {
                    0 => format!("{one} {first}"),
                    _ => format!("{noun} {first}–{last}"),
                }
            }
        }
    }

    /// What stands in the bars of a group of tasks.
    pub(crate) fn mark(&self, timeline: &Timeline, class: usize) -> String {
        if self.tasks == 1 {
            return timeline.task_mark(class);
        }
        let first = class * self.tasks;
        let last = first.saturating_add(self.tasks - 1).min(self.last);
        match last - first {
            0 => first.to_string(),
            _ => format!("{first}–{last}"),
        }
    }
}

/// A multiple of the unit: `7.1`, `0.04`, `120`.
fn in_units(time: Duration, unit: Duration) -> String {
    let value = time.as_nanos() as f64 / unit.as_nanos() as f64;
    match value {
        0.0 => "0".into(),
        ..0.005 => "<0.01".into(),
        ..0.095 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => words::count(value.round() as usize),
    }
}

/// How many tasks or workers share a row, if the last has this number: 1, 2, 5,
/// 10 and so on, since `40–49` is easier to find than `39–45`.
fn shared(last: usize) -> usize {
    let powers = (0..).map_while(|power| 10usize.checked_pow(power));
    let mut sizes = powers
        .flat_map(|power| [1, 2, 5].map(|factor| power.saturating_mul(factor)));
    let size = sizes.find(|size| last / size < MOST_ROWS);
    size.unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_of_a_unit_are_short() {
        let unit = Duration::from_millis(20);
        let times = [142_000_000, 800_000, 0, 1, 20_000_000_000];
        assert_eq!(
            times.map(|nanos| in_units(Duration::from_nanos(nanos), unit)),
            ["7.1", "0.04", "0", "<0.01", "1,000"]
        );
    }

    #[test]
    fn rows_are_shared_in_round_numbers() {
        let sizes = [0, 23, 24, 47, 48, 99, 119, 120, 239, 240, 99_999]
            .map(|last| (last, shared(last)));
        assert_eq!(
            sizes,
            [
                (0, 1),
                (23, 1),
                (24, 2),
                (47, 2),
                (48, 5),
                (99, 5),
                (119, 5),
                (120, 10),
                (239, 10),
                (240, 20),
                (99_999, 5000),
            ]
        );
        assert!(usize::MAX / shared(usize::MAX) < MOST_ROWS);
    }
}
