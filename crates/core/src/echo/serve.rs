//! The bare server: one thread and one readiness loop, of no runtime that is
//! compared.

use super::waits;
use crate::Error;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{
    self, CreateFlags, Event, EventData, EventFlags, add, create, modify,
};
use rustix::io::Errno;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

const LISTENER: u64 = u64::MAX;
const CLIENT: u64 = u64::MAX - 1;

/// How often the loop looks whether the run was stopped.
const LOOK: Duration = Duration::from_millis(10);

struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
    received: usize,
    /// How much of the answer is sent, while there is one.
    sent: Option<usize>,
}

/// Answers each message of so many bytes with itself, on every connection that
/// comes, until the client has something to say. `each` is asked before every
/// answer, with the number of the connection, and `goes_on` from time to time.
///
/// # Errors
/// Those of the system and of both functions. A connection that fails is gone,
/// and no more.
pub(crate) fn serve(
    listener: &TcpListener,
    client: impl AsFd,
    size: usize,
    mut each: impl FnMut(usize) -> Result<(), Error>,
    goes_on: impl Fn() -> Result<(), Error>,
) -> Result<(), Error> {
    let epoll = create(CreateFlags::CLOEXEC).map_err(io::Error::from)?;
    let watch = |source: &dyn AsFd, data| {
        let data = EventData::new_u64(data);
        add(&epoll, source, data, EventFlags::IN).map_err(io::Error::from)
    };
    listener.set_nonblocking(true)?;
    watch(listener, LISTENER)?;
    watch(&client, CLIENT)?;
    let mut connections = HashMap::new();
    let (mut count, mut over) = (0, false);
    let slice = Timespec::try_from(LOOK).ok();
    let mut events = Vec::<Event>::with_capacity(256);
    while !over {
        goes_on()?;
        events.clear();
        let spare = spare_capacity(&mut events);
        match epoll::wait(&epoll, spare, slice.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        for event in &events {
            match event.data.u64() {
                CLIENT => over = true,
                LISTENER => loop {
                    let stream = match listener.accept() {
                        Ok((stream, _)) => stream,
                        Err(error) => break waits(error)?,
                    };
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    watch(&stream, count)?;
                    connections.insert(count, Connection::new(stream, size));
                    count += 1;
                },
                number => {
                    let Some(connection) = connections.get_mut(&number) else {
                        continue;
                    };
                    let ask = || each(number as usize);
                    if !connection.advance(&epoll, number, ask)? {
                        connections.remove(&number);
                    }
                }
            }
        }
    }
    Ok(())
}

impl Connection {
    fn new(stream: TcpStream, size: usize) -> Self {
        Self { stream, bytes: vec![0; size], received: 0, sent: None }
    }

    /// Receives and sends as much as goes; whether the connection is still
    /// there.
    fn advance(
        &mut self,
        epoll: &OwnedFd,
        number: u64,
        mut each: impl FnMut() -> Result<(), Error>,
    ) -> Result<bool, Error> {
        loop {
            while self.received < self.bytes.len() {
                match self.stream.read(&mut self.bytes[self.received..]) {
                    Ok(0) => return Ok(false),
                    Ok(count) => self.received += count,
                    Err(error) => return Ok(waits(error).is_ok()),
                }
            }
            if self.sent.is_none() {
                each()?;
            }
            let waited = self.sent.is_some();
            let sent = self.sent.get_or_insert(0);
            while *sent < self.bytes.len() {
                match self.stream.write(&self.bytes[*sent..]) {
                    Ok(count) => *sent += count,
                    Err(error) => {
                        let waits = waits(error).is_ok();
                        if waits {
                            self.watch(epoll, number, EventFlags::OUT)?;
                        }
                        return Ok(waits);
                    }
                }
            }
            if waited {
                self.watch(epoll, number, EventFlags::IN)?;
            }
            (self.received, self.sent) = (0, None);
        }
    }

    fn watch(
        &self,
        epoll: &OwnedFd,
        number: u64,
        flags: EventFlags,
    ) -> io::Result<()> {
        let data = EventData::new_u64(number);
        Ok(modify(epoll, &self.stream, data, flags)?)
    }
}
