//! The loopback server, as a client meets it.

use lanes_core::request::{Connection, REQUEST_BYTES, Request};
use lanes_core::server::Server;
use lanes_core::{Context, seed};
use socket2::SockRef;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One server gets all inputs: what a connection leaves behind is there for the
/// next.
static SERVER: OnceLock<Server> = OnceLock::new();
static INPUTS: AtomicU64 = AtomicU64::new(0);

/// No answer is due later than after so many microseconds: a connection whose
/// answer is due is kept.
const LATEST: u64 = 128;

/// Requests, sent in two pieces by a client that then resets its connection.
/// Now and then a plain request must get its answer.
///
/// # Panics
/// If the server does not answer that one.
pub fn server(bytes: &[u8]) {
    let server = SERVER.get_or_init(|| Server::start().expect("a server"));
    let mut bytes = bytes.to_vec();
    for request in bytes.chunks_mut(REQUEST_BYTES) {
        if let Some(delay) = request.first_chunk_mut() {
            *delay = (u64::from_le_bytes(*delay) % LATEST).to_le_bytes();
        }
    }
    let mut stream = TcpStream::connect(server.address()).expect("a client");
    let middle = bytes.len() / 2;
    // The server closes where it takes no more.
    let _ = stream.write_all(&bytes[..middle]);
    let _ = stream.write_all(&bytes[middle..]);
    if bytes.len() % 2 == 1 {
        let wait = Some(Duration::from_millis(1));
        stream.set_read_timeout(wait).expect("a time above zero");
        let _ = stream.read(&mut [0; 64]);
    }
    // Closed at once: no port stays taken.
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
    let number = INPUTS.fetch_add(1, Ordering::Relaxed);
    if number.is_multiple_of(64) {
        is_alive(server, number);
    }
}

fn is_alive(server: &Server, seed: u64) {
    let (address, delay, count) = (server.address(), Duration::ZERO, 3);
    let request = Request { address, delay, seed, count };
    let reply =
        Connection::default().exchange(&request, &Context::new(), 0).unwrap();
    let numbers = seed::numbers(seed).take(3);
    let expected: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
    assert_eq!(reply, expected, "a wrong answer");
}
