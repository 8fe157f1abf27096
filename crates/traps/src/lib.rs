#![doc = include_str!("../TRAPS.md")]

mod catalogue;
mod child;
mod excerpt;
mod process;
mod python;
pub mod questions;
mod rayon_blocking;
mod rayon_idle;
mod rayon_lock;
mod rayon_quota;
mod rayon_skewed;
mod rayon_small;
mod spans;
mod study;
mod tokio_dropped_handle;
mod tokio_files;
mod tokio_inline;
mod tokio_join_all;
mod tokio_slot;
mod tokio_std_mutex;
mod tokio_storm;
mod tokio_unbounded;
mod trap;
mod work;

pub use catalogue::{TRAPS, find};
pub use study::Asked;
pub use trap::{Program, Trap};
