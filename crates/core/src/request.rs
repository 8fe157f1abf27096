//! One request to a loopback server: its bytes, and how a thread waits for it.

use crate::trace::State;
use crate::{Context, Error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use socket2::{Domain, Socket, Type};
use std::io::ErrorKind::{Interrupted, TimedOut, UnexpectedEof, WouldBlock};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The bytes of a request: delay in microseconds, seed and count, each as a
/// little-endian u64.
pub const REQUEST_BYTES: usize = 24;

/// The most numbers that a request may ask for: 8 MiB.
pub const MOST_NUMBERS: u64 = 1 << 20;

/// A loopback connection is there at once, or the server is not.
const CONNECT: Duration = Duration::from_secs(2);

/// "Answer this after this delay": what a client sends to a server.
///
/// The server answers with `count` numbers from `seed`, 8 bytes each,
/// little-endian, and then takes the next request on the same connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The server.
    pub address: SocketAddr,
    /// How long the server waits before it answers.
    pub delay: Duration,
    /// Where the numbers come from.
    pub seed: u64,
    /// How many numbers.
    pub count: u64,
}

impl Request {
    /// What goes over the wire.
    pub fn bytes(&self) -> [u8; REQUEST_BYTES] {
        let delay = u64::try_from(self.delay.as_micros()).unwrap_or(u64::MAX);
        let words = [delay, self.seed, self.count];
        let mut bytes = [0; REQUEST_BYTES];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// The request in these bytes: delay, seed and count.
    pub fn parse(bytes: &[u8; REQUEST_BYTES]) -> (Duration, u64, u64) {
        let word = |index: usize| {
            let bytes = &bytes[index * 8..][..8];
            u64::from_le_bytes(bytes.try_into().expect("8 bytes"))
        };
        (Duration::from_micros(word(0)), word(1), word(2))
    }

    /// How long the answer is, in bytes.
    pub fn reply_bytes(&self) -> usize {
        usize::try_from(self.count.min(MOST_NUMBERS)).unwrap_or(0) * 8
    }
}

/// A connection to a server that a thread waits for; opened by its first
/// request.
#[derive(Default)]
pub struct Connection(Option<TcpStream>);

impl Connection {
    /// Sends the request and waits for the whole reply; the calling thread is
    /// occupied, and looks at the cancel flag from time to time.
    ///
    /// # Errors
    /// Those of the network, [`Error::Protocol`] for a reply that ends early,
    /// or the cause, if the run was stopped.
    pub fn exchange(
        &mut self,
        request: &Request,
        context: &Context,
        task: usize,
    ) -> Result<Vec<u8>, Error> {
        context.grain(task)?;
        let _span = context.span(task, State::Io);
        context.note(self.talk(request, context))
    }

    fn talk(
        &mut self,
        request: &Request,
        context: &Context,
    ) -> Result<Vec<u8>, Error> {
        let stream = match &mut self.0 {
            Some(stream) => stream,
            None => {
                let stream = connect(request.address, context)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Context::SLICE))?;
                self.0.insert(stream)
            }
        };
        stream.write_all(&request.bytes())?;
        let mut reply = vec![0; request.reply_bytes()];
        let mut filled = 0;
        while filled < reply.len() {
            match stream.read(&mut reply[filled..]) {
                Ok(0) => return Err(io::Error::from(UnexpectedEof).into()),
                Ok(count) => filled += count,
                Err(error) => match error.kind() {
                    WouldBlock | TimedOut | Interrupted => {}
                    _ => return Err(error.into()),
                },
            }
            // A slow drip never times out, so each arrival is a look too.
            context.finish(())?;
        }
        Ok(reply)
    }
}

/// Opens a connection, and looks at the cancel flag from time to time: a server
/// whose queue of clients is full lets them wait.
fn connect(address: SocketAddr, context: &Context) -> Result<TcpStream, Error> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        // Under way, and sure to go on after a signal.
        Err(error)
            if error.raw_os_error() == Some(UNDER_WAY)
                || error.kind() == Interrupted => {}
        other => other?,
    }
    let begin = Instant::now();
    let slice = Timespec::try_from(Context::SLICE).ok();
    loop {
        let mut ready = [PollFd::new(&socket, PollFlags::OUT)];
        match poll(&mut ready, slice.as_ref()) {
            Ok(1..) => break,
            Ok(0) | Err(Errno::INTR) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        context.finish(())?;
        if begin.elapsed() > CONNECT {
            return Err(io::Error::from(TimedOut).into());
        }
    }
    if let Some(error) = socket.take_error()? {
        return Err(error.into());
    }
    socket.set_nonblocking(false)?;
    Ok(socket.into())
}

