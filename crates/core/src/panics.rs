//! A panic, as the error that a run returns.

use crate::Error;
use std::any::Any;
use std::future::{Future, poll_fn};
use std::mem;
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
        .unwrap_or_else(|payload| Err(panicked(payload)))
}

/// The error for what a panicking task left behind, which is dropped here.
pub fn panicked(payload: Box<dyn Any + Send>) -> Error {
    let error = Error::of_panic(&*payload);
    // It may panic again when it is dropped, and so may what that leaves: the
    // second one is leaked.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(again);
    }
    error
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;

    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 > 0 {
                panic_any(Self(self.0 - 1));
            }
        }
    }

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_reaches_nobody() {
        for depth in 0..3 {
            let result: Result<(), _> = caught(|| panic_any(Bomb(depth)));
            assert_eq!(result, Err(Error::Panicked("no message".into())));
            let future = caught_future(async { panic_any(Bomb(depth)) });
            let result: Result<(), _> = futures_lite::future::block_on(future);
            assert_eq!(result, Err(Error::Panicked("no message".into())));
        }
    }
}
