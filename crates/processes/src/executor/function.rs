//! What workers can be asked to do: functions, found by their name.

use super::error::Failure;
use super::wire::{Channel, Kind, decode};
use lanes_core::trace::Span;
use lanes_core::{Context, Error, caught};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

/// Something that workers can be asked to do.
///
/// A worker is the same executable as the pool's process, and finds the
/// function by its name among those given to [`crate::function!`].
pub trait Function: 'static {
    /// The name, which no other function of the executable has.
    const NAME: &'static str;
    /// What crosses to the worker. Nothing of it is shared: the worker gets
    /// what was written down.
    type Argument: Serialize + DeserializeOwned + Send + 'static;
    /// What crosses back.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// The work, in the worker. A panic becomes [`Error::Panicked`].
    ///
    /// # Errors
    /// Its own; they cross back with their kind.
    fn call(
        argument: Self::Argument,
        context: &Context,
    ) -> Result<Self::Output, Error>;
}

/// Makes a [`Function`] known to the workers of every executable that links the
/// crate in which this stands.
///
/// The name is entered before `main` runs, since a worker never gets there.
#[macro_export]
macro_rules! function {
    ($function:ty) => {
        $crate::ctor::declarative::ctor! {
            #[ctor(unsafe, anonymous, priority = 50)]
            fn register() {
                $crate::register::<$function>();
            }
        }
    };
}

/// A call that is ready to be made: its argument was read.
pub(super) type Ready = Box<dyn FnOnce(&Context) -> Box<dyn Answer>>;

/// Reads the argument of a call.
type Prepare = fn(&[u8]) -> Result<Ready, Error>;

struct Entry {
    name: &'static str,
    one: Prepare,
    many: Prepare,
}

static ENTRIES: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Enters a function under its name; called by [`crate::function!`].
#[doc(hidden)]
pub fn register<F: Function>() {
    let entry = Entry { name: F::NAME, one: one::<F>, many: many::<F> };
    let mut entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    entries.push(entry);
}

/// The call of a function by its name, with the argument in these bytes, or
/// with a list of arguments.
///
/// # Errors
/// [`Error::Unsupported`] if there is no such function, [`Error::Protocol`] if
/// the bytes are no argument of it.
pub(super) fn prepare(
    name: &str,
    many: bool,
    argument: &[u8],
) -> Result<Ready, Error> {
    let entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = entries.iter().find(|entry| entry.name == name);
    let entry = entry.ok_or_else(|| {
        Error::Unsupported(format!("the worker knows no function {name:?}"))
    })?;
    let prepare = if many { entry.many } else { entry.one };
    drop(entries);
    prepare(argument)
}

fn one<F: Function>(argument: &[u8]) -> Result<Ready, Error> {
    let argument = decode::<F::Argument>(argument)?;
    Ok(Box::new(|context| Box::new(call::<F>(argument, context))))
}

/// Each of many calls has a result of its own.
fn many<F: Function>(arguments: &[u8]) -> Result<Ready, Error> {
    let arguments = decode::<Vec<F::Argument>>(arguments)?;
    Ok(Box::new(|context| {
        let calls = arguments.into_iter();
        let results: Vec<_> =
            calls.map(|argument| call::<F>(argument, context)).collect();
        Box::new(Ok::<_, Failure>(results))
    }))
}

fn call<F: Function>(
    argument: F::Argument,
    context: &Context,
) -> Result<F::Output, Failure> {
    caught(|| F::call(argument, context)).map_err(Failure::from)
}

/// The result of a call, whatever its type.
pub(super) trait Answer {
    /// Sends it; see [`Channel::send`].
    fn send(
        &self,
        channel: &mut Channel<UnixStream>,
        spans: &[Span],
    ) -> Result<Result<(), Error>, Error>;
}

impl<T: Serialize> Answer for Result<T, Failure> {
    fn send(
        &self,
        channel: &mut Channel<UnixStream>,
        spans: &[Span],
    ) -> Result<Result<(), Error>, Error> {
        channel.send(Kind::Done, &(self, spans))
    }
}
