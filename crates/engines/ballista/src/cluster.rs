//! The scheduler, the executors, and the session by which they are asked.

use crate::functions;
use crate::message::Role;
use crate::node::Node;
use crate::query::{Query, failed, refused};
use crate::timeouts;
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::arrow::array::RecordBatch;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use lanes_core::limits::Limits;
use lanes_core::{Config, Context, Error, Network, Place, preflight};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// How long the processes may take to be there.
const START: Duration = Duration::from_secs(10);
/// How long one may take to answer: one that takes longer is stopped.
const ANSWER: Duration = Duration::from_secs(1);
/// How long after a cancel tasks may take to end by themselves.
const GRACE: Duration = Duration::from_millis(60);
/// How long a cancel waits to hear the name of the job that it is about.
const NAME: Duration = Duration::from_millis(30);
/// How long a process may take to end after its connections did.
const MOMENT: Duration = Duration::from_millis(300);
/// How often it is looked at what has no message.
const TICK: Duration = Duration::from_millis(1);
/// The most nodes on one machine.
const MOST: usize = 32;
/// Descriptors of each node, and of all together.
const DESCRIPTORS: (usize, usize) = (8, 32);
/// What is there where the system does not say how much memory is.
const MEMORY: u64 = 1 << 30;

/// The name of the table that a query reads.
pub(crate) const TABLE: &str = "input";

/// A cluster. All of its processes are started anew if one was lost.
pub(crate) struct Cluster {
    network: Network,
    members: Mutex<Option<Members>>,
    runtime: Runtime,
    /// Where processes work, and inputs are. Removed last.
    folder: TempDir,
}

impl Cluster {
    /// Starts a scheduler, and as many executors as there are workers.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for more nodes than a machine has room for, and
    /// for a place that a node cannot have; [`Error::Resource`] if the system
    /// refuses; [`Error::WorkerDied`] if a process does not come.
    pub(crate) fn start(config: &Config) -> Result<Self, Error> {
        let nodes = config.workers();
        if nodes > MOST {
            let what = format!("{nodes} executors on one machine");
            let what = format!("{what}; at most {MOST}");
            return Err(Error::Unsupported(what));
        }
        preflight::descriptors(DESCRIPTORS.0 * nodes + DESCRIPTORS.1)?;
        config.preflight()?;
        let folder = temporary(&env::temp_dir())?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let network = config.network();
        let members = Members::start(&network, &runtime, folder.path())?;
        let members = Mutex::new(Some(members));
        Ok(Self { network, members, runtime, folder })
    }

    /// Where inputs may be written.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The rows that a query over the files of a folder has. When it returns,
    /// no task of it is left.
    ///
    /// # Errors
    /// The cause, if the run was stopped; [`Error::WorkerDied`] if no node is
    /// left, and what Ballista says of a query that failed.
    pub(crate) fn rows(
        &self,
        context: &Context,
        files: &Path,
        sql: &str,
    ) -> Result<Vec<RecordBatch>, Error> {
        let members = self.members.lock();
        let mut slot = members.unwrap_or_else(PoisonError::into_inner);
        if !slot.as_mut().is_some_and(|all| all.is_whole(context)) {
            // The old ones go before new ones come.
            *slot = None;
            let (network, folder) = (&self.network, self.folder());
            let mut all = Members::start(network, &self.runtime, folder)?;
            all.begin(context);
            *slot = Some(all);
        }
        let Some(members) = slot.as_mut() else {
            return Err(Error::WorkerDied("no process is there".into()));
        };
        members.register(&self.runtime, files)?;
        let asked = members.ask(&self.runtime, context, sql);
        context.note(asked)
    }
}

/// A new folder in this one.
fn temporary(below: &Path) -> Result<TempDir, Error> {
    let folder =
        tempfile::Builder::new().prefix("lanes-ballista-").tempdir_in(below);
    folder.map_err(|error| Error::temporary(&error))
}

