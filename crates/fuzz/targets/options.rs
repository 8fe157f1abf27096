//! `cargo fuzz run options`
#![no_main]

lanes_fuzz::fuzz!(options, Bytes);
