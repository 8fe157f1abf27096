//! A TCP server on the loopback interface that answers after a delay.
//!
//! One thread and one readiness loop, of no runtime that is compared: it takes
//! a thousand clients at once, costs the models nothing but its CPU time, and
//! counts that and what the clients do.

use crate::request::{MOST_NUMBERS, REQUEST_BYTES, Request};
use crate::{Error, preflight, seed};
use polling::{Event, Events, Poller};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use rustix::time::{ClockId, clock_gettime};
use socket2::{Domain, Socket, Type};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering,
};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often the loop looks whether it is to stop, should it not be woken.
const LOOK: Duration = Duration::from_secs(1);

/// How many clients may wait to be accepted. The standard library and every
/// runtime listen with 128, and then clients of a storm fail or wait seconds.
const BACKLOG: i32 = 4096;

/// How long the server waits before it tries again where the system refuses.
const BACK_OFF: Duration = Duration::from_millis(5);

/// How often in a row the system may refuse before the server closes, until it
/// can open again: clients that it can neither serve nor refuse would wait for
/// ever.
const MOST_REFUSALS: u32 = 20;

/// A server on 127.0.0.1 and a port that the system chose; dropping it stops
/// it and closes every connection.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    poller: Poller,
    stop: AtomicBool,
    cpu_nanos: AtomicU64,
    connections: AtomicUsize,
    at_once: AtomicUsize,
    /// The error number for which a client was refused last; zero for none.
    refused: AtomicI32,
    /// The error number for which the server has closed; zero while it listens.
    closed: AtomicI32,
}

/// What the clients of a server have done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// How many connections they have opened.
    pub connections: usize,
    /// The most requests that were in flight at the same time: received, and
    /// not answered completely.
    pub at_once: usize,
}

