//! How processes become members of one cluster, and the worker that each is.
//!
//! timely's own start by a list of addresses tries again every second, for
//! ever, and prints. Here the process that starts the others opens a port and
//! invites them to it; each is given a number, opens a port at its own address,
//! says which, is given the addresses and ports of all, connects to those
//! before it and waits for those behind it.

use crate::flow::Flow;
use crate::threads::Threads;
use lanes_core::{Context, Error};
use rustix::net::sockopt;
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};
use std::{panic, process, thread};
use timely::communication::Hooks;
use timely::communication::allocator::zero_copy::initialize;
use timely::communication::allocator::{AllocatorBuilder, ProcessBuilder};

/// How long members may take to find each other.
const BOUND: Duration = Duration::from_secs(10);
/// How long a connection may be silent before the other end is asked, and how
/// often that is done in vain.
const ASK: Duration = Duration::from_secs(1);
const ASKED: u32 = 3;
/// How often it is looked for another one.
const TICK: Duration = Duration::from_millis(1);
/// How long a process outlives a connection: that of the one that has died is
/// to be seen first.
const AFTER: Duration = Duration::from_millis(200);

/// Where to meet, and the word by which members know each other.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Invitation {
    host: Ipv4Addr,
    port: u16,
    word: u64,
}

/// What one that comes says: the word, and its number where it has one.
const GREETING: usize = 12;

fn greet(to: &mut TcpStream, word: u64, number: u32) -> io::Result<()> {
    let mut greeting = [0; GREETING];
    greeting[..8].copy_from_slice(&word.to_ne_bytes());
    greeting[8..].copy_from_slice(&number.to_ne_bytes());
    to.write_all(&greeting)
}

fn greeted(by: &mut TcpStream, word: u64) -> io::Result<u32> {
    let mut said = [0; 8];
    by.read_exact(&mut said)?;
    if u64::from_ne_bytes(said) != word {
        return Err(io::Error::other("a stranger"));
    }
    number(by)
}

fn number(from: &mut TcpStream) -> io::Result<u32> {
    let mut number = [0; 4];
    from.read_exact(&mut number)?;
    Ok(u32::from_ne_bytes(number))
}

/// Where this process is to listen: at its own address, if it has one.
fn own_address() -> Ipv4Addr {
    lanes_processes::place().map_or(Ipv4Addr::LOCALHOST, |own| own.address)
}

fn connect(address: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
    let address = SocketAddr::from((address, port));
    bounded(TcpStream::connect_timeout(&address, BOUND)?)
}

/// Nobody is waited for longer than the bound.
fn bounded(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(BOUND))?;
    stream.set_write_timeout(Some(BOUND))?;
    Ok(stream)
}

/// A link that carries nothing any more breaks its connections, in which there
/// may be nothing to send: the system asks the other end.
fn breaks_in_time(socket: &TcpStream) -> io::Result<()> {
    sockopt::set_socket_keepalive(socket, true)?;
    sockopt::set_tcp_keepidle(socket, ASK)?;
    sockopt::set_tcp_keepintvl(socket, ASK)?;
    sockopt::set_tcp_keepcnt(socket, ASKED)?;
    let silence = ASK * ASKED;
    let millis = silence.as_millis() as u32;
    Ok(sockopt::set_tcp_user_timeout(socket, millis)?)
}

