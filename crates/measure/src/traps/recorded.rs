//! Who did what, and when, in one run of a program.

use crate::foreign;
use lanes_core::trace::Span;
use serde::{Deserialize, Serialize};

/// No run has more spans: a program records no more.
pub const MOST_SPANS: usize = 512;
/// No time is later, in nanoseconds: what every reader of JSON keeps.
const LATEST: u64 = 1 << 53;

/// One run of a program, which is in no figure; times in nanoseconds since it
/// began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Whether the watchdog ended it: what was open then ends there.
    pub hung: bool,
    /// When it ended.
    pub end: u64,
    /// The names of its tasks.
    #[serde(deserialize_with = "foreign::texts")]
    pub tasks: Vec<String>,
    /// The names of its threads, as far as they have names.
    #[serde(deserialize_with = "foreign::texts")]
    pub workers: Vec<String>,
    /// What its tasks did, as indexes into the names.
    pub spans: Vec<Span>,
}

impl Recorded {
    /// Whether its spans are of tasks and threads that are named, lie within
    /// the run, end after they begin, and have no more CPU time than they are
    /// long.
    pub fn is_possible(&self) -> bool {
        let possible = |span: &Span| {
            let Span { task, worker, begin, end, cpu, .. } = *span;
            task < self.tasks.len()
                && worker.is_none_or(|worker| worker < self.workers.len())
                && begin <= end
                && end <= self.end
                && cpu.is_none_or(|cpu| cpu <= span.length())
        };
        let most = [self.tasks.len(), self.workers.len(), self.spans.len()];
        self.end <= LATEST
            && most.iter().all(|count| *count <= MOST_SPANS)
            && self.spans.iter().all(possible)
    }
}