/// The error of a connect that does not wait.
const UNDER_WAY: i32 = Errno::INPROGRESS.raw_os_error();

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Watch;
    use crate::server::Server;
    use std::net::TcpListener;
    use std::thread;

    fn request(address: SocketAddr) -> Request {
        Request { address, delay: Duration::ZERO, seed: 7, count: 3 }
    }

    /// What a client gets from a server that answers its first client so.
    fn against(
        answer: impl FnOnce(TcpStream) + Send + 'static,
    ) -> Result<Vec<u8>, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; REQUEST_BYTES]).unwrap();
            answer(stream);
        });
        let deadline = Some(Duration::from_millis(50));
        let watch = Watch { deadline, ..Watch::default() };
        let context = Context::watching(watch).unwrap();
        let result =
            Connection::default().exchange(&request(address), &context, 0);
        server.join().unwrap();
        result
    }

    #[test]
    fn bytes_go_there_and_back() {
        let mut request = request("127.0.0.1:1".parse().unwrap());
        request.delay = Duration::from_millis(20);
        let parsed = Request::parse(&request.bytes());
        assert_eq!(parsed, (request.delay, request.seed, request.count));
    }

    #[test]
    fn a_server_that_refuses_is_a_task_error() {
        // Bound, so that no other process takes the port, and not listening.
        let kind = socket2::Type::STREAM;
        let socket = socket2::Socket::new(socket2::Domain::IPV4, kind, None);
        let socket = socket.unwrap();
        let loopback = SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        socket.bind(&loopback.into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let refused = Connection::default().exchange(
            &request(address),
            &Context::new(),
            0,
        );
        let Err(Error::Task(why)) = &refused else { panic!("{refused:?}") };
        assert!(why.contains("refused"), "{why}");
    }

    #[test]
    fn a_reply_that_ends_early_is_a_protocol_error() {
        for bytes in [0, 1, 23] {
            let result = against(move |mut stream| {
                stream.write_all(&vec![1; bytes]).unwrap();
            });
            assert!(matches!(result, Err(Error::Protocol(_))), "{result:?}");
        }
    }

    #[test]
    fn a_silent_or_dripping_server_meets_the_deadline() {
        let silent = against(|mut stream| {
            // Until the client leaves.
            let _ = stream.read(&mut [0]);
        });
        assert_eq!(silent, Err(Error::Timeout));
        let dripping = against(|mut stream| {
            for _ in 0..24 {
                if stream.write_all(&[1]).is_err() {
                    break;
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        assert_eq!(dripping, Err(Error::Timeout));
    }

    #[test]
    fn a_connect_to_a_full_queue_meets_the_deadline() {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let loopback = SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        socket.bind(&loopback.into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap();
        let fill = |_| {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            client.set_nonblocking(true).unwrap();
            client.connect(&address).ok();
            client
        };
        let _clients: Vec<_> = (0..8).map(fill).collect();
        let deadline = Some(Duration::from_millis(50));
        let watch = Watch { deadline, ..Watch::default() };
        let context = Context::watching(watch).unwrap();
        let request = request(address.as_socket().unwrap());
        let begin = Instant::now();
        let result = Connection::default().exchange(&request, &context, 0);
        assert_eq!(result, Err(Error::Timeout));
        // A connect that waits by itself takes two seconds.
        assert!(begin.elapsed() < Duration::from_millis(1500));
    }

    #[test]
    fn a_reset_is_a_task_error() {
        let result = against(|stream| {
            let socket = socket2::Socket::from(stream);
            socket.set_linger(Some(Duration::ZERO)).unwrap();
        });
        assert!(matches!(result, Err(Error::Task(_))), "{result:?}");
    }

    #[test]
    fn a_real_server_answers_again_and_again() {
        let server = Server::start().unwrap();
        let mut connection = Connection::default();
        for seed in 0..3 {
            let request = Request { seed, ..request(server.address()) };
            let context = Context::new();
            let reply = connection.exchange(&request, &context, 0).unwrap();
            let numbers = crate::seed::numbers(seed).take(3);
            let bytes: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
            assert_eq!(reply, bytes);
        }
    }
}
