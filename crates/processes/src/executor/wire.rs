//! Frames: how a message crosses between two processes.
//!
//! A frame is a header of ten bytes and a body. The header has the kind of the
//! message, the place of its body (behind the header, or in the memory that
//! both processes map) and the body's length. The body is in postcard's format.

use super::error::{broken, lost};
use super::memory::Memory;
use lanes_core::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, BufReader, BufWriter, Cursor, Read, Write};
use std::mem;
use std::os::unix::net::UnixStream;

/// No body is longer: checked before anything is allocated for it.
pub(super) const MOST_BYTES: usize = 1 << 30;
/// From this length on a body lies in the memory that both map, if there is
/// any: below, waking the other side costs more than the copies.
const LARGE: usize = 64 * 1024;
/// How much more room is made at a time: a length alone allocates no more.
const STEP: usize = 1 << 20;

/// How arguments and results cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// All of it over a socket.
    Socket,
    /// What is large in memory that both processes map, the rest over a socket.
    Memory,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Worker to pool: it is there, with the [`VERSION`] that it speaks.
    Hello = 1,
    /// Pool to worker: a [`Call`], followed by its argument.
    Request,
    /// Worker to pool: may this task work on another grain?
    Ask,
    /// Pool to worker: the answer, a `Result<(), Failure>`.
    Answer,
    /// Worker to pool: the result and the spans that were recorded.
    Done,
}

/// Both sides are the same executable, unless another program answers.
pub(super) const VERSION: u32 = 0x1a9e_5002;

/// What is to be called, and how.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call<'a> {
    /// The name of the function.
    #[serde(borrow)]
    pub(super) function: &'a str,
    /// Whether the argument is a list of arguments.
    pub(super) many: bool,
    /// Whether the pool wants to be asked before each grain.
    pub(super) probed: bool,
    /// When the clock of the run's trace started, if it has a trace.
    pub(super) origin: Option<u64>,
}

impl Buffers {
    /// Buffers with memory that the other side maps too, if there is any.
    pub(super) fn with(memory: Option<Memory>) -> Self {
        Self { body: Vec::new(), memory }
    }
}

