//! What a list of numbers costs to read, write and split.

use lanes_benches::Bench;
use lanes_core::workload::{Double, Join, Max};

fn main() {
    let mut bench = Bench::new();
    bench.workload::<Max>();
    bench.workload::<Double>();
    bench.workload::<Join>();
    bench.finish();
}
