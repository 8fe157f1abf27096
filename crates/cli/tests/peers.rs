//! The workers in other languages, of those whose compilers are installed:
//! right answers, and sizes that cannot be.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// What each of them computes.
const ROWS: [&str; 2] = ["fib", "max"];

/// The options that name the workers, as `scripts/peers` prints them. What it
/// says of those that cannot be built here is printed.
fn peers() -> &'static [String] {
    static PEERS: OnceLock<Vec<String>> = OnceLock::new();
    PEERS.get_or_init(|| {
        let script =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/peers");
        let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/peers");
        let output = Command::new(script).arg(folder).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        eprint!("{said}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let peers: Vec<String> = printed
            .lines()
            .map(|line| line.strip_prefix("--peer ").unwrap().to_owned())
            .collect();
        let missing = said.lines().filter(|line| line.contains("is not here"));
        assert_eq!(peers.len() + missing.count(), 2, "{printed}{said}");
        peers
    })
}

fn name(peer: &str) -> &str {
    peer.split_once('=').unwrap().0
}

#[test]
fn workers_in_other_languages_give_the_right_answers() {
    for peer in peers() {
        let name = name(peer);
        let output = Command::new(env!("CARGO_BIN_EXE_lanes"))
            .args(["check", "--models", name, "--peer", peer])
            .args(["--workers", "1,3", "--format", "json"])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        let cells: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let right = |row: &str, workers: u64| {
            let right = cells.iter().filter(|cell| {
                cell["workload"] == row
                    && cell["workers"] == workers
                    && cell["verdict"] == "right"
            });
            right.count()
        };
        for row in ROWS {
            for workers in [1, 3] {
                assert!(right(row, workers) >= 5 * 2, "{name}: {row}");
            }
        }
        let others = cells
            .iter()
            .filter(|cell| !ROWS.iter().any(|row| cell["workload"] == *row));
        for other in others {
            assert_eq!(other["verdict"], "refused", "{name}: {other}");
        }
    }
}

/// A worker, and this end of its socket.
struct Peer {
    process: Child,
    socket: BufReader<UnixStream>,
}

impl Peer {
    fn start(peer: &str) -> Self {
        let words = shell_words::split(peer.split_once('=').unwrap().1);
        let (own, its) = UnixStream::pair().unwrap();
        own.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let process = Command::new(&words.unwrap()[0])
            .stdin(Stdio::from(OwnedFd::from(its)))
            .spawn()
            .unwrap();
        Self { process, socket: BufReader::new(own) }
    }

    fn asks(&mut self, request: &str) -> Value {
        writeln!(self.socket.get_mut(), "{request}").unwrap();
        let mut line = String::new();
        self.socket.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The kind of the error that is the reply.
    fn error(&mut self, request: &Value) -> String {
        let reply = self.asks(&request.to_string());
        let kind = reply["error"]["kind"].as_str();
        kind.unwrap_or_else(|| panic!("{request}: {reply}")).to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_size_that_cannot_be_is_refused_and_the_worker_goes_on() {
    let prepare = |workload: &str, size: Value| json!({"do": "prepare", "workload": workload, "size": size, "seed": 7});
    for peer in peers() {
        let mut peer = Peer::start(peer);
        let hello = r#"{"do":"hello","protocol":1,"model":"a","workers":2}"#;
        let hello = &peer.asks(hello)["hello"];
        assert_eq!(
            (&hello["model"], &hello["workers"]),
            (&json!("a"), &json!(2))
        );
        let threads = hello["threads"].as_array().unwrap();
        assert!(threads.len() == 2 && threads[0] != threads[1], "{hello}");

        let run =
            json!({"do": "run", "runs": 2, "together": false, "check": true});
        assert_eq!(peer.error(&run), "invalid");
        let none = json!({"len": 8, "grain": 0});
        assert_eq!(peer.error(&prepare("max", none)), "invalid");
        for len in [1_u64 << 44, 1 << 60, u64::MAX] {
            let large = json!({"len": len, "grain": 1});
            assert_eq!(peer.error(&prepare("max", large)), "resource");
        }
        assert_eq!(peer.error(&prepare("fib", json!({"n": 94}))), "invalid");
        assert_eq!(peer.error(&prepare("sudoku", json!({}))), "unsupported");
        assert_eq!(peer.error(&json!({"do": "dance"})), "unsupported");
        assert_eq!(peer.error(&run), "invalid");

        let right = peer.asks(&prepare("fib", json!({"n": 10})).to_string());
        let sample = peer.asks(&run.to_string());
        let digest = lanes_core::seed::digest([55]);
        assert_eq!(right["prepared"]["digest"], digest);
        assert_eq!(sample["sample"]["digest"], digest);
    }
}
