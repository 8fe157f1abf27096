//! The load on an echo server: one thread and one readiness loop, in the
//! process of the client.

use super::{Plan, Report, waits, words};
use crate::trace::monotonic;
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{
    self, CreateFlags, Event, EventData, EventFlags, add, create, modify,
};
use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec,
    timerfd_create, timerfd_settime,
};
use socket2::SockRef;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// What is told apart from the connections, which have their numbers.
const PARENT: u64 = u64::MAX;
const TIMER: u64 = u64::MAX - 1;

/// A run is saturated whose last answer comes later than this after the last
/// request was due, or than this part of the time until then.
const SLACK: u64 = 10_000_000;
const PART: u64 = 10;

/// One connection, and the requests on it that are not answered.
struct Connection {
    /// None once it has failed.
    stream: Option<TcpStream>,
    /// The numbers of the requests, and since when each counts.
    waiting: VecDeque<(usize, u64)>,
    out: Vec<u8>,
    sent: usize,
    reply: Vec<u8>,
    received: usize,
}

/// A load as it goes on.
struct Load<'a> {
    plan: &'a Plan,
    epoll: OwnedFd,
    timer: OwnedFd,
    begin: u64,
    connections: Vec<Connection>,
    /// Of a load at a rate: the next request that is due.
    next: usize,
    /// A client that resets its connection in the middle of a request.
    rude: Option<TcpStream>,
    report: Report,
}

/// Sends all requests of a plan and waits for the answers. It ends the process
/// when `parent` is closed meanwhile.
///
/// # Errors
/// Those of the system; a server that fails is none.
pub(super) fn run(plan: &Plan, parent: impl AsFd) -> io::Result<Report> {
    let epoll = create(CreateFlags::CLOEXEC)?;
    let timer =
        timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
    add(&epoll, parent, EventData::new_u64(PARENT), EventFlags::IN)?;
    add(&epoll, &timer, EventData::new_u64(TIMER), EventFlags::IN)?;
    let connect = |number| Connection::open(plan, &epoll, number);
    let connections = (0..plan.connections as u64).map(connect);
    let connections = connections.collect::<io::Result<Vec<_>>>()?;
    let rude = rude(plan).ok();
    let (begin, report) = (monotonic(), Report::default());
    let mut load =
        Load { plan, epoll, timer, begin, connections, next: 0, rude, report };
    load.go()?;
    Ok(load.report)
}

/// A client that has sent half a request.
fn rude(plan: &Plan) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(plan.address)?;
    SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
    stream.write_all(&vec![1; plan.bytes / 2])?;
    Ok(stream)
}