/// The processes, and what they know.
struct Members {
    scheduler: Node,
    executors: Vec<Node>,
    hall: Hall,
    session: SessionContext,
    /// Whether the executors are to be told that another run begins: the last
    /// one was stopped or probed, or has taken so long that one may be lost.
    changed: bool,
    /// Whether all are to be started anew for the next run: the scheduler
    /// forgets slots of other executors when it gives up a stage that one of
    /// them was lost in, and tasks may still come of a job that it could not be
    /// asked to cancel.
    stale: bool,
    /// The folder whose files the table is made of.
    registered: Option<PathBuf>,
    ended: watch::Receiver<()>,
}

/// What it takes to start an executor.
struct Hall {
    /// The scheduler's.
    address: (Ipv4Addr, u16),
    places: Vec<Place>,
    /// How many bytes the operators of each may hold.
    memory: u64,
    ends: watch::Sender<()>,
    /// Where the executors work.
    folder: TempDir,
    started: usize,
}

impl Hall {
    /// Starts the executor with this number.
    fn executor(&mut self, number: usize) -> Result<Node, Error> {
        let place = self.places[number].clone();
        let name = format!("node {} at {}", number + 1, place.address);
        self.started += 1;
        let role = Role::Executor {
            place,
            scheduler: self.address,
            folder: self.folder.path().join(self.started.to_string()),
            memory: self.memory,
        };
        Node::start(name, &role, &self.ends)
    }
}

impl Members {
    /// Starts all processes, and waits until they know each other.
    fn start(
        network: &Network,
        runtime: &Runtime,
        below: &Path,
    ) -> Result<Self, Error> {
        let until = Instant::now() + START;
        let (host, nodes) = (network.host, network.nodes.len());
        let (ends, ended) = watch::channel(());
        let folder = below.to_owned();
        let role = Role::Scheduler { host, folder };
        let name = format!("the scheduler at {host}");
        let scheduler = Node::start(name, &role, &ends)?;
        let address = (host, scheduler.ready(until)?);
        // What Ballista takes of a machine, shared among those on this one.
        let available = Limits::here().available.unwrap_or(MEMORY);
        let memory = available / 10 * 7 / nodes as u64;
        let (places, folder) = (network.nodes.clone(), temporary(below)?);
        let started = 0;
        let mut hall = Hall { address, places, memory, ends, folder, started };
        // All at once, and then each is waited for.
        let executors = (0..nodes).map(|number| hall.executor(number));
        let executors = executors.collect::<Result<Vec<_>, _>>()?;
        for executor in &executors {
            executor.ready(until)?;
        }
        Ok(Self {
            scheduler,
            executors,
            hall,
            session: runtime.block_on(session(address, nodes))?,
            changed: false,
            stale: false,
            registered: None,
            ended,
        })
    }

    /// Whether every process is there, and knows of the run.
    fn is_whole(&mut self, context: &Context) -> bool {
        let executors = self.executors.iter();
        let is_gone = executors.chain([&self.scheduler]).any(Node::is_gone);
        if is_gone || self.stale {
            return false;
        }
        if !self.changed && !context.is_probed() {
            return true;
        }
        self.begin(context)
    }

    /// Lets every executor know of the run, and says whether all do.
    fn begin(&mut self, context: &Context) -> bool {
        for executor in &self.executors {
            executor.begin(context);
        }
        self.changed = context.is_probed();
        let until = Instant::now() + ANSWER;
        self.executors.iter().all(|executor| executor.has_begun(until))
    }

    /// Makes the table of these files.
    fn register(
        &mut self,
        runtime: &Runtime,
        files: &Path,
    ) -> Result<(), Error> {
        if self.registered.as_deref() == Some(files) {
            return Ok(());
        }
        let name = files.display().to_string();
        let register = async {
            self.session.deregister_table(TABLE)?;
            let options = ParquetReadOptions::default();
            self.session.register_parquet(TABLE, name, options).await
        };
        let registered = runtime.block_on(register);
        registered.map_err(|error| failed(&error))?;
        self.registered = Some(files.to_owned());
        Ok(())
    }

