//! What a pool of processes costs, measured on this machine.
//!
//! ```sh
//! cargo run --release -p lanes-processes --example costs
//! ```

use lanes_core::{Context, Error};
use lanes_processes::{Carrier, Function, List, Pool, function};
use rustix::process::{Pid, Signal, getpid, kill_process};
use std::thread;
use std::time::{Duration, Instant};

struct Same;
function!(Same);

impl Function for Same {
    const NAME: &'static str = "costs::same";
    type Argument = u64;
    type Output = u64;

    fn call(number: u64, _: &Context) -> Result<u64, Error> {
        Ok(number)
    }
}

struct Echo;
function!(Echo);

impl Function for Echo {
    const NAME: &'static str = "costs::echo";
    type Argument = List;
    type Output = List;

    fn call(list: List, _: &Context) -> Result<List, Error> {
        Ok(list)
    }
}

struct Process;
function!(Process);

impl Function for Process {
    const NAME: &'static str = "costs::process";
    type Argument = ();
    type Output = i32;

    fn call((): (), _: &Context) -> Result<i32, Error> {
        Ok(getpid().as_raw_nonzero().get())
    }
}

struct Park;
function!(Park);

impl Function for Park {
    const NAME: &'static str = "costs::park";
    type Argument = ();
    type Output = ();

    fn call((): (), _: &Context) -> Result<(), Error> {
        loop {
            thread::park();
        }
    }
}

const ITEMS: u64 = 10_000;
/// 16 MiB of numbers.
const LENGTH: usize = 1 << 21;

fn main() -> Result<(), Error> {
    let start = median(50, || {
        let begin = Instant::now();
        let pool = Pool::start(1)?;
        let time = begin.elapsed();
        drop(pool);
        Ok(time)
    })?;
    println!("start of a worker, exec to ready      {start:>10.1?}");

    let killed = median(20, || {
        let pool = Pool::start(2)?;
        let process = Pid::from_raw(pool.submit::<Process>(())?.result()?);
        let parked = (0..4).map(|_| pool.submit::<Park>(()));
        let parked = parked.collect::<Result<Vec<_>, Error>>()?;
        while !(parked[0].is_running() && parked[1].is_running()) {
            thread::yield_now();
        }
        let begin = Instant::now();
        let process = process.expect("a process");
        kill_process(process, Signal::KILL).map_err(std::io::Error::from)?;
        for future in parked {
            assert!(matches!(future.result(), Err(Error::WorkerDied(_))));
        }
        Ok(begin.elapsed())
    })?;
    println!("a worker's death to all work failed   {killed:>10.1?}");

    let pool = Pool::start(1)?;
    let submit = median(1000, || {
        let begin = Instant::now();
        pool.submit::<Same>(7)?.result()?;
        Ok(begin.elapsed())
    })?;
    println!("submit to result, one worker          {submit:>10.1?}");

    let pool = Pool::start(2)?;
    for chunk in [1, 10, 100, 1000] {
        let map = median(5, || {
            let begin = Instant::now();
            let map = pool.map::<Same>(0..ITEMS, chunk)?;
            let sum: u64 = map.sum::<Result<u64, Error>>()?;
            assert_eq!(sum, ITEMS * (ITEMS - 1) / 2);
            Ok(begin.elapsed())
        })?;
        let item = map / u32::try_from(ITEMS).unwrap_or(u32::MAX);
        println!("map per item, two workers, chunk {chunk:>4} {item:>10.1?}");
    }

    for (carrier, name) in
        [(Carrier::Socket, "socket"), (Carrier::Memory, "memory")]
    {
        let pool = Pool::start_with(1, carrier)?;
        let list: Vec<u64> = (0..LENGTH as u64).collect();
        let mut first = None;
        let there_and_back = median(21, || {
            let argument = List::from(list.clone());
            let begin = Instant::now();
            let back = pool.submit::<Echo>(argument)?.result()?;
            let time = begin.elapsed();
            assert!(*back == *list);
            first.get_or_insert(time);
            Ok(time)
        })?;
        let first = first.unwrap_or_default();
        println!(
            "16 MiB there and back, {name}         {there_and_back:>10.1?} \
             (the first {first:.1?})"
        );
    }
    Ok(())
}

/// The median time of so many.
fn median(
    count: usize,
    mut once: impl FnMut() -> Result<Duration, Error>,
) -> Result<Duration, Error> {
    let times = (0..count).map(|_| once());
    let mut times = times.collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    Ok(times[count / 2])
}
