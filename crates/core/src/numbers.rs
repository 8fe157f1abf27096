//! A list of numbers in parts: the input of `max`, `double` and `join`.

use crate::kernel::tuned;
use crate::parts::{self, Part};
use crate::trace::State;
use crate::{Error, Job, Workload, kernel, preflight, seed};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What doubles a list, into another of the same length.
pub(crate) type Kernel = fn(&[u64], &mut [u64]);

/// A list of numbers, cut into parts by its grain.
#[derive(Serialize, Deserialize)]
pub struct Numbers {
    list: Vec<u64>,
    grain: usize,
    /// Whether the tuned kernels work on it.
    #[serde(default)]
    tuned: bool,
    #[serde(skip)]
    pieces: Arc<Recycler>,
}

impl Numbers {
    /// `len` numbers below 2^63 from a seed, looked at in grains of `grain`
    /// numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a grain of zero or a size that overflows,
    /// [`Error::Resource`] for a list that memory does not hold `copies` times.
    pub fn new(
        len: usize,
        grain: usize,
        copies: usize,
        seed: u64,
    ) -> Result<Self, Error> {
        if grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        preflight::memory(len, size_of::<u64>() * copies)?;
        let mut list = preflight::list(len)?;
        list.extend(seed::numbers(seed).take(len).map(|number| number >> 1));
        let most_idle = len.saturating_mul(2);
        let idle = Mutex::new(Vec::new());
        let pieces = Arc::new(Recycler { most_idle, idle });
        Ok(Self { list, grain, tuned: false, pieces })
    }

    /// A part of a list, looked at in grains of `grain` numbers, one at least:
    /// what a worker in another process was sent.
    pub fn part(list: Vec<u64>, grain: usize) -> Self {
        let (grain, pieces) = (grain.max(1), Arc::default());
        Self { list, grain, tuned: false, pieces }
    }

    /// The same list, for the tuned kernels or for the plain ones.
    pub fn tuned(self, tuned: bool) -> Self {
        Self { tuned, ..self }
    }

    /// Whether the tuned kernels work on it.
    pub fn is_tuned(&self) -> bool {
        self.tuned
    }

    /// How many numbers are looked at between two looks at the cancel flag.
    pub fn grain(&self) -> usize {
        self.grain
    }

    /// The numbers.
    pub fn list(&self) -> &[u64] {
        &self.list
    }

    /// The list in at most `count` parts of whole grains; see [`parts::split`].
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.list.len(), self.grain, count)
    }

    /// The numbers of the grains, in order.
    pub fn grains(&self) -> Range<usize> {
        0..self.list.len().div_ceil(self.grain)
    }

    /// One grain as a part of its own, whose task has the same number.
    pub fn grain_part(&self, grain: usize) -> Part {
        parts::grain(self.list.len(), self.grain, grain)
    }

    /// The whole list as one part.
    pub fn whole(&self, task: usize) -> Part {
        Part { task, range: 0..self.list.len() }
    }
}

/// The whole list.
impl AsRef<[u64]> for Numbers {
    fn as_ref(&self) -> &[u64] {
        &self.list
    }
}

impl<W: Workload<Input = Numbers>> Job<W> {
    /// The largest number of a part; `None` if it is empty.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn max(&self, part: Part) -> Result<Option<u64>, Error> {
        let _span = self.context().span(part.task, State::Compute);
        let max = if self.tuned { tuned::max } else { kernel::max };
        let mut most = None;
        for numbers in self.list[part.range].chunks(self.grain) {
            self.context().grain(part.task)?;
            most = most.max(Some(max(numbers)));
        }
        Ok(most)
    }

    /// Every number of a part times two.
    ///
    /// The piece lies in memory that an earlier run has used, if there is one:
    /// otherwise the first touch of fresh pages would be the workload. If the
    /// run before was cut the same way, it is the memory of the same part, so
    /// that a worker which does the same part again need not fetch what another
    /// core has written.
    ///
    /// # Errors
    /// The cause, if the run was stopped; [`Error::Resource`] without memory.
    pub fn double(&self, part: Part) -> Result<Piece, Error> {
        let plain = kernel::double;
        self.double_by(if self.tuned { tuned::double } else { plain }, part)
    }

    /// The same by one of the kernels that double a list.
    pub(crate) fn double_by(
        &self,
        double: Kernel,
        part: Part,
    ) -> Result<Piece, Error> {
        let _span = self.context().span(part.task, State::Compute);
        let begin = part.range.start;
        let numbers = &self.list[part.range];
        let mut piece = Recycler::take(&self.pieces, begin, numbers.len())?;
        let twice = piece.numbers.chunks_mut(self.grain);
        for (numbers, twice) in numbers.chunks(self.grain).zip(twice) {
            self.context().grain(part.task)?;
            double(numbers, twice);
        }
        Ok(piece)
    }
}

/// A list in pieces, in order: what `double` answers.
///
/// Each task keeps the piece that it made. Joining them moves pointers, so that
/// no model pays for copying numbers.
#[derive(Default)]
pub struct Pieces(Vec<Piece>);

