//! The catalogue: one file for each workload, with its definition, its input,
//! its reference answer, its limit and its kernels.

mod bound;
mod forked;
mod relay;
mod skew;
mod speed;

pub use crate::latencies::Latencies;
pub use relay::{Relay, Token};

use crate::{Definition, Row, Size};
use std::time::Duration;

/// Declares the file of each workload, exports what it has, and lists them.
macro_rules! catalogue {
    ($($file:ident::$workload:ident,)*) => {
        $(mod $file;)*
        $(pub use $file::*;)*

        /// Every workload, in the order in which they are listed.
        pub const WORKLOADS: &[Definition] =
            &[$(Definition::of::<$workload>()),*];
    };
}

catalogue! {
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    dictionary::Dictionary,
    event::Event,
    ring::Ring,
    channel::Channel,
    pipeline::Pipeline,
    philosophers::Philosophers,
    spawn::Spawn,
    fib::Fib,
    shape::Shape,
    pool::Pool,
    phases::Phases,
    skynet::Skynet,
    nqueens::Nqueens,
    uts::Uts,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
    sleepers::Sleepers,
    burst::Burst,
    trickle::Trickle,
    cancel::Cancel,
    echo::Echo,
}

/// The workload with this name, if there is one.
pub fn find(name: &str) -> Option<&'static Definition> {
    WORKLOADS.iter().find(|workload| workload.name == name)
}

/// Every row of the catalogue in the given sizes.
pub fn rows(size: Size) -> Vec<Box<dyn Row>> {
    WORKLOADS.iter().flat_map(|workload| workload.sizes(size)).collect()
}

/// Every row of a quick session with so many items instead.
pub fn rows_with(items: usize) -> Vec<Box<dyn Row>> {
    rows(Size::Quick).iter().map(|row| row.with_items(items)).collect()
}

/// A grain that cuts `items` into about sixteen.
fn sixteenth(items: usize) -> usize {
    (items / 16).max(1)
}

/// A power of two as `2^n`, any other number as it is.
fn power(number: usize) -> String {
    if number.is_power_of_two() && number >= 1024 {
        format!("2^{}", number.trailing_zeros())
    } else {
        number.to_string()
    }
}

/// A time in the largest unit that has a whole number of it.
fn short(time: Duration) -> String {
    let nanos = time.as_nanos();
    let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];
    for (unit, size) in units {
        if nanos > 0 && nanos.is_multiple_of(size) {
            return format!("{}{unit}", nanos / size);
        }
    }
    if nanos == 0 { "0".into() } else { format!("{nanos}ns") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use std::collections::HashSet;

    #[test]
    fn sizes_that_cannot_be_are_refused_before_anything_is_allocated() {
        for row in rows(Size::Full) {
            for items in [usize::MAX, usize::MAX / 8, 1 << 58, 1 << 44] {
                let row = row.with_items(items);
                if row.items() < items {
                    // It has a largest size, which is always possible.
                    continue;
                }
                let refused = row.job(7).err();
                assert!(
                    matches!(
                        refused,
                        Some(Error::Invalid(_) | Error::Resource(_))
                    ),
                    "{} of {items}: {refused:?}",
                    row.workload()
                );
            }
        }
    }

    #[test]
    fn names_differ_and_every_size_has_a_label_of_its_own() {
        let mut names = HashSet::new();
        for workload in WORKLOADS {
            assert!(names.insert(workload.name.to_owned()));
            for size in [Size::Quick, Size::Full] {
                let rows = workload.sizes(size);
                let labels: HashSet<_> =
                    rows.iter().map(|row| row.label()).collect();
                assert_eq!(labels.len(), rows.len(), "{}", workload.name);
                assert!(!rows.is_empty(), "{}", workload.name);
            }
        }
    }

    #[test]
    fn every_row_is_written_down_and_read_again() {
        for row in rows(Size::Quick).into_iter().chain(rows(Size::Full)) {
            let definition = find(row.workload()).unwrap();
            let read = definition.read(&row.size()).unwrap();
            assert_eq!(read.label(), row.label());
            assert_eq!(read.size(), row.size());
            // What is calibrated for each input has another answer each time,
            // unless it is pinned.
            let small = row.with_items(5).pinned().unwrap();
            let digest = small.digest(7).unwrap();
            assert_eq!(small.digest(7).unwrap(), digest);
        }
        let max = find("max").unwrap();
        let wrong = max.read(&serde_json::json!({"len": -1})).err();
        assert!(matches!(wrong, Some(Error::Invalid(_))));
    }
}
