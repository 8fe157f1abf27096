//! Many jobs one after the other leave nothing behind.

use lanes_core::workload::{Max, Primes};
use lanes_core::{Config, Context, Error, Job, Started, Watch};
use lanes_mpi::Mpi;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// How many threads, descriptors and children this process has.
fn open() -> [usize; 3] {
    let count = |path: &str| fs::read_dir(path).unwrap().count();
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    let children = |task: fs::DirEntry| {
        let children = fs::read_to_string(task.path().join("children"));
        children.unwrap_or_default().split_whitespace().count()
    };
    let children = threads.map(children).sum();
    [count("/proc/self/task"), count("/proc/self/fd"), children]
}

/// A right answer, a panic, and a right answer, of a job of its own.
fn one() {
    let model = Started::start::<Mpi>(&Config::new(2).unwrap()).unwrap();
    let max = Job::new(&Max::plain(100, 10), 7).unwrap();
    let primes = Job::new(&Primes { below: 1000, grain: 50 }, 7).unwrap();
    let found = model.run(&primes).unwrap();
    let probe = Some(Arc::new(|_| panic!("one of many")) as _);
    let watch = Watch { probe, ..Watch::default() };
    let context = Context::watching(watch).unwrap();
    let panicked = model.run(&max.under(&context));
    assert!(matches!(panicked, Err(Error::Panicked(_))), "{panicked:?}");
    assert!(model.run(&max).unwrap().is_some());
    assert_eq!(model.run(&primes), Ok(found));
}

/// Set in the process that starts the jobs.
const AGAIN: &str = "LANES_MPI_MANY";

#[test]
fn twenty_jobs_leave_nothing_behind() {
    if env::var_os(AGAIN).is_none() {
        // Alone in a process, and in a folder for temporary files.
        let folder = tempfile::tempdir().unwrap();
        let again = Command::new("/proc/self/exe")
            .args(["--exact", "twenty_jobs_leave_nothing_behind"])
            .env(AGAIN, "1")
            .env("TMPDIR", folder.path())
            .status();
        assert!(again.unwrap().success());
        let left = fs::read_dir(folder.path()).unwrap();
        assert_eq!(left.count(), 0, "files are left");
        return;
    }
    (0..3).for_each(|_| one());
    let before = open();
    (0..20).for_each(|_| one());
    let begin = Instant::now();
    while open().iter().zip(before).any(|(now, then)| *now > then) {
        let waited = begin.elapsed();
        assert!(waited.as_secs() < 20, "{:?}, before {before:?}", open());
        thread::sleep(Duration::from_millis(20));
    }
}
