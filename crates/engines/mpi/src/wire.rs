//! Frames: how a message crosses between the process that starts a job and its
//! ranks. A frame is the length of its body and the body, in postcard's format.

use lanes_core::Error;
use lanes_core::trace::Span;
use rustix::net::sockopt;
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The most room that is made for a body before any of it is there.
const AT_ONCE: usize = 64 << 20;
/// How long a connection may be silent before the other end is asked, and how
/// often that is done in vain.
const ASK: Duration = Duration::from_secs(1);
const ASKED: u32 = 3;

/// What a rank says.
#[derive(Serialize, Deserialize)]
pub(crate) enum Said {
    /// It knows the others, of which there are so many with it.
    Ready(usize),
    /// It has begun this run.
    Begun(u64),
    /// May this task work on another grain? The number is that of the question.
    Ask(u64, usize),
    /// A task of this run has failed; the rank goes on to the end of it.
    Failed(u64, Error),
    /// The run is over here. Where there is an answer, it is the next frame.
    Done { run: u64, result: Result<bool, Error>, spans: Vec<Span> },
}

/// What a rank is told.
#[derive(Serialize, Deserialize)]
pub(crate) enum Told {
    /// Take part in a run.
    Run(Order),
    /// The answer to the question with this number.
    Answer(u64, Result<(), Error>),
    /// End this run soon.
    Stop(u64),
}

/// A run.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Its number.
    pub(crate) run: u64,
    /// The workload's name.
    pub(crate) workload: String,
    /// Its size, in JSON.
    pub(crate) size: String,
    /// The seed of the input.
    pub(crate) seed: u64,
    /// Whether each rank has made its part of it; otherwise rank 0 has all.
    pub(crate) local: bool,
    /// Whether ranks are to say that they have begun.
    pub(crate) greeted: bool,
    /// Whether ranks ask before each grain.
    pub(crate) probed: bool,
    /// When the clock of the run's trace started, if it has a trace.
    pub(crate) origin: Option<u64>,
}

/// A link that carries nothing any more breaks its connections, in which there
/// may be nothing to send: the system asks the other end.
///
/// # Errors
/// Those of the system.
pub(crate) fn breaks_in_time(socket: &TcpStream) -> io::Result<()> {
    sockopt::set_socket_keepalive(socket, true)?;
    sockopt::set_tcp_keepidle(socket, ASK)?;
    sockopt::set_tcp_keepintvl(socket, ASK)?;
    sockopt::set_tcp_keepcnt(socket, ASKED)?;
    let silence = ASK * ASKED;
    let millis = silence.as_millis() as u32;
    Ok(sockopt::set_tcp_user_timeout(socket, millis)?)
}

/// The other side does not keep to the format.
pub(crate) fn broken(what: impl fmt::Display) -> Error {
    Error::Protocol(what.to_string())
}

/// Writes a frame.
///
/// # Errors
/// Those of the connection.
pub(crate) fn send(
    to: &mut impl Write,
    message: &impl Serialize,
) -> Result<(), Error> {
    let length = postcard::experimental::serialized_size(message);
    let length = length.map_err(broken)?;
    // What is long passes the buffer by.
    let mut to = BufWriter::new(to);
    to.write_all(&(length as u64).to_le_bytes())?;
    let to = postcard::to_io(message, &mut to).map_err(broken)?;
    Ok(to.flush()?)
}

/// Reads the body of a frame; `None` where the connection ends before it.
///
/// # Errors
/// Those of the connection; [`Error::Resource`] if memory does not hold it.
pub(crate) fn receive(from: &mut impl Read) -> Result<Option<Vec<u8>>, Error> {
    let mut length = [0; 8];
    match from.read_exact(&mut length) {
        Err(error) if is_end(&error) => return Ok(None),
        other => other?,
    }
    let length = u64::from_le_bytes(length);
    let mut body = Vec::new();
    let room = usize::try_from(length).unwrap_or(usize::MAX).min(AT_ONCE);
    body.try_reserve_exact(room).map_err(|_| Error::memory())?;
    let read = from.take(length).read_to_end(&mut body)?;
    if read as u64 == length {
        return Ok(Some(body));
    }
    Err(broken("a frame that ends early"))
}

fn is_end(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
    )
}

/// The message that a body has.
///
/// # Errors
/// [`Error::Protocol`] if it has none.
pub(crate) fn message<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(body).map_err(broken)
}

/// A list of numbers that crosses as it lies in memory.
pub(crate) struct List(pub(crate) Vec<u64>);

impl Serialize for List {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytemuck::cast_slice(&self.0))
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers of eight bytes each")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<List, E> {
        if !bytes.len().is_multiple_of(8) {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        Ok(List(bytemuck::allocation::pod_collect_to_vec(bytes)))
    }
}
