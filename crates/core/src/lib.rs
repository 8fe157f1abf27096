//! What every concurrency model of Lanes shares: the workloads, the contract
//! between a workload and a model, and the work itself.
//!
//! A *workload* ([`Workload`]) is a job with one size, a seeded input and a
//! reference answer. A *model* ([`Model`]) is a way to run jobs at the same
//! time: OS threads, a work-stealing pool, an async runtime. One *cell* of the
//! matrix is one implementation of [`Run`]: this workload in that model.
//!
//! A model receives a [`Job`]: the input, and the [`Context`] that carries the
//! deadline, the cancel flag and the trace. The methods of `Job<Max>`,
//! `Job<Fetch>` and so on are the kernels; every model calls the same ones, so
//! that all run the same machine code and all record the same spans. What is
//! left for the model is what the project compares: how work is shared,
//! started, waited for and joined.

mod alarm;
mod cell;
mod census;
mod context;
mod entry;
mod error;
mod job;
pub mod kernel;
mod latencies;
mod model;
pub mod numbers;
mod panics;
pub mod parts;
pub mod preflight;
pub mod request;
mod row;
pub mod scoped;
pub mod seed;
pub mod server;
mod slot;
mod stop;
pub mod trace;
pub mod workload;

pub use cell::{Cell, Cells, Started};
pub use census::census;
pub use context::{Context, Probe, Turn, Watch};
pub use entry::{Entry, Family};
pub use error::Error;
pub use job::{Job, Limit, Size, Workload};
pub use latencies::Latencies;
pub use model::{Config, Fit, Model, Run};
pub use panics::{caught, caught_future};
pub use row::{Answer, AnyJob, Definition, Row};
pub use slot::Slot;
pub use stop::StopToken;
pub use workload::{WORKLOADS, rows, rows_with};