    /// Has a query answered, for as long as the run is not stopped and someone
    /// is there to answer.
    fn ask(
        &mut self,
        runtime: &Runtime,
        context: &Context,
        sql: &str,
    ) -> Result<Vec<RecordBatch>, Error> {
        let begin = Instant::now();
        let session = (&self.session, self.hall.address);
        let mut query = Query::start(runtime, session, sql);
        let mut ended = self.ended.clone();
        ended.mark_unchanged();
        let mut lost = vec![None; self.executors.len()];
        let answered = runtime.block_on(context.unless_stopped(async {
            loop {
                self.replace(context, &mut lost)?;
                tokio::select! {
                    answer = query.answer() => return answer,
                    // Its other end is kept as long as this one.
                    _ = ended.changed() => {}
                }
            }
        }));
        self.stale = lost.iter().any(Option::is_some);
        self.changed |= begin.elapsed() > timeouts::EXECUTOR;
        let cause = match answered {
            Ok(rows) => return Ok(rows),
            Err(cause) => cause,
        };
        self.changed = true;
        // What a probe has found comes before what Ballista makes of it.
        let cause = match context.cause() {
            Some(cause) => cause,
            None => self.why(cause, lost),
        };
        context.stop(cause.clone());
        self.stale |= !self.stop(runtime, &query);
        Err(cause)
    }

    /// Starts another executor in the place of one that has ended, once in a
    /// run for each, as those who run a cluster have it done.
    ///
    /// # Errors
    /// [`Error::WorkerDied`] if nobody is left to answer.
    fn replace(
        &mut self,
        context: &Context,
        lost: &mut [Option<Error>],
    ) -> Result<(), Error> {
        if self.scheduler.is_gone() {
            return Err(self.scheduler.died());
        }
        let pairs = self.executors.iter_mut().zip(lost);
        for (number, (executor, lost)) in pairs.enumerate() {
            if executor.is_gone() && lost.is_none() {
                *lost = Some(executor.died());
                *executor = self.hall.executor(number)?;
                executor.begin(context);
            }
        }
        match self.executors.iter().all(Node::is_gone) {
            true => Err(self.executors[0].died()),
            false => Ok(()),
        }
    }

    /// Why a query has failed: a process that has ended or panicked, or does
    /// within a moment, comes before what Ballista makes of it.
    fn why(&self, cause: Error, lost: Vec<Option<Error>>) -> Error {
        let mut lost = lost.into_iter().flatten();
        let all = || self.executors.iter().chain([&self.scheduler]);
        let until = Instant::now() + MOMENT;
        while Instant::now() < until {
            let panics: Vec<_> = all().filter_map(Node::panicked).collect();
            let refused = panics.iter().find_map(|said| refused(said));
            if let Some(refused) = refused {
                return refused;
            }
            let gone = || all().find(|p| p.is_gone()).map(Node::died);
            if let Some(died) = lost.next().or_else(gone) {
                return died;
            }
            if let Some(said) = panics.into_iter().next() {
                return Error::Panicked(said);
            }
            thread::sleep(TICK);
        }
        cause
    }

    /// Sees that no task of a query is left, and says whether the cluster can
    /// be used again: not if tasks may still come.
    fn stop(&self, runtime: &Runtime, query: &Query) -> bool {
        let until = Instant::now() + NAME;
        while !query.is_known() && Instant::now() < until {
            thread::sleep(TICK);
        }
        let until = Instant::now() + GRACE;
        let job = query.job();
        for executor in &self.executors {
            executor.stop(job.as_deref());
        }
        let cancelled = runtime.spawn(query.cancel(until));
        for executor in &self.executors {
            if !executor.rests(until) {
                executor.kill();
            }
        }
        runtime.block_on(cancelled).unwrap_or(false)
    }
}

/// A session of this scheduler, as Ballista's documentation has it, with a
/// partition for each node, and files that are not cut.
///
/// Its adaptive planner, which is the default, does not yet know what to do
/// when an executor is lost: the job waits for a stage that is run again, and
/// is not asked for (<https://github.com/apache/datafusion-ballista/pull/1601>).
async fn session(
    (host, port): (Ipv4Addr, u16),
    nodes: usize,
) -> Result<SessionContext, Error> {
    let config = timeouts::session()
        .with_target_partitions(nodes)
        .with_repartition_file_scans(false)
        .with_ballista_adaptive_query_planner(false);
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let url = format!("df://{host}:{port}");
    let session = SessionContext::remote_with_state(&url, state).await;
    let session = session.map_err(|error| failed(&error))?;
    session.register_udf(functions::primes(None));
    Ok(session)
}
