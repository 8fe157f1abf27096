//! What a task costs.

use lanes_benches::Bench;
use lanes_core::workload::{Fib, Spawn};

fn main() {
    let mut bench = Bench::new();
    bench.workload::<Spawn>();
    bench.workload::<Fib>();
    bench.finish();
}
