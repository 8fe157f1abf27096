//! What sharing costs.

use lanes_benches::Bench;
use lanes_core::workload::{Counter, Event};

fn main() {
    let mut bench = Bench::new();
    bench.workload::<Counter>();
    bench.workload::<Event>();
    bench.finish();
}
