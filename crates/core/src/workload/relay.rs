//! What is handed on where a token goes from task to task, and what is seen of
//! it.

use crate::Error;
use crate::latencies::Latencies;
use crate::trace::monotonic;
use serde::{Deserialize, Serialize};

/// What is handed over.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Token {
    hop: usize,
    /// When, by the monotonic clock, which all processes share.
    sent: u64,
}

/// What all tasks saw of the token.
#[derive(Debug, Serialize, Deserialize)]
pub struct Relay {
    /// How many hops arrived.
    pub hops: usize,
    /// The sum of their numbers.
    pub sum: u64,
    /// How long each took.
    pub latencies: Latencies,
}

/// Latencies are measured, not answered: they are not compared.
impl PartialEq for Relay {
    fn eq(&self, other: &Self) -> bool {
        (self.hops, self.sum) == (other.hops, other.sum)
    }
}

impl Token {
    /// The token, as it leaves.
    pub(super) fn sent(hop: usize) -> Self {
        Self { hop, sent: monotonic() }
    }

    /// How often it changed hands before.
    pub(super) fn hop(self) -> usize {
        self.hop
    }
}

/// The hops that arrived at one task.
#[derive(Default)]
pub(super) struct Arrivals {
    hops: usize,
    sum: u64,
    latencies: Vec<u32>,
}

impl Arrivals {
    /// How many there were so far.
    pub(super) fn hops(&self) -> usize {
        self.hops
    }

    /// With room for so many.
    ///
    /// # Errors
    /// [`Error::Resource`] without memory for their latencies.
    pub(super) fn room(hops: usize) -> Result<Self, Error> {
        let mut latencies = Vec::new();
        latencies.try_reserve_exact(hops).map_err(|_| Error::memory())?;
        Ok(Self { latencies, ..Self::default() })
    }

    /// Takes a token that has arrived.
    ///
    /// # Errors
    /// [`Error::Protocol`] if it is not the one of this hop.
    pub(super) fn take(
        &mut self,
        hop: usize,
        token: Token,
    ) -> Result<(), Error> {
        let latency = monotonic().saturating_sub(token.sent);
        if token.hop != hop {
            let what = format!("hop {} arrived at hop {hop}", token.hop);
            return Err(Error::Protocol(what));
        }
        self.latencies.push(u32::try_from(latency).unwrap_or(u32::MAX));
        self.hops += 1;
        self.sum += hop as u64;
        Ok(())
    }
}

impl Relay {
    /// The right answer for so many hops; without latencies.
    pub(super) fn of(hops: usize) -> Self {
        let sum = (0..hops as u64).sum();
        Self { hops, sum, latencies: Latencies::default() }
    }

    /// What several tasks saw, as one answer.
    pub(super) fn all<'a>(
        tasks: impl Iterator<Item = &'a Arrivals> + Clone,
    ) -> Self {
        let hops = tasks.clone().map(|task| task.hops).sum();
        let sum = tasks.clone().map(|task| task.sum).sum();
        let latencies = tasks.flat_map(|task| &task.latencies);
        Self { hops, sum, latencies: latencies.copied().collect() }
    }

    /// What tasks saw that could not meet, as one answer.
    pub fn merged(relays: impl IntoIterator<Item = Self>) -> Self {
        let mut merged = Self::of(0);
        for relay in relays {
            merged.hops += relay.hops;
            merged.sum += relay.sum;
            merged.latencies.extend(relay.latencies);
        }
        merged
    }
}
