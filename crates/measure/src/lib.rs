#![doc = include_str!("../METHOD.md")]

mod attest;
pub mod between;
pub mod change;
pub mod children;
pub mod document;
pub mod duel;
pub mod failure;
pub mod faults;
pub mod guest;
mod identity;
mod image;
mod launch;
pub mod machine;
pub mod peer;
pub mod process;
pub mod protocol;
pub mod ranking;
pub mod recording;
pub mod results;
pub mod session;
pub mod statistics;
pub mod summarize;
pub mod summary;
pub mod tables;
mod usage;
pub mod words;
pub mod worker;
