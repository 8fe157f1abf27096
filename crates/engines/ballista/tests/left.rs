//! Starts, runs, failures and drops leave nothing behind: fewer of them than
//! the case of the suite has, of which Ballista is exempt.

use lanes_ballista::Ballista;
use lanes_core::workload::Primes;
use lanes_core::{
    Config, Context, Error, Job, Probe, Started, Watch, Workload,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Threads of a library may end a moment later.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many threads, descriptors and children this process has, and how many
/// work folders there are.
fn counts() -> [usize; 4] {
    let names = |path: PathBuf| {
        let entries = fs::read_dir(path).unwrap().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap())
    };
    let threads: Vec<_> = names("/proc/self/task".into()).collect();
    // Each thread has those that it has started.
    let children = threads.iter().map(|thread| {
        let path = format!("/proc/self/task/{thread}/children");
        let children = fs::read_to_string(path).unwrap_or_default();
        children.split_whitespace().count()
    });
    let is_ours = |name: &String| name.starts_with("lanes-ballista-");
    let folders = names(env::temp_dir()).filter(is_ours).count();
    let descriptors = names("/proc/self/fd".into()).count();
    [threads.len(), descriptors, children.sum(), folders]
}

fn one() {
    let model = Started::start::<Ballista>(&Config::new(2).unwrap()).unwrap();
    let job = Job::new(&Primes { below: 1000, grain: 10 }, 7).unwrap();
    assert_eq!(model.run(&job), Ok(Primes::reference(&job)));
    let panics: Probe = Arc::new(|_| panic!("one of many"));
    let watch = Watch { probe: Some(panics), ..Watch::default() };
    let failed = model.run(&job.under(&Context::watching(watch).unwrap()));
    assert_eq!(failed, Err(Error::Panicked("one of many".into())));
    let again = model.run(&job.under(&Context::new()));
    assert_eq!(again, Ok(Primes::reference(&job)));
}

#[test]
fn starts_runs_failures_and_drops_leave_nothing() {
    for _ in 0..3 {
        one();
    }
    let before = counts();
    for _ in 0..15 {
        one();
    }
    let begin = Instant::now();
    while counts().iter().zip(before).any(|(now, before)| *now > before) {
        let now = counts();
        assert!(begin.elapsed() < PATIENCE, "{now:?}, before {before:?}");
        thread::sleep(Duration::from_millis(20));
    }
}
