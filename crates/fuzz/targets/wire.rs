//! `cargo fuzz run wire`
#![no_main]

lanes_fuzz::fuzz!(wire, Bytes);
