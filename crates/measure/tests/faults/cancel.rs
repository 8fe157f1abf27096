//! Runs that are asked to end: the worker goes on, and no reply is taken for
//! another one's.

use crate::{hello, launch, limits, prepared};
use lanes_core::{Row, rows_with, workload::Max};
use lanes_measure::failure::Cause;
use lanes_measure::process::{Limits, Process};
use lanes_measure::protocol::{self, Hello, Reply, Sample};
use serde_json::Value;
use std::io::{self, BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

/// More runs than can be made.
const ENDLESS: u32 = u32::MAX;

/// So many runs take that worker longer than a run is given to end.
const SLOW: u32 = 99;

/// A worker of the first version of the protocol: it answers what it does not
/// know, in its turn.
#[test]
#[ignore = "a worker process, which other tests start by this name"]
fn knows_no_cancel() {
    let socket = io::stdin().as_fd().try_clone_to_owned().unwrap();
    let mut socket = UnixStream::from(socket);
    let requests = BufReader::new(socket.try_clone().unwrap());
    let mut digest = 0;
    for line in requests.lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let reply = match asked["do"].as_str().unwrap() {
            "hello" => {
                let model = asked["model"].as_str().unwrap().to_owned();
                Reply::Hello(Hello::plain(model, 1))
            }
            "prepare" => {
                let size = asked["size"].clone();
                let max: Max = serde_json::from_value(size).unwrap();
                let seed = asked["seed"].as_u64().unwrap();
                digest = Row::digest(&max, seed).unwrap();
                Reply::Prepared { digest }
            }
            "run" => {
                let begin = Instant::now();
                let runs = asked["runs"].as_u64().unwrap() as u32;
                let slow = if runs == SLOW { 1_000 } else { 100 };
                thread::sleep(Duration::from_millis(slow));
                Reply::Sample(Sample {
                    runs,
                    wall_ns: begin.elapsed().as_nanos() as u64,
                    digest: Some(digest),
                    ..Sample::default()
                })
            }
            other => Reply::unsupported(format!("no request is {other}")),
        };
        protocol::write(&mut socket, &reply).unwrap();
    }
}

/// A worker of a model of the suite with an input of 100,000 numbers.
fn model(name: &str, limits: &Limits) -> (Process, u64) {
    let folder = std::env::temp_dir();
    let mut process =
        Process::start(&launch("suite"), &folder, limits).unwrap();
    process.send(&hello(name, 1)).unwrap();
    process.hello(name, 1).unwrap();
    let row = &rows_with(100_000)[0];
    let digest = row.digest(7).unwrap();
    process.prepare(row.workload(), &row.size(), 7).unwrap();
    process.prepared(digest).unwrap();
    (process, digest)
}

#[test]
fn a_run_that_is_cancelled_ends_and_the_worker_goes_on() {
    for entry in &lanes_suite::MODELS {
        let limits = Limits { deadline: Duration::from_secs(60), ..limits() };
        let (mut process, digest) = model(entry.name, &limits);
        for pause in [0, 1, 20, 50] {
            process.ask(ENDLESS, pause % 2 == 0, true).unwrap();
            thread::sleep(Duration::from_millis(pause));
            let begin = Instant::now();
            assert_eq!(process.cancel(), Ok(true), "{}", entry.name);
            let time = begin.elapsed();
            assert!(time < Duration::from_secs(5), "{}: {time:?}", entry.name);
            process.sample(1, false, Some(digest)).unwrap();
        }
    }
}

#[test]
fn a_reply_on_its_way_is_no_other_request_s() {
    let (mut process, digest) = model("threads", &limits());
    for _ in 0..200 {
        process.ask(1, false, true).unwrap();
        process.cancel().unwrap();
        process.sample(3, false, Some(digest)).unwrap();
    }
    process.ask(1, false, true).unwrap();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(process.cancel(), Ok(false));
    process.sample(2, false, Some(digest)).unwrap();
}

#[test]
fn a_worker_that_knows_no_cancel_stays_in_step() {
    let (mut process, digest) = prepared("cancel::knows_no_cancel");
    for runs in 1..4 {
        process.ask(runs, false, true).unwrap();
        assert_eq!(process.cancel(), Ok(false));
        let sample = process.sample(runs + 4, false, Some(digest)).unwrap();
        assert_eq!(sample.runs, runs + 4);
    }
}

#[test]
fn a_reply_that_comes_after_it_was_given_up_is_no_other_request_s() {
    let (mut process, digest) = prepared("cancel::knows_no_cancel");
    for runs in [1, 2] {
        process.within(Duration::from_millis(10));
        let late = process.sample(SLOW, false, Some(digest)).unwrap_err();
        assert_eq!(late.cause, Cause::Hung);
        assert!(late.message.contains("nor did it end"), "{late}");
        process.within(Duration::from_secs(60));
        let sample = process.sample(runs, false, Some(digest)).unwrap();
        assert_eq!(sample.runs, runs);
    }
}

#[test]
fn at_its_deadline_a_run_is_asked_to_end() {
    let deadline = Duration::from_millis(500);
    let (mut process, digest) =
        model("threads", &Limits { deadline, ..limits() });
    let begin = Instant::now();
    let slow = process.sample(ENDLESS, true, Some(digest)).unwrap_err();
    let time = begin.elapsed();
    assert_eq!(slow.cause, Cause::Hung);
    assert!(slow.message.contains("ended when it was asked to"), "{slow}");
    assert!(time >= deadline && time < deadline * 20, "{time:?}");
}