/// What messages cross on.
pub(super) trait Stream: Read + Write {
    /// Asked now and then while memory is made ready and written: nothing of it
    /// waits for the stream.
    ///
    /// # Errors
    /// Why it is no longer worth while.
    fn look(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The end of a worker, which is killed when its run is stopped.
impl Stream for UnixStream {}

/// Bytes that are all there.
impl Stream for Cursor<Vec<u8>> {}

/// One end of a connection.
pub(super) struct Channel<S> {
    stream: BufReader<S>,
    buffers: Buffers,
}

/// Where large bodies lie, kept from one frame to the next, so that they find
/// warm memory; and from one worker to the next, since to give much memory back
/// takes long beside a grain.
#[derive(Default)]
pub(super) struct Buffers {
    body: Vec<u8>,
    pub(super) memory: Option<Memory>,
}

impl<S: Stream> Channel<S> {
    pub(super) fn new(stream: S, buffers: Buffers) -> Self {
        Self { stream: BufReader::new(stream), buffers }
    }

    /// The buffers, for another channel; this one is of no more use.
    pub(super) fn take_buffers(&mut self) -> Buffers {
        mem::take(&mut self.buffers)
    }

    pub(super) fn stream(&mut self) -> &mut S {
        self.stream.get_mut()
    }

    /// Sends a message. The inner result is an error if it cannot be sent at
    /// all: then nothing was written, and the connection is as it was.
    ///
    /// # Errors
    /// Those of the connection, which is lost then.
    pub(super) fn send(
        &mut self,
        kind: Kind,
        message: &impl Serialize,
    ) -> Result<Result<(), Error>, Error> {
        let length = match size(message) {
            Ok(length) => length,
            Err(refused) => return Ok(Err(refused)),
        };
        let mut header = header(kind, length);
        if let Some(memory) = &mut self.buffers.memory
            && length >= LARGE
        {
            let stream = self.stream.get_ref();
            let room = match memory.room(length, || stream.look()) {
                Ok(room) => room,
                Err(refused) => return Ok(Err(refused)),
            };
            let inner = Steps { room, stream };
            let mut writer = Remember { inner, error: None };
            let written = postcard::to_io(message, &mut writer).is_ok();
            match (written, writer.error) {
                (true, _) => {}
                // The other side does not know of it yet.
                (false, Some(error)) => return Ok(Err(lost(error))),
                (false, None) => {
                    return Err(broken("the message changed its size"));
                }
            }
            header[1] = IN_MEMORY;
            let sent = self.stream.get_mut().write_all(&header);
            return sent.map(Ok).map_err(lost);
        }
        // Lists pass the buffer by and are written from where they lie.
        let mut writer = Remember { inner: self.stream(), error: None };
        let mut buffered = BufWriter::new(&mut writer);
        let written = match buffered.write_all(&header) {
            Ok(()) => postcard::to_io(message, &mut buffered).is_ok(),
            Err(_) => false,
        };
        // What could not be written must not be tried again when it is dropped.
        drop(buffered.into_parts());
        match (written, writer.error) {
            (true, None) => Ok(Ok(())),
            (_, Some(error)) => Err(lost(error)),
            (false, None) => Err(broken("the message changed its size")),
        }
    }

    /// Waits for a message: its kind and its body, or `None` where the other
    /// side has closed the connection between two of them.
    ///
    /// # Errors
    /// [`Error::Protocol`] for what is no frame, and those of the connection.
    pub(super) fn receive(&mut self) -> Result<Option<(Kind, &[u8])>, Error> {
        let mut header = [0; HEADER];
        let mut filled = 0;
        while filled < HEADER {
            match self.stream.read(&mut header[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(broken("a header that ends early")),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(lost(error)),
            }
        }
        let (kind, place, length) = parse(&header)?;
        match (place, &mut self.buffers.memory) {
            (BEHIND, _) => {}
            (IN_MEMORY, Some(memory)) => {
                return Ok(Some((kind, memory.view(length)?)));
            }
            _ => return Err(broken("a body in no known place")),
        }
        let body = &mut self.buffers.body;
        let mut filled = 0;
        while filled < length {
            if filled == body.len() {
                let room = (length - filled).min(STEP.max(filled));
                let more = body.try_reserve_exact(room);
                more.map_err(|_| Error::memory())?;
                body.resize(filled + room, 0);
            }
            let end = length.min(body.len());
            let part = &mut body[filled..end];
            self.stream.read_exact(part).map_err(lost)?;
            filled = end;
        }
        Ok(Some((kind, &body[..length])))
    }
}

const HEADER: usize = 10;
/// The body follows the header.
const BEHIND: u8 = 0;
/// The body lies in the memory that both processes map.
const IN_MEMORY: u8 = 1;

fn header(kind: Kind, length: usize) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0] = kind as u8;
    header[2..].copy_from_slice(&(length as u64).to_le_bytes());
    header
}

fn parse(header: &[u8; HEADER]) -> Result<(Kind, u8, usize), Error> {
    let [kind, place, length @ ..] = *header;
    let kinds =
        [Kind::Hello, Kind::Request, Kind::Ask, Kind::Answer, Kind::Done];
    let kind = kinds.into_iter().find(|known| *known as u8 == kind);
    let kind = kind.ok_or_else(|| broken("a message of no known kind"))?;
    let length = usize::try_from(u64::from_le_bytes(length));
    let fits = length.ok().filter(|length| *length <= MOST_BYTES);
    let length =
        fits.ok_or_else(|| broken("a body that is longer than any may be"))?;
    Ok((kind, place, length))
}

/// How long a message is, in bytes.
fn size(message: &impl Serialize) -> Result<usize, Error> {
    let size = postcard::experimental::serialized_size(message);
    let size = size.map_err(|error| {
        Error::Invalid(format!("cannot be written down: {error}"))
    })?;
    if size <= MOST_BYTES {
        return Ok(size);
    }
    let what = format!("{size} bytes to send, at most {MOST_BYTES}");
    Err(Error::Unsupported(what))
}

/// A message from a body that has nothing else.
///
/// # Errors
/// [`Error::Protocol`] if it has not, or has something else.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    match postcard::take_from_bytes(body).map_err(broken)? {
        (message, []) => Ok(message),
        (_, rest) => {
            Err(broken(format!("{} bytes after a message", rest.len())))
        }
    }
}

/// A call, and the bytes of its argument.
///
/// # Errors
/// [`Error::Protocol`] if there is no call.
pub(super) fn decode_call(body: &[u8]) -> Result<(Call<'_>, &[u8]), Error> {
    postcard::take_from_bytes(body).map_err(broken)
}

