//! The workers in other languages, of those whose compilers are installed:
//! right answers, and sizes that cannot be.

use lanes_core::{WORKLOADS, seed};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// What each of them computes, where the catalogue has it.
const ROWS: [&str; 5] = ["fib", "skynet", "nqueens", "max", "sort"];

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
        let option =
            |line: &str| line.strip_prefix("--peer ").unwrap().to_owned();
        let peers: Vec<String> = printed.lines().map(option).collect();
        let missing = said.lines().filter(|line| line.contains("is not here"));
        assert_eq!(peers.len() + missing.count(), 2, "{printed}{said}");
        peers
    })
}

fn name(peer: &str) -> &str {
    peer.split_once('=').unwrap().0
}

#[test]
fn workers_in_other_languages_pass_the_check() {
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
        let known = WORKLOADS.iter().map(|known| known.name);
        for row in known.filter(|row| ROWS.contains(row)) {
            for workers in [1, 3] {
                assert!(right(row, workers) >= 5 * 2, "{name}: {row}");
            }
        }
        for cell in cells.iter().filter(|cell| cell["verdict"] != "right") {
            let row = cell["workload"].as_str().unwrap();
            // Not every library has a sort of its own, and none the kernel
            // that is tuned.
            let size = cell["size"].as_str().unwrap();
            let form = match row {
                "sort" => size.starts_with("library"),
                "max" => size.ends_with("wide"),
                _ => false,
            };
            assert!(form || !ROWS.contains(&row), "{name}: {cell}");
            assert_eq!(cell["verdict"], "refused", "{name}: {cell}");
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

const HELLO: &str = r#"{"do":"hello","protocol":1,"model":"a","workers":2}"#;

/// The request to make an input and run it.
fn prepare(workload: &str, size: &Value) -> Value {
    json!({"do": "prepare", "workload": workload, "size": size, "seed": 7})
}

/// The size of a short list.
fn unsorted(form: &str, cutoff: u64) -> Value {
    json!({"len": 8, "form": form, "cutoff": cutoff, "grain": 1})
}

/// The numbers of the answer of a sort.
fn sorted(len: usize) -> [u64; 3] {
    let hashes = seed::numbers(7).take(len).map(|n| seed::part(n, 0));
    [len as u64, 1, hashes.fold(0, u64::wrapping_add)]
}

#[test]
fn known_answers_at_every_cut_off() {
    for peer in peers() {
        let (name, mut peer) = (name(peer), Peer::start(peer));
        peer.asks(HELLO);
        let mut right = |workload: &str, size: Value, answer: &[u64]| {
            let reply = peer.asks(&prepare(workload, &size).to_string());
            let digest = seed::digest(answer.iter().copied());
            let expected = json!({"prepared": {"digest": digest}});
            assert_eq!(reply, expected, "{name}: {workload} {size}");
        };
        for cutoff in [0_u64, 1, 2, 7, 10, 100] {
            right("fib", json!({"n": 20, "cutoff": cutoff}), &[6765]);
            for leaves in [0_u64, 1, 9, 10, 11, 99, 1000, 1025] {
                let sum = leaves * leaves.saturating_sub(1) / 2;
                let size = json!({"leaves": leaves, "cutoff": cutoff});
                right("skynet", size, &[sum]);
            }
            let solutions = [1, 1, 0, 0, 2, 10, 4, 40, 92, 352];
            for (n, solutions) in solutions.into_iter().enumerate() {
                let size = json!({"n": n, "cutoff": cutoff});
                right("nqueens", size, &[solutions]);
            }
            for len in [0, 1, 2, 3, 31, 32, 33, 1000] {
                let leaf = cutoff.max(1);
                let size = json!({
                    "len": len, "form": "merge", "cutoff": leaf, "grain": 8,
                });
                right("sort", size, &sorted(len));
            }
        }
        right("fib", json!({"n": 12}), &[144]);
        right("max", json!({"len": 0, "grain": 4}), &[]);
        for len in [1, 3, 4, 5, 8, 9, 1000] {
            let most = seed::numbers(7).take(len).map(|n| n >> 1).max();
            right("max", json!({"len": len, "grain": 4}), &[most.unwrap()]);
        }
    }
}

#[test]
fn a_size_that_cannot_be_is_refused_and_the_worker_goes_on() {
    for peer in peers() {
        let mut peer = Peer::start(peer);
        let hello = &peer.asks(HELLO)["hello"];
        assert_eq!(
            (hello["model"].as_str(), &hello["workers"]),
            (Some("a"), &json!(2))
        );
        let threads = hello["threads"].as_array().unwrap();
        assert!(threads.len() == 2 && threads[0] != threads[1], "{hello}");

        let run =
            json!({"do": "run", "runs": 2, "together": false, "check": true});
        assert_eq!(peer.error(&run), "invalid");
        let large = |len: u64| json!({"len": len, "grain": 1});
        for (workload, size, kind) in [
            ("max", json!({"len": 8, "grain": 0}), "invalid"),
            (
                "max",
                json!({"len": 8, "grain": 4, "form": "wide"}),
                "unsupported",
            ),
            ("max", large(1 << 44), "resource"),
            ("max", large(1 << 60), "resource"),
            ("max", large(u64::MAX), "resource"),
            ("fib", json!({"n": 94}), "invalid"),
            ("nqueens", json!({"n": 17, "cutoff": 3}), "invalid"),
            ("nqueens", json!({"n": 40, "cutoff": 3}), "invalid"),
            ("skynet", json!({"leaves": u64::MAX, "cutoff": 1}), "invalid"),
            ("sort", unsorted("merge", 0), "invalid"),
            ("sort", unsorted("stir", 1), "unsupported"),
            ("sudoku", json!({}), "unsupported"),
            (
                "phases",
                json!({"grain": {"secs": 0, "nanos": 1}}),
                "unsupported",
            ),
        ] {
            let asked = prepare(workload, &size);
            assert_eq!(peer.error(&asked), kind, "{asked}");
        }
        assert_eq!(peer.error(&json!({"do": "dance"})), "unsupported");
        assert_eq!(peer.error(&run), "invalid");

        let right = peer.asks(&prepare("fib", &json!({"n": 10})).to_string());
        let sample = peer.asks(&run.to_string());
        let digest = seed::digest([55]);
        assert_eq!(right["prepared"]["digest"], digest);
        assert_eq!(sample["sample"]["digest"], digest);
    }
}
