//! What a model and its processes say to each other, beside all that Ballista
//! says: when a process is there, when it is to stop, and whether a probe lets
//! a task go on. It goes over the standard input of the process, a socket.

use lanes_core::{Error, Place};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

/// What a process is to be: an argument that it is started with.
#[derive(Serialize, Deserialize)]
pub(crate) enum Role {
    /// The scheduler.
    Scheduler {
        /// Its address.
        host: Ipv4Addr,
        /// What is removed when the model's process has gone.
        folder: PathBuf,
    },
    /// An executor.
    Executor {
        /// Where it is.
        place: Place,
        /// Where its scheduler is.
        scheduler: (Ipv4Addr, u16),
        /// Its work folder.
        folder: PathBuf,
        /// How many bytes its operators may hold.
        memory: u64,
    },
}

/// What a model says to a process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// A run begins; whether grains are to be asked for. Answered by
    /// [`Word::Begun`].
    Begin { probed: bool },
    /// Whether the grain that was asked for may be worked on.
    Answer(bool),
    /// The run is stopped, and no task of this job is begun any more. Answered
    /// by [`Word::Rests`].
    Stop { job: Option<String> },
}

/// What a process says to its model.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Word {
    /// It is there, and listens at this port.
    Ready(u16),
    /// It cannot be there, and why.
    Refused(String),
    /// Something in it has panicked, with this message.
    Panicked(String),
    /// It knows that a run begins.
    Begun,
    /// May a task with this number work on a grain?
    Ask(usize),
    /// No task is left.
    Rests,
}

/// The most bytes of a message: all are short.
const MOST: usize = 1 << 16;

/// Says something.
///
/// # Errors
/// Those of the socket.
pub(crate) fn say(
    to: &mut impl Write,
    what: &impl Serialize,
) -> Result<(), Error> {
    let line = serde_json::to_string(what);
    let line = line.map_err(|error| Error::Protocol(error.to_string()))?;
    Ok(to.write_all(format!("{line}\n").as_bytes())?)
}

/// The messages that come by a socket, one after the other.
pub(crate) struct Heard(BufReader<UnixStream>);

impl Heard {
    /// Those of this socket.
    pub(crate) fn by(socket: UnixStream) -> Self {
        Self(BufReader::with_capacity(MOST, socket))
    }

    /// Whether the begin of one was read already.
    pub(crate) fn has_more(&self) -> bool {
        !self.0.buffer().is_empty()
    }

    /// The next one; none if the other side is gone or talks nonsense.
    pub(crate) fn next<T: DeserializeOwned>(&mut self) -> Option<T> {
        let mut line = Vec::new();
        loop {
            let read = self.0.fill_buf().ok()?;
            let end = read.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(read.len(), |end| end + 1);
            if taken == 0 || line.len() + taken > MOST {
                return None;
            }
            line.extend_from_slice(&read[..taken]);
            self.0.consume(taken);
            if end.is_some() {
                return serde_json::from_slice(&line).ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_one_after_the_other_and_nonsense_ends_them() {
        let (mut here, there) = UnixStream::pair().unwrap();
        let mut heard = Heard::by(there);
        say(&mut here, &Word::Ready(7)).unwrap();
        say(&mut here, &Word::Ask(3)).unwrap();
        assert!(matches!(heard.next(), Some(Word::Ready(7))));
        assert!(heard.has_more());
        assert!(matches!(heard.next(), Some(Word::Ask(3))));
        here.write_all(&[255; 64]).unwrap();
        here.write_all(b"\n").unwrap();
        assert!(heard.next::<Word>().is_none());
        here.write_all(&vec![b'a'; MOST + 1]).unwrap();
        assert!(heard.next::<Word>().is_none());
        drop(here);
        assert!(heard.next::<Word>().is_none());
    }
}