/// The part of a new list that one task made.
///
/// Dropping it keeps its memory for the next run over the same input.
#[derive(Default)]
pub struct Piece {
    /// Where in the whole list it begins.
    begin: usize,
    numbers: Vec<u64>,
    home: Option<Arc<Recycler>>,
}

impl Pieces {
    /// The numbers of all pieces, in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|piece| piece.numbers.iter().copied())
    }

    /// How many numbers all pieces have.
    pub fn len(&self) -> usize {
        self.0.iter().map(|piece| piece.numbers.len()).sum()
    }

    /// Whether there is no number.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl FromIterator<Piece> for Pieces {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl From<Vec<u64>> for Pieces {
    fn from(numbers: Vec<u64>) -> Self {
        Self(vec![numbers.into()])
    }
}

/// Where a list is cut does not matter.
impl PartialEq for Pieces {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

/// The first numbers only: an answer can have millions.
impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: Vec<u64> = self.iter().take(4).collect();
        write!(f, "{} numbers: {first:?}…", self.len())
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            home.keep(self.begin, std::mem::take(&mut self.numbers));
        }
    }
}

/// A piece that came from another process.
impl From<Vec<u64>> for Piece {
    fn from(numbers: Vec<u64>) -> Self {
        Self { begin: 0, numbers, home: None }
    }
}

/// Its numbers.
impl AsRef<[u64]> for Piece {
    fn as_ref(&self) -> &[u64] {
        &self.numbers
    }
}

/// Memory of dropped pieces.
#[derive(Default)]
struct Recycler {
    /// How many numbers it keeps room for at the most.
    most_idle: usize,
    idle: Mutex<Vec<Idle>>,
}

/// The memory of a piece that was dropped, and where that one began.
struct Idle {
    begin: usize,
    numbers: Vec<u64>,
}

impl Recycler {
    /// The memory that was given back last by the same part, or by any other of
    /// the same length, or fresh.
    fn take(
        home: &Arc<Self>,
        begin: usize,
        len: usize,
    ) -> Result<Piece, Error> {
        let mut idle = home.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |piece: &Idle| piece.numbers.len() == len;
        let same = |piece: &Idle| piece.begin == begin && fits(piece);
        let last =
            idle.iter().rposition(same).or_else(|| idle.iter().rposition(fits));
        let recycled = last.map(|index| idle.remove(index).numbers);
        drop(idle);
        let numbers = recycled.map_or_else(|| zeros(len), Ok)?;
        Ok(Piece { begin, numbers, home: Some(Arc::clone(home)) })
    }

    fn keep(&self, begin: usize, numbers: Vec<u64>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(Idle { begin, numbers });
        // What was cut for another worker count goes first.
        let mut kept: usize =
            idle.iter().map(|piece| piece.numbers.len()).sum();
        while kept > self.most_idle {
            kept -= idle.remove(0).numbers.len();
        }
    }
}

fn zeros(len: usize) -> Result<Vec<u64>, Error> {
    let mut numbers = preflight::list(len)?;
    numbers.resize(len, 0);
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Double;

    #[test]
    fn a_dropped_piece_is_used_again_and_little_is_kept() {
        let job = Job::new(&Double::plain(64, 8), 7).unwrap();
        let first = job.double(job.whole(0)).unwrap();
        let address = first.numbers.as_ptr();
        drop(first);
        let second = job.double(job.whole(0)).unwrap();
        assert_eq!(second.numbers.as_ptr(), address);
        let pieces = (0..9).map(|task| job.double(job.whole(task)).unwrap());
        drop(pieces.collect::<Pieces>());
        drop(second);
        assert_eq!(job.pieces.idle.lock().unwrap().len(), 2);
    }

    #[test]
    fn a_part_has_the_memory_that_it_had_in_the_run_before() {
        let job = Job::new(&Double::plain(64, 8), 7).unwrap();
        let run = |order: &[usize]| {
            let parts: Vec<_> = job.parts(4).collect();
            let pieces = order.iter().map(|part| {
                let piece = job.double(parts[*part].clone()).unwrap();
                (*part, piece)
            });
            // All are held until all are there, as a run holds them.
            let mut pieces: Vec<(usize, Piece)> = pieces.collect();
            pieces.sort_by_key(|(part, _)| *part);
            let address = |(_, piece): &(usize, Piece)| piece.numbers.as_ptr();
            pieces.iter().map(address).collect::<Vec<_>>()
        };
        let first = run(&[0, 1, 2, 3]);
        assert_eq!(run(&[3, 1, 0, 2]), first);
        assert_eq!(run(&[2, 3, 1, 0]), first);
    }

    #[test]
    fn pieces_are_equal_wherever_they_are_cut() {
        let piece = |numbers: &[u64]| Piece::from(numbers.to_vec());
        let cut: Pieces = [piece(&[1]), piece(&[2, 3])].into_iter().collect();
        assert_eq!(cut, Pieces::from(vec![1, 2, 3]));
        assert_ne!(cut, Pieces::from(vec![1, 2]));
        assert_ne!(cut, Pieces::from(vec![1, 2, 4]));
    }

    #[test]
    fn a_grain_of_zero_is_refused() {
        let zero = Numbers::new(8, 0, 1, 7);
        assert!(matches!(zero, Err(Error::Invalid(_))));
    }
}
