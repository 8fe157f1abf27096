//! The queues of the standard library, of which one is bounded and one is not,
//! as one type.

use std::iter;
use std::sync::mpsc::{self, RecvError, SendError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

/// The sending end of a queue; one for each task that sends.
///
/// Models that use only the standard library send with it. When all of them are
/// gone, the receivers get what is left in the queue, and then an error.
#[derive(Debug)]
pub enum Sender<T> {
    /// To a queue that may be full.
    Bounded(SyncSender<T>),
    /// To a queue that grows.
    Unbounded(mpsc::Sender<T>),
}

/// The receiving end of a queue; one for each task that receives.
#[derive(Debug)]
pub enum Receiver<T> {
    /// The one that the standard library has.
    Own(mpsc::Receiver<T>),
    /// The same under a lock: who waits for a message has it, and the others
    /// wait for the lock.
    Shared(Arc<Mutex<mpsc::Receiver<T>>>),
}

/// A queue with so many places, or one that grows; `receivers` tasks receive
/// from it, one at least. With no place, a message is handed from task to task.
pub fn queue<T>(
    places: Option<usize>,
    receivers: usize,
) -> (Sender<T>, Vec<Receiver<T>>) {
    let (sender, receiver) = match places {
        Some(places) => {
            let (sender, receiver) = mpsc::sync_channel(places);
            (Sender::Bounded(sender), receiver)
        }
        None => {
            let (sender, receiver) = mpsc::channel();
            (Sender::Unbounded(sender), receiver)
        }
    };
    if receivers == 1 {
        return (sender, vec![Receiver::Own(receiver)]);
    }
    let shared = Arc::new(Mutex::new(receiver));
    let shared = iter::repeat_n(shared, receivers).map(Receiver::Shared);
    (sender, shared.collect())
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Bounded(sender) => Self::Bounded(sender.clone()),
            Self::Unbounded(sender) => Self::Unbounded(sender.clone()),
        }
    }
}

impl<T> Sender<T> {
    /// Sends a message, once there is a place for it.
    ///
    /// # Errors
    /// The message, if no receiver is left.
    #[inline]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self {
            Self::Bounded(sender) => sender.send(message),
            Self::Unbounded(sender) => sender.send(message),
        }
    }
}

impl<T> Receiver<T> {
    /// Takes the next message, once there is one.
    ///
    /// # Errors
    /// [`RecvError`] if there is none, and no sender is left.
    #[inline]
    pub fn recv(&self) -> Result<T, RecvError> {
        match self {
            Self::Own(receiver) => receiver.recv(),
            // No work is done under it: what a panic leaves is whole.
            Self::Shared(receiver) => {
                receiver.lock().unwrap_or_else(PoisonError::into_inner).recv()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn every_message_arrives_once_through_queues_of_each_kind() {
        for places in [Some(0), Some(1), Some(7), None] {
            for receivers in [1, 3] {
                let (sender, receivers) = queue(places, receivers);
                let mut all: Vec<u32> = thread::scope(|scope| {
                    let receive = |from: Receiver<u32>| {
                        scope.spawn(move || {
                            iter::from_fn(|| from.recv().ok()).collect()
                        })
                    };
                    let threads: Vec<thread::ScopedJoinHandle<'_, Vec<u32>>> =
                        receivers.into_iter().map(receive).collect();
                    for to in iter::repeat_n(sender, 2) {
                        scope.spawn(move || {
                            (0..100).for_each(|n| to.send(n).unwrap());
                        });
                    }
                    let lists = threads.into_iter().map(|t| t.join().unwrap());
                    lists.flatten().collect()
                });
                all.sort_unstable();
                let twice = (0..100).flat_map(|n| [n, n]);
                assert!(all.into_iter().eq(twice), "{places:?}");
            }
        }
    }

    #[test]
    fn who_waits_learns_that_the_other_side_is_gone() {
        for places in [Some(0), Some(1), None] {
            for count in [1, 2] {
                let (sender, receivers) = queue::<u8>(places, count);
                drop(receivers);
                assert_eq!(sender.send(7), Err(SendError(7)));
                let (sender, receivers) = queue::<u8>(places, count);
                drop(sender);
                let left = |from: &Receiver<u8>| from.recv();
                assert!(receivers.iter().all(|from| left(from).is_err()));
            }
        }
    }
}
