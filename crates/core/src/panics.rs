//! A panic, as the error that a run returns.

use crate::Error;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The result of some work, or [`Error::Panicked`].
///
/// # Errors
/// That of `work`, or the panic.
pub fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Whatever the panic left half done belongs to a run that has failed.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(Error::panicked(&*payload)))
}

/// The result of a future, or [`Error::Panicked`]: for libraries that rethrow
/// the panic of a task where it is awaited.
///
/// # Errors
/// That of `future`, or the panic.
pub async fn caught_future<T>(
    future: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let poll = || match future.as_mut().poll(context) {
            Poll::Ready(result) => result.map(Some),
            Poll::Pending => Ok(None),
        };
        match caught(poll) {
            Ok(None) => Poll::Pending,
            Ok(Some(value)) => Poll::Ready(Ok(value)),
            Err(error) => Poll::Ready(Err(error)),
        }
    })
    .await
}
