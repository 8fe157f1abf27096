//! Pictures of runs traced here and now, and of traces made up: written to the
//! folder given as the argument.

use lanes_core::trace::{Span, State, Trace};
use lanes_core::workload::{Counter, Fetch, Join, Subtasks};
use lanes_core::{Config, Context, Error, Job, Model, Run, Watch, Workload};
use lanes_gil::Gil;
use lanes_mutex::Mutex;
use lanes_sequential::Sequential;
use lanes_threads::Threads;
use lanes_timeline::{Picture, Timeline, View, perfetto, svg};
use lanes_tokio::Tokio;
use std::path::Path;
use std::time::Duration;

const UNIT: Duration = Duration::from_millis(20);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("a folder, please")?;
    let folder = Path::new(&folder);
    let plan = Subtasks { unit: UNIT, rounds: None };
    let names: Vec<String> = (1..=3).map(|n| format!("subtask {n}")).collect();
    let mut runs = vec![
        traced(&Sequential::start(&Config::new(1)?)?, &plan)?,
        traced(&Threads::start(&Config::new(3)?)?, &plan)?,
        traced(&Tokio::start(&Config::new(2)?)?, &plan)?,
        traced(&Gil::start(&Config::new(3)?)?, &plan)?,
        traced(&Mutex::start(&Config::new(3)?)?, &plan)?,
    ];
    for run in &mut runs {
        run.tasks.clone_from(&names);
    }
    let both = vec![View::Tasks, View::Workers];
    let picture = Picture {
        title: "Three subtasks".into(),
        subtitle: "Subtask 1 computes 1 U, waits for I/O 3 U, computes 1 U; \
                   subtask 2 computes 1, waits 1, computes 1; subtask 3 \
                   computes 2."
            .into(),
        unit: Some(UNIT),
        views: both,
        timelines: runs,
        ..Picture::default()
    };
    std::fs::write(folder.join("trace.json"), perfetto(&picture.timelines))?;
    write(folder, "subtasks", &picture)?;
    let c = State::Compute;
    let io = State::Io;
    let mut article = Timeline::drawn(
        "article",
        UNIT,
        &[
            (0, Some(0), c, 0.0, 1.0),
            (0, Some(0), io, 1.0, 4.0),
            (1, Some(1), State::Lock, 0.0, 4.0),
            (1, Some(1), c, 4.0, 5.0),
            (2, Some(2), State::Lock, 0.0, 5.0),
            (2, Some(2), c, 5.0, 6.0),
            (0, Some(0), State::Lock, 4.0, 6.0),
            (0, Some(0), c, 6.0, 7.0),
        ],
    )?;
    article.tasks.clone_from(&names);
    article.heading = Some("What was drawn".into());
    article.note = Some("The global lock is held through the wait.".into());
    let mut gil = picture.timelines[3].clone();
    gil.heading = Some("What was measured <here> & now".into());
    let picture = Picture {
        title: "The article's third picture".into(),
        above: "Three threads under one global lock: nobody computes while \
                another does. The drawing lets nobody run while subtask 1 \
                waits for I/O; the lock of the runtime is released there."
            .into(),
        below: "Both on one time axis.".into(),
        unit: Some(UNIT),
        timelines: vec![article, gil],
        ..Picture::default()
    };
    write(folder, "article", &picture)?;
    let fetch = Fetch::sizes(lanes_core::Size::Quick).remove(0);
    let fetches = [2, 8]
        .map(|workers| {
            let config = Config::new(workers)?;
            traced(&Tokio::start(&config)?, &fetch)
        })
        .into_iter()
        .collect::<Result<Vec<_>, Error>>()?;
    let timelines = [traced(&Threads::start(&Config::new(8)?)?, &fetch)?]
        .into_iter()
        .chain(fetches)
        .collect();
    let picture = Picture {
        title: "Requests".into(),
        subtitle: fetch.label(),
        views: vec![View::Tasks, View::Workers],
        timelines,
        ..Picture::default()
    };
    write(folder, "fetch", &picture)?;
    let counter = Counter::sizes(lanes_core::Size::Quick).remove(0);
    let join = Join::sizes(lanes_core::Size::Quick).remove(0);
    let timelines = vec![
        traced(&Threads::start(&Config::new(2)?)?, &counter)?,
        traced(&Gil::start(&Config::new(2)?)?, &counter)?,
        traced(&Tokio::start(&Config::new(2)?)?, &join)?,
    ];
    let picture = Picture {
        title: "A counter under a lock, and a join".into(),
        views: vec![View::Tasks, View::Workers],
        timelines,
        ..Picture::default()
    };
    write(folder, "counter", &picture)?;
    let picture = Picture {
        title: "Very many spans".into(),
        views: vec![View::Tasks, View::Workers],
        timelines: vec![many(100_000, 8)],
        ..Picture::default()
    };
    write(folder, "many", &picture)?;
    let picture = Picture {
        title: "Very many spans, tasks and workers".into(),
        views: vec![View::Tasks, View::Workers],
        timelines: vec![many(100_000, 300), many(3000, 300)],
        ..Picture::default()
    };
    write(folder, "wide", &picture)?;
    let mut long = many(40, 4);
    long.name =
        "A model with a name that is longer than it has to be, by far".into();
    long.workers = vec!["a-worker-with-a-long-name".into(); 4];
    long.note = Some("A note. ".repeat(30));
    let picture = Picture {
        title: "Long names ".repeat(9),
        unit: Some(Duration::from_nanos(1000)),
        views: vec![View::Workers],
        timelines: vec![long],
        ..Picture::default()
    };
    write(folder, "long", &picture)?;
    let picture = Picture {
        title: "Twelve tasks".into(),
        views: vec![View::Tasks, View::Workers],
        timelines: vec![many(12, 3)],
        ..Picture::default()
    };
    write(folder, "twelve", &picture)?;
    Ok(())
}

