//! The worker's side: how a process becomes one, and what it does then.
//!
//! A pool starts the running executable again, whichever that is: a command, a
//! bench, a test binary whose `main` belongs to the harness. None of them would
//! know that it is to be a worker, so that this is found out before `main`
//! runs: a constructor, which the system calls when it starts a program, looks
//! at the name that the process was started under. If it is the one that pools
//! use, the process serves its standard input and ends; `main` is never
//! reached. Everything else that links this crate pays one comparison.
//!
//! The name is the mark, not a variable in the environment: children of a
//! worker would inherit a variable and take themselves for workers.
//!
//! What runs before `main` does without what the standard library does there: a
//! handler that explains a stack overflow, and a broken pipe that is an error
//! instead of a signal. Both end the worker, and the pool sees that.

use super::error::{Failure, broken};
use super::function::{self, Answer};
use super::memory::Memory;
use super::wire::{Buffers, Channel, Kind, VERSION, decode, decode_call};
use lanes_core::trace::Trace;
use lanes_core::{Context, Error, Place, Watch};
use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{env, hint};

/// The name that a worker is started under.
pub(super) const MARK: &str = "lanes-processes-worker";
/// In place of a descriptor, where no memory is mapped.
pub(super) const NO_MEMORY: &str = "-";

static PLACE: OnceLock<Place> = OnceLock::new();

/// In a worker process: where it is, if its pool has said so.
pub fn place() -> Option<&'static Place> {
    PLACE.get()
}

/// Keeps the constructor in the executable: a linker leaves out what nothing
/// refers to.
pub(super) fn link() {
    hint::black_box(become_worker as fn());
}

// As late as possible, when the functions have entered their names.
#[ctor::ctor(unsafe, priority = late)]
fn become_worker() {
    let mut arguments = env::args_os();
    if arguments.next().as_deref() != Some(OsStr::new(MARK)) {
        return;
    }
    let mut text = || arguments.next()?.into_string().ok();
    let parent = text().and_then(|text| text.parse().ok());
    let memory = text();
    let address = text().and_then(|text| text.parse().ok());
    let namespace = arguments.next().map(PathBuf::from);
    let place = address.map(|address| Place { address, namespace });
    let status = match (parent, memory) {
        (Some(parent), Some(memory)) => match serve(parent, &memory, place) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{MARK}: {error}");
                1
            }
        },
        _ => {
            eprintln!("{MARK}: started by hand");
            2
        }
    };
    process::exit(status);
}

type Shared = Arc<Mutex<Channel<UnixStream>>>;

/// Answers requests until the pool closes the connection.
fn serve(parent: u32, memory: &str, place: Option<Place>) -> Result<(), Error> {
    // A worker whose pool was killed ends at once, also while it computes. The
    // signal comes when the thread that started it ends: the pool's drivers do
    // that after their workers.
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(io::Error::from)?;
    let now = getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if now != Some(parent) {
        // It was killed before the line above.
        return Ok(());
    }
    let memory = match memory {
        NO_MEMORY => None,
        descriptor => Some(Memory::of(parent, descriptor)?),
    };
    if let Some(place) = place {
        // There is no other thread yet: all will be there.
        place.enter()?;
        PLACE.get_or_init(|| place);
    }
    let buffers = Buffers::with(memory);
    let mut channel = Channel::new(take_input()?, buffers);
    channel.send(Kind::Hello, &VERSION)??;
    let channel = Arc::new(Mutex::new(channel));
    while let Some(request) = receive(&channel)? {
        let Request { ready, probed, origin } = request;
        let (answer, trace) = match ready {
            Ok(ready) => {
                let trace = origin.map(Trace::since);
                let context = context(&channel, probed, trace.clone())?;
                (ready(&context), trace)
            }
            Err(error) => (refusal(error), None),
        };
        let spans = trace.map(|trace| trace.spans()).unwrap_or_default();
        let mut channel = lock(&channel);
        if let Err(error) = answer.send(&mut channel, &spans)? {
            // Too long, say: the pool gets the reason instead.
            refusal(error).send(&mut channel, &[])??;
        }
    }
    Ok(())
}

/// The socket that is the standard input. It leaves that place, where children
/// of this process would inherit it.
fn take_input() -> io::Result<UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
}

/// A request as it was read.
struct Request {
    ready: Result<function::Ready, Error>,
    probed: bool,
    origin: Option<u64>,
}

fn receive(channel: &Shared) -> Result<Option<Request>, Error> {
    let mut channel = lock(channel);
    let Some((kind, body)) = channel.receive()? else {
        return Ok(None);
    };
    if kind != Kind::Request {
        return Err(broken(format!("{kind:?} instead of a request")));
    }
    let (call, argument) = decode_call(body)?;
    let ready = function::prepare(call.function, call.many, argument);
    let (probed, origin) = (call.probed, call.origin);
    Ok(Some(Request { ready, probed, origin }))
}

/// The context of one call. The pool keeps the deadline and the cancel flag: it
/// kills. A probe is the pool's as well, and asked over the socket.
fn context(
    channel: &Shared,
    probed: bool,
    trace: Option<Trace>,
) -> Result<Context, Error> {
    if !probed && trace.is_none() {
        return Ok(Context::new());
    }
    let mut watch = Watch { trace, ..Watch::default() };
    if probed {
        let channel = Arc::clone(channel);
        watch.probe = Some(Arc::new(move |task| ask(&channel, task)));
    }
    Context::watching(watch)
}

/// Whether this task may work on another grain.
fn ask(channel: &Shared, task: usize) -> Result<(), Error> {
    let mut channel = lock(channel);
    channel.send(Kind::Ask, &task)??;
    match channel.receive()? {
        Some((Kind::Answer, body)) => Ok(decode::<Result<(), Failure>>(body)??),
        Some((kind, _)) => Err(broken(format!("{kind:?} for an answer"))),
        // The pool is gone, and the result is not waited for.
        None => process::exit(0),
    }
}

fn refusal(error: Error) -> Box<dyn Answer> {
    Box::new(Err::<(), _>(Failure::from(error)))
}

fn lock(
    channel: &Mutex<Channel<UnixStream>>,
) -> std::sync::MutexGuard<'_, Channel<UnixStream>> {
    channel.lock().unwrap_or_else(PoisonError::into_inner)
}
