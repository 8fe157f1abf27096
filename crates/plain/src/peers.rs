//! The other end of a connection: servers with bad manners, and a storm of
//! clients. None is of a library that is tried.

use crate::limits;
use crate::measure::millis;
use crate::observed::{Observed, Outcome, Tasks};
use socket2::{Domain, SockRef, Socket, Type};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Any port of this machine, reachable from nowhere else.
pub(crate) const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);
/// What a client sends.
pub(crate) const REQUEST: &[u8] = b"please\n";
/// How many bytes it expects.
pub(crate) const REPLY: usize = 64;

/// Answers at once.
pub(crate) fn polite() -> SocketAddr {
    server(|mut stream| {
        let _ = stream.write_all(&[b'r'; REPLY]);
    })
}

/// Reads the request and says nothing.
pub(crate) fn silent() -> SocketAddr {
    server(|stream| {
        thread::sleep(Duration::from_secs(60));
        drop(stream);
    })
}

/// Reads the request and resets the connection.
pub(crate) fn resetting() -> SocketAddr {
    server(|stream| {
        let linger = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        linger.expect("a socket that is open");
    })
}

/// Sends half of the reply and closes.
pub(crate) fn halfway() -> SocketAddr {
    server(|mut stream| {
        let _ = stream.write_all(&[b'r'; REPLY / 2]);
    })
}

/// Sends a byte every 20 ms: 1.3 s for a whole reply, and every byte long
/// before the timeout.
pub(crate) fn dripping() -> SocketAddr {
    server(|mut stream| {
        for _ in 0..REPLY {
            thread::sleep(Duration::from_millis(20));
            if stream.write_all(b"r").is_err() {
                return;
            }
        }
    })
}

/// A server that reads a request of each client, one after the other, and then
/// does this.
fn server(answer: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; REQUEST.len()];
            if stream.read_exact(&mut request).is_ok() {
                answer(stream);
            }
        }
    });
    address
}

/// How many clients come at once.
const CLIENTS: usize = 1000;
/// A client that has no answer by then has met a full backlog: the system
/// tries again after a second.
const PROMPT: Duration = Duration::from_millis(500);
/// How long late clients are waited for.
const PATIENCE: Duration = Duration::from_millis(2500);

/// What a server sends to each client of a storm, before it closes.
pub(crate) const GREETING: &[u8] = b"g";

/// A thousand clients that connect at once: how many the server greets in half
/// a second, and how many later.
pub(crate) fn storm(address: SocketAddr) -> Observed {
    limits::raise_descriptors();
    let begin = Instant::now();
    let mut waiting: Vec<Socket> =
        (0..CLIENTS).filter_map(|_| client(address)).collect();
    let mut tasks = Tasks { ended: 0, later: 0, of: CLIENTS };
    let mut slowest = Duration::ZERO;
    while !waiting.is_empty() && begin.elapsed() < PATIENCE {
        waiting.retain(|client| {
            let mut byte = [0; GREETING.len()];
            match (&*client).read(&mut byte) {
                Ok(1) => {
                    slowest = begin.elapsed();
                    let prompt = slowest < PROMPT;
                    tasks.ended += usize::from(prompt);
                    tasks.later += usize::from(!prompt);
                    false
                }
                // Not connected, or connected and not greeted.
                Err(error) => {
                    let yet = [ErrorKind::WouldBlock, ErrorKind::NotConnected];
                    yet.contains(&error.kind())
                }
                Ok(_) => false,
            }
        });
        thread::sleep(Duration::from_millis(1));
    }
    let all = tasks.ended == CLIENTS;
    let outcome = if all { Outcome::Answers } else { Outcome::Starves };
    let Tasks { ended, later, of } = tasks;
    let slowest = millis(slowest);
    let detail = format!(
        "of {of} clients {ended} are greeted within {} ms, {later} later, {} \
         not in {} ms; the slowest of the others after {slowest:.0} ms",
        PROMPT.as_millis(),
        of - ended - later,
        PATIENCE.as_millis(),
    );
    Observed::new(outcome, detail).tasks(tasks).millis(slowest)
}

/// A client that has begun to connect. `None` if the system refuses it.
fn client(address: SocketAddr) -> Option<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).ok()?;
    socket.set_nonblocking(true).ok()?;
    match socket.connect(&address.into()) {
        Ok(()) => Some(socket),
        Err(error) => {
            let begun = error.raw_os_error()
                == Some(rustix::io::Errno::INPROGRESS.raw_os_error());
            begun.then_some(socket)
        }
    }
}
