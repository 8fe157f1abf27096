//! `--nodes`: models whose workers are processes, one of which is taken away.

use lanes_core::Row;
use lanes_core::workload::Primes;
use serde_json::Value;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A guest whose nodes are processes that only sleep, and which does as `how`
/// says once one of them is gone or stopped.
const GUEST: &str = r#"#!/usr/bin/env python3
import json, os, socket, subprocess, sys, time
HOW, DIGEST = "@HOW@", @DIGEST@
def node():
    return subprocess.Popen(["lanes-processes-worker", "600"],
                            executable="/bin/sleep",
                            start_new_session=HOW == "leaves")
def runs(node):
    if node.poll() is not None:
        return False
    with open(f"/proc/{node.pid}/stat") as file:
        return file.read().split()[2] not in "TZ"
nodes, stream = [], socket.socket(fileno=0).makefile("rw")
for line in stream:
    ask = json.loads(line)
    if ask["do"] == "describe":
        cell = {"workload": "primes", "fit": "natural", "reason": "it may",
                "inputs": ["shipped", "local"]}
        reply = {"describe": {"protocol": 1, "models": [
            {"model": "far", "nodes": True, "cells": [cell]}]}}
    elif ask["do"] == "hello":
        places = ask.get("network", {}).get("nodes", [])
        spaces = [place.get("namespace") for place in places]
        with open("@LOG@", "a") as log:
            ask["there"] = [space is None or os.path.exists(space)
                            for space in spaces]
            print(json.dumps(ask), file=log)
        nodes = [node() for _ in range(ask["workers"])]
        reply = {"hello": {
            "protocol": 1, "model": "far", "workers": ask["workers"],
            "threads": [node.pid for node in nodes], "versions": {}}}
    elif ask["do"] == "prepare":
        reply = {"prepared": {"digest": DIGEST}}
    else:
        begin, whole = time.monotonic_ns(), True
        for _ in range(ask["runs"]):
            time.sleep(0.01)
            whole = all(map(runs, nodes))
            if not whole:
                break
        while not whole and HOW == "hangs":
            time.sleep(1)
        wall = time.monotonic_ns() - begin
        if whole or HOW != "errs":
            digest = DIGEST + (1 if not whole and HOW == "lies" else 0)
            reply = {"sample": {"runs": ask["runs"], "wall_ns": wall,
                                "digest": digest}}
        else:
            reply = {"error": {"kind": "failed", "message": "a node is gone"}}
        for old in [old for old in nodes if not runs(old)]:
            old.kill(), old.wait()
            nodes[nodes.index(old)] = node()
    print(json.dumps(reply), file=stream, flush=True)
for left in nodes if HOW != "leaves" else []:
    left.kill()
"#;

/// A folder with the guest `far`.
fn far(how: &str, size: &Primes) -> TempDir {
    let folder = TempDir::new().unwrap();
    let digest = size.digest(7).unwrap().to_string();
    let script = GUEST.replace("@HOW@", how).replace("@DIGEST@", &digest);
    let log = folder.path().join("log");
    let script = script.replace("@LOG@", log.to_str().unwrap());
    let path = folder.path().join("lanes-worker-far");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn lanes(folder: &Path, arguments: &[&str]) -> Output {
    let mut path = OsString::from(folder);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Command::new(env!("CARGO_BIN_EXE_lanes"))
        .args(arguments)
        .env("PATH", path)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What is found of a guest, and the exit code.
fn found(how: &str) -> (Vec<Value>, Option<i32>) {
    let folder = far(how, &Primes { below: 200_000, grain: 2_000 });
    let arguments = "faults far --nodes 3 --times 1 --deadline 2s --json -q";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let output = lanes(folder.path(), &arguments);
    let printed = text(&output.stdout);
    let found = serde_json::from_str(&printed);
    let said = text(&output.stderr);
    (found.unwrap_or_else(|_| panic!("{printed}{said}")), output.status.code())
}

fn count(found: &[Value], what: &str) -> u64 {
    found.iter().map(|row| row[what].as_u64().unwrap()).sum()
}

#[test]
fn nodes_that_go_may_be_replaced_or_be_an_error() {
    for (how, came) in [("goes-on", "right"), ("errs", "errors")] {
        let (found, code) = found(how);
        assert_eq!(code, Some(0), "{found:?}");
        let faults = found.iter().map(|row| row["fault"].as_str().unwrap());
        let all = ["killed", "terminated", "stopped", "paused", "cut"];
        let faults: Vec<_> = faults.collect();
        // Links are cut in namespaces only.
        assert_eq!(faults, all[..faults.len()], "{found:?}");
        assert!(faults.len() >= 4, "{found:?}");
        let times = faults.len() as u64;
        // The guest does not ask its nodes anything over a link.
        let cut = times - 4;
        let came = count(&found, came);
        assert!(came == 4 || came == 4 + cut, "{found:?}");
        assert_eq!(count(&found, "right_again"), times, "{found:?}");
        assert_eq!(count(&found, "left"), 0, "{found:?}");
    }
}

#[test]
fn wrong_answers_and_hangs_and_what_is_left_break_the_contract() {
    for (how, what) in
        [("lies", "wrong"), ("hangs", "hangs"), ("leaves", "left")]
    {
        let (found, code) = found(how);
        assert_eq!(code, Some(1), "{how}: {found:?}");
        assert!(count(&found, what) >= 4, "{how}: {found:?}");
    }
}

#[test]
fn a_session_has_each_number_of_nodes_beside_one_thread() {
    let folder = far("goes-on", &Primes { below: 100, grain: 7 });
    let arguments = "run primes --items 100 --models sequential,rayon,far \
                     --nodes 1,2 --rounds 4 --no-control -q";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = lanes(folder.path(), &arguments);
    let printed = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains("beside one thread"), "{printed}");
    for name in ["far, 1 node ", "far, 2 nodes"] {
        // In the row, beside one thread, and in the ranking if there is one.
        assert!(printed.matches(name).count() >= 2, "{name}: {printed}");
    }
    let alone = ["run", "primes", "--models", "rayon", "--nodes", "2"];
    let output = lanes(folder.path(), &alone);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("with nodes"), "{output:?}");
}