/// Writes into memory, and looks before each step.
struct Steps<'a, S> {
    room: &'a mut [u8],
    stream: &'a S,
}

impl<S: Stream> Write for Steps<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() >= STEP {
            self.stream.look()?;
        }
        let step = &bytes[..bytes.len().min(STEP)];
        // Writes what fits, and moves on.
        self.room.write(step)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// postcard only says that writing failed; this keeps why.
struct Remember<W> {
    inner: W,
    error: Option<io::Error>,
}

impl<W: Write> Write for Remember<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.inner.write(bytes) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.error = Some(error);
                Err(io::ErrorKind::Other.into())
            }
            other => other,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::Failure;
    use super::super::list::List;
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::io::Seek;

    fn channel(bytes: Vec<u8>) -> Channel<Cursor<Vec<u8>>> {
        Channel::new(Cursor::new(bytes), Buffers::default())
    }

    fn crossed<T: Serialize + DeserializeOwned>(message: &T) -> T {
        let mut channel = channel(Vec::new());
        channel.send(Kind::Done, message).unwrap().unwrap();
        channel.stream().rewind().unwrap();
        let (kind, body) = channel.receive().unwrap().unwrap();
        assert_eq!(kind, Kind::Done);
        decode(body).unwrap()
    }

    #[test]
    fn errors_cross_with_their_kind() {
        let text = || "why".to_owned();
        for error in [
            Error::Panicked(text()),
            Error::Task(text()),
            Error::Timeout,
            Error::Cancelled,
            Error::memory(),
            Error::WorkerDied(text()),
            Error::Protocol(text()),
            Error::Unsupported(text()),
            Error::Invalid(text()),
        ] {
            let there = crossed(&Failure::from(error.clone()));
            assert_eq!(Error::from(there), error);
        }
    }

    #[test]
    fn frames_follow_each_other_until_the_end() {
        let mut channel = channel(Vec::new());
        for number in 0..3u64 {
            channel.send(Kind::Ask, &number).unwrap().unwrap();
        }
        channel.stream().rewind().unwrap();
        for number in 0..3u64 {
            let (kind, body) = channel.receive().unwrap().unwrap();
            assert_eq!((kind, decode(body)), (Kind::Ask, Ok(number)));
        }
        assert_eq!(channel.receive(), Ok(None));
    }

    /// A stream whose run was stopped after so many looks.
    struct Stopped(Cell<usize>);

    impl Read for Stopped {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Ok(0)
        }
    }

    impl Write for Stopped {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("nothing is sent of a message that was given up")
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Stream for Stopped {
        fn look(&self) -> io::Result<()> {
            let left = self.0.get().checked_sub(1);
            let left = left.ok_or(io::Error::other(Error::Cancelled))?;
            self.0.set(left);
            Ok(())
        }
    }

    #[test]
    fn a_stop_ends_the_copy_into_memory() {
        let list = List::from(vec![7; 4 * STEP / 8]);
        // While room is made, and while it is filled.
        for looks in [0, 1, 3] {
            let stream = Stopped(Cell::new(looks));
            let memory = Some(Memory::new().unwrap());
            let buffers = Buffers::with(memory);
            let mut channel = Channel::new(stream, buffers);
            let sent = channel.send(Kind::Done, &list);
            assert_eq!(sent, Ok(Err(Error::Cancelled)), "{looks} looks");
        }
    }

    #[test]
    fn a_length_alone_allocates_nothing() {
        for length in [MOST_BYTES as u64, MOST_BYTES as u64 + 1, u64::MAX] {
            let mut bytes = vec![Kind::Done as u8, BEHIND];
            bytes.extend(length.to_le_bytes());
            let mut channel = channel(bytes);
            let refused = channel.receive().map(|_| ());
            assert!(matches!(refused, Err(Error::Protocol(_))), "{refused:?}");
            assert!(channel.buffers.body.capacity() <= STEP);
        }
    }

    #[test]
    fn what_is_left_after_a_message_is_an_error() {
        let mut bytes = postcard::to_stdvec(&7u64).unwrap();
        assert_eq!(decode(&bytes), Ok(7u64));
        bytes.push(0);
        assert!(matches!(decode::<u64>(&bytes), Err(Error::Protocol(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn lists_cross(
            numbers in prop::collection::vec(any::<u64>(), 0..9000),
        ) {
            let there = crossed(&List::from(numbers.clone()));
            prop_assert_eq!(there.into_vec(), numbers);
        }
    }
}
