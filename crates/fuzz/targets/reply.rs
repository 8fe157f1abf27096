//! `cargo fuzz run reply`
#![no_main]

lanes_fuzz::fuzz!(reply, Lines);
