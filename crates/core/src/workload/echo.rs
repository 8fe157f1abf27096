//! `echo`: a TCP server that answers each message with itself.

#[cfg(test)]
mod tests;
mod visit;

pub use crate::echo::echo_client;
pub use visit::Visit;

use crate::echo::{Client, words};
use crate::{
    Error, Job, Latencies, Limit, Point, Size, Steps, Workload, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A TCP server on the loopback interface, with a task for each connection,
/// under the load of one client for all models, in a process of its own.
/// Beside the requests a client resets its connection in the middle of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    /// How many connections are open all the time.
    pub connections: usize,
    /// How many requests, on all connections together, in turns.
    pub requests: usize,
    /// How many bytes a request has: a multiple of 8.
    pub bytes: usize,
    /// How many requests come in a second, whether or not those before are
    /// answered: a latency counts from then. None for the next one on each
    /// connection as soon as the one before is answered.
    pub rate: Option<f64>,
}

/// The load, and the clients that can make it.
pub struct Load {
    size: Echo,
    seed: u64,
    clients: Mutex<Clients>,
}

/// The clients that have nothing to do: more than one only where runs of one
/// input overlap.
#[derive(Default)]
struct Clients {
    idle: Vec<Client>,
    /// The CPU time of those that are gone.
    spent: Duration,
}

/// What the client saw.
#[derive(Debug)]
pub struct Echoed {
    /// How many requests were answered with themselves.
    pub answered: usize,
    /// The sum of the first numbers of the answers.
    pub sum: u64,
    /// How long each took; none where the run was saturated.
    pub latencies: Option<Latencies>,
    /// Whether requests came faster than they were answered.
    pub saturated: bool,
}

/// Latencies are measured, not answered: they are not compared.
impl PartialEq for Echoed {
    fn eq(&self, other: &Self) -> bool {
        (self.answered, self.sum) == (other.answered, other.sum)
    }
}

/// The most bytes of a request.
const MOST_BYTES: usize = 1 << 16;
/// How many descriptors there are besides the connections.
const OTHERS: usize = 32;

impl Workload for Echo {
    const NAME: &'static str = "echo";
    const FAMILY: &'static str = "waiting";
    const STRESSES: &'static str =
        "a server's own I/O: being told what is ready, reading and writing";
    const OMITS: &'static str =
        "work on a request, and the network: it is the loopback interface";
    const UNIT: &'static str = "request";
    const POINT: Point = Point::Overhead;

    type Input = Load;
    type Output = Echoed;

    fn sizes(size: Size) -> Vec<Self> {
        let of = |connections, requests, rate| Self {
            connections,
            requests,
            bytes: 64,
            rate,
        };
        match size {
            Size::Quick => {
                vec![of(64, 5_000, None), of(64, 400, Some(2_000.0))]
            }
            Size::Full => vec![
                of(64, 50_000, None),
                of(1, 10_000, None),
                of(1_024, 50_000, None),
                of(64, 5_000, Some(5_000.0)),
            ],
        }
    }

    /// Few connections, and no rate.
    fn with_items(&self, items: usize) -> Self {
        let connections = self.connections.min(4);
        Self { connections, requests: items, bytes: self.bytes, rate: None }
    }

    fn items(&self) -> usize {
        self.requests
    }

    /// The others by name: a run at a rate takes as long as its requests.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let Self { connections, requests, .. } = self;
        match self.rate {
            Some(rate) => format!("{connections}x{requests}-{rate}/s"),
            None => format!("{connections}x{requests}"),
        }
    }

    fn input(&self, seed: u64) -> Result<Load, Error> {
        let Self { connections, requests, bytes, rate } = *self;
        let refuse = |what: String| Err(Error::Invalid(what));
        if connections == 0 {
            return refuse("a load on no connection".into());
        }
        if !(16..=MOST_BYTES).contains(&bytes) || !bytes.is_multiple_of(8) {
            return refuse(format!(
                "requests of {bytes} bytes; it is a multiple of 8, from 16 to \
                 {MOST_BYTES}"
            ));
        }
        if let Some(rate) = rate {
            let seconds = requests as f64 / rate;
            // Latencies are counted in 32 bits.
            if !(rate > 0.0 && seconds < 1e6) {
                return refuse(format!("{requests} requests, {rate} a second"));
            }
        }
        preflight::memory(requests, 2 * size_of::<u32>())?;
        preflight::memory(connections, 4 * bytes + 1024)?;
        // The other ends are in the client's process, which has the same limit.
        preflight::descriptors(connections.saturating_add(OTHERS))?;
        let mut clients = Clients::default();
        clients.idle.push(Client::start()?);
        let clients = Mutex::new(clients);
        Ok(Load { size: self.clone(), seed, clients })
    }

    fn reference(input: &Load) -> Echoed {
        let answered = input.size.requests;
        let first = |request| words(input.seed, request).next().unwrap_or(0);
        let sum = (0..answered).map(first).fold(0, u64::wrapping_add);
        Echoed { answered, sum, latencies: None, saturated: false }
    }

    fn digest(output: &Echoed) -> u64 {
        seed::digest([output.answered as u64, output.sum])
    }

    fn limit(job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        let Echo { requests, rate, .. } = job.size;
        let last = |rate| requests.saturating_sub(1) as f64 / rate;
        let last = rate.and_then(|r| Duration::try_from_secs_f64(last(r)).ok());
        let what = match rate {
            Some(_) => "until the last request comes",
            None => "none: what the client can do is not known",
        };
        Ok(last.map_or(Limit::untimed(what), |last| Limit::of(what, last)))
    }

    fn steps(output: &Echoed) -> Steps<'_> {
        match &output.latencies {
            _ if output.saturated => Steps::Saturated,
            Some(latencies) => Steps::Timed(latencies),
            None => Steps::Untimed,
        }
    }

    /// The client's: a child of this process, and no part of the model.
    fn served(input: &Load) -> Duration {
        let clients = input.clients();
        clients.spent + clients.idle.iter().map(Client::cpu).sum::<Duration>()
    }
}

impl Load {
    /// How many bytes a request has.
    pub fn bytes(&self) -> usize {
        self.size.bytes
    }

    /// How many connections come, the one that is reset included.
    pub fn connections(&self) -> usize {
        self.size.connections + 1
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
