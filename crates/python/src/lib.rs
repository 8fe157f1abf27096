//! Real CPython as a peer: one worker, nine models, in every interpreter that
//! is named.
//!
//! The worker is written in Python and lies in `worker/` beside this crate's
//! sources. It needs nothing but the standard library of CPython 3.8 or later
//! (`python-dask` and `python-ray` need their libraries besides), and answers
//! the measuring process as any worker does (`PROTOCOL.md` in
//! `crates/measure`).
//!
//! # How the worker is built
//!
//! | file in `worker/` | what it is for |
//! |---|---|
//! | `__main__.py` | runs the worker, or prints what it is (`describe`) |
//! | `lanes/models/NAME.py` | a model: one class, a method for each workload |
//! | `lanes/kernels.py`, `counter.py`, `dictionary.py`, `hops.py`, `channel.py`, `pipeline.py`, `philosophers.py`, `connection.py`, `mandelbrot.py`, `words.py`, `primes.py`, `sleepers.py`, `pool.py`, `feed.py`, `cancel.py`, `echo.py` | what one task does, the same in every model |
//! | `lanes/tasks.py`, `loops.py`, `forked.py`, `interpreters.py`, `apart.py` | what several models start tasks with |
//! | `lanes/engine.py`, `raylets.py`, `sitecustomize.py` | nodes: processes that are started where they are to be, and end with the worker |
//! | `lanes/job.py`, `inputs.py`, `local.py`, `seeds.py`, `server.py` | inputs, their parts, those that nodes make, digests of answers, and the server |
//! | `lanes/fit.py` | the decorators that make a method a cell |
//! | `lanes/trace.py`, `usage.py` | spans of a traced run, and what a run has used |
//! | `lanes/worker.py`, `inbox.py`, `protocol.py`, `runtime.py` | requests and replies |
//! | `lanes/stop.py` | the flag by which a request to cancel ends a run |
//! | `lanes/exhibits.py` | measurements for `lanes claims` |
//!
//! The files are compiled into this program, and the text that `wordcount`
//! makes others of is with them; so is the place of this program, which is the
//! client of `echo` for every model when it is started once more. When
//! an interpreter is first asked for, they are packed as a zip into a
//! sealed file in memory, whose path
//! `/proc/PID/fd/N` is the script that interpreters run: Python runs a zip that
//! has a `__main__.py`, and whatever it starts in turn (forked and spawned
//! processes, interpreters of the same process) imports from that path, too.
//! Nothing is installed or written to a disk, there is no limit on the size,
//! and the system takes the file back when this process ends, however it ends.
//! While changing the worker, `python3 -I crates/python/worker describe` runs
//! the same files where they lie, without the text and the client: `wordcount`
//! and `echo` are refused there.
//!
//! # How a cell or a model is added
//!
//! A cell is a method of a model's class that has a workload's name, takes the
//! job and returns its answer. `@natural`, `@possible` or `@unsuitable` with
//! one sentence above it says how well the model suits the workload; without
//! one of these the method is no cell. A model runs the workloads that it has
//! methods for, and no others. A new workload needs an entry in `INPUTS` and
//! `NUMBERS` (`inputs.py`).
//!
//! A model is a file in `lanes/models/` with one class: its docstring has the
//! name and the four keys of every sibling; `serial`, `lane` (what a worker is
//! called in a trace) and `turns` (who takes turns, see `trace.py`) describe
//! it; `threads` returns the system's numbers of its workers, `close` ends
//! them, and a static method `missing`, if there is one, says why this
//! interpreter cannot be the model. A model with `nodes` is also given the
//! places where these are to be, and says of a cell that has an input whether
//! that may be `shipped` or `local`. Then come the cells in the order of the
//! catalogue. The class is listed in `lanes/models/__init__.py`, the file in
//! `src/archive.rs`, and the name in [`MODELS`], so that names are known before
//! any interpreter is asked.
//!
//! # What it costs
//!
//! An interpreter is asked once in a process, when [`peers()`], [`peer`] or
//! [`interpreters`] first needs it: it is started, imports the whole worker and
//! prints one line, in 0.1 to 0.3 seconds. All that are named are asked at the
//! same time. One that does not answer within five seconds is killed and
//! missing. [`names`] starts none where only one is named.
//!
//! Decorators leave methods as they are, so that a cell pays nothing for its
//! fit. Without a trace, a task pays for one look at an empty list. The server
//! is a process of its own, which does not share the GIL with what is measured.
//!
//! # Other interpreters
//!
//! Only CPython is asked: any other is missing, with that reason. RustPython,
//! whose threads take no turns, does not carry the worker as it is: its `os`
//! (sources of August 2026) has no `memfd_create`, which makes the flag that
//! threads, forked processes and interpreters share.
//!
//! # What is inferred
//!
//! CPython does not report who waits for the GIL. A thread that wants to
//! compute and whose wall time is ahead of its CPU time by more than 0.2 ms is
//! drawn as waiting for the lock. It may as well have been ready to run while
//! the system ran another process: with too few free cores the two look alike.
//! A reply that arrives more than 0.3 ms after the server has sent it is drawn
//! the same way from that time on. Interpreters without a GIL have no such
//! spans, and nor have processes and subinterpreters, whose workers take no
//! turns: there, such a thread is drawn as preempted.

mod archive;
mod interpreter;
mod peers;

pub use interpreter::{DescribedCell, Interpreter};
pub use peers::{
    MODELS, Peer, VARIABLE, has_own_gil, interpreters, names, peer, peers,
};
