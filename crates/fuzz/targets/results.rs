//! `cargo fuzz run results`
#![no_main]

lanes_fuzz::fuzz!(results, Document);
