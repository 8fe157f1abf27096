//! A rank: what the process does that `mpirun` starts.
//!
//! It has a connection to the process that has started the job, by which it is
//! told what to run, and to end. Between runs it sleeps there: in MPI a rank
//! that waits keeps its core busy.

use crate::program::{self, Answer};
use crate::ranks::{Kept, Ranks};
use crate::wire::{
    Order, Said, Told, breaks_in_time, broken, message, receive, send,
};
use lanes_core::trace::Trace;
use lanes_core::{Context, Error, Place, Watch, caught};
use mpi::Threading;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Source};
use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use rustix::process::{
    Signal, getpid, kill_process, set_parent_process_death_signal,
};
use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, panic, thread};

/// The variable with the word that a rank is known by, which no other process
/// can read.
pub(crate) const WORD: &str = "LANES_MPI_WORD";
/// What a rank says first: the word, and its number.
pub(crate) const GREETING: usize = 12;

/// How long it sleeps between two looks after what MPI has still to send, from
/// the end of a run on: longer each time.
const NAPS: (Duration, Duration) =
    (Duration::from_millis(1), Duration::from_millis(64));

/// Becomes a rank, until the other side of its connection ends. The arguments
/// are the address of that, and the places of all ranks.
///
/// # Errors
/// Those of the system and of MPI.
pub(crate) fn serve(
    mut arguments: impl Iterator<Item = String>,
) -> Result<(), Error> {
    // It ends with `mpirun`, whatever it does then.
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(io::Error::from)?;
    // A panic is caught, and said to the other side.
    panic::set_hook(Box::new(|_| {}));
    let by_hand = || broken("started by hand");
    let front = arguments.next().ok_or_else(by_hand)?;
    let front: SocketAddrV4 = front.parse().map_err(broken)?;
    let places = arguments.next().ok_or_else(by_hand)?;
    let places: Vec<Place> = serde_json::from_str(&places).map_err(broken)?;
    let own = env::var("OMPI_COMM_WORLD_RANK").map_err(broken)?;
    let own: usize = own.parse().map_err(broken)?;
    let place = places.get(own).ok_or_else(by_hand)?;
    // There is no other thread yet: all will be there.
    place.enter()?;
    let stream = connected(place.address, front)?;
    greet(&stream, own as u32)?;
    let link = Arc::new(Link::new(stream.try_clone()?));
    let taken = take_part(&link, stream, places.len());
    taken.inspect_err(|error| link.say(&Said::Failed(0, error.clone())))
}

/// A connection from this address, so that it is one of this machine or of the
/// namespace.
fn connected(own: Ipv4Addr, to: SocketAddrV4) -> Result<TcpStream, Error> {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None);
    let socket = socket.map_err(io::Error::from)?;
    let not_here = |error| {
        let what = format!("a node cannot be at {own}: {error}");
        Error::Unsupported(what)
    };
    bind(&socket, &SocketAddrV4::new(own, 0)).map_err(not_here)?;
    let unreachable = |error| {
        Error::Unsupported(format!(
            "{to} cannot be reached from {own}: {error}"
        ))
    };
    connect(&socket, &to).map_err(unreachable)?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    breaks_in_time(&stream)?;
    Ok(stream)
}

fn greet(mut to: &TcpStream, own: u32) -> Result<(), Error> {
    let word = env::var(WORD).map_err(broken)?;
    let word: u64 = word.parse().map_err(broken)?;
    let mut greeting = [0; GREETING];
    greeting[..8].copy_from_slice(&word.to_le_bytes());
    greeting[8..].copy_from_slice(&own.to_le_bytes());
    Ok(to.write_all(&greeting)?)
}

/// The connection, as both threads of a rank use it.
struct Link {
    writer: Mutex<TcpStream>,
    /// The run that this rank takes part in.
    running: Mutex<Option<(u64, Context)>>,
    questions: Mutex<Questions>,
    replies: Sender<Reply>,
}

/// Where tasks ask, one after the other.
struct Questions {
    last: u64,
    replies: Receiver<Reply>,
}

/// What a question is answered, or that its run is over.
enum Reply {
    Answer(u64, Result<(), Error>),
    Over(u64),
}

impl Link {
    fn new(writer: TcpStream) -> Self {
        let (sender, replies) = mpsc::channel();
        Self {
            writer: Mutex::new(writer),
            running: Mutex::default(),
            questions: Mutex::new(Questions { last: 0, replies }),
            replies: sender,
        }
    }

    /// Says something. Nothing is left to do where that is not possible.
    fn say(&self, what: &Said) {
        if send(&mut *lock(&self.writer), what).is_err() {
            end();
        }
    }

    /// Says that a run is over, and sends its answer if it is here.
    fn done(
        &self,
        run: u64,
        result: Result<Option<Answer>, Error>,
        of: &Context,
    ) {
        let spans = of.trace().map(Trace::spans).unwrap_or_default();
        let has = |answer: &Option<Answer>| answer.is_some();
        let said = result.as_ref().map(has).map_err(Clone::clone);
        let writer = lock(&self.writer);
        let mut to = &*writer;
        let done = Said::Done { run, result: said, spans };
        let sent = send(&mut to, &done).and_then(|()| match result {
            Ok(Some(answer)) => answer(&mut to),
            _ => Ok(()),
        });
        if sent.is_err() {
            end();
        }
    }

