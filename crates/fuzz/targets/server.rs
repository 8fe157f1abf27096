//! `cargo fuzz run server`
#![no_main]

lanes_fuzz::fuzz!(server, Bytes);
