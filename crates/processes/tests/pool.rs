//! The pool by itself: its promises, and what happens when workers die.

use lanes_conformance::{Checked, Failure, isolated};
use lanes_core::workload::{Max, Subtasks};
use lanes_core::{Config, Context, Error, Job, Model, Run, Workload};
use lanes_processes::{
    Carrier, Function, Future, List, OverMemory, OverSockets, Pool,
    as_completed, function,
};
use rustix::process::{
    Pid, PidfdFlags, PidfdGetfdFlags, Signal, getpid, kill_process,
    pidfd_getfd, pidfd_open,
};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Far more than anything takes here: only a hang reaches it.
const WATCHDOG: Duration = Duration::from_secs(60);

struct Square;
function!(Square);

impl Function for Square {
    const NAME: &'static str = "test::square";
    type Argument = u64;
    type Output = u64;

    fn call(number: u64, _: &Context) -> Result<u64, Error> {
        match number {
            7777 => panic!("no square of {number}"),
            8888 => Err(Error::Invalid(format!("no square of {number}"))),
            _ => Ok(number * number),
        }
    }
}

/// Writes down its process, and waits until the test opens the gate.
struct Await;
function!(Await);

impl Function for Await {
    const NAME: &'static str = "test::await";
    type Argument = Gate;
    type Output = ();

    fn call(gate: Gate, _: &Context) -> Result<(), Error> {
        fs::write(gate.0.join(std::process::id().to_string()), "")?;
        while !gate.0.join("open").exists() {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

/// A folder in which workers and tests leave word for each other.
#[derive(Clone, Serialize, Deserialize)]
struct Gate(PathBuf);

impl Gate {
    /// The folder goes with the first of the two.
    fn new() -> (TempDir, Self) {
        let folder = tempfile::tempdir().unwrap();
        let gate = Self(folder.path().to_owned());
        (folder, gate)
    }

    fn open(&self) {
        fs::write(self.0.join("open"), "").unwrap();
    }

    /// The processes that have come, once they are so many.
    fn arrived(&self, count: usize) -> Vec<u32> {
        until(|| {
            let entries = fs::read_dir(&self.0).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name());
            let processes: Vec<u32> =
                names.filter_map(|name| name.to_str()?.parse().ok()).collect();
            (processes.len() >= count).then_some(processes)
        })
    }
}

fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < WATCHDOG, "nothing happens");
        thread::sleep(Duration::from_millis(2));
    }
}

fn kill(process: u32) {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    kill_process(process, Signal::KILL).unwrap();
}

/// Whether nothing runs under this number; what has ended and whose parent has
/// not looked is gone as well.
fn is_gone(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.map_or(true, |stat| stat.contains(") Z "))
}

fn now<T>(future: Future<T>) -> Result<T, Error> {
    match future.result_within(WATCHDOG) {
        Ok(result) => result,
        Err(_) => panic!("no result"),
    }
}

#[test]
fn results_come_in_order_whatever_the_chunks() {
    let pool = Pool::start(2).unwrap();
    let squares: Vec<u64> = (0..100).map(|number| number * number).collect();
    for chunk in [1, 3, 10, 1000] {
        let map = pool.map::<Square>(0..100, chunk).unwrap();
        let results: Result<Vec<u64>, _> = map.collect();
        assert_eq!(results.as_ref(), Ok(&squares), "chunks of {chunk}");
    }
    let zero = pool.map::<Square>(0..3, 0).err();
    assert!(matches!(zero, Some(Error::Invalid(_))), "{zero:?}");
    assert_eq!(pool.map::<Square>(0..0, 5).unwrap().count(), 0);
}

