//! Results in the order of their arguments.

use super::error::Failure;
use super::future::Future;
use lanes_core::Error;
use std::collections::VecDeque;

/// Each argument of a chunk has a result of its own.
pub(super) type Chunk<T> = Vec<Result<T, Failure>>;

/// Results in the order of their arguments; see
/// [`Pool::map`](crate::Pool::map).
pub struct Map<T> {
    /// The length of each chunk, and its results.
    futures: VecDeque<(usize, Future<Chunk<T>>)>,
    ready: std::vec::IntoIter<Result<T, Error>>,
}

impl<T> Map<T> {
    /// Of chunks with so many arguments each.
    pub(super) fn new(futures: VecDeque<(usize, Future<Chunk<T>>)>) -> Self {
        Self { futures, ready: Vec::new().into_iter() }
    }
}

impl<T> Iterator for Map<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        loop {
            if let Some(result) = self.ready.next() {
                return Some(result);
            }
            let (length, future) = self.futures.pop_front()?;
            let results: Vec<_> = match future.result() {
                Ok(results) => {
                    let results = results.into_iter();
                    results.map(|result| result.map_err(Error::from)).collect()
                }
                // What fails the chunk fails each of it.
                Err(error) => (0..length).map(|_| Err(error.clone())).collect(),
            };
            self.ready = results.into_iter();
        }
    }
}
