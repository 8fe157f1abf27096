//! `cargo fuzz run crossover`
#![no_main]

lanes_fuzz::fuzz!(crossover, Document);