#[test]
fn an_error_is_one_results_own_and_keeps_its_kind() {
    let pool = Pool::start(2).unwrap();
    let map = pool.map::<Square>([2, 7777, 8888, 3], 4).unwrap();
    let results: Vec<_> = map.collect();
    let why = |number| format!("no square of {number}");
    let (panicked, invalid) =
        (Error::Panicked(why(7777)), Error::Invalid(why(8888)));
    assert_eq!(results, [Ok(4), Err(panicked.clone()), Err(invalid), Ok(9)]);
    let alone = pool.submit::<Square>(7777).unwrap();
    assert_eq!(now(alone), Err(panicked));
    assert_eq!(now(pool.submit::<Square>(5).unwrap()), Ok(25));
}

#[test]
fn who_completes_first_comes_first() {
    let pool = Pool::start(2).unwrap();
    let (_folder, gate) = Gate::new();
    let late = pool.submit::<Await>(gate.clone()).unwrap();
    gate.arrived(1);
    let (_folder, soon) = Gate::new();
    soon.open();
    let soon = pool.submit::<Await>(soon).unwrap();
    let waits = pool.submit::<Await>(gate.clone()).unwrap();
    let cancelled = pool.submit::<Await>(gate.clone()).unwrap();
    gate.arrived(2);
    assert!(cancelled.cancel());
    let mut done = as_completed([late, waits, soon, cancelled]);
    assert_eq!(now(done.next().unwrap()), Ok(()));
    assert_eq!(now(done.next().unwrap()), Err(Error::Cancelled));
    gate.open();
    assert_eq!(done.map(now).collect::<Vec<_>>(), [Ok(()), Ok(())]);
}

#[test]
fn cancel_works_before_the_start_and_not_after() {
    let pool = Pool::start(1).unwrap();
    let (_folder, gate) = Gate::new();
    let running = pool.submit::<Await>(gate.clone()).unwrap();
    let waiting = pool.submit::<Square>(3).unwrap();
    gate.arrived(1);
    assert!(running.is_running() && !running.cancel());
    assert!(!waiting.is_running() && waiting.cancel() && !waiting.cancel());
    assert_eq!(now(waiting), Err(Error::Cancelled));
    gate.open();
    assert_eq!(now(running), Ok(()));
}

#[test]
fn a_timeout_leaves_the_task_running() {
    let pool = Pool::start(1).unwrap();
    let (_folder, gate) = Gate::new();
    let running = pool.submit::<Await>(gate.clone()).unwrap();
    gate.arrived(1);
    let late = running.result_within(Duration::from_millis(20));
    let Err(running) = late else {
        panic!("{late:?} before the gate was open", late = late.is_ok());
    };
    gate.open();
    assert_eq!(now(running), Ok(()));
}

#[test]
fn a_shutdown_lets_work_end_and_takes_no_more() {
    let pool = Pool::start(1).unwrap();
    let (_folder, gate) = Gate::new();
    let running = pool.submit::<Await>(gate.clone()).unwrap();
    let waiting = pool.submit::<Square>(3).unwrap();
    let processes = gate.arrived(1);
    gate.open();
    pool.shutdown();
    assert!(running.is_done() && waiting.is_done());
    assert_eq!((running.result(), waiting.result()), (Ok(()), Ok(9)));
    let refused = pool.submit::<Square>(3).err();
    assert!(matches!(refused, Some(Error::Unsupported(_))), "{refused:?}");
    assert!(processes.into_iter().all(is_gone));
    pool.shutdown();
}

#[test]
fn a_dropped_pool_kills_what_runs() {
    let pool = Pool::start(2).unwrap();
    let (_folder, gate) = Gate::new();
    let futures: Vec<_> =
        (0..3).map(|_| pool.submit::<Await>(gate.clone()).unwrap()).collect();
    let processes = gate.arrived(2);
    drop(pool);
    assert!(processes.into_iter().all(is_gone));
    for future in futures {
        assert_eq!(now(future), Err(Error::Cancelled));
    }
}

/// Not among the functions of this executable.
struct Unknown;

impl Function for Unknown {
    const NAME: &'static str = "test::unknown";
    type Argument = ();
    type Output = ();

