//! `cargo fuzz run metg`
#![no_main]

lanes_fuzz::fuzz!(metg, Document);
