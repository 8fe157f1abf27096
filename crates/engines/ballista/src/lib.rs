//! DataFusion Ballista: queries that a scheduler cuts into stages, whose tasks
//! executors work on, a process for each node with one task slot.
//!
//! The model is the client of a cluster that it has started: a session sends
//! each query as a plan, the scheduler has each stage done where a slot is
//! free, executors write what a stage leaves to their own disk, from which
//! others fetch it, and the session fetches what the last one leaves. All of it
//! is Ballista's, in the process that it belongs to, called as a library.
//!
//! Inputs are Parquet files, since a plan names what it reads: [`Input::Local`]
//! only. A table in memory has no place in the plans that a session sends.
//!
//! A run that is stopped has its job cancelled, and every task is waited for.
//! An executor whose tasks do not end is killed. One that has ended is replaced
//! when the next run begins. What Ballista does meanwhile is its own: a task of
//! an executor that cannot be reached is given to another at once, one that was
//! at work in it once three seconds have passed without a heartbeat (its
//! default is three minutes), and a stage whose files are lost is run again. A
//! result that is lost before it was fetched is an error.
//!
//! An executor computes on one thread, which Ballista gives a nice value of 10.
//! Files are read and fetched by others.

lanes_core::cells! { for Ballista:
    max::Max,
    sort::Sort,
    wordcount::Wordcount,
    primes::Primes,
}

mod cluster;
mod desk;
mod engine;
mod executor;
mod functions;
mod message;
mod node;
mod pool;
mod process;
mod query;
mod runtime;
mod scheduler;
mod tables;
mod timeouts;
mod words;

use cluster::Cluster;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, UInt64Array};
use datafusion::arrow::datatypes::{DataType, UInt64Type};
use lanes_core::{Config, Error, Exempt, Input, Job, Model, Workload, caught};
use std::sync::{Arc, Mutex, PoisonError};
use tables::{Column, Parts, Tables};

/// A session of a Ballista cluster, and the cluster.
pub struct Ballista {
    /// Before the cluster, which has their folder.
    tables: Mutex<Tables>,
    cluster: Cluster,
    workers: usize,
}

impl Model for Ballista {
    fn start(config: &Config) -> Result<Self, Error> {
        if config.input() == Some(Input::Shipped) {
            let what = "Ballista reads files: an input is not shipped";
            return Err(Error::Unsupported(what.into()));
        }
        let (tables, workers) = (Mutex::default(), config.workers());
        let cluster = caught(|| Cluster::start(config))?;
        Ok(Self { tables, cluster, workers })
    }

    fn exemptions() -> &'static [Exempt] {
        EXEMPTIONS
    }

    fn name(&self) -> &'static str {
        "ballista"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

/// What Ballista cannot do, or cannot be asked.
const EXEMPTIONS: &[Exempt] = &[
    Exempt {
        case: "hundred_runs",
        why: "a hundred starts of all processes, each with a dozen queries, \
              take longer than the minute that a case has; a test of its own \
              has fewer",
        issue: "",
    },
    Exempt {
        case: "worker_protocol_garbage",
        why: "its processes have sockets at which they listen, and the case \
              cannot write to those",
        issue: "",
    },
];

/// Each node reads its files.
const LOCAL: &[Input] = &[Input::Local];

/// A column of numbers.
const NUMBER: Column = Column { name: "number", kind: DataType::UInt64 };

/// How many numbers are written at once.
const BATCH: usize = 1 << 16;

impl Ballista {
    /// The rows of a query over the table `input`, which has one column, in so
    /// many parts, and so many bytes.
    fn query<'a, W: Workload + PartialEq>(
        &self,
        job: &'a Job<W>,
        (column, bytes): (&Column, usize),
        parts: impl FnOnce() -> Parts<'a>,
        sql: &str,
    ) -> Result<Vec<RecordBatch>, Error> {
        if node::is_within() {
            let what = "a run within a task of Ballista would wait for the \
                        slot that its task holds";
            return Err(Error::Unsupported(what.into()));
        }
        let context = job.context();
        context.finish(())?;
        if context.trace().is_some() {
            let what = "Ballista's executors record no spans";
            return Err(Error::Unsupported(what.into()));
        }
        let rows = || {
            let below = self.cluster.folder();
            let mut tables =
                self.tables.lock().unwrap_or_else(PoisonError::into_inner);
            let files = tables.of(below, job, bytes, column, parts)?;
            self.cluster.rows(context, &files, sql)
        };
        context.note(caught(rows))
    }
}

/// A part of a list, to be written.
fn numbers<'a>(
    list: &'a [u64],
) -> Box<dyn Iterator<Item = Result<ArrayRef, Error>> + 'a> {
    let array = |numbers: &[u64]| -> Result<ArrayRef, Error> {
        Ok(Arc::new(UInt64Array::from(numbers.to_vec())))
    };
    Box::new(list.chunks(BATCH).map(array))
}

/// The numbers of a column, in the order of the rows.
///
/// # Errors
/// [`Error::Protocol`] for a column of anything else.
fn column(rows: &[RecordBatch], index: usize) -> Result<Vec<u64>, Error> {
    let mut all = Vec::new();
    for batch in rows {
        let numbers = batch.column(index).as_primitive_opt::<UInt64Type>();
        let wrong = || Error::Protocol("a column of no numbers".into());
        let numbers = numbers.ok_or_else(wrong)?;
        // No number is there where there are no rows to make it of.
        all.extend(numbers.iter().flatten());
    }
    Ok(all)
}
