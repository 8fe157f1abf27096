#![doc = include_str!("../CLAIMS.md")]

mod claim;
mod computing;
mod costs;
mod lab;
mod loops;
mod published;
mod python;
mod study;
mod subtasks;
mod timed;
mod turns;
mod under_gil;
mod updates;
mod waiting;
mod work;

pub use claim::{By, Claim, Group};
pub use published::Published;
pub use study::{Finding, Found, Study, claims, study};
