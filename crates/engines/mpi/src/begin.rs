//! How a process of this executable becomes a rank, or the guard of a job.
//!
//! Both are the executable that runs, whichever that is: a worker, an example,
//! a test binary whose `main` belongs to the harness. So a constructor, which
//! the system calls before `main`, looks at the name that the process was
//! started under. That is the mark, not a variable in the environment, which
//! children would inherit.

use crate::names::{GUARD, OF, RANK};
use crate::{guard, rank};
use std::env;
use std::ffi::OsStr;
use std::{hint, process};

/// Keeps the constructor in the executable: a linker leaves out what nothing
/// refers to.
pub(crate) fn link() {
    hint::black_box(become_other as fn());
}

#[ctor::ctor(unsafe, priority = late)]
fn become_other() {
    let mut arguments = env::args_os();
    let name = arguments.next();
    let is = |what: &str| name.as_deref() == Some(OsStr::new(what));
    let (is_guard, is_rank) = (is(GUARD), is(RANK));
    if !is_guard && !is_rank {
        return;
    }
    let mut arguments = arguments.filter_map(|text| text.into_string().ok());
    if is_rank && arguments.next().as_deref() != Some(OF) {
        return;
    }
    let ended = match is_guard {
        true => guard::serve(arguments),
        false => rank::serve(arguments),
    };
    // What a rank prints here, `mpirun` brings to the guard.
    if let Err(error) = &ended
        && let Ok(error) = serde_json::to_string(error)
    {
        eprintln!("{}{error}", guard::SAYS);
    }
    process::exit(i32::from(ended.is_err()));
}