    fn call((): (), _: &Context) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn an_unknown_function_is_refused_and_the_pool_goes_on() {
    let pool = Pool::start(1).unwrap();
    let refused = now(pool.submit::<Unknown>(()).unwrap());
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
    assert_eq!(now(pool.submit::<Square>(3).unwrap()), Ok(9));
}

struct Reverse;
function!(Reverse);

impl Function for Reverse {
    const NAME: &'static str = "test::reverse";
    type Argument = List;
    type Output = List;

    fn call(list: List, _: &Context) -> Result<List, Error> {
        let mut numbers = list.into_vec();
        numbers.reverse();
        Ok(numbers.into())
    }
}

#[test]
fn long_lists_cross_both_ways() {
    for carrier in [Carrier::Socket, Carrier::Memory] {
        let pool = Pool::start_with(2, carrier).unwrap();
        for length in [0, 1, 8191, 8192, 300_000, 1000, 700_000] {
            let list: Vec<u64> = (0..length).collect();
            let future = pool.submit::<Reverse>(list.clone().into()).unwrap();
            let mut there = now(future).unwrap().into_vec();
            there.reverse();
            assert!(there == list, "{length} over {carrier:?}");
        }
    }
}

/// Prints, reads its standard input, and starts this executable as a child.
struct Disturb;
function!(Disturb);

impl Function for Disturb {
    const NAME: &'static str = "test::disturb";
    type Argument = ();
    type Output = String;

    fn call((): (), _: &Context) -> Result<String, Error> {
        println!("stray print of a worker");
        let mut input = Vec::new();
        std::io::stdin().read_to_end(&mut input)?;
        let child = Command::new("/proc/self/exe").arg("--list").output()?;
        Ok(String::from_utf8_lossy(&child.stdout).into_owned())
    }
}

#[test]
fn prints_do_not_disturb_and_children_are_no_workers() {
    let pool = Pool::start(1).unwrap();
    let listed = now(pool.submit::<Disturb>(()).unwrap()).unwrap();
    assert!(listed.contains("prints_do_not_disturb"), "{listed}");
    assert_eq!(now(pool.submit::<Square>(3).unwrap()), Ok(9));
}

#[test]
fn a_worker_killed_while_it_computes_fails_all_unfinished_work() {
    let pool = Pool::start(2).unwrap();
    let (_folder, gate) = Gate::new();
    let futures: Vec<_> =
        (0..4).map(|_| pool.submit::<Await>(gate.clone()).unwrap()).collect();
    let processes = gate.arrived(2);
    kill(processes[0]);
    let died = Error::WorkerDied("signal: 9 (SIGKILL)".into());
    for future in futures {
        assert_eq!(now(future), Err(died.clone()));
    }
    assert_eq!(pool.broken(), Some(died.clone()));
    assert_eq!(pool.submit::<Square>(3).err(), Some(died));
    assert!(processes.into_iter().all(is_gone));
}

#[test]
fn a_worker_killed_while_idle_breaks_the_pool() {
    let pool = Pool::start(1).unwrap();
    let (_folder, gate) = Gate::new();
    gate.open();
    assert_eq!(now(pool.submit::<Await>(gate.clone()).unwrap()), Ok(()));
    assert_eq!(pool.broken(), None);
    kill(gate.arrived(1)[0]);
    until(|| pool.broken());
    let late = pool.submit::<Square>(3).and_then(now);
    assert!(matches!(late, Err(Error::WorkerDied(_))), "{late:?}");
}

/// Does to its own connection what no worker should.
struct Misbehave;
function!(Misbehave);

#[derive(Serialize, Deserialize)]
enum Deed {
    /// Ends in the middle of a large result.
    HalfAResult,
    /// Ends, and leaves a child behind that holds the connection.
    Grandchild(Gate),
    /// The same in the middle of a result.
    GrandchildAndHalf(Gate),
    Garbage,
    Oversize,
    /// Closes the connection, and goes on.
    Close,
    Exit,
}

impl Function for Misbehave {
    const NAME: &'static str = "test::misbehave";
    type Argument = Deed;
    type Output = List;

