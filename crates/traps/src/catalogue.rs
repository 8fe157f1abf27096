//! Every trap.

use crate::child::become_program;
use crate::trap::Trap;
use crate::{
    python, rayon_blocking, rayon_idle, rayon_lock, rayon_quota, rayon_skewed,
    rayon_small, tokio_dropped_handle, tokio_files, tokio_inline,
    tokio_join_all, tokio_slot, tokio_std_mutex, tokio_storm, tokio_unbounded,
};

/// Every trap, by library.
pub static TRAPS: [Trap; 19] = [
    rayon_lock::TRAP,
    rayon_blocking::TRAP,
    rayon_quota::TRAP,
    rayon_idle::TRAP,
    rayon_small::TRAP,
    rayon_skewed::TRAP,
    tokio_slot::TRAP,
    tokio_storm::TRAP,
    tokio_inline::TRAP,
    tokio_std_mutex::TRAP,
    tokio_dropped_handle::TRAP,
    tokio_join_all::TRAP,
    tokio_unbounded::TRAP,
    tokio_files::TRAP,
    python::TO_THREAD,
    python::POOL,
    python::STARVED,
    python::C_CALL,
    python::SHARED,
];

/// A trap by its name.
pub fn find(name: &str) -> Option<&'static Trap> {
    TRAPS.iter().find(|trap| trap.name == name)
}

// As late as possible, when all else is there that runs before `main`.
#[ctor::ctor(unsafe, priority = late)]
fn become_one() {
    become_program(find);
}

/// A linker leaves out what nothing refers to.
pub(crate) fn keep() {
    std::hint::black_box(become_one as fn());
}
