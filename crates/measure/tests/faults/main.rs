//! Workers that die, hang, eat memory, print garbage or lie: each is reported,
//! and the others go on.
//!
//! The workers are this test's own executable; an argument names the ignored
//! "test" to run. What libtest prints goes to standard output, from where no
//! stray print reaches the protocol.

mod cancel;
mod endings;
mod liars;

use lanes_core::workload::Max;
use lanes_core::{Size, Workload, rows};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::machine::Machine;
use lanes_measure::process::{Launch, Limits, Process};
use lanes_measure::protocol::{self, Hello, Reply, Request, Sample};
use lanes_measure::results::{Build, Results, State};
use lanes_measure::session::{self, Contender, Plan};
use lanes_measure::worker;
use rustix::process::{Pid, Signal, kill_process, test_kill_process_group};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A worker for `max` that behaves until it is asked to run.
fn until_run(fault: impl Fn(&mut UnixStream, u32)) {
    println!("a stray print");
    worker::answer(|request, socket| {
        Ok(match request {
            Request::Describe { .. }
            | Request::Trace { .. }
            | Request::Exhibit { .. }
            | Request::Cancel => {
                Some(Reply::unsupported("neither traces nor exhibits"))
            }
            Request::Run { runs, .. } => {
                fault(socket, runs);
                None
            }
            Request::Hello { model, workers, .. } => {
                Some(Reply::Hello(Hello::plain(model, workers)))
            }
            Request::Prepare { size, seed, .. } => {
                let max: Max = serde_json::from_value(size)?;
                let input = max.input(seed).map_err(io::Error::other)?;
                let digest = Max::digest(&Max::reference(&input));
                Some(Reply::Prepared { digest })
            }
        })
    })
    .unwrap();
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn killed() {
    until_run(|_, _| {
        let own = Pid::from_raw(std::process::id().cast_signed()).unwrap();
        kill_process(own, Signal::KILL).unwrap();
    });
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn leaves_a_grandchild() {
    until_run(|_, _| {
        // It inherits the socket, which therefore does not end.
        let child = Command::new("sleep").arg("1000").spawn();
        drop(child.unwrap());
        std::process::exit(3);
    });
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn hangs() {
    until_run(|_, _| thread::sleep(Duration::from_secs(1000)));
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn eats() {
    until_run(|_, _| {
        let mut eaten = Vec::new();
        loop {
            eaten.push(vec![1u8; 1 << 20]);
            thread::sleep(Duration::from_micros(100));
        }
    });
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn garbles() {
    until_run(|socket, _| socket.write_all(b"not a reply\n").unwrap());
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn never_ends_its_line() {
    until_run(|socket, _| while socket.write_all(&[b'x'; 4096]).is_ok() {});
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn closes() {
    until_run(|socket, _| {
        socket.shutdown(Shutdown::Both).unwrap();
        thread::sleep(Duration::from_secs(1000));
    });
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn answers_wrongly() {
    until_run(|socket, runs| {
        let sample = Sample {
            runs,
            wall_ns: 1_000_000,
            digest: Some(5),
            ..Sample::default()
        };
        protocol::write(socket, &Reply::Sample(sample)).unwrap();
    });
}

/// Says hello as another build does, or as one that does not name itself.
fn another_build(build: Option<&str>) {
    worker::answer(|request, _| match request {
        Request::Hello { model, workers, .. } => {
            let build = build.map(str::to_owned);
            let plain = Hello::plain(model, workers);
            Ok(Some(Reply::Hello(Hello { build, ..plain })))
        }
        _ => Ok(Some(Reply::unsupported("only greets"))),
    })
    .unwrap();
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn of_another_build() {
    another_build(Some("c0ffee"));
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn of_an_unnamed_build() {
    another_build(None);
}

#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn suite() {
    worker::serve(&lanes_suite::MODELS).unwrap();
}

fn limits() -> Limits {
    Limits {
        deadline: Duration::from_secs(2),
        memory: 256 << 20,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

fn launch(worker: &str) -> Launch {
    let arguments = ["--exact", worker, "--ignored", "--nocapture"];
    let mut launch = Launch::own();
    launch.arguments = arguments.map(String::from).to_vec();
    launch
}

fn start(worker: &str) -> Process {
    let folder = std::env::temp_dir();
    Process::start(&launch(worker), &folder, &limits()).unwrap()
}

fn hello(model: &str, workers: usize) -> Request {
    Request::hello(model, workers)
}

fn size() -> Value {
    json!({"len": 100, "grain": 10})
}

/// The digest of the right answer at this size, with the seed 7.
fn digest() -> u64 {
    let max = Max::plain(100, 10);
    Max::digest(&Max::reference(&max.input(7).unwrap()))
}

/// A worker that has answered rightly once.
fn prepared(worker: &str) -> (Process, u64) {
    prepared_as(worker, worker)
}

/// As [`prepared`], asked to be another model.
fn prepared_as(worker: &str, model: &str) -> (Process, u64) {
    let mut process = start(worker);
    process.send(&hello(model, 1)).unwrap();
    process.hello(model, 1).unwrap();
    let digest = digest();
    process.prepare("max", &size(), 7).unwrap();
    process.prepared(digest).unwrap();
    (process, digest)
}

/// The failure of a run, and how long it took until it was reported.
fn ran(worker: &str) -> (Failure, Duration) {
    let (mut process, digest) = prepared(worker);
    let begin = Instant::now();
    let failure = process.sample(1, false, Some(digest)).unwrap_err();
    (failure, begin.elapsed())
}

#[test]
fn each_fault_has_its_name() {
    let died = ran("killed").0;
    assert_eq!(died.cause, Cause::Died);
    assert!(died.message.contains("signal: 9"), "{died}");
    assert!(died.message.contains("a stray print"), "{died}");
    assert_eq!(ran("leaves_a_grandchild").0.cause, Cause::Died);
    assert_eq!(ran("garbles").0.cause, Cause::Protocol);
    assert_eq!(ran("never_ends_its_line").0.cause, Cause::Protocol);
    assert_eq!(ran("closes").0.cause, Cause::Protocol);
    assert_eq!(ran("answers_wrongly").0.cause, Cause::Wrong);
    assert_eq!(ran("eats").0.cause, Cause::Memory);
    let (hung, time) = ran("hangs");
    assert!(hung.message.contains("nor did it end"), "{hung}");
    assert_eq!(hung.cause, Cause::Hung);
    assert!(time >= limits().deadline, "{time:?}");
}

#[test]
fn a_worker_that_is_dropped_leaves_nothing_behind() {
    let (mut process, digest) = prepared("leaves_a_grandchild");
    let group = Pid::from_raw(process.id().cast_signed()).unwrap();
    let failure = process.sample(1, false, Some(digest)).unwrap_err();
    assert_eq!(failure.cause, Cause::Died);
    // The grandchild lives on in the group.
    assert!(test_kill_process_group(group).is_ok());
    drop(process);
    let begin = Instant::now();
    // A killed process stays until its parent has asked for its status.
    while test_kill_process_group(group).is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_worker_that_lies_about_itself_is_refused() {
    let asked = |model: &str, expected: &str, workers: usize| {
        let mut process = start("suite");
        process.send(&hello(model, 2)).unwrap();
        process.hello(expected, workers).map_err(|failure| failure.cause)
    };
    let found = asked("rayon", "rayon", 2).unwrap();
    assert!(found.versions["rayon"].starts_with("1."), "{found:?}");
    assert_eq!(asked("rayon", "tokio", 2), Err(Cause::Mismatch));
    assert_eq!(asked("rayon", "rayon", 3), Err(Cause::Mismatch));
    assert_eq!(asked("sequential", "sequential", 2), Err(Cause::Mismatch));
    assert_eq!(asked("unknown", "unknown", 2), Err(Cause::Failed));
    // Two workers on one thread are one.
    let mut process = start("killed");
    process.send(&hello("killed", 2)).unwrap();
    let failure = process.hello("killed", 2).unwrap_err();
    assert_eq!(failure.cause, Cause::Mismatch);
}

#[test]
fn the_own_image_must_be_the_same_build_and_other_programs_need_not() {
    let greet = |launch: &Launch, worker: &str| {
        let folder = std::env::temp_dir();
        let mut process = Process::start(launch, &folder, &limits()).unwrap();
        process.send(&hello(worker, 1)).unwrap();
        process.hello(worker, 1)
    };
    for (worker, named) in
        [("of_another_build", "c0ffee"), ("of_an_unnamed_build", "not named")]
    {
        let launch = launch(worker);
        let failure = greet(&launch, worker).unwrap_err();
        assert_eq!(failure.cause, Cause::Mismatch);
        assert!(failure.message.contains(named), "{failure}");
        let program = std::env::current_exe().unwrap();
        let peer = Launch::opened(program, launch.arguments);
        let hello = greet(&peer, worker).unwrap();
        assert_ne!(hello.build.as_deref(), Some(""));
    }
    let hello = greet(&launch("killed"), "killed").unwrap();
    assert!(hello.build.is_some_and(|build| build.len() > 8));
}

#[test]
fn a_program_that_is_not_there_is_told() {
    let launch = Launch::named("/no/such/program", Vec::new());
    let folder = std::env::temp_dir();
    let failure = Process::start(&launch, &folder, &limits()).err().unwrap();
    assert_eq!(failure.cause, Cause::Start);
    assert!(failure.message.contains("/no/such/program"), "{failure}");
}

fn session(models: &[&str], limits: Limits) -> Results {
    let mut rows = rows(Size::Quick);
    rows.retain(|row| row.workload() == "max" && row.is_usual());
    let contender = |model: &&str| {
        let of_suite = ["sequential", "rayon"].contains(model);
        let serial = *model != "rayon";
        Contender {
            name: (*model).into(),
            model: (*model).into(),
            workers: if serial { 1 } else { 2 },
            serial,
            nodes: None,
            answers_only: false,
            launch: launch(if of_suite { "suite" } else { model }),
        }
    };
    let plan = Plan {
        rows,
        contenders: models.iter().map(contender).collect(),
        wants: Box::new(|_, _| true),
        control: true,
        even: false,
        rounds: Some(6),
        budget: Duration::from_secs(60),
        until: None,
        map: None,
        seed: 7,
        level: 0.95,
        margin: session::MARGIN,
        limits,
        machine: Machine::here(Vec::new()),
        build: Build::here("", None, false),
    };
    session::run(&plan, String::new(), &mut |_, _| Ok(())).unwrap()
}

#[test]
fn the_others_go_on() {
    let models = [
        "sequential",
        "rayon",
        "killed",
        "hangs",
        "eats",
        "garbles",
        "answers_wrongly",
    ];
    let results = session(&models, limits());
    assert_eq!(results.state, State::Complete);
    let [row] = &results.rows[..] else { panic!("one row") };
    let causes = [
        Cause::Died,
        Cause::Hung,
        Cause::Memory,
        Cause::Protocol,
        Cause::Wrong,
    ];
    for (index, contender) in row.contenders.iter().enumerate() {
        let own = row.samples.iter().filter(|t| t.contender == index);
        let visits: BTreeSet<usize> = own.map(|taken| taken.visit).collect();
        // The last one is the control.
        let faulty = (2..7).contains(&index);
        assert_eq!(visits.len(), if faulty { 0 } else { 6 });
        let cause = contender.failure.as_ref().map(|failure| failure.cause);
        assert_eq!(cause, faulty.then(|| causes[index - 2]));
    }
    assert!(row.contenders[7].twin_of.is_some());
    let summary = row.summary.as_ref().unwrap();
    assert_eq!(summary.visits, 6);
    let standings: usize =
        summary.groups.iter().map(|group| group.standings.len()).sum();
    assert_eq!(standings, 2);
    assert_eq!(row.limits.len(), 2);
}

#[test]
fn seeds_and_orders_differ_between_rounds() {
    let results = session(&["sequential", "rayon"], limits());
    let row = &results.rows[0];
    let mut seeds: Vec<u64> = row.samples.iter().map(|t| t.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 6);
    let firsts = row.samples.chunks(3).map(|round| round[0].contender);
    let mut firsts: Vec<usize> = firsts.collect();
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() > 1, "the same one is always first");
}

#[test]
fn a_session_that_is_stopped_keeps_what_it_has() {
    let limits = limits();
    let stop = Arc::clone(&limits.stop);
    let stopper = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::Relaxed);
    });
    let results = session(&["sequential", "rayon"], limits);
    stopper.join().unwrap();
    assert_eq!(results.state, State::Interrupted);
}
