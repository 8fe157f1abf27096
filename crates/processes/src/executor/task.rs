//! A task of a pool: what was submitted, and how its result comes back.

use super::error::{Failure, broken};
use super::future::Slot;
use super::link::Link;
use super::wire::{Call, Channel, Kind, decode};
use lanes_core::trace::Span;
use lanes_core::{Context, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

/// A task, whatever its types.
pub(super) trait Work: Send {
    /// Whether it is to begin: it was not cancelled.
    fn begin(&self) -> bool;
    /// The run that it belongs to.
    fn context(&self) -> Option<&Context>;
    /// Sends it to a worker; see [`Channel::send`].
    fn send(
        &self,
        channel: &mut Channel<Link>,
    ) -> Result<Result<(), Error>, Error>;
    /// Finishes it with what the worker has sent, unless that is no result.
    fn done(&self, body: &[u8]) -> Result<(), Error>;
    /// Finishes it.
    fn fail(&self, error: Error);
}

pub(super) fn cause(task: &dyn Work) -> Option<Error> {
    task.context().and_then(Context::cause)
}

/// A task as it was submitted.
pub(super) struct Task<A, T> {
    pub(super) function: &'static str,
    pub(super) many: bool,
    pub(super) argument: A,
    pub(super) slot: Arc<Slot<T>>,
    pub(super) run: Option<(Context, Sender<()>)>,
}

impl<A, T> Task<A, T> {
    /// An error stops the other tasks of the run.
    fn finish(&self, result: Result<T, Error>) {
        let result = match &self.run {
            Some((context, _)) => context.note(result),
            None => result,
        };
        self.slot.finish(result);
    }
}

impl<A, T> Work for Task<A, T>
where
    A: Serialize + Send,
    T: DeserializeOwned + Send,
{
    fn begin(&self) -> bool {
        self.slot.begin()
    }

    fn context(&self) -> Option<&Context> {
        self.run.as_ref().map(|(context, _)| context)
    }

    fn send(
        &self,
        channel: &mut Channel<Link>,
    ) -> Result<Result<(), Error>, Error> {
        let context = self.context();
        let call = Call {
            function: self.function,
            many: self.many,
            probed: context.is_some_and(Context::is_probed),
            origin: context
                .and_then(Context::trace)
                .map(|trace| trace.origin()),
        };
        channel.send(Kind::Request, &(call, &self.argument))
    }

    fn done(&self, body: &[u8]) -> Result<(), Error> {
        let (result, spans): (Result<T, Failure>, Vec<Span>) = decode(body)?;
        if let Some(trace) = self.context().and_then(Context::trace) {
            let driver = thread::current();
            let name = driver.name().ok_or_else(|| broken("no driver"))?;
            trace.adopt(name, &spans);
        }
        self.finish(result.map_err(Error::from));
        Ok(())
    }

    fn fail(&self, error: Error) {
        self.finish(Err(error));
    }
}

/// A wait for the result ends, whatever happened to the task.
impl<A, T> Drop for Task<A, T> {
    fn drop(&mut self) {
        self.slot.finish(Err(Error::Cancelled));
    }
}