/// The next one that comes and knows the word, with the number that it says.
fn next(
    listener: &TcpListener,
    word: u64,
    mut look: impl FnMut() -> Result<(), Error>,
) -> Result<(TcpStream, u32), Error> {
    let begin = Instant::now();
    while begin.elapsed() < BOUND {
        look()?;
        match listener.accept() {
            Ok((stream, _)) => {
                let mut stream = bounded(stream)?;
                // A stranger is let go.
                if let Ok(number) = greeted(&mut stream, word) {
                    return Ok((stream, number));
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(TICK);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::WorkerDied(format!("a member did not come within {BOUND:?}")))
}

fn listen(address: Ipv4Addr) -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((address, 0))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// Where members meet.
pub(crate) struct Meeting {
    listener: TcpListener,
    invitation: Invitation,
    members: usize,
}

impl Meeting {
    /// For so many members, to which this process has this address.
    pub(crate) fn open(host: Ipv4Addr, members: usize) -> Result<Self, Error> {
        let (listener, port) = listen(host)?;
        // Keyed by the system's random numbers.
        let word = RandomState::new().hash_one(port);
        let invitation = Invitation { host, port, word };
        Ok(Self { listener, invitation, members })
    }

    pub(crate) fn invitation(&self) -> Invitation {
        self.invitation
    }

    /// Waits for all, gives each its number, and then the ports of all.
    pub(crate) fn introduce(self, context: &Context) -> Result<(), Error> {
        let mut members = Vec::new();
        let look = || context.finish(());
        while members.len() < self.members {
            // What it says besides is for later.
            members.push(next(&self.listener, self.invitation.word, look)?.0);
        }
        for (own, member) in (0_u32..).zip(&mut members) {
            member.write_all(&own.to_ne_bytes())?;
        }
        // The address and the port of each.
        let doors: io::Result<Vec<[u32; 2]>> = members
            .iter_mut()
            .map(|member| Ok([number(member)?, number(member)?]))
            .collect();
        let (count, doors) = (self.members as u32, doors?);
        let numbers = [count].into_iter().chain(doors.into_iter().flatten());
        let bytes: Vec<u8> = numbers.flat_map(u32::to_ne_bytes).collect();
        for member in &mut members {
            member.write_all(&bytes)?;
        }
        Ok(())
    }
}

/// The worker that this process is. It is never dropped: the process ends with
/// it, and the threads of the connections would wait for those of others.
static MEMBER: OnceLock<Threads> = OnceLock::new();

/// Makes this process a member.
///
/// # Errors
/// Those of the system, and [`Error::WorkerDied`] if another does not come.
pub(crate) fn join(invitation: Invitation) -> Result<(), Error> {
    end_with_a_connection();
    let Invitation { host, port, word } = invitation;
    let mut meeting = connect(host, port)?;
    greet(&mut meeting, word, 0)?;
    let own = number(&mut meeting)? as usize;
    let address = own_address();
    let (listener, own_port) = listen(address)?;
    meeting.write_all(&address.to_bits().to_ne_bytes())?;
    meeting.write_all(&u32::from(own_port).to_ne_bytes())?;
    let count = number(&mut meeting)? as usize;
    let mut sockets: Vec<Option<TcpStream>> = Vec::new();
    for other in 0..count {
        let address = Ipv4Addr::from_bits(number(&mut meeting)?);
        let port = number(&mut meeting)? as u16;
        let before = other < own;
        let to = || connect(address, port);
        let socket = before.then(to).transpose()?;
        sockets.push(socket);
    }
    for socket in sockets[..own].iter_mut().flatten() {
        greet(socket, word, own as u32)?;
    }
    while sockets.iter().filter(|socket| socket.is_none()).count() > 1 {
        let (socket, other) = next(&listener, word, || Ok(()))?;
        match sockets.get_mut(other as usize) {
            Some(free @ None) if other as usize != own => *free = Some(socket),
            _ => return Err(Error::Protocol("a member came twice".into())),
        }
    }
    for socket in sockets.iter().flatten() {
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        breaks_in_time(socket)?;
    }
    let hooks = Hooks::default();
    let refill = hooks.refill.clone();
    let within = ProcessBuilder::new_typed_vector(1, refill, None);
    let (builders, threads) = initialize::initialize_networking_from_sockets(
        within, sockets, own, 1, hooks,
    )?;
    let builders = builders.into_iter().map(AllocatorBuilder::Tcp);
    let member = Threads::of(builders.collect(), Box::new(threads))?;
    let again = |_| Error::Protocol("this is a member already".into());
    MEMBER.set(member).map_err(again)
}

/// The threads of a connection panic when it breaks, and the worker would wait
/// for ever. There is nothing left to do here, and the pool that has started
/// this process sees that it ends.
fn end_with_a_connection() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let thread = thread::current();
        let is_of = |what| thread.name().is_some_and(|n| n.starts_with(what));
        if is_of("timely:send-") || is_of("timely:recv-") {
            thread::sleep(AFTER);
            process::abort();
        }
        usual(panic);
    }));
}

/// Builds a dataflow, as the other members do, and returns the answers that
/// arrive here. After an error the process is of no more use.
///
/// # Errors
/// The cause, if the run was stopped or a task failed; [`Error::WorkerDied`] in
/// a process that took the place of a member.
pub(crate) fn run<F: Flow>(
    context: &Context,
    flow: F,
    parts: Vec<F::Part>,
) -> Result<Vec<F::Answer>, Error> {
    let gone = || Error::WorkerDied("a member has ended".into());
    let member = MEMBER.get().ok_or_else(gone)?;
    let answers = member.begin(context, flow, parts);
    loop {
        context.finish(())?;
        match answers.recv_timeout(Context::SLICE) {
            Ok(answers) => return context.finish(answers),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(gone()),
        }
    }
}
