//! Thousands of inputs for every decoder, with a fixed seed.

use lanes_fuzz::{TARGETS, explore};
use lanes_measure::crossover::Crossover;
use lanes_measure::faults::Faults;
use lanes_measure::metg::Metg;
use lanes_measure::results::Results;
use lanes_measure::traps::Traps;
use lanes_timeline::Traces;
use std::path::Path;

fn unbroken(name: &str, inputs: u64) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let found = explore(target, inputs, 7).unwrap();
    if let Some(broken) = found.broken {
        let text = String::from_utf8_lossy(&broken.input);
        panic!("input {} breaks {name}: {text}", broken.number);
    }
    assert!(found.inputs > inputs, "{found:?}");
}

macro_rules! unbroken {
    ($($name:ident: $inputs:literal,)*) => {
        $(#[test]
        fn $name() {
            unbroken(stringify!($name), $inputs);
        })*

        #[test]
        fn every_target_is_here() {
            let names = TARGETS.iter().map(|target| target.name);
            assert!(names.eq([$(stringify!($name)),*]));
        }
    };
}

unbroken! {
    request: 10_000,
    reply: 10_000,
    results: 10_000,
    traces: 10_000,
    faults: 2_000,
    traps: 2_000,
    metg: 10_000,
    crossover: 10_000,
    page: 1_000,
    wire: 10_000,
    server: 2_000,
    options: 10_000,
}

/// A corpus of an old version would be refused at the first look.
#[test]
fn the_corpus_is_of_this_version() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for name in ["results/three-rows", "results/two-workers", "page/results"] {
        Results::load(&corpus.join(name).with_extension("json")).unwrap();
    }
    for name in ["faults/three-models", "faults/interrupted"] {
        Faults::load(&corpus.join(name).with_extension("json")).unwrap();
    }
    Traps::load(&corpus.join("traps/three-traps.json")).unwrap();
    Traps::load(&corpus.join("traps/recorded.json")).unwrap();
    for name in ["whole.json", "one-model.json"] {
        Metg::load(&corpus.join("metg").join(name)).unwrap();
        Crossover::load(&corpus.join("crossover").join(name)).unwrap();
    }
    for name in
        ["traces/fib", "traces/subtasks", "traces/preempted", "page/traces"]
    {
        Traces::load(&corpus.join(name).with_extension("json")).unwrap();
    }
}
