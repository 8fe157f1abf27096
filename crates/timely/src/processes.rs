//! Workers that are processes of this machine.
//!
//! They are those of `lanes-processes`, which starts and watches them, asks the
//! probe of a run and brings its spans, and kills all of them if one dies or
//! the run is stopped: timely itself has no way to go on then, and waits.

use crate::Cluster;
use crate::flow::Flow;
use crate::member::{self, Invitation, Meeting};
use lanes_core::{Config, Context, Error, Model, preflight};
use lanes_processes::{Function, OverSockets, function};
use std::marker::PhantomData;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};

/// How many processes are started on one machine: each has two threads and a
/// connection for each other one.
const MOST: usize = 64;

/// Worker processes, which have connections to each other.
pub struct Processes {
    processes: OverSockets,
    workers: usize,
    /// The address of this process, as they see it.
    host: Ipv4Addr,
    /// Whether they are connected: not yet after they were started anew.
    joined: AtomicBool,
}

impl Cluster for Processes {
    const NAME: &'static str = "timely-processes";

    fn start(config: &Config) -> Result<Self, Error> {
        let workers = config.workers();
        if workers > MOST {
            let what = "processes that all know each other, on one machine";
            let what = format!("{workers} {what}; at most {MOST}");
            return Err(Error::Unsupported(what));
        }
        preflight::descriptors(workers)?;
        preflight::threads(2 * workers * workers)?;
        let network = config.network();
        network.look()?;
        let processes = OverSockets::start(config)?;
        let joined = AtomicBool::new(false);
        let host = network.host;
        let cluster = Self { processes, workers, host, joined };
        let context = Context::new();
        cluster.processes.alone(&context, || cluster.join(&context))?;
        Ok(cluster)
    }

    fn run<F: Flow>(
        &self,
        context: &Context,
        flow: F,
        parts: Vec<F::Part>,
    ) -> Result<Vec<F::Answer>, Error> {
        self.processes.alone(context, || {
            self.join(context)?;
            let result = self.processes.drive(context, |tasks| {
                let mut parts = Some(parts);
                let futures = (0..self.workers).map(|_| {
                    let parts = parts.take().unwrap_or_default();
                    tasks.submit::<Node<F>>((flow.clone(), parts))
                });
                tasks.join_all(futures.collect::<Result<_, _>>()?)
            });
            if result.is_err() {
                self.part()?;
            }
            Ok(result?.into_iter().flatten().collect())
        })
    }
}

impl Processes {
    /// Connects the processes, if they are not.
    fn join(&self, context: &Context) -> Result<(), Error> {
        // One that died while there was nothing to do has left the others.
        let is_whole = self.processes.broken().is_none();
        if is_whole && self.joined.load(Ordering::Acquire) {
            return Ok(());
        }
        let joined = self.processes.drive(context, |tasks| {
            let meeting = Meeting::open(self.host, self.workers)?;
            let join = |_| tasks.submit::<Join>(meeting.invitation());
            let futures = (0..self.workers).map(join);
            let futures = futures.collect::<Result<_, _>>()?;
            meeting.introduce(context)?;
            tasks.join_all(futures).map(drop)
        });
        if joined.is_err() {
            self.part()?;
        }
        self.joined.store(joined.is_ok(), Ordering::Release);
        joined
    }

    /// Ends all, since some are in the middle of a dataflow, and starts others.
    fn part(&self) -> Result<(), Error> {
        self.joined.store(false, Ordering::Release);
        self.processes.renew()
    }
}

/// What a process does to become a member.
struct Join;

function!(Join);

impl Function for Join {
    const NAME: &'static str = "timely, meet";
    type Argument = Invitation;
    type Output = ();

    fn call(invitation: Invitation, _: &Context) -> Result<(), Error> {
        member::join(invitation)
    }
}

/// What a process does of a dataflow.
pub(crate) struct Node<F>(PhantomData<F>);

impl<F: Flow> Function for Node<F> {
    const NAME: &'static str = F::NAME;
    type Argument = (F, Vec<F::Part>);
    type Output = Vec<F::Answer>;

    fn call(
        (flow, parts): (F, Vec<F::Part>),
        context: &Context,
    ) -> Result<Vec<F::Answer>, Error> {
        member::run(context, flow, parts)
    }
}

/// Makes a dataflow known to the processes.
macro_rules! flow {
    ($flow:ty) => {
        lanes_processes::function!($crate::processes::Node<$flow>);
    };
}

pub(crate) use flow;
