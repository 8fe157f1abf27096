//! How a process becomes a scheduler or an executor of Ballista.
//!
//! The running executable is started again, whichever that is: the worker, or a
//! test. What it is to be is found out before `main` runs, by the name that it
//! was started under.

use crate::desk::Desk;
use crate::message::{Heard, Order, Role};
use crate::{executor, scheduler};
use lanes_core::Error;
use lanes_watchdog::own;
use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::{env, fs, hint, io, process, thread};

/// The name of a node, by which `lanes faults --nodes` knows one.
pub(crate) const EXECUTOR: &str = "lanes-processes-worker";
/// The name of a process that is no node.
pub(crate) const SCHEDULER: &str = "lanes-ballista-scheduler";

/// Keeps the constructor in the executable: a linker leaves out what nothing
/// refers to.
pub(crate) fn link() {
    hint::black_box(become_one as fn());
}

#[ctor::ctor(unsafe, priority = late)]
fn become_one() {
    let mut arguments = env::args_os();
    let name = arguments.next();
    let is = |mark| name.as_deref() == Some(OsStr::new(mark));
    if !is(EXECUTOR) && !is(SCHEDULER) {
        return;
    }
    let mut text = || arguments.next()?.into_string().ok();
    let (parent, role) = (text(), text());
    // The scheduler outlives its parent for as long as it takes to clean up.
    if let Some(parent) = parent.and_then(|id| id.parse().ok())
        && is(EXECUTOR)
    {
        own::end_with(parent);
    }
    let role = role.and_then(|role| serde_json::from_str(&role).ok());
    let status = match role.map(serve) {
        Some(Ok(())) => 0,
        Some(Err(error)) => {
            eprintln!("ballista: {error}");
            1
        }
        None => {
            eprintln!("ballista: started by hand");
            2
        }
    };
    process::exit(status);
}

/// Is a scheduler or an executor until the model is gone.
fn serve(role: Role) -> Result<(), Error> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // What this process starts would inherit it.
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)
        .map_err(io::Error::from)?;
    let desk = Arc::new(Desk::new(socket.try_clone()?));
    desk.tell_of_panics();
    let served = match role {
        Role::Scheduler { host, folder } => {
            let clean = move || drop(fs::remove_dir_all(&folder));
            hear(&desk, socket, clean)?;
            scheduler::serve(host, &desk)
        }
        Role::Executor { place, scheduler, folder, memory } => {
            // There is no other thread yet: all will be there.
            place.enter().inspect_err(|error| desk.refuse(error))?;
            hear(&desk, socket, || {})?;
            let executor = executor::Told { place, scheduler, folder, memory };
            executor::serve(executor, &desk)
        }
    };
    served.inspect_err(|error| desk.refuse(error))
}

/// Does as the model orders, in a thread of its own, and ends the process when
/// the model has gone.
fn hear(
    desk: &Arc<Desk>,
    socket: UnixStream,
    clean: impl Fn() + Send + 'static,
) -> io::Result<()> {
    let desk = Arc::clone(desk);
    let hear = move || {
        let mut heard = Heard::by(socket);
        while let Some(order) = heard.next::<Order>() {
            match order {
                Order::Begin { probed } => desk.begin(probed),
                Order::Answer(may) => desk.answer(may),
                Order::Stop { job } => desk.stop(job),
            }
        }
        clean();
        process::exit(0);
    };
    thread::Builder::new().name("orders".into()).spawn(hear).map(drop)
}
