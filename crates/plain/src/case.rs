//! The faults that are tried.

/// A fault, and what is asked of a library that meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// As in [`Use::case`](crate::Use::case): the name of a function.
    pub name: &'static str,
    /// What is asked, in one sentence.
    pub asks: &'static str,
    /// How many workers a library has that takes the number from its
    /// environment.
    pub(crate) workers: usize,
}

/// Every case, in the order in which each library's file has them.
pub const CASES: [Case; 22] = [
    case("one_task_panics", "How does the panic of one task reach the caller?"),
    case("all_tasks_panic", "Which of the panics of all tasks arrives?"),
    case("detached_task_panics", "Who learns of a panic that nobody awaits?"),
    case("panic_in_drop", "What if the payload of a panic panics itself?"),
    case("one_task_errors", "Do the siblings of a failed task run on?"),
    case("cancel_midway", "Does the library's cancel stop a computing task?"),
    case("deadline_cpu_bound", "Does its timeout end a computation?"),
    case("deadline_io_bound", "Does its timeout end a wait for a reply?"),
    case("drop_while_running", "What of tasks whose runtime is dropped?"),
    case("blocking_in_task", "How long does a task wait for blocked ones?"),
    case("panic_holding_lock", "What does the next holder of its lock see?"),
    case("nested_run", "May a task wait for another on one worker?").on(1),
    case("thread_limit", "What if the system refuses threads?").on(8),
    case("fd_limit", "What does connect say without descriptors?"),
    case("peer_reset", "What does a client see of a reset?"),
    case("early_close", "What does a client see of half a reply?"),
    case("slow_drip", "Does a reply of single bytes beat the timeout?"),
    case("connect_storm", "Do 1000 clients at once all get an answer?"),
    case("oversize_input", "What does a vector of 10^18 bytes do?"),
    case("zero_workers", "What do zero workers mean?").on(0),
    case("worker_sigkill", "How is a killed worker process noticed?"),
    case("hundred_runs", "What is left after a hundred runs?"),
];

const fn case(name: &'static str, asks: &'static str) -> Case {
    Case { name, asks, workers: 2 }
}

impl Case {
    const fn on(self, workers: usize) -> Self {
        Self { workers, ..self }
    }
}
