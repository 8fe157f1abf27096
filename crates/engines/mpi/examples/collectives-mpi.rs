//! Cells of MPI beside the same collectives in a plain program: no deadline, no
//! cancel flag, no trace, no panic that is caught, and an answer that stays in
//! rank 0.
//!
//! `cargo run --release --example collectives-mpi [SIZE...]`

use lanes_core::numbers::Numbers;
use lanes_core::parts::split;
use lanes_core::workload::{
    Counts, Max, PrimeSum, Primes, Sort, Text, Unsorted, Wordcount,
};
use lanes_core::{Config, Context, Job, Started, Workload, kernel};
use lanes_measure::beside::{Form, program};
use lanes_mpi::Mpi;
use mpi::Count;
use mpi::collective::SystemOperation;
use mpi::datatype::{Partition, PartitionMut};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Equivalence, Root};
use std::collections::HashMap;
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{LazyLock, Mutex};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    if let [_, what, path] = &arguments[..]
        && what == RANK
    {
        rank(UnixStream::connect(path).unwrap());
        return ExitCode::SUCCESS;
    }
    let start = Started::start::<Mpi>;
    let codes = [
        program::<Max>(&[Form { start, bare }]),
        program::<Wordcount>(&[Form { start, bare }]),
        program::<Primes>(&[Form { start, bare }]),
        program::<Sort>(&[Form { start, bare }]),
    ];
    let mut plain = PLAIN.lock().unwrap();
    // The ranks end with their connections.
    plain.ranks.clear();
    plain.mpirun.wait().unwrap();
    let failed = |code: &ExitCode| *code == ExitCode::FAILURE;
    if codes.iter().any(failed) { ExitCode::FAILURE } else { codes[0] }
}

/// The seed of the inputs.
const SEED: u64 = 7;
/// What a rank of the plain program is started with.
const RANK: &str = "rank";

/// The plain program, with a connection to each of its ranks. They wait there:
/// a rank that waits in MPI would keep its core from the others.
struct Plain {
    mpirun: Child,
    ranks: Vec<UnixStream>,
}

static PLAIN: LazyLock<Mutex<Plain>> = LazyLock::new(|| {
    let count = Config::machine().workers();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ranks");
    let listener = UnixListener::bind(&path).unwrap();
    let mpirun = Command::new("mpirun")
        .args(["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"])
        .args(["--mca", "btl", "tcp,self", "--mca", "pml", "ob1"])
        .args(["--mca", "btl_tcp_if_include", "127.0.0.0/8"])
        .args(["--mca", "mpi_yield_when_idle", "1"])
        .args(["--np", &count.to_string()])
        .arg(env::current_exe().unwrap())
        .args([RANK.as_ref(), path.as_os_str()])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let come = (0..count).map(|_| {
        let mut stream = listener.accept().unwrap().0;
        let mut number = [0; 4];
        stream.read_exact(&mut number).unwrap();
        (u32::from_le_bytes(number), stream)
    });
    let mut come: Vec<_> = come.collect();
    come.sort_unstable_by_key(|(number, _)| *number);
    let ranks = come.into_iter().map(|(_, stream)| stream).collect();
    Mutex::new(Plain { mpirun, ranks })
});

/// Has the ranks of the plain program run, and returns how many items rank 0
/// has an answer for.
fn bare<W: Workload>(size: &W) -> Option<usize> {
    let mut plain = PLAIN.lock().unwrap();
    let size = serde_json::to_string(size).unwrap();
    for rank in &mut plain.ranks {
        writeln!(rank, "{} {size}", W::NAME).unwrap();
    }
    let mut items = [0; 8];
    plain.ranks[0].read_exact(&mut items).unwrap();
    let items = u64::from_le_bytes(items) as usize;
    (items > 0).then_some(items)
}

/// The inputs of rank 0, by their size.
type Made<I> = HashMap<String, I>;

