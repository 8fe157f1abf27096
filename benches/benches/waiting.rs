//! What waiting costs.

use lanes_benches::Bench;
use lanes_core::workload::{Fetch, Read, Subtasks};

fn main() {
    let mut bench = Bench::new();
    bench.workload::<Subtasks>();
    bench.workload::<Fetch>();
    bench.workload::<Read>();
    bench.finish();
}
