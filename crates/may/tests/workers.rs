//! A process has one scheduler, with one number of workers: what the suite asks
//! of several numbers, in a process for each.

use lanes_conformance::{cell, isolated};
use lanes_core::{Config, Entry, Family, Size, census, rows};
use lanes_may::May;

fn with(workers: usize) {
    let entry = Entry::of::<May>("may", Family::Guest, "");
    isolated(|| {
        let config = Config::new(workers)?;
        let start = |_: &Config| entry.start(&config);
        let model = start(&config)?;
        let found = census(&model)?.len();
        assert_eq!((model.workers(), found), (workers, workers));
        for row in rows(Size::Quick) {
            if entry.has(row.workload()) {
                cell::matches_reference(&start, &*row)?;
                cell::empty_and_one(&start, &*row)?;
                cell::nested_run(&start, &*row)?;
            }
        }
        Ok(())
    });
}

#[test]
fn two_workers() {
    with(2);
}

#[test]
fn three_workers() {
    with(3);
}

#[test]
fn eight_workers() {
    with(8);
}
