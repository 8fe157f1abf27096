//! `cargo fuzz run faults`
#![no_main]

lanes_fuzz::fuzz!(faults, Document);
