//! The failure contract as data: each case, what it asks, and its bound on
//! time.
//!
//! A case may change the limits of its process, and a model that fails may
//! leave threads behind: each case wants a process of its own under a watchdog,
//! as [`crate::isolated`] gives one to a test. `parent_killed` starts the
//! executable of its process again with the same arguments: they must lead to
//! the same case of the same model.
//!
#![doc = include_str!("../CASES.md")]

use crate::bounds::{DEATH, STOP};
use crate::cell::{self, Start};
use crate::outcome::{Answered, Checked, Outcome};
use crate::{faults, limits, peers, whole, workers};
use lanes_core::{Entry, Row, Size, rows};
use std::time::Duration;

/// One case of the failure contract.
pub struct Case {
    /// The name, as commands spell it.
    pub name: &'static str,
    /// What is asked, in one sentence.
    pub asks: &'static str,
    /// How long a run may take to return once it is asked to, or once a worker
    /// has died; the grain that a task is at comes on top. None where nothing
    /// is to end early. Cases accept a second more, for busy machines.
    pub bound: Option<Duration>,
    check: fn(&Entry) -> Answered,
}

impl Case {
    /// Asks a model, unless it is exempt.
    pub fn run(&self, entry: &Entry) -> Outcome {
        let mut exemptions = entry.exemptions().iter();
        if let Some(exempt) = exemptions.find(|e| e.case == self.name) {
            return Outcome::Exempt(*exempt);
        }
        (self.check)(entry)
            .unwrap_or_else(|failure| Outcome::Failed(failure.to_string()))
    }
}