/// A rank of the plain program.
fn rank(mut front: UnixStream) {
    let universe = mpi::initialize().unwrap();
    let world = universe.world();
    let number = world.rank() as u32;
    front.write_all(&number.to_le_bytes()).unwrap();
    let lines = BufReader::new(front.try_clone().unwrap()).lines();
    let (mut lists, mut texts, mut unsorted) =
        (Made::default(), Made::default(), Made::default());
    for line in lines.map_while(Result::ok) {
        let (name, size) = line.split_once(' ').unwrap();
        let items = match name {
            Max::NAME => max(&world, size, &mut lists),
            Wordcount::NAME => wordcount(&world, size, &mut texts),
            Primes::NAME => primes(&world, size),
            Sort::NAME => sort(&world, size, &mut unsorted),
            other => panic!("{other}"),
        };
        if number == 0 {
            front.write_all(&(items as u64).to_le_bytes()).unwrap();
        }
    }
}

/// The size, and the input in rank 0.
fn input<'a, W: Workload>(
    world: &SimpleCommunicator,
    size: &str,
    made: &'a mut Made<W::Input>,
) -> (W, Option<&'a W::Input>) {
    let read: W = serde_json::from_str(size).unwrap();
    if world.rank() != 0 {
        return (read, None);
    }
    if !made.contains_key(size) {
        made.insert(size.to_owned(), read.input(SEED).unwrap());
    }
    (read, made.get(size))
}

fn begins(lengths: &[Count]) -> Vec<Count> {
    let ends = lengths.iter().scan(0, |end, length| {
        *end += length;
        Some(*end - length)
    });
    ends.collect()
}

/// The part of this rank, which has so many items.
fn scattered<T: Equivalence + Clone + Default>(
    world: &SimpleCommunicator,
    list: Option<(&[T], Vec<Count>)>,
) -> Vec<T> {
    let root = world.process_at_rank(0);
    let mut own: Count = 0;
    let Some((list, lengths)) = list else {
        root.scatter_into(&mut own);
        let mut part = vec![T::default(); own as usize];
        root.scatter_varcount_into(&mut part[..]);
        return part;
    };
    root.scatter_into_root(&lengths[..], &mut own);
    let mut part = vec![T::default(); own as usize];
    let begins = begins(&lengths);
    let parts = Partition::new(list, lengths, begins);
    root.scatter_varcount_into_root(&parts, &mut part[..]);
    part
}

/// The lists of all ranks, in rank 0.
fn gathered<T: Equivalence + Clone + Default>(
    world: &SimpleCommunicator,
    list: &[T],
) -> Option<Vec<T>> {
    let root = world.process_at_rank(0);
    let own = list.len() as Count;
    if world.rank() != 0 {
        root.gather_into(&own);
        root.gather_varcount_into(list);
        return None;
    }
    let mut lengths = vec![0; world.size() as usize];
    root.gather_into_root(&own, &mut lengths[..]);
    let mut all = vec![T::default(); lengths.iter().sum::<Count>() as usize];
    let begins = begins(&lengths);
    let mut parts = PartitionMut::new(&mut all[..], lengths, begins);
    root.gather_varcount_into_root(list, &mut parts);
    Some(all)
}

fn max(
    world: &SimpleCommunicator,
    size: &str,
    made: &mut Made<Numbers>,
) -> usize {
    let (size, list) = input::<Max>(world, size, made);
    if size != Max::plain(size.len, size.grain) {
        return 0;
    }
    let count = world.size() as usize;
    let part = scattered(
        world,
        list.map(|list| {
            let lengths =
                list.parts(count).map(|part| part.range.len() as Count);
            (list.list(), lengths.collect())
        }),
    );
    let own = kernel::max(&part);
    // What is sent and what is filled may differ in type: rsmpi does not look.
    let mut most = 0_u64;
    let (root, operation) = (world.process_at_rank(0), SystemOperation::max());
    match world.rank() {
        0 => root.reduce_into_root(&own, &mut most, operation),
        _ => root.reduce_into(&own, operation),
    }
    if most > 0 { size.len } else { 0 }
}

fn wordcount(
    world: &SimpleCommunicator,
    size: &str,
    made: &mut Made<Text>,
) -> usize {
    let (size, text) = input::<Wordcount>(world, size, made);
    let count = world.size() as usize;
    let part = scattered(
        world,
        text.map(|text| {
            let lengths = text
                .parts(count)
                .map(|part| text.of(part.range).len() as Count);
            (text.text().as_bytes(), lengths.collect())
        }),
    );
    let mut counts = Counts::default();
    counts.count_all(&String::from_utf8(part).unwrap());
    let table = postcard::to_stdvec(&counts).unwrap();
    let Some(tables) = gathered(world, &table) else { return 0 };
    let (mut all, mut rest) = (Counts::default(), &tables[..]);
    while !rest.is_empty() {
        let (counts, behind) = postcard::take_from_bytes(rest).unwrap();
        (all, rest) = (all.and(counts), behind);
    }
    if all.distinct() > 0 { size.bytes } else { 0 }
}

