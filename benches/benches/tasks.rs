//! What a task costs.

use lanes_benches::Bench;

fn main() {
    let mut bench = Bench::new();
    bench.family("tasks");
    bench.finish();
}
