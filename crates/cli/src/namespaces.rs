//! Network namespaces for nodes: each has an address, an interface and a table
//! of connections of its own, as a machine has.
//!
//! The nodes of a contender hang on a bridge of their own, with addresses that
//! are set apart for measuring networks (RFC 2544: 198.18.0.0/15), so that what
//! crosses there is counted, held up and cut by the system. `ip` and `tc` of
//! iproute2 do it, which root may. All of it goes with this process; what one
//! leaves that was killed, the next one removes.

use lanes_core::{Network, Place};
use rustix::process::geteuid;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio, id};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where `ip netns` keeps the files of namespaces.
const PLACE: &str = "/run/netns";
/// Where the system lists its interfaces.
const INTERFACES: &str = "/sys/class/net";
/// How many networks of 256 addresses there are.
const NETWORKS: u32 = 512;
/// The first of their addresses.
const FIRST: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// How many nodes one of them holds: besides are its own address, that of this
/// process, and the last one, which means all.
const MOST: usize = 253;
/// How many bytes may cross at once, and how long the others may wait, where
/// the bandwidth is bounded.
const BUCKET: &str = "burst 64kb latency 100ms";

/// What this process has made.
static MADE: Mutex<Made> =
    Mutex::new(Made { namespaces: 0, bridges: 0, closed: false });

struct Made {
    namespaces: usize,
    bridges: usize,
    /// Nothing is made any more: it is being removed.
    closed: bool,
}

fn made() -> MutexGuard<'static, Made> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The namespaces of this process, until this is dropped.
pub(crate) struct Namespaces {
    /// In the words of `tc`, if it is bounded.
    bandwidth: Option<String>,
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        remove();
    }
}

/// The nodes of a contender.
pub(crate) struct Apart {
    /// Their places.
    pub(crate) network: Network,
    /// Files that count what crosses between them, and to them.
    pub(crate) counters: Vec<PathBuf>,
    /// The interface of each on the bridge.
    links: Vec<String>,
}

impl Apart {
    /// Cuts a node off, or connects it again.
    ///
    /// # Errors
    /// That of `ip`.
    pub(crate) fn connect(&self, node: usize, on: bool) -> io::Result<()> {
        let link = &self.links[node % self.links.len()];
        let state = if on { "up" } else { "down" };
        asked("ip", &["link", "set", link, state], "").map(drop)
    }
}

impl Namespaces {
    /// Namespaces whose links carry no more than this, if it is given.
    ///
    /// # Errors
    /// Why there can be none here, in words.
    pub(crate) fn open(bandwidth: Option<String>) -> Result<Self, String> {
        if !geteuid().is_root() {
            return Err("only root may make network namespaces".into());
        }
        sweep();
        let opened = Self { bandwidth };
        let none = opened.apart(0);
        none.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "there is no `ip` (iproute2)".into(),
            _ => error.to_string(),
        })?;
        Ok(opened)
    }

    /// Places for so many nodes, on a bridge of their own.
    ///
    /// # Errors
    /// Those of `ip` and `tc`, and more nodes than a network has addresses.
    pub(crate) fn apart(&self, nodes: usize) -> io::Result<Apart> {
        if nodes > MOST {
            let what = format!("{nodes} nodes in a network; at most {MOST}");
            return Err(io::Error::other(what));
        }
        let mut made = made();
        if made.closed {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let first = free(made.bridges as u32)?;
        let bridge = format!("ln{}b{}", id(), made.bridges);
        let host = Ipv4Addr::from_bits(first + 1);
        let numbers = made.namespaces..made.namespaces + nodes;
        made.bridges += 1;
        made.namespaces = numbers.end;
        let mut here = format!(
            "link add {bridge} type bridge\naddr add {host}/24 dev {bridge}\n\
             link set {bridge} up\n"
        );
        let mut links = Vec::new();
        let mut places = Vec::new();
        for (number, address) in numbers.zip(first + 2..) {
            let (name, link) = (namespace(number), link(number));
            here += &format!(
                "netns add {name}\n\
                 link add {link} type veth peer name eth0 netns {name}\n\
                 link set {link} master {bridge} up\n"
            );
            links.push(link);
            let address = Ipv4Addr::from_bits(address);
            let namespace = Some(Path::new(PLACE).join(name));
            places.push(Place { address, namespace });
        }
        asked("ip", &["-batch", "-"], &here)?;
        for (place, link) in places.iter().zip(&links) {
            let path = place.namespace.as_deref().and_then(Path::file_name);
            let name = path.and_then(|name| name.to_str()).unwrap_or_default();
            let there = format!(
                "addr add {}/24 dev eth0\nlink set eth0 up\nlink set lo up\n",
                place.address
            );
            asked("ip", &["-n", name, "-batch", "-"], &there)?;
            if let Some(rate) = &self.bandwidth {
                let of = |end| {
                    format!("qdisc add dev {end} root tbf rate {rate} {BUCKET}")
                };
                asked("tc", &["-n", name, "-batch", "-"], &of("eth0"))?;
                asked("tc", &["-batch", "-"], &of(link))?;
            }
        }
        let count = |of: &str, what: &str| {
            Path::new(INTERFACES).join(of).join("statistics").join(what)
        };
        // What nodes send, and what this machine sends to them.
        let sent = links.iter().map(|link| count(link, "rx_bytes"));
        let counters = sent.chain([count(&bridge, "tx_bytes")]).collect();
        let network = Network { host, nodes: places };
        Ok(Apart { network, counters, links })
    }
}

