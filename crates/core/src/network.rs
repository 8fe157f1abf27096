//! Where nodes are, and which of them have the input.
//!
//! A node is a process that others know over a network. On one machine each
//! has an address of its own, from 127.0.0.2 on, or a network namespace of its
//! own, which has the only way to it.

use crate::Error;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::AsFd;
use std::path::PathBuf;

/// Which nodes have the input of a run when its time begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    /// One process has it, and sends each part to where it is worked on.
    Shipped,
    /// Each node has made its part, or read it: only which part it is crosses.
    Local,
}

impl Input {
    /// `shipped` or `local`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Local => "local",
        }
    }
}

/// Where nodes are to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The address at which nodes find the process that starts them.
    pub host: Ipv4Addr,
    /// The place of each node.
    pub nodes: Vec<Place>,
}

/// Where a node is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its address.
    pub address: Ipv4Addr,
    /// The network namespace that has this address, as a file; none where it
    /// is one of this machine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<PathBuf>,
}

impl Network {
    /// So many nodes at addresses of this machine: 127.0.0.2 and on, behind
    /// that of the process that starts them.
    pub fn loopback(nodes: usize) -> Self {
        let host = Ipv4Addr::LOCALHOST;
        let place = |address| Place { address, namespace: None };
        let addresses = (host.to_bits() + 1..).map(Ipv4Addr::from_bits);
        Self { host, nodes: addresses.take(nodes).map(place).collect() }
    }

    /// Whether the places are there, before anything is started at them.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for the first that is not, with its number.
    pub fn look(&self) -> Result<(), Error> {
        let none = |who: String, what: String, error: io::Error| {
            Err(Error::Unsupported(format!("{who}: {what}: {error}")))
        };
        let hosts = [("the host".to_owned(), self.host)].into_iter();
        let here = self.nodes.iter().enumerate();
        let own = here.filter(|(_, place)| place.namespace.is_none());
        let own = own.map(|(n, place)| (format!("node {n}"), place.address));
        for (who, address) in hosts.chain(own) {
            if let Err(error) = TcpListener::bind((address, 0)) {
                return none(who, format!("address {address}"), error);
            }
        }
        for (number, place) in self.nodes.iter().enumerate() {
            let Some(namespace) = &place.namespace else { continue };
            if let Err(error) = File::open(namespace) {
                let what = format!("namespace {}", namespace.display());
                return none(format!("node {number}"), what, error);
            }
        }
        Ok(())
    }
}

impl Place {
    /// Moves the calling thread there, and the threads that it starts from now
    /// on: in the namespace, sockets have its addresses and no others.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the namespace is not there, or the system does
    /// not let this process in.
    pub fn enter(&self) -> Result<(), Error> {
        let Some(namespace) = &self.namespace else { return Ok(()) };
        let refused = |error: io::Error| {
            let namespace = namespace.display();
            Error::Unsupported(format!(
                "network namespace {namespace}: {error}"
            ))
        };
        let file = File::open(namespace).map_err(refused)?;
        let kind = Some(LinkNameSpaceType::Network);
        move_into_link_name_space(file.as_fd(), kind)
            .map_err(|error| refused(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_of_one_machine_have_addresses_of_their_own() {
        let network = Network::loopback(300);
        assert_eq!(network.host, Ipv4Addr::new(127, 0, 0, 1));
        let last = network.nodes.last().unwrap();
        assert_eq!(last.address, Ipv4Addr::new(127, 0, 1, 45));
        assert_eq!(last.enter(), Ok(()));
    }

    #[test]
    fn an_address_of_another_machine_is_no_place() {
        assert_eq!(Network::loopback(3).look(), Ok(()));
        let mut network = Network::loopback(2);
        // Of a block for documentation (RFC 5737), which no machine has.
        network.nodes[1].address = Ipv4Addr::new(203, 0, 113, 7);
        let refused = network.look().unwrap_err().to_string();
        assert!(refused.contains("node 1: address 203.0.113.7"), "{refused}");
        network.host = Ipv4Addr::new(203, 0, 113, 1);
        let refused = network.look().unwrap_err().to_string();
        assert!(refused.contains("the host"), "{refused}");
    }

    #[test]
    fn a_network_is_written_with_the_namespaces_that_there_are() {
        let mut network = Network::loopback(1);
        let written = serde_json::to_string(&network).unwrap();
        let plain = r#"{"host":"127.0.0.1","nodes":[{"address":"127.0.0.2"}]}"#;
        assert_eq!(written, plain);
        network.nodes[0].namespace = Some("/nowhere/netns/a".into());
        let written = serde_json::to_string(&network).unwrap();
        let read: Network = serde_json::from_str(&written).unwrap();
        assert_eq!(read, network);
        let missing = read.look().unwrap_err().to_string();
        assert!(missing.contains("node 0"), "{missing}");
        let refused = read.nodes[0].enter().unwrap_err();
        assert!(refused.to_string().contains("/nowhere/netns/a"), "{refused}");
    }
}
