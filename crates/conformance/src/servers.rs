//! Servers that behave badly, for what clients do about them.

use lanes_core::request::REQUEST_BYTES;
use socket2::{Domain, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A server that behaves badly, on a port of its own. Its threads end with its
/// clients.
pub struct Bad {
    address: SocketAddr,
    /// Sockets that must be there as long as it is.
    _held: Vec<Socket>,
}

impl Bad {
    /// Where clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Nobody listens: clients are refused.
    ///
    /// # Errors
    /// If the system refuses a socket, as for the others.
    pub fn absent() -> io::Result<Self> {
        Self::of(bound()?, Vec::new())
    }

    /// The queue of clients is full: none gets a connection.
    ///
    /// # Errors
    /// If the system refuses a socket.
    pub fn full() -> io::Result<Self> {
        let socket = bound()?;
        socket.listen(0)?;
        let address = socket.local_addr()?;
        // What the queue takes, and a few whose first packets are dropped.
        let mut clients = Vec::new();
        for _ in 0..8 {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            client.set_nonblocking(true)?;
            // It is under way, which is an error of a socket that does not
            // wait.
            let _ = client.connect(&address);
            clients.push(client);
        }
        Self::of(socket, clients)
    }

    /// It takes clients and never answers.
    ///
    /// # Errors
    /// If the system refuses a socket.
    pub fn silent() -> io::Result<Self> {
        let socket = bound()?;
        socket.listen(128)?;
        Self::of(socket, Vec::new())
    }

    /// It hangs up before it has read a request.
    ///
    /// # Errors
    /// If the system refuses a socket.
    pub fn early() -> io::Result<Self> {
        Self::serving(|listener| listener.incoming().for_each(drop))
    }

    /// It resets the connection in the middle of a reply.
    ///
    /// # Errors
    /// If the system refuses a socket.
    pub fn resetting() -> io::Result<Self> {
        Self::answering(|mut stream| {
            // Whether half a reply arrives is up to the reset behind it.
            let _ = stream.write_all(&[1; 7]);
            let socket = Socket::from(stream);
            let _ = socket.set_linger(Some(Duration::ZERO));
        })
    }

    /// It sends a byte now and then, so that no single wait is long.
    ///
    /// # Errors
    /// If the system refuses a socket.
    pub fn dripping() -> io::Result<Self> {
        Self::answering(|mut stream| {
            // A reply of 16 numbers takes seconds like this.
            while stream.write_all(&[1]).is_ok() {
                thread::sleep(Duration::from_millis(25));
            }
        })
    }

    fn of(socket: Socket, mut held: Vec<Socket>) -> io::Result<Self> {
        let address = socket.local_addr()?.as_socket();
        let address = address.ok_or(io::ErrorKind::AddrNotAvailable)?;
        held.push(socket);
        Ok(Self { address, _held: held })
    }

    fn serving(
        serve: impl FnOnce(TcpListener) + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        thread::Builder::new().spawn(move || serve(listener))?;
        Ok(Self { address, _held: Vec::new() })
    }

    /// A server that reads a request of each client and then does this.
    fn answering(answer: fn(TcpStream)) -> io::Result<Self> {
        Self::serving(move |listener| {
            for stream in listener.incoming().flatten() {
                let serve = move || {
                    let mut stream = stream;
                    if stream.read_exact(&mut [0; REQUEST_BYTES]).is_ok() {
                        answer(stream);
                    }
                };
                // Without a thread the client is hung up on.
                let _ = thread::Builder::new().spawn(serve);
            }
        })
    }
}

/// A socket that nobody listens at yet: bound, so that no other process takes
/// the port.
fn bound() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    Ok(socket)
}
