//! `cargo fuzz run traps`
#![no_main]

lanes_fuzz::fuzz!(traps, Document);
