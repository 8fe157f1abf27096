//! Real CPython as a worker: every model and workload against the reference,
//! and what is reported when it dies, prints, answers garbage or never answers.
//!
//! All interpreters of `LANES_PYTHON` are tested, or else `python3`.

use lanes_core::server::Server;
use lanes_core::trace::{State, monotonic};
use lanes_core::workload::{Burst, Shape, Trickle};
use lanes_core::{Row, rows_with};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::{Launch, Limits, Process};
use lanes_python::Peer;
use rustix::process::{
    Pid, Signal, kill_process, test_kill_process, test_kill_process_group,
};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

fn limits(deadline: Duration) -> Limits {
    let stop = Arc::new(AtomicBool::new(false));
    Limits { deadline, memory: 1 << 30, stop }
}

/// The peers that are here; there must be some.
fn here() -> Vec<&'static Peer> {
    let peers = lanes_python::peers();
    let here: Vec<_> = peers.iter().filter(|p| p.missing.is_none()).collect();
    let why = peers[0].missing.as_deref().unwrap_or_default();
    assert!(!here.is_empty(), "these tests need python3, which is {why}");
    here
}

fn named(name: &str) -> &'static Peer {
    let found = here().into_iter().find(|peer| peer.name == name);
    found.unwrap_or_else(|| panic!("{name} is not here"))
}

/// How the worker of a peer is started.
fn launch(peer: &Peer) -> Launch {
    Launch::named(&peer.program, peer.arguments.clone())
}

/// The same worker, but for what some lines of Python change in it.
fn changed(peer: &Peer, lines: &str) -> Launch {
    let [isolated, archive] = &peer.arguments[..] else { panic!() };
    let script = format!(
        "import os, sys, time\n\
         sys.path.insert(0, sys.argv[1])\n\
         from lanes import forked, models\n\
         from lanes.worker import Worker, serve\n\
         {lines}\n\
         serve()\n"
    );
    let arguments = [isolated, "-c", &script, archive].map(String::from);
    Launch::named(&peer.program, arguments.to_vec())
}

