//! The scheduler, the executors, and the session by which they are asked.

use crate::functions;
use crate::message::Role;
use crate::node::Node;
use crate::query::{Query, refused};
use crate::timeouts;
use ballista::prelude::SessionContextExt;
use datafusion::arrow::array::RecordBatch;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use lanes_core::limits::Limits;
use lanes_core::{Config, Context, Error, Network, preflight};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// How long the processes may take to be there.
const START: Duration = Duration::from_secs(10);
/// How long one may take to answer: one that takes longer is stopped.
const ANSWER: Duration = Duration::from_secs(1);
/// How long after a cancel tasks may take to end by themselves.
const GRACE: Duration = Duration::from_millis(80);
/// How long a cancel waits to hear the name of the job that it is about.
const NAME: Duration = Duration::from_millis(40);
/// How long a process may take to end after its connections did.
const MOMENT: Duration = Duration::from_millis(100);
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

/// A cluster. Its processes are started anew if they were lost.
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
        let folder = tempfile::Builder::new()
            .prefix("lanes-ballista-")
            .tempdir()
            .map_err(|error| Error::temporary(&error))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let members = Mutex::new(None);
        let network = config.network();
        let cluster = Self { network, members, runtime, folder };
        let members = cluster.members()?;
        *cluster.members.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(members);
        Ok(cluster)
    }

    /// Where inputs may be written.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn members(&self) -> Result<Members, Error> {
        let (ends, ended) = watch::channel(());
        let until = Instant::now() + START;
        let host = self.network.host;
        let folder = self.folder().to_owned();
        let role = Role::Scheduler { host, folder };
        let name = format!("the scheduler at {host}");
        let scheduler = Node::start(name, &role, &ends)?;
        let port = scheduler.ready(until)?;
        let nodes = self.network.nodes.len();
        let available = Limits::here().available.unwrap_or(MEMORY);
        // What Ballista takes of a machine, shared among those on this one.
        let memory = available / 10 * 7 / nodes as u64;
        let session = self.runtime.block_on(session((host, port), nodes));
        let mut members = Members {
            scheduler,
            port,
            executors: Vec::new(),
            session: session?,
            memory,
            started: 0,
            changed: false,
            registered: None,
            ends,
            ended,
        };
        // All at once, and then each is waited for.
        for number in 0..nodes {
            let executor = members.executor(self, number)?;
            members.executors.push(executor);
        }
        for executor in &members.executors {
            executor.ready(until)?;
        }
        Ok(members)
    }

    /// The rows that a query over the files of a folder has. When it returns,
    /// no task of it is left.
    ///
    /// # Errors
    /// The cause, if the run was stopped; [`Error::WorkerDied`] if no node is
    /// left; what Ballista says of a query that failed.
    pub(crate) fn rows(
        &self,
        context: &Context,
        files: &Path,
        sql: &str,
    ) -> Result<Vec<RecordBatch>, Error> {
        let members = self.members.lock();
        let mut slot = members.unwrap_or_else(PoisonError::into_inner);
        if slot.as_ref().is_none_or(|all| all.scheduler.is_gone()) {
            // The old ones go before new ones come.
            *slot = None;
            *slot = Some(self.members()?);
        }
        let Some(members) = slot.as_mut() else {
            return Err(Error::WorkerDied("no process is there".into()));
        };
        members.prepare(self, context, files)?;
        let asked = members.ask(self, context, sql);
        if asked.as_ref().is_err_and(|given_up| given_up.lost) {
            *slot = None;
        }
        context.note(asked.map_err(|given_up| given_up.cause))
    }
}

/// Why a query has no answer.
struct GivenUp {
    cause: Error,
    /// Whether the cluster is of no more use.
    lost: bool,
}

/// The processes, and what they know.
struct Members {
    scheduler: Node,
    port: u16,
    executors: Vec<Node>,
    session: SessionContext,
    /// How many bytes the operators of each may hold.
    memory: u64,
    /// How many executors were started.
    started: usize,
    /// Whether the executors are to be told that another run begins: the last
    /// one was stopped or probed, or has taken so long that one may be gone.
    changed: bool,
    /// The folder whose files the table is made of.
    registered: Option<PathBuf>,
    ends: watch::Sender<()>,
    ended: watch::Receiver<()>,
}

impl Members {
    /// Starts an executor with this number.
    fn executor(
        &mut self,
        cluster: &Cluster,
        number: usize,
    ) -> Result<Node, Error> {
        let place = cluster.network.nodes[number].clone();
        let name = format!("node {} at {}", number + 1, place.address);
        self.started += 1;
        let folder = format!("executor-{}", self.started);
        let role = Role::Executor {
            place,
            scheduler: (cluster.network.host, self.port),
            folder: cluster.folder().join(folder),
            memory: self.memory,
        };
        Node::start(name, &role, &self.ends)
    }

    /// Starts another executor in the place of one.
    fn replace(
        &mut self,
        cluster: &Cluster,
        number: usize,
    ) -> Result<(), Error> {
        self.executors[number].kill();
        let executor = self.executor(cluster, number)?;
        executor.ready(Instant::now() + START)?;
        self.executors[number] = executor;
        Ok(())
    }