impl Server {
    /// Starts a server with a thread of its own.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system refuses a thread or a descriptor.
    pub fn start() -> Result<Self, Error> {
        preflight::descriptors(64)?;
        preflight::stacks(1, preflight::STACK)?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = listen(any)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            poller: Poller::new()?,
            stop: AtomicBool::new(false),
            cpu_nanos: AtomicU64::new(0),
            connections: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
            refused: AtomicI32::new(0),
            closed: AtomicI32::new(0),
        });
        let mut readiness = Loop {
            shared: Arc::clone(&shared),
            address,
            listener: Some(listener),
            reserve: reserve(),
            refusals: 0,
            connections: HashMap::new(),
            last_key: LISTENER,
            in_flight: 0,
            due: BinaryHeap::new(),
        };
        readiness.watch_listener()?;
        let thread = thread::Builder::new().name("lanes-server".into());
        let thread = thread.spawn(move || readiness.serve())?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its clients have done so far. What a client did before it got an
    /// answer is counted before that answer leaves.
    pub fn traffic(&self) -> Traffic {
        let Shared { connections, at_once, .. } = &*self.shared;
        Traffic {
            connections: connections.load(Ordering::Acquire),
            at_once: at_once.load(Ordering::Acquire),
        }
    }

    /// The error of a run whose requests came here: that of the system, if it
    /// left no descriptor for this end of a connection.
    pub fn explained(&self, error: Error) -> Error {
        let refused = self.shared.refused.swap(0, Ordering::AcqRel);
        let closed = self.shared.closed.load(Ordering::Acquire);
        let number = if refused != 0 { refused } else { closed };
        match error {
            Error::Protocol(_) | Error::Task(_) if number != 0 => {
                io::Error::from_raw_os_error(number).into()
            }
            other => other,
        }
    }

    /// The CPU time its thread has spent so far.
    pub fn cpu(&self) -> Duration {
        let nanos = self.shared.cpu_nanos.load(Ordering::Relaxed);
        Duration::from_nanos(nanos)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        // One that cannot be woken looks by itself.
        let _ = self.shared.poller.notify();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

const LISTENER: usize = 0;

struct Loop {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// None while the server has closed.
    listener: Option<TcpListener>,
    /// A descriptor to let go of, so that a client can be accepted and closed
    /// where there is no other.
    reserve: Option<File>,
    /// How often in a row the system has refused.
    refusals: u32,
    connections: HashMap<usize, Client>,
    last_key: usize,
    /// How many requests are received and not answered completely.
    in_flight: usize,
    /// When which connection is to be answered.
    due: BinaryHeap<Reverse<(Instant, usize)>>,
}

struct Client {
    stream: TcpStream,
    /// Whether the poller knows it: most connections are done without.
    watched: bool,
    request: [u8; REQUEST_BYTES],
    received: usize,
    reply: Vec<u8>,
    sent: usize,
}

/// What is to happen to a connection next.
enum Next {
    Readable,
    Writable,
    AnswerAt(Instant),
    Close,
}

impl Loop {
    fn serve(&mut self) {
        let mut events = Events::new();
        while !self.shared.stop.load(Ordering::Acquire) {
            let next = self.due.peek().map(|Reverse((at, _))| *at);
            let until = |at| at - Instant::now().min(at);
            let mut timeout = next.map_or(LOOK, until).min(LOOK);
            if self.listener.is_none() && !self.reopen() {
                timeout = timeout.min(BACK_OFF);
            }
            events.clear();
            // An interrupted wait has no events, and the loop goes round.
            let _ = self.shared.poller.wait(&mut events, Some(timeout));
            for event in events.iter() {
                if event.key == LISTENER {
                    self.accept();
                } else {
                    self.advance(event.key);
                }
            }
            self.answer_what_is_due();
            let cpu = clock_gettime(ClockId::ThreadCPUTime);
            let nanos = cpu.tv_sec as u64 * 1_000_000_000 + cpu.tv_nsec as u64;
            self.shared.cpu_nanos.store(nanos, Ordering::Relaxed);
        }
    }

    #[expect(unsafe_code, reason = "the poller keeps no socket alive")]
    fn watch_listener(&self) -> io::Result<()> {
        let Some(listener) = &self.listener else { return Ok(()) };
        let interest = Event::readable(LISTENER);
        // SAFETY: `close_listener` deletes it from the poller before it is
        // dropped, in the drop of the loop if not before: also if the loop
        // never ran or panicked.
        unsafe { self.shared.poller.add(listener, interest) }
    }

    fn close_listener(&mut self) {
        if let Some(listener) = self.listener.take() {
            let _ = self.shared.poller.delete(&listener);
        }
    }

    /// Listens again where it did, if the system lets it; whether it did.
    fn reopen(&mut self) -> bool {
        self.reserve = self.reserve.take().or_else(reserve);
        let Some(_) = &self.reserve else { return false };
        self.listener = listen(self.address).ok();
        if self.watch_listener().is_err() {
            self.listener = None;
        }
        if self.listener.is_some() {
            self.refusals = 0;
            self.shared.closed.store(0, Ordering::Release);
        }
        self.listener.is_some()
    }

    fn accept(&mut self) {
        while let Some(listener) = &self.listener {
            match listener.accept() {
                Ok((stream, _)) => {
                    self.refusals = 0;
                    self.adopt(stream);
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => break,
                    io::ErrorKind::Interrupted
                    | io::ErrorKind::ConnectionAborted => {}
                    _ if self.refuse(&error) => {}
                    _ => break,
                },
            }
        }
        if let Some(listener) = &self.listener {
            let interest = Event::readable(LISTENER);
            let _ = self.shared.poller.modify(listener, interest);
        }
    }

    /// Closes the connection of a client that there is no descriptor for: left
    /// in the queue it would wait for an answer for ever. Whether there may be
    /// another one.
    fn refuse(&mut self, error: &io::Error) -> bool {
        let number = error.raw_os_error().unwrap_or(0);
        let listener = self.listener.as_ref();
        self.reserve = None;
        // A client that is taken is closed here, which makes room again.
        let again = listener.map(TcpListener::accept);
        let taken = matches!(again, Some(Ok(_)));
        let idle = matches!(
            &again,
            Some(Err(error)) if error.kind() == io::ErrorKind::WouldBlock
        );
        if taken || idle {
            self.refusals = 0;
        } else {
            self.refusals += 1;
        }
        if !idle {
            // Before the client sees that it was refused.
            self.shared.refused.store(number, Ordering::Release);
        }
        drop(again);
        self.reserve = reserve();
        if self.refusals >= MOST_REFUSALS {
            self.shared.closed.store(number, Ordering::Release);
            self.close_listener();
        } else if !taken && !idle {
            thread::sleep(BACK_OFF);
        }
        taken
    }

    fn adopt(&mut self, stream: TcpStream) {
        self.last_key += 1;
        let connection = Client {
            stream,
            watched: false,
            request: [0; REQUEST_BYTES],
            received: 0,
            reply: Vec::new(),
            sent: 0,
        };
        self.connections.insert(self.last_key, connection);
        // The keys count the connections, from the first on.
        self.shared.connections.store(self.last_key, Ordering::Release);
        // The request is often there already, and then no wait is needed.
        self.advance(self.last_key);
    }

    fn advance(&mut self, key: usize) {
        let Some(connection) = self.connections.get_mut(&key) else {
            return;
        };
        let before = usize::from(connection.has_request());
        let next = connection.advance().unwrap_or(Next::Close);
        let now = usize::from(connection.has_request());
        self.in_flight = self.in_flight - before + now;
        self.shared.at_once.fetch_max(self.in_flight, Ordering::Release);
        let waits = match next {
            Next::Readable => self.watch(key, Event::readable(key)),
            Next::Writable => self.watch(key, Event::writable(key)),
            Next::AnswerAt(at) => {
                self.due.push(Reverse((at, key)));
                Ok(())
            }
            Next::Close => Err(io::ErrorKind::NotConnected.into()),
        };
        if waits.is_err() {
            self.close(key);
        }
    }

    #[expect(unsafe_code, reason = "the poller keeps no socket alive")]
    fn watch(&mut self, key: usize, interest: Event) -> io::Result<()> {
        let poller = &self.shared.poller;
        let Some(connection) = self.connections.get_mut(&key) else {
            return Ok(());
        };
        if connection.watched {
            return poller.modify(&connection.stream, interest);
        }
        connection.watched = true;
        // SAFETY: a watched connection is deleted from the poller before it
        // leaves the map, in `close` and in the drop of the loop.
        unsafe { poller.add(&connection.stream, interest) }
    }

    fn close(&mut self, key: usize) {
        if let Some(connection) = self.connections.remove(&key) {
            self.in_flight -= usize::from(connection.has_request());
            self.forget(&connection);
        }
    }

    fn forget(&self, connection: &Client) {
        if connection.watched {
            // One that cannot be deleted was never added.
            let _ = self.shared.poller.delete(&connection.stream);
        }
    }

    fn answer_what_is_due(&mut self) {
        while let Some(Reverse((at, key))) = self.due.peek().copied() {
            if at > Instant::now() {
                break;
            }
            self.due.pop();
            self.advance(key);
        }
    }
}

/// A socket that listens, with room for a storm of clients.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    // Where it listened before, the last connections may not be forgotten.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// A descriptor that nothing is done with.
fn reserve() -> Option<File> {
    File::open("/dev/null").ok()
}

/// The poller forgets every socket before it is closed.
impl Drop for Loop {
    fn drop(&mut self) {
        for connection in self.connections.values() {
            self.forget(connection);
        }
        self.close_listener();
    }
}

impl Client {
    /// Whether a request is received and not answered completely.
    fn has_request(&self) -> bool {
        self.received == REQUEST_BYTES
    }

    /// Reads and writes as much as is possible now. The calls ask not to wait,
    /// which saves a call to make each socket so.
    fn advance(&mut self) -> io::Result<Next> {
        while self.received < REQUEST_BYTES {
            let rest = &mut self.request[self.received..];
            match recv(&self.stream, rest, RecvFlags::DONTWAIT) {
                Ok((0, _)) => return Ok(Next::Close),
                Ok((count, _)) => self.received += count,
                Err(error) => return waits(error.into(), Next::Readable),
            }
            if self.has_request() {
                return Ok(self.prepare());
            }
        }
        while self.sent < self.reply.len() {
            let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
            match send(&self.stream, &self.reply[self.sent..], flags) {
                Ok(0) => return Ok(Next::Close),
                Ok(count) => self.sent += count,
                Err(error) => return waits(error.into(), Next::Writable),
            }
        }
        // The next request, on the same connection.
        (self.received, self.sent) = (0, 0);
        self.reply.clear();
        Ok(Next::Readable)
    }

    /// Makes the reply before it is due, so that nothing is left for then.
    fn prepare(&mut self) -> Next {
        let (delay, seed, count) = Request::parse(&self.request);
        let Some(at) = Instant::now().checked_add(delay) else {
            return Next::Close;
        };
        if count > MOST_NUMBERS {
            return Next::Close;
        }
        self.reply.resize(count as usize * 8, 0);
        let places = self.reply.chunks_exact_mut(8);
        for (place, number) in places.zip(seed::numbers(seed)) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        Next::AnswerAt(at)
    }
}

fn waits(error: io::Error, next: Next) -> io::Result<Next> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(next),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Server, Traffic};
    use crate::request::{Connection, MOST_NUMBERS, Request};
    use crate::{Context, Error, preflight, seed};
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::{Duration, Instant};

    #[test]
    fn a_thousand_clients_at_once_and_none_fails() {
        const CLIENTS: usize = 1000;
        preflight::descriptors(2 * CLIENTS).unwrap();
        let server = Server::start().unwrap();
        let connect = |_| TcpStream::connect(server.address()).unwrap();
        let mut clients: Vec<_> = (0..CLIENTS).map(connect).collect();
        for (seed, client) in clients.iter_mut().enumerate() {
            let (address, seed) = (server.address(), seed as u64);
            let delay = Duration::from_millis(1);
            let request = Request { address, delay, seed, count: 2 };
            client.write_all(&request.bytes()).unwrap();
        }
        for (seed, client) in clients.iter_mut().enumerate() {
            let mut reply = [0; 16];
            client.read_exact(&mut reply).unwrap();
            let numbers = seed::numbers(seed as u64).take(2);
            let bytes: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
            assert_eq!(reply[..], bytes);
        }
        assert!(server.cpu() > Duration::ZERO);
    }

    #[test]
    fn an_answer_is_never_early() {
        let server = Server::start().unwrap();
        let (address, delay) = (server.address(), Duration::from_millis(20));
        let request = Request { address, delay, seed: 7, count: 1 };
        let begin = Instant::now();
        Connection::default().exchange(&request, &Context::new(), 0).unwrap();
        assert!(begin.elapsed() >= delay);
    }

    #[test]
    fn a_request_for_too_much_is_closed_without_an_answer() {
        let server = Server::start().unwrap();
        let (address, count) = (server.address(), MOST_NUMBERS + 1);
        let request =
            Request { address, delay: Duration::ZERO, seed: 7, count };
        let result =
            Connection::default().exchange(&request, &Context::new(), 0);
        assert!(matches!(result, Err(Error::Protocol(_))), "{result:?}");
    }

    #[test]
    fn garbage_half_requests_and_silence_do_not_stop_the_others() {
        let server = Server::start().unwrap();
        let silent = TcpStream::connect(server.address()).unwrap();
        let mut half = TcpStream::connect(server.address()).unwrap();
        half.write_all(&[1; 7]).unwrap();
        let mut garbage = TcpStream::connect(server.address()).unwrap();
        garbage.write_all(&[255; 1000]).unwrap();
        let (address, delay) = (server.address(), Duration::ZERO);
        let request = Request { address, delay, seed: 7, count: 1 };
        Connection::default().exchange(&request, &Context::new(), 0).unwrap();
        drop((silent, half, garbage));
        Connection::default().exchange(&request, &Context::new(), 0).unwrap();
    }

    #[test]
    fn connections_and_requests_at_once_are_counted() {
        let server = Server::start().unwrap();
        let address = server.address();
        let request =
            Request { address, delay: Duration::ZERO, seed: 7, count: 1 };
        let mut kept = Connection::default();
        for _ in 0..3 {
            kept.exchange(&request, &Context::new(), 0).unwrap();
        }
        assert_eq!(server.traffic(), Traffic { connections: 1, at_once: 1 });
        // Never answered, so that all of them are in flight together.
        let never = Request { delay: Duration::from_secs(3600), ..request };
        let connect = |_| TcpStream::connect(address).unwrap();
        let mut clients: Vec<_> = (0..4).map(connect).collect();
        for client in &mut clients {
            client.write_all(&never.bytes()).unwrap();
        }
        while server.traffic().at_once < 4 {
            std::thread::yield_now();
        }
        kept.exchange(&request, &Context::new(), 0).unwrap();
        assert_eq!(server.traffic(), Traffic { connections: 5, at_once: 5 });
    }

    #[test]
    fn a_dropped_server_refuses() {
        let server = Server::start().unwrap();
        let address = server.address();
        drop(server);
        assert!(TcpStream::connect(address).is_err());
    }
}