fn start(
    folder: &Path,
    peer: &Peer,
    launch: &Launch,
    deadline: Duration,
) -> Process {
    let limits = limits(deadline);
    let (name, serial) = (&peer.name, peer.serial);
    Process::greeted(launch, folder, &limits, name, 2, serial)
        .unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

fn sound(peer: &Peer) -> Process {
    let folder = std::env::temp_dir();
    start(&folder, peer, &launch(peer), Duration::from_secs(60))
}

fn prepare(
    process: &mut Process,
    row: &dyn Row,
    seed: u64,
) -> Result<u64, Failure> {
    let digest = row.digest(seed).unwrap();
    process.prepare(row.workload(), &row.size(), seed)?;
    process.prepared(digest)?;
    Ok(digest)
}

/// Whether a model with so many workers refuses this row.
fn refused(model: &str, row: &dyn Row, workers: usize) -> bool {
    let (size, form) = (row.size(), row.size()["form"].clone());
    let pool = model.ends_with("-pool");
    let alone = model == "python-subinterpreters";
    // What shares nothing but queues that it has been given.
    let apart = pool && model != "python-thread-pool" || alone;
    let interpreters = alone || model == "python-interpreter-pool";
    let at_once = |tasks: usize| pool && tasks > workers;
    match row.workload() {
        "dictionary" => apart || form == "rwlock" || form == "dashmap",
        "ring" | "philosophers" => apart,
        "channel" if size["capacity"] == 0 => model != "python-sequential",
        "channel" => {
            let parties = match size["parties"].as_str() {
                Some("spsc") => 2,
                Some("mpsc") => 5,
                _ => 8,
            };
            alone || at_once(parties)
        }
        "pipeline" => alone || at_once(4),
        "sleepers" => apart || at_once(row.items()),
        // Its rounds take Python far longer than the gap.
        "burst" | "trickle" => row.items() > 0,
        "cancel" => interpreters,
        "spawn" => form == "many",
        "pool" => model == "python-threads" && form == "cancelled",
        "echo" => apart || at_once(5),
        "event" => at_once(2),
        "counter" if form == "atomic" => true,
        "counter" => interpreters && form == "lock",
        "sort" => form == "library" && model != "python-sequential",
        "max" | "double" => !form.is_null(),
        "fib" => alone || pool,
        _ => false,
    }
}

/// The processes that a process has started and that are there.
fn children(process: u32) -> Vec<u32> {
    let path = format!("/proc/{process}/task/{process}/children");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().map(|child| child.parse().unwrap()).collect()
}

/// Whether a process has ended, though its parent may not have asked yet.
fn is_gone(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
}

fn wait_until(what: &str, is: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn every_model_answers_as_the_reference() {
    for peer in here() {
        let mut process = sound(peer);
        let has = |row: &dyn Row| {
            peer.cells.iter().any(|cell| cell.workload == row.workload())
        };
        let rows = [rows_with(7), rows_with(0)];
        for row in rows.iter().flatten().filter(|row| has(&***row)) {
            let row = row.pinned().unwrap();
            let cell = format!("{} in {}", row.label(), peer.name);
            for seed in [7, u64::MAX - 1] {
                let found = prepare(&mut process, &*row, seed);
                if refused(peer.model, &*row, 2) {
                    let failure = found.unwrap_err();
                    assert_eq!(failure.cause, Cause::Unsupported, "{cell}");
                    assert!(failure.message.len() > 20, "{failure}");
                    continue;
                }
                let digest = found.unwrap_or_else(|f| panic!("{cell}: {f}"));
                for together in [false, true] {
                    let sample = process.sample(2, together, Some(digest));
                    let sample = sample.unwrap();
                    assert!(sample.wall_ns > 0, "{cell}");
                    assert!(sample.user_ns.is_some(), "{cell}");
                }
                process.trace(monotonic(), digest).unwrap();
            }
        }
        process.end();
    }
}

#[test]
fn pools_with_a_worker_for_each_task_run_those_that_wait_for_each_other() {
    let folder = std::env::temp_dir();
    for (name, workloads) in [
        (
            "python-thread-pool",
            &["channel", "pipeline", "sleepers", "echo"][..],
        ),
        ("python-process-pool", &["channel", "pipeline"]),
    ] {
        let (peer, limits) = (named(name), limits(Duration::from_secs(60)));
        let start = launch(peer);
        let mut process =
            Process::greeted(&start, &folder, &limits, name, 8, false).unwrap();
        let mut done = 0;
        for row in [rows_with(8), rows_with(300)].iter().flatten() {
            let place = row.size().get("capacity") != Some(&json!(0));
            let fits = row.workload() != "sleepers" || row.items() == 8;
            if !workloads.contains(&row.workload()) || !place || !fits {
                continue;
            }
            let cell = format!("{} in {name}", row.label());
            let digest = prepare(&mut process, &**row, 7);
            let digest = digest.unwrap_or_else(|why| panic!("{cell}: {why}"));
            process.sample(2, false, Some(digest)).unwrap();
            process.ask(1_000_000_000, false, false).unwrap();
            thread::sleep(Duration::from_millis(20));
            assert_eq!(process.cancel(), Ok(true), "{cell}");
            process.sample(1, true, Some(digest)).unwrap();
            done += 1;
        }
        // Three parties and three capacities, two pipelines, and two of each
        // size, but for the sleepers.
        let expected = if name == "python-thread-pool" { 27 } else { 22 };
        assert_eq!(done, expected, "{name}");
    }
}

/// In place of the pool and the queue that came with 3.14: threads, and
/// everything crosses as bytes.
const INTERPRETERS: &str = "
import concurrent, pickle, queue, types
from concurrent import futures
class Pool(futures.ThreadPoolExecutor):
    def __init__(self, workers, initializer, initargs):
        code, own = pickle.loads(pickle.dumps(initargs))
        # Threads would all see the flag as one interpreter sees it.
        initializer(code.replace('stop.view', 'callable'), own)
        super().__init__(workers)
    def submit(self, *call):
        return super().submit(crossed, pickle.dumps(call))
def crossed(call):
    work, *args = pickle.loads(call)
    return pickle.loads(pickle.dumps(work(*args)))
class Queue(queue.Queue):
    all = []
    def __init__(self, places):
        super().__init__(places)
        self.number = len(Queue.all)
        Queue.all.append(self)
    def __reduce__(self):
        return found, (self.number,)
def found(number):
    return Queue.all[number]
futures.InterpreterPoolExecutor = Pool
sys.modules['concurrent.interpreters'] = types.ModuleType('interpreters')
concurrent.interpreters = sys.modules['concurrent.interpreters']
concurrent.interpreters.create_queue = Queue
";

#[test]
fn the_pool_of_interpreters_runs_where_the_library_has_it() {
    let name = "python-interpreter-pool";
    let peers = lanes_python::peers().iter();
    let peers: Vec<_> = peers.filter(|peer| peer.model == name).collect();
    for peer in peers {
        if let Some(why) = &peer.missing {
            assert!(why.starts_with("not here, because"), "{why}");
            assert!(why.contains("3.14"), "{why}");
        }
        let launch = changed(peer, INTERPRETERS);
        let (folder, limits) =
            (std::env::temp_dir(), limits(Duration::from_secs(60)));
        for workers in [2, 8] {
            let mut process = Process::greeted(
                &launch, &folder, &limits, name, workers, false,
            )
            .unwrap();
            let has = |row: &dyn Row| {
                peer.cells.iter().any(|cell| cell.workload == row.workload())
            };
            let rows = rows_with(7);
            for row in rows.iter().filter(|row| has(&***row)) {
                let row = row.pinned().unwrap();
                let cell = format!("{} in {name}", row.label());
                let found = prepare(&mut process, &*row, 7);
                if refused(name, &*row, workers) {
                    let failure = found.unwrap_err();
                    assert_eq!(failure.cause, Cause::Unsupported, "{cell}");
                    continue;
                }
                let digest = found.unwrap_or_else(|f| panic!("{cell}: {f}"));
                process.sample(2, false, Some(digest)).unwrap();
            }
            process.end();
        }
    }
}

#[test]
fn queues_of_interpreters_with_few_places_are_refused() {
    let name = "python-interpreter-pool";
    let peer = lanes_python::peers().iter().find(|peer| peer.name == name);
    let launch = changed(peer.unwrap(), INTERPRETERS);
    let limits = limits(Duration::from_secs(60));
    let folder = std::env::temp_dir();
    let mut process =
        Process::greeted(&launch, &folder, &limits, name, 2, false).unwrap();
    let mut channel = |places: u64, messages: u64| {
        let size = json!({
            "parties": "spsc", "capacity": places, "messages": messages,
            "grain": 64,
        });
        process.prepare("channel", &size, 7).unwrap();
        process.prepared(0).unwrap_err()
    };
    let refused = channel(1, 10_000);
    assert_eq!(refused.cause, Cause::Unsupported, "{refused}");
    assert!(refused.message.contains("10 ms at a time"), "{refused}");
    // The digest that this one is asked for is wrong.
    assert_eq!(channel(1024, 10_000).cause, Cause::Wrong);
}

/// How many threads a process has.
fn threads(process: &Process) -> usize {
    let tasks = format!("/proc/{}/task", process.id());
    fs::read_dir(tasks).unwrap().count()
}

#[test]
fn threads_that_wait_for_one_that_cannot_start_do_not_stay() {
    const FAULTS: &str = "
from lanes import tasks
from lanes.models import threads
right, begun = threads.start, [0]
def start(*of):
    begun[0] += 1
    if begun[0] % 6 == 0:
        raise RuntimeError(\"can't start new thread\")
    return right(*of)
threads.start = start
";
    let (name, deadline) = ("python-threads", Duration::from_secs(60));
    let peer = named(name);
    let launch = changed(peer, FAULTS);
    let mut process = start(&std::env::temp_dir(), peer, &launch, deadline);
    // One that computes, and one that reads requests.
    let idle = || threads(&process) == 2;
    wait_until("the threads that were counted are gone", idle);
    let waits =
        ["ring", "channel", "pipeline", "sleepers", "cancel", "echo", "shape"];
    let mut refused = Vec::new();
    for row in rows_with(9) {
        let row = row.pinned().unwrap();
        if !waits.contains(&row.workload()) {
            continue;
        }
        // Few start so few that none of them is refused again and again.
        for _ in 0..6 {
            match prepare(&mut process, &*row, 7) {
                Err(failure) if failure.cause == Cause::Failed => {
                    assert!(failure.message.contains("start new"), "{failure}");
                    refused.push(row.workload());
                    wait_until(row.workload(), || threads(&process) == 2);
                }
                Err(failure) => {
                    assert_eq!(failure.cause, Cause::Unsupported, "{failure}");
                }
                Ok(_) => {}
            }
        }
    }
    for workload in waits {
        assert!(refused.contains(&workload), "{workload}: {refused:?}");
    }
}

#[test]
fn memory_grows_by_what_the_first_input_needs() {
    for peer in here() {
        let mut process = sound(peer);
        let spawn = |tasks| rows_with(tasks).into_iter();
        let spawn = |tasks| spawn(tasks).find(|r| r.workload() == "spawn");
        let digest = prepare(&mut process, &*spawn(300).unwrap(), 7).unwrap();
        let sample = process.sample(1, false, Some(digest)).unwrap();
        assert!(sample.grown_bytes.is_some(), "{}", peer.name);
        assert!(sample.grown_bytes < sample.peak_bytes, "{}", peer.name);
        // What the first one has left is there still.
        let digest = prepare(&mut process, &*spawn(2).unwrap(), 7).unwrap();
        let sample = process.sample(1, false, Some(digest)).unwrap();
        assert_eq!(sample.grown_bytes, None, "{}", peer.name);
    }
}

#[test]
fn tasks_of_any_shape_do_the_same_work() {
    let plain = Shape {
        rounds: Some(2_000),
        ..Shape::equal(12, Duration::from_micros(2), Duration::ZERO)
    };
    let waits = Shape { wait: Duration::from_millis(1), ..plain.clone() };
    let shapes = [
        Shape { skew: Some(1.5), ..plain.clone() },
        Shape { skew: Some(1.01), at_once: 3, ..waits.clone() },
        Shape { lock: 0.3, ..plain.clone() },
        Shape { lock: 1.0, at_once: 3, ..waits.clone() },
        Shape { rate: Some(1_000.0), ..waits.clone() },
        Shape { rate: Some(20_000.0), at_once: 1, ..waits },
        Shape { rounds: Some(0), ..plain.clone() },
    ];
    for peer in here() {
        let mut process = sound(peer);
        for shape in &shapes {
            let cell = format!("{} in {}", Row::label(shape), peer.name);
            let found = prepare(&mut process, shape, 7);
            let apart = ["python-subinterpreters", "python-interpreter-pool"];
            if shape.lock > 0.0 && apart.contains(&peer.model) {
                let failure = found.unwrap_err();
                assert_eq!(failure.cause, Cause::Unsupported, "{cell}");
                continue;
            }
            let digest = found.unwrap_or_else(|f| panic!("{cell}: {f}"));
            let sample = process.sample(2, false, Some(digest)).unwrap();
            let count: u64 = sample.latencies.iter().map(|(_, n)| n).sum();
            let open = if shape.rate.is_some() { 2 } else { 0 };
            let saturated = sample.saturated.unwrap_or(0);
            assert_eq!(count, 12 * (open - saturated), "{cell}");
            process.trace(monotonic(), digest).unwrap();
        }
        let wrong = Shape { skew: Some(1.0), ..plain.clone() };
        process.prepare("shape", &Row::size(&wrong), 7).unwrap();
        let refused = process.prepared(0).unwrap_err();
        assert!(refused.message.contains("skew"), "{refused}");
        process.end();
    }
}

#[test]
fn long_lists_are_the_same_numbers_and_long_texts_the_same_words() {
    // Longer than what is made at once, and no multiple of it.
    let rows = rows_with(300_001);
    let long = ["max", "double", "join", "wordcount", "primes"];
    for name in ["python-sequential", "python-process-pool"] {
        let mut process = sound(named(name));
        for row in &rows {
            // The tuned kernels are refused.
            let tuned = row.size().get("form").is_some();
            if long.contains(&row.workload()) && !tuned {
                prepare(&mut process, &**row, u64::MAX - 5).unwrap();
            }
        }
        process.end();
    }
}

#[test]
fn a_server_that_is_there_already_is_used() {
    let server = Server::start().unwrap();
    let size = json!({
        "requests": 5, "delay": {"secs": 0, "nanos": 1_000_000}, "count": 3,
        "in_flight": 2, "server": server.address(),
    });
    let fetch = rows_with(5).into_iter().find(|r| r.workload() == "fetch");
    let mut expected = fetch.unwrap().size();
    expected["count"] = json!(3);
    let fetch: lanes_core::workload::Fetch =
        serde_json::from_value(expected).unwrap();
    let digest = Row::digest(&fetch, 7).unwrap();
    for name in ["python-threads", "python-asyncio"] {
        let mut process = sound(named(name));
        process.prepare("fetch", &size, 7).unwrap();
        process.prepared(digest).unwrap();
        let before = server.cpu();
        process.sample(1, false, Some(digest)).unwrap();
        wait_until("the server has worked", || server.cpu() > before);
    }
}

#[test]
fn files_go_with_their_input() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows_with(3);
    let row = |name| rows.iter().find(|r| r.workload() == name).unwrap();
    let count = || fs::read_dir(folder.path()).unwrap().count();
    let (peer, deadline) = (named("python-threads"), Duration::from_secs(60));
    let mut process = start(folder.path(), peer, &launch(peer), deadline);
    prepare(&mut process, &**row("read"), 7).unwrap();
    assert_eq!(count(), 1);
    prepare(&mut process, &**row("spawn"), 7).unwrap();
    assert_eq!(count(), 0);
    prepare(&mut process, &**row("read"), 8).unwrap();
    assert_eq!(count(), 1);
    process.end();
    assert_eq!(count(), 0);
}

#[test]
fn hops_have_latencies_and_waits_have_spans() {
    for peer in here() {
        let mut process = sound(peer);
        let rows = rows_with(20);
        let row = |name| rows.iter().find(|r| r.workload() == name).unwrap();
        let digest = prepare(&mut process, &**row("event"), 7).unwrap();
        let sample = process.sample(3, false, Some(digest)).unwrap();
        let count: u64 = sample.latencies.iter().map(|(_, n)| n).sum();
        assert_eq!(count, 60, "{}", peer.name);

        let (gap, rounds) = (Duration::from_millis(2), Some(20));
        let (tasks, at_once, compute) = (20, 8, Duration::from_micros(1));
        let trickle = Trickle { tasks, gap, compute, rounds };
        let burst = Burst { tasks, at_once, gap, compute, rounds };
        let [ring, cancel, pool] = ["ring", "cancel", "pool"].map(row);
        let pool = pool.pinned().unwrap();
        for (row, each) in [
            (&**ring, 20),
            (&burst as &dyn Row, 3),
            (&trickle, 20),
            (&**cancel, 20),
            (&*pool, 20),
        ] {
            let name = row.workload();
            let cell = format!("{name} in {}", peer.name);
            let Ok(digest) = prepare(&mut process, row, 7) else {
                assert!(refused(peer.model, row, 2), "{cell}");
                assert!(!["burst", "trickle"].contains(&name), "{cell}");
                continue;
            };
            let sample = process.sample(3, false, Some(digest)).unwrap();
            let count: u64 = sample.latencies.iter().map(|(_, n)| n).sum();
            let timed = 3 - sample.saturated.unwrap_or(0);
            assert_eq!(count, each * timed, "{cell}");
            assert_eq!(sample.vain.is_some(), name == "cancel", "{cell}");
        }

        let fetch = row("fetch");
        let digest = prepare(&mut process, &**fetch, 7).unwrap();
        let origin = monotonic();
        let traced = process.trace(origin, digest).unwrap();
        let spans = traced.spans();
        let mut waits: Vec<_> =
            spans.iter().filter(|span| span.state == State::Io).collect();
        waits.sort_by_key(|span| span.task);
        assert_eq!(waits.len(), fetch.items(), "{}", peer.name);
        let looped = peer.model == "python-asyncio";
        for (task, span) in waits.into_iter().enumerate() {
            assert_eq!(span.task, task);
            // The server waits so long before it answers.
            assert!(span.end - span.begin >= 1_000_000, "{span:?}");
            assert_eq!(span.worker.is_none(), looped, "{}", peer.name);
            assert!(traced.begin <= span.begin && span.end <= traced.end);
        }
        let computed = |span: &&lanes_core::trace::Span| {
            span.state == State::Compute && span.worker.is_some()
        };
        assert_eq!(spans.iter().filter(computed).count(), fetch.items());
        for span in &spans {
            let computes = span.state == State::Compute;
            assert_eq!(span.cpu.is_some(), computes, "{span:?}");
        }
        let used: u64 = spans.iter().filter_map(|span| span.cpu).sum();
        assert!(used > 0, "{}: {spans:?}", peer.name);
        assert!(traced.end <= monotonic() - origin);
    }
}

#[test]
fn exhibits_show_what_they_say() {
    for peer in here() {
        let mut process = sound(peer);
        if lanes_python::has_own_gil(peer) {
            let how = json!({
                "with": "subinterpreters", "workers": 2, "rounds": 1000,
            });
            assert!(process.exhibit("cpu", &how).unwrap()[0] > 0.0);
        }
        if peer.model != "python-sequential" {
            continue;
        }
        let mut show = |name: &str, how: Value| {
            let found = process.exhibit(name, &how);
            found.unwrap_or_else(|f| panic!("{name} {how}: {f}"))
        };
        let rounds = show("calibrate", json!({"unit_ns": 2_000_000}))[0];
        assert!(rounds > 100.0, "{rounds}");
        for with in ["threads", "processes"] {
            let how = json!({"with": with, "workers": 2, "rounds": rounds});
            assert!(show("cpu", how)[0] > 0.0);
        }
        let how = json!({"threads": 8, "delay": 0.01});
        assert!(show("sleeps", how)[0] >= 1e7);
        let how = json!({"threads": 2, "interval": 0.002, "seconds": 0.2});
        let slices = show("slices", how);
        assert!(slices.iter().all(|slice| *slice > 0.0), "{slices:?}");
        let how = json!({"interval": 0.002, "requests": 9});
        assert_eq!(show("convoy", how).len(), 9);
        for form in ["unlocked", "apart", "lock"] {
            let found = show(
                "lost",
                json!({
                    "form": form, "threads": 4, "adds": 2000, "interval": 1e-5,
                }),
            );
            let [expected, found] = found[..] else { panic!("{found:?}") };
            assert_eq!(expected, 8000.0);
            assert!(found <= expected && found >= 2.0, "{form}: {found}");
            assert!(form != "lock" || found == expected, "{found} were left");
        }
        for method in ["thread", "fork", "spawn"] {
            assert!(show("start", json!({"method": method}))[0] > 0.0);
        }
        for with in ["thread", "process"] {
            let how = json!({"with": with, "count": 5});
            assert_eq!(show("roundtrip", how).len(), 5);
        }
        assert!(show("bytes", json!({"len": 100_000}))[0] > 0.0);
        let how = |blocks| json!({"blocks": blocks, "block": 0.1});
        assert!(show("blocking", how(true))[0] >= 1e8);
        // Whether a machine is slow does not matter here, only that it ran.
        assert!(show("blocking", how(false))[0] >= 1e6);
        let failure = process.exhibit("none", &json!({})).unwrap_err();
        assert!(failure.message.contains("no exhibit is called none"));
    }
}

#[test]
fn what_cannot_be_is_refused_and_the_worker_goes_on() {
    let mut process = sound(named("python-sequential"));
    let mut refused = |workload: &str, size: Value| {
        process.prepare(workload, &size, 7).unwrap();
        process.prepared(0).unwrap_err()
    };
    for (workload, size) in [
        ("max", json!({"len": 3})),
        ("max", json!({"len": 3, "grain": 0})),
        ("max", json!({"len": "three", "grain": 1})),
        ("max", json!({"len": 1u64 << 60, "grain": 1})),
        ("fib", json!({"n": 94})),
        ("skynet", json!({"leaves": 1u64 << 32, "cutoff": 1})),
        ("nqueens", json!({"n": 40, "cutoff": 3})),
        ("uts", json!({"depth": 11})),
        ("counter", json!({"tasks": 1, "adds": 1, "form": "x", "grain": 1})),
        (
            "counter",
            json!({"tasks": 1u64 << 44, "adds": 1, "form": "lock", "grain": 1}),
        ),
        (
            "dictionary",
            json!({
                "tasks": 1, "steps": 1, "keys": 0, "form": "lock", "grain": 1,
            }),
        ),
        ("ring", json!({"tasks": 0, "hops": 3})),
        (
            "channel",
            json!({"parties": "x", "capacity": 1, "messages": 1, "grain": 1}),
        ),
        (
            "pipeline",
            json!({"stages": 1, "places": 1, "items": 1, "rounds": 1}),
        ),
        (
            "pipeline",
            json!({"stages": 4, "places": 0, "items": 1, "rounds": 1}),
        ),
        ("philosophers", json!({"philosophers": 0, "meals": 1, "grain": 1})),
        ("cancel", json!({"tasks": 1, "form": "x"})),
        (
            "trickle",
            json!({
                "tasks": 1u64 << 40, "gap": {"secs": 1u64 << 40, "nanos": 0},
                "compute": {"secs": 0, "nanos": 0}, "rounds": 1,
            }),
        ),
        (
            "echo",
            json!({"connections": 0, "requests": 1, "bytes": 64, "rate": null}),
        ),
        (
            "echo",
            json!({"connections": 1, "requests": 1, "bytes": 60, "rate": null}),
        ),
        ("matmul", json!({"n": 3, "cutoff": 0})),
        ("matmul", json!({"n": 1_000_000, "cutoff": 64})),
        ("sort", json!({"len": 3, "form": "x", "cutoff": 1, "grain": 1})),
        ("sort", json!({"len": 3, "form": "merge", "cutoff": 0, "grain": 1})),
        ("wordcount", json!({"bytes": 3, "grain": 0})),
        ("wordcount", json!({"bytes": 1u64 << 60, "grain": 8})),
        ("primes", json!({"below": 1u64 << 32, "grain": 8})),
        (
            "mandelbrot",
            json!({"width": 0, "height": 3, "iterations": 9, "grain": 1}),
        ),
        (
            "mandelbrot",
            json!({
                "width": 1 << 20, "height": 3, "iterations": 1 << 20,
                "grain": 1,
            }),
        ),
    ] {
        let failure = refused(workload, size);
        assert_eq!(failure.cause, Cause::Failed, "{failure}");
    }
    let failure = refused("none", json!({}));
    assert_eq!(failure.cause, Cause::Unsupported, "{failure}");
    let rows = rows_with(3);
    prepare(&mut process, &*rows[0], 7).unwrap();
    assert!(process.sample(0, false, None).is_err());
}

#[test]
fn a_run_that_is_cancelled_ends_and_the_worker_goes_on() {
    for peer in here() {
        let mut process = sound(peer);
        for row in rows_with(100) {
            let row = match row.workload() {
                // A hundred that compute take each other's time.
                "cancel" => row.with_items(10),
                _ => row.pinned().unwrap(),
            };
            let cell = format!("{} in {}", row.label(), peer.name);
            let Ok(digest) = prepare(&mut process, &*row, 7) else { continue };
            for (pause, together) in [(0, true), (40, false)] {
                process.ask(1_000_000_000, together, false).unwrap();
                thread::sleep(Duration::from_millis(pause));
                let begin = Instant::now();
                let cancelled = process.cancel();
                assert_eq!(cancelled, Ok(true), "{cell}");
                // The bound is a tenth of a second on a machine that is idle.
                let time = begin.elapsed();
                assert!(time < Duration::from_secs(10), "{cell}: {time:?}");
                process.sample(2, false, Some(digest)).unwrap();
            }
        }
        process.end();
    }
}

/// The thread that is sent the cancel has to get the GIL of a loop that lets go
/// of it very often and for very short; without help that takes seconds.
#[test]
fn a_busy_loop_is_cancelled_at_once() {
    let mut process = sound(named("python-asyncio"));
    let rows = rows_with(100_000).into_iter();
    for row in rows.filter(|row| row.workload() == "channel") {
        let Ok(digest) = prepare(&mut process, &*row, 7) else { continue };
        for pause in [50, 80, 110] {
            process.ask(1_000_000_000, false, false).unwrap();
            thread::sleep(Duration::from_millis(pause));
            let begin = Instant::now();
            assert_eq!(process.cancel(), Ok(true));
            // Twenty times the bound: a second is a starved thread.
            let time = begin.elapsed();
            let cell = row.label();
            assert!(time < Duration::from_secs(2), "{cell}: {time:?}");
        }
        process.sample(1, false, Some(digest)).unwrap();
    }
    process.end();
}

#[test]
fn many_tasks_that_have_not_begun_are_dropped() {
    let rows = rows_with(9000);
    for name in ["python-thread-pool", "python-process-pool", "python-asyncio"]
    {
        let mut process = sound(named(name));
        let spawn = rows.iter().filter(|row| row.workload() == "spawn");
        for row in spawn.filter(|row| row.size()["form"] == "each") {
            let digest = prepare(&mut process, &**row, 7).unwrap();
            for pause in (1..20).step_by(3) {
                process.ask(1_000_000, false, false).unwrap();
                thread::sleep(Duration::from_millis(pause));
                assert_eq!(process.cancel(), Ok(true), "{name}");
            }
            process.sample(1, false, Some(digest)).unwrap();
        }
    }
}

/// A worker in which something is wrong from its first sample on.
fn faulty(name: &str, faults: &str) -> (Process, u64) {
    // Long enough to start on a busy machine; a worker that hangs takes all.
    let deadline = Duration::from_secs(8);
    let peer = named(name);
    let launch = changed(peer, &format!("right = Worker.sample\n{faults}"));
    let mut process = start(&std::env::temp_dir(), peer, &launch, deadline);
    let spawn = rows_with(4).into_iter().find(|r| r.workload() == "spawn");
    let digest = prepare(&mut process, &*spawn.unwrap(), 7).unwrap();
    (process, digest)
}

/// What becomes of its sample; afterwards nothing of it is there.
fn fails(name: &str, faults: &str) -> Failure {
    let (mut process, digest) = faulty(name, faults);
    let group = Pid::from_raw(process.id().cast_signed()).unwrap();
    assert!(test_kill_process_group(group).is_ok());
    let family = children(process.id());
    let failure = process.sample(1, false, Some(digest)).unwrap_err();
    drop(process);
    for child in family {
        wait_until(&format!("{name}: {failure}"), || is_gone(child));
    }
    failure
}

#[test]
fn each_fault_has_its_name_and_leaves_nothing_behind() {
    for name in ["python-threads", "python-process-pool"] {
        let died = fails(
            name,
            "def sample(self, asked):\n    \
             print('a last word', flush=True)\n    \
             os.kill(os.getpid(), 9)\nWorker.sample = sample",
        );
        assert_eq!(died.cause, Cause::Died, "{died}");
        assert!(died.message.contains("signal: 9"), "{died}");
        assert!(died.message.contains("a last word"), "{died}");
        let hung = fails(name, "Worker.sample = lambda *_: time.sleep(1000)");
        assert_eq!(hung.cause, Cause::Hung, "{hung}");
        let garbage = fails(
            name,
            "Worker.sample = lambda *_: forked.SOCKET.sendall(b'no reply\\n')",
        );
        assert_eq!(garbage.cause, Cause::Protocol, "{garbage}");
        let wrong = fails(
            name,
            "Worker.sample = lambda *of: \
             {'sample': {**right(*of)['sample'], 'digest': 5}}",
        );
        assert_eq!(wrong.cause, Cause::Wrong, "{wrong}");
        let raised = fails(name, "Worker.sample = lambda *_: 1 // 0");
        assert_eq!(raised.cause, Cause::Failed, "{raised}");
        assert!(raised.message.contains("ZeroDivisionError"), "{raised}");
    }
}

#[test]
fn stray_prints_do_not_matter() {
    let (mut process, digest) = faulty(
        "python-threads",
        "def sample(*of):\n    print('x' * 100_000, flush=True)\n    \
         return right(*of)\nWorker.sample = sample",
    );
    process.sample(1, false, Some(digest)).unwrap();
}

#[test]
fn a_pool_whose_process_is_killed_says_so_and_is_made_anew() {
    let mut process = sound(named("python-process-pool"));
    let rows = rows_with(4);
    let spawn = rows.iter().find(|r| r.workload() == "spawn").unwrap();
    let digest = prepare(&mut process, &**spawn, 7).unwrap();
    // All children but the first, which is the server.
    let pool = children(process.id())[1..].to_vec();
    assert_eq!(pool.len(), 2);
    let number = |child: u32| Pid::from_raw(child.cast_signed()).unwrap();
    kill_process(number(pool[0]), Signal::KILL).unwrap();
    // The pool ends the other one by itself.
    for child in pool {
        wait_until("it is reaped", || {
            test_kill_process(number(child)).is_err()
        });
    }
    // It may be seen before the next task is handed out, or after.
    if let Err(failure) = process.sample(1, false, Some(digest)) {
        assert_eq!(failure.cause, Cause::Failed, "{failure}");
        assert!(failure.message.contains("Broken"), "{failure}");
    }
    process.sample(1, false, Some(digest)).unwrap();
}

#[test]
fn when_the_worker_is_killed_its_processes_end_too() {
    let process = sound(named("python-process-pool"));
    let family = children(process.id());
    assert_eq!(family.len(), 3);
    let worker = Pid::from_raw(process.id().cast_signed()).unwrap();
    kill_process(worker, Signal::KILL).unwrap();
    for child in family {
        wait_until("the children end by themselves", || is_gone(child));
    }
}

#[test]
fn when_the_socket_ends_the_worker_ends_and_its_processes_with_it() {
    for peer in here() {
        let process = sound(peer);
        let (worker, family) = (process.id(), children(process.id()));
        assert!(!family.is_empty());
        let begin = Instant::now();
        process.end();
        // By itself: after two seconds it would be killed.
        assert!(begin.elapsed() < Duration::from_secs(2), "{}", peer.name);
        for process in family.into_iter().chain([worker]) {
            wait_until(&peer.name, || is_gone(process));
        }
    }
}

/// Requests and replies without the checks of a [`Process`].
struct Raw {
    child: Child,
    socket: BufReader<UnixStream>,
}

impl Raw {
    fn start(launch: &Launch) -> Self {
        let (socket, theirs) = UnixStream::pair().unwrap();
        let mut command = launch.command().unwrap();
        let child =
            command.stdin(Stdio::from(OwnedFd::from(theirs))).spawn().unwrap();
        Self { child, socket: BufReader::new(socket) }
    }

    fn line(&mut self, line: &str) -> Value {
        writeln!(self.socket.get_mut(), "{line}").unwrap();
        let mut reply = String::new();
        self.socket.read_line(&mut reply).unwrap();
        serde_json::from_str(&reply).unwrap()
    }

    fn ask(&mut self, request: Value) -> Value {
        self.line(&request.to_string())
    }

    fn kind(&mut self, request: Value) -> String {
        let reply = self.ask(request);
        let kind = reply["error"]["kind"].as_str();
        kind.unwrap_or_else(|| panic!("{reply}")).to_owned()
    }

    fn end(mut self) {
        self.socket.get_ref().shutdown(Shutdown::Both).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

/// A peer of each interpreter that is here.
fn one_of_each() -> Vec<&'static Peer> {
    let here = here().into_iter();
    here.filter(|peer| peer.model == lanes_python::MODELS[0]).collect()
}

#[test]
fn a_worker_describes_itself() {
    for peer in one_of_each() {
        let mut raw = Raw::start(&launch(peer));
        let request = json!({"do": "describe", "protocol": 1, "later": true});
        let described = raw.ask(request)["describe"].clone();
        assert_eq!(described["protocol"], 1);
        let models = described["models"].as_array().unwrap();
        let names: Vec<_> = models.iter().map(|m| &m["model"]).collect();
        assert_eq!(names, lanes_python::MODELS);
        // What is printed on request is the same.
        let all = lanes_python::peers().iter();
        let own = all.filter(|other| other.program == peer.program);
        for (model, peer) in models.iter().zip(own) {
            assert_eq!(model["model"], peer.model);
            assert_eq!(model["serial"], peer.serial);
            assert_eq!(model["library"].as_str(), peer.library.as_deref());
            assert_eq!(model["missing"].as_str(), peer.missing.as_deref());
            assert_eq!(model["source"], "crates/python");
            let cells = model["cells"].as_array().unwrap();
            assert_eq!(cells.len(), peer.cells.len());
            for (cell, own) in cells.iter().zip(&peer.cells) {
                assert_eq!(cell["workload"], *own.workload);
                assert_eq!(cell["fit"], *own.fit);
                assert_eq!(cell["reason"], *own.reason);
            }
        }
        assert_eq!(raw.kind(json!({"do": "describe"})), "invalid");
        raw.end();
    }
}

#[test]
fn every_cell_is_of_a_workload_and_has_a_fit_of_one_sentence() {
    let rows = rows_with(1);
    let grades = ["natural", "possible", "unsuitable"];
    for peer in here() {
        assert!(!peer.cells.is_empty(), "{}", peer.name);
        let mut places = Vec::new();
        for cell in &peer.cells {
            let what = format!("{} in {}", cell.workload, peer.name);
            assert!(grades.contains(&&*cell.fit), "{what}");
            let why = &cell.reason;
            assert!(why.len() > 10 && !why.contains(". "), "{what}: {why}");
            let mut rows = rows.iter();
            let place = rows.position(|row| row.workload() == cell.workload);
            places.push(place.unwrap_or_else(|| panic!("{what}")));
        }
        // Those that a model has stand in the order of the catalogue.
        assert!(places.is_sorted_by(|a, b| a < b), "{}", peer.name);
    }
}

#[test]
fn requests_that_make_no_sense_are_invalid_and_the_worker_goes_on() {
    for peer in one_of_each() {
        let mut raw = Raw::start(&launch(peer));
        let run = json!({
            "do": "run", "runs": 1, "together": false, "check": true,
        });
        let prepare = |workload: &str| {
            json!({
                "do": "prepare", "workload": workload, "seed": 7,
                "size": {"tasks": 3},
            })
        };
        let hello = json!({
            "do": "hello", "protocol": 1, "model": "python-threads",
            "workers": 2,
        });
        let trace = json!({"do": "trace", "origin": 0});
        for (line, kind) in [
            ("no json", "invalid"),
            ("[]", "invalid"),
            ("7", "invalid"),
            ("{}", "invalid"),
            (r#"{"do": "dance"}"#, "unsupported"),
        ] {
            assert_eq!(raw.line(line)["error"]["kind"], kind, "{line}");
        }
        // Nothing is there to be cancelled.
        assert!(raw.ask(json!({"do": "cancel"}))["cancelled"].is_object());
        assert_eq!(raw.kind(prepare("spawn")), "invalid");
        let changed = |name: &str, value: Value| {
            let mut hello = hello.clone();
            hello[name] = value;
            hello
        };
        for (name, value) in [
            ("protocol", json!(2)),
            ("model", json!("rayon")),
            ("workers", json!(0)),
            ("workers", json!(true)),
            ("workers", json!(1 << 20)),
        ] {
            assert_eq!(raw.kind(changed(name, value)), "invalid", "{name}");
        }
        assert!(raw.ask(hello.clone())["hello"].is_object());
        assert_eq!(raw.kind(run.clone()), "invalid");
        assert_eq!(raw.kind(trace.clone()), "invalid");
        assert_eq!(raw.kind(prepare("dance")), "unsupported");
        // Methods of a model are not workloads by that alone.
        assert_eq!(raw.kind(prepare("close")), "unsupported");
        assert_eq!(raw.kind(json!({"do": "prepare"})), "invalid");
        let digest = raw.ask(prepare("spawn"))["prepared"]["digest"].clone();
        assert!(digest.is_number());
        assert_eq!(raw.ask(run.clone())["sample"]["digest"], digest);
        assert_eq!(raw.ask(trace)["trace"]["digest"], digest);
        assert_eq!(raw.kind(json!({"do": "trace"})), "invalid");
        // What was prepared is not kept for another model.
        let other = changed("model", json!("python-asyncio"));
        assert_eq!(raw.ask(other)["hello"]["workers"], 1);
        assert_eq!(raw.kind(run), "invalid");
        raw.end();
    }
}

#[test]
fn a_cell_that_a_model_lacks_is_unsupported() {
    for peer in one_of_each() {
        let launch = changed(peer, "del models.Sequential.spawn");
        let mut raw = Raw::start(&launch);
        let described = raw.ask(json!({"do": "describe", "protocol": 1}));
        let cells = described["describe"]["models"][0]["cells"].clone();
        let cells = cells.as_array().unwrap();
        assert_eq!(cells.len(), peer.cells.len() - 1);
        assert!(cells.iter().all(|cell| cell["workload"] != "spawn"));
        let hello = json!({
            "do": "hello", "protocol": 1, "model": "python-sequential",
            "workers": 1,
        });
        assert!(raw.ask(hello)["hello"].is_object());
        let prepare = |workload: &str, size: Value| {
            json!({
                "do": "prepare", "workload": workload, "size": size,
                "seed": 7,
            })
        };
        let spawn = prepare("spawn", json!({"tasks": 3}));
        assert_eq!(raw.kind(spawn), "unsupported");
        let fib = raw.ask(prepare("fib", json!({"n": 5})));
        assert!(fib["prepared"].is_object(), "{fib}");
        raw.end();
    }
}

#[test]
fn new_processes_of_every_kind_find_the_worker() {
    const SCRIPT: &str = "\
import multiprocessing, sys
sys.path.insert(0, sys.argv[1])
from lanes import kernels
if __name__ == '__main__':
    for method in ['fork', 'spawn', 'forkserver']:
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.apply(kernels.churn, (7, 100)))
    print(kernels.churn(7, 100))
";
    for peer in one_of_each() {
        let output = Command::new(&peer.program)
            .args(["-I", "-c", SCRIPT, &peer.arguments[1]])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{peer:?}: {output:?}");
        assert!(lines.iter().all(|line| line == &lines[3]), "{text}");
    }
}

#[test]
fn it_says_what_it_needs_where_it_cannot_run() {
    for peer in one_of_each() {
        let said = |arguments: &[&str], input: Stdio| {
            let output = Command::new(&peer.program)
                .args(&peer.arguments)
                .args(arguments)
                .stdin(input)
                .output()
                .unwrap();
            assert!(!output.status.success());
            String::from_utf8(output.stderr).unwrap()
        };
        let file = fs::File::open("/dev/null").unwrap();
        let socket = said(&[], file.into());
        assert!(socket.contains("standard input is no socket"), "{socket}");
        let argument = said(&["dance"], Stdio::null());
        assert!(argument.contains("no argument but"), "{argument}");
    }
}