    /// Whether a task of a run may work on another grain.
    fn ask(&self, run: u64, task: usize) -> Result<(), Error> {
        let mut questions = lock(&self.questions);
        questions.last += 1;
        self.say(&Said::Ask(questions.last, task));
        loop {
            match questions.replies.recv() {
                Ok(Reply::Answer(question, answer))
                    if question == questions.last =>
                {
                    return answer;
                }
                Ok(Reply::Over(over)) if over == run => {
                    return Err(Error::Cancelled);
                }
                // Of an earlier question, or an earlier run.
                Ok(_) => {}
                Err(_) => end(),
            }
        }
    }

    /// What a run is watched by here. The other side keeps the deadline and the
    /// cancel flag, and the probe, which is asked there.
    fn context(self: &Arc<Self>, order: &Order) -> Result<Context, Error> {
        let trace = order.origin.map(Trace::since);
        let mut watch = Watch { trace, ..Watch::default() };
        if order.probed {
            let (link, run) = (Arc::clone(self), order.run);
            watch.probe = Some(Arc::new(move |task| link.ask(run, task)));
        }
        Context::watching(watch)
    }

    /// Reads what this rank is told, until the connection ends: then so does
    /// the process, whatever its other threads do.
    fn listen(
        self: &Arc<Self>,
        from: TcpStream,
        orders: &Sender<(Order, Context)>,
    ) {
        let mut from = BufReader::new(from);
        while let Ok(Some(body)) = receive(&mut from) {
            match message(&body) {
                Ok(Told::Run(order)) => {
                    let Ok(context) = self.context(&order) else { break };
                    let running = (order.run, context.clone());
                    *lock(&self.running) = Some(running);
                    if orders.send((order, context)).is_err() {
                        break;
                    }
                }
                Ok(Told::Answer(question, answer)) => {
                    // It waits for this.
                    let _ = self.replies.send(Reply::Answer(question, answer));
                }
                Ok(Told::Stop(run)) => {
                    let running = lock(&self.running);
                    if let Some((now, context)) = &*running
                        && *now == run
                    {
                        context.cancel();
                        let _ = self.replies.send(Reply::Over(run));
                    }
                }
                Err(_) => break,
            }
        }
        end();
    }
}

/// Ends this process, whatever its threads do: the libraries that are in it
/// have things to do at an exit, for which they may wait.
fn end() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    loop {
        thread::park();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Meets the other ranks and takes part in runs.
fn take_part(
    link: &Arc<Link>,
    from: TcpStream,
    count: usize,
) -> Result<(), Error> {
    let (sender, orders) = mpsc::channel();
    let listening = Arc::clone(link);
    thread::Builder::new().spawn(move || listening.listen(from, &sender))?;
    // Only this thread calls MPI.
    let initialized = mpi::initialize_with_threading(Threading::Funneled);
    let (universe, _) = initialized.ok_or_else(|| broken("twice a rank"))?;
    let world = universe.world();
    meet(&world, count)?;
    link.say(&Said::Ready(count));
    let kept = Kept::default();
    while let Some((order, context)) = next(&orders, &world) {
        let run = order.run;
        if order.greeted {
            link.say(&Said::Begun(run));
        }
        let tell = |said: &Said| link.say(said);
        let (world, order) = (&world, &order);
        let of = context.clone();
        let ranks = Ranks { world, context, order, kept: &kept, tell: &tell };
        let performed = caught(|| {
            let perform = program::find(&order.workload)?;
            Ok(perform(&ranks))
        });
        match performed {
            Ok(result) => link.done(run, result, &of),
            Err(error) => {
                // This rank has called fewer collectives than the others: with
                // it the job ends.
                link.say(&Said::Failed(run, error.clone()));
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Has a connection to each of the others, before anything is measured.
fn meet(world: &SimpleCommunicator, count: usize) -> Result<(), Error> {
    if world.size() as usize != count {
        return Err(broken(format!("{} ranks, not {count}", world.size())));
    }
    let (here, mut come) = (vec![0_u8; count], vec![0_u8; count]);
    world.all_to_all_into(&here[..], &mut come[..]);
    world.barrier();
    Ok(())
}

/// The next order. Meanwhile MPI is called now and then: what it has still to
/// send goes only then.
fn next(
    orders: &Receiver<(Order, Context)>,
    world: &SimpleCommunicator,
) -> Option<(Order, Context)> {
    let (mut nap, longest) = NAPS;
    loop {
        match orders.recv_timeout(nap) {
            Ok(order) => return Some(order),
            Err(RecvTimeoutError::Timeout) => {
                world.any_process().immediate_probe();
                nap = (nap * 2).min(longest);
            }
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}
