//! What a rank has in a run: the others, the context, and its part of the
//! input.
//!
//! A collective waits until every rank has called it. So a rank whose work has
//! failed goes on with nothing instead, and the error is reported beside that.

use crate::wire::{Order, Said, broken};
use lanes_core::{Context, Error, Job, Workload, caught};
use mpi::Count;
use mpi::collective::SystemOperation;
use mpi::datatype::{Partition, PartitionMut};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{
    Buffer, BufferMut, Communicator, CommunicatorCollectives, Destination,
    Equivalence, MatchedReceiveVec, Root, Source,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::cell::RefCell;

/// The rank that has the input, and gets the answer.
const ROOT: usize = 0;

/// The last input of a rank, with the order that it was made for: it stays
/// until another one is ordered.
pub(crate) type Kept = RefCell<Option<(Order, Box<dyn Any>)>>;

/// What each rank does of a workload.
pub(crate) trait Program: Workload {
    /// What rank 0 has in the end.
    type Answer: Serialize + DeserializeOwned + 'static;

    /// The work of this rank, with the answer at rank 0. All ranks call the
    /// same collectives, whatever fails.
    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<Self::Answer>;
}

/// What every rank knows of the input.
pub(crate) struct Given<W> {
    /// The size.
    pub(crate) size: W,
    /// The seed.
    pub(crate) seed: u64,
    /// Whether each rank makes its own part.
    pub(crate) local: bool,
}

/// A workload whose input is a list of items that is cut into parts.
pub(crate) trait Parted: Workload {
    /// An item.
    type Item: Equivalence + Clone + Default;

    /// The list.
    fn list(input: &Self::Input) -> &[Self::Item];

    /// How many items each of at most so many parts has.
    fn lengths(input: &Self::Input, count: usize) -> Vec<usize>;

    /// The part that begins at this item, as an input of its own.
    ///
    /// # Errors
    /// Those of making it.
    fn part(
        size: &Self,
        begin: usize,
        items: Vec<Self::Item>,
    ) -> Result<Self::Input, Error>;
}

/// The ranks of a job, as one of them has them in a run.
pub(crate) struct Ranks<'a> {
    pub(crate) world: &'a SimpleCommunicator,
    pub(crate) context: Context,
    pub(crate) order: &'a Order,
    pub(crate) kept: &'a Kept,
    /// Tells the process that has started the job.
    pub(crate) tell: &'a dyn Fn(&Said),
}

/// What this rank does of a run, with its answer if it has it.
///
/// # Errors
/// The cause, if the run was stopped or something failed.
pub(crate) fn perform<W: Program>(
    ranks: &Ranks<'_>,
) -> Result<Option<W::Answer>, Error> {
    let Order { size, seed, local, .. } = ranks.order;
    let size: W = serde_json::from_str(size).map_err(broken)?;
    let given = Given { size, seed: *seed, local: *local };
    let answer = W::rank(ranks, &given);
    ranks.context.finish(answer)
}

