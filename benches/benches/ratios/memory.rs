//! `max` and `double` at the memory's limit: the tuned kernels against the
//! plain ones, and rows of models against threads that do nothing but run the
//! same kernel, each over its own part of the list.

use super::time;
use crate::session::{Session, WORKERS, job, runtimes, start};
use lanes_benches::timed;
use lanes_core::numbers::Numbers;
use lanes_core::workload::{Double, Max, Reading, Writing};
use lanes_core::{Entry, Job, Workload, kernel};
use lanes_measure::statistics::Bound;
use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Those that programs take for such work. The others have the same kernels.
const MODELS: [&str; 4] = ["rayon", "threads", "crossbeam", "tokio"];

const GRAIN: usize = 1 << 16;

pub(super) fn memory(session: &Session) {
    for (size, len) in [("32MiB", 1 << 22), ("128MiB", 1 << 24)] {
        kernels(session, size, if session.test { 1 << 12 } else { len });
    }
    let len = if session.test { 1 << 12 } else { 1 << 24 };
    // Which of the two kernels reads faster depends on the processor.
    row(session, "max", &Max::plain(len, GRAIN), 0.95, |list, _| {
        black_box(kernel::max(list));
    });
    let max = Max { len, grain: GRAIN, form: Reading::Wide };
    row(session, "max-wide", &max, 0.95, |list, _| {
        black_box(kernel::tuned::max(list));
    });
    let double = Double { len, grain: GRAIN, form: Writing::Stream };
    row(session, "double-stream", &double, 0.90, kernel::tuned::double);
}

/// The tuned kernels on one thread, over the plain ones.
fn kernels(session: &Session, size: &str, len: usize) {
    let [max, double] =
        ["max", "double"].map(|of| format!("kernel-tuned/{of}/{size}"));
    if !session.wants(&max) && !session.wants(&double) {
        return;
    }
    let job = job(&Max::plain(len, GRAIN));
    let grains = || black_box(job.list()).chunks(GRAIN);
    if session.wants(&max) {
        let by = |max: fn(&[u64]) -> u64| time(|| grains().map(max).max());
        let (tuned, plain) = (kernel::tuned::max, kernel::max);
        let bound = Bound::at_most(1.05);
        session.print(&max, bound, || by(tuned), || by(plain));
    }
    if session.wants(&double) {
        let by = |double: fn(&[u64], &mut [u64])| {
            let mut warm = vec![1; len];
            move || {
                let lists = grains().zip(warm.chunks_mut(GRAIN));
                time(|| lists.for_each(|(list, twice)| double(list, twice)))
            }
        };
        let (tuned, plain) = (by(kernel::tuned::double), by(kernel::double));
        session.print(&double, Bound::at_most(0.9), tuned, plain);
    }
}

/// The time of the streams over that of each model.
fn row<W: Workload<Input = Numbers>>(
    session: &Session,
    label: &str,
    size: &W,
    least: f64,
    work: fn(&[u64], &mut [u64]),
) {
    let name = |entry: &Entry| format!("memory/{}/{label}", entry.name);
    let mut entries = runtimes();
    entries.retain(|entry| {
        MODELS.contains(&entry.name) && session.wants(&name(entry))
    });
    if entries.is_empty() {
        return;
    }
    let list = job(size);
    let streams = Streams::start(&list, work);
    for entry in &entries {
        let model = start(entry, WORKERS);
        let ours = || timed(&model, &list);
        let bound = Bound::at_least(least);
        session.print(&name(entry), bound, || streams.run(), ours);
    }
}

/// Threads that are kept, and sleep while a model works. Each has a part of the
/// list and as much memory that is warm.
struct Streams {
    threads: Vec<Sender<()>>,
    times: Receiver<(Instant, Instant)>,
}

impl Streams {
    fn start<W: Workload<Input = Numbers>>(
        list: &Job<W>,
        work: fn(&[u64], &mut [u64]),
    ) -> Self {
        let (send, times) = channel();
        let there = Arc::new(AtomicUsize::new(0));
        let parts: Vec<_> = list.parts(WORKERS).collect();
        let count = parts.len();
        let start = |range: std::ops::Range<usize>| {
            let (list, there, send) =
                (list.clone(), there.clone(), send.clone());
            let (begin, runs) = channel();
            thread::spawn(move || {
                let mut warm = vec![1; range.len()];
                for (run, ()) in runs.into_iter().enumerate() {
                    // Both are awake before the clock starts.
                    there.fetch_add(1, Ordering::AcqRel);
                    while there.load(Ordering::Acquire) < (run + 1) * count {
                        spin_loop();
                    }
                    let begin = Instant::now();
                    work(&list.list()[range.clone()], &mut warm);
                    if send.send((begin, Instant::now())).is_err() {
                        break;
                    }
                }
            });
            begin
        };
        let threads = parts.into_iter().map(|part| start(part.range)).collect();
        Self { threads, times }
    }

    /// From the first begin to the last end.
    fn run(&self) -> Duration {
        for thread in &self.threads {
            thread.send(()).expect("a stream that waits");
        }
        let times = self.threads.iter().map(|_| self.times.recv());
        let times: Result<Vec<_>, _> = times.collect();
        let times = times.expect("a time of each stream");
        let begin = times.iter().map(|(begin, _)| *begin).min();
        let end = times.iter().map(|(_, end)| *end).max();
        end.zip(begin).map_or(Duration::ZERO, |(end, begin)| end - begin)
    }
}