fn primes(world: &SimpleCommunicator, size: &str) -> usize {
    let size: Primes = serde_json::from_str(size).unwrap();
    let below = size.below;
    let job = Job::<Primes>::with(size, &Context::new());
    let own = (world.rank() as usize..).step_by(world.size() as usize);
    let grains = job.grains().size();
    let found = own
        .take_while(|grain| *grain < grains)
        .fold(PrimeSum::default(), |all, grain| {
            all.and(job.primes(job.grain_part(grain)).unwrap())
        });
    let (own, mut all) = ([found.count, found.sum], [0_u64; 2]);
    let (root, operation) = (world.process_at_rank(0), SystemOperation::sum());
    match world.rank() {
        0 => root.reduce_into_root(&own, &mut all, operation),
        _ => root.reduce_into(&own, operation),
    }
    if all[0] > 0 { below } else { 0 }
}

fn sort(
    world: &SimpleCommunicator,
    size: &str,
    made: &mut Made<Unsorted>,
) -> usize {
    let (size, list) = input::<Sort>(world, size, made);
    let count = world.size() as usize;
    let part = scattered(
        world,
        list.map(|list| {
            let lengths =
                list.parts(count).map(|part| part.range.len() as Count);
            (list.list(), lengths.collect())
        }),
    );
    let (mut sorted, mut beside) = (vec![0; part.len()], vec![0; part.len()]);
    in_halves(&part, &mut sorted, &mut beside, size.cutoff);
    let sample = (0..count).map(|i| sorted[i * sorted.len() / count]);
    let sample: Vec<_> = sample.collect();
    let mut samples = vec![0; count * count];
    world.all_gather_into(&sample[..], &mut samples[..]);
    samples.sort_unstable();
    let ends = (1..count).map(|range| {
        sorted.partition_point(|number| *number < samples[range * count])
    });
    let ends: Vec<usize> = ends.chain([sorted.len()]).collect();
    let mut begin = 0;
    let lengths = ends
        .iter()
        .map(|end| (end - std::mem::replace(&mut begin, *end)) as Count);
    let (lengths, mut come): (Vec<_>, _) = (lengths.collect(), vec![0; count]);
    world.all_to_all_into(&lengths[..], &mut come[..]);
    let mut range = vec![0; come.iter().sum::<Count>() as usize];
    let before = begins(&lengths);
    let parts = Partition::new(&sorted[..], lengths, before);
    let before = begins(&come);
    let lengths: Vec<usize> = come.iter().map(|len| *len as usize).collect();
    let mut into = PartitionMut::new(&mut range[..], come, before);
    world.all_to_all_varcount_into(&parts, &mut into);
    let all = gathered(world, &merged(range, lengths));
    let all = all.filter(|all| all.is_sorted());
    all.map_or(0, |all| all.len())
}

fn in_halves(
    list: &[u64],
    sorted: &mut [u64],
    beside: &mut [u64],
    cutoff: usize,
) {
    if list.len() <= cutoff {
        return Sort::leaf(list, sorted);
    }
    let halves = split(list.len(), cutoff, 2).next();
    let middle = halves.map_or(0, |half| half.range.end);
    let (left, right) = beside.split_at_mut(middle);
    let (low, high) = sorted.split_at_mut(middle);
    in_halves(&list[..middle], left, low, cutoff);
    in_halves(&list[middle..], right, high, cutoff);
    Sort::merge(left, right, sorted);
}

fn merged(mut lists: Vec<u64>, mut lengths: Vec<usize>) -> Vec<u64> {
    let mut beside = vec![0; lists.len()];
    while lengths.len() > 1 {
        let mut begin = 0;
        let two = lengths.chunks(2).map(|two| {
            let end = begin + two.iter().sum::<usize>();
            let (left, right) = lists[begin..end].split_at(two[0]);
            Sort::merge(left, right, &mut beside[begin..end]);
            end - std::mem::replace(&mut begin, end)
        });
        lengths = two.collect();
        std::mem::swap(&mut lists, &mut beside);
    }
    lists
}