    fn call(deed: Deed, _: &Context) -> Result<List, Error> {
        let mut socket = UnixStream::from(connection());
        // As a result has it: its kind, its place, its length.
        let header = |length: u64| {
            let mut header = vec![5, 0];
            header.extend(length.to_le_bytes());
            header
        };
        match &deed {
            Deed::HalfAResult => {
                socket.write_all(&header(1 << 23))?;
                socket.write_all(&vec![1; 1 << 22])?;
            }
            Deed::Grandchild(gate) => leave_behind(gate)?,
            Deed::GrandchildAndHalf(gate) => {
                leave_behind(gate)?;
                socket.write_all(&header(100))?;
            }
            Deed::Garbage => socket.write_all(&[255; 64])?,
            Deed::Oversize => socket.write_all(&header(u64::MAX))?,
            Deed::Close => socket.shutdown(std::net::Shutdown::Both)?,
            Deed::Exit => std::process::exit(3),
        }
        if matches!(deed, Deed::Garbage | Deed::Oversize | Deed::Close) {
            loop {
                thread::park();
            }
        }
        kill(std::process::id());
        Ok(Vec::new().into())
    }
}

/// The worker's end of its connection: the only socket that it has.
fn connection() -> OwnedFd {
    let own = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
    let descriptors = fs::read_dir("/proc/self/fd").unwrap();
    let sockets = descriptors.filter_map(|entry| {
        let path = entry.ok()?.path();
        let link = fs::read_link(&path).ok()?;
        link.to_str()?.starts_with("socket:").then_some(path)
    });
    let path = sockets.last().unwrap();
    let number = path.file_name().unwrap().to_str().unwrap();
    let number = number.parse().unwrap();
    pidfd_getfd(own, number, PidfdGetfdFlags::empty()).unwrap()
}

/// A child that holds the connection and outlives its parent for long.
fn leave_behind(gate: &Gate) -> Result<(), Error> {
    let child = Command::new("sleep")
        .arg("600")
        .stdin(Stdio::from(connection()))
        .spawn()?;
    fs::write(gate.0.join(child.id().to_string()), "")?;
    Ok(())
}

fn after(deed: Deed) -> Error {
    let pool = Pool::start(2).unwrap();
    let error = now(pool.submit::<Misbehave>(deed).unwrap()).unwrap_err();
    assert_eq!(pool.submit::<Square>(3).err().as_ref(), Some(&error));
    error
}

#[test]
fn a_worker_that_ends_is_told_with_its_status() {
    let killed = Error::WorkerDied("signal: 9 (SIGKILL)".into());
    assert_eq!(after(Deed::HalfAResult), killed);
    let exited = Error::WorkerDied("exit status: 3".into());
    assert_eq!(after(Deed::Exit), exited);
    let deeds: [fn(Gate) -> Deed; 2] =
        [Deed::Grandchild, Deed::GrandchildAndHalf];
    for deed in deeds {
        let (_folder, gate) = Gate::new();
        assert_eq!(after(deed(gate.clone())), killed);
        let grandchild = gate.arrived(1)[0];
        until(|| is_gone(grandchild).then_some(()));
    }
}

#[test]
fn what_is_no_frame_is_a_protocol_error() {
    for deed in [Deed::Garbage, Deed::Oversize, Deed::Close] {
        let error = after(deed);
        assert!(matches!(error, Error::Protocol(_)), "{error:?}");
    }
}

/// In the process that is killed: workers that never end by themselves.
const PARENT: &str = "LANES_PROCESSES_PARENT";

#[test]
fn a_killed_parent_leaves_no_worker() {
    if let Some(folder) = std::env::var_os(PARENT) {
        let gate = Gate(folder.into());
        let pool = Pool::start(3).unwrap();
        // Two are at work, and one is idle.
        let _first = pool.submit::<Await>(gate.clone()).unwrap();
        let _second = pool.submit::<Await>(gate.clone()).unwrap();
        loop {
            thread::park();
        }
    }
    let (_folder, gate) = Gate::new();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_parent_leaves_no_worker"])
        .env(PARENT, &gate.0)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    gate.arrived(2);
    let workers = children(parent.id());
    assert_eq!(workers.len(), 3);
    parent.kill().unwrap();
    parent.wait().unwrap();
    for worker in workers {
        until(|| is_gone(worker).then_some(()));
    }
}

/// The children of all threads of a process.
fn children(process: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let of_each = tasks.filter_map(|task| {
        fs::read_to_string(task.ok()?.path().join("children")).ok()
    });
    let text: Vec<String> = of_each.collect();
    let numbers = text.iter().flat_map(|text| text.split_whitespace());
    numbers.map(|number| number.parse().unwrap()).collect()
}

#[test]
fn a_hundred_pools_leave_nothing() {
    isolated(|| {
        let left = || -> Result<_, Error> {
            let descriptors = fs::read_dir("/proc/self/fd")?.count();
            let threads = fs::read_dir("/proc/self/task")?.count();
            Ok((descriptors, threads, children(std::process::id()).len()))
        };
        let once = |number: u64| -> Checked {
            let carrier = match number % 2 {
                0 => Carrier::Socket,
                _ => Carrier::Memory,
            };
            let pool = Pool::start_with(2, carrier)?;
            let square = pool.submit::<Square>(number)?;
            if number.is_multiple_of(3) {
                let lost = pool.submit::<Misbehave>(Deed::Exit)?.result();
                return match lost {
                    Err(Error::WorkerDied(_)) => Ok(()),
                    other => Err(Failure::from(other.err().unwrap_or(
                        Error::Task("an answer of the dead".into()),
                    ))),
                };
            }
            match square.result()? == number * number {
                true => Ok(()),
                false => Err(Error::Task("no square".into()).into()),
            }
        };
        (0..6).try_for_each(once)?;
        let baseline = left()?;
        (0..100).try_for_each(once)?;
        match left()? {
            now if now == baseline => Ok(()),
            now => {
                let what = format!("{now:?} after {baseline:?}");
                Err(Error::Task(what).into())
            }
        }
    });
}

/// The workers of the only model in this process.
fn one_worker() -> u32 {
    *children(std::process::id()).first().expect("a worker")
}

fn answers(model: &impl Run<Max>) -> Checked {
    let job = Job::new(&Max::plain(1000, 10), 7)?;
    match model.run(&job)? == Max::reference(&job) {
        true => Ok(()),
        false => Err(Error::Task("a wrong answer".into()).into()),
    }
}

fn a_killed_worker_is_replaced<M>() -> Checked
where
    M: Model + Run<Max> + Run<Subtasks>,
{
    let model = M::start(&Config::new(2)?)?;
    answers(&model)?;
    // While nothing runs: the next run does not notice.
    let idle = one_worker();
    kill(idle);
    until(|| is_gone(idle).then_some(()));
    answers(&model)?;
    // While it works: the run fails, the next one does not.
    let unit = Duration::from_secs(3);
    let job = Job::new(&Subtasks { unit, rounds: Some(1) }, 7)?;
    let failed = thread::scope(|scope| {
        let run = scope.spawn(|| model.run(&job));
        // They wait for an answer that takes three units.
        thread::sleep(Duration::from_millis(300));
        kill(one_worker());
        run.join().expect("a run never panics")
    });
    match failed {
        Err(Error::WorkerDied(_)) => answers(&model),
        other => Err(Error::Task(format!("{other:?}")).into()),
    }
}

#[test]
fn the_next_run_replaces_a_killed_worker() {
    isolated(a_killed_worker_is_replaced::<OverSockets>);
}

#[test]
fn the_next_run_replaces_a_killed_worker_with_memory() {
    isolated(a_killed_worker_is_replaced::<OverMemory>);
}