/// What the guest was greeted with, each time.
fn greetings(folder: &TempDir) -> Vec<Value> {
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The names of the namespaces that processes of this number have.
fn namespaces(of: u32) -> Vec<OsString> {
    let all = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let own = format!("lanes-{of}-");
    let names = all.map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with(&own)).collect()
}

#[test]
fn nodes_have_namespaces_where_that_may_be_and_each_input() {
    let folder = far("goes-on", &Primes { below: 100, grain: 7 });
    let arguments = "run primes --items 100 --models sequential,far \
                     --nodes 2 --rounds 2 --no-control";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = lanes(folder.path(), &arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let here = said.contains("nodes have addresses of this machine");
    let printed = text(&output.stdout);
    assert!(printed.contains("far, 2 nodes, local"), "{printed}");
    let greetings = greetings(&folder);
    for input in ["shipped", "local"] {
        let of = |greeting: &&Value| greeting["input"] == input;
        let greeting = greetings.iter().find(of).unwrap();
        let nodes = greeting["network"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 2, "{greeting}");
        assert_ne!(nodes[0]["address"], nodes[1]["address"], "{greeting}");
        let apart = nodes.iter().all(|node| node["namespace"].is_string());
        assert_eq!(apart, !here, "{greeting} {said}");
        let there = greeting["there"].as_array().unwrap();
        assert!(there.iter().all(|there| there == true), "{greeting}");
    }
    // They are gone with the command.
    for greeting in greetings {
        for node in greeting["network"]["nodes"].as_array().unwrap() {
            let space = node["namespace"].as_str().map(Path::new);
            assert!(space.is_none_or(|space| !space.exists()), "{node}");
        }
    }
}

#[test]
fn nodes_at_addresses_of_this_machine_are_behind_its_first() {
    let folder = far("goes-on", &Primes { below: 100, grain: 7 });
    let arguments = "run primes --items 100 --models sequential,far \
                     --nodes 2 --addresses --rounds 2 --no-control -q";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = lanes(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let greetings = greetings(&folder);
    let network = &greetings.last().unwrap()["network"];
    assert_eq!(network["host"], "127.0.0.1");
    let nodes = network["nodes"].as_array().unwrap();
    let addresses = nodes.iter().map(|n| n["address"].as_str().unwrap());
    assert!(addresses.eq(["127.0.0.2", "127.0.0.3"]), "{network}");
    // What crosses there is not counted: it is unknown, and not nothing.
    assert!(text(&output.stdout).contains("unknown"));
}

#[test]
fn links_of_no_known_bandwidth_are_refused() {
    let folder = far("goes-on", &Primes { below: 100, grain: 7 });
    for rate in ["fast", "0mbit", "1", "-1gbit", "1gbit; reboot"] {
        let bandwidth = format!("--bandwidth={rate}");
        let arguments =
            ["run", "primes", "--models", "far", "--nodes", "2", &bandwidth];
        let output = lanes(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{rate}");
    }
}

#[test]
fn namespaces_of_a_command_that_was_killed_go_with_the_next() {
    let folder = far("hangs", &Primes { below: 100, grain: 7 });
    let mut path = OsString::from(folder.path());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new(env!("CARGO_BIN_EXE_lanes"));
    command.args(["faults", "far", "--nodes", "2", "--deadline", "60s", "-q"]);
    command.env("PATH", &path).current_dir(folder.path());
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let begin = Instant::now();
    let log = folder.path().join("log");
    while !log.exists() && begin.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let id = child.id();
    let greeting = greetings(&folder).remove(0);
    let apart = greeting["network"]["nodes"][0]["namespace"].is_string();
    assert_eq!(namespaces(id).is_empty(), !apart, "{greeting}");
    child.kill().unwrap();
    child.wait().unwrap();
    let next = far("goes-on", &Primes { below: 100, grain: 7 });
    let arguments = "run primes --items 100 --models sequential,far \
                     --nodes 1 --rounds 1 --no-control -q";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = lanes(next.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(namespaces(id), [] as [OsString; 0]);
}