fn write(
    folder: &Path,
    name: &str,
    picture: &Picture,
) -> Result<(), Box<dyn std::error::Error>> {
    let document = svg(picture)?;
    println!("{name}: {} bytes", document.len());
    std::fs::write(folder.join(name).with_extension("svg"), document)?;
    Ok(())
}

/// A traced run of one cell.
fn traced<M: Run<W> + Model, W: Workload>(
    model: &M,
    workload: &W,
) -> Result<Timeline, Error> {
    let job = Job::new(workload, 7)?;
    let trace = Trace::new();
    let watch = Watch { trace: Some(trace.clone()), ..Watch::default() };
    let job = job.under(&Context::watching(watch)?);
    let begin = trace.now();
    model.run(&job)?;
    let end = trace.now();
    Ok(Timeline {
        name: model.name().to_owned(),
        spans: trace.spans(),
        workers: trace.workers(),
        begin,
        end,
        ..Timeline::default()
    })
}

/// Tasks of different lengths, each computed by the worker that is free first.
fn many(tasks: usize, workers: usize) -> Timeline {
    let mut free = vec![0u64; workers];
    let mut spans = Vec::new();
    for task in 0..tasks {
        let worker = (0..workers).min_by_key(|w| free[*w]).unwrap_or(0);
        let begin = free[worker];
        let mut now = begin;
        for (state, long) in [
            (State::Compute, 700 + (task as u64 * 7919) % 1300),
            (State::Io, (task as u64 * 104_729) % 900),
            (State::Lock, (task as u64 * 31) % 200),
        ] {
            let end = now + long;
            let worker = Some(worker);
            // The threads of every third task are taken off their cores.
            let cpu = match task % 3 {
                2 if state == State::Compute => long / 2,
                _ => long,
            };
            let (begin, cpu) = (now, Some(cpu));
            spans.push(Span { task, worker, state, begin, end, cpu });
            now = end;
        }
        free[worker] = now + 50;
    }
    let end = free.into_iter().max().unwrap_or(0);
    let name = format!("{tasks} tasks");
    let workers = vec![String::new(); workers];
    Timeline { name, spans, workers, end, ..Timeline::default() }
}