impl Load<'_> {
    fn go(&mut self) -> io::Result<()> {
        match self.plan.rate {
            Some(_) => self.send_what_is_due()?,
            None => {
                let first = self.connections.len().min(self.plan.requests);
                for request in 0..first {
                    self.send(request, monotonic())?;
                }
            }
        }
        let mut events = Vec::<Event>::with_capacity(256);
        while self.report.answered + self.report.failed < self.plan.requests {
            events.clear();
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Err(Errno::INTR) => continue,
                other => other?,
            };
            for event in &events {
                match event.data.u64() {
                    // Nothing more is said: who started this has ended.
                    PARENT => std::process::exit(0),
                    TIMER => self.send_what_is_due()?,
                    number => self.advance(number as usize)?,
                }
            }
            if self.report.answered * 2 >= self.plan.requests {
                self.rude = None;
            }
        }
        if let Some(rate) = self.plan.rate {
            let last = due(rate, self.plan.requests.saturating_sub(1));
            let took = monotonic().saturating_sub(self.begin);
            let most = last.saturating_add(SLACK.max(last / PART));
            self.report.saturated = took > most;
        }
        Ok(())
    }

    /// Of a load at a rate: sends what is due, and sets the timer for the next.
    fn send_what_is_due(&mut self) -> io::Result<()> {
        let Some(rate) = self.plan.rate else { return Ok(()) };
        while self.next < self.plan.requests {
            let at = self.begin + due(rate, self.next);
            if at > monotonic() {
                let at = Timespec {
                    tv_sec: (at / 1_000_000_000) as i64,
                    tv_nsec: (at % 1_000_000_000) as i64,
                };
                let once = Timespec { tv_sec: 0, tv_nsec: 0 };
                let when = Itimerspec { it_interval: once, it_value: at };
                let flags = TimerfdTimerFlags::ABSTIME;
                timerfd_settime(&self.timer, flags, &when)?;
                return Ok(());
            }
            self.send(self.next, at)?;
            self.next += 1;
        }
        // There is none any more: a timer that is not set does not ring.
        let never = Timespec { tv_sec: 0, tv_nsec: 0 };
        let when = Itimerspec { it_interval: never, it_value: never };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &when)?;
        Ok(())
    }

    /// Puts a request on its connection; its latency counts from `since`.
    fn put(&mut self, request: usize, since: u64) -> io::Result<()> {
        let number = request % self.connections.len();
        let connection = &mut self.connections[number];
        connection.waiting.push_back((request, since));
        let words = words(self.plan.seed, request).take(self.plan.bytes / 8);
        connection.out.extend(words.flat_map(u64::to_le_bytes));
        connection.flow()
    }

    /// Puts a request on its connection, or gives that up.
    fn send(&mut self, request: usize, since: u64) -> io::Result<()> {
        let flows = self.put(request, since);
        self.settle(request % self.connections.len(), flows)
    }

    /// Something happened on a connection: takes all answers that are there.
    fn advance(&mut self, number: usize) -> io::Result<()> {
        let mut flows = self.connections[number].flow();
        loop {
            let connection = &mut self.connections[number];
            flows = flows.and_then(|()| connection.fill());
            if flows.is_err() || connection.received < self.plan.bytes {
                return self.settle(number, flows);
            }
            connection.received = 0;
            flows = self.take(number);
        }
    }

    /// Takes one answer, and sends the next request of a load without a rate.
    fn take(&mut self, number: usize) -> io::Result<()> {
        let now = monotonic();
        let connection = &mut self.connections[number];
        let Some((request, since)) = connection.waiting.pop_front() else {
            return Err(io::Error::other("an answer that nobody asked for"));
        };
        let word = |bytes: &[u8]| {
            u64::from_le_bytes(bytes.try_into().expect("8 bytes"))
        };
        let reply = connection.reply.chunks_exact(8).map(word);
        let sent = words(self.plan.seed, request).take(self.plan.bytes / 8);
        if reply.clone().eq(sent) {
            let first = reply.clone().next().unwrap_or(0);
            self.report.answered += 1;
            self.report.sum = self.report.sum.wrapping_add(first);
            let took = u32::try_from(now.saturating_sub(since));
            self.report.latencies.push(took.unwrap_or(u32::MAX));
        } else {
            self.report.failed += 1;
        }
        let next = request + self.connections.len();
        if self.plan.rate.is_none() && next < self.plan.requests {
            return self.put(next, monotonic());
        }
        Ok(())
    }

    /// Asks to be told when the connection can go on, or gives it up: all that
    /// was to be sent on it has failed then.
    fn settle(
        &mut self,
        number: usize,
        flows: io::Result<()>,
    ) -> io::Result<()> {
        let count = self.connections.len();
        let connection = &mut self.connections[number];
        if let (Some(stream), Ok(())) = (&connection.stream, flows) {
            let more = connection.sent < connection.out.len();
            let out = if more { EventFlags::OUT } else { EventFlags::empty() };
            let data = EventData::new_u64(number as u64);
            modify(&self.epoll, stream, data, EventFlags::IN | out)?;
            return Ok(());
        }
        // The poller forgets it when it is closed.
        connection.stream = None;
        self.report.failed += connection.waiting.len();
        if self.plan.rate.is_none()
            && let Some((last, _)) = connection.waiting.back()
        {
            let later = last + count..self.plan.requests;
            self.report.failed += later.step_by(count).len();
        }
        connection.waiting.clear();
        Ok(())
    }
}

/// When a request is due, in nanoseconds after the begin.
fn due(rate: f64, request: usize) -> u64 {
    (request as f64 / rate * 1e9) as u64
}

impl Connection {
    /// A connection to the server; one that cannot be opened has failed.
    fn open(plan: &Plan, epoll: &OwnedFd, number: u64) -> io::Result<Self> {
        let stream = TcpStream::connect(plan.address).ok();
        if let Some(stream) = &stream {
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let data = EventData::new_u64(number);
            add(epoll, stream, data, EventFlags::IN)?;
        }
        Ok(Self {
            stream,
            waiting: VecDeque::new(),
            out: Vec::new(),
            sent: 0,
            reply: vec![0; plan.bytes],
            received: 0,
        })
    }

    /// Sends as much as goes.
    fn flow(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while self.sent < self.out.len() {
            match stream.write(&self.out[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) => return waits(error),
            }
        }
        self.out.clear();
        self.sent = 0;
        Ok(())
    }

    /// Receives as much of one answer as has come.
    fn fill(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while self.received < self.reply.len() {
            match stream.read(&mut self.reply[self.received..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.received += count,
                Err(error) => return waits(error),
            }
        }
        Ok(())
    }
}
