//! Where the nodes are, and where their input is.

use lanes_core::workload::{Max, Sort, Sorting, Wordcount};
use lanes_core::{
    Config, Error, Input, Job, Network, Place, Started, Workload,
};
use lanes_mpi::Mpi;
use rustix::process::geteuid;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, id};

fn started(config: &Config) -> Started {
    Started::start::<Mpi>(config).unwrap()
}

/// Runs of inputs that follow each other, each of them twice: the second time
/// the ranks have it.
fn right<W: Workload>(model: &Started, sizes: &[W]) {
    for size in sizes {
        for seed in [7, 8] {
            let job = Job::new(size, seed).unwrap();
            let expected = W::reference(&job);
            for _ in 0..2 {
                let answer = model.run(&job).unwrap();
                let cell = format!("{} {}", W::NAME, size.label());
                assert_eq!(answer, expected, "{cell}, seed {seed}");
            }
        }
    }
}

fn all_right(model: &Started) {
    let lengths = [0, 1, 100, 3000];
    right(model, &lengths.map(|len| Max::plain(len, 16)));
    let form = Sorting::Merge;
    right(model, &lengths.map(|len| Sort { len, form, cutoff: 8, grain: 64 }));
    right(model, &lengths.map(|bytes| Wordcount { bytes, grain: 50 }));
}

#[test]
fn every_input_is_right_wherever_it_is() {
    for nodes in [1, 2, 3] {
        for input in [Input::Shipped, Input::Local] {
            let config = Config::new(nodes).unwrap().with_input(input);
            all_right(&started(&config));
        }
    }
}

#[test]
fn an_input_that_came_otherwise_is_refused() {
    let model = started(&Config::new(1).unwrap());
    let max = Max::plain(100, 10);
    let input = max.input(7).unwrap();
    let job = Job::<Max>::with(input, &lanes_core::Context::new());
    let refused = model.run(&job);
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
}

#[test]
fn a_place_that_is_not_there_is_refused_in_words() {
    let refused = |network| {
        let config = Config::new(2).unwrap().within(network).unwrap();
        match Started::start::<Mpi>(&config) {
            Err(Error::Unsupported(why)) => why,
            other => panic!("{:?}", other.map(|model| model.workers())),
        }
    };
    let mut network = Network::loopback(2);
    network.nodes[1].namespace = Some("/nowhere/netns/a".into());
    let why = refused(network);
    assert!(why.contains("/nowhere/netns/a"), "{why}");
    // Of a block for documentation (RFC 5737), which no machine has.
    let mut network = Network::loopback(2);
    network.nodes[0].address = Ipv4Addr::new(203, 0, 113, 7);
    let why = refused(network);
    assert!(why.contains("203.0.113.7"), "{why}");
    // An address that is not in the namespace: what a rank finds itself.
    if geteuid().is_root() {
        let mut network = Network::loopback(2);
        network.nodes[1].address = Ipv4Addr::new(203, 0, 113, 7);
        network.nodes[1].namespace = Some("/proc/self/ns/net".into());
        let why = refused(network);
        assert!(why.contains("203.0.113.7"), "{why}");
    }
}

/// Two network namespaces on a bridge; dropped, they are gone.
struct Apart(String);

impl Apart {
    fn new() -> Option<(Self, Network)> {
        if !geteuid().is_root() {
            eprintln!("only root may make network namespaces");
            return None;
        }
        let own = id();
        let apart = Self(format!("mpi{own}"));
        let bridge = format!("mb{own}");
        let third = own % 256;
        let mut lines = vec![
            format!("link add {bridge} type bridge"),
            format!("addr add 198.19.{third}.1/24 dev {bridge}"),
            format!("link set {bridge} up"),
        ];
        let mut nodes = Vec::new();
        for node in 0..2 {
            let (name, link) = (apart.name(node), format!("mv{own}n{node}"));
            let address = Ipv4Addr::new(198, 19, third as u8, 2 + node);
            lines.extend([
                format!("netns add {name}"),
                format!(
                    "link add {link} type veth peer name eth0 netns {name}"
                ),
                format!("link set {link} master {bridge} up"),
                format!("-n {name} addr add {address}/24 dev eth0"),
                format!("-n {name} link set eth0 up"),
                format!("-n {name} link set lo up"),
            ]);
            let namespace = Some(Path::new("/run/netns").join(name));
            nodes.push(Place { address, namespace });
        }
        for line in lines {
            let made = Command::new("ip").args(line.split(' ')).status();
            if !made.is_ok_and(|status| status.success()) {
                eprintln!("there are no namespaces here: ip {line}");
                return None;
            }
        }
        let host = Ipv4Addr::new(198, 19, third as u8, 1);
        Some((apart, Network { host, nodes }))
    }

    fn name(&self, node: u8) -> String {
        format!("{}n{node}", self.0)
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        let bridge = self.0.replace("mpi", "mb");
        for name in [self.name(0), self.name(1)] {
            let _ = Command::new("ip").args(["netns", "del", &name]).status();
        }
        let _ = Command::new("ip").args(["link", "del", &bridge]).status();
    }
}

#[test]
fn nodes_in_namespaces_of_their_own_reach_each_other() {
    let Some((_apart, network)) = Apart::new() else { return };
    let config = Config::new(2).unwrap().within(network).unwrap();
    all_right(&started(&config));
}
