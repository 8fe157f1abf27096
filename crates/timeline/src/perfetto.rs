//! Timelines as a file for a trace viewer.

use crate::rows::{Cell, Doing, by_task, by_worker, gaps};
use crate::timeline::Timeline;
use serde_json::{Value, json};

/// The timelines as Chrome trace events, which <https://ui.perfetto.dev> and
/// `chrome://tracing` open.
///
/// Each timeline becomes two processes: one with a thread for each worker, and
/// one with a thread for each task, which also shows its waits for a worker.
/// Zero is the begin of each run. An event has the name of its task, by which
/// viewers choose colours; its category and an argument are its state
/// (`compute`, `io`, `lock`, `ready`). The argument `cpu_ms` is the CPU time of
/// its thread in milliseconds, where that is known: what is left of `compute`
/// is time in which the thread was preempted, at a time that is not known.
pub fn perfetto(timelines: &[Timeline]) -> String {
    let mut events = Vec::new();
    for (index, timeline) in timelines.iter().enumerate() {
        workers(timeline, index * 2 + 1, &mut events);
        tasks(timeline, index * 2 + 2, &mut events);
    }
    json!({ "displayTimeUnit": "ms", "traceEvents": events }).to_string()
}

fn workers(timeline: &Timeline, process: usize, events: &mut Vec<Value>) {
    let drawn = if timeline.drawn { " (drawn, not measured)" } else { "" };
    let name = format!("{}{drawn}", timeline.name);
    name_process(process, &name, events);
    for (worker, cells) in by_worker(timeline) {
        name_thread(process, worker, &timeline.worker_label(worker), events);
        for cell in cells {
            events.push(event(timeline, process, worker, &cell));
        }
    }
}

fn tasks(timeline: &Timeline, process: usize, events: &mut Vec<Value>) {
    name_process(process, &format!("{}: by task", timeline.name), events);
    for (task, cells) in by_task(timeline) {
        name_thread(process, task, &timeline.task_label(task), events);
        let end = cells.last().map_or(0, |cell| cell.end);
        let ready = gaps(&cells, timeline.begin, end).into_iter();
        let ready = ready.map(|gap| Cell::gap(Doing::Ready, task, None, gap));
        let mut cells: Vec<Cell> = ready.chain(cells).collect();
        cells.sort_by_key(|cell| cell.begin);
        for cell in cells {
            events.push(event(timeline, process, task, &cell));
        }
    }
}

fn event(
    timeline: &Timeline,
    process: usize,
    thread: usize,
    cell: &Cell,
) -> Value {
    let micros = |nanos: u64| nanos as f64 / 1000.0;
    let word = cell.doing.word();
    let colour = match cell.doing {
        Doing::Compute => "thread_state_running",
        Doing::Preempted => "thread_state_runnable",
        Doing::Io => "thread_state_iowait",
        Doing::Turn => "terrible",
        Doing::Ready => "bad",
        Doing::Idle => "grey",
    };
    let task = timeline.task_label(cell.task);
    let mut args = json!({ "task": task, "state": word });
    if let Some(cpu) = cell.cpu {
        args["cpu_ms"] = json!(cpu as f64 / 1e6);
    }
    json!({
        "ph": "X",
        "name": task,
        "cat": word,
        "cname": colour,
        "pid": process,
        "tid": thread.saturating_add(1),
        "ts": micros(cell.begin.saturating_sub(timeline.begin)),
        "dur": micros(cell.length()),
        "args": args,
    })
}

fn name_process(process: usize, name: &str, events: &mut Vec<Value>) {
    for (event, args) in [
        ("process_name", json!({ "name": name })),
        ("process_sort_index", json!({ "sort_index": process })),
    ] {
        events.push(json!({
            "ph": "M", "name": event, "pid": process, "tid": 0, "args": args,
        }));
    }
}

/// Threads are numbered from 1: viewers take thread 0 for the idle one.
fn name_thread(
    process: usize,
    thread: usize,
    name: &str,
    events: &mut Vec<Value>,
) {
    for (event, args) in [
        ("thread_name", json!({ "name": name })),
        ("thread_sort_index", json!({ "sort_index": thread })),
    ] {
        events.push(json!({
            "ph": "M",
            "name": event,
            "pid": process,
            "tid": thread.saturating_add(1),
            "args": args,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::trace::{Span, State};
    use std::time::Duration;

    #[test]
    fn a_viewer_gets_every_span_in_both_views() {
        let unit = Duration::from_nanos(1500);
        let parts = [
            (0, Some(0), State::Compute, 0.0, 1.0),
            (0, None, State::Io, 1.0, 4.0),
            (1, Some(0), State::Compute, 1.0, 2.0),
        ];
        let mut timeline =
            Timeline::drawn("<script>\"&", unit, &parts).unwrap();
        timeline.workers = vec!["main \\ \"".to_owned()];
        timeline.spans[0].cpu = Some(1_125);
        let text = perfetto(&[timeline.clone(), timeline]);
        let file: Value = serde_json::from_str(&text).unwrap();
        let events = file["traceEvents"].as_array().unwrap();
        let of = |phase: &str| {
            let events = events.iter();
            events.filter(|event| event["ph"] == phase).collect::<Vec<_>>()
        };
        // By worker 2 (the wait occupies none), by task 3 and one ready.
        let spans = of("X");
        assert_eq!(spans.len(), 2 * (2 + 4));
        // For each of two processes, and one worker and two tasks: two.
        assert_eq!(of("M").len(), 2 * 2 * (2 + 3));
        assert_eq!(spans[1]["ts"], 1.5);
        assert_eq!(spans[1]["dur"], 1.5);
        assert_eq!(spans[1]["name"], "task 1");
        assert_eq!(spans[1]["args"]["state"], "compute");
        // Whole in both views, and what is not known is not there.
        let cpu = spans.iter().map(|event| &event["args"]["cpu_ms"]);
        let cpu = cpu.map(Value::as_f64).collect::<Vec<_>>();
        let known = Some(0.001_125);
        assert_eq!(cpu[..6], [known, None, known, None, None, None]);
        assert_eq!(
            (&spans[0]["dur"], &spans[2]["dur"]),
            (&json!(1.5), &json!(1.5))
        );
        let named = of("M").into_iter().map(|event| &event["args"]["name"]);
        let named: Vec<_> = named.filter(|name| !name.is_null()).collect();
        assert_eq!(named[0], "<script>\"& (drawn, not measured)");
        assert_eq!(named[1], "main \\ \"");
        assert_eq!(named[2], "<script>\"&: by task");
        let ready = spans.iter().find(|event| event["cat"] == "ready");
        assert_eq!(ready.unwrap()["dur"], 1.5);
    }

    #[test]
    fn spans_outside_the_run_are_no_panic() {
        let (task, worker, state) = (usize::MAX, Some(usize::MAX), State::Io);
        let spans = [(5, 2), (0, 3), (9, u64::MAX)].map(|(begin, end)| Span {
            task,
            worker,
            state,
            begin,
            end,
            cpu: Some(u64::MAX),
        });
        let timeline = Timeline {
            spans: spans.to_vec(),
            begin: 4,
            end: 2,
            ..Timeline::default()
        };
        let text = perfetto(&[timeline]);
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}
