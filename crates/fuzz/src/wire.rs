//! The frames between a pool and its worker processes.

use std::hint;

/// Frames, and bodies of them.
pub fn wire(bytes: &[u8]) {
    // The functions of all cells are known by name only if something links
    // them.
    hint::black_box(&lanes_suite::MODELS);
    lanes_processes::received(bytes);
}