impl Ranks<'_> {
    /// The number of this one, from 0.
    pub(crate) fn own(&self) -> usize {
        self.world.rank() as usize
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.world.size() as usize
    }

    /// Whether this is rank 0.
    pub(crate) fn is_root(&self) -> bool {
        self.own() == ROOT
    }

    /// Does a piece of work; nothing comes of it if it fails, which stops the
    /// run.
    pub(crate) fn tried<T: Default>(
        &self,
        work: impl FnOnce() -> Result<T, Error>,
    ) -> T {
        caught(work).unwrap_or_else(|error| {
            if self.context.cause().is_none() {
                (self.tell)(&Said::Failed(self.order.run, error.clone()));
                self.context.stop(error);
            }
            T::default()
        })
    }

    /// Works on the part of this rank: the one that rank 0 sends, or that this
    /// one has made.
    pub(crate) fn on_part<W: Parted, T: Default>(
        &self,
        given: &Given<W>,
        work: impl FnOnce(&Job<W>) -> Result<T, Error>,
    ) -> T {
        if given.local {
            let own = || {
                let whole = given.size.input(given.seed)?;
                let ends = ends(&W::lengths(&whole, self.count()))?;
                let (begin, end) = bounds(&ends, self.own());
                let items = W::list(&whole)[begin..end].to_vec();
                let part = W::part(&given.size, begin, items)?;
                Ok(Job::with(part, &Context::new()))
            };
            return self.tried(|| work(&self.kept(own)?));
        }
        let whole = || Job::<W>::new(&given.size, given.seed);
        let whole = self.is_root().then(|| {
            self.tried(|| {
                let whole = self.kept(whole)?;
                let ends = ends(&W::lengths(&whole, self.count()))?;
                Ok(Some((whole, ends)))
            })
        });
        let whole = whole.flatten();
        let items = whole.as_ref().map(|(job, ends)| (W::list(job), &**ends));
        let (begin, items) = self.scatter(items.unwrap_or_default());
        self.tried(|| {
            let part = W::part(&given.size, begin, items)?;
            work(&Job::with(part, &self.context))
        })
    }

    /// The input of this rank, made before or now.
    fn kept<W: Workload>(
        &self,
        make: impl FnOnce() -> Result<Job<W>, Error>,
    ) -> Result<Job<W>, Error> {
        let mut kept = self.kept.borrow_mut();
        let same = kept.as_ref().filter(|(order, _)| {
            let of = |order: &Order| (order.seed, order.local);
            order.workload == self.order.workload
                && order.size == self.order.size
                && of(order) == of(self.order)
        });
        let same = same.and_then(|(_, job)| job.downcast_ref::<Job<W>>());
        if let Some(job) = same {
            return Ok(job.under(&self.context));
        }
        // The old one goes before the new one needs its memory.
        *kept = None;
        let job = make()?;
        *kept = Some((self.order.clone(), Box::new(job.clone())));
        Ok(job.under(&self.context))
    }

    /// Sends each rank a part of a list, which ends there. Returns where the
    /// part of this one begins, and the part. Rank 0 copies its own: rsmpi
    /// cannot say `MPI_IN_PLACE`.
    fn scatter<T: Equivalence + Clone + Default>(
        &self,
        (list, ends): (&[T], &[usize]),
    ) -> (usize, Vec<T>) {
        let root = self.world.process_at_rank(ROOT as i32);
        if !self.is_root() {
            let mut own = [0; 2];
            root.scatter_into(&mut own[..]);
            let [begin, len] = own;
            let mut part = room(len);
            root.scatter_varcount_into(&mut part[..]);
            return (begin, part);
        }
        let places = (0..self.count()).map(|rank| bounds(ends, rank));
        let places: Vec<[usize; 2]> =
            places.map(|(begin, end)| [begin, end - begin]).collect();
        let mut own = [0; 2];
        root.scatter_into_root(places.as_flattened(), &mut own[..]);
        let [begin, len] = own;
        let mut part = room(len);
        let begins = places.iter().map(|[begin, _]| *begin as Count);
        let lengths = places.iter().map(|[_, len]| *len as Count);
        let (begins, lengths): (Vec<_>, Vec<_>) =
            (begins.collect(), lengths.collect());
        let spare = T::default();
        let parts = Partition::new(somewhere(list, &spare), lengths, begins);
        root.scatter_varcount_into_root(&parts, &mut part[..]);
        (begin, part)
    }

    /// The lists of all ranks one behind the other, at rank 0.
    pub(crate) fn gather<T: Equivalence + Clone + Default>(
        &self,
        list: &[T],
    ) -> Option<Vec<T>> {
        let root = self.world.process_at_rank(ROOT as i32);
        let own = list.len() as Count;
        let spare = T::default();
        if !self.is_root() {
            root.gather_into(&own);
            root.gather_varcount_into(somewhere(list, &spare));
            return None;
        }
        let mut lengths = vec![0; self.count()];
        root.gather_into_root(&own, &mut lengths[..]);
        let begins = begins(&lengths);
        let mut all = room(lengths.iter().sum::<Count>() as usize);
        let mut parts = PartitionMut::new(&mut all[..], lengths, begins);
        root.gather_varcount_into_root(somewhere(list, &spare), &mut parts);
        Some(all)
    }

    /// The lists of all ranks one behind the other, which are all as long as
    /// this one, at each rank.
    pub(crate) fn all_gather<T: Equivalence + Clone + Default>(
        &self,
        list: &[T],
    ) -> Vec<T> {
        let mut all = vec![T::default(); list.len() * self.count()];
        self.world.all_gather_into(list, &mut all[..]);
        all
    }

    /// Sends each rank its part of a list, which is so long. Returns the parts
    /// that have come one behind the other, and the length of each.
    pub(crate) fn exchange<T: Equivalence + Clone + Default>(
        &self,
        list: &[T],
        lengths: &[usize],
    ) -> (Vec<T>, Vec<usize>) {
        let sent: Vec<_> = lengths.iter().map(|len| *len as Count).collect();
        let mut come = vec![0; self.count()];
        self.world.all_to_all_into(&sent[..], &mut come[..]);
        let lengths: Vec<_> = come.iter().map(|len| *len as usize).collect();
        let mut all = room(lengths.iter().sum());
        let (before, spare) = (begins(&sent), T::default());
        let sent = Partition::new(somewhere(list, &spare), sent, before);
        let before = begins(&come);
        let mut parts = PartitionMut::new(&mut all[..], come, before);
        self.world.all_to_all_varcount_into(&sent, &mut parts);
        (all, lengths)
    }

    /// The numbers of all ranks in one, at rank 0.
    pub(crate) fn reduce<T: Buffer + BufferMut + Clone>(
        &self,
        own: T,
        operation: SystemOperation,
    ) -> Option<T> {
        let root = self.world.process_at_rank(ROOT as i32);
        if !self.is_root() {
            root.reduce_into(&own, operation);
            return None;
        }
        let mut all = own.clone();
        root.reduce_into_root(&own, &mut all, operation);
        Some(all)
    }

    /// Sends another rank a list, of which MPI knows only the bytes.
    pub(crate) fn send(&self, to: usize, list: &[impl Serialize]) {
        let bytes = postcard::to_stdvec(list);
        let bytes = bytes.expect("memory takes all that is written");
        self.world.process_at_rank(to as i32).send(&bytes[..]);
    }

    /// The next such list, and the rank that has sent it; none if there is none
    /// yet and it is not waited for.
    pub(crate) fn receive<T: DeserializeOwned>(
        &self,
        waits: bool,
    ) -> Option<(usize, Vec<T>)> {
        let any = self.world.any_process();
        let message = match waits {
            true => any.matched_probe(),
            false => any.immediate_matched_probe()?,
        };
        let (bytes, status) = message.matched_receive_vec::<u8>();
        let list = postcard::from_bytes(&bytes);
        let list = list.expect("ranks are one program");
        Some((status.source_rank() as usize, list))
    }
}

