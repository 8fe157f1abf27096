//! Tasks that are started together.

use crate::StopToken;
use std::ops::Range;

/// The numbers of tasks that are started together, each of them after a look
/// whether the run was stopped. There are no more then.
pub struct Together {
    token: StopToken,
    tasks: Range<usize>,
}

impl Together {
    pub(crate) fn new(token: StopToken, tasks: Range<usize>) -> Self {
        Self { token, tasks }
    }

    /// How many tasks there are.
    pub fn size(&self) -> usize {
        self.tasks.len()
    }

    /// The numbers of the tasks, without a look before each: for tasks that are
    /// done or handed out at once, and look themselves.
    pub fn at_once(self) -> Range<usize> {
        self.tasks
    }
}

/// It ends early when the run was stopped.
impl Iterator for Together {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.token.is_stopped() {
            return None;
        }
        self.tasks.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.tasks.len()))
    }
}

#[cfg(test)]
#[cfg(not(feature = "loom"))]
mod tests {
    use super::*;
    use crate::Context;

    #[test]
    fn there_are_no_more_tasks_once_the_run_was_stopped() {
        let context = Context::new();
        let mut tasks = Together::new(context.token(), 3..6);
        assert_eq!((tasks.size(), tasks.next()), (3, Some(3)));
        context.cancel();
        assert_eq!(tasks.next(), None);
        assert_eq!(tasks.at_once(), 4..6);
    }
}
