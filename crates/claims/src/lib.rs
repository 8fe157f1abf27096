#![doc = include_str!("../CLAIMS.md")]

mod catalogue;
mod claim;
mod computing;
mod costs;
mod exhibits;
mod lab;
mod loops;
mod published;
mod python;
mod rows;
mod sharing;
mod study;
mod subtasks;
mod tasks;
mod timed;
mod turns;
mod under_gil;
mod updates;
mod waiting;
mod work;

pub use catalogue::claims;
pub use claim::{By, Claim, Group};
pub use exhibits::exhibit;
pub use published::{Published, SCHEMA};
pub use study::{Finding, Found, Study, study};