/// The name of a namespace of this process.
fn namespace(number: usize) -> String {
    format!("lanes-{}-{number}", id())
}

/// The interface on the bridge that leads there: 15 letters at most.
fn link(number: usize) -> String {
    format!("ln{}v{number}", id())
}

/// The first address of a network that is not in use here. Each process begins
/// somewhere else.
fn free(after: u32) -> io::Result<u32> {
    let all = asked("ip", &["-o", "-4", "addr"], "")?;
    let all = String::from_utf8_lossy(&all.stdout).into_owned();
    let taken: BTreeSet<u32> = all
        .split_whitespace()
        .filter_map(|word| word.split('/').next()?.parse::<Ipv4Addr>().ok())
        .map(|address| address.to_bits() >> 8)
        .collect();
    let begin = id().wrapping_mul(37).wrapping_add(after);
    let networks = (0..NETWORKS).map(|step| (begin + step) % NETWORKS);
    let firsts = networks.map(|network| FIRST.to_bits() + (network << 8));
    let mut free = firsts.filter(|first| !taken.contains(&(first >> 8)));
    free.next().ok_or_else(|| io::Error::other("no network is free"))
}

/// Removes what this process has made, and makes no more: it is being ended.
pub(crate) fn close() {
    made().closed = true;
    remove();
}

/// Removes what this process has made.
fn remove() {
    let mut made = made();
    let (namespaces, bridges) = (made.namespaces, made.bridges);
    (made.namespaces, made.bridges) = (0, 0);
    let links = (0..namespaces).map(|n| format!("link del {}\n", link(n)));
    let all = (0..namespaces).map(|n| format!("netns del {}\n", namespace(n)));
    let own = id();
    let bridges = (0..bridges).map(|n| format!("link del ln{own}b{n}\n"));
    let lines: String = links.chain(all).chain(bridges).collect();
    if !lines.is_empty() {
        // Some may not be there: what failed half-way.
        let _ = asked("ip", &["-force", "-batch", "-"], &lines);
    }
}

/// Removes what processes have left that are no more.
fn sweep() {
    let names = |place: &str| {
        let all = fs::read_dir(place).into_iter().flatten().flatten();
        let names =
            all.filter_map(|entry| entry.file_name().into_string().ok());
        names.collect::<Vec<_>>()
    };
    let is_left = |number: &str| {
        let number = number.parse::<u32>();
        number.is_ok_and(|id| !Path::new(&format!("/proc/{id}")).exists())
    };
    let mut lines = String::new();
    for name in names(INTERFACES) {
        let own = name.strip_prefix("ln");
        let own = own.and_then(|rest| rest.split_once(['b', 'v']));
        if own.is_some_and(|(id, _)| is_left(id)) {
            lines += &format!("link del {name}\n");
        }
    }
    for name in names(PLACE) {
        let own = name.strip_prefix("lanes-");
        let own = own.and_then(|rest| rest.split_once('-'));
        if own.is_some_and(|(id, _)| is_left(id)) {
            lines += &format!("netns del {name}\n");
        }
    }
    if !lines.is_empty() {
        let _ = asked("ip", &["-force", "-batch", "-"], &lines);
    }
}

/// What a program of iproute2 answers.
fn asked(program: &str, words: &[&str], lines: &str) -> io::Result<Output> {
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let written =
        child.stdin.take().map(|mut to| to.write_all(lines.as_bytes()));
    let output = child.wait_with_output()?;
    if output.status.success() {
        written.transpose()?;
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("failed");
    Err(io::Error::other(format!("{program}: {said}")))
}
