//! `fetch`: arrays from a server, many requests at once.

use crate::parts::{self, Part};
use crate::request::{MOST_NUMBERS, Request};
use crate::server::{Server, Traffic};
use crate::trace::State;
use crate::{
    Error, Job, Limit, Point, Size, Workload, kernel, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// Requests over TCP to a server that answers each with an array after a
/// delay: the largest number of each array. At most as many connections are
/// opened as requests may be in flight, and each is used for one request after
/// the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// How many requests.
    pub requests: usize,
    /// How long the server waits before it answers.
    pub delay: Duration,
    /// How many numbers an array has.
    pub count: usize,
    /// How many requests may be in flight at the same time.
    pub in_flight: usize,
    /// A server that is there already, in another process say; otherwise the
    /// input starts one of its own.
    pub server: Option<SocketAddr>,
}

/// Requests, and the server they go to, unless that runs elsewhere.
pub struct Requests {
    server: Option<Server>,
    requests: Vec<Request>,
    in_flight: usize,
}

impl Workload for Fetch {
    const NAME: &'static str = "fetch";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str = "waiting for many answers at once";
    const OMITS: &'static str =
        "the network: it is the loopback interface, on connections kept open";
    const UNIT: &'static str = "request";
    const POINT: Point = Point::Work;

    type Input = Requests;
    type Output = Vec<u64>;

    fn sizes(size: Size) -> Vec<Self> {
        let (requests, delay, in_flight) = match size {
            Size::Quick => (64, 5, 16),
            Size::Full => (256, 20, 64),
        };
        let delay = Duration::from_millis(delay);
        vec![Self { requests, delay, count: 512, in_flight, server: None }]
    }

    fn with_items(&self, items: usize) -> Self {
        let delay = Duration::from_millis(1);
        Self { requests: items, delay, count: 16, in_flight: 4, ..*self }
    }

    fn items(&self) -> usize {
        self.requests
    }

    fn label(&self) -> String {
        let delay = self.delay.as_millis();
        format!("{}x{delay}ms-{}", self.requests, self.in_flight)
    }

    fn input(&self, seed: u64) -> Result<Requests, Error> {
        if self.in_flight == 0 {
            return Err(Error::Invalid("no request may be in flight".into()));
        }
        if self.count as u64 > MOST_NUMBERS {
            let what = format!("arrays of more than {MOST_NUMBERS} numbers");
            return Err(Error::Invalid(what));
        }
        preflight::memory(self.requests, 512)?;
        let at_once = self.in_flight.min(self.requests);
        preflight::memory(at_once, self.count * 16)?;
        // A connection has two ends, and both are in this process.
        preflight::descriptors(at_once.saturating_mul(2))?;
        let (server, address) = match self.server {
            Some(address) => (None, address),
            None => {
                let server = Server::start()?;
                let address = server.address();
                (Some(server), address)
            }
        };
        let request = |index| Request {
            address,
            delay: self.delay,
            seed: seed::part(seed, index as u64),
            count: self.count as u64,
        };
        let requests = (0..self.requests).map(request).collect();
        Ok(Requests { server, requests, in_flight: self.in_flight })
    }

    fn reference(input: &Requests) -> Vec<u64> {
        let largest = |request: &Request| {
            let numbers = seed::numbers(request.seed);
            numbers.take(request.count as usize).max().unwrap_or(0)
        };
        input.requests.iter().map(largest).collect()
    }

    fn digest(output: &Vec<u64>) -> u64 {
        seed::digest(output.iter().copied())
    }

    fn limit(job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        let delay = job.requests.first().map(|request| request.delay);
        let waves = job.requests.len().div_ceil(job.in_flight);
        let waves = u32::try_from(waves).unwrap_or(u32::MAX);
        let time = delay.unwrap_or_default().saturating_mul(waves);
        let what = "the delays, as many at once as allowed";
        Ok(Limit::of(what, time))
    }

    fn explained(input: &Requests, error: Error) -> Error {
        match &input.server {
            Some(server) => server.explained(error),
            None => error,
        }
    }

    fn served(input: &Requests) -> Duration {
        input.server.as_ref().map_or(Duration::ZERO, Server::cpu)
    }
}

impl Requests {
    /// Some of the requests, as a worker in another process gets them: the
    /// server stays where it is. One is in flight at a time.
    pub fn part(requests: Vec<Request>) -> Self {
        Self { server: None, requests, in_flight: 1 }
    }

    /// The numbers of the requests, in order.
    pub fn indices(&self) -> std::ops::Range<usize> {
        0..self.requests.len()
    }

    /// The requests in at most `count` parts; see [`parts::split`].
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.requests.len(), 1, count)
    }

    /// One request.
    pub fn request(&self, index: usize) -> &Request {
        &self.requests[index]
    }

    /// How many requests may be in flight at the same time, and are wanted.
    pub fn in_flight(&self) -> usize {
        self.in_flight.min(self.requests.len())
    }

    /// What the server of this input has seen so far, over all runs; `None` if
    /// it runs elsewhere.
    pub fn traffic(&self) -> Option<Traffic> {
        self.server.as_ref().map(Server::traffic)
    }
}

impl Job<Fetch> {
    /// The largest number of a reply.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn largest(&self, index: usize, reply: &[u8]) -> Result<u64, Error> {
        let _span = self.context().span(index, State::Compute);
        self.context().grain(index)?;
        Ok(kernel::decode_max(reply))
    }

    /// Results with their request's number, as one list in order.
    pub fn in_order(&self, mut results: Vec<(usize, u64)>) -> Vec<u64> {
        results.sort_unstable_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, largest)| largest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_fetched_is_refused() {
        let fetch = Fetch::sizes(Size::Quick).remove(0);
        let invalid = |fetch: Fetch| {
            matches!(
                fetch.input(7),
                Err(Error::Invalid(_) | Error::Resource(_))
            )
        };
        assert!(invalid(Fetch { in_flight: 0, ..fetch.clone() }));
        assert!(invalid(Fetch { count: usize::MAX, ..fetch.clone() }));
        assert!(invalid(Fetch { requests: usize::MAX, ..fetch.clone() }));
        let huge = Fetch { requests: 1 << 24, in_flight: 1 << 24, ..fetch };
        assert!(invalid(huge));
    }
}