    /// Sees that every executor is there and knows of the run, and that the
    /// table is the right one.
    fn prepare(
        &mut self,
        cluster: &Cluster,
        context: &Context,
        files: &Path,
    ) -> Result<(), Error> {
        for number in 0..self.executors.len() {
            if self.executors[number].is_gone() {
                self.replace(cluster, number)?;
                self.changed = true;
            }
        }
        let probed = context.is_probed().then_some(context);
        if self.changed || probed.is_some() {
            self.begin(cluster, probed)?;
        }
        if self.registered.as_deref() == Some(files) {
            return Ok(());
        }
        let name = files.display().to_string();
        let register = async {
            self.session.deregister_table(TABLE)?;
            let options = ParquetReadOptions::default();
            self.session.register_parquet(TABLE, name, options).await
        };
        let registered = cluster.runtime.block_on(register);
        registered.map_err(|error| Error::Task(error.to_string()))?;
        self.registered = Some(files.to_owned());
        Ok(())
    }

    fn begin(
        &mut self,
        cluster: &Cluster,
        probed: Option<&Context>,
    ) -> Result<(), Error> {
        for executor in &self.executors {
            executor.begin(probed);
        }
        let until = Instant::now() + ANSWER;
        for number in 0..self.executors.len() {
            if !self.executors[number].has_begun(until) {
                // It is stopped, or has ended just now.
                self.replace(cluster, number)?;
                self.executors[number].begin(probed);
                let until = Instant::now() + ANSWER;
                if !self.executors[number].has_begun(until) {
                    let name = self.executors[number].name();
                    let what = format!("{name} does not answer");
                    return Err(Error::WorkerDied(what));
                }
            }
        }
        self.changed = probed.is_some();
        Ok(())
    }

    /// Has a query answered, for as long as the run is not stopped and someone
    /// is there to answer.
    fn ask(
        &mut self,
        cluster: &Cluster,
        context: &Context,
        sql: &str,
    ) -> Result<Vec<RecordBatch>, GivenUp> {
        let begin = Instant::now();
        let runtime = &cluster.runtime;
        let url = (cluster.network.host, self.port);
        let mut query = Query::start(runtime, &self.session, url, sql);
        let mut ended = self.ended.clone();
        ended.mark_unchanged();
        let answered = runtime.block_on(context.unless_stopped(async {
            loop {
                if let Some(error) = self.hopeless() {
                    return Err(error);
                }
                tokio::select! {
                    answer = query.answer() => return answer,
                    // The sender is in here.
                    _ = ended.changed() => {}
                }
            }
        }));
        self.changed |= begin.elapsed() > timeouts::EXECUTOR;
        let Err(cause) = answered else { return answered.map_err(no) };
        self.changed = true;
        // What a probe has found comes before what Ballista makes of it.
        let cause = match context.cause() {
            Some(cause) => cause,
            None => self.why(cause),
        };
        context.stop(cause.clone());
        let lost = !self.stop(runtime, &query) || self.scheduler.is_gone();
        Err(GivenUp { cause, lost })
    }

    /// Why nobody is left to answer, if so.
    fn hopeless(&self) -> Option<Error> {
        if self.scheduler.is_gone() {
            return Some(self.scheduler.died());
        }
        let all = self.executors.iter().all(Node::is_gone);
        let last = self.executors.last();
        last.filter(|_| all).map(Node::died)
    }

    /// Why a query has failed: a process that has ended or panicked, or does
    /// within a moment, comes before what Ballista makes of it.
    fn why(&self, cause: Error) -> Error {
        let all = || self.executors.iter().chain([&self.scheduler]);
        let until = Instant::now() + MOMENT;
        while Instant::now() < until {
            let panics: Vec<_> = all().filter_map(Node::panicked).collect();
            let refused = panics.iter().find_map(|said| refused(said));
            if let Some(refused) = refused {
                return refused;
            }
            if let Some(gone) = all().find(|process| process.is_gone()) {
                return gone.died();
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
        let job = query.job();
        for executor in &self.executors {
            executor.stop(job.as_deref());
        }
        let cancelled = runtime.block_on(query.cancel());
        for executor in &self.executors {
            if !executor.rests(GRACE) {
                executor.kill();
            }
        }
        cancelled
    }
}

fn no(cause: Error) -> GivenUp {
    GivenUp { cause, lost: false }
}

/// A session of this scheduler, as Ballista's documentation has it, with a
/// partition for each node, and files that are not cut.
async fn session(
    (host, port): (std::net::Ipv4Addr, u16),
    nodes: usize,
) -> Result<SessionContext, Error> {
    let config = timeouts::session()
        .with_target_partitions(nodes)
        .with_repartition_file_scans(false);
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let url = format!("df://{host}:{port}");
    let session = SessionContext::remote_with_state(&url, state).await;
    let session = session.map_err(|error| Error::Task(error.to_string()))?;
    session.register_udf(functions::primes(None));
    Ok(session)
}
