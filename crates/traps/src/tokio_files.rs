//! Many small files, read by the async functions.

use crate::trap::{Seen, Trap, program};
use crate::work::timed;
use lanes_measure::traps::Kind;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::task::spawn_blocking;

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-files",
    library: "tokio",
    asks: "Are async reads faster, where files are small and many?",
    expects: "Each read is a blocking call in another thread: the way there \
              and back takes longer than to read what lies in memory.",
    measures: "how long it takes to read 2,000 files of 1 KiB",
    kind: Kind::Time,
    issues: &[(
        "https://github.com/tokio-rs/tokio/issues/3664",
        "tokio::fs is 1 to 2 orders of magnitude slower than blocking",
    )],
    source: "crates/traps/src/tokio_files.rs",
    text: include_str!("tokio_files.rs"),
    timelines: false,
    without: program!(without, "awaits tokio::fs::read for each"),
    remedies: &[program!(batch, "reads all in one spawn_blocking")],
};

const FILES: u64 = 2000;

/// Files in a folder that is gone when it is dropped.
fn files() -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |number| folder.path().join(format!("{number}.txt"));
    let paths: Vec<PathBuf> = (0..FILES).map(path).collect();
    for path in &paths {
        fs::write(path, [1; 1024]).expect("a file");
    }
    (folder, paths)
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).build().expect("two workers")
}

fn without() -> Seen {
    let (runtime, (_folder, paths)) = (runtime(), files());
    let read_all = async move {
        let mut bytes = 0;
        for path in paths {
            bytes += tokio::fs::read(path).await.unwrap().len() as u64;
        }
        bytes
    };
    timed(FILES * 1024, || runtime.block_on(runtime.spawn(read_all)).unwrap())
}

fn batch() -> Seen {
    let (runtime, (_folder, paths)) = (runtime(), files());
    let read_all = async move {
        let read_all = spawn_blocking(|| {
            let sizes = paths.into_iter().map(|path| fs::read(path).unwrap());
            sizes.map(|bytes| bytes.len() as u64).sum()
        });
        read_all.await.unwrap()
    };
    timed(FILES * 1024, || runtime.block_on(runtime.spawn(read_all)).unwrap())
}
