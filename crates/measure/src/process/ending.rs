//! How a worker's request is ended, and how the worker itself is.

use super::{PARTING, Process, unexpected};
use crate::failure::{Cause, Failure};
use crate::protocol::{Kind, Refusal, Reply, Request};
use std::net::Shutdown;
use std::thread;
use std::time::{Duration, Instant};

impl Process {
    /// Asks for the end of the request that is not answered yet, and waits for
    /// both replies. Whether the worker has cancelled it; it has not if the
    /// reply was on its way, or if it does not know this request.
    ///
    /// # Errors
    /// Those of any reply; the worker goes on after [`Cause::Failed`].
    pub fn cancel(&mut self) -> Result<bool, Failure> {
        let deadline = Instant::now() + self.limits.deadline;
        self.cancel_before(deadline)
    }

    /// Whether the worker knows how to cancel: it is asked to, with nothing to
    /// end.
    ///
    /// # Errors
    /// Those of any reply.
    pub fn can_cancel(&mut self) -> Result<bool, Failure> {
        self.send(&Request::Cancel)?;
        match self.receive() {
            Ok(Reply::Cancelled {}) => Ok(true),
            Err(refused) if refused.cause == Cause::Unsupported => Ok(false),
            Ok(other) => Err(unexpected(&other)),
            Err(failure) => Err(failure),
        }
    }

    pub(super) fn cancel_before(
        &mut self,
        deadline: Instant,
    ) -> Result<bool, Failure> {
        self.send(&Request::Cancel)?;
        let ended = self.reply(deadline);
        let ended = ended.inspect_err(|late| self.gives_up(2, late))?;
        let cancelled = self.reply(deadline);
        match cancelled.inspect_err(|late| self.gives_up(1, late))? {
            Reply::Cancelled {} => {}
            Reply::Error(Refusal { kind: Kind::Unsupported, .. }) => {}
            other => return Err(unexpected(&other)),
        }
        match ended {
            Reply::Error(Refusal { kind: Kind::Cancelled, .. }) => Ok(true),
            Reply::Error(refusal) => Err(refusal.into()),
            _ => Ok(false),
        }
    }

    /// So many replies that did not come in time may come later.
    fn gives_up(&mut self, replies: usize, late: &Failure) {
        if late.cause == Cause::Hung {
            self.owed += replies;
        }
    }

    /// Closes the socket, so that the worker ends, and waits for it.
    pub fn end(self) {
        // If this fails, the drop that follows kills the worker.
        let _ = self.socket.shutdown(Shutdown::Both);
        self.group.wait(PARTING);
    }

    /// Closes the socket, as the end of the measuring process does, and waits
    /// until the worker and all that it has started have ended, at most so
    /// long. How many of them still run; they are killed then.
    pub fn left_after(self, most: Duration) -> usize {
        let until = Instant::now() + most;
        // If this fails, the worker runs on, and counts.
        let _ = self.socket.shutdown(Shutdown::Both);
        loop {
            let running = self.group.running();
            if running == 0 || Instant::now() >= until {
                return running;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}
