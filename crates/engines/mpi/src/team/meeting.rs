//! Where the ranks of a job come to the process that has started it.

use crate::rank::GREETING;
use crate::wire::{breaks_in_time, broken};
use lanes_core::{Error, Network};
use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

/// How long one that comes may take to say who it is.
const GREETED: Duration = Duration::from_secs(1);

/// Where they come.
pub(super) struct Meeting {
    listener: TcpListener,
    /// What they are known by.
    pub(super) word: u64,
}

impl Meeting {
    /// At an address of this machine.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn open(host: Ipv4Addr) -> Result<Self, Error> {
        let listener = TcpListener::bind((host, 0))?;
        listener.set_nonblocking(true)?;
        // Keyed by the system's random numbers.
        let word = RandomState::new().hash_one(listener.local_addr()?);
        Ok(Self { listener, word })
    }

    /// The address and the port.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn address(&self) -> Result<String, Error> {
        Ok(self.listener.local_addr()?.to_string())
    }

    /// The rank that has come and knows the word, if one has.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn next(&self) -> Result<Option<(usize, TcpStream)>, Error> {
        let (mut stream, _) = match self.listener.accept() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Ok(None);
            }
            other => other?,
        };
        stream.set_nonblocking(false)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(GREETED))?;
        let mut greeting = [0; GREETING];
        // A stranger is let go.
        let Ok(()) = stream.read_exact(&mut greeting) else { return Ok(None) };
        stream.set_read_timeout(None)?;
        breaks_in_time(&stream)?;
        let (word, rank) = greeting.split_at(8);
        let rank = rank.try_into().map(u32::from_le_bytes).map_err(broken)?;
        let is_known = word == self.word.to_le_bytes();
        Ok(is_known.then_some((rank as usize, stream)))
    }
}

/// The smallest network that has the addresses of all nodes, and of the process
/// that starts them.
pub(super) fn subnet(network: &Network) -> String {
    let host = network.host.to_bits();
    let places = network.nodes.iter();
    let differs =
        places.fold(0, |all, place| all | (host ^ place.address.to_bits()));
    // One address alone is no network.
    let length = differs.leading_zeros().min(30);
    let first = host & !u32::MAX.checked_shr(length).unwrap_or_default();
    format!("{}/{length}", Ipv4Addr::from_bits(first))
}
