//! Who did what, and when: what a program prints of its tasks, if it is asked
//! to, and what its parent makes of that.
//!
//! Each begin and each end is a line of its own, which is out at once: so it is
//! known what a program was about that hangs. The times are those of the
//! monotonic clock, which is the same in all processes.

use lanes_core::trace::{Span, State, monotonic};
use lanes_measure::traps::{MOST_SPANS, Recorded};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

/// A line of what a program prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    /// The program begins.
    Start { at: u64 },
    /// A task begins to do something: on a thread, with its number and name, or
    /// as a future that holds none.
    Begin {
        span: usize,
        task: String,
        thread: Option<(usize, String)>,
        state: State,
        at: u64,
    },
    /// It ends, after so much CPU time of its thread.
    End { span: usize, at: u64, cpu: Option<u64> },
    /// The program ends.
    Over { at: u64 },
}

fn print(line: &Line) {
    println!("{}", serde_json::to_string(line).expect("plain values"));
}

/// Whether this process records.
static RECORDS: AtomicBool = AtomicBool::new(false);
/// How many spans have begun, and how many threads have recorded.
static SPANS: AtomicUsize = AtomicUsize::new(0);
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Has this process record, from now on.
pub(crate) fn start() {
    RECORDS.store(true, Ordering::Relaxed);
    THREAD.with(|name| drop(name.set((next(&THREADS), "main".into()))));
    print(&Line::Start { at: monotonic() });
}

/// The program is over.
pub(crate) fn over() {
    print(&Line::Over { at: monotonic() });
}

fn next(count: &AtomicUsize) -> usize {
    count.fetch_add(1, Ordering::Relaxed)
}

thread_local! {
    /// The number and the name of this thread.
    static THREAD: OnceCell<(usize, String)> = const { OnceCell::new() };
}

fn this_thread() -> (usize, String) {
    let name = || thread::current().name().unwrap_or_default().to_owned();
    THREAD.with(|one| one.get_or_init(|| (next(&THREADS), name())).clone())
}

fn cpu_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// What a task does, until this is dropped.
#[must_use]
struct Open(Option<Opened>);

struct Opened {
    span: usize,
    /// The CPU time of its thread before.
    cpu: Option<u64>,
    /// When it ends at the latest.
    due: u64,
}

fn open(task: &str, state: State, on_thread: bool) -> Open {
    if !RECORDS.load(Ordering::Relaxed) {
        return Open(None);
    }
    let span = next(&SPANS);
    if span >= MOST_SPANS {
        return Open(None);
    }
    let (task, at) = (task.to_owned(), monotonic());
    let thread = on_thread.then(this_thread);
    print(&Line::Begin { span, task, thread, state, at });
    let cpu = on_thread.then(cpu_time);
    Open(Some(Opened { span, cpu, due: u64::MAX }))
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(Opened { span, cpu, due }) = self.0 {
            let cpu = cpu.map(|before| cpu_time() - before);
            print(&Line::End { span, at: monotonic().min(due), cpu });
        }
    }
}

/// A task does something on this thread.
pub(crate) fn on_thread<T>(
    task: &str,
    state: State,
    act: impl FnOnce() -> T,
) -> T {
    let _open = open(task, state, true);
    act()
}

/// A task awaits something, and holds no thread.
pub(crate) async fn awaited<T>(
    task: &str,
    state: State,
    what: impl Future<Output = T>,
) -> T {
    let _open = open(task, state, false);
    what.await
}

/// A task awaits a timer. From when it is due on, the task is ready.
pub(crate) async fn awaited_until<T>(
    task: &str,
    due: Instant,
    timer: impl Future<Output = T>,
) -> T {
    let mut open = open(task, State::Io, false);
    if let Some(opened) = &mut open.0 {
        let left = due.saturating_duration_since(Instant::now());
        opened.due = monotonic() + left.as_nanos() as u64;
    }
    timer.await
}

