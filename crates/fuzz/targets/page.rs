//! `cargo fuzz run page`
#![no_main]

lanes_fuzz::fuzz!(page, Document);
