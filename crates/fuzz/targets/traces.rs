//! `cargo fuzz run traces`
#![no_main]

lanes_fuzz::fuzz!(traces, Document);