/// Room for so many items, at an address also where there are none.
///
/// In Rust an empty list of bytes lies at the address 1, which Open MPI takes
/// for `MPI_IN_PLACE`.
fn room<T: Clone + Default>(len: usize) -> Vec<T> {
    match len {
        0 => Vec::with_capacity(1),
        _ => vec![T::default(); len],
    }
}

/// A list that has an address also where it is empty; see [`room`].
fn somewhere<'a, T>(list: &'a [T], spare: &'a T) -> &'a [T] {
    match list {
        [] => &std::slice::from_ref(spare)[..0],
        _ => list,
    }
}

/// Where the part of a rank lies, where parts end there; one behind the last
/// has nothing.
fn bounds(ends: &[usize], rank: usize) -> (usize, usize) {
    let all = ends.last().copied().unwrap_or_default();
    let end = |rank: usize| ends.get(rank).copied().unwrap_or(all);
    (rank.checked_sub(1).map_or(0, end), end(rank))
}

/// Where parts of these lengths end.
///
/// # Errors
/// [`Error::Unsupported`] for more items than MPI counts.
fn ends(lengths: &[usize]) -> Result<Vec<usize>, Error> {
    let ends = lengths.iter().scan(0, |end, len| {
        *end += len;
        Some(*end)
    });
    let ends: Vec<usize> = ends.collect();
    let all = ends.last().copied().unwrap_or_default();
    match Count::try_from(all) {
        Ok(_) => Ok(ends),
        Err(_) => {
            let what = format!("{all} items: MPI counts with 31 bits");
            Err(Error::Unsupported(what))
        }
    }
}

/// Where parts of these lengths begin.
fn begins(lengths: &[Count]) -> Vec<Count> {
    let begins = lengths.iter().scan(0, |end, len| {
        let begin = *end;
        *end += len;
        Some(begin)
    });
    begins.collect()
}
