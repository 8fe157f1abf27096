//! The libraries, and what each of their files has.

use crate::case::CASES;
use crate::observed::Observed;
use crate::{
    async_std, child, crossbeam, mutex, processes, rayon, smol, threads, tokio,
};
use std::fmt;
use std::hint;
use std::sync::atomic::AtomicBool;

/// A library, and its plain use in every case that it can meet.
#[derive(Debug, Clone, Copy)]
pub struct Library {
    /// The same name as that of its model.
    pub name: &'static str,
    /// In the order of [`CASES`].
    pub uses: &'static [Use],
}

/// The plain use of a library in one case.
#[derive(Clone, Copy)]
pub struct Use {
    /// The name of the library.
    pub library: &'static str,
    /// The name of the case, and of the function in the source.
    pub case: &'static str,
    /// The file that has the function, below the root of the repository.
    pub source: &'static str,
    notes: &'static [(&'static str, &'static str)],
    plain: fn() -> Observed,
}

impl Use {
    /// Runs it in a process of its own, under a watchdog of six seconds, which
    /// also ends it when `stop` is set. The process is the running executable,
    /// started once more; it becomes the use's before its `main` runs, and so
    /// do all executables that link this crate.
    pub fn run(&self, stop: &AtomicBool) -> Observed {
        // A linker leaves out what nothing refers to.
        hint::black_box(become_use as fn());
        let case = CASES.iter().find(|case| case.name == self.case);
        let case = case.expect("every use is of a case");
        child::observe(self.library, case, stop)
    }

    /// What the library or a public report of it says about this, with the
    /// address. `None` where none is known.
    pub fn note(&self) -> Option<&'static str> {
        let mut notes = self.notes.iter();
        notes.find(|(case, _)| *case == self.case).map(|(_, note)| *note)
    }
}

impl fmt::Debug for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.case, self.library)
    }
}

/// The use of a library in a case, if it has one.
pub fn find(library: &str, case: &str) -> Option<&'static Use> {
    let library = LIBRARIES.iter().find(|one| one.name == library)?;
    library.uses.iter().find(|one| one.case == case)
}

macro_rules! library {
    ($module:ident, $name:literal: $($case:ident)*) => {
        Library {
            name: $name,
            uses: &[$(Use {
                library: $name,
                case: stringify!($case),
                source: concat!(
                    "crates/plain/src/", stringify!($module), ".rs"
                ),
                notes: $module::NOTES,
                plain: $module::$case,
            }),*],
        }
    };
}

/// A library with a use for each case: a missing one does not compile.
macro_rules! whole {
    ($module:ident, $name:literal) => {
        library!($module, $name:
            one_task_panics all_tasks_panic detached_task_panics panic_in_drop
            one_task_errors cancel_midway deadline_cpu_bound deadline_io_bound
            drop_while_running blocking_in_task panic_holding_lock nested_run
            thread_limit fd_limit peer_reset early_close slow_drip
            connect_storm oversize_input zero_workers worker_sigkill
            hundred_runs
        )
    };
}

/// Every library. The first six have a use for each case.
pub static LIBRARIES: &[Library] = &[
    whole!(threads, "threads"),
    whole!(crossbeam, "crossbeam"),
    whole!(rayon, "rayon"),
    whole!(tokio, "tokio"),
    whole!(async_std, "async-std"),
    whole!(smol, "smol"),
    library!(mutex, "mutex":
        one_task_panics blocking_in_task panic_holding_lock nested_run
    ),
    library!(processes, "processes":
        one_task_panics all_tasks_panic one_task_errors cancel_midway
        deadline_cpu_bound deadline_io_bound drop_while_running
        blocking_in_task nested_run fd_limit oversize_input worker_sigkill
        hundred_runs
    ),
];

// As late as possible, when all else is there that runs before `main`.
#[ctor::ctor(unsafe, priority = late)]
fn become_use() {
    let Some((library, case)) = child::asked() else { return };
    if library == processes::TASK {
        processes::run(&case);
    }
    match find(&library, &case) {
        Some(one) => child::run(one.plain),
        None => eprintln!("no use of {library} in {case}"),
    }
    std::process::exit(2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_about_uses() {
        for library in LIBRARIES {
            let is_used =
                |case: &str| library.uses.iter().any(|one| one.case == case);
            for (case, _) in library.uses[0].notes {
                assert!(is_used(case), "{}: {case}", library.name);
            }
        }
    }

    #[test]
    fn a_library_has_every_case_or_is_partial() {
        for library in LIBRARIES {
            let whole = library.uses.len() == CASES.len();
            let partial = ["mutex", "processes"].contains(&library.name);
            assert_ne!(whole, partial, "{}", library.name);
        }
    }
}
