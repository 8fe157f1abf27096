//! What it costs to divide work into tasks that divide theirs.

use lanes_benches::Bench;

fn main() {
    let mut bench = Bench::new();
    bench.family("fork-join");
    bench.finish();
}