/// The case with this name, if there is one.
pub fn find(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// The cases as a table in Markdown: `CASES.md` of this crate.
pub fn table() -> String {
    let mut table = "| case | what is asked | back within |\n".to_owned();
    table.push_str("|---|---|---|\n");
    for case in CASES {
        let bound = match case.bound {
            Some(bound) => format!("{} ms and a grain", bound.as_millis()),
            None => String::new(),
        };
        let Case { name, asks, .. } = case;
        table.push_str(&format!("| `{name}` | {asks} | {bound} |\n"));
    }
    table
}

/// What is asked of every cell of a model, in its quick sizes.
fn every_cell(
    entry: &Entry,
    check: fn(Start<'_>, &dyn Row) -> Checked,
) -> Answered {
    let start: Start<'_> = &|config| entry.start(config);
    for row in rows(Size::Quick) {
        if entry.has(row.workload()) {
            let checked = check(start, &*row);
            checked.map_err(|failure| failure.within(row.workload()))?;
        }
    }
    Ok(Outcome::Passed)
}

/// Lists the cases, and makes the macro that has a test for each. `$d` is a
/// dollar sign, which a macro cannot write in the macro that it makes.
macro_rules! catalogue {
    (
        $d:tt
        $($name:ident, $bound:expr, $check:expr, $asks:literal;)*
    ) => {
        /// Every case, in the order in which they are shown.
        pub const CASES: &[Case] = &[$(Case {
            name: stringify!($name),
            asks: $asks,
            bound: $bound,
            check: $check,
        }),*];

        /// The suite for a model, whatever cells it has: a test for each case.
        #[macro_export]
        macro_rules! conformance {
            ($d model:ty) => {$(
                #[test]
                fn $name() {
                    $crate::tested::<$d model>(
                        stringify!($d model),
                        stringify!($name),
                    );
                }
            )*};
        }
    };
}

catalogue! { $
    matches_reference, None,
    |entry| every_cell(entry, cell::matches_reference),
    "random inputs, with 1, 2, 3 and 8 workers, give the reference answers";
    full_size, None,
    |entry| every_cell(entry, cell::full_size),
    "the sizes of a quick session give the reference answers";
    empty_and_one, None,
    |entry| every_cell(entry, cell::empty_and_one),
    "no item and one item give the reference answers";
    more_workers_than_items, None,
    |entry| every_cell(entry, cell::more_workers_than_items),
    "one item fewer than workers, as many, and one more are right";
    zero_workers, None, workers::zero_workers,
    "no worker and too many workers are refused before anything starts";
    workers_are_real, None, workers::workers_are_real,
    "as many workers compute as the model says, and as were asked for";
    one_task_panics, None,
    |entry| every_cell(entry, cell::one_task_panics),
    "a panic in the first, a middle or the last task is the run's error";
    all_tasks_panic, None,
    |entry| every_cell(entry, cell::all_tasks_panic),
    "a panic in every task is one error";
    panic_in_drop, None,
    |entry| every_cell(entry, faults::panic_in_drop),
    "a panic whose payload panics when it is dropped is the run's error";
    panic_holding_lock, None,
    |entry| every_cell(entry, faults::panic_holding_lock),
    "a panic in a task that holds a lock all others want is the run's error";
    reuse_after_panic, None,
    |entry| every_cell(entry, faults::reuse_after_panic),
    "after each panic the same model gives the right answer";
    one_task_errors, None,
    |entry| every_cell(entry, cell::one_task_errors),
    "an error of the first, a middle or the last task is the run's error";
    cancel_before_start, Some(STOP),
    |entry| every_cell(entry, cell::cancel_before_start),
    "a run that was cancelled before it began does no work";
    cancel_midway, Some(STOP),
    |entry| every_cell(entry, cell::cancel_midway),
    "after a cancel no thread begins another grain, and the run returns";
    cancel_while_waiting, Some(STOP), peers::cancel_while_waiting,
    "a cancel ends waits for answers that would take an hour";
    deadline_cpu_bound, Some(STOP),
    |entry| every_cell(entry, cell::deadline_cpu_bound),
    "a deadline that passes while tasks compute ends the run";
    deadline_io_bound, Some(STOP), peers::deadline_io_bound,
    "a deadline ends waits for a server that never answers";
    drop_while_running, Some(STOP),
    |entry| every_cell(entry, faults::drop_while_running),
    "a model that is given up while it runs is gone soon after the cancel";
    blocking_in_task, Some(STOP),
    |entry| every_cell(entry, faults::blocking_in_task),
    "a task that blocks its worker changes no answer and delays no cancel";
    nested_run, None,
    |entry| every_cell(entry, cell::nested_run),
    "a run from within a task is answered or refused, and never hangs";
    thread_limit, None, limits::thread_limit,
    "where the system refuses threads or memory: right, or that error";
    fd_limit, None, limits::fd_limit,
    "where descriptors are used up: right, or that error";
    oversize_input, None, limits::oversize_input,
    "sizes that cannot be are refused before anything is allocated";
    server_refuses, Some(STOP), peers::server_refuses,
    "a server that is not there is an error of the task";
    full_backlog, Some(STOP), peers::full_backlog,
    "a deadline of 100 ms ends connects to a server with a full queue";
    early_close, Some(STOP), peers::early_close,
    "a server that hangs up early is an error at once";
    peer_reset, Some(STOP), peers::peer_reset,
    "a server that resets the connection in a reply is an error at once";
    slow_drip, Some(STOP), peers::slow_drip,
    "a deadline ends a reply that comes byte by byte";
    connect_storm, None, peers::connect_storm,
    "of a thousand requests at once none fails";
    connections_are_kept, None, peers::connections_are_kept,
    "no more connections are opened than requests may be in flight";
    worker_sigkill, Some(DEATH), workers::worker_sigkill,
    "a killed worker is the run's error, also where a grandchild lives on";
    worker_protocol_garbage, Some(DEATH), workers::worker_protocol_garbage,
    "a worker that sends nonsense is the run's error";
    parent_killed, Some(DEATH), workers::parent_killed,
    "no worker survives the process of its model";
    spans_tell_the_story, None, whole::spans_tell_the_story,
    "a trace has each task's spans, and no worker computes two at once";
    hundred_runs, None, whole::hundred_runs,
    "a hundred starts, runs, failures and drops leave nothing behind";
}