/// What a program has printed, which the watchdog ended at `ended`, or which
/// ended by itself. None if it has recorded nothing.
pub(crate) fn recorded(printed: &str, ended: Option<u64>) -> Option<Recorded> {
    let mut lines =
        printed.lines().filter_map(|line| serde_json::from_str(line).ok());
    let Some(Line::Start { at: start }) = lines.next() else { return None };
    let mut record = Recorded { hung: ended.is_some(), ..Recorded::default() };
    let (mut open, mut last) = (BTreeMap::new(), start);
    for line in lines {
        match line {
            Line::Start { .. } => {}
            Line::Begin { span, task, thread, state, at } => {
                last = last.max(at);
                let task = index(&mut record.tasks, task);
                let worker = thread.map(|(number, name)| {
                    let known = record.workers.len();
                    let count = known.max(number.saturating_add(1));
                    record.workers.resize(count.min(MOST_SPANS), String::new());
                    let number = number.min(MOST_SPANS - 1);
                    record.workers[number] = name;
                    number
                });
                let (begin, end) = (at.saturating_sub(start), 0);
                let cpu = None;
                open.insert(
                    span,
                    Span { task, worker, state, begin, end, cpu },
                );
            }
            Line::End { span, at, cpu } => {
                last = last.max(at);
                let Some(span) = open.remove(&span) else { continue };
                let end = at.saturating_sub(start).max(span.begin);
                let cpu = cpu.map(|cpu| cpu.min(end - span.begin));
                record.spans.push(Span { end, cpu, ..span });
            }
            Line::Over { at } => last = last.max(at),
        }
    }
    record.end = ended.unwrap_or(last).max(last) - start;
    let end = record.end;
    let open = open.into_values().map(|span| Span { end, ..span });
    record.spans.extend(open);
    record.spans.sort_by_key(|span| (span.begin, span.end, span.task));
    record.spans.truncate(MOST_SPANS);
    (!record.spans.is_empty()).then_some(record)
}

/// The index of a name among others, to which it is added if it is new.
fn index(names: &mut Vec<String>, name: String) -> usize {
    let known = names.iter().position(|known| *known == name);
    known.unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(
        span: usize,
        task: &str,
        thread: Option<usize>,
        state: State,
        at: u64,
    ) -> Line {
        let thread = thread.map(|number| (number, format!("t{number}")));
        Line::Begin { span, task: task.into(), thread, state, at }
    }

    fn text(lines: &[Line]) -> String {
        let line = |line| serde_json::to_string(line).unwrap() + "\n";
        lines.iter().map(line).collect()
    }

    #[test]
    fn lines_become_a_run_of_named_tasks_and_threads() {
        let printed = text(&[
            Line::Start { at: 100 },
            begin(0, "a", Some(1), State::Compute, 110),
            begin(1, "b", None, State::Io, 115),
            Line::End { span: 0, at: 120, cpu: Some(99) },
            begin(2, "a", Some(0), State::Lock, 121),
            Line::End { span: 1, at: 125, cpu: None },
            Line::End { span: 2, at: 130, cpu: Some(1) },
            Line::Over { at: 150 },
        ]);
        let printed = format!("{printed}other words\n{{\"right\":true}}\n");
        let found = recorded(&printed, None).unwrap();
        assert!(!found.hung && found.is_possible());
        assert_eq!((found.end, found.tasks.join(" ")), (50, "a b".into()));
        assert_eq!(found.workers, ["t0", "t1"]);
        let spans = found.spans.iter();
        let spans = spans.map(|s| (s.task, s.worker, s.begin, s.end, s.cpu));
        let expected = [
            (0, Some(1), 10, 20, Some(10)),
            (1, None, 15, 25, None),
            (0, Some(0), 21, 30, Some(1)),
        ];
        assert_eq!(spans.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_open_at_the_end_ends_there() {
        let lines =
            [Line::Start { at: 100 }, begin(7, "a", Some(0), State::Lock, 110)];
        let found = recorded(&text(&lines), Some(300)).unwrap();
        assert!(found.hung && found.is_possible());
        assert_eq!((found.spans[0].begin, found.spans[0].end), (10, 200));
        // One that has died without a word.
        let found = recorded(&text(&lines), None).unwrap();
        assert_eq!(
            (found.hung, found.end, found.spans[0].end),
            (false, 10, 10)
        );
        assert_eq!(recorded(&text(&lines[..1]), None), None);
        assert_eq!(recorded("{}\n", None), None);
        assert_eq!(recorded("", Some(9)), None);
    }

    #[test]
    fn nothing_is_printed_by_a_process_that_does_not_record() {
        assert_eq!(on_thread("a", State::Compute, || 7), 7);
        assert_eq!(SPANS.load(Ordering::Relaxed), 0);
    }
}
