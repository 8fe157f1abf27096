//! The rules of this repository, checked on every file that git lists: what
//! makes siblings comparable, which crate may use which, and which files do not
//! belong here.
//!
//! A breach is reported as `file:line: what to do`. Each rule has tests of its
//! own, which show that it catches a breach.

mod circles;
mod floors;
mod leftovers;
mod lines;
mod repository;
mod siblings;
mod untested;
