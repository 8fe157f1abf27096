//! `cargo fuzz run request`
#![no_main]

lanes_fuzz::fuzz!(request, Lines);
