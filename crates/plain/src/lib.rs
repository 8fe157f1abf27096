//! What each library does by itself when something fails: its *plain use*, as
//! its own documentation teaches it, with no guard of Lanes.
//!
//! A file for each library has a function for each fault ([`CASES`]), with the
//! same names in the same order, so that two can be read side by side. What
//! happens is measured, never written down: a use runs in a process of its own
//! ([`Use::run`]) under a watchdog, and is [`Observed`] from inside and from
//! outside, so that a hang and an abort are results too.
//!
//! `cargo run -p lanes-plain --example observe` prints the whole grid.
//!
//! # How the faults are made
//!
//! - **Tasks** are eight; the fourth fails, and its siblings compute for 20 ms.
//!   Pools have two workers. A task that is to be stopped computes for 600 ms
//!   and never yields; its deadline is 50 ms.
//! - **No more threads**: `RLIMIT_AS` leaves address space for three stacks of
//!   1 GiB (`RUST_MIN_STACK`) and 900 MiB beside, so that the fourth of eight
//!   threads is refused with `EAGAIN`, also to root, while there is memory for
//!   all else.
//! - **No more descriptors**: `RLIMIT_NOFILE` is lowered to the highest that is
//!   open, and every free one is opened, once a first request was answered.
//! - **Peers** are a server of this crate that is silent, resets, closes after
//!   half a reply, or sends a byte every 20 ms. The timeout is 200 ms.
//! - **A storm** is a thousand clients of this crate, which connect without
//!   waiting. Greeted within half a second is prompt: the system tries again
//!   after a second where a backlog was full.
//!
//! # What this cannot tell
//!
//! A process becomes the use's before its `main` runs, so that any executable
//! that links this crate can start it: the standard library's own preparations
//! (an ignored `SIGPIPE`, a handler that explains a stack overflow) are not
//! made. No use here depends on them.

mod async_std;
mod case;
mod child;
mod crossbeam;
mod library;
mod limits;
mod measure;
mod mutex;
mod observed;
mod peers;
mod processes;
mod rayon;
mod smol;
mod threads;
mod tokio;
mod work;

pub use case::{CASES, Case};
pub use library::{LIBRARIES, Library, Use, find};
pub use observed::{Observed, Outcome, Tasks};
