//! A trace as pictures, its critical path and totals, and as a file for
//! Perfetto.
//!
//! The kernels and the waiting helpers of `lanes-core` record spans (task,
//! worker, state, begin, end) when a run is given a
//! [`Trace`](lanes_core::trace::Trace). A [`Timeline`] is the trace of one run.
//! A [`Picture`] stacks timelines on one time axis, by task, by worker or both,
//! and [`svg()`] writes it as a document of its own: no script, no style sheet,
//! no font from elsewhere. [`strips()`] cuts a picture into strips, which a
//! page shows or hides one by one. [`perfetto()`] writes the same timelines for
//! <https://ui.perfetto.dev>. [`critical_path`] and [`totals()`] give the
//! numbers beside the picture.
//!
//! ```
//! use lanes_core::trace::State::{Compute, Io};
//! use lanes_timeline::{Picture, Timeline, critical_path, svg};
//! use std::time::Duration;
//!
//! let unit = Duration::from_millis(20);
//! let parts = [
//!     (0, Some(0), Compute, 0.0, 1.0),
//!     (0, None, Io, 1.0, 4.0),
//!     (1, Some(0), Compute, 1.0, 3.0),
//! ];
//! let drawn = Timeline::drawn("two tasks, one worker", unit, &parts)?;
//! assert_eq!(critical_path(&drawn)?.io(), 3 * unit);
//! let timelines = vec![drawn];
//! let picture =
//!     Picture { unit: Some(unit), timelines, ..Picture::default() };
//! assert!(svg(&picture)?.starts_with("<svg"));
//! # Ok::<(), lanes_core::Error>(())
//! ```
//!
//! # What a timeline shows
//!
//! The two views answer two questions. By task, a thread and a future look
//! alike: both compute, wait for I/O, wait for a lock, or are ready and have no
//! worker. By worker, a blocked thread holds its worker while it waits; an
//! awaiting future is not shown, since it holds none:
//!
//! ```
//! use lanes_core::trace::State::{Compute, Io};
//! use lanes_timeline::{Timeline, totals};
//! use std::time::Duration;
//!
//! let unit = Duration::from_millis(20);
//! let waits_on = |worker| {
//!     let parts =
//!         [(0, Some(0), Compute, 0.0, 1.0), (0, worker, Io, 1.0, 4.0)];
//!     Timeline::drawn("a request", unit, &parts)
//! };
//! let thread = totals(&waits_on(Some(0))?)?;
//! let future = totals(&waits_on(None)?)?;
//! assert_eq!(thread.tasks[0].io, future.tasks[0].io);
//! assert_eq!(thread.workers[0].idle, Duration::ZERO);
//! assert_eq!(future.workers[0].idle, 3 * unit);
//! # Ok::<(), lanes_core::Error>(())
//! ```
//!
//! # What is computing, and what is preempted
//!
//! A thread that the system takes off its core in the midst of computing looks,
//! by its begin and its end, as if it had computed all the time: eight threads
//! on two cores would seem to compute at once. So a span also has the CPU time
//! that its thread spent in it ([`Span::cpu`](lanes_core::trace::Span::cpu)).
//! What is left of a span of computing is *preempted*: the task is ready, its
//! worker is held, and the thread was not on a core.
//!
//! ```
//! use lanes_core::trace::State::Compute;
//! use lanes_timeline::{Timeline, critical_path, totals};
//! use std::time::Duration;
//!
//! let unit = Duration::from_millis(20);
//! // Two threads take turns on one core.
//! let parts =
//!     [(0, Some(0), Compute, 0.0, 2.0), (1, Some(1), Compute, 0.0, 2.0)];
//! let mut shared = Timeline::drawn("one core", unit, &parts)?;
//! assert_eq!(totals(&shared)?.sum.known_preempted(), None);
//! for span in &mut shared.spans {
//!     span.cpu = Some(20_000_000);
//! }
//! let sums = totals(&shared)?;
//! assert_eq!(sums.sum.compute, 2 * unit);
//! assert_eq!(sums.sum.known_preempted(), Some(2 * unit));
//! assert_eq!(sums.tasks[0].words(), "computing 20.0 ms, preempted 20.0 ms");
//! let path = critical_path(&shared)?;
//! assert_eq!((path.compute(), path.preempted()), (unit, unit));
//! # Ok::<(), lanes_core::Error>(())
//! ```
//!
//! - **Where** in a span the thread was off its core is not recorded. Pictures
//!   and critical paths put it at the end; a span that is cut by others gives
//!   each of its stretches the same share.
//! - **Why** is not recorded either. Waits for I/O and for locks have spans of
//!   their own, so that what is left is the scheduler's doing, nearly always. A
//!   page that is read from a disk in the midst of a kernel counts, too.
//! - What a hypervisor takes from the whole machine is not seen: the thread was
//!   on a core, as far as its system knows.
//! - The clocks are read within a microsecond of each other. Less than that is
//!   no finding.
//! - Waits stay waits, whether the thread sleeps in them or spins.
//! - Traces of older versions, and of workers that do not send CPU times, show
//!   all of it as computing, and a line says so. [`Share::unknown`] is how
//!   much.
//!
//! The workload `subtasks` has three tasks: the first computes 1 U, waits 3 U
//! for a request and computes 1 U; the second computes 1, waits 1 and computes
//! 1; the third computes 2. Its longest task is the shortest possible run:
//!
//! ```
//! use lanes_core::trace::State::{Compute, Io};
//! use lanes_timeline::{Timeline, critical_path};
//! use std::time::Duration;
//!
//! let unit = Duration::from_millis(20);
//! let ideal = Timeline::drawn(
//!     "one worker has the longest task for itself",
//!     unit,
//!     &[
//!         (0, Some(0), Compute, 0.0, 1.0),
//!         (0, Some(0), Io, 1.0, 4.0),
//!         (0, Some(0), Compute, 4.0, 5.0),
//!         (1, Some(1), Compute, 0.0, 1.0),
//!         (1, Some(1), Io, 1.0, 2.0),
//!         (1, Some(1), Compute, 2.0, 3.0),
//!         (2, Some(1), Compute, 3.0, 5.0),
//!     ],
//! )?;
//! assert_eq!(critical_path(&ideal)?.length(), 5 * unit);
//! # Ok::<(), lanes_core::Error>(())
//! ```
//!
//! On two cores, the timelines explain three kinds of results:
//!
//! - `rayon` and `crossbeam` come near the ideal 5 U. One worker has the
//!   longest task for itself; the other runs the two short ones in turn.
//! - `threads` takes about 6 U. The system puts the third thread on the core
//!   where the first one computes, so that the first unit of the critical path
//!   takes two: one of computing, one of being preempted.
//! - `tokio`, `async-std` and `smol` also take about 6 U, for another reason.
//!   The first task starts its request and gives its worker back. That worker
//!   computes the second task, the other worker computes the third, and no
//!   worker polls the I/O driver. The connection was made long ago, but the
//!   request is sent only when a worker is free again, one unit later:
//!
//! ```
//! use lanes_core::trace::State::{Compute, Io};
//! use lanes_timeline::{Timeline, critical_path};
//! use std::time::Duration;
//!
//! let unit = Duration::from_millis(20);
//! let held_back = Timeline::drawn(
//!     "both workers compute, and the request waits to be sent",
//!     unit,
//!     &[
//!         (0, Some(0), Compute, 0.0, 1.0),
//!         // One unit until it is sent, then the three of the request.
//!         (0, None, Io, 1.0, 5.0),
//!         (0, Some(0), Compute, 5.0, 6.0),
//!         (1, Some(0), Compute, 1.0, 2.0),
//!         (2, Some(1), Compute, 0.0, 2.0),
//!         (1, None, Io, 2.0, 3.0),
//!         (1, Some(1), Compute, 3.0, 4.0),
//!     ],
//! )?;
//! let path = critical_path(&held_back)?;
//! assert_eq!((path.length(), path.io()), (6 * unit, 4 * unit));
//! # Ok::<(), lanes_core::Error>(())
//! ```
//!
//! A computing task holds back the I/O of all others, which is what
//! `spawn_blocking` is for. The siblings show this; they are not tuned to hide
//! it.

mod bars;
mod columns;
mod document;
mod layout;
mod legend;
mod notes;
mod path;
mod perfetto;
mod picture;
mod rows;
mod sheet;
mod strips;
mod style;
pub mod svg;
mod timeline;
mod totals;
mod traces;

pub use document::{MOST_BYTES, svg};
pub use layout::MOST_ROWS;
pub use path::{Path, Step, critical_path};
pub use perfetto::perfetto;
pub use picture::{Picture, View};
pub use rows::Doing;
pub use strips::{Strip, Strips, dress, strips};
pub use timeline::{Part, Timeline};
pub use totals::{Share, Totals, totals};
pub use traces::{SCHEMA, TracedModel, TracedWorkload, Traces};
