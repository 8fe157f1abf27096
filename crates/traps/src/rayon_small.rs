//! Parallel iterators over too little work.

use crate::trap::{Seen, Trap, program};
use lanes_measure::traps::Kind;
use rayon::prelude::*;
use std::hint::black_box;
use std::time::Instant;

pub(crate) const TRAP: Trap = Trap {
    name: "rayon-small",
    library: "rayon",
    asks: "Is par_iter faster than iter where each item is one multiplication?",
    expects: "To divide 2,000 items takes longer than to multiply them.",
    measures: "how long 2,000 norms of 2,000 numbers take",
    kind: Kind::Time,
    issues: &[(
        "https://github.com/rayon-rs/rayon/issues/648",
        "why is par_iter slower than iter?",
    )],
    source: "crates/traps/src/rayon_small.rs",
    text: include_str!("rayon_small.rs"),
    timelines: false,
    without: program!(without, "runs par_iter"),
    remedies: &[
        program!(longer_parts, "gives parts a length, by with_min_len"),
        program!(plain_loop, "runs iter"),
    ],
};

const NORMS: usize = 2000;
const ITEMS: usize = 2000;

/// The sum of the squares of numbers, again and again.
fn norms(norm: impl Fn(&[f32]) -> f32) -> Seen {
    let numbers = vec![2.0; ITEMS];
    // The first use starts the pool.
    let mut right = norm(&numbers) == 8000.0;
    let begin = Instant::now();
    for _ in 0..NORMS {
        right &= norm(black_box(&numbers)) == 8000.0;
    }
    Seen::new(right, begin.elapsed().as_secs_f64())
}

fn without() -> Seen {
    norms(|numbers| numbers.par_iter().map(|x| x * x).sum())
}

fn longer_parts() -> Seen {
    norms(|numbers| numbers.par_iter().with_min_len(ITEMS).map(|x| x * x).sum())
}

fn plain_loop() -> Seen {
    norms(|numbers| numbers.iter().map(|x| x * x).sum())
}
